// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structures that another thread modifies during an ioctl (double fetch): the module acts on a
 * single copy of each, so it uses exactly the values it checked.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/state.h"

/* Minimum number of rounds; more until every outcome was seen. */
#define ROUNDS	5000
#define MANY	8

/* Modifications that the other thread repeats until told to stop. */
struct flipper {
	void (*flip)(void *structure, unsigned int n);
	void *structure;
	bool stop;
	pthread_t thread;
};

static void *flipper_main(void *arg)
{
	struct flipper *flipper = arg;

	for (unsigned int n = 0; !__atomic_load_n(&flipper->stop, __ATOMIC_RELAXED); n++)
		flipper->flip(flipper->structure, n);
	return NULL;
}

static void flipper_start(struct flipper *flipper)
{
	if (pthread_create(&flipper->thread, NULL, flipper_main, flipper))
		give_up("pthread_create");
}

static void flipper_stop(struct flipper *flipper)
{
	__atomic_store_n(&flipper->stop, true, __ATOMIC_RELAXED);
	pthread_join(flipper->thread, NULL);
}

/* Two places for elements. An element says from which place it was sent, and its index there. */
static uint64_t places[2][MANY];

static void set(uint32_t *field, uint32_t value)
{
	__atomic_store_n(field, value, __ATOMIC_RELAXED);
}

/* One of the values is valid. */
static void flip_xfer(void *structure, unsigned int n)
{
	struct chan_xfer *xfer = structure;

	__atomic_store_n(&xfer->elems, (uintptr_t)places[n & 1], __ATOMIC_RELAXED);
	set(&xfer->count, n & 2 ? MANY : n & 32 ? 2 : ~0U);
	set(&xfer->min, n & 4 ? 2 : n & 16 ? 1 : 0);
	set(&xfer->flags, n & 8 ? 1U << 31 : CHAN_XFER_NONBLOCK);
}

/*
 * The invariant for @n moved elements: they are the first ones of a single place. Returns which
 * place, or -1.
 */
static int place_of(const uint64_t *elems, int n)
{
	const int place = elems[0] / MANY;

	if (place != 0 && place != 1)
		return -1;
	for (int i = 0; i < n; i++) {
		if (elems[i] != place * MANY + i)
			return -1;
	}
	return place;
}

struct outcomes {
	unsigned int invalid;
	unsigned int moved[2];
	unsigned int wrong;
};

static bool all_seen(const struct outcomes *outcomes)
{
	return outcomes->invalid && outcomes->moved[0] && outcomes->moved[1];
}

static void send_round(int ch, struct chan_xfer *xfer, struct outcomes *outcomes)
{
	uint64_t elems[MANY + 1];
	int got, place, sent = channel_ioctl(ch, CHAN_IOC_SENDV, xfer);

	if (sent < 0) {
		outcomes->invalid += sent == -EINVAL;
		outcomes->wrong += sent != -EINVAL || channel_info(ch).len;
		return;
	}
	got = chan_recvv(ch, elems, sizeof(*elems), MANY + 1);
	place = place_of(elems, got);
	outcomes->wrong += sent < 1 || sent > MANY || got != sent || place < 0;
	if (place >= 0)
		outcomes->moved[place]++;
}

TEST(a_send_acts_on_one_copy)
{
	struct chan_xfer xfer = { .elemsize = sizeof(uint64_t), .deadline = CHAN_DEADLINE_NONE };
	struct flipper flipper = { .flip = flip_xfer, .structure = &xfer };
	struct outcomes outcomes = { 0 };
	const int ch = channel_make(MANY);

	for (int i = 0; i < 2 * MANY; i++)
		places[i / MANY][i % MANY] = i;
	flipper_start(&flipper);
	for (int i = 0; i < ROUNDS || !all_seen(&outcomes); i++)
		send_round(ch, &xfer, &outcomes);
	flipper_stop(&flipper);
	EXPECT_EQ(0, outcomes.wrong);
	EXPECT_EQ(0, channel_info(ch).len);
}

#define UNTOUCHED	0xa5a5a5a5a5a5a5a5

/* How many elements of a place were stored, if they are the first ones and correct; else -1. */
static int stored(const uint64_t *place)
{
	int n, i;

	for (n = 0; n < MANY && place[n] != UNTOUCHED; n++) {
		if (place[n] != n + 1)
			return -1;
	}
	for (i = n; i < MANY; i++) {
		if (place[i] != UNTOUCHED)
			return -1;
	}
	return n;
}

