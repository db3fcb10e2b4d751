// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels as stdin, stdout and stderr of programs unaware of channels: each program reads all
 * elements, and none of its output is lost. The programs in stdio/ copy their input to both
 * outputs.
 *
 * A shell reads byte by byte, so its elements are bytes, as are those of programs that write in
 * units of their buffers.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/task.h"

#define LINES		500
#define LINE		8
/* Fewer than the number of elements, so that both sides wait. */
#define CAP		16
#define STDIO_TIMEOUT	240

/* Exit status for a program that does not exist. */
#define ABSENT		127

/**
 * struct output - data read from a channel until it is closed
 * @fd: its receiving end
 * @size: bytes so far
 * @text: space for LINES lines, and some more to detect excess
 */
struct output {
	int fd;
	size_t size;
	char text[LINES * LINE + 4096];
};

static void *input_write(void *data)
{
	const int *fd = data;
	char line[LINE + 1];

	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%07d\n", i);
		if (write(*fd, line, LINE) != LINE)
			break;
	}
	close(*fd);
	return NULL;
}

static void *output_read(void *data)
{
	struct output *out = data;
	ssize_t n;

	while ((n = read(out->fd, out->text + out->size, sizeof(out->text) - out->size)) > 0)
		out->size += n;
	return NULL;
}

/* All lines, in order, once. */
static bool output_is_input(const struct output *out)
{
	char line[LINE + 1];

	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%07d\n", i);
		if (out->size < (i + 1) * LINE || memcmp(out->text + i * LINE, line, LINE)) {
			fprintf(stderr, "# line %d of %zu bytes is another: %.200s\n", i, out->size,
				out->text + i * LINE);
			return false;
		}
	}
	return out->size == LINES * LINE;
}

/* Start it with these as descriptors 0, 1 and 2. */
static pid_t program_start(const char *command, const int fds[3])
{
	const pid_t pid = task_fork();

	if (pid)
		return pid;
	for (int i = 0; i < 3; i++)
		dup2(fds[i], i);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(ABSENT);
}

static bool program_exists(const char *name)
{
	char command[256];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", name);
	return !system(command);
}

FIXTURE(stdio)
{
	int in[2];
	int out[2];
	int err[2];
};

/**
 * @program: must exist
 * @command: for the shell
 * @elemsize: of all channels
 * @error: the command also writes to standard error
 */
FIXTURE_VARIANT(stdio)
{
	const char *program;
	const char *command;
	size_t elemsize;
	bool error;
};

#define STDIO_VARIANT(name, size, _program, _command, _error) \
	FIXTURE_VARIANT_ADD(stdio, name##_elements_of_##size) { \
		.program = _program, .command = _command, .elemsize = size, .error = _error, \
	}

STDIO_VARIANT(bash, 1, "bash", "exec bash " STDIO "/copy.sh", true);
STDIO_VARIANT(dash, 1, "dash", "exec dash " STDIO "/copy.sh", true);
STDIO_VARIANT(cat, 1, "cat", "exec cat", false);
STDIO_VARIANT(cat, 8, "cat", "exec cat", false);
STDIO_VARIANT(cat_reopened, 8, "cat", "exec cat /dev/stdin", false);
STDIO_VARIANT(tee_reopened, 1, "tee", "exec tee /dev/stderr", true);
STDIO_VARIANT(tee_reopened, 8, "tee", "exec tee /dev/stderr", true);
STDIO_VARIANT(python, 1, "python3", "exec python3 " STDIO "/copy.py", true);
STDIO_VARIANT(python, 8, "python3", "exec python3 " STDIO "/copy.py", true);
STDIO_VARIANT(node, 1, "node", "exec node " STDIO "/copy.js", true);
STDIO_VARIANT(node, 8, "node", "exec node " STDIO "/copy.js", true);
STDIO_VARIANT(java, 1, STDIO_BUILT "/java", "exec " STDIO_BUILT "/java", true);
STDIO_VARIANT(java, 8, STDIO_BUILT "/java", "exec " STDIO_BUILT "/java", true);
STDIO_VARIANT(go, 1, STDIO_BUILT "/go", "exec " STDIO_BUILT "/go", true);
STDIO_VARIANT(go, 8, STDIO_BUILT "/go", "exec " STDIO_BUILT "/go", true);
STDIO_VARIANT(rust, 1, STDIO_BUILT "/rust", "exec " STDIO_BUILT "/rust", true);
STDIO_VARIANT(rust, 8, STDIO_BUILT "/rust", "exec " STDIO_BUILT "/rust", true);

FIXTURE_SETUP(stdio)
{
	if (!program_exists(variant->program))
		SKIP(return, "no %s", variant->program);
	if (chan_pair(self->in, variant->elemsize, CAP, 0) ||
	    chan_pair(self->out, variant->elemsize, CAP, 0) ||
	    chan_pair(self->err, variant->elemsize, CAP, 0))
		give_up("chan_pair");
}

FIXTURE_TEARDOWN(stdio)
{
}

TEST_F_TIMEOUT(stdio, program_reads_all_and_loses_nothing_that_it_writes, STDIO_TIMEOUT)
{
	struct output *out = calloc(2, sizeof(*out));
	const int fds[] = { self->in[0], self->out[1], self->err[1] };
	const pid_t pid = program_start(variant->command, fds);
	pthread_t writer, reader;
	int status;

	for (int i = 0; i < 3; i++)
		close(fds[i]);
	out[0].fd = self->out[0];
	out[1].fd = self->err[0];
	ASSERT_EQ(0, pthread_create(&writer, NULL, input_write, &self->in[1]));
	ASSERT_EQ(0, pthread_create(&reader, NULL, output_read, &out[1]));
	output_read(&out[0]);
	pthread_join(reader, NULL);
	pthread_join(writer, NULL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(output_is_input(&out[0]));
	EXPECT_TRUE(variant->error ? output_is_input(&out[1]) : !out[1].size);
}

TEST_HARNESS_MAIN
