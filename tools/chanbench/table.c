// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "report.h"

#define CLOCK_SOURCE	"/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* Widths of the columns. */
#define NAME	19
#define CELL	6

static const char *const headings[MECHANISMS] = {
	"chan", "pipe", "strm", "seqp", "mq", "sysv", "evfd", "futex", "sem", "go",
};

static void print_heading(const char *title)
{
	int m;

	printf("\n%s\n%-*s", title, NAME, "");
	for (m = 0; m < MECHANISMS; m++)
		printf("%*s", CELL, headings[m]);
	putchar('\n');
}

static bool any_measured(const struct result results[MECHANISMS])
{
	int m;

	for (m = 0; m < MECHANISMS; m++) {
		if (!results[m].err)
			return true;
	}
	return false;
}

/* Four digits, or three and a letter. */
static void print_cost(double cost)
{
	char text[16];

	if (cost < 9999.5)
		snprintf(text, sizeof(text), "%.0f", cost);
	else if (cost < 99950)
		snprintf(text, sizeof(text), "%.1fk", cost / 1000);
	else if (cost < 999500)
		snprintf(text, sizeof(text), "%.0fk", cost / 1000);
	else
		snprintf(text, sizeof(text), "%.1fM", cost / 1000000);
	printf("%*s", CELL, text);
}

static void print_row(const struct report *report, size_t row, int what)
{
	const struct result *result = report->results[row];
	int m;

	if (!report->measured[row] || !any_measured(result))
		return;
	printf("%-*s", NAME, rows[row].name);
	for (m = 0; m < MECHANISMS; m++) {
		if (result[m].err || (what < COUNTS && result[m].counts[what] < 0))
			printf("%*s", CELL, result[m].err == -EOPNOTSUPP || m == GO ? "-" : "n/a");
		else if (what == COUNTS)
			print_cost(result[m].median);
		else
			printf("%*.2f", CELL, result[m].counts[what]);
	}
	putchar('\n');
}

static bool counted(const struct report *report, int what)
{
	size_t row;

	for (row = 0; row < rows_count; row++) {
		if (report->measured[row] && !report->results[row][CHAN].err &&
		    report->results[row][CHAN].counts[what] >= 0)
			return true;
	}
	return false;
}

/* What a mechanism cannot do is no reason to print. */
static void print_reasons(const struct report *report)
{
	const struct result *result;
	size_t row;
	int m;

	for (row = 0; row < rows_count; row++) {
		for (m = 0; m < MECHANISMS && report->measured[row]; m++) {
			result = &report->results[row][m];
			if (result->err && result->err != -EOPNOTSUPP)
				printf("n/a: %s, %s: %s\n", rows[row].name, mechanisms[m]->name,
				       strerror(-result->err));
		}
	}
}

static void print_machine(void)
{
	struct utsname machine;
	char source[32] = "unknown";
	FILE *stream = fopen(CLOCK_SOURCE, "re");

	if (stream) {
		if (fscanf(stream, "%31s", source) != 1)
			strcpy(source, "unknown");
		fclose(stream);
	}
	uname(&machine);
	printf("Linux %s, %s, clock source %s\n", machine.release, machine.machine, source);
}

void report_table(const struct report *report)
{
	char title[80];
	size_t row;
	int what;

	print_machine();
	snprintf(title, sizeof(title), "Cost of one operation, in %s: medians", report->unit);
	print_heading(title);
	for (row = 0; row < rows_count; row++)
		print_row(report, row, COUNTS);
	for (what = 0; what < COUNTS; what++) {
		if (!counted(report, what))
			continue;
		snprintf(title, sizeof(title), "Number of %s per operation", count_names[what]);
		print_heading(title);
		for (row = 0; row < rows_count; row++)
			print_row(report, row, what);
	}
	putchar('\n');
	print_reasons(report);
}
