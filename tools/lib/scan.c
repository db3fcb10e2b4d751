// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdinfo.h"
#include "proc.h"
#include "scan.h"

struct scan {
	struct model *model;
	const struct filter *filter;
	int proc;
};

static int name_waiters(const struct scan *scan, struct channel *channel)
{
	struct waiter *waiter;
	char path[32];
	size_t i;
	int err;

	for (i = 0; i < channel->waiter_count; i++) {
		waiter = &channel->waiters[i];
		snprintf(path, sizeof(path), "%d/comm", waiter->pid);
		err = proc_pass_over(proc_read_command(scan->proc, path, waiter->command));
		if (err)
			return err;
	}
	return 0;
}

static int scan_file(const struct scan *scan, int folder, struct holder *holder, const char *name)
{
	FILE *stream = proc_open(folder, name);
	struct channel channel;
	int ret;

	if (!stream)
		return proc_pass_over(-errno);
	ret = fdinfo_read(stream, &channel, holder);
	fclose(stream);
	if (ret <= 0)
		return proc_pass_over(ret);
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
	DIR *files = proc_open_folder(process, "fdinfo");
	const char *name;
	int err = 0;

	if (!files)
		return proc_pass_over(-errno);
	while (!err) {
		name = proc_next_number(files);
		if (!name) {
			err = proc_pass_over(-errno);
			break;
		}
		err = scan_file(scan, dirfd(files), holder, name);
	}
	closedir(files);
	return err;
}

/* Files opened below its folder belong to this process, even if its PID is reused. */
static int scan_process(const struct scan *scan, const char *name)
{
	struct holder holder = { .pid = atoi(name) };
	int process, err;

	if (!numbers_match(&scan->filter->pids, holder.pid))
		return 0;
	process = openat(scan->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (process < 0)
		return proc_pass_over(-errno);
	err = proc_pass_over(proc_read_command(process, "comm", holder.command));
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
		name = proc_next_number(processes);
		if (!name) {
			err = -errno;
			break;
		}
		err = scan_process(&scan, name);
	}
	closedir(processes);
	model_sort(model);
	return err;
}
