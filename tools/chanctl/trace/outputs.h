/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways to show a story. Each writes to a stream, whose errors are the caller's to look for.
 */
#ifndef TRACE_OUTPUTS_H
#define TRACE_OUTPUTS_H

#include <stdio.h>

#include "story.h"

#define DURATION_SIZE	24
#define TEXT_SIZE	256

void summary_write(FILE *stream, const struct story *story, const char *command);
void perfetto_write(FILE *stream, const struct story *story, const char *command);
/* @rows: no more than so many. */
void sequence_write(FILE *stream, const struct story *story, const char *command, size_t rows);
void histogram_write(FILE *stream, const struct story *story, const char *command);

/* As people read it, in three digits: "1.23 ms". Returns @text. */
char *duration_print(char *text, unsigned long long nanoseconds);
/* Without a fraction, for marks on an axis. */
char *duration_print_rough(char *text, unsigned long long nanoseconds);
/* What a picture does not show; "" if that is nothing. @text has room for TEXT_SIZE. */
void missing_print(char *text, size_t hidden, const char *what, unsigned long long lost);

#endif /* TRACE_OUTPUTS_H */
