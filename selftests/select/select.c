// SPDX-License-Identifier: GPL-2.0-only
/* Select (G5): which cases are ready, which one is chosen, and that exactly one is carried out. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/variants.h"

CAPACITY_FIXTURE(select);

TEST_F(select, G5_parked_peer_is_ready)
{
	uint64_t sent = 1, received = 0;
	int idle = channel_make(0), ch = channel_make(variant->cap);
	struct chan_case cases[] = {
		chan_case_recv(idle, &received, sizeof(received)),
		chan_case_send(ch, &sent, sizeof(sent)),
	};
	struct operation *receiver = operation_park_recv(variant->kind, ch);

	EXPECT_EQ(1, chan_select(cases, 2));
	EXPECT_EQ(0, cases[1].result);
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_EQ(1, operation_value(receiver));
	EXPECT_EQ(1, channel_info(ch).sends.handoff);
}

TEST_F(select, G5_parked_sender_is_received_from)
{
	int idle = channel_make(0), ch = channel_make(variant->cap);
	uint64_t value = 0;
	struct chan_case cases[] = {
		chan_case_recv(ch, &value, sizeof(value)),
		chan_case_recv(idle, &value, sizeof(value)),
	};
	struct operation *sender;

	channel_send_range(ch, 1, variant->cap);
	sender = operation_park_send(variant->kind, ch, variant->cap + 1);
	EXPECT_EQ(0, chan_select(cases, 2));
	EXPECT_EQ(1, cases[0].result);
	EXPECT_EQ(1, value);
	EXPECT_EQ(0, operation_join(sender));
}

TEST_F(select, G5_parked_select_is_completed_by_a_send)
{
	int ch[3], i;
	uint64_t *room = shared_alloc(3 * sizeof(*room));
	struct chan_case cases[3];
	struct operation *op;

	for (i = 0; i < 3; i++) {
		ch[i] = channel_make(variant->cap);
		cases[i] = chan_case_recv(ch[i], &room[i], sizeof(room[i]));
	}
	op = operation_park_select(variant->kind, ch[2], cases, 3);
	channel_wait_parked(ch[0], 0, 1);
	channel_send(ch[1], 7);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, ((struct chan_case *)op->data)[1].result);
	EXPECT_EQ(7, room[1]);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, channel_info(ch[i]).recvq);
		EXPECT_EQ(i == 1, channel_info(ch[i]).recvs.park);
	}
}

TEST_F(select, G5_parked_select_is_completed_by_a_receive)
{
	int full = channel_make(variant->cap), other = channel_make(0);
	uint64_t *elem = shared_alloc(2 * sizeof(*elem));
	struct chan_case cases[] = {
		chan_case_send(other, &elem[0], sizeof(elem[0])),
		chan_case_send(full, &elem[1], sizeof(elem[1])),
	};
	struct operation *op;
	uint64_t i;

	channel_send_range(full, 1, variant->cap);
	elem[0] = 100;
	elem[1] = variant->cap + 1;
	op = operation_park_select(variant->kind, full, cases, 2);
	for (i = 1; i <= variant->cap + 1; i++)
		EXPECT_EQ(i, channel_recv(full));
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(0, channel_info(other).sendq);
	EXPECT_EQ(-EAGAIN, chan_try_recv(other, &i, sizeof(i)));
}

TEST_F(select, G5_two_selects_that_face_each_other_meet)
{
	int a = channel_make(0), b = channel_make(0);
	uint64_t *memory = shared_alloc(4 * sizeof(*memory));
	struct chan_case one[] = {
		chan_case_send(a, &memory[0], sizeof(memory[0])),
		chan_case_recv(b, &memory[1], sizeof(memory[1])),
	};
	struct chan_case two[] = {
		chan_case_send(b, &memory[2], sizeof(memory[2])),
		chan_case_recv(a, &memory[3], sizeof(memory[3])),
	};
	struct operation *op;
	int i, chosen;

	memory[0] = 5;
	memory[2] = 6;
	op = operation_park_select(variant->kind, a, one, 2);
	chosen = chan_select(two, 2);
	i = operation_join(op);
	ASSERT_GE(chosen, 0);
	/* If the send of one was carried out, so was the other's receive. */
	EXPECT_EQ(!chosen, i);
	EXPECT_EQ(chosen ? 5 : 6, memory[chosen ? 3 : 1]);
}

