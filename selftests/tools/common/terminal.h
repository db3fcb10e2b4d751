/* SPDX-License-Identifier: GPL-2.0-only */
/* A terminal with a program on it, as a user sees it. */
#ifndef _TOOLS_TERMINAL_H
#define _TOOLS_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

struct terminal;

/* Run a shell command on a new terminal. */
struct terminal *terminal_start(int lines, int columns, const char *command);
pid_t terminal_pid(const struct terminal *terminal);
/* The content of a line, without trailing blanks; valid until the next call. */
const char *terminal_line(struct terminal *terminal, int line);
/* Wait until a line begins with this, not counting leading blanks. */
void terminal_wait(struct terminal *terminal, int line, const char *text);
void terminal_type(struct terminal *terminal, const char *keys);
void terminal_resize(struct terminal *terminal, int lines, int columns);
/* Wait for the end of the program. Returns its status, as wait(2) does. */
int terminal_join(struct terminal *terminal);
/* Whether its settings are as before the program. */
bool terminal_is_restored(struct terminal *terminal);

#endif /* _TOOLS_TERMINAL_H */
