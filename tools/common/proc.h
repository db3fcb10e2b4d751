/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files and folders of /proc, which may be gone the next moment. @folder and @path are those of
 * openat(2).
 */
#ifndef COMMON_PROC_H
#define COMMON_PROC_H

#include <dirent.h>
#include <stdio.h>

/* What is gone, or not for the caller to see, is no error: 0. Others are returned. */
int proc_pass_over(int err);
/* Both return NULL, with errno, on errors. */
FILE *proc_open(int folder, const char *path);
DIR *proc_open_folder(int folder, const char *path);
/* The next one whose name is a number. NULL with errno 0 is the end. */
const char *proc_next_number(DIR *entries);
/* Of at most COMMAND_SIZE bytes. Returns 0 or a negative errno value. */
int proc_read_command(int folder, const char *path, char *command);

#endif /* COMMON_PROC_H */
