/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs print.
 */
#ifndef _TOOLS_OUTPUT_H
#define _TOOLS_OUTPUT_H

#define TEXT_MAX	16384

/* What the last command has printed. */
extern char printed[TEXT_MAX];

/* What is expected; until the next call. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Run a command of the shell. Returns its exit status, or -1. */
int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What it has printed, which must be JSON, in one line. */
const char *json(void);
/* What it has printed, without the blanks that align columns. */
const char *words(void);

#endif /* _TOOLS_OUTPUT_H */
