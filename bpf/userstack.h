/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user stack of a task, walked by frame pointers.
 */
#ifndef CHAN_USERSTACK_H
#define CHAN_USERSTACK_H

#define USERSTACK_FRAMES	32

/**
 * struct userstack - user stack of a task at the time it parked
 * @count: number of frames; 0: none could be read
 * @addresses: return addresses, innermost first
 */
struct userstack {
	unsigned long long count;
	unsigned long long addresses[USERSTACK_FRAMES];
};

#endif /* CHAN_USERSTACK_H */
