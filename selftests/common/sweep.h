/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sweeps: a call is made again and again, and each time another allocation or copy in it
 * fails, until none is left that has not. Each time
 *
 * - the call succeeds all the same, or its error is ENOMEM for an allocation and EFAULT for a
 *   copy, and nothing has happened: its channels are as before, but for elements that were
 *   requeued; no file descriptor was opened; its user is charged with nothing;
 * - without a fault, the call then succeeds, and all elements are received in their order;
 * - once the channels are gone, nothing is left of it.
 */
#ifndef _COMMON_SWEEP_H
#define _COMMON_SWEEP_H

#include <chan.h>
#include <stdbool.h>
#include <stddef.h>

#include "injection.h"
#include "operation.h"

/**
 * struct scene - what one call is made on, built anew for each
 * @path: the call
 * @chs: channels
 * @nchs: how many
 * @file: another file, or -1
 * @elemsize: of the channels
 * @elems: of the call, touched
 * @cases: of the call, if it is a select
 * @ncases: how many
 * @count: how many elements the call moves
 * @moved: how many it has moved
 * @peer: an operation on the other side of the first channel, or NULL
 * @made: file descriptor that the call has opened, or -1
 * @nth: what fails in the call; 0: nothing
 * @failed: what that was
 */
struct scene {
	const struct path *path;
	int chs[CHAN_SELECT_MAX];
	unsigned int nchs;
	int file;
	size_t elemsize;
	char *elems;
	struct chan_case cases[CHAN_SELECT_MAX];
	unsigned int ncases;
	unsigned int count;
	unsigned int moved;
	struct operation *peer;
	int made;
	unsigned int nth;
	enum injection failed;
};

/**
 * struct path - a call that is swept
 * @build: make what the call needs to succeed
 * @call: one system call. Returns 0 or more, or a negative errno value
 * @meet: if the call parks, on the first channel: start @peer, which lets it go on; or NULL
 * @check: the call has succeeded: is all as it should be? Takes what is in the channels
 * @elemsize: of the channels
 * @cap: of the channels
 * @filled: how many elements are in the first channel at the beginning
 * @count: how many elements the call moves
 * @peers: how many elements @peer moves, which is parked at the beginning; 0: no peer
 * @ncases: how many channels or files the call selects from
 * @result: what the call returns if nothing is made fail, if that is an error
 * @enomem: how many faults make the call return -ENOMEM, or more
 * @efault: how many faults make it return -EFAULT, or more
 */
struct path {
	void (*build)(struct scene *scene);
	int (*call)(struct scene *scene);
	void (*meet)(struct scene *scene);
	bool (*check)(struct scene *scene);
	size_t elemsize;
	unsigned int cap;
	unsigned int filled;
	unsigned int count;
	unsigned int peers;
	unsigned int ncases;
	int result;
	unsigned int enomem;
	unsigned int efault;
};

/**
 * struct sweep - what came out
 * @faults: how many calls there were in which something failed
 * @enomem: how many of them returned -ENOMEM
 * @efault: how many returned -EFAULT, unless the call does that anyway
 * @broken: how many calls broke a rule; which was printed
 * @absorbed: the last call did not need the allocation that failed
 */
struct sweep {
	unsigned int faults;
	unsigned int enomem;
	unsigned int efault;
	unsigned int broken;
	bool absorbed;
};

/*
 * Make each allocation and each copy of the call fail, once. As the kernel sometimes needs more
 * allocations for one than at other times, one can be missed: that is seen in the number of
 * errors, and done again.
 */
struct sweep sweep(const struct path *path);

/* Add one more channel, as the path has it. */
int scene_add(struct scene *scene);
/* Element @index of the call. */
void *scene_elem(const struct scene *scene, unsigned int index);
/* Do the values from @from to @to come next from the first channel? */
bool scene_receives(const struct scene *scene, unsigned int from, unsigned int to);
/* Say which rule is broken. Returns false. */
bool scene_broken(const struct scene *scene, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* _COMMON_SWEEP_H */
