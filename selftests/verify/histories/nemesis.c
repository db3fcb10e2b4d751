// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/operation.h"

#include "nemesis.h"
#include "wait.h"

/* Bytes that remain free under memory pressure, and how often a group causes it. */
#define PRESSURE_LEAVES	(16UL << 20)
#define PRESSES_MAX	3

/* How long a victim is left without the resource that a nemesis took, in turns of others. */
static void linger(struct group *group)
{
	unsigned int turns = group_random(group, 6);

	while (turns--)
		sched_yield();
}

/* From now on it may lose its place in a queue. */
static void be_struck(struct group *group, unsigned int member)
{
	if (!group->members[member].struck)
		group->members[member].struck = ticket_draw(group->shared);
}

static bool die(struct group *group, unsigned int member, int result)
{
	if (result)
		give_up("a nemesis failed: %s", strerror(errno));
	group->members[member].life = LIFE_DYING;
	return true;
}

static bool strike_kill(struct group *group, unsigned int member)
{
	return die(group, member, kill(group->members[member].pid, SIGKILL));
}

static bool strike_signal(struct group *group, unsigned int member)
{
	return !kill(group->members[member].pid, SIGUSR1);
}

static bool strike_signal_restart(struct group *group, unsigned int member)
{
	return !kill(group->members[member].pid, SIGUSR2);
}

/* A waiter for slow memory stops only after that. */
static void await_stop(struct group *group, pid_t pid)
{
	pid_t stopped;
	int status;

	while (!(stopped = waitpid(pid, &status, WUNTRACED | WNOHANG))) {
		nemesis_attend(group);
		sched_yield();
	}
	if (stopped != pid || !WIFSTOPPED(status))
		give_up("a worker does not stop: %s, status %x", strerror(errno), status);
}

static bool strike_stop(struct group *group, unsigned int member)
{
	const pid_t pid = group->members[member].pid;

	if (kill(pid, SIGSTOP))
		return false;
	await_stop(group, pid);
	linger(group);
	return !kill(pid, SIGCONT);
}

static bool strike_trace(struct group *group, unsigned int member)
{
	const pid_t pid = group->members[member].pid;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL))
		return false;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		give_up("ptrace: %s", strerror(errno));
	await_stop(group, pid);
	linger(group);
	return !ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

/*
 * Whether a task may wait for slow memory in this round: the runner could not release it while
 * freezing.
 */
static bool may_be_slow(const struct group *group)
{
	unsigned int i, j;

	for (i = 0; i < WORKERS; i++) {
		const struct worker *worker = &group->shared->workers[i];

		for (j = 0; j < worker->n; j++) {
			if (worker->steps[j].memory == MEMORY_SLOW)
				return true;
		}
	}
	return false;
}

/* Only this runner uses this control group; tasks frozen before are still in it. */
static bool strike_freeze(struct group *group, unsigned int member, int version)
{
	const struct operation op = { .kind = TASK_PROCESS, .pid = group->members[member].pid };
	struct freezer *freezer = &group->freezers[version - 1];
	unsigned int i;

	if (may_be_slow(group))
		return false;
	if (!freezer->version)
		freezer_make(freezer, version);
	for (i = 0; i < WORKERS; i++)
		be_struck(group, i);
	freezer_add(freezer, &op);
	freezer_freeze(freezer);
	linger(group);
	freezer_thaw(freezer);
	return true;
}

static bool strike_freeze_1(struct group *group, unsigned int member)
{
	return strike_freeze(group, member, 1);
}

static bool strike_freeze_2(struct group *group, unsigned int member)
{
	return strike_freeze(group, member, 2);
}

static bool ask_assistant(struct group *group, unsigned int member, enum assistance assistance)
{
	uint32_t *word = &group->shared->workers[member].assistance;

	if (word_read(word) != ASSIST_NOTHING)
		return false;
	word_write(word, assistance);
	word_wake(word);
	return true;
}

