// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/channel.h"

#include "perform.h"
#include "wait.h"
#include "worker.h"

/* How long a worker waits for the others when a round begins, and in one of how many rounds. */
#define SPINS	200
#define SPIN_ROUNDS	4

/**
 * struct self - private state of a worker
 * @runner: pidfd of the process that has the channels
 * @fds: of the channels of the pool, as the worker has them
 * @generations: of these
 * @mutex: for @fragile
 * @fragile: the page of that kind, possibly read-only; NULL: unmapped
 * @slow: the page of that kind; NULL: none yet
 * @nowhere: a placeholder file without operations
 */
static struct self {
	struct shared *shared;
	struct worker *worker;
	const struct area *area;
	int runner;
	int fds[POOL];
	uint32_t generations[POOL];
	pthread_mutex_t mutex;
	char *fragile;
	char *slow;
	int nowhere;
} self;

/* Its current address; the assistant may unmap it at any time. */
static char *restore_fragile(void)
{
	char *at;

	pthread_mutex_lock(&self.mutex);
	if (!self.fragile) {
		self.fragile = mmap(NULL, AREA_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
				    self.area->fd, 0);
		if (self.fragile == MAP_FAILED)
			give_up("mmap: %s", strerror(errno));
	} else if (mprotect(self.fragile, AREA_PAGE, PROT_READ | PROT_WRITE)) {
		give_up("mprotect: %s", strerror(errno));
	}
	at = self.fragile;
	pthread_mutex_unlock(&self.mutex);
	return at;
}

static void lose_fragile(bool unmap)
{
	pthread_mutex_lock(&self.mutex);
	if (self.fragile && unmap) {
		munmap(self.fragile, AREA_PAGE);
		self.fragile = NULL;
	} else if (self.fragile) {
		mprotect(self.fragile, AREA_PAGE, PROT_READ);
	}
	pthread_mutex_unlock(&self.mutex);
}

