// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "program.h"
#include "recorder.h"
#include "recorder.skel.h"
#include "tracefs.h"

struct recorder {
	struct recorder_bpf *bpf;
	struct ring_buffer *events;
	recorder_function function;
	void *data;
};

static int see_event(void *data, void *event, size_t size __attribute__((unused)))
{
	struct recorder *recorder = data;

	return recorder->function(recorder->data, event);
}

/* Set rodata and map sizes, before loading. */
static int configure(struct recorder_bpf *bpf, const struct recorder_options *options)
{
	bpf->rodata->only_channels = options->channel_count;
	bpf->rodata->only_processes = options->process_count;
	bpf->rodata->only_descendants = options->descendants_of;
	if (options->kinds)
		bpf->rodata->kinds = options->kinds;
	if (options->paths)
		bpf->rodata->paths = options->paths;
	if (options->sides)
		bpf->rodata->sides = options->sides;
	if (!options->descendants_of)
		bpf_program__set_autoload(bpf->progs.follow_newtask, false);
	return options->buffer ? bpf_map__set_max_entries(bpf->maps.events, options->buffer) : 0;
}

/* Fill the filter maps, after loading and before attaching. */
static int fill(struct recorder_bpf *bpf, const struct recorder_options *options)
{
	const uint64_t first = options->descendants_of;
	int err;

	err = program_ask_for(bpf_map__fd(bpf->maps.channels), options->channels,
			      options->channel_count);
	if (!err)
		err = program_ask_for_ints(bpf_map__fd(bpf->maps.processes), options->processes,
					   options->process_count);
	if (!err && first)
		err = program_ask_for_ints(bpf_map__fd(bpf->maps.descendants), &first, 1);
	return err;
}

/* Do not even load programs of other kinds. */
static void leave_out(struct recorder_bpf *bpf, unsigned int kinds)
{
	struct bpf_program *const programs[CHAN_EVENT_KINDS] = {
		[CHAN_EVENT_MAKE]	= bpf->progs.record_make,
		[CHAN_EVENT_SEND]	= bpf->progs.record_send,
		[CHAN_EVENT_RECV]	= bpf->progs.record_recv,
		[CHAN_EVENT_PARK]	= bpf->progs.record_park,
		[CHAN_EVENT_WAKE]	= bpf->progs.record_wake,
		[CHAN_EVENT_CLOSE]	= bpf->progs.record_close,
		[CHAN_EVENT_SELECT]	= bpf->progs.record_select,
		[CHAN_EVENT_GIVEBACK]	= bpf->progs.record_requeue,
		[CHAN_EVENT_RELEASE]	= bpf->progs.record_release,
	};
	int kind;

	for (kind = 0; kind < CHAN_EVENT_KINDS; kind++) {
		if (!(kinds & 1U << kind))
			bpf_program__set_autoload(programs[kind], false);
	}
}

static int start(struct recorder *recorder, const struct recorder_options *options,
		 const struct shifts *shifts)
{
	struct recorder_bpf *bpf = recorder_bpf__open();
	int err;

	recorder->bpf = bpf;
	if (!bpf)
		return -errno;
	bpf->rodata->chan_shift = shifts->chan;
	bpf->rodata->task_shift = shifts->task;
	err = configure(bpf, options);
	if (err)
		return err;
	leave_out(bpf, bpf->rodata->kinds);
	err = recorder_bpf__load(bpf);
	if (!err)
		err = fill(bpf, options);
	if (err)
		return err;
	recorder->events = ring_buffer__new(bpf_map__fd(bpf->maps.events), see_event, recorder,
					    NULL);
	return recorder->events ? recorder_bpf__attach(bpf) : -errno;
}

struct recorder *recorder_open(const struct recorder_options *options, recorder_function function,
			       void *data)
{
	struct recorder *recorder;
	struct shifts shifts;
	int err;

	if (!tracefs_ready(&shifts))
		return NULL;
	program_quiet();
	recorder = calloc(1, sizeof(*recorder));
	if (!recorder) {
		program_complain(-ENOMEM);
		return NULL;
	}
	recorder->function = function;
	recorder->data = data;
	err = start(recorder, options, &shifts);
	if (!err)
		return recorder;
	program_complain(err);
	recorder_close(recorder);
	return NULL;
}

int recorder_poll(struct recorder *recorder, int milliseconds)
{
	return ring_buffer__poll(recorder->events, milliseconds);
}

uint64_t recorder_lost(const struct recorder *recorder)
{
	return program_sum(bpf_map__fd(recorder->bpf->maps.lost), 0);
}

void recorder_close(struct recorder *recorder)
{
	if (!recorder)
		return;
	ring_buffer__free(recorder->events);
	recorder_bpf__destroy(recorder->bpf);
	free(recorder);
}
