// SPDX-License-Identifier: GPL-2.0-only
/* Making channels: sizes, types, at most once, by which tasks; and what QUERY returns. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/state.h"

static int make(int ch, uint32_t elemsize, uint32_t cap)
{
	const struct chan_make make = { .elemsize = elemsize, .cap = cap };

	return channel_ioctl(ch, CHAN_IOC_MAKE, &make);
}

/* A slot of the ring holds an element, or refers to a large one. */
static uint64_t ring_bytes(uint64_t elemsize, uint64_t cap)
{
	return cap * (elemsize > CHAN_ELEM_INLINE ? 16 : elemsize);
}

TEST(elements_have_any_size_up_to_the_largest)
{
	const uint32_t sizes[] = { 0, 1, 2, 3, 7, 8, 9, 16, 255, 256, 257, 4095, 4096, 4097, 65536,
				   CHAN_ELEM_MAX - 1, CHAN_ELEM_MAX };
	unsigned char *in = malloc(CHAN_ELEM_MAX), *out = malloc(CHAN_ELEM_MAX + 1);

	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		int ch = channel_open();

		ASSERT_EQ(0, make(ch, sizes[i], 2));
		EXPECT_EQ(sizes[i], channel_info(ch).elemsize);
		EXPECT_EQ(2, channel_info(ch).cap);
		element_fill(in, sizes[i], 1000 + i);
		memset(out, 0xa5, CHAN_ELEM_MAX + 1);
		ASSERT_EQ(0, chan_send(ch, in, sizes[i]));
		ASSERT_EQ(1, chan_recv(ch, out, sizes[i]));
		EXPECT_EQ(0, memcmp(in, out, sizes[i])) {
			TH_LOG("%u bytes", sizes[i]);
		}
		EXPECT_EQ(0xa5, out[sizes[i]]);
		close(ch);
	}
}

TEST(larger_elements_fail)
{
	const uint32_t sizes[] = { CHAN_ELEM_MAX + 1, 2 * CHAN_ELEM_MAX, 1U << 31, ~0U };
	const int ch = channel_open();
	const struct state before = state_of(ch);

	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		EXPECT_EQ(-EINVAL, make(ch, sizes[i], 0));
		EXPECT_EQ(-EINVAL, make(ch, sizes[i], 1));
		EXPECT_EQ(-EINVAL, make(ch, sizes[i], ~0U));
	}
	EXPECT_TRUE(state_is(ch, &before));
	EXPECT_EQ(0, make(ch, CHAN_ELEM_MAX, 0));
}

TEST(larger_buffers_fail)
{
	const uint32_t max = channel_query().ring_max;
	const struct {
		uint32_t elemsize, cap;
	} rings[] = {
		{ 1, max + 1 }, { 1, ~0U }, { 2, max / 2 + 1 }, { 8, max / 8 + 1 },
		{ 256, max / 256 + 1 }, { 256, ~0U }, { 255, ~0U },
		/* Their sizes in bytes wrap to 0 or to small numbers in 32 bits. */
		{ 2, 1U << 31 }, { 8, 1U << 29 }, { 8, (1U << 29) + 1 }, { 256, 1U << 24 },
		/* A large element takes 16 bytes of the ring. */
		{ 257, max / 16 + 1 }, { CHAN_ELEM_MAX, max / 16 + 1 }, { CHAN_ELEM_MAX, 1U << 28 },
		{ CHAN_ELEM_MAX, ~0U },
	};
	const int ch = channel_open();
	const struct state before = state_of(ch);

	for (int i = 0; i < ARRAY_LENGTH(rings); i++) {
		EXPECT_EQ(-EINVAL, make(ch, rings[i].elemsize, rings[i].cap)) {
			TH_LOG("%u elements of %u bytes", rings[i].cap, rings[i].elemsize);
		}
		EXPECT_TRUE(state_is(ch, &before));
	}
	EXPECT_EQ(0, make(ch, 8, 1));
}