TEST_F(select, G6_close_completes_a_parked_select)
{
	int ch = channel_make(variant->cap), other = channel_make(0);
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case cases[] = {
		chan_case_recv(other, room, sizeof(*room)),
		chan_case_recv(ch, room, sizeof(*room)),
	};
	struct operation *op = operation_park_select(variant->kind, ch, cases, 2);

	*room = 1;
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(0, ((struct chan_case *)op->data)[1].result);
	EXPECT_EQ(0, *room);
	EXPECT_EQ(0, channel_info(other).recvq);
}

TEST_F(select, G4_signal_ends_a_parked_select_and_nothing_happened)
{
	int ch = channel_make(variant->cap), other = channel_make(0);
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case cases[] = {
		chan_case_recv(ch, room, sizeof(*room)),
		chan_case_send(other, room, sizeof(*room)),
	};
	struct operation *op;

	catch_signal(0);
	op = operation_park_select(variant->kind, ch, cases, 2);
	operation_signal(op, SIGUSR1);
	EXPECT_EQ(-EINTR, operation_join(op));
	EXPECT_EQ(0, channel_info(ch).recvq);
	EXPECT_EQ(0, channel_info(other).sendq);
	EXPECT_EQ(-EAGAIN, chan_try_recv(other, room, sizeof(*room)));
}

TEST(G5_nil_cases_are_never_ready)
{
	uint64_t value = 3;
	struct chan_case cases[] = {
		chan_case_send(-1, &value, sizeof(value)),
		chan_case_recv(channel_open(), &value, sizeof(value)),
		chan_case_poll(-1, UINT16_MAX),
	};

	EXPECT_EQ(-EAGAIN, chan_try_select(cases, 3));
	EXPECT_EQ(-ETIMEDOUT, chan_select_until(cases, 3, 0));
	EXPECT_EQ(3, value);
}

TEST(closed_channels_are_ready)
{
	int ch = channel_make(1);
	uint64_t value = 3;
	struct chan_case recv = chan_case_recv(ch, &value, sizeof(value));
	struct chan_case send = chan_case_send(ch, &value, sizeof(value));

	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, chan_select(&send, 1));
	EXPECT_EQ(-EPIPE, send.result);
	EXPECT_EQ(0, chan_select(&recv, 1));
	EXPECT_EQ(0, recv.result);
	EXPECT_EQ(0, value);
}

TEST(select_without_cases_is_a_sleep)
{
	const uint64_t deadline = chan_deadline(1000000);

	EXPECT_EQ(-ETIMEDOUT, chan_select_until(NULL, 0, deadline));
	EXPECT_GE(chan_deadline(0), deadline);
	EXPECT_EQ(-EAGAIN, chan_try_select(NULL, 0));
}

TEST(G5_a_select_never_meets_itself)
{
	int ch = channel_make(0);
	uint64_t value = 3;
	struct chan_case cases[] = {
		chan_case_send(ch, &value, sizeof(value)),
		chan_case_recv(ch, &value, sizeof(value)),
	};
	struct operation *op;

	EXPECT_EQ(-EAGAIN, chan_try_select(cases, 2));
	EXPECT_EQ(-ETIMEDOUT, chan_select_until(cases, 2, chan_deadline(100000)));
	op = operation_park_select(TASK_THREAD, ch, cases, 2);
	channel_wait_parked(ch, 1, 1);
	EXPECT_EQ(3, channel_recv(ch));
	EXPECT_EQ(0, operation_join(op));
	channel_wait_parked(ch, 0, 0);
}

TEST(G5_channel_in_many_cases_is_received_from_once)
{
	int ch = channel_make(2);
	uint64_t room[CHAN_SELECT_MAX];
	struct chan_case cases[CHAN_SELECT_MAX];
	int i, chosen;

	for (i = 0; i < CHAN_SELECT_MAX; i++)
		cases[i] = chan_case_recv(ch, &room[i], sizeof(room[i]));
	memset(room, 0, sizeof(room));
	channel_send_range(ch, 8, 9);
	chosen = chan_select(cases, CHAN_SELECT_MAX);
	ASSERT_GE(chosen, 0);
	for (i = 0; i < CHAN_SELECT_MAX; i++)
		EXPECT_EQ(i == chosen ? 8 : 0, room[i]);
	EXPECT_EQ(1, chan_len(ch));
}

