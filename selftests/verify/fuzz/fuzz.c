// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fuzzer: runs programs on /dev/chan, keeps those that reach new coverage, and derives new ones
 * from them. See README.md.
 */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"
#include "mutate.h"
#include "oracle.h"
#include "reached.h"
#include "run.h"
#include "watch.h"

/* One of that many new programs is generated from scratch. */
#define NEW_ONE_IN	8
#define REPORT_EVERY	2000

/* Values of the options, in their order. */
static struct {
	const char *corpus;
	const char *save;
	const char *crashes;
	const char *last;
	const char *reached;
	const char *patterns;
	unsigned long seconds;
	unsigned long seed;
	bool progress;
} options = { .patterns = "scripts/lib/splats", .seconds = 60 };

static struct fuzz_corpus corpus;
static struct fuzz_map map;
static unsigned long programs;
static unsigned int loaded, edges_loaded;
static int last_fd = -1;

static void usage(FILE *to)
{
	fprintf(to, "Usage: fuzz [OPTION]... [FILE]...\n\n"
		"Fuzzes /dev/chan, as root; or only runs the programs in the files, and prints the\n"
		"result of each call.\n\n"
		"  --corpus DIR     run the programs DIR/*.txt first\n"
		"  --save DIR       write the programs with the most coverage there\n"
		"  --crashes DIR    write a program that finds a bug there\n"
		"  --last FILE      always holds the running program\n"
		"  --reached FILE   write the reached blocks of the module there at the end\n"
		"  --splats FILE    patterns of kernel messages that are errors\n"
		"                   (default: scripts/lib/splats)\n"
		"  --seconds N      duration (default 60); 0: only the corpus\n"
		"  --seed N         of the random numbers (default: the time)\n"
		"  --progress       show progress every two seconds\n\n"
		"Exit status: 0 no bug was found, 1 a bug was found, 2 the fuzzer could not run.\n");
}

static void parse_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "corpus", required_argument, NULL, 'c' },
		{ "save", required_argument, NULL, 's' },
		{ "crashes", required_argument, NULL, 'w' },
		{ "last", required_argument, NULL, 'l' },
		{ "reached", required_argument, NULL, 'b' },
		{ "splats", required_argument, NULL, 'p' },
		{ "seconds", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 'r' },
		{ "progress", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	int option;

	options.seed = time(NULL);
	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (option) {
		case 'c': options.corpus = optarg; break;
		case 's': options.save = optarg; break;
		case 'w': options.crashes = optarg; break;
		case 'l': options.last = optarg; break;
		case 'b': options.reached = optarg; break;
		case 'p': options.patterns = optarg; break;
		case 't': options.seconds = strtoul(optarg, NULL, 10); break;
		case 'r': options.seed = strtoul(optarg, NULL, 10); break;
		case 'v': options.progress = true; break;
		case 'h': usage(stdout); exit(0);
		default: usage(stderr); exit(2);
		}
	}
}

static void write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		warn("%s", path);
	close(fd);
}