/* Run @body as an unprivileged user. Returns its result. */
static int unprivileged(int (*run)(int ch), int ch)
{
	const pid_t pid = fork();
	int status;

	if (!pid) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(255);
		_exit(-run(ch));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		give_up("cannot start an unprivileged task");
	return -WEXITSTATUS(status);
}

static int make_largest(int ch)
{
	return make(ch, 1, channel_query().ring_max);
}

static int make_most_refs(int ch)
{
	return make(ch, CHAN_ELEM_MAX, channel_query().ring_max / 16);
}

/* The maximum exceeds the limit of a user: the error shows that it is in range. */
TEST(the_largest_buffer_is_in_range)
{
	const int ch = channel_open();
	const struct state before = state_of(ch);

	EXPECT_EQ(-EDQUOT, unprivileged(make_largest, ch));
	EXPECT_EQ(-EDQUOT, unprivileged(make_most_refs, ch));
	EXPECT_TRUE(state_is(ch, &before));
}

static int open_and_make(int ch)
{
	return make(channel_open(), 8, 4);
}

TEST(every_user_may_make_channels)
{
	EXPECT_EQ(0, unprivileged(open_and_make, -1));
}

TEST(the_largest_capacity_needs_no_memory_if_elements_have_no_bytes)
{
	const int ch = channel_open();
	const uint64_t before = channel_query().user_bytes;

	ASSERT_EQ(0, make(ch, 0, ~0U));
	EXPECT_EQ(~0U, channel_info(ch).cap);
	EXPECT_EQ(before, channel_query().user_bytes);
	EXPECT_EQ(1000, chan_sendv(ch, NULL, 0, 1000));
	EXPECT_EQ(1000, channel_info(ch).len);
}

TEST(a_channel_is_made_once)
{
	const int ch = channel_make(4);
	struct state before;

	channel_send(ch, 1);
	before = state_of(ch);
	EXPECT_EQ(-EBUSY, make(ch, 8, 4));
	EXPECT_EQ(-EBUSY, make(ch, 0, 0));
	EXPECT_EQ(-EBUSY, make(channel_dup(ch, CHAN_RIGHT_RECV), 8, 4));
	close(before.free_fd);
	EXPECT_TRUE(state_is(ch, &before));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(-EBUSY, make(ch, 8, 4));
}

#define RACERS	4
#define RACES	30
/*
 * Each thread makes a ring of another size: this many elements once, twice, and so on. Clearing it
 * takes a while, so that other threads come in between.
 */
#define RACE_CAP	(1U << 17)

/* Threads that concurrently make the same channel. */
struct race {
	pthread_barrier_t start;
	int ch;
	int results[RACERS];
};

struct racer {
	struct race *race;
	pthread_t thread;
	int number;
};

static void *race_main(void *arg)
{
	struct racer *racer = arg;

	pthread_barrier_wait(&racer->race->start);
	racer->race->results[racer->number] = make(racer->race->ch, 8,
						    (racer->number + 1) * RACE_CAP);
	return NULL;
}

static void race_run(struct race *race)
{
	struct racer racers[RACERS];
	int i;

	race->ch = channel_open();
	pthread_barrier_init(&race->start, NULL, RACERS);
	for (i = 0; i < RACERS; i++) {
		racers[i] = (struct racer){ .race = race, .number = i };
		if (pthread_create(&racers[i].thread, NULL, race_main, &racers[i]))
			give_up("pthread_create");
	}
	for (i = 0; i < RACERS; i++)
		pthread_join(racers[i].thread, NULL);
	pthread_barrier_destroy(&race->start);
}

TEST(of_racing_makes_one_succeeds)
{
	const struct chan_query before = channel_query();

	for (int n = 0; n < RACES; n++) {
		struct race race;
		int winner = -1;

		race_run(&race);
		for (int i = 0; i < RACERS; i++) {
			if (race.results[i] == 0 && winner < 0)
				winner = i;
			else
				EXPECT_EQ(-EBUSY, race.results[i]);
		}
		ASSERT_LE(0, winner);
		EXPECT_EQ((winner + 1) * RACE_CAP, channel_info(race.ch).cap);
		EXPECT_EQ(before.user_channels + 1, channel_query().user_channels);
		EXPECT_EQ(before.user_bytes + 8 * (winner + 1) * RACE_CAP,
			  channel_query().user_bytes);
		channel_send_range(race.ch, 1, 7);
		close(race.ch);
	}
}

