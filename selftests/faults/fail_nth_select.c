// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation and copy faults in a select: no case is carried out (G4, G5), no element is lost (G3),
 * nothing is leaked (G11). Each allocation and each copy fails once.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/sweep_test.h"

#define WORD	8
#define INLINE	24
/* Too large for two of them to fit the inline buffer for elements to send. */
#define HALF	200
#define REF	257

/* More cases than fit without an allocation. */
#define MANY	9
/* More files than can be polled without an allocation. */
#define FILES	20

/* To a full buffer. */
#define OTHER	100

SWEEP_FIXTURE(fail_nth_select)

static void add_case(struct scene *scene, struct chan_case added)
{
	scene->cases[scene->ncases++] = added;
}

static void send_to(int ch, unsigned int value)
{
	if (element_send(ch, value))
		give_up("element %u was not sent", value);
}

/* The first channel has elements or a parked sender, or gets one; the others have none. */
static void build_recv(struct scene *scene)
{
	const struct path *path = scene->path;
	unsigned int i;

	for (i = 0; i < path->ncases; i++)
		add_case(scene, chan_case_recv(scene_add(scene), scene->elems, scene->elemsize));
	for (i = 1; i <= path->filled; i++)
		send_to(scene->chs[0], i);
	if (!path->peers)
		return;
	scene->peer = operation_new(TASK_THREAD, operation_send, scene->chs[0], 1);
	element_fill(scene->peer->elems, scene->elemsize, path->filled + 1);
	operation_park(scene->peer);
}

static void meet_recv(struct scene *scene)
{
	scene->peer = operation_new(TASK_THREAD, operation_send, scene->chs[0], 1);
	element_fill(scene->peer->elems, scene->elemsize, 1);
	operation_start(scene->peer);
}

/* Only the first channel has capacity or a parked receiver, or gets one. */
static void build_send(struct scene *scene)
{
	const struct path *path = scene->path;
	unsigned int i;

	for (i = 0; i < path->ncases; i++) {
		add_case(scene, chan_case_send(scene_add(scene), scene_elem(scene, i),
					       scene->elemsize));
		element_fill(scene_elem(scene, i), scene->elemsize, i + 1);
		if (i > 0 && path->cap)
			send_to(scene->chs[i], OTHER);
	}
	if (!path->peers)
		return;
	scene->peer = operation_new(TASK_THREAD, operation_recv, scene->chs[0], 1);
	operation_park(scene->peer);
}

static void meet_send(struct scene *scene)
{
	scene->peer = operation_new(TASK_THREAD, operation_recv, scene->chs[0], 1);
	operation_start(scene->peer);
}

static void add_polls(struct scene *scene, unsigned int count)
{
	unsigned int i;

	scene->file = eventfd(count, EFD_CLOEXEC);
	if (scene->file < 0)
		give_up("eventfd: %s", strerror(errno));
	for (i = scene->ncases; i < scene->path->ncases; i++)
		add_case(scene, chan_case_poll(scene->file, POLLIN));
}

/* The file is ready, and the channel is not. */
static void build_poll_ready(struct scene *scene)
{
	add_case(scene, chan_case_recv(scene_add(scene), scene->elems, scene->elemsize));
	add_polls(scene, 1);
}

/* The channel is ready, and the file is not. */
static void build_poll_recv(struct scene *scene)
{
	unsigned int i;

	add_case(scene, chan_case_recv(scene_add(scene), scene->elems, scene->elemsize));
	for (i = 1; i <= scene->path->filled; i++)
		send_to(scene->chs[0], i);
	add_polls(scene, 0);
}

static int moved(struct scene *scene, int ret)
{
	if (ret >= 0)
		scene->moved++;
	return ret;
}

static int call_select(struct scene *scene)
{
	return moved(scene, chan_select(scene->cases, scene->ncases));
}

/* As a caller with a longer structure, whose fields are copied one by one. */
static int call_select_later(struct scene *scene)
{
	struct {
		struct chan_case known;
		uint64_t later;
	} cases[CHAN_SELECT_MAX] = {};
	const struct chan_select select = {
		.cases = (uintptr_t)cases,
		.ncases = scene->ncases,
		.casesize = sizeof(cases[0]),
		.deadline = CHAN_DEADLINE_NONE,
	};
	unsigned int i;

	for (i = 0; i < scene->ncases; i++)
		cases[i].known = scene->cases[i];
	return moved(scene, channel_ioctl(scene->chs[0], CHAN_IOC_SELECT, &select));
}

