// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user stacks of parked tasks. A select parks in several channels with the same stack.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tracepoints.h"
#include "userstack.h"

char LICENSE[] SEC("license") = "GPL";

static const struct userstack nothing;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, int);
	__type(value, struct userstack);
	__uint(max_entries, 10240);
} stacks SEC(".maps");

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

SEC("tracepoint/chan/chan_park")
int userstack_park(struct chan_park_args *args)
{
	int tid = bpf_get_current_pid_tgid();
	struct userstack *stack;
	long size;

	bpf_map_update_elem(&stacks, &tid, &nothing, BPF_ANY);
	stack = bpf_map_lookup_elem(&stacks, &tid);
	if (!stack) {
		count_lost();
		return 0;
	}
	size = bpf_get_stack(args, stack->addresses, sizeof(stack->addresses), BPF_F_USER_STACK);
	stack->count = size > 0 ? size / sizeof(stack->addresses[0]) : 0;
	return 0;
}

SEC("tracepoint/chan/chan_wake")
int userstack_wake(void *args __attribute__((unused)))
{
	int tid = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&stacks, &tid);
	return 0;
}