static void recv_round(int ch, struct chan_xfer *xfer, struct outcomes *outcomes)
{
	int got, first, second;

	memset(places, 0xa5, sizeof(places));
	channel_send_range(ch, 1, MANY);
	got = channel_ioctl(ch, CHAN_IOC_RECVV, xfer);
	first = stored(places[0]);
	second = stored(places[1]);
	if (got < 0) {
		outcomes->invalid += got == -EINVAL;
		outcomes->wrong += got != -EINVAL || first || second;
		got = 0;
	} else {
		outcomes->wrong += !(first == got && !second) && !(second == got && !first);
		outcomes->moved[second > 0]++;
	}
	while (got++ < MANY)
		outcomes->wrong += channel_recv(ch) != got;
}

TEST(a_receive_acts_on_one_copy)
{
	struct chan_xfer xfer = { .elemsize = sizeof(uint64_t), .deadline = CHAN_DEADLINE_NONE };
	struct flipper flipper = { .flip = flip_xfer, .structure = &xfer };
	struct outcomes outcomes = { 0 };
	const int ch = channel_make(MANY);

	flipper_start(&flipper);
	for (int i = 0; i < ROUNDS || !all_seen(&outcomes); i++)
		recv_round(ch, &xfer, &outcomes);
	flipper_stop(&flipper);
	EXPECT_EQ(0, outcomes.wrong);
	EXPECT_EQ(0, channel_info(ch).requeues);
}

static void flip_dup(void *structure, unsigned int n)
{
	struct chan_dup *dup = structure;

	set(&dup->rights, n & 1 ? CHAN_RIGHT_RECV : n & 4 ? CHAN_RIGHTS_ALL : 1U << 31);
	set(&dup->flags, n & 2 ? 1 : 0);
}

TEST(G13_a_dup_gives_what_it_checked)
{
	struct chan_dup dup = { .rights = CHAN_RIGHT_RECV };
	struct flipper flipper = { .flip = flip_dup, .structure = &dup };
	const int all = channel_make(1), ch = channel_dup(all, CHAN_RIGHT_RECV);
	unsigned int given = 0, refused = 0, invalid = 0, wrong = 0, rounds;

	flipper_start(&flipper);
	for (rounds = 0; rounds < ROUNDS || !given || !refused || !invalid; rounds++) {
		int copy = channel_ioctl(ch, CHAN_IOC_DUP, &dup);

		refused += copy == -EBADF;
		invalid += copy == -EINVAL;
		if (copy < 0)
			continue;
		given++;
		wrong += channel_info(copy).rights != CHAN_RIGHT_RECV;
		close(copy);
	}
	flipper_stop(&flipper);
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(rounds, given + refused + invalid);
	EXPECT_EQ(1, channel_info(all).senders);
	EXPECT_EQ(2, channel_info(all).receivers);
}

static void flip_make(void *structure, unsigned int n)
{
	struct chan_make *make = structure;

	set(&make->elemsize, n & 1 ? 8 : n & 16 ? 1 : CHAN_ELEM_MAX + 1);
	set(&make->cap, n & 2 ? 1 : n & 8 ? 100 : ~0U);
	set(&make->flags, n & 4 ? CHAN_F_NOHUP : 0);
	memset(make->type, n & 1 ? 'x' : 0, sizeof(make->type) - (n & 1));
	make->type[sizeof(make->type) - 1] = 0;
}

/* Whether it was made from one state of the structure, and holds as many elements as it states. */
static bool made_well(int ch, uint64_t charged)
{
	const struct chan_info info = channel_info(ch);
	uint64_t element = 0;

	if ((info.elemsize != 8 && info.elemsize != 1) || (info.cap != 1 && info.cap != 100))
		return false;
	if (info.flags & ~CHAN_F_ALL || info.type[sizeof(info.type) - 1])
		return false;
	for (int i = 0; i < info.cap; i++) {
		if (chan_try_send(ch, &element, info.elemsize))
			return false;
	}
	return chan_try_send(ch, &element, info.elemsize) == -EAGAIN &&
	       charged == info.elemsize * info.cap;
}

TEST(a_make_acts_on_one_copy)
{
	struct chan_make make = { .elemsize = 8, .cap = 1 };
	struct flipper flipper = { .flip = flip_make, .structure = &make };
	const uint64_t before = channel_query().user_bytes;
	unsigned int made = 0, invalid = 0, wrong = 0, rounds;

	flipper_start(&flipper);
	for (rounds = 0; rounds < ROUNDS / 5 || !made || !invalid; rounds++) {
		int ch = channel_open();
		int ret = channel_ioctl(ch, CHAN_IOC_MAKE, &make);

		made += !ret;
		invalid += ret == -EINVAL;
		wrong += !ret && !made_well(ch, channel_query().user_bytes - before);
		close(ch);
	}
	flipper_stop(&flipper);
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(rounds, made + invalid);
	EXPECT_EQ(before, channel_query().user_bytes);
}

TEST_HARNESS_MAIN
