// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ten thousand tasks parked in one channel (G11, G12): they cost the kernel no more memory than as
 * many tasks waiting in a pipe, and die as fast. Measurements alternate between channel and pipe,
 * as a wall time alone means nothing on a busy or emulated machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/kernel.h"
#include "common/operation.h"
#include "common/task.h"

#define PROCESSES	10
#define THREADS		1000
/* On a debug kernel, a task costs ten times as much or more. */
#define THREADS_CHECKED	100
/* Channels are only slower if they are slower in each of these rounds. */
#define ROUNDS		3
#define SLOWER		2
/* Allowance per parked task beyond one in a pipe, and for unrelated kernel allocations. */
#define BYTES_EACH	64
#define BYTES_OTHER	(1 << 20)

/**
 * struct crowd - tasks that all wait in the same place, in shared memory
 * @pid: of the processes
 * @threads: of each process
 * @fd: the channel or pipe they wait on
 * @waiting: number of threads about to wait
 * @last: last thread of each process to start
 */
struct crowd {
	pid_t pid[PROCESSES];
	unsigned int threads;
	int fd;
	unsigned int waiting;
	pid_t last[PROCESSES];
};

static struct crowd *crowd;

static void make_crowd(void)
{
	crowd = shared_alloc(sizeof(*crowd));
	crowd->threads = kernel_is_checked() ? THREADS_CHECKED : THREADS;
}

static unsigned int tasks(void)
{
	return PROCESSES * crowd->threads;
}

static void *wait_there(void *arg)
{
	uint64_t element;

	*(pid_t *)arg = syscall(SYS_gettid);
	__atomic_add_fetch(&crowd->waiting, 1, __ATOMIC_RELEASE);
	if (read(crowd->fd, &element, sizeof(element)) != sizeof(element))
		_exit(1);
	return NULL;
}

static void run_process(unsigned int index)
{
	pthread_attr_t small;
	pthread_t thread;
	int i;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
	for (i = 0; i < crowd->threads - 1; i++) {
		if (pthread_create(&thread, &small, wait_there, &crowd->last[index]))
			_exit(1);
	}
	wait_there(&crowd->last[index]);
	_exit(0);
}

static void write_number(const char *path, unsigned int number)
{
	FILE *stream = fopen(path, "we");

	if (!stream || fprintf(stream, "%u\n", number) < 0 || fclose(stream))
		give_up("%s: %s", path, strerror(errno));
}

/* All of them wait when it returns. */
static void gather(int fd)
{
	pid_t pid;
	int i;

	/* That many threads exceed the kernel's default for a machine of this size. */
	write_number("/proc/sys/kernel/threads-max", 2 * tasks());
	crowd->fd = fd;
	crowd->waiting = 0;
	for (i = 0; i < PROCESSES; i++) {
		pid = fork();
		if (pid < 0)
			give_up("fork: %s", strerror(errno));
		if (!pid)
			run_process(i);
		crowd->pid[i] = pid;
		if (setpgid(crowd->pid[i], crowd->pid[0]))
			give_up("setpgid: %s", strerror(errno));
	}
	wait_until(__atomic_load_n(&crowd->waiting, __ATOMIC_ACQUIRE) == tasks());
	for (i = 0; i < PROCESSES; i++)
		wait_until(task_sleeps_in(crowd->last[i], SYS_read));
}

/* Kill them all. Returns the time until the last one was gone, in nanoseconds. */
static int64_t kill_all(void)
{
	const int64_t start = clock_read(CLOCK_MONOTONIC);
	int i, status;

	if (kill(-crowd->pid[0], SIGKILL))
		give_up("kill: %s", strerror(errno));
	for (i = 0; i < PROCESSES; i++) {
		if (waitpid(crowd->pid[i], &status, 0) != crowd->pid[i] || !WIFSIGNALED(status))
			give_up("a process was not killed");
	}
	return clock_read(CLOCK_MONOTONIC) - start;
}

/* Unreclaimable memory of kernel objects, in bytes. */
static int64_t kernel_memory(void)
{
	FILE *stream = fopen("/proc/meminfo", "re");
	long long kib = -1;
	char line[128];

	while (stream && kib < 0 && fgets(line, sizeof(line), stream))
		sscanf(line, "SUnreclaim: %lld", &kib);
	if (kib < 0)
		give_up("/proc/meminfo has no SUnreclaim");
	fclose(stream);
	return kib * 1024;
}

/**
 * struct measures - of one crowd
 * @bytes: kernel memory used while they wait
 * @ns: time until all were dead
 */
struct measures {
	int64_t bytes;
	int64_t ns;
};

static struct measures measure(int fd)
{
	const int64_t before = kernel_memory();
	struct measures measures;

	gather(fd);
	measures.bytes = kernel_memory() - before;
	measures.ns = kill_all();
	return measures;
}

static struct measures measure_pipe(void)
{
	struct measures measures;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		give_up("pipe: %s", strerror(errno));
	measures = measure(ends[0]);
	close(ends[0]);
	close(ends[1]);
	return measures;
}

TEST(G11_G12_ten_thousand_parked_tasks_die_as_fast_as_in_a_pipe)
{
	struct measures in_pipe, in_channel;
	int ch = channel_make(0), i;

	make_crowd();
	for (i = 1; i <= ROUNDS && (i == 1 || in_channel.ns > SLOWER * in_pipe.ns); i++) {
		in_pipe = measure_pipe();
		in_channel = measure(ch);
		printf("# to die: %lld ms in a pipe, %lld ms in a channel\n",
		       (long long)in_pipe.ns / 1000000, (long long)in_channel.ns / 1000000);
		printf("# each costs: %lld bytes in a pipe, %lld bytes in a channel\n",
		       (long long)in_pipe.bytes / (int)tasks(),
		       (long long)in_channel.bytes / (int)tasks());
		EXPECT_EQ(i * tasks(), channel_info(ch).recv_parks);
		EXPECT_EQ(0, channel_info(ch).recvq);
		EXPECT_LE(in_channel.bytes, in_pipe.bytes + tasks() * BYTES_EACH + BYTES_OTHER);
	}
	EXPECT_LE(in_channel.ns, SLOWER * in_pipe.ns);
	EXPECT_EQ(0, channel_info(ch).requeues);
	EXPECT_EQ(0, module_parameter("live_waiters"));
	operation_start_new(TASK_THREAD, operation_send_one, ch, NULL);
	channel_wait_parked(ch, 1, 0);
	EXPECT_EQ(0, channel_recv(ch));
}

TEST_HARNESS_MAIN
