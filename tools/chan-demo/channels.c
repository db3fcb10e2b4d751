// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shared by all processes: two channels and a board.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "demo.h"

/**
 * demo_narrow() - drop the rights on a channel that a process does not need
 * @ch: the channel; replaced by another file of the same channel
 * @rights: rights to keep
 *
 * A channel is closed when its last sender or its last receiver is gone. So a process
 * should hold only the side that it uses, as with the two ends of a pipe.
 *
 * Return: 0, or a negative errno value.
 */
int demo_narrow(int *ch, unsigned int rights)
{
	int narrow = chan_dup(*ch, rights);

	if (narrow < 0)
		return narrow;
	close(*ch);
	*ch = narrow;
	return 0;
}

/**
 * demo_make() - make the channels and the board
 * @demo: output; its other fields are unchanged
 *
 * Return: 0, or a negative errno value and nothing was made.
 */
int demo_make(struct demo *demo)
{
	demo->board = mmap(NULL, sizeof(*demo->board), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (demo->board == MAP_FAILED)
		return -errno;
	demo->paths = path_channel_make(PATHS_CAPACITY, 0);
	if (demo->paths.fd < 0)
		goto unmap;
	demo->results = result_channel_make(RESULTS_CAPACITY, 0);
	if (demo->results.fd < 0)
		goto close_paths;
	demo->quit = -1;
	return 0;

close_paths:
	close(demo->paths.fd);
	demo->paths.fd = demo->results.fd;
unmap:
	munmap(demo->board, sizeof(*demo->board));
	return demo->paths.fd;
}

void demo_forget(struct demo *demo)
{
	close(demo->results.fd);
	close(demo->paths.fd);
	munmap(demo->board, sizeof(*demo->board));
}