/* An element that cannot be stored is the caller's fault, not the peer's. */
static int call_select_nowhere(struct scene *scene)
{
	unsigned int i;

	for (i = 0; i < scene->ncases; i++)
		scene->cases[i].elem = (uintptr_t)MEMORY_BAD;
	return moved(scene, chan_select(scene->cases, scene->ncases));
}

/* Except for the first channel, everything is as at the beginning. */
static bool others_are_untouched(const struct scene *scene, unsigned int len)
{
	unsigned int i;

	for (i = 1; i < scene->nchs; i++) {
		const struct chan_info info = channel_info(scene->chs[i]);

		if (info.len != len || info.sendq || info.recvq || info.requeued)
			return scene_broken(scene, "channel %u has also changed", i);
	}
	return true;
}

static bool peer_has_met(const struct scene *scene)
{
	return !scene->peer || operation_wait(scene->peer) == 1 ||
	       scene_broken(scene, "the peer moved %d elements", scene->peer->result);
}

static bool check_recv(struct scene *scene)
{
	const struct path *path = scene->path;
	const unsigned int all = path->filled + (scene->peer ? 1 : 0);

	if (!element_is(scene->elems, scene->elemsize, 1))
		return scene_broken(scene, "received another element");
	return scene_receives(scene, 2, all) && peer_has_met(scene) &&
	       others_are_untouched(scene, 0);
}

static bool check_recv_nowhere(struct scene *scene)
{
	return scene_receives(scene, 1, scene->path->filled + (scene->peer ? 1 : 0)) &&
	       peer_has_met(scene) && others_are_untouched(scene, 0);
}

static bool check_send(struct scene *scene)
{
	const unsigned int len = scene->path->cap ? 1 : 0;

	if (!scene->peer)
		return scene_receives(scene, 1, 1) && others_are_untouched(scene, len);
	if (!peer_has_met(scene))
		return false;
	if (!element_is(scene->peer->elems, scene->elemsize, 1))
		return scene_broken(scene, "sent another element");
	return others_are_untouched(scene, len);
}

static bool check_poll_ready(struct scene *scene)
{
	unsigned int i, found = 0;

	for (i = 0; i < scene->ncases; i++)
		found += scene->cases[i].revents == POLLIN;
	if (found < 1)
		return scene_broken(scene, "no case has its events");
	send_to(scene->chs[0], 1);
	return scene_receives(scene, 1, 1);
}

#define SWEEP_SELECT(name, _build, _call, _check, size, _cap, _filled, _peers, _ncases, _meet, \
		     _result, _enomem, _efault) \
	FIXTURE_VARIANT_ADD(fail_nth_select, name) { \
		.path = { \
			.build = _build, .call = _call, .meet = _meet, .check = _check, \
			.elemsize = size, .cap = _cap, .filled = _filled, .count = 1, \
			.peers = _peers, .ncases = _ncases, .result = _result, \
			.enomem = _enomem, .efault = _efault, \
		}, \
	}

#define SWEEP_SELECT_RECV(name, size, cap, filled, peers, ncases, meet, enomem, efault) \
	SWEEP_SELECT(name, build_recv, call_select, check_recv, size, cap, filled, peers, ncases, \
		     meet, 0, enomem, efault)

#define SWEEP_SELECT_SEND(name, size, cap, peers, ncases, meet, enomem, efault) \
	SWEEP_SELECT(name, build_send, call_select, check_send, size, cap, 0, peers, ncases, \
		     meet, 0, enomem, efault)

