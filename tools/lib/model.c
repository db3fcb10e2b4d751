// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* The index of the channel in @by_id, or at which to insert it. */
static size_t model_place(const struct model *model, uint64_t id)
{
	size_t low = 0, high = model->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (model->by_id[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Make space for one more channel. Returns false without memory. */
static bool model_grow(struct channel ***channels, size_t count)
{
	struct channel **grown = reallocarray(*channels, count + 1, sizeof(*grown));

	if (grown)
		*channels = grown;
	return grown;
}

static struct channel *model_insert(struct model *model, size_t place, const struct channel *seen)
{
	struct channel *channel;

	if (!model_grow(&model->channels, model->count) || !model_grow(&model->by_id, model->count))
		return NULL;
	channel = malloc(sizeof(*channel));
	if (!channel)
		return NULL;
	*channel = *seen;
	memmove(model->by_id + place + 1, model->by_id + place,
		(model->count - place) * sizeof(*model->by_id));
	model->by_id[place] = channel;
	model->channels[model->count++] = channel;
	return channel;
}

static int channel_add_holder(struct channel *channel, const struct holder *holder)
{
	struct holder *holders;

	if (!holder)
		return 0;
	holders = reallocarray(channel->holders, channel->holder_count + 1, sizeof(*holders));
	if (!holders)
		return -ENOMEM;
	channel->holders = holders;
	holders[channel->holder_count++] = *holder;
	return 0;
}

int channel_add_waiter(struct channel *channel, const struct waiter *waiter)
{
	struct waiter *waiters;

	waiters = reallocarray(channel->waiters, channel->waiter_count + 1, sizeof(*waiters));
	if (!waiters)
		return -ENOMEM;
	channel->waiters = waiters;
	waiters[channel->waiter_count++] = *waiter;
	return 0;
}

struct channel *model_find(const struct model *model, uint64_t id)
{
	const size_t place = model_place(model, id);

	if (place == model->count || model->by_id[place]->id != id)
		return NULL;
	return model->by_id[place];
}

int model_add(struct model *model, const struct channel *seen, const struct holder *holder)
{
	const size_t place = model_place(model, seen->id);
	struct channel *channel = model_find(model, seen->id);

	if (channel) {
		free(seen->waiters);
		return channel_add_holder(channel, holder);
	}
	channel = model_insert(model, place, seen);
	if (!channel) {
		free(seen->waiters);
		return -ENOMEM;
	}
	return channel_add_holder(channel, holder);
}

static int model_compare(const void *one, const void *two)
{
	const struct channel *const *a = one, *const *b = two;
	const struct holder *first = (*a)->holders, *second = (*b)->holders;

	if (first->pid != second->pid)
		return first->pid < second->pid ? -1 : 1;
	return (first->fd > second->fd) - (first->fd < second->fd);
}

void model_sort(struct model *model)
{
	if (model->count)
		qsort(model->channels, model->count, sizeof(*model->channels), model_compare);
}

void model_free(struct model *model)
{
	size_t i;

	for (i = 0; i < model->count; i++) {
		free(model->channels[i]->holders);
		free(model->channels[i]->waiters);
		free(model->channels[i]);
	}
	free(model->channels);
	free(model->by_id);
}