static int make_typed(int ch, const char *type, size_t length)
{
	struct chan_make make = { .elemsize = 8 };

	memcpy(make.type, type, length);
	return channel_ioctl(ch, CHAN_IOC_MAKE, &make);
}

TEST(types_are_kept)
{
	const char *const types[] = { "", "x", "struct job", "1234567890123456789012345678901",
				      "\x01\n\xff \\" };

	for (int i = 0; i < ARRAY_LENGTH(types); i++) {
		char expected[CHAN_TYPE_MAX] = "";
		struct chan_info info;
		int ch = channel_open();

		ASSERT_EQ(0, make_typed(ch, types[i], strlen(types[i])));
		strcpy(expected, types[i]);
		info = channel_info(ch);
		EXPECT_EQ(0, memcmp(expected, info.type, sizeof(expected))) {
			TH_LOG("%s", types[i]);
		}
	}
}

TEST(types_without_an_end_fail)
{
	const int ch = channel_open();
	const struct state before = state_of(ch);

	EXPECT_EQ(-EINVAL, make_typed(ch, "12345678901234567890123456789012", CHAN_TYPE_MAX));
	EXPECT_TRUE(state_is(ch, &before));
}

TEST(bytes_after_the_type_fail)
{
	const int ch = channel_open();
	const struct state before = state_of(ch);

	for (int end = 0; end < CHAN_TYPE_MAX - 1; end++) {
		for (int i = end + 1; i < CHAN_TYPE_MAX; i++) {
			char type[CHAN_TYPE_MAX] = "";

			memset(type, 'x', end);
			type[i] = 1;
			EXPECT_EQ(-EINVAL, make_typed(ch, type, sizeof(type))) {
				TH_LOG("end %d, byte %d", end, i);
			}
		}
	}
	EXPECT_TRUE(state_is(ch, &before));
}

TEST(flags_are_kept)
{
	const struct chan_make make = { .elemsize = 8, .flags = CHAN_F_NOHUP };
	const int ch = channel_open();

	ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &make));
	EXPECT_EQ(CHAN_F_NOHUP, channel_info(ch).flags);
	EXPECT_EQ(0, channel_info(channel_make(1)).flags);
}

TEST(a_new_channel_is_open_and_empty)
{
	const int ch = channel_make(7);
	struct chan_info expected = {
		.elemsize = 8,
		.cap = 7,
		.rights = CHAN_RIGHTS_ALL,
		.senders = 1,
		.receivers = 1,
	};
	const struct chan_info info = channel_info(ch);

	EXPECT_NE(0, info.id);
	EXPECT_NE(info.id, channel_info(channel_make(7)).id);
	expected.id = info.id;
	EXPECT_EQ(0, memcmp(&expected, &info, sizeof(info)));
}

TEST(ids_tell_nothing_of_other_channels)
{
	uint64_t ids[64];
	int higher = 0;

	for (int i = 0; i < ARRAY_LENGTH(ids); i++) {
		ids[i] = channel_info(channel_make(0)).id;
		EXPECT_NE(0, ids[i]);
		EXPECT_EQ(0, ids[i] >> 53);
		for (int before = 0; before < i; before++)
			EXPECT_NE(ids[before], ids[i]);
		higher += i && ids[i] > ids[i - 1];
	}
	/* Fewer than 20 or more than 43 of 63 exceed their predecessor once in a million runs. */
	EXPECT_LE(20, higher);
	EXPECT_GE(43, higher);
}

TEST(query_says_what_the_module_knows_and_allows)
{
	const struct chan_query query = channel_query();

	EXPECT_EQ(CHAN_ABI_VERSION, query.version);
	EXPECT_EQ(CHAN_F_ALL, query.make_flags);
	EXPECT_EQ(CHAN_XFER_ALL, query.xfer_flags);
	EXPECT_EQ(CHAN_RIGHTS_ALL, query.rights);
	EXPECT_EQ(CHAN_ELEM_MAX, query.elem_max);
	EXPECT_EQ(CHAN_ELEM_INLINE, query.elem_inline);
	EXPECT_EQ(1U << 30, query.ring_max);
	EXPECT_EQ(module_parameter("user_channels"), query.user_channels_max);
	EXPECT_EQ(module_parameter("user_bytes"), query.user_bytes_max);
}

