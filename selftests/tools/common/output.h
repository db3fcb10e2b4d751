/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of programs. */
#ifndef _TOOLS_OUTPUT_H
#define _TOOLS_OUTPUT_H

#define TEXT_MAX	16384

/* The output of the last command. */
extern char printed[TEXT_MAX];

/* The expected output; valid until the next call. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Run a shell command. Returns its exit status, or -1. */
int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Its output, which must be JSON, as one line. */
const char *json(void);
/* Its output, without the blanks that align columns. */
const char *words(void);

#endif /* _TOOLS_OUTPUT_H */
