// SPDX-License-Identifier: GPL-2.0-only
/* chanpark and chanleak: which tasks are parked, where, and for how long. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/task.h"
#include "bpf/observer.h"

#define TEXT_MAX	8192

static char printed[TEXT_MAX];

/* Run a shell command. Returns its exit status, or -1. */
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...)
{
	char command[512];
	va_list args;
	FILE *stream;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	stream = popen(command, "re");
	if (!stream)
		give_up("popen: %s", strerror(errno));
	printed[fread(printed, 1, TEXT_MAX - 1, stream)] = 0;
	status = pclose(stream);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define chanpark(arguments, ...)	run(BPF "/chanpark " arguments, ##__VA_ARGS__)
#define chanleak(arguments, ...)	run(BPF "/chanleak " arguments, ##__VA_ARGS__)

static unsigned long long id_of(int ch)
{
	return channel_info(ch).id;
}

/* Whether it printed a single row, for this task. The age is not compared. */
static bool printed_row(int ch, const char *type, const char *side, const struct operation *op)
{
	char row[256], expected[256], command[32] = "";
	const char *end = strchr(printed, '\n');
	FILE *stream = fopen("/proc/self/comm", "re");
	unsigned long long id;
	char is_type[32], is_side[32], is_command[32];
	int pid, tid;

	if (!stream || fscanf(stream, "%31s", command) != 1)
		give_up("no command");
	fclose(stream);
	if (sscanf(printed, "%llu %31s %31s %d %d %31s", &id, is_type, is_side, &pid, &tid,
		   is_command) != 6 || !end || end[1])
		return false;
	snprintf(row, sizeof(row), "%llu %s %s %d %d %s", id, is_type, is_side, pid, tid,
		 is_command);
	snprintf(expected, sizeof(expected), "%llu %s %s %d %d %s", id_of(ch), type, side, op->pid,
		 op->tid, command);
	if (strcmp(row, expected))
		printf("# %s, not %s\n", row, expected);
	return !strcmp(row, expected);
}

/* How long the first operation listed for a channel has been parked, as fdinfo shows it. */
static uint64_t age_of(int ch)
{
	char path[64], line[256];
	uint64_t age = 0;
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", ch);
	stream = fopen(path, "re");
	if (!stream)
		give_up("%s: %s", path, strerror(errno));
	while (!age && fgets(line, sizeof(line), stream))
		sscanf(line, "chan-parked:\t%*d %*s %" SCNu64, &age);
	fclose(stream);
	return age;
}

TEST(task_parked_in_a_send_is_a_row)
{
	const int ch = chan_make_typed(8, 0, 0, "job");
	struct operation *op = operation_park_send(TASK_THREAD, ch, 1);

	ASSERT_EQ(0, chanpark("-H --no-stacks -c %llu", id_of(ch)));
	ASSERT_TRUE(printed_row(ch, "job", "send", op)) TH_LOG("%s", printed);
	channel_recv(ch);
	ASSERT_EQ(0, operation_join(op));
}

TEST(task_parked_in_a_receive_is_a_row)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);

	ASSERT_EQ(0, chanpark("-H --no-stacks -c %llu", id_of(ch)));
	ASSERT_TRUE(printed_row(ch, "-", "recv", op)) TH_LOG("%s", printed);
	operation_kill(op);
	operation_join(op);
}

TEST(task_parked_in_a_select_is_a_row)
{
	const int ch = channel_make(0);
	uint64_t value;
	const struct chan_case cases[] = { chan_case_recv(ch, &value, sizeof(value)) };
	struct operation *op = operation_park_select(TASK_PROCESS, ch, cases, 1);

	ASSERT_EQ(0, chanpark("-H --no-stacks -c %llu", id_of(ch)));
	ASSERT_TRUE(printed_row(ch, "-", "recv,select", op)) TH_LOG("%s", printed);
	operation_kill(op);
	operation_join(op);
}

TEST(stack_in_the_kernel_is_below_the_row)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);

	ASSERT_EQ(0, chanpark("-H -c %llu", id_of(ch)));
	ASSERT_NE(NULL, strstr(printed, " chan_")) TH_LOG("%s", printed);
	ASSERT_NE(NULL, strstr(printed, "[chan]"));
	ASSERT_EQ(NULL, strstr(printed, "[<"));
	operation_kill(op);
	operation_join(op);
}

