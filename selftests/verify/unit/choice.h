/* SPDX-License-Identifier: GPL-2.0-only */
/* Selects over channels of 8 bytes and files, also in separate tasks. */
#ifndef _CHOICE_H
#define _CHOICE_H

#include "pollset.h"
#include "select.h"
#include "unit.h"

/**
 * struct choice - a select and its resources
 * @received: the received element, at the place of operation_value()
 * @values: the elements to send
 * @files: of those cases that poll one
 * @events: events polled for on these
 * @nfiles: number of files
 * @revents: of the winner, if it is a file
 * @cases: the cases
 * @selection: the select
 */
struct choice {
	u64			received;
	u64			values[CHAN_SELECT_MAX];
	struct file		*files[CHAN_SELECT_MAX];
	__poll_t		events[CHAN_SELECT_MAX];
	unsigned int		nfiles;
	__poll_t		revents;
	struct chan_scase	cases[CHAN_SELECT_MAX];
	struct chan_selection	selection;
};

void choice_init(struct choice *c);
/* One more case; without a channel, it is never ready. */
void choice_add_send(struct choice *c, struct chan_file *cf, u64 value);
void choice_add_recv(struct choice *c, struct chan_file *cf);
void choice_add_file(struct choice *c, struct file *file, __poll_t events);
void choice_add_nothing(struct choice *c);

/* Returns the case that was carried out, see @c->selection.result; or an error. */
long choice_run(struct choice *c, const struct chan_deadline *deadline);
long choice_try(struct choice *c);

/* The same in a task. The operation has space for the choice. */
struct operation *choice_operation(struct chan_file *cf);
struct choice *operation_choice(struct operation *op);

#endif /* _CHOICE_H */
