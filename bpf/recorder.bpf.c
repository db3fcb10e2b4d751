// SPDX-License-Identifier: GPL-2.0-only
/*
 * Record the events of the tracepoints as struct chan_event, filtered by recorder_options.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "event.h"
#include "fields.h"
#include "tracepoints.h"

char LICENSE[] SEC("license") = "GPL";

/* Filters, set before the programs are loaded. See struct recorder_options. */
const volatile bool only_channels;
const volatile bool only_processes;
const volatile bool only_descendants;
const volatile unsigned int kinds = ~0U;
const volatile unsigned int paths = ~0U;
const volatile unsigned int sides = ~0U;
/* Set before loading, too. See struct shifts. */
const volatile unsigned int chan_shift;
const volatile unsigned int task_shift;

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

/* The recorded command and its descendants. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, int);
	__type(value, char);
	__uint(max_entries, 65536);
} descendants SEC(".maps");

/* User space may change its size before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, unsigned int);
	__type(value, unsigned long long);
	__uint(max_entries, 1);
} lost SEC(".maps");

static __always_inline void count_lost(void)
{
	unsigned int zero = 0;
	unsigned long long *count = bpf_map_lookup_elem(&lost, &zero);

	if (count)
		++*count;
}

static __always_inline bool task_is_asked_for(unsigned long long task)
{
	int pid = task >> 32, tid = task;

	if (only_processes && !bpf_map_lookup_elem(&processes, &pid))
		return false;
	return !only_descendants || bpf_map_lookup_elem(&descendants, &tid);
}

/* Reserve an event and zero its other fields. NULL if it is filtered out, or lost. */
static __always_inline struct chan_event *event_begin(enum chan_event_kind kind,
						     unsigned long long id)
{
	unsigned long long task = bpf_get_current_pid_tgid();
	struct chan_event *event;

	if (!(kinds & 1U << kind) || !task_is_asked_for(task))
		return NULL;
	if (only_channels && !bpf_map_lookup_elem(&channels, &id))
		return NULL;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count_lost();
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->id = id;
	event->pid = task >> 32;
	event->tid = task;
	event->cpu = bpf_get_smp_processor_id();
	event->kind = kind;
	bpf_get_current_comm(event->command, sizeof(event->command));
	return event;
}

static __always_inline int record_element(const struct chan_element_args *args,
					  enum chan_event_kind kind)
{
	unsigned int path = args->path;
	struct chan_event *event;

	if (path < CHAN_PATHS && !(paths & 1U << path))
		return 0;
	event = event_begin(kind, args->id);
	if (!event)
		return 0;
	event->parked = args->parked;
	event->path = path;
	event->len = args->len;
	event->peer = args->peer;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tracepoint/chan/chan_send")
int record_send(const void *context)
{
	const struct chan_element_args *args = FIELDS(chan_element_args, context, chan_shift);

	return record_element(args, CHAN_EVENT_SEND);
}

SEC("tracepoint/chan/chan_recv")
int record_recv(const void *context)
{
	const struct chan_element_args *args = FIELDS(chan_element_args, context, chan_shift);

	return record_element(args, CHAN_EVENT_RECV);
}

SEC("tracepoint/chan/chan_make")
int record_make(const void *context)
{
	const struct chan_make_args *args = FIELDS(chan_make_args, context, chan_shift);
	struct chan_event *event = event_begin(CHAN_EVENT_MAKE, args->id);

	if (!event)
		return 0;
	event->elemsize = args->elemsize;
	event->cap = args->cap;
	event->flags = args->flags;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tracepoint/chan/chan_park")
int record_park(const void *context)
{
	const struct chan_park_args *args = FIELDS(chan_park_args, context, chan_shift);
	struct chan_event *event;

	if (!(sides & 1U << !!args->send))
		return 0;
	event = event_begin(CHAN_EVENT_PARK, args->id);
	if (!event)
		return 0;
	event->send = args->send;
	event->waiters = args->waiters;
	event->select = args->select;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tracepoint/chan/chan_wake")
int record_wake(const void *context)
{
	const struct chan_wake_args *args = FIELDS(chan_wake_args, context, chan_shift);
	struct chan_event *event;

	if (!(sides & 1U << !!args->send))
		return 0;
	event = event_begin(CHAN_EVENT_WAKE, args->id);
	if (!event)
		return 0;
	event->parked = args->parked;
	event->send = args->send;
	event->result = args->result;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tracepoint/chan/chan_close")
int record_close(const void *context)
{
	const struct chan_close_args *args = FIELDS(chan_close_args, context, chan_shift);
	struct chan_event *event = event_begin(CHAN_EVENT_CLOSE, args->id);

	if (!event)
		return 0;
	event->cause = args->cause;
	event->receivers = args->receivers;
	event->senders = args->senders;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tracepoint/chan/chan_select")
int record_select(const void *context)
{
	const struct chan_select_args *args = FIELDS(chan_select_args, context, chan_shift);
	struct chan_event *event = event_begin(CHAN_EVENT_SELECT, args->id);

	if (!event)
		return 0;
	event->cases = args->cases;
	event->winner = args->winner;
	event->result = args->result;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tracepoint/chan/chan_requeue")
int record_requeue(const void *context)
{
	const struct chan_requeue_args *args = FIELDS(chan_requeue_args, context, chan_shift);
	struct chan_event *event = event_begin(CHAN_EVENT_GIVEBACK, args->id);

	if (!event)
		return 0;
	event->requeued = args->requeued;
	event->peer = args->peer;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tracepoint/chan/chan_release")
int record_release(const void *context)
{
	const struct chan_release_args *args = FIELDS(chan_release_args, context, chan_shift);
	struct chan_event *event = event_begin(CHAN_EVENT_RELEASE, args->id);

	if (!event)
		return 0;
	event->len = args->len;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* current has created a task. */
SEC("tracepoint/task/task_newtask")
int follow_newtask(const void *context)
{
	const struct task_newtask_args *args = FIELDS(task_newtask_args, context, task_shift);
	int parent = bpf_get_current_pid_tgid(), child = args->pid;
	char here = 1;

	/* TIDs are reused. */
	if (bpf_map_lookup_elem(&descendants, &parent))
		bpf_map_update_elem(&descendants, &child, &here, BPF_ANY);
	else
		bpf_map_delete_elem(&descendants, &child);
	return 0;
}
