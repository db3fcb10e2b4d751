// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanlat: measure park times and element latencies of channels.
 *
 * Exit status: 0 all requested output was printed, 1 something failed, 2 wrong usage.
 */
#include <argp.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tools/lib/arguments.h"
#include "chanlat.skel.h"
#include "histogram.h"
#include "interrupt.h"
#include "program.h"
#include "tracefs.h"

#define SECOND		1000000000ULL
/* Bounds one round: new histograms may appear while it reads them. */
#define HISTOGRAMS	4096

struct options {
	struct numbers channels;
	struct numbers processes;
	unsigned int interval;
	unsigned int count;
	bool json;
};

static const struct argp_option option_list[] = {
	{ "channel", 'c', "ID,...", 0, "Measure only these channels", 0 },
	{ "pid", 'p', "PID,...", 0, "Measure only tasks of these processes, and elements that they "
	  "receive", 0 },
	{ "interval", 'i', "SECONDS", 0, "Print and reset the histograms at this interval", 0 },
	{ "count", 'n', "NUMBER", 0, "Exit after this many intervals; needs --interval", 0 },
	{ "json", 'J', NULL, 0, "Print a JSON object per line", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		arguments_ids(&options->channels, argument, state);
		return 0;
	case 'p':
		arguments_pids(&options->processes, argument, state);
		return 0;
	case 'i':
		options->interval = arguments_number(argument, INT_MAX, "positive number", state);
		return 0;
	case 'n':
		options->count = arguments_number(argument, INT_MAX, "positive number", state);
		return 0;
	case 'J':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_failure(state, EXIT_USAGE, 0, "unexpected argument '%s'", argument);
		return 0;
	case ARGP_KEY_END:
		if (options->count && !options->interval)
			argp_failure(state, EXIT_USAGE, 0, "--count needs --interval");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.doc = "Measures how long tasks are parked in each channel, and how long elements take "
	       "from send to receive, until it is interrupted.\v"
	       "Exit status: 0 all requested output was printed, 1 something failed, "
	       "2 wrong usage.",
};

static int start(struct chanlat_bpf *bpf, const struct options *options,
		 const struct shifts *shifts)
{
	int err;

	bpf->rodata->chan_shift = shifts->chan;
	bpf->rodata->only_channels = options->channels.count;
	bpf->rodata->only_processes = options->processes.count;
	err = chanlat_bpf__load(bpf);
	if (!err)
		err = program_ask_for(bpf_map__fd(bpf->maps.channels), options->channels.values,
				      options->channels.count);
	if (!err)
		err = program_ask_for_ints(bpf_map__fd(bpf->maps.processes),
					   options->processes.values, options->processes.count);
	return err ? err : chanlat_bpf__attach(bpf);
}

/* Move the histograms out of the map. Returns 0 or a negative errno value. */
static int take(struct histograms *histograms, int map)
{
	struct latency_key key;
	struct latency latency;
	int err = 0;

	while (!err && histograms->count < HISTOGRAMS && !bpf_map_get_next_key(map, NULL, &key)) {
		if (bpf_map_lookup_and_delete_elem(map, &key, &latency))
			return -errno;
		err = histograms_add(histograms, &key, &latency);
	}
	return err;
}

/* Returns 0 or a negative errno value. */
static int print(const struct chanlat_bpf *bpf, const struct options *options)
{
	const int counters = bpf_map__fd(bpf->maps.counters);
	struct histograms histograms = {};
	int err = take(&histograms, bpf_map__fd(bpf->maps.latencies));

	histograms.lost = program_sum(counters, LATENCY_LOST);
	histograms.skipped = program_sum(counters, LATENCY_SKIPPED);
	if (!err)
		err = options->json ? histograms_print_json(&histograms) :
				      histograms_print(&histograms);
	histograms_free(&histograms);
	if (!err && (fflush(stdout) || ferror(stdout)))
		err = -EIO;
	return err;
}

/* Returns 0 or a negative errno value. */
static int run(const struct chanlat_bpf *bpf, const struct options *options)
{
	unsigned int times = 0;
	int err = 0;

	if (!options->json)
		fprintf(stderr, "Measuring channels; Ctrl-C ends.\n");
	while (!err && !interrupt_came() && (!options->count || times < options->count)) {
		interrupt_wait(options->interval * SECOND);
		err = print(bpf, options);
		times++;
	}
	return err;
}

static int watch(const struct options *options)
{
	struct chanlat_bpf *bpf;
	struct shifts shifts;
	int err;

	if (!tracefs_ready(&shifts))
		return EXIT_FAILURE;
	program_quiet();
	bpf = chanlat_bpf__open();
	err = bpf ? start(bpf, options, &shifts) : -errno;
	if (err) {
		program_complain(err);
	} else {
		err = run(bpf, options);
		if (err)
			fprintf(stderr, "chanlat: cannot print: %s\n", strerror(-err));
	}
	chanlat_bpf__destroy(bpf);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options = {};
	int status;

	setlocale(LC_ALL, "");
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	interrupt_catch();
	status = watch(&options);
	numbers_free(&options.channels);
	numbers_free(&options.processes);
	return status;
}
