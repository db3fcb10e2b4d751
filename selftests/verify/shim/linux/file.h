/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_FILE_H
#define _SHIM_LINUX_FILE_H

#include <linux/fs.h>

/* A file in use. */
struct fd {
	struct file	*file;
	unsigned int	flags;
};

/* As if another task shared the table of files. */
#define FDPUT_FPUT	1

#define fd_file(f)	((f).file)
#define fd_flags(f)	((f).flags)

struct fd fdget(unsigned int fd);
void fdput(struct fd fd);

/* The lowest free file descriptor, for @file; free one again. */
int shim_fd_install(struct file *file);
void shim_fd_close(int fd);
/* Number of files in use. */
unsigned int shim_fds_held(void);

#endif /* _SHIM_LINUX_FILE_H */
