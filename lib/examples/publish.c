// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Publish and subscribe: each subscriber has a channel, and the publisher sends to all of
 * them without waiting. A slow subscriber misses news but stalls no other; the capacity of
 * its channel is its allowed lag. A subscriber that is gone is removed.
 */
#include "example.h"

#define NEWS	8

struct subscriber {
	const char *name;
	unsigned int cap;
	int ch;
	int missed;
	pid_t pid;
};

/* Read from the close of @wake to the close of @in. */
static void read_news(const struct subscriber *subscriber, int in, int wake)
{
	int news;

	check(chan_recv(wake, NULL, 0));
	printf("%s reads", subscriber->name);
	while (check(chan_recv(in, &news, sizeof(news))) == 1)
		printf(" %d", news);
	printf("\n");
	exit(0);
}

/* Start a subscriber that reads once @wake is closed; with -1, one that exits at once. */
static void subscribe(struct subscriber *subscriber, int wake)
{
	struct sides sides = make_sides(sizeof(int), subscriber->cap);

	subscriber->pid = start();
	if (subscriber->pid == 0) {
		if (wake < 0)
			exit(0);
		read_news(subscriber, sides.recv, wake);
	}
	close(sides.recv);
	subscriber->ch = sides.send;
}

static void publish(struct subscriber *subscriber, int news)
{
	int ret;

	if (subscriber->ch < 0)
		return;
	ret = chan_try_send(subscriber->ch, &news, sizeof(news));
	if (ret == -EAGAIN) {
		subscriber->missed++;
	} else if (ret == -EPIPE) {
		printf("%s has gone\n", subscriber->name);
		close(subscriber->ch);
		subscriber->ch = -1;
	} else {
		check(ret);
	}
}

int main(void)
{
	struct subscriber quick = { .name = "quick", .cap = NEWS };
	struct subscriber slow = { .name = "slow", .cap = 3 };
	struct subscriber gone = { .name = "gone", .cap = 1 };
	struct subscriber *all[] = { &quick, &slow, &gone };
	int now = check(chan_make(0, 0, 0)), later = check(chan_make(0, 0, 0));
	int i, news;

	check(chan_close(now));
	subscribe(&quick, now);
	subscribe(&slow, later);
	subscribe(&gone, -1);
	check_errno(waitpid(gone.pid, NULL, 0));

	for (news = 1; news <= NEWS; news++) {
		for (i = 0; i < 3; i++)
			publish(all[i], news);
	}
	check(chan_close(later));
	for (i = 0; i < 2; i++) {
		fflush(stdout);
		check(chan_close(all[i]->ch));
		check_errno(waitpid(all[i]->pid, NULL, 0));
		printf("%s has missed %d\n", all[i]->name, all[i]->missed);
	}
	return 0;
}