/* Copies that fail: struct chan_select, the cases, the element; for words, only the first two. */
SWEEP_SELECT_RECV(recv_word, WORD,               1, 1, 0, 1, NULL, 0, 2);
SWEEP_SELECT_RECV(recv_one, INLINE,              2, 2, 0, 1, NULL, 0, 3);
SWEEP_SELECT_RECV(recv_few, INLINE,              2, 2, 0, 3, NULL, 0, 3);
SWEEP_SELECT_RECV(recv_many, INLINE,             2, 2, 0, MANY, NULL, 1, 3);
SWEEP_SELECT_RECV(recv_ref_few, REF,             2, 2, 0, 3, NULL, 0, 3);
SWEEP_SELECT_RECV(recv_from_peer, INLINE,        0, 0, 1, 3, NULL, 0, 3);
SWEEP_SELECT_RECV(recv_ref_from_peer, REF,       0, 0, 1, 3, NULL, 0, 3);
SWEEP_SELECT_RECV(recv_one_parks, INLINE,        0, 0, 0, 1, meet_recv, 0, 3);
SWEEP_SELECT_RECV(recv_few_park, INLINE,         0, 0, 0, 3, meet_recv, 0, 3);
SWEEP_SELECT_RECV(recv_many_park, INLINE,        1, 0, 0, MANY, meet_recv, 1, 3);
SWEEP_SELECT_RECV(recv_ref_few_park, REF,        0, 0, 0, 3, meet_recv, 0, 3);

/* Each element that may be sent is copied, too. */
SWEEP_SELECT_SEND(send_one, INLINE,              1, 0, 1, NULL, 0, 3);
SWEEP_SELECT_SEND(send_few, INLINE,              1, 0, 3, NULL, 0, 5);
SWEEP_SELECT_SEND(send_few_half, HALF,           1, 0, 3, NULL, 1, 5);
SWEEP_SELECT_SEND(send_many, INLINE,             1, 0, MANY, NULL, 1, MANY + 2);
SWEEP_SELECT_SEND(send_ref_few, REF,             1, 0, 3, NULL, 3, 5);
SWEEP_SELECT_SEND(send_ref_many, REF,            1, 0, MANY, NULL, MANY + 1, MANY + 2);
SWEEP_SELECT_SEND(send_to_peer, INLINE,          0, 1, 3, NULL, 0, 5);
SWEEP_SELECT_SEND(send_ref_to_peer, REF,         0, 1, 3, NULL, 3, 5);
SWEEP_SELECT_SEND(send_one_parks, INLINE,        0, 0, 1, meet_send, 0, 3);
SWEEP_SELECT_SEND(send_few_half_park, HALF,      0, 0, 3, meet_send, 1, 5);
SWEEP_SELECT_SEND(send_ref_many_park, REF,       0, 0, MANY, meet_send, MANY + 1, MANY + 2);

SWEEP_SELECT(poll_ready, build_poll_ready, call_select, check_poll_ready,
	     INLINE, 1, 0, 0, 2, NULL, 0, 1, 2);
SWEEP_SELECT(poll_many_ready, build_poll_ready, call_select, check_poll_ready,
	     INLINE, 1, 0, 0, FILES, NULL, 0, 3, 2);
SWEEP_SELECT(poll_recv, build_poll_recv, call_select, check_recv,
	     INLINE, 1, 1, 0, 2, NULL, 0, 1, 3);
SWEEP_SELECT(poll_recv_ref_parks, build_poll_recv, call_select, check_recv,
	     REF, 0, 0, 0, 2, meet_recv, 0, 1, 3);
SWEEP_SELECT(poll_many_recv_parks, build_poll_recv, call_select, check_recv,
	     INLINE, 0, 0, 0, FILES, meet_recv, 0, 3, 3);

SWEEP_SELECT(later_recv_few, build_recv, call_select_later, check_recv,
	     INLINE, 2, 2, 0, 3, NULL, 0, 0, 5);
SWEEP_SELECT(later_send_ref_few, build_send, call_select_later, check_send,
	     REF, 1, 0, 0, 3, NULL, 0, 3, 7);

/* These return EFAULT whichever copy fails. */
SWEEP_SELECT(requeue_few, build_recv, call_select_nowhere, check_recv_nowhere,
	     INLINE, 2, 2, 0, 3, NULL, -EFAULT, 0, 0);
SWEEP_SELECT(requeue_ref_many_park, build_recv, call_select_nowhere, check_recv_nowhere,
	     REF, 0, 0, 0, MANY, meet_recv, -EFAULT, 1, 0);

SWEEP_MAIN
