// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation and copy faults in a send and in a receive: a failed call changes nothing (G4), no
 * element is lost (G3), nothing is leaked (G11). Each allocation and each copy fails once.
 */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/sweep_test.h"

/*
 * Elements of whole words, which go straight to and from a ring, and if that faults by way of
 * slots, so an injected fault is none to the caller; others that their slots hold; and elements
 * by reference.
 */
#define WORD	8
#define WORDS	24
#define INLINE	25
#define REF	257
/* Large enough that the memory falls back to single pages. */
#define PAGES	65536

SWEEP_FIXTURE(fail_nth_xfer)

/* @count values from @first on. */
static struct operation *new_operation(struct scene *scene, int (*run)(struct operation *op),
				       unsigned int first, unsigned int count)
{
	struct operation *op = operation_new(TASK_THREAD, run, scene->chs[0], count);
	unsigned int i;

	for (i = 0; i < count; i++)
		element_fill((char *)op->elems + i * op->elemsize, op->elemsize, first + i);
	return op;
}

static void fill(struct scene *scene)
{
	unsigned int i;

	scene_add(scene);
	for (i = 1; i <= scene->path->filled; i++) {
		if (element_send(scene->chs[0], i))
			give_up("element %u was not sent", i);
	}
}

/* The values after those in the buffer, and perhaps a waiting receiver. */
static void build_send(struct scene *scene)
{
	const struct path *path = scene->path;
	unsigned int i;

	fill(scene);
	for (i = 0; i < scene->count; i++)
		element_fill(scene_elem(scene, i), scene->elemsize, path->filled + 1 + i);
	if (!path->peers)
		return;
	scene->peer = new_operation(scene, operation_recv, 0, path->peers);
	operation_park(scene->peer);
}

/* Perhaps a waiting sender with the values after those in the buffer. */
static void build_recv(struct scene *scene)
{
	const struct path *path = scene->path;

	fill(scene);
	if (!path->peers)
		return;
	scene->peer = new_operation(scene, operation_send, path->filled + 1, path->peers);
	operation_park(scene->peer);
}

static void meet_send(struct scene *scene)
{
	scene->peer = new_operation(scene, operation_recv, 0, scene->path->filled + scene->count);
	operation_start(scene->peer);
}

static void meet_recv(struct scene *scene)
{
	scene->peer = new_operation(scene, operation_send, 1, scene->count);
	operation_start(scene->peer);
}

/* How many elements are left to move, and where they are. */
static void *rest(const struct scene *scene, unsigned int *count)
{
	*count = scene->count - scene->moved;
	return scene_elem(scene, scene->moved);
}

static int moved(struct scene *scene, long n)
{
	if (n > 0)
		scene->moved += n;
	return n;
}

static int call_xfer(struct scene *scene, unsigned int command, unsigned int flags)
{
	struct chan_xfer xfer = {
		.flags = flags,
		.elemsize = scene->elemsize,
		.deadline = chan_deadline(60000000000ULL),
	};

	xfer.elems = (uintptr_t)rest(scene, &xfer.count);
	xfer.min = xfer.count;
	return moved(scene, channel_ioctl(scene->chs[0], command, &xfer));
}

static int call_send(struct scene *scene)
{
	const int err = chan_send(scene->chs[0], scene->elems, scene->elemsize);

	return moved(scene, err ? err : 1);
}

static int call_sendv(struct scene *scene)
{
	return call_xfer(scene, CHAN_IOC_SENDV, 0);
}

static int call_try_sendv(struct scene *scene)
{
	return call_xfer(scene, CHAN_IOC_SENDV, CHAN_XFER_NONBLOCK);
}

static int call_write(struct scene *scene)
{
	const size_t size = scene->elemsize;
	unsigned int count;
	const void *elems = rest(scene, &count);
	const ssize_t n = result_of(write(scene->chs[0], elems, count * size));

	return moved(scene, n < 0 ? n : n / (ssize_t)size);
}

/* The remaining elements in two segments; one element spans both. */
static int call_vector(struct scene *scene,
		       ssize_t (*call)(int fd, const struct iovec *vector, int n))
{
	const size_t size = scene->elemsize;
	unsigned int count;
	char *elems = rest(scene, &count);
	const struct iovec vector[] = {
		{ elems, size / 2 }, { elems + size / 2, count * size - size / 2 },
	};
	const ssize_t n = result_of(call(scene->chs[0], vector, 2));

	return moved(scene, n < 0 ? n : n / (ssize_t)size);
}

static int call_writev(struct scene *scene)
{
	return call_vector(scene, writev);
}

static int call_readv(struct scene *scene)
{
	return call_vector(scene, readv);
}

static int call_recv(struct scene *scene)
{
	return moved(scene, chan_recv(scene->chs[0], scene->elems, scene->elemsize));
}

static int call_recvv(struct scene *scene)
{
	return call_xfer(scene, CHAN_IOC_RECVV, 0);
}

