// SPDX-License-Identifier: GPL-2.0-only
/* "chanctl trace" of known commands: this program itself, with the name of a workload. */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

/* Loading programs is slow on an emulated machine. */
#define TRACE_TIMEOUT	120
#define ELEMENTS	5

static char printed[4096];
static char directory[] = "/tmp/chanctl-trace.XXXXXX";

/* Five through a buffer, three handed to a parked receiver, two by a parked sender. */
static int workload(void)
{
	const int ring = chan_make_typed(8, ELEMENTS, 0, "struct job"), ch = channel_make(0);
	struct operation *op;

	channel_send_range(ring, 1, ELEMENTS);
	for (int i = 0; i < ELEMENTS; i++)
		channel_recv(ring);
	for (int i = 0; i < 5; i++) {
		op = i < 3 ? operation_park_recv(TASK_PROCESS, ch) :
			     operation_park_send(TASK_PROCESS, ch, 1);
		if (i < 3)
			channel_send(ch, 1);
		else
			channel_recv(ch);
		operation_join(op);
	}
	chan_close(ring);
	return 3;
}

static int burst(void)
{
	const int ch = channel_make(1);

	for (int i = 0; i < 20000; i++) {
		channel_send(ch, i);
		channel_recv(ch);
	}
	return 0;
}

/* Ends at once, and leaves a child that runs as long as this folder exists. */
static int flood(const char *folder)
{
	for (int i = 0; i < 3; i++) {
		if (fork())
			continue;
		if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(1);
		while (!access(folder, F_OK))
			burst();
		_exit(0);
	}
	return 3;
}

/* Captures the output of a shell command. Returns its exit status. */
static int run(const char *command)
{
	FILE *stream = popen(command, "re");
	int status;

	if (!stream)
		give_up("popen: %s", strerror(errno));
	printed[fread(printed, 1, sizeof(printed) - 1, stream)] = 0;
	status = pclose(stream);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int trace(const char *format, ...)
{
	char arguments[512], command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(arguments, sizeof(arguments), format, args);
	va_end(args);
	snprintf(command, sizeof(command), "%s trace %s 2>&1", CHANCTL, arguments);
	return run(command);
}

static const char *file(const char *name)
{
	static char text[1 << 18];
	char path[128];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	stream = fopen(path, "re");
	if (!stream)
		give_up("%s: %s; it has printed %s", path, strerror(errno), printed);
	text[fread(text, 1, sizeof(text) - 1, stream)] = 0;
	fclose(stream);
	return text;
}

static unsigned int occurrences(const char *text, const char *what)
{
	unsigned int count = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		count++;
	return count;
}

static bool is_one_line(void)
{
	return occurrences(printed, "\n") == 1 && strstr(printed, "chanctl");
}

/* How many events of the trace have this phase, and this name unless it is NULL. */
static unsigned int trace_count(json_t *events, const char *phase, const char *name)
{
	unsigned int count = 0;
	json_t *event;
	size_t i;

	json_array_foreach(events, i, event) {
		const char *its = json_string_value(json_object_get(event, "name"));

		count += !strcmp(json_string_value(json_object_get(event, "ph")), phase) &&
			 (!name || !strncmp(its, name, strlen(name)));
	}
	return count;
}

FIXTURE(trace) {};

FIXTURE_SETUP(trace)
{
	if (!mkdtemp(directory))
		give_up("%s: %s", directory, strerror(errno));
}

FIXTURE_TEARDOWN(trace)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	if (system(command))
		give_up("%s", command);
}

#define TRACE_TEST(name)	TEST_F_TIMEOUT(trace, name, TRACE_TIMEOUT)

