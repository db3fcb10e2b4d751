// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inserts and removes the module repeatedly, while other processes open the device, use channels,
 * park in them and are killed there, and read the module's files. Run by scripts/insmod-storm in a
 * virtual machine, where nothing else may use the module.
 *
 * A round: insert; wait until each worker has had a channel; with a channel open, the module cannot
 * be removed; without one it can, between two moments in which some worker has one.
 */
#include <chan.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS		4
/* Between two turns, a worker has no channel for up to that many microseconds. */
#define GAP		4000
/* Time limit for a worker's turn, and for the removal, in nanoseconds. */
#define PATIENCE	60000000000ULL

/**
 * struct storm - shared by all processes
 * @pause: workers must not start new work
 * @done: per worker, number of complete turns
 * @absent: per worker, number of turns without the module
 */
struct storm {
	bool pause;
	unsigned long done[WORKERS];
	unsigned long absent[WORKERS];
};

static struct storm *storm;

static void fail(const char *what, int error)
{
	fprintf(stderr, "unload_storm: %s: %s\n", what, strerror(error));
	exit(1);
}

/* To be called repeatedly while waiting. */
static void wait_for(uint64_t end, const char *what)
{
	if (chan_deadline(0) > end)
		fail(what, ETIMEDOUT);
	usleep(200);
}

static int open_device(void)
{
	return open("/dev/chan", O_RDWR | O_CLOEXEC);
}

/* Elements in order, through a buffer and a select. Returns false on an error. */
static bool work_send(int ch)
{
	const struct chan_make make = { .elemsize = 300, .cap = 4 };
	uint64_t out[300 / 8 + 1] = { 0 }, in[300 / 8 + 1];
	struct chan_case receive = chan_case_recv(ch, in, make.elemsize);

	if (ioctl(ch, CHAN_IOC_MAKE, &make))
		return false;
	for (out[0] = 1; out[0] <= 4; out[0]++) {
		if (chan_send(ch, out, make.elemsize))
			return false;
	}
	if (chan_select(&receive, 1) != 0 || in[0] != 1)
		return false;
	return chan_recv(ch, in, make.elemsize) == 1 && in[0] == 2;
}

/* A child parks and is killed there; its parent leaves the rest to the last close. */
static bool work_park(int ch)
{
	const struct chan_make make = { .elemsize = 8 };
	const uint64_t end = chan_deadline(PATIENCE);
	struct chan_info info;
	uint64_t element;
	pid_t child;

	if (ioctl(ch, CHAN_IOC_MAKE, &make))
		return false;
	child = fork();
	if (!child)
		_exit(chan_recv(ch, &element, sizeof(element)) != 1);
	do {
		wait_for(end, "no task parks");
		if (chan_get_info(ch, &info))
			return false;
	} while (!info.recvq);
	kill(child, SIGKILL);
	return waitpid(child, NULL, 0) == child;
}

static bool work_timer(int ch)
{
	const struct chan_timer timer = { .expires = 1, .interval = 1000 };
	uint64_t tick;

	return !ioctl(ch, CHAN_IOC_TIMER, &timer) && chan_recv(ch, &tick, sizeof(tick)) == 1 &&
	       chan_recv(ch, &tick, sizeof(tick)) == 1;
}

/* Files of the module, which may disappear while they are read. */
static bool work_look(int ch)
{
	static const char *const files[] = {
		"/sys/module/chan/parameters/live_channels",
		"/sys/module/chan/parameters/live_waiters",
		"/sys/kernel/debug/chan/channels",
		"/sys/kernel/tracing/events/chan/chan_make/format",
	};
	char text[4096];
	int i, fd;

	for (i = 0; i < 4; i++) {
		fd = open(files[i], O_RDONLY | O_CLOEXEC);
		while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
			;
		close(fd);
	}
	return true;
}

static void work(unsigned int index)
{
	static bool (*const works[WORKERS])(int ch) = {
		work_send, work_park, work_timer, work_look,
	};
	int ch;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	srandom(index);
	for (;;) {
		if (__atomic_load_n(&storm->pause, __ATOMIC_ACQUIRE)) {
			usleep(200);
			continue;
		}
		ch = open_device();
		if (ch < 0) {
			if (errno != ENOENT && errno != ENXIO && errno != ENODEV)
				fail("/dev/chan", errno);
			storm->absent[index]++;
			usleep(100);
			continue;
		}
		if (!works[index](ch)) {
			fprintf(stderr, "unload_storm: worker %u: wrong result\n", index);
			exit(1);
		}
		close(ch);
		__atomic_add_fetch(&storm->done[index], 1, __ATOMIC_RELEASE);
		usleep(random() % GAP);
	}
}

static void start_workers(pid_t *pids)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			fail("fork", errno);
		if (!pids[i])
			work(i);
	}
}

static void check_workers(const pid_t *pids)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		if (waitpid(pids[i], NULL, WNOHANG))
			fail("a worker has ended", ECHILD);
	}
}

static void wait_for_work(const pid_t *pids)
{
	const uint64_t end = chan_deadline(PATIENCE);
	unsigned long before[WORKERS];
	unsigned int i;

	memcpy(before, storm->done, sizeof(before));
	for (i = 0; i < WORKERS; i++) {
		while (__atomic_load_n(&storm->done[i], __ATOMIC_ACQUIRE) == before[i]) {
			check_workers(pids);
			wait_for(end, "no work is done");
		}
	}
}

static void insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		fail(path, errno);
	close(fd);
}

static int remove_module(void)
{
	return syscall(SYS_delete_module, "chan", O_NONBLOCK) ? errno : 0;
}

/* Returns how often a worker's channel blocked the removal; counts a pause in @pauses. */
static unsigned int remove_between(unsigned int *pauses)
{
	const uint64_t end = chan_deadline(PATIENCE);
	unsigned int tries = 0;
	int error;

	while ((error = remove_module()) != 0) {
		if (error != EAGAIN)
			fail("delete_module", error);
		/* If some worker always has a channel, make them pause. */
		if (++tries == 1000) {
			__atomic_store_n(&storm->pause, true, __ATOMIC_RELEASE);
			++*pauses;
		}
		if (tries >= 1000)
			wait_for(end, "the module stays");
	}
	__atomic_store_n(&storm->pause, false, __ATOMIC_RELEASE);
	return tries;
}

int main(int argc, char **argv)
{
	unsigned int rounds, i, busy = 0, pauses = 0;
	pid_t pids[WORKERS];
	int ch, error;

	if (argc != 3)
		fail("usage: unload_storm MODULE.ko ROUNDS", EINVAL);
	rounds = strtoul(argv[2], NULL, 10);
	storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (storm == MAP_FAILED)
		fail("mmap", errno);
	start_workers(pids);
	for (i = 0; i < rounds; i++) {
		insert(argv[1]);
		ch = open_device();
		if (ch < 0)
			fail("/dev/chan", errno);
		error = remove_module();
		if (error != EAGAIN)
			fail("the module was removed while a channel was open", error);
		wait_for_work(pids);
		close(ch);
		busy += remove_between(&pauses);
	}
	for (i = 0; i < WORKERS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		printf("worker %u: worked %lu times, found no module %lu times\n", i,
		       storm->done[i], storm->absent[i]);
	}
	printf("%u times inserted and removed, %u times not removed as it was in use\n", rounds,
	       busy);
	printf("%u times removed between two moments of use, %u times in a pause\n",
	       rounds - pauses, pauses);
	return 0;
}
