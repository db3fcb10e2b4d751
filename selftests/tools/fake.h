/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs are to find in /proc, of processes and channels that there are not.
 */
#ifndef _TOOLS_FAKE_H
#define _TOOLS_FAKE_H

/* A /proc of its own for this test, without processes. */
void fake_proc(void);
void fake_process(int pid, const char *command);
/* A file descriptor of a process. @more: lines that come last, and count if they come again. */
void fake_channel(int pid, int fd, unsigned long long id, const char *more);

#endif /* _TOOLS_FAKE_H */