TEST(who_was_woken_is_gone)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);

	channel_send(ch, 1);
	ASSERT_EQ(1, operation_join(op));
	ASSERT_EQ(0, chanpark("-H -c %llu", id_of(ch)));
	ASSERT_STREQ("", printed);
}

TEST(only_tasks_of_a_process_are_listed)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);
	struct operation *other = operation_park_recv(TASK_PROCESS, ch);

	ASSERT_EQ(0, chanpark("-H --no-stacks -p %d", op->pid));
	ASSERT_TRUE(printed_row(ch, "-", "recv", op)) TH_LOG("%s", printed);
	operation_kill(op);
	operation_kill(other);
	operation_join(op);
	operation_join(other);
}

TEST(json_says_the_same)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);
	const uint64_t age = age_of(ch);
	json_t *root, *stack;

	ASSERT_EQ(0, chanpark("-J -c %llu", id_of(ch)));
	root = json_loads(printed, JSON_REJECT_DUPLICATES, NULL);
	ASSERT_NE(NULL, root) TH_LOG("%s", printed);
	ASSERT_EQ(id_of(ch), json_integer_value(json_object_get(root, "channel")));
	ASSERT_EQ(op->pid, json_integer_value(json_object_get(root, "pid")));
	ASSERT_EQ(op->tid, json_integer_value(json_object_get(root, "tid")));
	ASSERT_STREQ("recv", json_string_value(json_object_get(root, "side")));
	ASSERT_LT(age, json_integer_value(json_object_get(root, "age")));
	stack = json_object_get(root, "stack");
	ASSERT_LT(0, json_array_size(stack));
	json_decref(root);
	operation_kill(op);
	operation_join(op);
}

TEST(those_that_the_module_does_not_list_are_counted)
{
	const int ch = channel_make(0);
	struct operation *ops[66];
	int i;

	for (i = 0; i < 66; i++)
		ops[i] = operation_park_recv(TASK_THREAD, ch);
	ASSERT_EQ(0, chanpark("-H --no-stacks -c %llu 2>&1 >/dev/null", id_of(ch)));
	ASSERT_STREQ("2 more parked operations are not listed by the module\n", printed);
	for (i = 0; i < 66; i++)
		channel_send(ch, i);
	for (i = 0; i < 66; i++)
		ASSERT_EQ(1, operation_join(ops[i]));
}

/* All callers have frame pointers except the system call wrapper, which preserves them. */
static __attribute__((noinline)) int wait_for_an_order(struct operation *op)
{
	return syscall(SYS_ioctl, op->ch, CHAN_IOC_RECV(op->elemsize), op->elems);
}

static int serve_orders(struct operation *op)
{
	return wait_for_an_order(op);
}

FIXTURE(watched) {};
FIXTURE_SETUP(watched) {}
FIXTURE_TEARDOWN(watched)
{
	if (_metadata->exit_code)
		TH_LOG("it printed:\n%s", observer.text);
}

/* Start it; returns once it sees parked tasks. */
static void watch(const char *const arguments[])
{
	observer_watch(SYS_pselect6, arguments);
}

TEST_F_TIMEOUT(watched, task_is_shown_with_the_stack_in_its_program, 120)
{
	const int ch = channel_make(0);
	struct operation *op = operation_new(TASK_PROCESS, serve_orders, ch, 1);

	watch((const char *[]){ BPF "/chanpark", "-w", "-H", NULL });
	operation_park(op);
	EXPECT_EQ(0, observer_stop());
	EXPECT_TRUE(observer_said("serve_orders+0x"));
	EXPECT_TRUE(observer_said(" (parked)\n"));
	EXPECT_FALSE(observer_said("parked before"));
	operation_kill(op);
	operation_join(op);
}

TEST_F_TIMEOUT(watched, task_that_had_parked_before_is_said_to, 120)
{
	const int ch = channel_make(0);
	struct operation *op = operation_new(TASK_PROCESS, serve_orders, ch, 1);

	operation_park(op);
	watch((const char *[]){ BPF "/chanpark", "-w", "-H", NULL });
	EXPECT_EQ(0, observer_stop());
	EXPECT_TRUE(observer_said("parked before the start, user stack unknown\n"));
	EXPECT_FALSE(observer_said("serve_orders"));
	operation_kill(op);
	operation_join(op);
}

