// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms of park times and of element latencies.
 *
 * Events of a channel's ring are traced in order, so its elements can be numbered: the last @len
 * pushes are in the ring, and a receive takes the oldest of them. An element pushed before the
 * start has no send time.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "event.h"
#include "fields.h"
#include "latency.h"
#include "tracepoints.h"

char LICENSE[] SEC("license") = "GPL";

/* Filters, set before the programs are loaded. */
const volatile bool only_channels;
const volatile bool only_processes;
/* Set before loading, too. See struct shifts. */
const volatile unsigned int chan_shift;

static const struct latency nothing;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, unsigned long long);
	__type(value, char);
	__uint(max_entries, 1024);
} channels SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, int);
	__type(value, char);
	__uint(max_entries, 1024);
} processes SEC(".maps");

/**
 * struct ring - the ring of a channel
 * @pushed: FIRST_NUMBER plus the number of pushes seen
 * @len: elements in the ring
 */
struct ring {
	unsigned long long pushed;
	unsigned int len;
	unsigned int reserved;
};

/* Large enough that elements pushed before the start have positive numbers, too. */
#define FIRST_NUMBER	(1ULL << 32)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, unsigned long long);
	__type(value, struct ring);
	__uint(max_entries, 10240);
} rings SEC(".maps");

struct element {
	unsigned long long id;
	unsigned long long number;
};

/* Times at which elements in rings were sent, or their senders parked. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct element);
	__type(value, unsigned long long);
	__uint(max_entries, 65536);
} sent SEC(".maps");

/* Times at which tasks parked. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, int);
	__type(value, unsigned long long);
	__uint(max_entries, 16384);
} parked SEC(".maps");

/* Times at which parked receivers were handed an element. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, int);
	__type(value, unsigned long long);
	__uint(max_entries, 16384);
} handed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct latency_key);
	__type(value, struct latency);
	__uint(max_entries, 4096);
} latencies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, unsigned int);
	__type(value, unsigned long long);
	__uint(max_entries, LATENCY_COUNTERS);
} counters SEC(".maps");

static __always_inline void count(unsigned int counter)
{
	unsigned long long *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		++*value;
}

static __always_inline bool channel_is_asked_for(unsigned long long id)
{
	return !only_channels || bpf_map_lookup_elem(&channels, &id);
}

static __always_inline bool process_is_asked_for(void)
{
	int pid = bpf_get_current_pid_tgid() >> 32;

	return !only_processes || bpf_map_lookup_elem(&processes, &pid);
}

/* The index of the highest bit. */
static __always_inline unsigned int slot_of(unsigned long long time)
{
	unsigned int slot = 0, shift;

	for (shift = 32; shift; shift >>= 1) {
		if (time >> shift) {
			time >>= shift;
			slot += shift;
		}
	}
	return slot < LATENCY_SLOTS ? slot : LATENCY_SLOTS - 1;
}

static __always_inline void add(unsigned long long id, enum latency_kind kind,
				unsigned long long time)
{
	struct latency_key key = { .id = id, .kind = kind };
	struct latency *latency;

	if (!process_is_asked_for())
		return;
	latency = bpf_map_lookup_elem(&latencies, &key);
	if (!latency) {
		bpf_map_update_elem(&latencies, &key, &nothing, BPF_NOEXIST);
		latency = bpf_map_lookup_elem(&latencies, &key);
	}
	if (!latency) {
		count(LATENCY_LOST);
		return;
	}
	__sync_fetch_and_add(&latency->count, 1);
	__sync_fetch_and_add(&latency->sum, time);
	__sync_fetch_and_add(&latency->slots[slot_of(time)], 1);
	if (time > latency->most)
		latency->most = time;
}

/* An element was received; @since: when it was sent, NULL if unknown. */
static __always_inline void add_element(unsigned long long id, const unsigned long long *since)
{
	unsigned long long now = bpf_ktime_get_ns();

	if (since)
		add(id, LATENCY_ELEMENT, now > *since ? now - *since : 0);
	else if (process_is_asked_for())
		count(LATENCY_SKIPPED);
}

/* Find or create the ring. NULL if the map is full; @len: elements in it now. */
static __always_inline struct ring *find_ring(unsigned long long id, unsigned int len)
{
	struct ring new = { .pushed = FIRST_NUMBER, .len = len }, *ring;

	ring = bpf_map_lookup_elem(&rings, &id);
	if (ring)
		return ring;
	if (bpf_map_update_elem(&rings, &id, &new, BPF_NOEXIST))
		count(LATENCY_LOST);
	return bpf_map_lookup_elem(&rings, &id);
}

