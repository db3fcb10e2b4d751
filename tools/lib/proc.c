// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "model.h"
#include "proc.h"

int proc_pass_over(int err)
{
	switch (err) {
	case -ENOENT:
	case -ESRCH:
	case -EACCES:
	case -EPERM:
		return 0;
	default:
		return err;
	}
}

FILE *proc_open(int folder, const char *path)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	FILE *stream;

	if (fd < 0)
		return NULL;
	stream = fdopen(fd, "r");
	if (!stream)
		close(fd);
	return stream;
}

DIR *proc_open_folder(int folder, const char *path)
{
	int fd = openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries;

	if (fd < 0)
		return NULL;
	entries = fdopendir(fd);
	if (!entries)
		close(fd);
	return entries;
}

const char *proc_next_number(DIR *entries)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(entries);
	} while (entry && !isdigit((unsigned char)entry->d_name[0]));
	return entry ? entry->d_name : NULL;
}

int proc_read_command(int folder, const char *path, char *command)
{
	FILE *stream = proc_open(folder, path);
	size_t length;

	if (!stream)
		return -errno;
	length = fread(command, 1, COMMAND_SIZE - 1, stream);
	fclose(stream);
	if (length && command[length - 1] == '\n')
		length--;
	command[length] = 0;
	return 0;
}