TEST_F_TIMEOUT(watched, stack_of_a_task_that_has_run_again_is_forgotten, 120)
{
	const int ch = channel_make(0);
	struct operation *op = operation_new(TASK_PROCESS, serve_orders, ch, 1);

	watch((const char *[]){ BPF "/chanpark", "-w", "-J", NULL });
	operation_park(op);
	channel_send(ch, 1);
	operation_join(op);
	op = operation_park_recv(TASK_PROCESS, ch);
	EXPECT_EQ(0, observer_stop());
	EXPECT_TRUE(observer_said("\"userstack\":["));
	EXPECT_FALSE(observer_said("serve_orders"));
	operation_kill(op);
	operation_join(op);
}

TEST(leak_is_who_is_parked_for_longer)
{
	const int old = channel_make(0), young = channel_make(0);
	struct operation *op = operation_park_recv(TASK_PROCESS, old), *other;

	wait_until(age_of(old) > CLOCK_SECOND);
	ASSERT_EQ(3, chanleak("1s -1 -J -c %llu", id_of(old)));
	ASSERT_NE(NULL, strstr(printed, "\"side\":\"recv\"")) TH_LOG("%s", printed);
	other = operation_park_recv(TASK_PROCESS, young);
	ASSERT_EQ(0, chanleak("1h -1 -J -c %llu,%llu", id_of(old), id_of(young)));
	ASSERT_STREQ("", printed);
	operation_kill(op);
	operation_kill(other);
	operation_join(op);
	operation_join(other);
}

TEST(leak_is_reported_once_for_each_operation)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_THREAD, ch);
	char line[1024], command[128];
	int ends[2], status;
	FILE *output;
	pid_t pid;

	ASSERT_EQ(0, pipe(ends));
	snprintf(command, sizeof(command), "exec %s/chanleak 1ms -J -c %llu", BPF, id_of(ch));
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(ends[1]);
	output = fdopen(ends[0], "r");
	ASSERT_NE(NULL, fgets(line, sizeof(line), output));
	ASSERT_NE(NULL, strstr(line, "\"side\":\"recv\"")) TH_LOG("%s", line);
	/* It scans a few more times and reports nothing. */
	wait_until(age_of(ch) > 3 * CLOCK_SECOND);
	channel_send(ch, 1);
	ASSERT_EQ(1, operation_join(op));
	op = operation_park_send(TASK_THREAD, ch, 2);
	ASSERT_NE(NULL, fgets(line, sizeof(line), output));
	ASSERT_NE(NULL, strstr(line, "\"side\":\"send\"")) TH_LOG("%s", line);
	kill(pid, SIGINT);
	ASSERT_EQ(NULL, fgets(line, sizeof(line), output));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	fclose(output);
	channel_recv(ch);
	ASSERT_EQ(0, operation_join(op));
}

/* One line, and status 2. */
static bool is_refused(const char *command)
{
	const int status = run("%s/%s 2>&1 >/dev/null", BPF, command);
	const char *end = strchr(printed, '\n');

	if (status != 2 || !end || end[1])
		printf("# %s: status %d: %s\n", command, status, printed);
	return status == 2 && end && !end[1];
}

TEST(bad_input_is_refused_in_one_line)
{
	ASSERT_TRUE(is_refused("chanpark x"));
	ASSERT_TRUE(is_refused("chanpark -c x"));
	ASSERT_TRUE(is_refused("chanpark -w --no-stacks"));
	ASSERT_TRUE(is_refused("chanpark -d 0"));
	ASSERT_TRUE(is_refused("chanpark -p 0"));
	ASSERT_TRUE(is_refused("chanleak"));
	ASSERT_TRUE(is_refused("chanleak 10"));
	ASSERT_TRUE(is_refused("chanleak 0s"));
	ASSERT_TRUE(is_refused("chanleak 10x"));
	ASSERT_TRUE(is_refused("chanleak 6000000h"));
	ASSERT_TRUE(is_refused("chanleak 1s 2s"));
}

TEST(who_is_not_root_is_told_so)
{
	ASSERT_EQ(0, setuid(65534));
	ASSERT_EQ(1, chanpark("2>&1"));
	ASSERT_STREQ("chanpark: listing parked tasks needs root: try sudo\n", printed);
}

TEST_HARNESS_MAIN
