// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "channel.h"
#include "injection.h"
#include "state.h"
#include "sweep.h"

/* More than the fault points of any call. */
#define SWEEP_END	5000
/* How often a sweep may miss a fault point. */
#define SWEEP_TRIES	5
/* How often the kernel may recover from an injected fault. */
#define SWEEP_WAYS	4

/* Bytes of the elements of a call. */
#define SWEEP_ELEMS	(1 << 20)

/**
 * struct holdings - totals of channels and users
 * @channels: in the module
 * @bytes: in the module
 * @query: of the user
 * @free_fd: the lowest unused file descriptor
 */
struct holdings {
	unsigned long long channels;
	unsigned long long bytes;
	struct chan_query query;
	int free_fd;
};

static struct holdings holdings_now(void)
{
	struct holdings now;

	memset(&now, 0, sizeof(now));
	now.channels = module_parameter("live_channels");
	now.bytes = module_parameter("live_bytes");
	now.query = channel_query();
	now.free_fd = dup(STDIN_FILENO);
	close(now.free_fd);
	return now;
}

bool scene_broken(const struct scene *scene, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "# fault %u: ", scene->nth);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return false;
}

int scene_add(struct scene *scene)
{
	const int ch = channel_make_elems(scene->elemsize, scene->path->cap);

	scene->chs[scene->nchs++] = ch;
	return ch;
}

void *scene_elem(const struct scene *scene, unsigned int index)
{
	return scene->elems + index * scene->elemsize;
}

bool scene_receives(const struct scene *scene, unsigned int from, unsigned int to)
{
	unsigned int value;

	for (value = from; value <= to; value++) {
		if (element_recv(scene->chs[0], value) != 1)
			return scene_broken(scene, "element %u was lost", value);
	}
	return true;
}

static void scene_start(struct scene *scene, const struct path *path, char *elems,
			unsigned int nth)
{
	memset(scene, 0, sizeof(*scene));
	scene->path = path;
	scene->elemsize = path->elemsize;
	scene->elems = elems;
	scene->count = path->count;
	scene->file = -1;
	scene->made = -1;
	scene->nth = nth;
	memset(elems, 0xa5, SWEEP_ELEMS);
	path->build(scene);
}

static void scene_end(struct scene *scene)
{
	if (scene->made >= 0)
		close(scene->made);
	if (scene->file >= 0)
		close(scene->file);
	/* So that a peer that is still parked because of a bug ends. */
	if (scene->peer) {
		chan_close(scene->chs[0]);
		operation_join(scene->peer);
	}
	while (scene->nchs)
		close(scene->chs[--scene->nchs]);
}

static int scene_call(struct scene *scene, unsigned int nth)
{
	int fd, ret;

	if (!nth)
		return scene->path->call(scene);
	fd = injection_open();
	injection_start(fd, nth);
	ret = scene->path->call(scene);
	scene->failed = injection_stop(fd);
	close(fd);
	return ret;
}

static int scene_call_in_thread(struct operation *op)
{
	struct scene *scene = op->data;

	return scene_call(scene, scene->nth);
}

static uint64_t scene_parks(const struct scene *scene)
{
	const struct chan_info info = channel_info(scene->chs[0]);

	return info.send_parks + info.recv_parks;
}

/* A call that may park runs in its own thread, until a peer comes. */
static int scene_call_and_meet(struct scene *scene)
{
	const uint64_t parks = scene_parks(scene);
	struct operation *op;

	op = operation_start_new(TASK_THREAD, scene_call_in_thread, scene->chs[0], scene);
	wait_until(operation_done(op) || scene_parks(scene) > parks);
	if (!scene->peer && scene_parks(scene) > parks)
		scene->path->meet(scene);
	return operation_join(op);
}

static int scene_run(struct scene *scene)
{
	return scene->path->meet ? scene_call_and_meet(scene) : scene_call(scene, scene->nth);
}

static bool scene_is_met(const struct scene *scene)
{
	return scene->path->meet && scene->peer;
}

/* Elements of a channel that were sent and not yet received, wherever they are. */
static uint64_t info_elements(const struct chan_info *info)
{
	return (uint64_t)info->len + info->requeued + info->sendq;
}

/* Elements were taken and requeued; @met: number of elements sent in between. */
static bool info_is_requeued(const struct chan_info *now, const struct chan_info *before,
			       unsigned int met)
{
	return now->requeued > before->requeued &&
	       now->requeued - before->requeued == now->requeues - before->requeues &&
	       info_elements(now) == info_elements(before) + met &&
	       now->recvq == before->recvq && now->closed == before->closed &&
	       now->senders == before->senders && now->receivers == before->receivers &&
	       now->rights == before->rights && now->len <= now->cap;
}

