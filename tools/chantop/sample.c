// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../lib/fdinfo.h"
#include "../lib/proc.h"
#include "sample.h"

#define ALL_CHANNELS	"/sys/kernel/debug/chan/channels"

static uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* Includes channels without a holder: in a message in flight, or held by a call. */
static int sample_add_all(struct sample *sample, const struct filter *filter)
{
	FILE *stream = proc_open(AT_FDCWD, ALL_CHANNELS);
	struct channel channel;
	struct holder holder;
	int ret;

	if (!stream)
		return proc_pass_over(-errno);
	while ((ret = fdinfo_read(stream, &channel, &holder)) > 0) {
		if (numbers_match(&filter->ids, channel.id))
			ret = model_add(&sample->model, &channel, NULL);
		else
			free(channel.waiters);
		if (ret < 0)
			break;
	}
	fclose(stream);
	return ret;
}

int samples_take(struct samples *samples, const struct filter *filter)
{
	struct sample sample = { .time = clock_now() };
	int err = scan(&sample.model, filter);

	if (!err && !filter->pids.count)
		err = sample_add_all(&sample, filter);
	if (err) {
		model_free(&sample.model);
		return err;
	}
	model_free(&samples->before.model);
	samples->before = samples->now;
	samples->now = sample;
	return 0;
}

uint64_t samples_interval(const struct samples *samples)
{
	return samples->before.time ? samples->now.time - samples->before.time : 0;
}

void samples_free(struct samples *samples)
{
	model_free(&samples->before.model);
	model_free(&samples->now.model);
}
