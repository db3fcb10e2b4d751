/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output formats of a story. Each writes to a stream; the caller checks the stream for errors.
 */
#ifndef TRACE_OUTPUTS_H
#define TRACE_OUTPUTS_H

#include <stdio.h>

#include "story.h"

#define DURATION_SIZE	24
#define TEXT_SIZE	256

void summary_write(FILE *stream, const struct story *story, const char *command);
void perfetto_write(FILE *stream, const struct story *story, const char *command);
/* @rows: maximum number of rows. */
void sequence_write(FILE *stream, const struct story *story, const char *command, size_t rows);
void histogram_write(FILE *stream, const struct story *story, const char *command);

/* Human-readable, with three digits: "1.23 ms". Returns @text. */
char *duration_print(char *text, unsigned long long nanoseconds);
/* Without a fraction, for axis marks. */
char *duration_print_rough(char *text, unsigned long long nanoseconds);
/* Describes omissions of a picture; "" if there are none. @text has TEXT_SIZE bytes. */
void missing_print(char *text, size_t hidden, const char *what, unsigned long long lost);

#endif /* TRACE_OUTPUTS_H */
