// SPDX-License-Identifier: GPL-2.0-only
/* Draining: the first process of a program receives all elements left in its channels. */
#include <string.h>
#include <sys/ioctl.h>

#include <linux/chan.h>

#include "calls.h"
#include "drain.h"

/* Batch size for elements that need no memory. */
#define COUNT_MAX	(1U << 20)

static uint64_t sum(const struct chan_paths *paths)
{
	return paths->handoff + paths->ring + paths->park;
}

/* Every sent element was received, was withdrawn, or is still there. */
static bool is_even(const struct chan_info *info)
{
	return sum(&info->sends) + info->requeues ==
	       sum(&info->recvs) + info->len + info->requeued;
}

static unsigned int count_of(const struct chan_info *info)
{
	if (info->elemsize <= FUZZ_REGION / COUNT_MAX)
		return COUNT_MAX;
	return FUZZ_REGION / info->elemsize;
}

/* Returns false if elements may be left. */
static bool drain(struct fuzz_shared *shared, int fd, struct chan_info *info, char *memory)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)memory,
		.count = count_of(info),
		.min = 1,
		.flags = CHAN_XFER_NONBLOCK,
		.elemsize = info->elemsize,
		.deadline = CHAN_DEADLINE_NONE,
	};
	int i, moved;

	while ((moved = ioctl(fd, CHAN_IOC_RECVV, &xfer)) > 0) {
		for (i = 0; i < moved; i++)
			fuzz_values_receive(&shared->values, memory + (size_t)i * info->elemsize,
					    info->elemsize);
	}
	*info = fuzz_fd_info(fd);
	return !info->len && !info->requeued && !info->sendq && !info->recvq;
}

void fuzz_drain(struct fuzz_machine *machine)
{
	struct fuzz_shared *shared = machine->shared;
	char *memory = machine->arena + 2 * FUZZ_CALLS_MAX * FUZZ_REGION;
	struct chan_info info;
	unsigned int slot;

	for (slot = 0; slot < FUZZ_SLOTS; slot++) {
		int fd = shared->slots[0][slot];

		info = fuzz_fd_info(fd);
		if (!info.id || info.flags & CHAN_F_TIMER || !(info.rights & CHAN_RIGHT_RECV))
			continue;
		if (!drain(shared, fd, &info, memory))
			continue;
		shared->drained[shared->channels++] = info.id;
		if (!is_even(&info))
			shared->uneven = info.id;
	}
}
