// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Request coalescing: a request for a key that is already being looked up joins the requests
 * that wait for it. So the store is asked once, however many clients ask at the same time.
 * The desk in front of it is one process and needs no lock.
 */
#include "example.h"

#define CLIENTS	6
#define KEYS	2

struct request {
	int client;
	int key;
};

struct found {
	int key;
	int value;
};

CHAN_TYPE(requests, struct request);
CHAN_TYPE(founds, struct found);

/* A slow store: it starts when @open is closed. */
static void store(int lookups, struct founds founds, int open)
{
	struct found found;

	check(chan_recv(open, NULL, 0));
	while (check(chan_recv(lookups, &found.key, sizeof(found.key))) == 1) {
		found.value = 100 + found.key;
		check(founds_send(founds, &found));
	}
	exit(0);
}

static void desk(struct requests requests, int lookups, struct founds founds, const int *replies)
{
	unsigned int asked = 0, looked_up = 0, waiting[KEYS] = { 0 }, client;
	struct request request;
	struct found found;
	struct chan_case cases[] = {
		requests_case_recv(requests, &request),
		founds_case_recv(founds, &found),
	};

	for (;;) {
		if (check(chan_select(cases, 2)) == 1) {
			for (client = 0; client < CLIENTS; client++) {
				if (waiting[found.key] & 1U << client)
					check(chan_send(replies[client], &found.value,
							sizeof(found.value)));
			}
			waiting[found.key] = 0;
			continue;
		}
		if (check(cases[0].result) == 0)
			break;
		asked++;
		if (!waiting[request.key]) {
			/* The capacity covers all keys, so this does not wait. */
			check(chan_send(lookups, &request.key, sizeof(request.key)));
			looked_up++;
		}
		waiting[request.key] |= 1U << request.client;
	}
	printf("%u requests, %u lookups\n", asked, looked_up);
	exit(0);
}

int main(void)
{
	struct requests requests = requests_make(0, 0);
	struct founds founds = founds_make(0, 0);
	int lookups = check(chan_make(sizeof(int), KEYS, 0));
	int open = check(chan_make(0, 0, 0)), replies[CLIENTS], client, value;

	check(requests.fd);
	check(founds.fd);
	for (client = 0; client < CLIENTS; client++)
		replies[client] = check(chan_make(sizeof(int), 1, 0));
	if (start() == 0)
		store(lookups, founds, open);
	if (start() == 0)
		desk(requests, lookups, founds, replies);

	for (client = 0; client < CLIENTS; client++) {
		struct request request = { client, client % KEYS };

		check(requests_send(requests, &request));
	}
	check(chan_close(open));
	for (client = 0; client < CLIENTS; client++) {
		check(chan_recv(replies[client], &value, sizeof(value)));
		printf("client %d: %d\n", client, value);
	}
	fflush(stdout);
	check(chan_close(requests.fd));
	check(chan_close(lookups));
	join();
	return 0;
}
