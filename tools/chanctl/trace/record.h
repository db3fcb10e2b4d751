/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRACE_RECORD_H
#define TRACE_RECORD_H

#include "recording.h"

/* As of a shell. */
#define EXIT_NOT_RUN	126
#define EXIT_NOT_FOUND	127

/**
 * record() - run a command, and record what it and its descendants do with channels
 * @recording: result
 * @command: its name and arguments; NULL ends them
 * @name: who complains, on stderr
 * @buffer: bytes of the buffer for events, 0: as is usual
 * @status: exit status of the command, 128 and the signal's number if one has killed it
 *
 * Signals to end are passed on: the recording ends with the command.
 *
 * Return: 0 if it has run, else the exit status of a complaint that was made.
 */
int record(struct recording *recording, char **command, const char *name, unsigned int buffer,
	   int *status);

#endif /* TRACE_RECORD_H */
