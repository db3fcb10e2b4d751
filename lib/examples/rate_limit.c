// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Rate limit: a request takes a token from a bucket, which gets one at every tick. The bucket
 * is a channel. Its capacity is the size of a burst after a quiet time, because tokens that
 * do not fit are dropped. Each token is the time at which it was due.
 */
#include "example.h"

#define BUCKET	3
#define PERIOD	(5 * MILLISECOND)

static void fill(int bucket)
{
	int ret, tick = check(chan_tick(PERIOD));
	uint64_t token;

	while (check(chan_recv(tick, &token, sizeof(token))) == 1) {
		ret = chan_try_send(bucket, &token, sizeof(token));
		if (ret == -EPIPE)
			exit(0);
		if (ret != -EAGAIN)
			check(ret);
	}
}

/* Make as many requests as the tokens allow at once. */
static void burst(int bucket)
{
	uint64_t token;
	int i;

	for (i = 0; i < BUCKET; i++)
		check(chan_try_recv(bucket, &token, sizeof(token)));
	printf("%d requests at once\n", BUCKET);
}

int main(void)
{
	int bucket = check(chan_make(sizeof(uint64_t), BUCKET, 0));
	uint64_t first, token = 0;
	int i, pause;

	for (i = 0; i < BUCKET; i++)
		check(chan_send(bucket, &token, sizeof(token)));
	burst(bucket);
	if (chan_try_recv(bucket, &token, sizeof(token)) == -EAGAIN)
		printf("the bucket is empty\n");

	if (start() == 0)
		fill(bucket);
	check(chan_recv(bucket, &first, sizeof(first)));
	for (i = 1; i <= 4; i++)
		check(chan_recv(bucket, &token, sizeof(token)));
	if (token - first >= 4 * PERIOD)
		printf("4 requests in no less than 4 periods\n");

	/* Wait until the bucket is full again. */
	pause = check(chan_tick(PERIOD));
	while (check(chan_len(bucket)) < BUCKET)
		check(chan_recv(pause, &token, sizeof(token)));
	burst(bucket);
	check(chan_close(bucket));
	join();
	return 0;
}