/* Whether it receives into memory that can be removed. */
static bool is_fragile(const struct group *group, unsigned int member)
{
	const struct worker *worker = &group->shared->workers[member];

	return worker->steps[word_read(&worker->at)].memory == MEMORY_FRAGILE;
}

static bool strike_unmap(struct group *group, unsigned int member)
{
	return is_fragile(group, member) && ask_assistant(group, member, ASSIST_UNMAP);
}

static bool strike_protect(struct group *group, unsigned int member)
{
	return is_fragile(group, member) && ask_assistant(group, member, ASSIST_PROTECT);
}

static bool strike_dup2(struct group *group, unsigned int member)
{
	return ask_assistant(group, member, ASSIST_DUP2);
}

static bool strike_close(struct group *group, unsigned int member)
{
	return ask_assistant(group, member, ASSIST_CLOSE);
}

static bool strike_fork(struct group *group, unsigned int member)
{
	return ask_assistant(group, member, ASSIST_FORK);
}

static bool strike_exec(struct group *group, unsigned int member)
{
	return ask_assistant(group, member, ASSIST_EXEC) && die(group, member, 0);
}

/* If memory runs out all the same, the OOM killer picks this process. */
static void die_first(void)
{
	const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1000", 4) != 4)
		give_up("oom_score_adj: %s", strerror(errno));
	close(fd);
}

/* Several at once would each count the same memory as free. */
static void press_alone(void)
{
	const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX))
		give_up("flock: %s", strerror(errno));
}

/* Allocate nearly all free memory, and keep it. */
static void press(void)
{
	struct sysinfo info;
	size_t size, at;
	char *memory;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	die_first();
	press_alone();
	if (sysinfo(&info) || info.freeram < 2 * PRESSURE_LEAVES)
		return;
	size = info.freeram - PRESSURE_LEAVES;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (at = 0; memory != MAP_FAILED && at < size; at += AREA_PAGE)
		memory[at] = 1;
}

/* It is slow, so others do many rounds meanwhile. */
static bool strike_memory(struct group *group, unsigned int member)
{
	if (group->presses == PRESSES_MAX ||
	    (group->pressing && !waitpid(group->pressing, NULL, WNOHANG)))
		return false;
	group->presses++;
	group->pressing = fork();
	if (!group->pressing) {
		press();
		_exit(0);
	}
	return group->pressing > 0;
}

enum {
	NEMESIS_KILL,
	NEMESIS_SLOW,
	NEMESIS_UNMAP,
	NEMESIS_PROTECT,
};

const struct nemesis nemeses[] = {
	[NEMESIS_KILL] = { "SIGKILL", strike_kill, 30 },
	[NEMESIS_SLOW] = { "userfaultfd", NULL, 0 },
	[NEMESIS_UNMAP] = { "munmap", strike_unmap, 0, true, true },
	[NEMESIS_PROTECT] = { "mprotect", strike_protect, 0, true, true },
	{ "signal", strike_signal, 30 },
	{ "signal with SA_RESTART", strike_signal_restart, 30 },
	{ "SIGSTOP and SIGCONT", strike_stop, 20 },
	{ "ptrace", strike_trace, 20 },
	{ "freezer of version 1", strike_freeze_1, 3 },
	{ "freezer of version 2", strike_freeze_2, 3 },
	{ "dup2", strike_dup2, 10, true, true },
	{ "close", strike_close, 10, true, true },
	{ "fork", strike_fork, 5, false, true },
	{ "exec", strike_exec, 3, true, true },
	{ "memory pressure", strike_memory, 5 },
};

const unsigned int nemeses_count = ARRAY_LENGTH(nemeses);

static void strike(struct group *group, unsigned int member, unsigned int nemesis)
{
	const bool inside = watch_is_inside(group, member);

	if (group->members[member].life != LIFE_RUNNING ||
	    (nemeses[nemesis].assistant && !WORKER_HAS_ASSISTANT(member)))
		return;
	be_struck(group, member);
	if (nemeses[nemesis].strike(group, member) && inside)
		stats_add(&group->stats->strikes[nemesis], 1);
}

