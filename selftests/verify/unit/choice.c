// SPDX-License-Identifier: GPL-2.0-only
/* Selects. */
#include "choice.h"

void choice_init(struct choice *c)
{
	*c = (struct choice){};
	chan_select_init(&c->selection, c->cases, &c->received, false);
}

static void choice_add(struct choice *c, struct chan_file *cf, bool send, void *slot)
{
	struct chan_scase *added = &c->cases[c->selection.n++];

	added->slot = slot;
	if (cf)
		chan_select_set(&c->selection, added, cf->ch, send);
}

void choice_add_send(struct choice *c, struct chan_file *cf, u64 value)
{
	u64 *slot = &c->values[c->selection.n];

	*slot = value;
	choice_add(c, cf, true, slot);
}

void choice_add_recv(struct choice *c, struct chan_file *cf)
{
	choice_add(c, cf, false, NULL);
}

void choice_add_file(struct choice *c, struct file *file, __poll_t events)
{
	c->files[c->selection.n] = file;
	c->events[c->selection.n] = events;
	c->nfiles++;
	choice_add(c, NULL, false, NULL);
}

void choice_add_nothing(struct choice *c)
{
	choice_add(c, NULL, false, NULL);
}

static int choice_add_polled(struct choice *c, struct chan_pollset *polled)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < c->selection.n; i++) {
		if (c->files[i])
			err = chan_pollset_add(polled, i, c->files[i], c->events[i]);
	}
	return err;
}

long choice_run(struct choice *c, const struct chan_deadline *deadline)
{
	struct chan_pollset *polled = NULL;
	int err = 0;

	c->selection.pollset = NULL;
	if (c->nfiles) {
		polled = chan_pollset_alloc(c->nfiles);
		if (!polled)
			return -ENOMEM;
		err = choice_add_polled(c, polled);
		c->selection.pollset = polled;
	}
	if (!err)
		err = chan_select_run(&c->selection, deadline);
	if (!err && c->files[c->selection.winner])
		c->revents = chan_pollset_revents(polled, c->selection.winner);
	chan_select_exit(&c->selection);
	return err ? err : (long)c->selection.winner;
}

long choice_try(struct choice *c)
{
	return choice_run(c, &chan_deadline_now);
}

static long operation_run_choice(struct operation *op)
{
	return choice_run(operation_choice(op), &op->deadline);
}

struct operation *choice_operation(struct chan_file *cf)
{
	struct operation *op = operation_new(operation_run_choice, cf,
					     (sizeof(struct choice) + 7) / 8);

	choice_init(operation_choice(op));
	return op;
}

struct choice *operation_choice(struct operation *op)
{
	return (struct choice *)op->elems;
}
