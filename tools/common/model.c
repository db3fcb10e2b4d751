// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* Where the channel is, or would have to be. */
static size_t model_place(const struct model *model, uint64_t id)
{
	size_t low = 0, high = model->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (model->channels[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct channel *model_insert(struct model *model, size_t place, const struct channel *seen)
{
	struct channel **channels, *channel;

	channels = reallocarray(model->channels, model->count + 1, sizeof(*channels));
	if (!channels)
		return NULL;
	model->channels = channels;
	channel = malloc(sizeof(*channel));
	if (!channel)
		return NULL;
	*channel = *seen;
	memmove(channels + place + 1, channels + place,
		(model->count - place) * sizeof(*channels));
	channels[place] = channel;
	model->count++;
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

	if (place == model->count || model->channels[place]->id != id)
		return NULL;
	return model->channels[place];
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

void model_free(struct model *model)
{
	size_t i;

	for (i = 0; i < model->count; i++) {
		free(model->channels[i]->holders);
		free(model->channels[i]->waiters);
		free(model->channels[i]);
	}
	free(model->channels);
}
