// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "outputs.h"

#define COLUMN	36

/* printf() pads by bytes, but a name may have multibyte characters, or too many. */
static void put_name(FILE *stream, const char *name)
{
	int width = 0;

	for (; *name; name++) {
		if ((*name & 0xc0) != 0x80 && ++width >= COLUMN)
			break;
		putc(*name, stream);
	}
	fprintf(stream, "%*s", COLUMN - (width < COLUMN ? width : COLUMN - 1), "");
}

static void put_duration(FILE *stream, unsigned long long nanoseconds)
{
	char text[DURATION_SIZE];

	/* "µ" has two bytes. */
	duration_print(text, nanoseconds);
	fprintf(stream, " %*s", strchr(text, '\xc2') ? 11 : 10, nanoseconds ? text : "-");
}

static void put_tally(FILE *stream, const struct tally *tally)
{
	enum side side;
	int path;

	for (side = SIDES; side--; ) {
		for (path = 0; path < CHAN_PATHS; path++)
			fprintf(stream, " %7llu", tally->paths[side][path]);
		put_duration(stream, tally->parked[side]);
	}
	putc('\n', stream);
}

static void put_heading(FILE *stream, const char *what)
{
	int i;

	fprintf(stream, "\n%*s%s%s\n%-*s", COLUMN, "", " --------------- sent -------------",
		" ------------- received -----------", COLUMN, what);
	for (i = 0; i < 2; i++)
		fprintf(stream, " %7s %7s %7s %10s", "handoff", "ring", "park", "parked");
	putc('\n', stream);
}

void summary_write(FILE *stream, const struct story *story, const char *command)
{
	char text[DURATION_SIZE], name[NAME_SIZE + 16];
	const size_t count = story->recording->count;
	size_t i;

	fprintf(stream, "%s: %zu tasks, %zu channels, %zu events", command, story->task_count,
		story->channel_count, count);
	if (count)
		fprintf(stream, " in %s", duration_print(text, story_time(story, count - 1)));
	fprintf(stream, ", %llu lost\n", story->recording->lost);
	if (!count)
		return;
	put_heading(stream, "CHANNEL");
	for (i = 0; i < story->channel_count; i++) {
		put_name(stream, story->channels[i].name);
		put_tally(stream, &story->channels[i].tally);
	}
	put_heading(stream, "TASK");
	for (i = 0; i < story->task_count; i++) {
		snprintf(name, sizeof(name), "%d %s", story->tasks[i].tid, story->tasks[i].name);
		put_name(stream, name);
		put_tally(stream, &story->tasks[i].tally);
	}
}
