// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records runs of several processes and judges them: small histories by a search for an order
 * (linear.h), streams of elements by pairwise rules (stream.h).
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/operation.h"

#include "nemesis.h"
#include "streamed.h"

#define GROUPS_MAX	8
/* One per that many streamed elements must be of every kind. */
#define MANY_STREAMED	1000000
/* In that many small histories, each nemesis must strike. */
#define MANY_SMALL	10000

struct options {
	uint64_t small;
	uint64_t streamed;
	uint64_t killed;
	uint64_t seed;
	uint64_t groups;
	bool progress;
	bool calm;
	const char *violations;
};

static void usage(FILE *stream)
{
	fputs("Usage: run [OPTION]...\n"
	      "\n"
	      "Records the operations of several processes on channels and judges them. Needs\n"
	      "the module and root; scripts/histories runs it in a virtual machine.\n"
	      "\n"
	      "  --small N        number of small histories (default 1000)\n"
	      "  --killed N       more of them until N parked tasks were killed (default 100)\n"
	      "  --streamed N     number of streamed elements (default 100000)\n"
	      "  --seed N         of the random choices, which excludes timing (default 1)\n"
	      "  --groups N       number of concurrent groups of processes (default 2)\n"
	      "  --calm           without nemeses except for --killed\n"
	      "  --violations DIR directory for histories that cannot be explained\n"
	      "  --progress       show progress\n"
	      "\n"
	      "Exit status: 0 if all promises held, 1 if not, 2 for wrong usage.\n",
	      stream);
}

static bool number_of(const char *text, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return *text && !*end;
}

static bool parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "small", required_argument, NULL, 's' },
		{ "killed", required_argument, NULL, 'k' },
		{ "streamed", required_argument, NULL, 'e' },
		{ "seed", required_argument, NULL, 'r' },
		{ "groups", required_argument, NULL, 'g' },
		{ "violations", required_argument, NULL, 'v' },
		{ "calm", no_argument, NULL, 'c' },
		{ "progress", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		uint64_t *number = option == 's' ? &options->small :
				   option == 'k' ? &options->killed :
				   option == 'e' ? &options->streamed :
				   option == 'r' ? &options->seed : &options->groups;

		if (option == 'h') {
			usage(stdout);
			exit(0);
		} else if (option == 'v') {
			options->violations = optarg;
		} else if (option == 'p') {
			options->progress = true;
		} else if (option == 'c') {
			options->calm = true;
		} else if (option == '?' || !number_of(optarg, number)) {
			return false;
		}
	}
	return optind == argc && options->groups >= 1 && options->groups <= GROUPS_MAX;
}

/* One of several groups: its share of all work. */
static int run_group(const struct options *options, struct stats *stats, unsigned int number)
{
	static struct group group;
	bool good = true;

	group_init(&group, stats, options->seed, number);
	group.violations = options->violations;
	group.calm = options->calm;
	while (good && !stats->failures && stats->histories < options->small)
		good = group_play(&group, false);
	while (good && !stats->failures && stats->killed < options->killed)
		good = group_play(&group, true);
	group_end(&group);
	while (good && !stats->failures && stats->streamed < options->streamed)
		good = streamed_play(stats, &group.random);
	return !good;
}

static void on_signal(int number)
{
}

/* Inherited by workers, so that no signal comes too early for them. */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	const struct sigaction restart = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	if (sigaction(SIGUSR1, &action, NULL) || sigaction(SIGUSR2, &restart, NULL))
		give_up("sigaction: %s", strerror(errno));
}

static void start_groups(const struct options *options, struct stats *stats)
{
	const pid_t parent = getpid();
	unsigned int i;

	for (i = 0; i < options->groups; i++) {
		const pid_t pid = fork();

		if (pid < 0)
			give_up("fork: %s", strerror(errno));
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		exit(run_group(options, stats, i));
	}
}

static void say_progress(const struct stats *stats)
{
	fprintf(stderr, "\r%llu histories, %llu parked tasks killed, %llu elements streamed ",
		(unsigned long long)stats->histories, (unsigned long long)stats->killed,
		(unsigned long long)stats->streamed);
}

/* Number of failed groups. */
static unsigned int await_groups(const struct options *options, const struct stats *stats)
{
	unsigned int running = options->groups, failed = 0;
	const struct timespec moment = { .tv_nsec = 500000000 };
	int status;

	while (running) {
		const pid_t pid = waitpid(-1, &status, options->progress ? WNOHANG : 0);

		if (pid > 0) {
			running--;
			failed += status != 0;
		} else if (!pid) {
			say_progress(stats);
			nanosleep(&moment, NULL);
		}
	}
	if (options->progress)
		fputc('\n', stderr);
	return failed;
}

/**
 * struct tally - results of a run
 */
struct tally {
	unsigned int passed;
	unsigned int failed;
};

static void say(struct tally *tally, bool good, const char *what, uint64_t n)
{
	printf("%s %s: %llu\n", good ? "ok" : "not ok", what, (unsigned long long)n);
	tally->passed += good;
	tally->failed += !good;
}

/* Whether all counters of the module are back to zero. */
static void say_left(struct tally *tally, const char *counter)
{
	const uint64_t left = module_parameter(counter);

	say(tally, !left, counter, left);
}

/* Whether the planned work is done and every nemesis has struck. */
static void say_results(struct tally *tally, const struct options *options,
			const struct stats *stats)
{
	unsigned int i;

	say(tally, stats->histories >= options->small, "histories explained", stats->histories);
	say(tally, stats->killed >= options->killed, "parked tasks killed", stats->killed);
	say(tally, stats->streamed >= options->streamed, "elements streamed", stats->streamed);
	say(tally, stats->selected || options->streamed < MANY_STREAMED,
	    "of these by select", stats->selected);
	say(tally, stats->refused || options->streamed < MANY_STREAMED,
	    "non-blocking operations refused", stats->refused);
	for (i = 0; i < nemeses_count && options->small && !options->calm; i++)
		say(tally, stats->strikes[i] || options->small < MANY_SMALL, nemeses[i].name,
		    stats->strikes[i]);
	say_left(tally, "live_channels");
	say_left(tally, "live_waiters");
	say_left(tally, "live_bytes");
	printf("# %llu operations, %llu of them known to have been parked\n",
	       (unsigned long long)stats->ops, (unsigned long long)stats->asleep);
}

int main(int argc, char **argv)
{
	struct options options = {
		.small = 1000, .killed = 100, .streamed = 100000, .seed = 1, .groups = 2,
	};
	struct freezer frozen;
	struct stats *stats;
	struct tally tally = {};

	if (!parse(argc, argv, &options)) {
		usage(stderr);
		return 2;
	}
	stats = shared_alloc(sizeof(*stats));
	setlinebuf(stdout);
	catch_signals();
	/* An empty group. As long as one is frozen, the kernel need not patch its freezer code. */
	freezer_make(&frozen, 1);
	freezer_freeze(&frozen);
	start_groups(&options, stats);
	say(&tally, !await_groups(&options, stats), "groups", options.groups);
	freezer_remove(&frozen);
	say_results(&tally, &options, stats);
	printf("%u passed, %u failed\n", tally.passed, tally.failed);
	return tally.failed ? 1 : 0;
}