TEST(G5_select_parks_on_as_many_channels_as_there_may_be)
{
	int ch[CHAN_SELECT_MAX], i;
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case cases[CHAN_SELECT_MAX];
	struct operation *op;

	for (i = 0; i < CHAN_SELECT_MAX; i++) {
		ch[i] = channel_make(i % 2);
		cases[i] = chan_case_recv(ch[i], room, sizeof(*room));
	}
	op = operation_park_select(TASK_PROCESS, ch[0], cases, CHAN_SELECT_MAX);
	EXPECT_EQ(CHAN_SELECT_MAX, module_parameter("live_waiters"));
	channel_send(ch[40], 4);
	EXPECT_EQ(40, operation_join(op));
	EXPECT_EQ(4, *room);
	EXPECT_EQ(0, module_parameter("live_waiters"));
}

TEST(G5_duplicates_leave_the_queue)
{
	int ch = channel_make(0);
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case cases[] = {
		chan_case_recv(ch, room, sizeof(*room)),
		chan_case_recv(ch, room, sizeof(*room)),
		chan_case_recv(ch, room, sizeof(*room)),
	};
	struct operation *op = operation_park_select(TASK_PROCESS, ch, cases, 3);

	/* [I8] One of them is queued on behalf of all. */
	channel_wait_parked(ch, 0, 1);
	channel_send(ch, 4);
	EXPECT_GE(operation_join(op), 0);
	EXPECT_EQ(4, *room);
	channel_wait_parked(ch, 0, 0);
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, room, sizeof(*room)));
}

#define DRAWS	8000

/*
 * Each ready case has the same chance: within seven standard deviations, which five counts exceed
 * by chance less than once in 10^11 runs.
 */
TEST(G5_choice_is_uniform)
{
	struct chan_case cases[9];
	uint64_t room;
	int ch[9], count[9] = { 0 };
	int i, chosen;

	for (i = 0; i < 9; i++) {
		ch[i] = channel_make(1);
		cases[i] = chan_case_recv(ch[i], &room, sizeof(room));
		/* The even ones are ready. */
		if (i % 2 == 0)
			channel_send(ch[i], i);
	}
	for (i = 0; i < DRAWS; i++) {
		chosen = chan_select(cases, 9);
		ASSERT_GE(chosen, 0);
		count[chosen]++;
		channel_send(ch[chosen], 1);
	}
	for (i = 0; i < 9; i++) {
		if (i % 2) {
			EXPECT_EQ(0, count[i]);
			continue;
		}
		EXPECT_GT(count[i], DRAWS / 5 - 250);
		EXPECT_LT(count[i], DRAWS / 5 + 250);
	}
}

TEST(first_listed_is_chosen_if_asked_for)
{
	int ch = channel_make(8);
	uint64_t room;
	struct chan_case cases[] = {
		chan_case_recv(channel_make(0), &room, sizeof(room)),
		chan_case_recv(ch, &room, sizeof(room)),
		chan_case_recv(ch, &room, sizeof(room)),
	};
	struct chan_select select = {
		.cases = (uintptr_t)cases, .ncases = 3, .casesize = sizeof(cases[0]),
		.flags = CHAN_SELECT_FIRST, .deadline = CHAN_DEADLINE_NONE,
	};
	int i;

	channel_send_range(ch, 1, 8);
	for (i = 0; i < 8; i++)
		EXPECT_EQ(1, channel_ioctl(ch, CHAN_IOC_SELECT, &select));
}

TEST(G4_fault_gives_the_element_back)
{
	int ch = channel_make(2);
	struct chan_case bad = chan_case_recv(ch, MEMORY_BAD, sizeof(uint64_t));
	struct chan_case unread = chan_case_send(ch, MEMORY_BAD, sizeof(uint64_t));

	channel_send_range(ch, 1, 2);
	EXPECT_EQ(-EFAULT, chan_select(&bad, 1));
	EXPECT_EQ(1, channel_info(ch).requeued);
	EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(-EFAULT, chan_select(&unread, 1));
	EXPECT_EQ(1, chan_len(ch));
}

