/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake /proc, with processes and channels that do not exist. */
#ifndef _TOOLS_FAKE_H
#define _TOOLS_FAKE_H

/* A separate /proc for this test, without processes. */
void fake_proc(void);
void fake_process(int pid, const char *command);
/* A file descriptor of a process. @more: lines appended, which override earlier ones. */
void fake_channel(int pid, int fd, unsigned long long id, const char *more);

#endif /* _TOOLS_FAKE_H */
