/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files and folders of /proc, which may vanish at any time. @folder and @path are as for
 * openat(2).
 */
#ifndef LIB_PROC_H
#define LIB_PROC_H

#include <dirent.h>
#include <stdio.h>

/* Returns 0 for errors of files that are gone or not accessible, other errors unchanged. */
int proc_pass_over(int err);
/* Both return NULL and set errno on errors. */
FILE *proc_open(int folder, const char *path);
DIR *proc_open_folder(int folder, const char *path);
/* The next entry with a numeric name. At the end, NULL with errno 0. */
const char *proc_next_number(DIR *entries);
/* Reads at most COMMAND_SIZE bytes. Returns 0 or a negative errno value. */
int proc_read_command(int folder, const char *path, char *command);

#endif /* LIB_PROC_H */
