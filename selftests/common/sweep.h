/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sweeps: a call is repeated, and each time another allocation or copy in it fails, until each has
 * failed once. Each time
 *
 * - the call succeeds despite the fault, or its error is ENOMEM for an allocation and EFAULT for a
 *   copy, and nothing has happened: its channels are unchanged, except for requeued elements; no
 *   file descriptor was opened; its user is charged nothing;
 * - without a fault, the call then succeeds, and all elements are received in order;
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
 * struct scene - the setting of one call, built for each
 * @path: the call
 * @chs: channels
 * @nchs: number of channels
 * @file: another file, or -1
 * @elemsize: of the channels
 * @elems: of the call, touched
 * @cases: of the call, if it is a select
 * @ncases: number of cases
 * @count: how many elements the call moves
 * @moved: how many it has moved
 * @peer: an operation on the other side of the first channel, or NULL
 * @made: file descriptor that the call has opened, or -1
 * @nth: number of the fault point that fails; 0: none
 * @failed: its kind
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
 * struct path - a call to be swept
 * @build: set up everything that the call needs to succeed
 * @call: one system call. Returns 0 or more, or a negative errno value
 * @meet: if the call parks, on the first channel: start @peer, which completes it; or NULL
 * @check: after success: whether the result is correct. Empties the channels
 * @elemsize: of the channels
 * @cap: of the channels
 * @filled: how many elements are in the first channel at the beginning
 * @count: how many elements the call moves
 * @peers: how many elements @peer moves, which is parked at the beginning; 0: no peer
 * @ncases: how many channels or files the call selects from
 * @result: result of the call without a fault, if that is an error
 * @enomem: minimum number of faults that make the call return -ENOMEM
 * @efault: minimum number of faults that make it return -EFAULT
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
 * struct sweep - results
 * @faults: number of calls in which an allocation or copy failed
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
 * allocations than at other times, one can be missed: the number of errors shows that, and the
 * sweep is repeated.
 */
struct sweep sweep(const struct path *path);

/* Add one more channel of the path's size and capacity. */
int scene_add(struct scene *scene);
/* Element @index of the call. */
void *scene_elem(const struct scene *scene, unsigned int index);
/* Whether the first channel holds the values from @from to @to next. */
bool scene_receives(const struct scene *scene, unsigned int from, unsigned int to);
/* Print the broken rule. Returns false. */
bool scene_broken(const struct scene *scene, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* _COMMON_SWEEP_H */