TEST(G12_losing_large_elements_are_freed)
{
	static uint8_t elem[5000];
	int ch[12], i;
	struct chan_case cases[12];
	unsigned long long before;

	for (i = 0; i < 12; i++) {
		ch[i] = channel_make_elems(sizeof(elem), 1);
		cases[i] = chan_case_send(ch[i], elem, sizeof(elem));
	}
	before = module_parameter("live_bytes");
	ASSERT_GE(chan_select(cases, 12), 0);
	EXPECT_EQ(before + sizeof(elem), module_parameter("live_bytes"));
	for (i = 1; i < 12; i++)
		ASSERT_GE(chan_select(cases, 12), 0);
	EXPECT_EQ(-EAGAIN, chan_try_select(cases, 12));
	EXPECT_EQ(before + 12 * sizeof(elem), module_parameter("live_bytes"));
}

static int raw_select(struct chan_case *c, unsigned int casesize, unsigned int flags,
		      uint64_t deadline)
{
	struct chan_select select = {
		.cases = (uintptr_t)c, .ncases = 1, .casesize = casesize, .flags = flags,
		.deadline = deadline,
	};

	return channel_ioctl(c->fd, CHAN_IOC_SELECT, &select);
}

TEST(G14_cases_of_other_sizes)
{
	struct { struct chan_case c; uint64_t later; } longer = {};
	uint64_t value = 1;
	int ch = channel_make(2);

	longer.c = chan_case_send(ch, &value, sizeof(value));
	EXPECT_EQ(-EINVAL, raw_select(&longer.c, sizeof(longer.c) - 1, 0, CHAN_DEADLINE_NONE));
	EXPECT_EQ(-EINVAL, raw_select(&longer.c, 1 << 20, 0, CHAN_DEADLINE_NONE));
	EXPECT_EQ(0, raw_select(&longer.c, sizeof(longer), 0, CHAN_DEADLINE_NONE));
	longer.later = 1;
	EXPECT_EQ(-E2BIG, raw_select(&longer.c, sizeof(longer), 0, CHAN_DEADLINE_NONE));
	EXPECT_EQ(1, chan_len(ch));
}

#define PAINT	0xa5a5a5a5

/* As left over from an earlier select. */
static struct chan_case painted(struct chan_case c)
{
	c.length = PAINT;
	c.revents = PAINT;
	c.result = PAINT;
	c.user = PAINT;
	return c;
}

/* Whether the outputs are these and all other fields are unchanged. */
static bool outputs_are(const struct chan_case *now, struct chan_case expected, uint32_t length,
			uint32_t revents, int result)
{
	expected = painted(expected);
	expected.length = length;
	expected.revents = revents;
	expected.result = result;
	return !memcmp(now, &expected, sizeof(expected));
}

TEST(outputs_of_the_chosen_case_are_written)
{
	const int ch = channel_make(1), closed = channel_make(0), full = channel_make(1);
	const int idle = channel_make(0), file = eventfd(1, EFD_CLOEXEC);
	uint64_t value = 1;
	const struct outputs {
		struct chan_case c;
		uint32_t length;
		uint32_t revents;
		int result;
	} outputs[] = {
		{ chan_case_send(ch, &value, sizeof(value)), 0, 0, 0 },
		{ chan_case_send(closed, &value, sizeof(value)), 0, 0, -EPIPE },
		{ chan_case_recv(full, &value, sizeof(value)), sizeof(value), 0, 1 },
		{ chan_case_recv(closed, &value, sizeof(value)), 0, 0, 0 },
		{ chan_case_poll(file, POLLIN | POLLPRI), 0, POLLIN, 0 },
	};

	chan_close(closed);
	channel_send(full, 1);
	for (int i = 0; i < ARRAY_LENGTH(outputs); i++) {
		const struct chan_case never = chan_case_recv(idle, &value, sizeof(value));
		struct chan_case cases[] = {
			painted(never),
			painted(outputs[i].c),
			painted(never),
		};

		EXPECT_EQ(1, chan_select(cases, 3));
		EXPECT_TRUE(outputs_are(&cases[1], outputs[i].c, outputs[i].length,
					outputs[i].revents, outputs[i].result)) {
			TH_LOG("outputs %d: length %u, revents %u, result %d", i, cases[1].length,
			       cases[1].revents, cases[1].result);
		}
		EXPECT_TRUE(outputs_are(&cases[0], never, PAINT, PAINT, PAINT));
		EXPECT_TRUE(outputs_are(&cases[2], never, PAINT, PAINT, PAINT));
	}
}

