/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRACE_RECORD_H
#define TRACE_RECORD_H

#include "recording.h"

/* As in a shell. */
#define EXIT_NOT_RUN	126
#define EXIT_NOT_FOUND	127

/**
 * record() - run a command, and record channel events of it and its descendants
 * @recording: output
 * @command: its name and arguments, terminated by NULL
 * @name: program name for error messages on stderr
 * @buffer: size of the event buffer in bytes, 0: the default
 * @status: exit status of the command, or 128 plus the signal that killed it
 *
 * Termination signals are forwarded: the recording ends with the command.
 *
 * Return: 0 if the command ran, else an exit status, after an error message was printed.
 */
int record(struct recording *recording, char **command, const char *name, unsigned int buffer,
	   int *status);

#endif /* TRACE_RECORD_H */
