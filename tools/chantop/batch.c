// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "batch.h"

#define SECOND		UINT64_C(1000000000)
#define MILLISECOND	1000000

static void print_seconds(uint64_t ns)
{
	printf("%" PRIu64 ".%03" PRIu64, ns / SECOND, ns / MILLISECOND % 1000);
}

static void print_headings(void)
{
	enum field field;

	printf("SECONDS");
	for (field = 0; field < FIELDS; field++)
		printf(" %s", field_name(field));
	putchar('\n');
}

/* Escape blanks, so that each heading has exactly one cell. */
static void print_type(const char *type)
{
	if (!*type)
		putchar('-');
	for (; *type; type++) {
		if (*type == ' ')
			printf("\\x20");
		else
			putchar(*type);
	}
}

static void print_row(const struct row *row, uint64_t interval)
{
	enum field field;

	print_seconds(interval);
	for (field = 0; field < FIELDS; field++) {
		putchar(' ');
		if (field == FIELD_TYPE)
			print_type(row->type);
		else if (field == FIELD_STATE)
			printf("%s", row->state);
		else if (field == FIELD_OLDEST)
			print_seconds(row->values[field]);
		else
			printf("%" PRIu64, row->values[field]);
	}
	putchar('\n');
}

static int print_view(const struct view *view)
{
	size_t i;

	print_headings();
	for (i = 0; i < view->count; i++)
		print_row(&view->rows[i], view->interval);
	putchar('\n');
	return fflush(stdout) ? -errno : 0;
}

static int take(struct samples *samples, struct view *view, const struct filter *filter)
{
	int err = samples_take(samples, filter);

	if (!err)
		err = view_fill(view, samples);
	if (!err)
		err = print_view(view);
	return err;
}

int batch_run(struct view *view, const struct filter *filter, uint64_t delay, uint64_t count)
{
	const struct timespec timeout = { delay / SECOND, delay % SECOND };
	struct samples samples = {};
	sigset_t signals;
	uint64_t taken;
	int err = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	for (taken = 0; !err && (!count || taken < count); taken++) {
		if (taken)
			sigtimedwait(&signals, NULL, &timeout);
		err = take(&samples, view, filter);
	}
	samples_free(&samples);
	return err;
}
