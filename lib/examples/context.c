// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Context: the work of a task for others ends when they cancel it, or at a deadline. A
 * context is nested in another one and ends with it. This needs no extra process: a select
 * has a case for each context, and the nearest deadline.
 */
#include "example.h"

#define TASKS	3

struct context {
	const struct context *parent;
	int done;
	uint64_t deadline;
};

static struct context context_new(const struct context *parent, uint64_t deadline)
{
	struct context context = { parent, check(chan_make(0, 0, 0)), deadline };

	return context;
}

static void context_cancel(const struct context *context)
{
	check(chan_close(context->done));
}

/* Returns like chan_recv(), or -ECANCELED or -ETIMEDOUT if the context ends first. */
static int context_recv(const struct context *context, int ch, void *elem, size_t size)
{
	struct chan_case cases[CHAN_SELECT_MAX] = { chan_case_recv(ch, elem, size) };
	uint64_t deadline = CHAN_DEADLINE_NONE;
	unsigned int n = 1;
	int ret;

	for (; context && n < CHAN_SELECT_MAX; context = context->parent) {
		cases[n++] = chan_case_recv(context->done, NULL, 0);
		if (context->deadline < deadline)
			deadline = context->deadline;
	}
	ret = chan_select_until(cases, n, deadline);
	if (ret > 0)
		return -ECANCELED;
	return ret < 0 ? ret : cases[0].result;
}

/* A task in its own context, which waits for an element that never arrives. */
static void wait_in_vain(const struct context *parent, int replies, int waiting)
{
	struct context own = context_new(parent, CHAN_DEADLINE_NONE);
	int reply;

	check(chan_send(waiting, NULL, 0));
	exit(context_recv(&own, replies, &reply, sizeof(reply)) == -ECANCELED ? 0 : EXIT_FAILURE);
}

int main(void)
{
	int replies = check(chan_make(sizeof(int), 1, 0));
	int waiting = check(chan_make(0, 0, 0));
	struct context all = context_new(NULL, CHAN_DEADLINE_NONE);
	struct context request = context_new(&all, chan_deadline(20 * MILLISECOND));
	struct context part = context_new(&request, CHAN_DEADLINE_NONE);
	int i, reply = 7;

	check(chan_send(replies, &reply, sizeof(reply)));
	if (check(context_recv(&all, replies, &reply, sizeof(reply))) == 1)
		printf("reply %d\n", reply);
	if (context_recv(&part, replies, &reply, sizeof(reply)) == -ETIMEDOUT)
		printf("the deadline of the request has passed\n");

	for (i = 0; i < TASKS; i++) {
		if (start() == 0)
			wait_in_vain(&all, replies, waiting);
	}
	for (i = 0; i < TASKS; i++)
		check(chan_recv(waiting, NULL, 0));
	context_cancel(&all);
	join();
	printf("all is cancelled, and so are its %d tasks\n", TASKS);
	return 0;
}