TEST(query_counts_what_the_user_has)
{
	const uint32_t sizes[] = { 0, 1, 8, 256, 257, 4096 };
	const struct chan_query before = channel_query();

	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		int ch = channel_open();
		struct chan_query now;

		/* A nil channel is not charged. */
		EXPECT_EQ(before.user_channels, channel_query().user_channels);
		ASSERT_EQ(0, make(ch, sizes[i], 100));
		now = channel_query();
		EXPECT_EQ(before.user_channels + 1, now.user_channels);
		EXPECT_EQ(before.user_bytes + ring_bytes(sizes[i], 100), now.user_bytes) {
			TH_LOG("%u bytes", sizes[i]);
		}
		close(ch);
		now = channel_query();
		EXPECT_EQ(before.user_channels, now.user_channels);
		EXPECT_EQ(before.user_bytes, now.user_bytes);
	}
}

TEST(query_needs_neither_a_made_channel_nor_a_right)
{
	const int ch = channel_make(4);
	struct chan_query query, expected = channel_query();

	EXPECT_EQ(0, channel_ioctl(channel_dup(ch, CHAN_RIGHT_CLOSE), CHAN_IOC_QUERY, &query));
	EXPECT_EQ(0, memcmp(&expected, &query, sizeof(query)));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, channel_ioctl(ch, CHAN_IOC_QUERY, &query));
	EXPECT_EQ(0, memcmp(&expected, &query, sizeof(query)));
	EXPECT_EQ(0, channel_ioctl(channel_open(), CHAN_IOC_QUERY, &query));
}

TEST(the_device_is_opened_for_reading_and_writing_only)
{
	const int modes[] = { O_RDONLY, O_WRONLY, O_ACCMODE, O_RDONLY | O_NONBLOCK,
			      O_WRONLY | O_CLOEXEC };
	const int more[] = { O_NONBLOCK, O_CLOEXEC, O_APPEND, O_CREAT, O_TRUNC, O_NOCTTY };
	const unsigned long long before = module_parameter("live_channels");

	for (int i = 0; i < ARRAY_LENGTH(modes); i++) {
		EXPECT_EQ(-1, open("/dev/chan", modes[i]));
		EXPECT_EQ(EINVAL, errno) {
			TH_LOG("mode 0x%x", modes[i]);
		}
	}
	EXPECT_EQ(before, module_parameter("live_channels"));
	for (int i = 0; i < ARRAY_LENGTH(more); i++)
		EXPECT_LE(0, open("/dev/chan", O_RDWR | more[i], 0600));
	EXPECT_EQ(before + ARRAY_LENGTH(more), module_parameter("live_channels"));
}

TEST(elements_without_bytes_have_no_address)
{
	const int ch = channel_make_elems(0, 7);

	EXPECT_EQ(0, chan_send(ch, MEMORY_BAD, 0));
	EXPECT_EQ(0, chan_send(ch, NULL, 0));
	EXPECT_EQ(5, chan_sendv(ch, MEMORY_BAD, 0, 5));
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, MEMORY_BAD, 0));
	EXPECT_EQ(7, channel_info(ch).len);
	EXPECT_EQ(1, chan_recv(ch, MEMORY_BAD, 0));
	EXPECT_EQ(1, chan_recv(ch, NULL, 0));
	EXPECT_EQ(5, chan_recvv(ch, MEMORY_BAD, 0, 100));
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, MEMORY_BAD, 0));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, chan_recv(ch, MEMORY_BAD, 0));
	EXPECT_EQ(-EPIPE, chan_send(ch, MEMORY_BAD, 0));
	EXPECT_EQ(0, channel_info(ch).requeues);
}

TEST_HARNESS_MAIN
