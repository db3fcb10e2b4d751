// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay SCRIPT SCHEDULE - play a script once, by one schedule, and print each step
 *
 * Exit status: 0 if nothing was broken, 1 if something was, 2 for wrong arguments; it aborts where
 * the explorer did.
 */
#include "control.h"
#include "play.h"
#include "unit.h"

int main(int argc, char **argv)
{
	struct script script;
	struct schedule schedule;
	struct strategy *strategy;
	const char *broken;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 3 || !script_parse(&script, argv[1]) || !schedule_parse(&schedule, argv[2])) {
		fprintf(stderr, "usage: replay SCRIPT SCHEDULE\n");
		return 2;
	}
	strategy = strategy_replay(&schedule);
	strategy->begin(strategy);
	unit_setup(NULL);
	control_trace(true);
	broken = play(&script, strategy);
	printf("# %s\n", broken ? broken : "nothing was broken");
	unit_teardown(NULL);
	return broken ? 1 : 0;
}