/* A nemesis for parked victims, or for any. */
static unsigned int choose(struct group *group, bool parked)
{
	unsigned int sum = 0, i, dice;

	for (i = 0; i < nemeses_count; i++)
		sum += parked || !nemeses[i].parked ? nemeses[i].chance : 0;
	dice = group_random(group, sum);
	for (i = 0;; i++) {
		const unsigned int chance = parked || !nemeses[i].parked ? nemeses[i].chance : 0;

		if (dice < chance)
			return i;
		dice -= chance;
	}
}

void nemesis_strike(struct group *group)
{
	const unsigned int nemesis = choose(group, false), member = group_random(group, WORKERS);
	unsigned int spins = group_random(group, 3000);

	linger(group);
	while (spins-- && !watch_is_inside(group, member))
		__builtin_ia32_pause();
	strike(group, member, nemesis);
}

void nemesis_strike_parked(struct group *group, unsigned int member)
{
	unsigned int nemesis = choose(group, true);

	/* Few workers have memory that these can remove. */
	if (is_fragile(group, member) && group_random(group, 4))
		nemesis = group_random(group, 2) ? NEMESIS_UNMAP : NEMESIS_PROTECT;
	strike(group, member, nemesis);
}

void nemesis_kill_parked(struct group *group, unsigned int member)
{
	stats_add(&group->stats->killed, watch_is_inside(group, member));
	strike(group, member, NEMESIS_KILL);
}

/* The runner's own copy of the worker's descriptor. */
static void fetch_slow(struct group *group, unsigned int i)
{
	struct member *member = &group->members[i];
	const int slow = __atomic_load_n(&group->shared->workers[i].slow, __ATOMIC_SEQ_CST);
	int pidfd;

	if (slow < 0 || member->slow >= 0 || member->life != LIFE_RUNNING)
		return;
	pidfd = syscall(SYS_pidfd_open, member->pid, 0);
	if (pidfd < 0)
		give_up("pidfd_open: %s", strerror(errno));
	member->slow = syscall(SYS_pidfd_getfd, pidfd, slow, 0);
	if (member->slow < 0 && errno != ESRCH)
		give_up("pidfd_getfd: %s", strerror(errno));
	close(pidfd);
}

static void let_go_on(struct member *member)
{
	struct uffdio_zeropage zero = {
		.range = { .start = member->fault, .len = AREA_PAGE },
	};

	/* Its process may be gone. A disturbed waiter faults twice. */
	if (ioctl(member->slow, UFFDIO_ZEROPAGE, &zero) && errno != ESRCH && errno != ENOENT &&
	    (errno != EEXIST || ioctl(member->slow, UFFDIO_WAKE, &zero.range)))
		give_up("UFFDIO_ZEROPAGE: %s", strerror(errno));
	member->fault = 0;
}

static void attend(struct group *group, unsigned int i)
{
	struct member *member = &group->members[i];
	struct uffd_msg message;

	fetch_slow(group, i);
	if (member->slow < 0)
		return;
	if (member->fault) {
		if (member->life != LIFE_RUNNING || !member->hold--)
			let_go_on(member);
		return;
	}
	if (read(member->slow, &message, sizeof(message)) != sizeof(message) ||
	    message.event != UFFD_EVENT_PAGEFAULT)
		return;
	member->fault = message.arg.pagefault.address & ~(AREA_PAGE - 1ULL);
	member->hold = group_random(group, 4);
	stats_add(&group->stats->strikes[NEMESIS_SLOW], 1);
}

void nemesis_attend(struct group *group)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++)
		attend(group, i);
}

void nemesis_bury(struct member *member)
{
	if (member->slow >= 0)
		close(member->slow);
	member->slow = -1;
}