static int call_try_recvv(struct scene *scene)
{
	return call_xfer(scene, CHAN_IOC_RECVV, CHAN_XFER_NONBLOCK);
}

static int call_read(struct scene *scene)
{
	const size_t size = scene->elemsize;
	unsigned int count;
	void *elems = rest(scene, &count);
	const ssize_t n = result_of(read(scene->chs[0], elems, count * size));

	return moved(scene, n < 0 ? n : n / (ssize_t)size);
}

/* An element that cannot be stored is the caller's fault, not the peer's. */
static int call_recv_nowhere(struct scene *scene)
{
	return chan_recv(scene->chs[0], MEMORY_BAD, scene->elemsize);
}

static bool elems_are(const struct scene *scene, const void *elems, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!element_is((const char *)elems + i * scene->elemsize, scene->elemsize, i + 1))
			return scene_broken(scene, "element %u is another", i + 1);
	}
	return true;
}

/* The peer's values come first, then the elements in the channel. */
static bool check_send(struct scene *scene)
{
	const unsigned int all = scene->path->filled + scene->count;
	struct operation *peer = scene->peer;

	if (!peer)
		return scene_receives(scene, 1, all);
	if (operation_wait(peer) != peer->count)
		return scene_broken(scene, "the peer received %d elements", peer->result);
	return elems_are(scene, peer->elems, peer->count) &&
	       scene_receives(scene, peer->count + 1, all);
}

static bool check_recv(struct scene *scene)
{
	const unsigned int all = scene->path->filled + (scene->peer ? scene->peer->count : 0);

	if (!elems_are(scene, scene->elems, scene->count) ||
	    !scene_receives(scene, scene->count + 1, all))
		return false;
	return !scene->peer || operation_wait(scene->peer) == scene->peer->count ||
	       scene_broken(scene, "the peer sent %d elements", scene->peer->result);
}

/* Nothing was lost. */
static bool check_recv_nowhere(struct scene *scene)
{
	const struct path *path = scene->path;

	return scene_receives(scene, 1, path->filled + path->peers + (path->meet ? 1 : 0));
}

#define SWEEP_SEND(name, _call, size, _cap, _filled, _count, _peers, _meet, _enomem, _efault) \
	FIXTURE_VARIANT_ADD(fail_nth_xfer, name) { \
		.path = { \
			.build = build_send, .call = _call, .meet = _meet, .check = check_send, \
			.elemsize = size, .cap = _cap, .filled = _filled, .count = _count, \
			.peers = _peers, \
			.enomem = _enomem, .efault = _efault, \
		}, \
	}

#define SWEEP_RECV(name, _call, size, _cap, _filled, _count, _peers, _meet, _efault) \
	FIXTURE_VARIANT_ADD(fail_nth_xfer, name) { \
		.path = { \
			.build = build_recv, .call = _call, .meet = _meet, .check = check_recv, \
			.elemsize = size, .cap = _cap, .filled = _filled, .count = _count, \
			.peers = _peers, \
			.efault = _efault, \
		}, \
	}

#define SWEEP_RECV_NOWHERE(name, size, _cap, _filled, _peers, _meet) \
	FIXTURE_VARIANT_ADD(fail_nth_xfer, name) { \
		.path = { \
			.build = build_recv, .call = call_recv_nowhere, .meet = _meet, \
			.check = check_recv_nowhere, .elemsize = size, .cap = _cap, \
			.filled = _filled, .count = 1, .peers = _peers, .result = -EFAULT, \
		}, \
	}

/* cap filled count peers meet */
SWEEP_SEND(send_word_to_ring, call_send, WORD,             2, 1, 1, 0, NULL, 0, 0);
SWEEP_SEND(send_words_to_ring, call_send, WORDS,           2, 1, 1, 0, NULL, 0, 0);
SWEEP_SEND(send_to_ring, call_send, INLINE,                2, 1, 1, 0, NULL, 0, 1);
SWEEP_SEND(send_ref_to_ring, call_send, REF,               2, 1, 1, 0, NULL, 1, 1);
SWEEP_SEND(send_pages_to_ring, call_send, PAGES,           2, 1, 1, 0, NULL, 0, 1);
SWEEP_SEND(send_to_peer, call_send, INLINE,                0, 0, 1, 1, NULL, 0, 1);
SWEEP_SEND(send_ref_to_peer, call_send, REF,               0, 0, 1, 1, NULL, 1, 1);
SWEEP_SEND(send_parks, call_send, INLINE,                  1, 1, 1, 0, meet_send, 0, 1);
SWEEP_SEND(send_ref_parks, call_send, REF,                 0, 0, 1, 0, meet_send, 1, 1);
SWEEP_SEND(sendv_words_to_ring, call_sendv, WORDS,         7, 1, 3, 0, NULL, 0, 1);
SWEEP_SEND(sendv_words_park, call_sendv, WORDS,            2, 1, 3, 0, meet_send, 0, 1);
SWEEP_SEND(sendv_to_ring, call_sendv, INLINE,              7, 1, 3, 0, NULL, 0, 2);
SWEEP_SEND(sendv_ref_to_ring, call_sendv, REF,             7, 1, 3, 0, NULL, 1, 2);
SWEEP_SEND(sendv_to_peer, call_sendv, INLINE,              7, 0, 3, 2, NULL, 0, 2);
SWEEP_SEND(sendv_parks, call_sendv, INLINE,                1, 1, 3, 0, meet_send, 0, 2);
SWEEP_SEND(sendv_ref_parks, call_sendv, REF,               1, 1, 3, 0, meet_send, 1, 2);
SWEEP_SEND(try_sendv, call_try_sendv, INLINE,              7, 1, 3, 0, NULL, 0, 2);
SWEEP_SEND(try_sendv_ref, call_try_sendv, REF,             7, 1, 3, 0, NULL, 1, 2);
SWEEP_SEND(write_to_ring, call_write, INLINE,              7, 1, 3, 0, NULL, 0, 1);
SWEEP_SEND(writev_to_ring, call_writev, INLINE,            7, 1, 3, 0, NULL, 0, 1);
SWEEP_SEND(writev_ref_parks, call_writev, REF,             1, 1, 3, 0, meet_send, 1, 1);
SWEEP_SEND(write_ref_parks, call_write, REF,               1, 1, 3, 0, meet_send, 1, 1);

