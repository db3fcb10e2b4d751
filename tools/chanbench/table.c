// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "table.h"

const size_t sizes[SIZES] = { 8, 64, 65536 };

static double ratio(double cost, double pipe)
{
	return pipe ? cost / pipe : 0;
}

static double spread(const struct cost *cost)
{
	return 100 * (cost->maximum - cost->minimum) / cost->minimum;
}

static void print_sizes(const char *title)
{
	int i;

	printf("\n%s\n%12s", title, "");
	for (i = 0; i < SIZES; i++)
		printf("%16zu bytes", sizes[i]);
	putchar('\n');
}

/* Print the rest of the line, without trailing blanks. */
static void print_cell(int column, const char *text)
{
	printf(column == SIZES - 1 ? "%s\n" : "%-13s", text);
}

static void print_costs(const char *title, struct cost (*rows)[SIZES], bool medians)
{
	double cost, pipe;
	char text[32];
	int row, i;

	print_sizes(title);
	printf("%12s", "");
	for (i = 0; i < SIZES; i++) {
		printf("%9s", medians ? "median" : "least");
		print_cell(i, " ratio spread");
	}
	for (row = 0; row < MECHANISMS; row++) {
		printf("%-12s", mechanisms[row].name);
		for (i = 0; i < SIZES; i++) {
			if (rows[row][i].err) {
				printf("%9s", "n/a");
				print_cell(i, "");
				continue;
			}
			cost = medians ? rows[row][i].median : rows[row][i].minimum;
			pipe = medians ? rows[PIPE][i].median : rows[PIPE][i].minimum;
			snprintf(text, sizeof(text), " %5.2f %5.1f%%", ratio(cost, pipe),
				 spread(&rows[row][i]));
			printf("%9.0f", cost);
			print_cell(i, text);
		}
	}
}

static void print_switches(const char *title, struct cost (*rows)[SIZES])
{
	int row, i;

	print_sizes(title);
	for (row = 0; row < MECHANISMS; row++) {
		printf("%-12s", mechanisms[row].name);
		for (i = 0; i < SIZES; i++) {
			if (rows[row][i].err)
				printf("%9s", "n/a");
			else
				printf("%9.2f", rows[row][i].switches);
			print_cell(i, "");
		}
	}
}

static void print_eights(const struct cost *costs)
{
	int i;

	printf("\nSend 8 bytes to the last of eight, and receive from the one that is ready\n%12s%9s"
	       " ratio spread\n", "", "least");
	for (i = 0; i < EIGHTS; i++) {
		printf("%-12s", eights[i].name);
		if (costs[i].err)
			printf("%9s\n", "n/a");
		else
			printf("%9.0f %5.2f %5.1f%%\n", costs[i].minimum,
			       ratio(costs[i].minimum, costs[EIGHTS - 1].minimum),
			       spread(&costs[i]));
	}
}

/* An unbuffered line has no pairs: skip it silently. */
static void print_reasons(const struct table *table)
{
	int row, i;

	putchar('\n');
	for (row = 0; row < MECHANISMS; row++) {
		for (i = 0; i < SIZES; i++) {
			if (table->trips[row][i].err)
				printf("n/a: %s, %zu bytes: %s\n", mechanisms[row].name, sizes[i],
				       strerror(-table->trips[row][i].err));
		}
	}
}

void table_print(struct table *table, const char *unit)
{
	printf("Costs in %s; ratio: relative to a pipe; spread: maximum minus minimum\n"
	       "of all repetitions, in percent of the minimum.\n\n"
	       "Empty system call: %.0f\n",
	       unit, table->null_call.minimum);
	print_costs("Send and receive in one task", table->pairs, false);
	print_costs("Round trip between two processes on one CPU, SCHED_BATCH: the waker keeps\n"
		    "running",
		    table->trips, false);
	print_switches("Context switches in such a round trip", table->trips);
	print_costs("Round trip under SCHED_OTHER: a woken task may preempt its waker, so trips\n"
		    "vary",
		    table->normal_trips, true);
	print_switches("Context switches in such a round trip", table->normal_trips);
	print_eights(table->eights);
	print_reasons(table);
}

static void print_csv_rows(const char *benchmark, struct cost (*rows)[SIZES], const char *unit)
{
	int row, i;

	for (row = 0; row < MECHANISMS; row++) {
		for (i = 0; i < SIZES; i++) {
			const struct cost *cost = &rows[row][i];

			if (cost->err)
				continue;
			printf("%s,%s,%zu,%s,%.1f,%.1f,%.1f,%.3f\n", benchmark, mechanisms[row].name,
			       sizes[i], unit, cost->minimum, cost->median, cost->maximum,
			       cost->switches);
		}
	}
}

static void print_csv_eights(const struct cost *costs, const char *unit)
{
	int i;

	for (i = 0; i < EIGHTS; i++) {
		if (!costs[i].err)
			printf("last of eight,%s,8,%s,%.1f,%.1f,%.1f,0\n", eights[i].name, unit,
			       costs[i].minimum, costs[i].median, costs[i].maximum);
	}
}

void table_print_csv(struct table *table, const char *unit)
{
	puts("benchmark,mechanism,bytes,unit,minimum,median,maximum,context switches");
	printf("null system call,,,%s,%.1f,%.1f,%.1f,0\n", unit, table->null_call.minimum,
	       table->null_call.median, table->null_call.maximum);
	print_csv_rows("pair", table->pairs, unit);
	print_csv_eights(table->eights, unit);
	print_csv_rows("round trip SCHED_BATCH", table->trips, unit);
	print_csv_rows("round trip SCHED_OTHER", table->normal_trips, unit);
}

static int check_ratio(const char *what, const struct cost *chan, const struct cost *pipe,
		       size_t size)
{
	if (chan->err || pipe->err) {
		fprintf(stderr, "chanbench: %s of %zu bytes: not measured\n", what, size);
		return 1;
	}
	if (chan->minimum <= pipe->minimum)
		return 0;
	fprintf(stderr, "chanbench: %s of %zu bytes costs %.2f times as much as a pipe's\n", what,
		size, ratio(chan->minimum, pipe->minimum));
	return 1;
}

/**
 * table_check() - check that channels cost no more than pipes, for small elements
 * @table: the measurements
 *
 * Return: the number of failed comparisons, each of which was printed.
 */
int table_check(const struct table *table)
{
	int failed = 0;
	int i;

	for (i = 0; i < SIZES && sizes[i] <= 64; i++) {
		failed += check_ratio("a pair", &table->pairs[CHAN_BUFFERED][i],
				      &table->pairs[PIPE][i], sizes[i]);
		failed += check_ratio("a round trip", &table->trips[CHAN_UNBUFFERED][i],
				      &table->trips[PIPE][i], sizes[i]);
	}
	return failed;
}
