// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../bpf/program.h"
#include "../../../bpf/recorder.h"
#include "../../lib/escape.h"
#include "../../lib/scan.h"
#include "record.h"

/* Milliseconds until the exit of the command is noticed. */
#define PATIENCE	50
/* Processes that exit immediately cannot be inspected: give up if all do. */
#define VAIN_LOOKS	64

/**
 * struct command - the recorded command
 * @go: pipe to write to when it may start
 * @failure: pipe to read the errno value from if it fails to start; else empty
 */
struct command {
	pid_t pid;
	int go;
	int failure;
};

/**
 * struct session - a recording in progress
 * @looks: number of consecutive failed attempts to read the type of a channel
 * @end: CLOCK_MONOTONIC time at which the command exited; 0: it still runs
 */
struct session {
	struct recording *recording;
	unsigned int looks;
	uint64_t end;
};

/* PID of the command, to forward signals to. */
static volatile sig_atomic_t target;
static volatile sig_atomic_t command_ended;

static void on_child(int signal __attribute__((unused)))
{
	command_ended = 1;
}

/* The terminal signals its whole foreground process group, including the command. */
static void pass_on(int signal, siginfo_t *info, void *context __attribute__((unused)))
{
	if (info->si_code <= 0 && target)
		kill(target, signal);
}

static void run(char **command, int go, int failure)
{
	char start;

	/* End of file: the recorder is gone. */
	if (read(go, &start, 1) != 1)
		_exit(EXIT_NOT_RUN);
	execvp(*command, command);
	if (write(failure, &errno, sizeof(errno)) < 0)
		_exit(EXIT_NOT_RUN);
	_exit(EXIT_NOT_FOUND);
}

/* Fork it, blocked before exec. Returns 0 or a negative errno value. */
static int command_start(struct command *command, char **argv)
{
	int go[2], failure[2];

	if (pipe2(go, O_CLOEXEC) || pipe2(failure, O_CLOEXEC))
		return -errno;
	command->pid = fork();
	if (command->pid < 0)
		return -errno;
	if (!command->pid) {
		close(go[1]);
		run(argv, go[0], failure[1]);
	}
	close(go[0]);
	close(failure[1]);
	command->go = go[1];
	command->failure = failure[0];
	return 0;
}

/* Let it exec. Returns 0, or the positive errno value of the failure. */
static int command_go(const struct command *command)
{
	const struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO };
	const struct sigaction child = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };
	ssize_t length;
	int failure;

	target = command->pid;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGCHLD, &child, NULL);
	if (write(command->go, "", 1) != 1)
		return errno;
	do {
		length = read(command->failure, &failure, sizeof(failure));
	} while (length < 0 && errno == EINTR);
	return length == sizeof(failure) ? failure : 0;
}

/* Events do not contain the names of element types. */
static void look_at_channel(struct session *session, const struct chan_event *event)
{
	uint64_t pid = event->pid, id = event->id;
	const struct filter filter = { .pids = { &pid, 1 }, .ids = { &id, 1 } };
	struct model model = {};
	char name[ESCAPED_SIZE * FACT_SIZE];

	session->looks++;
	if (!scan(&model, &filter) && model.count) {
		escape(name, model.channels[0]->facts[FACT_TYPE]);
		recording_add_type(session->recording, id, name);
		session->looks = 0;
	}
	model_free(&model);
}

/* Descendants that outlive the command may run indefinitely. */
static bool is_after_the_end(struct session *session, const struct chan_event *event)
{
	if (!session->end && command_ended)
		session->end = program_now();
	return session->end && event->time > session->end;
}

/* A recorder_function. */
static int see(void *data, const struct chan_event *event)
{
	struct session *session = data;

	if (is_after_the_end(session, event))
		return -ECANCELED;
	recording_add(session->recording, event);
	if (event->id && event->kind != CHAN_EVENT_RELEASE && session->looks < VAIN_LOOKS &&
	    !recording_type(session->recording, event->id))
		look_at_channel(session, event);
	return 0;
}

/* Record until the command exits. Returns its status as a shell does. */
static int follow(struct recorder *recorder, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid)
		recorder_poll(recorder, PATIENCE);
	target = 0;
	command_ended = 1;
	recorder_poll(recorder, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int complain(const char *name, const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", name, what, strerror(err));
	return err == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
}

int record(struct recording *recording, char **command, const char *name, unsigned int buffer,
	   int *status)
{
	struct session session = { .recording = recording };
	struct recorder_options options = { .buffer = buffer };
	struct recorder *recorder;
	struct command started = {};
	int err = command_start(&started, command);

	if (err) {
		complain(name, "cannot start a process", -err);
		return EXIT_FAILURE;
	}
	options.descendants_of = started.pid;
	recorder = recorder_open(&options, see, &session);
	if (!recorder) {
		close(started.go);
		waitpid(started.pid, NULL, 0);
		return EXIT_FAILURE;
	}
	err = command_go(&started);
	*status = follow(recorder, started.pid);
	recording->lost = recorder_lost(recorder);
	recorder_close(recorder);
	close(started.go);
	close(started.failure);
	return err ? complain(name, *command, err) : 0;
}
