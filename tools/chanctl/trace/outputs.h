/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways to show a story. Each writes to a stream, whose errors are the caller's to look for.
 */
#ifndef TRACE_OUTPUTS_H
#define TRACE_OUTPUTS_H

#include <stdio.h>

#include "story.h"

#define DURATION_SIZE	24

void summary_write(FILE *stream, const struct story *story, const char *command);
void perfetto_write(FILE *stream, const struct story *story, const char *command);
/* @rows: no more than so many. */
void sequence_write(FILE *stream, const struct story *story, const char *command, size_t rows);
void histogram_write(FILE *stream, const struct story *story, const char *command);

/* As people read it, in three digits: "1.23 ms". Returns @text. */
char *duration_print(char *text, unsigned long long nanoseconds);

#endif /* TRACE_OUTPUTS_H */
