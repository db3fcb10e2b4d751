// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "freezer.h"
#include "operation.h"

#define CGROUP2	"/sys/fs/cgroup"

static FILE *freezer_open(const struct freezer *freezer, const char *name, const char *mode)
{
	char path[160];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", freezer->group, name);
	stream = fopen(path, mode);
	if (!stream)
		give_up("%s: %s", path, strerror(errno));
	return stream;
}

static void freezer_write(const struct freezer *freezer, const char *name, const char *text)
{
	FILE *stream = freezer_open(freezer, name, "we");

	fputs(text, stream);
	if (fclose(stream))
		give_up("%s/%s: %s", freezer->group, name, strerror(errno));
}

/* Whether the file has this line. */
static bool freezer_shows(const struct freezer *freezer, const char *name, const char *line)
{
	FILE *stream = freezer_open(freezer, name, "re");
	char text[64];
	bool found = false;

	while (!found && fgets(text, sizeof(text), stream)) {
		text[strcspn(text, "\n")] = 0;
		found = !strcmp(text, line);
	}
	fclose(stream);
	return found;
}

static void freezer_mount(struct freezer *freezer)
{
	snprintf(freezer->mount, sizeof(freezer->mount), "/tmp/chan-freezer-XXXXXX");
	if (!mkdtemp(freezer->mount) ||
	    mount("none", freezer->mount, "cgroup", 0, "freezer"))
		give_up("no freezer of version 1 at %s: %s", freezer->mount, strerror(errno));
}

void freezer_make(struct freezer *freezer, int version)
{
	memset(freezer, 0, sizeof(*freezer));
	freezer->version = version;
	if (version == 1)
		freezer_mount(freezer);
	snprintf(freezer->group, sizeof(freezer->group), "%s/chan-%d",
		 version == 1 ? freezer->mount : CGROUP2, getpid());
	if (mkdir(freezer->group, 0755))
		give_up("%s: %s", freezer->group, strerror(errno));
}

void freezer_remove(struct freezer *freezer)
{
	freezer_thaw(freezer);
	wait_until(!rmdir(freezer->group));
	if (freezer->version == 1 && (umount(freezer->mount) || rmdir(freezer->mount)))
		give_up("%s: %s", freezer->mount, strerror(errno));
}

void freezer_add(const struct freezer *freezer, const struct operation *op)
{
	char pid[16];

	if (op->kind != TASK_PROCESS)
		give_up("cannot freeze a single thread");
	snprintf(pid, sizeof(pid), "%d", op->pid);
	freezer_write(freezer, "cgroup.procs", pid);
}

void freezer_freeze(const struct freezer *freezer)
{
	if (freezer->version == 1) {
		freezer_write(freezer, "freezer.state", "FROZEN");
		wait_until(freezer_shows(freezer, "freezer.state", "FROZEN"));
	} else {
		freezer_write(freezer, "cgroup.freeze", "1");
		wait_until(freezer_shows(freezer, "cgroup.events", "frozen 1"));
	}
}

void freezer_thaw(const struct freezer *freezer)
{
	if (freezer->version == 1) {
		freezer_write(freezer, "freezer.state", "THAWED");
		wait_until(freezer_shows(freezer, "freezer.state", "THAWED"));
	} else {
		freezer_write(freezer, "cgroup.freeze", "0");
		wait_until(freezer_shows(freezer, "cgroup.events", "frozen 0"));
	}
}