/* After an error: whether the channel is unchanged. */
static bool scene_channel_is(const struct scene *scene, unsigned int i, const struct state *before)
{
	const bool met = scene_is_met(scene);
	const struct state now = state_of(scene->chs[i]);

	if (!met && now.info.requeues == before->info.requeues)
		return state_is(scene->chs[i], before) ||
		       scene_broken(scene, "channel %u has changed", i);
	/* Except for the number of parks of a select. */
	if (i > 0)
		return channel_unchanged(scene->chs[i], before->info) ||
		       scene_broken(scene, "channel %u has changed", i);
	/* With a peer that is still sending, there is no stable state to compare. */
	if (met && scene->count > 1)
		return true;
	return info_is_requeued(&now.info, &before->info, met) ||
	       scene_broken(scene, "channel %u lacks elements that were taken", i);
}

static bool scene_unchanged(const struct scene *scene, const struct state *before,
			    const struct holdings *held)
{
	const struct holdings now = holdings_now();
	bool same = true;
	unsigned int i;

	for (i = 0; i < scene->nchs; i++)
		same &= scene_channel_is(scene, i, &before[i]);
	if (scene_is_met(scene))
		return same;
	if (now.free_fd != held->free_fd)
		same = scene_broken(scene, "a file descriptor was left open");
	if (now.channels != held->channels || now.bytes != held->bytes)
		same = scene_broken(scene, "channels or bytes were leaked");
	if (memcmp(&now.query, &held->query, sizeof(now.query)))
		same = scene_broken(scene, "the user was charged");
	return same;
}

/* Whether the error matches the kind of fault. */
static bool scene_is_told_why(const struct scene *scene, int error)
{
	if (scene->path->result && error == scene->path->result)
		return true;
	switch (scene->failed) {
	case INJECTION_ALLOCATION:
		return error == -ENOMEM || scene_broken(scene, "error %d for no memory", error);
	case INJECTION_COPY:
		return error == -EFAULT || scene_broken(scene, "error %d for a copy", error);
	default:
		return scene_broken(scene, "error %d although nothing had failed", error);
	}
}

/* Without a fault, the rest of the call succeeds. */
static bool scene_completes(struct scene *scene, int ret)
{
	const int result = scene->path->result;

	scene->nth = 0;
	if (result)
		return ret == result || scene_run(scene) == result ||
		       scene_broken(scene, "the result is not %d without faults", result);
	while (ret < 0 || scene->moved < scene->count) {
		ret = scene_run(scene);
		if (ret <= 0 && scene->moved < scene->count)
			return scene_broken(scene, "result %d without faults", ret);
		if (ret < 0)
			return scene_broken(scene, "error %d without faults", ret);
	}
	return true;
}

/* Returns whether a fault point remained. */
static bool sweep_one(struct sweep *sweep, const struct path *path, char *elems, unsigned int nth)
{
	const struct holdings before = holdings_now();
	struct state states[CHAN_SELECT_MAX];
	struct holdings held, after;
	struct scene scene;
	unsigned int i;
	bool right = true;
	int ret;

	scene_start(&scene, path, elems, nth);
	for (i = 0; i < scene.nchs; i++)
		states[i] = state_of(scene.chs[i]);
	held = holdings_now();
	ret = scene_run(&scene);
	sweep->faults += scene.failed != INJECTION_NONE;
	sweep->absorbed = scene.failed == INJECTION_ALLOCATION && ret != -ENOMEM;
	sweep->enomem += ret == -ENOMEM;
	sweep->efault += ret == -EFAULT && ret != path->result;
	if (ret < 0)
		right = scene_is_told_why(&scene, ret) && scene_unchanged(&scene, states, &held);
	right = right && scene_completes(&scene, ret) && path->check(&scene);
	scene_end(&scene);
	after = holdings_now();
	scene.nth = nth;
	if (memcmp(&after, &before, sizeof(after)))
		right = scene_broken(&scene, "something was leaked");
	sweep->broken += !right;
	return scene.failed != INJECTION_NONE;
}

static struct sweep sweep_all(const struct path *path, char *elems)
{
	struct sweep sweep = {};
	unsigned int nth = 1, ways = 0;

	/*
	 * A fallback that the kernel used, such as a slab of another order, may not be needed the
	 * next time: then the following fault point has its number.
	 */
	while (sweep_one(&sweep, path, elems, nth)) {
		if (sweep.absorbed && ++ways < SWEEP_WAYS)
			continue;
		ways = 0;
		if (nth++ == SWEEP_END)
			give_up("still a fault point after %u faults", SWEEP_END);
	}
	return sweep;
}

static bool sweep_has_missed(const struct sweep *sweep, const struct path *path)
{
	return sweep->enomem < path->enomem || sweep->efault < path->efault;
}

struct sweep sweep(const struct path *path)
{
	char *elems = shared_alloc(SWEEP_ELEMS);
	struct sweep sweep;
	unsigned int tries = 0;

	injection_set_up();
	do {
		sweep = sweep_all(path, elems);
	} while (!sweep.broken && sweep_has_missed(&sweep, path) && ++tries < SWEEP_TRIES);
	munmap(elems, SWEEP_ELEMS);
	return sweep;
}