TRACE_TEST(all_outputs_show_each_operation_once)
{
	json_t *root, *events;
	const char *svg;
	char xml[128];

	EXPECT_EQ(3, trace("-p %s/json -s %s/svg -H %s/histogram -- %s workload", directory,
			   directory, directory, SELF));
	EXPECT_STREQ("", printed);
	root = json_loads(file("json"), JSON_REJECT_DUPLICATES, NULL);
	ASSERT_NE(NULL, root);
	events = json_object_get(root, "traceEvents");
	EXPECT_EQ(10, trace_count(events, "s", NULL));
	EXPECT_EQ(10, trace_count(events, "f", NULL));
	EXPECT_EQ(ELEMENTS, trace_count(events, "s", "ring"));
	EXPECT_EQ(5, trace_count(events, "s", "handoff"));
	EXPECT_EQ(3, trace_count(events, "B", "parked recv"));
	EXPECT_EQ(2, trace_count(events, "B", "parked send"));
	EXPECT_EQ(2, trace_count(events, "i", "make"));
	svg = file("svg");
	EXPECT_EQ(2 * ELEMENTS, occurrences(svg, "class=\"ring\""));
	EXPECT_EQ(5, occurrences(svg, "class=\"handoff\""));
	EXPECT_EQ(5, occurrences(svg, "class=\"park\""));
	EXPECT_NE(0, occurrences(svg, "class=\"cross\""));
	snprintf(xml, sizeof(xml), "cd %s && python3 -c 'import xml.dom.minidom as x; "
		 "x.parse(\"svg\"), x.parse(\"histogram\")'", directory);
	EXPECT_EQ(0, system(xml));
	json_decref(root);
}

TRACE_TEST(the_summary_counts_operations_by_path)
{
	EXPECT_EQ(3, trace("%s workload", SELF));
	EXPECT_NE(NULL, strstr(printed, " workload: 6 tasks, 2 channels, "));
	EXPECT_NE(NULL, strstr(printed, ", 0 lost\n"));
}

TRACE_TEST(lost_events_are_counted_in_each_output)
{
	EXPECT_EQ(0, trace("--buffer 4096 -p %s/json -s %s/svg -H %s/histogram %s burst",
			   directory, directory, directory, SELF));
	EXPECT_TRUE(is_one_line());
	EXPECT_NE(NULL, strstr(printed, " events were lost"));
	EXPECT_EQ(NULL, strstr(file("json"), "\"lost\":0}"));
	EXPECT_NE(NULL, strstr(file("svg"), " events were lost."));
	EXPECT_NE(NULL, strstr(file("histogram"), " events were lost."));
}

TRACE_TEST(it_ends_with_the_command_whatever_that_leaves_behind)
{
	EXPECT_EQ(3, trace("-H %s/histogram %s flood %s", directory, SELF, directory));
}

TRACE_TEST(a_signal_that_kills_the_command_is_told)
{
	EXPECT_EQ(128 + 9, trace("-- sh -c 'kill -9 $$'"));
}

TRACE_TEST(a_signal_to_it_is_passed_on_to_the_command)
{
	EXPECT_EQ(128 + 15, trace("-- sh -c 'kill -TERM $PPID; exec sleep 1000'"));
}

TRACE_TEST(a_command_that_is_not_there_is_127)
{
	EXPECT_EQ(127, trace("/nonexistent"));
	EXPECT_TRUE(is_one_line());
	EXPECT_NE(NULL, strstr(printed, "/nonexistent: No such file or directory"));
	EXPECT_EQ(126, trace("/tmp"));
	EXPECT_TRUE(is_one_line());
}

TRACE_TEST(wrong_usage_is_one_line)
{
	EXPECT_EQ(2, trace("--rows 0 true"));
	EXPECT_TRUE(is_one_line());
	EXPECT_EQ(2, trace("--svg %s/svg", directory));
	EXPECT_TRUE(is_one_line());
}

TRACE_TEST(an_output_that_cannot_be_written_stops_it_before_the_command)
{
	char ran[64];

	snprintf(ran, sizeof(ran), "%s/ran", directory);
	EXPECT_EQ(1, trace("-s /nonexistent/svg touch %s", ran));
	EXPECT_TRUE(is_one_line());
	EXPECT_NE(NULL, strstr(printed, "/nonexistent/svg: No such file or directory"));
	EXPECT_EQ(-1, access(ran, F_OK));
}

TRACE_TEST(who_may_not_record_is_told_so)
{
	EXPECT_EQ(1, run("setpriv --reuid=65534 --clear-groups " CHANCTL " trace true 2>&1"));
	EXPECT_TRUE(is_one_line());
	EXPECT_NE(NULL, strstr(printed, "root"));
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "workload"))
		return workload();
	if (argc > 1 && !strcmp(argv[1], "burst"))
		return burst();
	if (argc > 2 && !strcmp(argv[1], "flood"))
		return flood(argv[2]);
	return test_harness_run(argc, argv);
}
