// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "ledger.h"
#include "print.h"

/* Returns 1, an exit status. */
int complain(const char *what, int err)
{
	fprintf(stderr, "chan-demo: %s: %s\n", what, strerror(-err));
	return 1;
}

static const char *cause_name(uint32_t closed)
{
	switch (closed) {
	case CHAN_OPEN:
		return "still open";
	case CHAN_CLOSED_BY_CLOSE:
		return "closed by a process";
	case CHAN_CLOSED_NO_SENDERS:
		return "closed, as no sender is left";
	case CHAN_CLOSED_NO_RECEIVERS:
		return "closed, as no receiver is left";
	default:
		return "closed for an unknown reason";
	}
}

static void print_side(const char *channel, const char *side, const struct chan_paths *paths,
		       __u64 parkings)
{
	printf("  %-8s %-9s %9llu %9llu %9llu %9llu %9llu\n",
	       channel, side, paths->handoff + paths->ring + paths->park, paths->handoff,
	       paths->ring, paths->park, parkings);
}

static void print_channel(const char *name, const struct chan_info *info)
{
	print_side(name, "sent", &info->sends, info->send_parks);
	print_side("", "received", &info->recvs, info->recv_parks);
	printf("           capacity %u, longest %u, requeued %llu; %s\n",
	       info->cap, info->maxlen, info->requeues, cause_name(info->closed));
}

void print_channels(const struct demo *demo)
{
	struct chan_info paths, results;
	int err = chan_get_info(demo->paths.fd, &paths);

	if (!err)
		err = chan_get_info(demo->results.fd, &results);
	if (err) {
		complain("cannot inspect the channels", err);
		return;
	}
	printf("\n  %-8s %-9s %9s %9s %9s %9s %9s\n", "channel", "", "elements", "handoff",
	       "ring", "park", "parkings");
	print_channel("paths", &paths);
	print_channel("results", &results);
}

void print_legend(void)
{
	puts("\n  handoff: directly to or from a task that was parked on the other side\n"
	     "  ring: through the buffer   park: by a task that was itself parked\n"
	     "  parkings: number of parks, requeued: from receivers that died");
}

void print_workers(const struct ledger *ledger, unsigned int workers)
{
	unsigned int worker;

	printf("\n  Files by worker:");
	for (worker = 1; worker <= workers; worker++) {
		if (worker % 8 == 1 && worker > 1)
			printf("\n%18s", "");
		printf("  %u: %u", worker, ledger->by_worker[worker]);
	}
	printf("\n  %u results\n", ledger->count);
}

void print_state(const struct demo *demo)
{
	struct chan_info info;
	int err = chan_get_info(demo->paths.fd, &info);

	if (err) {
		complain("cannot inspect the paths", err);
		return;
	}
	printf("     paths: %u buffered; receivers: %u, of which %u"
	       " parked; requeued: %llu\n",
	       info.len, info.receivers, info.recvq, info.requeues);
}
