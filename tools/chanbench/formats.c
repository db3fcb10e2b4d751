// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports for programs, and the comparisons of --check.
 */
#include <stdio.h>
#include <sys/utsname.h>

#include "report.h"

void report_csv(const struct report *report)
{
	const struct result *result;
	size_t row;
	int m;

	puts("benchmark,mechanism,bytes,unit,minimum,median,maximum,context switches");
	for (row = 0; row < rows_count; row++) {
		for (m = 0; m < MECHANISMS && report->measured[row]; m++) {
			result = &report->results[row][m];
			if (result->err)
				continue;
			printf("%s,%s,%zu,%s,%.1f,%.1f,%.1f,", rows[row].name, mechanisms[m]->name,
			       rows[row].size, report->unit, result->minimum, result->median,
			       result->maximum);
			if (result->counts[COUNT_SWITCHES] >= 0)
				printf("%.3f", result->counts[COUNT_SWITCHES]);
			putchar('\n');
		}
	}
}

static void print_count(const char *name, double count)
{
	if (count < 0)
		printf(", \"%s\": null", name);
	else
		printf(", \"%s\": %.3f", name, count);
}

static void print_result(const struct row *row, const struct mechanism *mechanism,
			 const struct result *result)
{
	printf("{\"row\": \"%s\", \"mechanism\": \"%s\", \"bytes\": %zu, ", row->name,
	       mechanism->name, row->size);
	printf("\"minimum\": %.1f, \"median\": %.1f, \"maximum\": %.1f, \"cpu\": %.1f",
	       result->minimum, result->median, result->maximum, result->cpu);
	print_count("switches", result->counts[COUNT_SWITCHES]);
	print_count("wakeups", result->counts[COUNT_WAKEUPS]);
	print_count("calls", result->counts[COUNT_CALLS]);
	putchar('}');
}

void report_json(const struct report *report)
{
	const char *separator = "";
	struct utsname machine;
	size_t row;
	int m;

	uname(&machine);
	printf("{\"kernel\": \"%s\", \"unit\": \"%s\", \"results\": [\n", machine.release,
	       report->unit);
	for (row = 0; row < rows_count; row++) {
		for (m = 0; m < MECHANISMS && report->measured[row]; m++) {
			if (report->results[row][m].err)
				continue;
			fputs(separator, stdout);
			print_result(&rows[row], mechanisms[m], &report->results[row][m]);
			separator = ",\n";
		}
	}
	puts("\n]}");
}

static int check_row(const struct report *report, const char *name)
{
	const size_t row = row_find(name) - rows;
	const struct result *results = report->results[row];
	const struct result *chan = &results[CHAN], *pipe = &results[PIPE];

	if (!report->measured[row] || chan->err || pipe->err) {
		fprintf(stderr, "chanbench: %s: not measured\n", name);
		return 1;
	}
	if (chan->minimum <= pipe->minimum)
		return 0;
	fprintf(stderr, "chanbench: %s costs %.2f times as much as over a pipe\n", name,
		chan->minimum / pipe->minimum);
	return 1;
}

/**
 * report_check() - check that channels cost no more than pipes, for small elements
 * @report: the measurements
 *
 * Return: the number of failed comparisons, each of which was printed.
 */
int report_check(const struct report *report)
{
	return check_row(report, "Pair/8") + check_row(report, "Pair/64") +
	       check_row(report, "RoundTrip/8") + check_row(report, "RoundTrip/64");
}