/* Also fail allocations that may sleep, and copies; do not log that. */
static void set_faults(void)
{
	write_setting("/sys/kernel/debug/failslab/verbose", "0");
	write_setting("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_setting("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	write_setting("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	write_setting("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	write_setting("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	write_setting("/sys/kernel/debug/fail_usercopy/verbose", "0");
}

/* Enable the tracepoints, so that their code runs too; without task names, see common/events.c. */
static void set_tracing(void)
{
	write_setting("/sys/kernel/tracing/trace_options", "norecord-cmd");
	write_setting("/sys/kernel/tracing/events/chan/enable", "1");
}

/* Saved before the run, so that it survives a crash of the machine. */
static void write_last(const struct fuzz_program *program)
{
	static size_t before;
	char text[FUZZ_TEXT_MAX + 1];
	size_t length;

	if (last_fd < 0)
		return;
	fuzz_program_print(program, text);
	length = strlen(text);
	if ((length < before && ftruncate(last_fd, length)) || pwrite(last_fd, text, length, 0) < 0)
		err(2, "%s", options.last);
	before = length;
}

static void report(void)
{
	printf("%lu programs, %u blocks, %u edges, %u states, %u kept\n", programs,
	       map.reached[FUZZ_BLOCK], map.reached[FUZZ_EDGE], map.reached[FUZZ_STATE],
	       corpus.count);
	fflush(stdout);
}

/* Each call and its result. */
static void print_results(const struct fuzz_program *program)
{
	char text[FUZZ_TEXT_MAX + 1], *line, *rest = text;
	unsigned int call = 0;
	int64_t result;

	fuzz_program_print(program, text);
	while ((line = strsep(&rest, "\n")) && *line) {
		if (call == 0 && !strcmp(line, "collide"))
			printf("%-12s %s\n", "", line);
		else if (fuzz_run_result(call++, &result))
			printf("%-12" PRId64 " %s\n", result, line);
		else
			printf("%-12s %s\n", "?", line);
	}
}

/* A bug was found: later results are not trustworthy. */
static void __attribute__((noreturn)) crash(const struct fuzz_program *program, const char *reason)
{
	char path[4096], comment[512];

	printf("found: %s\n", reason);
	print_results(program);
	if (options.crashes) {
		snprintf(path, sizeof(path), "%s/crash.txt", options.crashes);
		snprintf(comment, sizeof(comment), "# %s\n", reason);
		fuzz_program_save(program, path, comment);
	}
	report();
	exit(1);
}

static struct fuzz_features *run(const struct fuzz_program *program)
{
	char reason[512] = "?";
	struct fuzz_features *features;

	write_last(program);
	features = fuzz_run(program, reason, sizeof(reason));
	programs++;
	if (!features)
		crash(program, reason);
	return features;
}

/* Whether it reaches all wanted features this time, too. */
static bool reaches(const struct fuzz_program *program, const struct fuzz_features *wanted)
{
	struct fuzz_features *features = run(program);
	struct fuzz_map *reached = calloc(1, sizeof(*reached));
	bool all;

	if (!reached)
		err(2, "calloc");
	fuzz_map_add(reached, features);
	all = !fuzz_map_lacks(reached, wanted);
	fuzz_map_add(&map, features);
	free(reached);
	free(features);
	return all;
}

/* Remove calls that the wanted features do not need. */
static void reduce(struct fuzz_program *program, const struct fuzz_features *wanted)
{
	struct fuzz_program less;
	int i;

	for (i = program->count - 1; i >= 0; i--) {
		less = *program;
		fuzz_program_remove(&less, i);
		if (reaches(&less, wanted))
			*program = less;
	}
	less = *program;
	less.collide = 0;
	if (program->collide && reaches(&less, wanted))
		*program = less;
}

/* Keep a program that reproducibly reaches new features. */
static void consider(struct fuzz_program *program)
{
	struct fuzz_features *features = run(program);
	struct fuzz_features *new = fuzz_features_new(features, &map);

	fuzz_map_add(&map, features);
	if (new->count && reaches(program, new)) {
		/* Without saving, there is more time for new programs. */
		if (options.save)
			reduce(program, new);
		free(features);
		features = run(program);
		fuzz_corpus_add(&corpus, "", program, features);
		features = NULL;
	}
	free(features);
	free(new);
}

static void run_corpus(void)
{
	unsigned int i;

	if (options.corpus)
		fuzz_corpus_load(&corpus, options.corpus);
	loaded = corpus.count;
	for (i = 0; i < loaded; i++) {
		corpus.entries[i].features = run(&corpus.entries[i].program);
		fuzz_map_add(&map, corpus.entries[i].features);
	}
	edges_loaded = map.reached[FUZZ_EDGE];
}

static const struct fuzz_program *any(struct fuzz_random *random)
{
	/* Recent finds are mutated more often. */
	unsigned int half = corpus.count / 2, from = fuzz_random_below(random, 2) ? half : 0;

	return &corpus.entries[from + fuzz_random_below(random, corpus.count - from)].program;
}

static void go_on(void)
{
	struct fuzz_random random = fuzz_random_new(options.seed);
	const uint64_t end = fuzz_watch_now() + options.seconds * 1000;
	uint64_t next = 0;
	struct fuzz_program program;

	while (fuzz_watch_now() < end) {
		if (!corpus.count || !fuzz_random_below(&random, NEW_ONE_IN)) {
			fuzz_program_generate(&program, &random);
		} else {
			program = *any(&random);
			fuzz_program_mutate(&program, any(&random), &random);
		}
		consider(&program);
		if (options.progress && fuzz_watch_now() > next) {
			report();
			next = fuzz_watch_now() + REPORT_EVERY;
		}
	}
}

static void run_files(int count, char **paths)
{
	int i;

	for (i = 0; i < count; i++) {
		struct fuzz_program program;

		fuzz_program_load(&program, paths[i]);
		free(run(&program));
		printf("%s: nothing wrong\n", paths[i]);
		print_results(&program);
	}
}

int main(int argc, char **argv)
{
	bool covers;

	parse_options(argc, argv);
	if (!fuzz_oracle_init(options.patterns))
		err(2, "%s, /dev/kmsg or the module's parameters", options.patterns);
	set_faults();
	set_tracing();
	covers = fuzz_run_init();
	if (options.last)
		last_fd = open(options.last, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (optind < argc) {
		run_files(argc - optind, argv + optind);
		return 0;
	}
	run_corpus();
	go_on();
	if (options.save)
		printf("%u programs reach all\n", fuzz_corpus_save(&corpus, options.save));
	if (options.reached)
		fuzz_reached_save(options.reached);
	printf("seed %lu, corpus of %u programs: %u edges\n", options.seed, loaded, edges_loaded);
	report();
	if (covers && !map.reached[FUZZ_EDGE])
		errx(2, "kcov reports no coverage: build the module with CHAN_KCOV=y");
	return 0;
}
