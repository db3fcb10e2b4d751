// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms of park times and element latencies, with buckets of doubling width: a panel for
 * each of the busiest channels.
 */
#include <errno.h>
#include <error.h>
#include <stdlib.h>

#include "../svg.h"
#include "outputs.h"

#define PANELS		4
#define BUCKETS		64
#define BAR_WIDTH	14
#define PLOT_HEIGHT	96
/* Height of the highest bar. */
#define FULL_HEIGHT	(PLOT_HEIGHT - 8)
#define PLOT_GAP	64
#define LEFT		44
#define PANEL_HEIGHT	(PLOT_HEIGHT + 104)
#define MARGIN		16
#define TOP		44
/* Distance between the marks of an axis. */
#define TICK		4

enum plot {
	PLOT_SEND,
	PLOT_RECV,
	PLOT_LATENCY,
	PLOTS,
};

struct histogram {
	unsigned long long buckets[BUCKETS];
	unsigned long long count;
	unsigned long long longest;
};

struct panel {
	const struct story_channel *channel;
	struct histogram plots[PLOTS];
	unsigned long long count;
};

/**
 * struct figure - common properties of the panels
 * @first: first bucket that is not empty in any of them
 * @buckets: number of buckets shown
 */
struct figure {
	struct svg svg;
	struct panel *panels;
	size_t count;
	unsigned int first;
	unsigned int buckets;
};

static void histogram_add(struct histogram *histogram, unsigned long long value)
{
	histogram->buckets[value ? 63 - __builtin_clzll(value) : 0]++;
	histogram->count++;
	if (value > histogram->longest)
		histogram->longest = value;
}

static unsigned long long histogram_highest(const struct histogram *histogram)
{
	unsigned long long highest = 1;
	int i;

	for (i = 0; i < BUCKETS; i++) {
		if (histogram->buckets[i] > highest)
			highest = histogram->buckets[i];
	}
	return highest;
}

static void collect(struct panel *panels, const struct story *story)
{
	size_t i;

	for (i = 0; i < story->recording->count; i++) {
		const struct chan_event *event = story_event(story, i);
		const struct note *note = &story->notes[i];
		struct panel *panel;

		if (note->channel == NONE)
			continue;
		panel = &panels[note->channel];
		panel->count += is_operation(event);
		if (event->kind == CHAN_EVENT_WAKE)
			histogram_add(&panel->plots[event->send ? PLOT_SEND : PLOT_RECV],
				      event->parked);
		if (note->in != NONE)
			histogram_add(&panel->plots[PLOT_LATENCY], event->time -
				      story_event(story, story->flows[note->in].from)->time);
	}
}

static int by_count(const void *left, const void *right)
{
	const struct panel *a = left, *b = right;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return a->channel < b->channel ? -1 : 1;
}

/* All panels share one time axis, so that they can be compared. */
static void find_range(struct figure *figure)
{
	unsigned int end = 0, i;
	size_t panel, plot;

	figure->first = BUCKETS;
	for (panel = 0; panel < figure->count; panel++) {
		for (plot = 0; plot < PLOTS; plot++) {
			for (i = 0; i < BUCKETS; i++) {
				if (!figure->panels[panel].plots[plot].buckets[i])
					continue;
				if (i < figure->first)
					figure->first = i;
				if (i >= end)
					end = i + 1;
			}
		}
	}
	if (figure->first > end)
		figure->first = end;
	figure->first -= figure->first % TICK;
	figure->buckets = end - figure->first;
	/* Leave space for the text above a plot. */
	if (figure->buckets < 4 * TICK)
		figure->buckets = 4 * TICK;
}

static int plot_width(const struct figure *figure)
{
	return (int)figure->buckets * BAR_WIDTH;
}

static void draw_axis(struct figure *figure, int x, int y)
{
	char text[DURATION_SIZE];
	unsigned int i;

	svg_line(&figure->svg, "axis", x, y, x + plot_width(figure), y);
	for (i = 0; i <= figure->buckets; i += TICK) {
		svg_line(&figure->svg, "axis", x + (int)i * BAR_WIDTH, y,
			 x + (int)i * BAR_WIDTH, y + 4);
		svg_text(&figure->svg, "faint head", SVG_MIDDLE, x + (int)i * BAR_WIDTH, y + 14,
			 duration_print_rough(text, 1ULL << (figure->first + i)));
	}
}

