// SPDX-License-Identifier: GPL-2.0-only
/*
 * The producer walks a tree and sends the path of each regular file.
 */
#include <errno.h>
#include <fts.h>
#include <string.h>
#include <unistd.h>

#include "demo.h"
#include "print.h"

/* Walk in a fixed order, so that two walks number the paths identically. */
static int compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static FTS *walk_open(const char *directory)
{
	char *const roots[] = { (char *)directory, NULL };

	return fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
}

/* Returns 1 and the next path, 0 at the end of the walk, or a negative errno value. */
static int walk_next(FTS *walk, const char *directory, struct path *path)
{
	FTSENT *entry;
	const char *name;

	for (;;) {
		errno = 0;
		entry = fts_read(walk);
		if (!entry)
			return -errno;
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
		    entry->fts_info == FTS_NS)
			return -entry->fts_errno;
		if (entry->fts_info == FTS_F)
			break;
	}
	name = entry->fts_path + strlen(directory);
	name += strspn(name, "/");
	if (strlen(name) >= sizeof(path->name))
		return -ENAMETOOLONG;
	path->number++;
	memset(path->name, 0, sizeof(path->name));
	memcpy(path->name, name, strlen(name));
	return 1;
}

static int produce(struct demo *demo, FTS *walk, uint32_t already_sent)
{
	struct path path = {};
	int ret;

	for (;;) {
		ret = walk_next(walk, demo->directory, &path);
		if (ret < 0)
			return complain(demo->directory, ret);
		if (ret == 0)
			break;
		if (path.number <= already_sent)
			continue;
		ret = path_channel_send(demo->paths, &path);
		if (ret < 0)
			return complain("cannot send a path", ret);
	}
	demo->board->total = path.number;
	return 0;
}

/**
 * producer_run() - the producer process
 * @demo: inherited from its parent
 * @already_sent: number of paths at the start of the walk to skip, as they were already sent
 *
 * The channel is not closed explicitly, but when its last sender is gone.
 *
 * Return: exit status.
 */
int producer_run(struct demo *demo, uint32_t already_sent)
{
	FTS *walk;
	int err;

	close(demo->results.fd);
	err = demo_narrow(&demo->paths.fd, CHAN_RIGHT_SEND);
	if (err)
		return complain("the producer has no channel", err);
	walk = walk_open(demo->directory);
	if (!walk)
		return complain(demo->directory, -errno);
	err = produce(demo, walk, already_sent);
	fts_close(walk);
	return err;
}

/**
 * producer_first_path() - the first path of a walk
 * @directory: directory to walk
 * @path: output
 *
 * Return: 0, or a negative errno value; -ENOENT if there is no file.
 */
int producer_first_path(const char *directory, struct path *path)
{
	FTS *walk = walk_open(directory);
	int ret;

	if (!walk)
		return -errno;
	path->number = 0;
	ret = walk_next(walk, directory, path);
	fts_close(walk);
	if (ret == 0)
		return -ENOENT;
	return ret < 0 ? ret : 0;
}
