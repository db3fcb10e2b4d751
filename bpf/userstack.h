/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stack of a task in its program, as its frame pointers lead through it.
 */
#ifndef CHAN_USERSTACK_H
#define CHAN_USERSTACK_H

#define USERSTACK_FRAMES	32

/**
 * struct userstack - where a task parked
 * @count: how many frames, 0: none could be read
 * @addresses: the innermost first
 */
struct userstack {
	unsigned long long count;
	unsigned long long addresses[USERSTACK_FRAMES];
};

#endif /* CHAN_USERSTACK_H */