/* A read-only page with one case. */
static struct chan_case *read_only(struct chan_case c)
{
	struct chan_case *page = shared_alloc(sysconf(_SC_PAGESIZE));

	*page = c;
	memory_protect(page);
	return page;
}

TEST(G4_element_whose_result_cannot_be_stored_is_back_at_the_head)
{
	const int sizes[] = { 0, 8, 100, 5000 };

	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const int ch = channel_make_elems(sizes[i], 2);
		uint8_t room[5000];
		struct chan_case *c = read_only(chan_case_recv(ch, room, sizes[i]));

		ASSERT_EQ(0, element_send(ch, 1));
		ASSERT_EQ(0, element_send(ch, 2));
		EXPECT_EQ(-EFAULT, raw_select(c, sizeof(*c), 0, CHAN_DEADLINE_NONE));
		EXPECT_EQ(1, channel_info(ch).requeued);
		EXPECT_EQ(1, channel_info(ch).requeues);
		EXPECT_EQ(1, element_recv(ch, 1));
		EXPECT_EQ(1, element_recv(ch, 2));
		ASSERT_EQ(0, chan_close(ch));
		EXPECT_EQ(-EFAULT, raw_select(c, sizeof(*c), 0, CHAN_DEADLINE_NONE));
	}
}

TEST(events_that_cannot_be_stored_are_an_error)
{
	const int ch = channel_make(0), file = eventfd(1, EFD_CLOEXEC);
	struct chan_case *c = read_only(chan_case_poll(file, POLLIN));
	struct chan_select select = {
		.cases = (uintptr_t)c,
		.ncases = 1,
		.casesize = sizeof(*c),
		.deadline = CHAN_DEADLINE_NONE,
	};

	EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_SELECT, &select));
}

/* The return value reports the same. */
TEST(G4_send_whose_result_cannot_be_stored_is_sent)
{
	const int ch = channel_make(2);
	uint64_t value = 7;
	struct chan_case *c = read_only(chan_case_send(ch, &value, sizeof(value)));

	EXPECT_EQ(0, raw_select(c, sizeof(*c), 0, CHAN_DEADLINE_NONE));
	EXPECT_EQ(1, chan_len(ch));
	EXPECT_EQ(7, channel_recv(ch));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(CHAN_SELECT_CLOSED, raw_select(c, sizeof(*c), 0, CHAN_DEADLINE_NONE));
}

/* A file is only polled for events that it knows. */
TEST(events_above_16_bits_fail)
{
	const int file = eventfd(1, EFD_CLOEXEC);
	struct chan_case c;

	for (int bit = 16; bit < 32; bit++) {
		c = chan_case_poll(file, POLLIN | 1U << bit);
		EXPECT_EQ(-EINVAL, chan_select(&c, 1));
	}
	c = chan_case_poll(file, UINT16_MAX);
	EXPECT_EQ(0, chan_select(&c, 1));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM,
		  c.revents | POLLRDNORM | POLLWRNORM);
}

TEST(deadline_is_on_the_clock_that_was_named)
{
	uint64_t value, soon = 1000000;
	struct chan_case c = chan_case_recv(channel_make(0), &value, sizeof(value));
	const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };
	const unsigned int flags[] = { 0, CHAN_SELECT_REALTIME, CHAN_SELECT_BOOTTIME };
	struct timespec now;
	uint64_t deadline;
	int i;

	for (i = 0; i < 3; i++) {
		clock_gettime(clocks[i], &now);
		deadline = now.tv_sec * 1000000000ULL + now.tv_nsec + soon;
		EXPECT_EQ(-ETIMEDOUT, raw_select(&c, sizeof(c), flags[i], deadline));
		clock_gettime(clocks[i], &now);
		EXPECT_GE(now.tv_sec * 1000000000ULL + now.tv_nsec, deadline);
	}
	EXPECT_EQ(-EINVAL, raw_select(&c, sizeof(c), flags[1] | flags[2], 0));
}

TEST(G2_restart_after_a_signal_goes_to_the_back)
{
	int ch = channel_make(0);
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case c = chan_case_recv(ch, room, sizeof(*room));
	struct operation *op, *second;

	catch_signal(SA_RESTART);
	op = operation_park_select(TASK_THREAD, ch, &c, 1);
	second = operation_park_recv(TASK_THREAD, ch);
	operation_signal(op, SIGUSR1);
	wait_until(channel_info(ch).recv_parks == 3 && channel_info(ch).recvq == 2);
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(second));
	channel_send(ch, 2);
	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(2, *room);
}

