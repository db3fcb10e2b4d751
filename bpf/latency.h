/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long things took, as the BPF program of chanlat counts it.
 */
#ifndef CHAN_LATENCY_H
#define CHAN_LATENCY_H

/*
 * Slot i counts what took from 2^i up to 2^(i+1) - 1 nanoseconds; the first also 0, the last all
 * that took longer.
 */
#define LATENCY_SLOTS	40

enum latency_kind {
	LATENCY_PARK_RECV,
	LATENCY_PARK_SEND,
	LATENCY_ELEMENT,
	LATENCY_KINDS,
};

/**
 * struct latency_key - of what
 * @id: of the channel
 * @kind: enum latency_kind
 */
struct latency_key {
	unsigned long long id;
	unsigned int kind;
	unsigned int reserved;
};

/**
 * struct latency - a histogram
 * @count: how many
 * @sum: nanoseconds, of all
 * @most: of the longest
 * @slots: how many took how long
 */
struct latency {
	unsigned long long count;
	unsigned long long sum;
	unsigned long long most;
	unsigned long long slots[LATENCY_SLOTS];
};

/* Counters, at their index of a per-CPU array. */
enum latency_counter {
	/* Found no place in a map. */
	LATENCY_LOST,
	/* Elements received that were sent before the start, or requeued. */
	LATENCY_SKIPPED,
	LATENCY_COUNTERS,
};

#endif /* CHAN_LATENCY_H */