static __always_inline void push(unsigned long long id, struct ring *ring,
				 const unsigned long long *since)
{
	struct element element = { .id = id, .number = ring->pushed++ };

	if (since && bpf_map_update_elem(&sent, &element, since, BPF_ANY))
		count(LATENCY_LOST);
}

/* @place: number of pushes since the element was pushed, including its own. */
static __always_inline void pop(unsigned long long id, struct ring *ring, unsigned int place)
{
	struct element element = { .id = id, .number = ring->pushed - place };

	add_element(id, bpf_map_lookup_elem(&sent, &element));
	bpf_map_delete_elem(&sent, &element);
}

SEC("tracepoint/chan/chan_send")
int latency_send(const void *context)
{
	const struct chan_element_args *args = FIELDS(chan_element_args, context, chan_shift);
	unsigned long long now = bpf_ktime_get_ns();
	int peer = args->peer;
	struct ring *ring;

	if (!channel_is_asked_for(args->id))
		return 0;
	if (args->path == CHAN_PATH_HANDOFF) {
		if (bpf_map_update_elem(&handed, &peer, &now, BPF_ANY))
			count(LATENCY_LOST);
	} else if (args->path == CHAN_PATH_RING) {
		ring = find_ring(args->id, args->len);
		if (!ring)
			return 0;
		push(args->id, ring, &now);
		ring->len = args->len;
	}
	return 0;
}

static __always_inline void receive_from_ring(const struct chan_element_args *args)
{
	struct ring *ring = find_ring(args->id, args->len);
	int peer = args->peer;

	if (!ring)
		return;
	if (peer) {
		/* A parked sender's element took the freed slot. */
		pop(args->id, ring, args->len);
		push(args->id, ring, bpf_map_lookup_elem(&parked, &peer));
	} else if (ring->len == args->len) {
		/* The element did not come from the ring: it had been requeued. */
		add_element(args->id, NULL);
	} else {
		pop(args->id, ring, args->len + 1);
	}
	ring->len = args->len;
}

SEC("tracepoint/chan/chan_recv")
int latency_recv(const void *context)
{
	const struct chan_element_args *args = FIELDS(chan_element_args, context, chan_shift);
	int tid = bpf_get_current_pid_tgid(), peer = args->peer;

	if (!channel_is_asked_for(args->id))
		return 0;
	switch (args->path) {
	case CHAN_PATH_HANDOFF:
		add_element(args->id, bpf_map_lookup_elem(&parked, &peer));
		break;
	case CHAN_PATH_RING:
		receive_from_ring(args);
		break;
	case CHAN_PATH_PARK:
		add_element(args->id, bpf_map_lookup_elem(&handed, &tid));
		bpf_map_delete_elem(&handed, &tid);
		break;
	}
	return 0;
}

/* A select parks in several channels, at about the same time. */
SEC("tracepoint/chan/chan_park")
int latency_park(const void *context)
{
	const struct chan_park_args *args = FIELDS(chan_park_args, context, chan_shift);
	unsigned long long now = bpf_ktime_get_ns();
	int tid = bpf_get_current_pid_tgid();

	if (channel_is_asked_for(args->id) && bpf_map_update_elem(&parked, &tid, &now, BPF_ANY))
		count(LATENCY_LOST);
	return 0;
}

SEC("tracepoint/chan/chan_wake")
int latency_wake(const void *context)
{
	const struct chan_wake_args *args = FIELDS(chan_wake_args, context, chan_shift);
	int tid = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&parked, &tid);
	if (channel_is_asked_for(args->id))
		add(args->id, args->send ? LATENCY_PARK_SEND : LATENCY_PARK_RECV, args->parked);
	return 0;
}

static long forget(unsigned int index, void *context)
{
	struct element *last = context;
	struct element element = { .id = last->id, .number = last->number - 1 - index };

	bpf_map_delete_elem(&sent, &element);
	return 0;
}

SEC("tracepoint/chan/chan_release")
int latency_release(const void *context)
{
	const struct chan_release_args *args = FIELDS(chan_release_args, context, chan_shift);
	unsigned long long id = args->id;
	struct ring *ring = bpf_map_lookup_elem(&rings, &id);
	struct element last = { .id = id };
	unsigned long long known;

	if (!ring)
		return 0;
	last.number = ring->pushed;
	known = ring->pushed - FIRST_NUMBER;
	bpf_loop(known < args->len ? known : args->len, forget, &last, 0);
	bpf_map_delete_elem(&rings, &id);
	return 0;
}