/* Parked to receive, it would see its own channel as ready to send. */
TEST(G5_channel_of_another_case_is_not_polled)
{
	int ch = channel_make(0);
	uint64_t value = 1;
	struct chan_case cases[] = {
		chan_case_recv(ch, &value, sizeof(value)),
		chan_case_poll(channel_dup(ch, CHAN_RIGHT_SEND), UINT16_MAX),
	};

	EXPECT_EQ(-EINVAL, chan_select(cases, 2));
	EXPECT_EQ(0, channel_info(ch).recv_parks);
}

TEST(errors_change_nothing)
{
	int ch = channel_make(1), fds[2], i;
	uint64_t value = 1;
	struct chan_case good = chan_case_send(ch, &value, sizeof(value));
	struct { int err; struct chan_case c; } bad[] = {
		{ -EBADF, chan_case_send(1000, &value, sizeof(value)) },
		{ -EBADF, chan_case_send(-2, &value, sizeof(value)) },
		{ -EBADF, chan_case_recv(channel_dup(ch, CHAN_RIGHT_SEND), &value, sizeof(value)) },
		{ -EBADF, chan_case_poll(1000, UINT16_MAX) },
		{ -ENOTTY, chan_case_send(0, &value, sizeof(value)) },
		{ -EINVAL, { .fd = ch, .op = 0 } },
		{ -EINVAL, { .fd = ch, .op = 4 } },
		{ -EINVAL, { .fd = ch, .op = CHAN_CASE_SEND, .flags = 1 } },
		{ -EINVAL, { .fd = ch, .op = CHAN_CASE_SEND, .events = 1 } },
		{ -EINVAL, { .fd = ch, .op = CHAN_CASE_SEND, .files = 1 } },
		{ -EINVAL, { .fd = ch, .op = CHAN_CASE_POLL, .elem = 1 } },
		{ -EINVAL, { .fd = ch, .op = CHAN_CASE_POLL, .size = 1 } },
		{ -EINVAL, { .fd = ch, .op = CHAN_CASE_POLL, .files = 1 } },
		{ -EINVAL, { .fd = ch, .op = CHAN_CASE_POLL, .events = 1 << 16 } },
		{ -EMSGSIZE, chan_case_send(ch, &value, sizeof(value) - 1) },
		{ -EFAULT, chan_case_send(ch, MEMORY_BAD, sizeof(value)) },
	};

	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, dup2(fds[0], 0));
	for (i = 0; i < ARRAY_LENGTH(bad); i++) {
		struct chan_case cases[] = { good, bad[i].c };

		EXPECT_EQ(bad[i].err, chan_select(cases, 2)) {
			TH_LOG("case %d", i);
		}
		EXPECT_EQ(0, chan_len(ch));
	}
	EXPECT_EQ(-E2BIG, chan_select(&good, CHAN_SELECT_MAX + 1));
}

#define ROUNDS		10000
#define OPPOSITE	8

/* Selects without a ready case: returns 0, or the first other result. */
static int run_select_again_and_again(struct operation *op)
{
	int i, ret = -EAGAIN;

	for (i = 0; i < ROUNDS && ret == -EAGAIN; i++)
		ret = chan_try_select(op->data, OPPOSITE);
	return ret == -EAGAIN ? 0 : ret;
}

TEST(G12_selects_that_list_channels_in_opposite_order_go_on)
{
	static struct chan_case cases[2][OPPOSITE];
	struct operation *ops[2];
	uint64_t value = 1;
	int i, ch;

	for (i = 0; i < OPPOSITE; i++) {
		ch = channel_make(0);
		cases[0][i] = chan_case_recv(ch, &value, sizeof(value));
		cases[1][OPPOSITE - 1 - i] = chan_case_recv(ch, &value, sizeof(value));
	}
	for (i = 0; i < 2; i++) {
		ops[i] = operation_new(TASK_THREAD, run_select_again_and_again, ch, 1);
		ops[i]->data = cases[i];
		operation_start(ops[i]);
	}
	EXPECT_TRUE(operations_succeed(ops, 2));
}

TEST_HARNESS_MAIN
