// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdinfo.h"
#include "scan.h"

struct scan {
	struct model *model;
	const struct filter *filter;
	int proc;
};

/* It is gone, or not for the caller to see. */
static int pass_over(int err)
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

static FILE *open_stream(int folder, const char *path)
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

static DIR *open_folder(int folder, const char *path)
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

/* The next one whose name is a number. NULL with errno 0 is the end. */
static const char *next_number(DIR *entries)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(entries);
	} while (entry && !isdigit((unsigned char)entry->d_name[0]));
	return entry ? entry->d_name : NULL;
}

static int read_command(int folder, const char *path, char *command)
{
	FILE *stream = open_stream(folder, path);
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

static int name_waiters(const struct scan *scan, struct channel *channel)
{
	struct waiter *waiter;
	char path[32];
	size_t i;
	int err;

	for (i = 0; i < channel->waiter_count; i++) {
		waiter = &channel->waiters[i];
		snprintf(path, sizeof(path), "%d/comm", waiter->pid);
		err = pass_over(read_command(scan->proc, path, waiter->command));
		if (err)
			return err;
	}
	return 0;
}

static int scan_file(const struct scan *scan, int folder, struct holder *holder, const char *name)
{
	FILE *stream = open_stream(folder, name);
	struct channel channel;
	int ret;

	if (!stream)
		return pass_over(-errno);
	ret = fdinfo_read(stream, &channel, holder);
	fclose(stream);
	if (ret <= 0)
		return pass_over(ret);
	ret = name_waiters(scan, &channel);
	if (ret || !numbers_match(&scan->filter->ids, channel.id)) {
		free(channel.waiters);
		return ret;
	}
	holder->fd = atoi(name);
	return model_add(scan->model, &channel, holder);
}

static int scan_files(const struct scan *scan, int process, struct holder *holder)
{
	DIR *files = open_folder(process, "fdinfo");
	const char *name;
	int err = 0;

	if (!files)
		return pass_over(-errno);
	while (!err) {
		name = next_number(files);
		if (!name) {
			err = pass_over(-errno);
			break;
		}
		err = scan_file(scan, dirfd(files), holder, name);
	}
	closedir(files);
	return err;
}

/* What is opened below its folder is of this process, even if its number is used again. */
static int scan_process(const struct scan *scan, const char *name)
{
	struct holder holder = { .pid = atoi(name) };
	int process, err;

	if (!numbers_match(&scan->filter->pids, holder.pid))
		return 0;
	process = openat(scan->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (process < 0)
		return pass_over(-errno);
	err = pass_over(read_command(process, "comm", holder.command));
	if (!err)
		err = scan_files(scan, process, &holder);
	close(process);
	return err;
}

int scan(struct model *model, const struct filter *filter)
{
	struct scan scan = { .model = model, .filter = filter };
	DIR *processes = opendir("/proc");
	const char *name;
	int err = 0;

	if (!processes)
		return -errno;
	scan.proc = dirfd(processes);
	while (!err) {
		name = next_number(processes);
		if (!name) {
			err = -errno;
			break;
		}
		err = scan_process(&scan, name);
	}
	closedir(processes);
	return err;
}