static void draw_plot(struct figure *figure, const struct histogram *histogram, enum plot plot,
		      int x, int y)
{
	static const char *const names[] = { "parked to send", "parked to receive",
					     "from send to receive" };
	static const char *const classes[] = { "send", "recv", "latency" };
	const unsigned long long highest = histogram_highest(histogram);
	const int bottom = y + 2 * SVG_LINE + PLOT_HEIGHT;
	char text[128], longest[DURATION_SIZE];
	unsigned int i;
	int height;

	svg_text(&figure->svg, "head", SVG_START, x, y, names[plot]);
	snprintf(text, sizeof(text), "%llu, up to %s", histogram->count,
		 duration_print(longest, histogram->longest));
	svg_text(&figure->svg, "faint head", SVG_START, x, y + SVG_LINE,
		 histogram->count ? text : "never");
	snprintf(text, sizeof(text), "%llu", highest);
	if (histogram->count)
		svg_text(&figure->svg, "faint head", SVG_END, x - 4, bottom - FULL_HEIGHT, text);
	for (i = 0; i < figure->buckets; i++) {
		const unsigned long long count =
			figure->first + i < BUCKETS ? histogram->buckets[figure->first + i] : 0;

		/* Keep even a single count among thousands visible. */
		height = (int)(count * FULL_HEIGHT / highest);
		if (count)
			svg_box(&figure->svg, classes[plot], x + (int)i * BAR_WIDTH + 1,
				bottom - (height > 2 ? height : 2), BAR_WIDTH - 2,
				height > 2 ? height : 2);
	}
	draw_axis(figure, x, bottom);
}

static void draw_panel(struct figure *figure, const struct panel *panel, int y)
{
	const int step = plot_width(figure) + PLOT_GAP;
	char title[NAME_SIZE + 64];
	int plot;

	svg_box(&figure->svg, "panel", MARGIN / 2, y, step * PLOTS, PANEL_HEIGHT - MARGIN / 2);
	snprintf(title, sizeof(title), "%s: %llu operations", panel->channel->name, panel->count);
	svg_text(&figure->svg, "title", SVG_START, MARGIN, y + SVG_LINE, title);
	for (plot = 0; plot < PLOTS; plot++)
		draw_plot(figure, &panel->plots[plot], plot, LEFT + plot * step,
			  y + 2 * SVG_LINE + 4);
}

static void draw(struct figure *figure, const struct story *story, FILE *stream,
		 const char *command)
{
	const int height = TOP + PANEL_HEIGHT * (int)figure->count + 2 * SVG_LINE;
	const size_t hidden = story->channel_count - figure->count;
	char text[TEXT_SIZE];
	size_t i;

	svg_begin(&figure->svg, stream, (plot_width(figure) + PLOT_GAP) * PLOTS + MARGIN, height,
		  command);
	svg_text(&figure->svg, "title", SVG_START, MARGIN, MARGIN + SVG_LINE / 2, command);
	for (i = 0; i < figure->count; i++)
		draw_panel(figure, &figure->panels[i], TOP + (int)i * PANEL_HEIGHT);
	missing_print(text, hidden, hidden == 1 ? "channel is" : "channels are",
		      story->recording->lost);
	if (*text)
		svg_text(&figure->svg, "faint", SVG_START, MARGIN, height - SVG_LINE, text);
	svg_end(&figure->svg);
}

void histogram_write(FILE *stream, const struct story *story, const char *command)
{
	struct panel *panels = calloc(story->channel_count + 1, sizeof(*panels));
	struct figure figure = { .panels = panels };
	size_t i;

	if (!panels)
		error(EXIT_FAILURE, errno, "events");
	for (i = 0; i < story->channel_count; i++)
		panels[i].channel = &story->channels[i];
	collect(panels, story);
	qsort(panels, story->channel_count, sizeof(*panels), by_count);
	figure.count = story->channel_count < PANELS ? story->channel_count : PANELS;
	find_range(&figure);
	draw(&figure, story, stream, command);
	free(panels);
}
