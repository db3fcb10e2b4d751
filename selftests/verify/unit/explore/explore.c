// SPDX-License-Identifier: GPL-2.0-only
/*
 * The explorer.
 */
#include "control.h"
#include "explore.h"
#include "unit.h"

/* Random schedules of one script, unless the environment says otherwise. */
#define RANDOM_SCHEDULES	1000

/* The current play. */
static const char *explored;

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 10) : otherwise;
}

static void tell(void)
{
	static char text[SCHEDULE_TEXT];

	schedule_print(control_schedule(), text);
	fprintf(stderr, "# replay '%s' '%s'\n", explored, text);
}

static unsigned long play_all(const struct script *script, struct strategy *strategy)
{
	unsigned long played = 0;
	const char *broken;

	while (strategy->begin(strategy)) {
		broken = play(script, strategy);
		played++;
		if (broken) {
			tell();
			fail_msg("%s", broken);
		}
	}
	return played;
}

static void explore_one(const char *text, unsigned long least)
{
	const unsigned long count = RANDOM_SCHEDULES * from_environment("CHAN_SCHEDULES", 1);
	unsigned long preemptions, systematic, random;
	struct script script;

	if (!script_parse(&script, text))
		fail_msg("not a script: %s", text);
	/* Three preemptions of two tasks are few schedules, of three tasks very many. */
	preemptions = from_environment("CHAN_PREEMPTIONS", script.n < 3 ? 3 : 2);
	if (preemptions < least)
		preemptions = least;
	if (script.n > 3 && preemptions > 1)
		preemptions = 1;
	explored = text;
	control_on_death(tell);
	systematic = play_all(&script, strategy_depth_first(preemptions));
	random = play_all(&script, strategy_priorities(count, from_environment("CHAN_SEED", 1)));
	print_message("# %s: %lu systematic schedules, %lu random\n", text, systematic, random);
}

void explore(const char *text)
{
	static const char *const capacities[] = { "0", "1", "1 of 1", "2" };
	char whole[SCRIPT_TEXT];
	unsigned int i;

	if (*text != '*') {
		explore_one(text, 0);
		return;
	}
	for (i = 0; i < ARRAY_LENGTH(capacities); i++) {
		snprintf(whole, sizeof(whole), "%s%s", capacities[i], text + 1);
		explore_one(whole, 0);
	}
}

void explore_deeply(const char *text)
{
	explore_one(text, 2);
}

void explore_all(const char *const *texts, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		explore(texts[i]);
}

void explore_with(const char *text, const char *const *others, unsigned int n)
{
	char whole[SCRIPT_TEXT];
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(whole, sizeof(whole), "%s | %s", text, others[i]);
		explore(whole);
	}
}

void explore_pairs(const char *const *acts, unsigned int n)
{
	char whole[SCRIPT_TEXT];
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(whole, sizeof(whole), "*: %s", acts[i]);
		explore_with(whole, acts + i, n - i);
	}
}
