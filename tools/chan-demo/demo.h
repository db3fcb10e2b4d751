/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chan-demo: processes that share work over two channels.
 *
 *   producer ---- paths ----> workers ---- results ----> collector
 *             capacity 16               capacity 0
 *
 * The collector starts the other processes. In the third act it is also the dispatcher: it
 * receives the paths, and sends each to a ready worker, over a channel of capacity 0 per
 * worker.
 */
#ifndef DEMO_H
#define DEMO_H

#include <chan.h>
#include <sys/types.h>

#define PATHS_CAPACITY	16
#define RESULTS_CAPACITY 0

#define WORKERS_MAX	64
#define NAME_BYTES	216
#define HASH_BYTES	32

/**
 * struct path - element of the first channel: a file to hash
 * @number: 1, 2, 3... in the order of the walk; 0: no path
 * @name: relative to the directory of the walk
 */
struct path {
	uint32_t number;
	char name[NAME_BYTES];
};

/**
 * struct result - element of the second channel: a file that was hashed
 * @number: number of the path
 * @worker: number of the worker, from 1
 * @hash: SHA-256 of the contents
 * @name: name of the path
 */
struct result {
	uint32_t number;
	uint32_t worker;
	unsigned char hash[HASH_BYTES];
	char name[NAME_BYTES];
};

CHAN_TYPE(path_channel, struct path);
CHAN_TYPE(result_channel, struct result);

/**
 * struct board - memory that all processes share
 * @total: number of paths; the producer writes it last
 * @held: for each worker, the path that it received last. The worker receives
 *	directly into it, so the path survives the worker's death.
 */
struct board {
	uint32_t total;
	struct path held[WORKERS_MAX + 1];
};

/**
 * struct demo - initial state of a process
 * @directory: directory to walk
 * @workers: number of regular workers
 * @board: the shared board
 * @paths: from the producer to the workers
 * @results: from the workers to the collector
 * @quit: never sent to; closing it ends the workers; -1 if there is none
 */
struct demo {
	const char *directory;
	unsigned int workers;
	struct board *board;
	struct path_channel paths;
	struct result_channel results;
	int quit;
};

/* Behaviour of a worker after it has received its first path. */
enum worker_fate {
	WORKER_WORKS,
	WORKER_STOPS,	/* by a signal to itself, as if it hung */
};

/* channels.c: making the channels, and dropping rights */
int demo_make(struct demo *demo);
void demo_forget(struct demo *demo);
int demo_narrow(int *ch, unsigned int rights);

/* The other processes; each function returns an exit status. */
int producer_run(struct demo *demo, uint32_t already_sent);
int producer_first_path(const char *directory, struct path *path);
int worker_run(struct demo *demo, uint32_t worker, enum worker_fate fate);

/* start.c: fork these processes */
pid_t start_producer(struct demo *demo, uint32_t already_sent);
pid_t start_worker(struct demo *demo, uint32_t worker, enum worker_fate fate);

/* The acts, run by the collector; they return 0 or a negative errno value. */
struct ledger;
int act_flow(struct demo *demo, struct ledger *ledger);
int act_deaths(struct demo *demo, struct ledger *ledger, uint32_t expected);
int act_choices(struct demo *demo, struct ledger *ledger);

#endif /* DEMO_H */
