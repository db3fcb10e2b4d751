// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Quotes: a feed sends bursts and must not wait; a buffer absorbs them. The aggregation turns
 * each group of quotes into a bar and writes it to a slow file. When the file lags, first the
 * aggregation waits, then the buffer fills, and then the feed waits too: this backpressure
 * loses nothing and needs no extra memory.
 */
#include "example.h"

#include <sched.h>

#define QUOTES	400
#define BURST	50
#define BUFFER	64
#define PER_BAR	100

struct bar {
	int open, high, low, close;
};

CHAN_TYPE(bars, struct bar);

/* A price that oscillates. */
static int price(int n)
{
	return 1000 + 7 * (n % 90) - 9 * (n % 70);
}

static void feed(int quotes)
{
	int burst[BURST], n, i;

	for (n = 0; n < QUOTES; n += BURST) {
		for (i = 0; i < BURST; i++)
			burst[i] = price(n + i);
		/* One call, which waits if they do not all fit into the buffer. */
		check(chan_sendv(quotes, burst, sizeof(*burst), BURST));
	}
	check(chan_close(quotes));
	exit(0);
}

static void aggregate(int quotes, struct bars bars)
{
	struct bar bar;
	int n, quote;

	for (n = 0; check(chan_recv(quotes, &quote, sizeof(quote))) == 1; n++) {
		if (n % PER_BAR == 0)
			bar = (struct bar){ quote, quote, quote, quote };
		bar.high = quote > bar.high ? quote : bar.high;
		bar.low = quote < bar.low ? quote : bar.low;
		bar.close = quote;
		if (n % PER_BAR == PER_BAR - 1)
			check(bars_send(bars, &bar));
	}
	check(chan_close(bars.fd));
	exit(0);
}

/* Starts late, when @late is closed, and syncs each bar. */
static void persist(struct bars bars, int file, int late)
{
	struct bar bar;

	check(chan_recv(late, NULL, 0));
	while (check(bars_recv(bars, &bar)) == 1) {
		check_errno(dprintf(file, "open %d high %d low %d close %d\n",
				    bar.open, bar.high, bar.low, bar.close));
		check_errno(fsync(file));
	}
	exit(0);
}

int main(void)
{
	int quotes = check(chan_make(sizeof(int), BUFFER, 0)), late = check(chan_make(0, 0, 0));
	struct bars bars = bars_make(0, 0);
	FILE *file = tmpfile();
	struct chan_info info;
	char line[80];

	check(bars.fd);
	check_errno(file ? 0 : -1);
	if (start() == 0)
		feed(quotes);
	if (start() == 0)
		aggregate(quotes, bars);
	if (start() == 0)
		persist(bars, fileno(file), late);

	/* Every holder of a channel can read its state. */
	do {
		sched_yield();
		check(chan_get_info(quotes, &info));
	} while (info.sendq == 0);
	printf("%u quotes in the buffer, the feed waits\n", info.len);
	check(chan_close(late));
	join();

	rewind(file);
	while (fgets(line, sizeof(line), file))
		printf("%s", line);
	check(chan_get_info(quotes, &info));
	printf("never more than %u quotes in the buffer\n", info.maxlen);
	return 0;
}
