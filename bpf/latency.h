/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms, as counted by the BPF program of chanlat.
 */
#ifndef CHAN_LATENCY_H
#define CHAN_LATENCY_H

/*
 * Slot i counts times from 2^i to 2^(i+1) - 1 nanoseconds; the first slot also 0, the last all
 * longer times.
 */
#define LATENCY_SLOTS	40

enum latency_kind {
	LATENCY_PARK_RECV,
	LATENCY_PARK_SEND,
	LATENCY_ELEMENT,
	LATENCY_KINDS,
};

/**
 * struct latency_key - identifies a histogram
 * @id: channel number
 * @kind: enum latency_kind
 */
struct latency_key {
	unsigned long long id;
	unsigned int kind;
	unsigned int reserved;
};

/**
 * struct latency - a histogram
 * @count: number of times
 * @sum: their sum, in nanoseconds
 * @most: the longest
 * @slots: number of times per slot
 */
struct latency {
	unsigned long long count;
	unsigned long long sum;
	unsigned long long most;
	unsigned long long slots[LATENCY_SLOTS];
};

/* Counters, at their index of a per-CPU array. */
enum latency_counter {
	/* Times lost because a map was full. */
	LATENCY_LOST,
	/* Elements sent before the start, or requeued. */
	LATENCY_SKIPPED,
	LATENCY_COUNTERS,
};

#endif /* CHAN_LATENCY_H */