static void map_slow(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .len = AREA_PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	const int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	self.slow = mmap(NULL, AREA_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, self.area->fd,
			 AREA_PAGE);
	range.range.start = (uintptr_t)self.slow;
	if (fd < 0 || self.slow == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		give_up("userfaultfd: %s", strerror(errno));
	__atomic_store_n(&self.worker->slow, fd, __ATOMIC_SEQ_CST);
}

/* From now on, its first access waits. */
static void empty_slow(void)
{
	if (!self.slow)
		map_slow();
	if (fallocate(self.area->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, AREA_PAGE,
		      AREA_PAGE))
		give_up("fallocate: %s", strerror(errno));
}

/* The memory of a case, as the kernel gets it and as the worker sees it. */
static void set_buffer(struct performer *performer, const struct step *step, unsigned int i)
{
	const uint64_t empty = EMPTY;

	performer->views[i] = self.area->view + AREA_AT(step->memory);
	switch (step->memory) {
	case MEMORY_FRAGILE:
		performer->buffers[i] = restore_fragile();
		memcpy(performer->views[i], &empty, sizeof(empty));
		break;
	case MEMORY_SLOW:
		empty_slow();
		performer->buffers[i] = self.slow;
		break;
	default:
		performer->buffers[i] = performer->views[i] = self.worker->buffers[i];
	}
}

static void lose_fds(bool replace)
{
	unsigned int i;

	word_write(&self.worker->fds_lost, 1);
	for (i = 0; i < POOL; i++) {
		if (self.generations[i] && replace)
			dup2(self.nowhere, self.fds[i]);
		else if (self.generations[i])
			close(self.fds[i]);
	}
}

static void assist_fork(void)
{
	const pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		give_up("fork: %s", strerror(errno));
}

static void assist(enum assistance assistance)
{
	switch (assistance) {
	case ASSIST_UNMAP:
	case ASSIST_PROTECT:
		lose_fragile(assistance == ASSIST_UNMAP);
		break;
	case ASSIST_DUP2:
	case ASSIST_CLOSE:
		lose_fds(assistance == ASSIST_DUP2);
		break;
	case ASSIST_FORK:
		assist_fork();
		break;
	default:
		execl("/bin/true", "true", NULL);
		give_up("/bin/true: %s", strerror(errno));
	}
}

static void *run_assistant(void *unused)
{
	uint32_t *assistance = &self.worker->assistance, what;

	for (;;) {
		word_wait(assistance, ASSIST_NOTHING, NULL);
		what = word_read(assistance);
		if (what == ASSIST_NOTHING)
			continue;
		assist(what);
		word_write(assistance, ASSIST_NOTHING);
		word_wake(assistance);
	}
	return NULL;
}

static void await_assistant(void)
{
	uint32_t what;

	while ((what = word_read(&self.worker->assistance)) != ASSIST_NOTHING)
		word_wait(&self.worker->assistance, what, NULL);
}

static void drop_lost_fds(void)
{
	unsigned int i;

	if (!word_read(&self.worker->fds_lost))
		return;
	for (i = 0; i < POOL; i++) {
		if (self.generations[i])
			close(self.fds[i]);
		self.generations[i] = 0;
	}
	word_write(&self.worker->fds_lost, 0);
}

static int fetch(unsigned int at)
{
	const struct slot *slot = &self.shared->slots[at];

	if (self.generations[at] == slot->generation)
		return self.fds[at];
	if (self.generations[at])
		close(self.fds[at]);
	self.fds[at] = syscall(SYS_pidfd_getfd, self.runner, slot->fd, 0);
	if (self.fds[at] < 0)
		give_up("pidfd_getfd: %s", strerror(errno));
	self.generations[at] = slot->generation;
	return self.fds[at];
}

/* Restore all file descriptors. */
static void fetch_all(struct performer *performer)
{
	unsigned int i;

	await_assistant();
	drop_lost_fds();
	for (i = 0; i < self.shared->nchannels; i++) {
		const unsigned int at = self.shared->channels[i];

		performer->fds[i] = fetch(at);
		performer->sizes[i] = self.shared->slots[at].elemsize;
	}
}

static void do_step(struct performer *performer, unsigned int at)
{
	struct step *step = &self.worker->steps[at];
	unsigned int i;

	fetch_all(performer);
	for (i = 0; i < step->op.n; i++)
		set_buffer(performer, step, i);
	perform_prepare(performer, step);
	word_write(&self.worker->at, at);
	word_write(&self.worker->inside, 1);
	perform(performer, step);
	/* Its file descriptors were closed before it began: the operation does not count. */
	if (step->op.outcome == OUTCOME_ERROR && step->op.chosen == EBADF &&
	    word_read(&self.worker->fds_lost))
		step->op.outcome = OUTCOME_NOTHING;
	word_write(&self.worker->inside, 0);
}

static void run_round(void)
{
	struct shared *shared = self.shared;
	struct performer performer = { .shared = shared };
	unsigned int spins = shared->round % SPIN_ROUNDS ? 0 : SPINS, i;

	fetch_all(&performer);
	__atomic_add_fetch(&shared->begun, 1, __ATOMIC_SEQ_CST);
	while (spins && word_read(&shared->begun) < WORKERS)
		spins--;
	for (i = 0; i < self.worker->n; i++)
		do_step(&performer, i);
}

static void run(uint32_t seen)
{
	pthread_t thread;
	struct shared *shared = self.shared;

	self.runner = syscall(SYS_pidfd_open, shared->runner, 0);
	self.nowhere = open("/", O_PATH | O_CLOEXEC);
	if (self.runner < 0 || self.nowhere < 0)
		give_up("pidfd_open: %s", strerror(errno));
	if (WORKER_HAS_ASSISTANT(self.worker - shared->workers) &&
	    pthread_create(&thread, NULL, run_assistant, NULL))
		give_up("a thread cannot be started");
	for (;;) {
		while (word_read(&shared->round) == seen)
			word_wait(&shared->round, seen, NULL);
		seen = word_read(&shared->round);
		run_round();
		word_write(&self.worker->round, seen);
		__atomic_add_fetch(&shared->ended, 1, __ATOMIC_SEQ_CST);
		word_wake(&shared->ended);
	}
}

pid_t worker_start(struct shared *shared, unsigned int index, const struct area *area)
{
	struct worker *worker = &shared->workers[index];
	const uint32_t seen = shared->round;
	pid_t pid;

	memset(worker, 0, sizeof(*worker));
	worker->round = seen;
	worker->slow = -1;
	pid = fork();
	if (pid < 0)
		give_up("fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != shared->runner)
		_exit(1);
	self = (struct self){
		.shared = shared,
		.worker = worker,
		.area = area,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
	};
	run(seen);
	return 0;
}