SWEEP_RECV(recv_word_from_ring, call_recv, WORD,           3, 2, 1, 0, NULL, 0);
SWEEP_RECV(recv_words_from_ring, call_recv, WORDS,         3, 2, 1, 0, NULL, 0);
SWEEP_RECV(recv_from_ring, call_recv, INLINE,              3, 2, 1, 0, NULL, 1);
SWEEP_RECV(recv_ref_from_ring, call_recv, REF,             3, 2, 1, 0, NULL, 1);
SWEEP_RECV(recv_pages_from_ring, call_recv, PAGES,         3, 2, 1, 0, NULL, 1);
SWEEP_RECV(recv_from_ring_and_peer, call_recv, INLINE,     2, 2, 1, 1, NULL, 1);
SWEEP_RECV(recv_ref_from_ring_and_peer, call_recv, REF,    2, 2, 1, 1, NULL, 1);
SWEEP_RECV(recv_from_peer, call_recv, INLINE,              0, 0, 1, 1, NULL, 1);
SWEEP_RECV(recv_ref_from_peer, call_recv, REF,             0, 0, 1, 1, NULL, 1);
SWEEP_RECV(recv_parks, call_recv, INLINE,                  0, 0, 1, 0, meet_recv, 1);
SWEEP_RECV(recv_ref_parks, call_recv, REF,                 1, 0, 1, 0, meet_recv, 1);
SWEEP_RECV(recvv_from_ring, call_recvv, INLINE,            7, 5, 3, 0, NULL, 2);
SWEEP_RECV(recvv_ref_from_ring, call_recvv, REF,           7, 5, 3, 0, NULL, 2);
SWEEP_RECV(recvv_words_from_ring, call_recvv, WORDS,       7, 5, 3, 0, NULL, 1);
SWEEP_RECV(recvv_runs_from_ring, call_recvv, WORD,         90, 90, 70, 0, NULL, 1);
SWEEP_RECV(recvv_batches_from_ring, call_recvv, INLINE,    90, 90, 70, 0, NULL, 2);
SWEEP_RECV(recvv_from_ring_and_peer, call_recvv, INLINE,   2, 2, 3, 1, NULL, 2);
SWEEP_RECV(recvv_parks, call_recvv, INLINE,                1, 0, 3, 0, meet_recv, 2);
SWEEP_RECV(recvv_ref_parks, call_recvv, REF,               1, 0, 3, 0, meet_recv, 2);
SWEEP_RECV(try_recvv, call_try_recvv, INLINE,              7, 5, 3, 0, NULL, 2);
SWEEP_RECV(try_recvv_ref, call_try_recvv, REF,             7, 5, 3, 0, NULL, 2);
SWEEP_RECV(read_from_ring, call_read, INLINE,              7, 5, 3, 0, NULL, 1);
SWEEP_RECV(readv_from_ring, call_readv, INLINE,            7, 5, 3, 0, NULL, 1);
SWEEP_RECV(readv_ref_parks, call_readv, REF,               1, 0, 3, 0, meet_recv, 1);
SWEEP_RECV(read_ref_parks, call_read, REF,                 1, 0, 3, 0, meet_recv, 1);

SWEEP_RECV_NOWHERE(requeue_from_ring, INLINE,            2, 2, 0, NULL);
SWEEP_RECV_NOWHERE(requeue_ref_from_ring, REF,           2, 2, 0, NULL);
SWEEP_RECV_NOWHERE(requeue_from_peer, INLINE,            0, 0, 1, NULL);
SWEEP_RECV_NOWHERE(requeue_ref_parks, REF,               0, 0, 0, meet_recv);

SWEEP_MAIN
