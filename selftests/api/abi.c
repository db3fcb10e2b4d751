// SPDX-License-Identifier: GPL-2.0-only
/*
 * The binary interface (G14): a program built against the first version works with the present
 * module. The constants and structures of that version are repeated here as plain numbers, and are
 * also used the way a program of a later version would. Tests this program's own ABI (a 32-bit
 * build is a separate program); x32 is reached by its system call numbers.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"

/* Commands of the first version. */
#define V1_QUERY	0x8048e800U
#define V2_QUERY	0x8050e800U	/* with timer_flags */
#define V1_MAKE		0x4030e801U
#define V1_DUP		0x4008e802U
#define V1_CLOSE	0x0000e803U
#define V1_INFO		0x80a0e804U
#define V1_SEND		0x4008e810U	/* of 8 bytes */
#define V1_RECV		0x8008e811U
#define V1_SENDV	0x4030e812U
#define V1_RECVV	0x4030e813U
#define V1_SELECT	0x4020e814U
#define V1_TIMER	0x4018e805U

#define SIZE(type, size) \
	_Static_assert(sizeof(struct type) == size, "size of struct " #type); \
	_Static_assert(_Alignof(struct type) <= 8, "alignment of struct " #type)
#define FIELD(type, field, offset, size) \
	_Static_assert(offsetof(struct type, field) == offset && \
		       sizeof(((struct type *)0)->field) == size, #type "." #field)

SIZE(chan_make, 48);
FIELD(chan_make, elemsize, 0, 4);
FIELD(chan_make, cap, 4, 4);
FIELD(chan_make, flags, 8, 4);
FIELD(chan_make, reserved, 12, 4);
FIELD(chan_make, type, 16, 32);

SIZE(chan_xfer, 48);
FIELD(chan_xfer, elems, 0, 8);
FIELD(chan_xfer, count, 8, 4);
FIELD(chan_xfer, min, 12, 4);
FIELD(chan_xfer, flags, 16, 4);
FIELD(chan_xfer, elemsize, 20, 4);
FIELD(chan_xfer, deadline, 24, 8);
FIELD(chan_xfer, lengths, 32, 8);
FIELD(chan_xfer, files, 40, 4);
FIELD(chan_xfer, reserved, 44, 4);

SIZE(chan_dup, 8);
FIELD(chan_dup, rights, 0, 4);
FIELD(chan_dup, flags, 4, 4);

SIZE(chan_paths, 24);
FIELD(chan_paths, handoff, 0, 8);
FIELD(chan_paths, ring, 8, 8);
FIELD(chan_paths, park, 16, 8);

SIZE(chan_info, 160);
FIELD(chan_info, id, 0, 8);
FIELD(chan_info, elemsize, 8, 4);
FIELD(chan_info, cap, 12, 4);
FIELD(chan_info, flags, 16, 4);
FIELD(chan_info, len, 20, 4);
FIELD(chan_info, closed, 24, 4);
FIELD(chan_info, rights, 28, 4);
FIELD(chan_info, senders, 32, 4);
FIELD(chan_info, receivers, 36, 4);
FIELD(chan_info, sendq, 40, 4);
FIELD(chan_info, recvq, 44, 4);
FIELD(chan_info, requeued, 48, 4);
FIELD(chan_info, maxlen, 52, 4);
FIELD(chan_info, sends, 56, 24);
FIELD(chan_info, recvs, 80, 24);
FIELD(chan_info, requeues, 104, 8);
FIELD(chan_info, send_parks, 112, 8);
FIELD(chan_info, recv_parks, 120, 8);
FIELD(chan_info, type, 128, 32);

SIZE(chan_timer, 24);
FIELD(chan_timer, expires, 0, 8);
FIELD(chan_timer, interval, 8, 8);
FIELD(chan_timer, flags, 16, 4);
FIELD(chan_timer, reserved, 20, 4);

SIZE(chan_new, 64);
FIELD(chan_new, flags, 0, 4);
FIELD(chan_new, fds, 4, 8);
FIELD(chan_new, reserved, 12, 4);
FIELD(chan_new, make, 16, 48);
FIELD(chan_new, timer, 16, 24);

SIZE(chan_query, 80);
FIELD(chan_query, version, 0, 4);
FIELD(chan_query, make_flags, 4, 4);
FIELD(chan_query, xfer_flags, 8, 4);
FIELD(chan_query, rights, 12, 4);
FIELD(chan_query, elem_max, 16, 4);
FIELD(chan_query, elem_inline, 20, 4);
FIELD(chan_query, ring_max, 24, 8);
FIELD(chan_query, user_channels_max, 32, 8);
FIELD(chan_query, user_bytes_max, 40, 8);
FIELD(chan_query, user_channels, 48, 8);
FIELD(chan_query, user_bytes, 56, 8);
FIELD(chan_query, select_flags, 64, 4);
FIELD(chan_query, select_max, 68, 4);
FIELD(chan_query, timer_flags, 72, 4);
FIELD(chan_query, new_flags, 76, 4);

SIZE(chan_case, 48);
FIELD(chan_case, fd, 0, 4);
FIELD(chan_case, op, 4, 2);
FIELD(chan_case, flags, 6, 2);
FIELD(chan_case, elem, 8, 8);
FIELD(chan_case, size, 16, 4);
FIELD(chan_case, events, 20, 4);
FIELD(chan_case, length, 24, 4);
FIELD(chan_case, revents, 28, 4);
FIELD(chan_case, result, 32, 4);
FIELD(chan_case, files, 36, 4);
FIELD(chan_case, user, 40, 8);

SIZE(chan_select, 32);
FIELD(chan_select, cases, 0, 8);
FIELD(chan_select, ncases, 8, 4);
FIELD(chan_select, casesize, 12, 4);
FIELD(chan_select, flags, 16, 4);
FIELD(chan_select, reserved, 20, 4);
FIELD(chan_select, deadline, 24, 8);

TEST(G14_numbers_never_change)
{
	const struct {
		const char *name;
		uint64_t first, now;
	} numbers[] = {
#define NUMBER(name, value) { #name, value, name }
		NUMBER(CHAN_IOC_QUERY, V2_QUERY), NUMBER(CHAN_IOC_MAKE, V1_MAKE),
		NUMBER(CHAN_IOC_DUP, V1_DUP), NUMBER(CHAN_IOC_CLOSE, V1_CLOSE),
		NUMBER(CHAN_IOC_INFO, V1_INFO), NUMBER(CHAN_IOC_SEND(8), V1_SEND),
		NUMBER(CHAN_IOC_RECV(8), V1_RECV), NUMBER(CHAN_IOC_SENDV, V1_SENDV),
		NUMBER(CHAN_IOC_RECVV, V1_RECVV), NUMBER(CHAN_IOC_SELECT, V1_SELECT),
		NUMBER(CHAN_IOC_TIMER, V1_TIMER), NUMBER(CHAN_IOC_TYPE, 0xe8),
		NUMBER(CHAN_ABI_VERSION, 1), NUMBER(CHAN_ELEM_MAX, 1048576),
		NUMBER(CHAN_ELEM_INLINE, 256), NUMBER(CHAN_TYPE_MAX, 32),
		NUMBER(CHAN_DEADLINE_NONE, UINT64_MAX), NUMBER(CHAN_RIGHT_SEND, 1),
		NUMBER(CHAN_RIGHT_RECV, 2), NUMBER(CHAN_RIGHT_CLOSE, 4),
		NUMBER(CHAN_RIGHTS_ALL, 7), NUMBER(CHAN_F_NOHUP, 1),
		NUMBER(CHAN_F_ALL, 1),
		NUMBER(CHAN_XFER_NONBLOCK, 1), NUMBER(CHAN_XFER_REALTIME, 2),
		NUMBER(CHAN_XFER_BOOTTIME, 4), NUMBER(CHAN_XFER_ALL, 7), NUMBER(CHAN_OPEN, 0),
		NUMBER(CHAN_CLOSED_BY_CLOSE, 1), NUMBER(CHAN_CLOSED_NO_SENDERS, 2),
		NUMBER(CHAN_CLOSED_NO_RECEIVERS, 3), NUMBER(CHAN_CASE_SEND, 1),
		NUMBER(CHAN_CASE_RECV, 2), NUMBER(CHAN_CASE_POLL, 3),
		NUMBER(CHAN_SELECT_MAX, 64), NUMBER(CHAN_SELECT_NONBLOCK, 1),
		NUMBER(CHAN_SELECT_REALTIME, 2), NUMBER(CHAN_SELECT_BOOTTIME, 4),
		NUMBER(CHAN_SELECT_FIRST, 8), NUMBER(CHAN_SELECT_ALL, 15),
		NUMBER(CHAN_F_TIMER, 2), NUMBER(CHAN_TIMER_REALTIME, 2),
		NUMBER(CHAN_TIMER_BOOTTIME, 4), NUMBER(CHAN_TIMER_ALL, 6),
		NUMBER(CHAN_SELECT_CLOSED, 0x10000), NUMBER(CHAN_SELECT_INDEX, 0xffff),
	};

	for (int i = 0; i < ARRAY_LENGTH(numbers); i++) {
		EXPECT_EQ(numbers[i].first, numbers[i].now) {
			TH_LOG("%s", numbers[i].name);
		}
	}
}

static int call_native(int ch, unsigned int command, void *arg)
{
	return channel_ioctl(ch, command, arg);
}

FIXTURE(abi)
{
	uint64_t *elems;
	unsigned char *end;
	int ch;
};

FIXTURE_VARIANT(abi)
{
	int (*call)(int ch, unsigned int command, void *arg);
	size_t more;
};

FIXTURE_VARIANT_ADD(abi, first_version) { .call = call_native };
FIXTURE_VARIANT_ADD(abi, later_version) { .call = call_native, .more = 8 };
FIXTURE_VARIANT_ADD(abi, much_later_version) { .call = call_native, .more = 5000 };
#ifdef __x86_64__
/* ioctl(2) as an x32 program calls it. */
static int call_x32(int ch, unsigned int command, void *arg)
{
	int ret = syscall(0x40000000 + 514, ch, command, arg);

	return ret < 0 ? -errno : ret;
}

FIXTURE_VARIANT_ADD(abi, x32) { .call = call_x32 };
#endif

#define ROOM	16384

FIXTURE_SETUP(abi)
{
#ifdef MAP_32BIT
	const int low = MAP_32BIT;
#else
	const int low = 0;
#endif
	self->ch = channel_open();
	if (variant->call(self->ch, V1_CLOSE, NULL) == -ENOSYS)
		SKIP(return, "the kernel runs no x32 programs: boot it with syscall.x32=y");
	self->elems = mmap(NULL, 3 * ROOM, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | low, -1, 0);
	ASSERT_NE(MAP_FAILED, self->elems);
	self->end = (unsigned char *)self->elems + 2 * ROOM;
	ASSERT_EQ(0, mprotect(self->end, ROOM, PROT_NONE));
}

FIXTURE_TEARDOWN(abi)
{
}

/*
 * A structure of version 1 followed by that many zero bytes, at the end of accessible memory, so
 * that any access beyond it faults.
 */
static unsigned char *place(unsigned char *end, size_t more, const void *first, size_t size)
{
	memset(end - ROOM, 0, ROOM);
	return memcpy(end - size - more, first, size);
}

#define CALL(number, first) \
	variant->call(self->ch, (number) + (variant->more << 16), \
		      place(self->end, variant->more, &(first), sizeof(first)))

/* A version 1 result: its fields, provided that all bytes after them are zero. */
#define RESULT(number, first) ({ \
	static const unsigned char zeros_[ROOM]; \
	unsigned char *placed_ = place(self->end, variant->more, &(first), sizeof(first)); \
	\
	memset(placed_, 0xa5, sizeof(first) + variant->more); \
	ASSERT_EQ(0, variant->call(self->ch, (number) + (variant->more << 16), placed_)); \
	EXPECT_EQ(0, memcmp(placed_ + sizeof(first), zeros_, variant->more)); \
	memcpy(&(first), placed_, sizeof(first)); \
})

struct v1_make {
	uint32_t elemsize, cap, flags, reserved;
	char type[32];
};

struct v1_xfer {
	uint32_t elems, elems_high, count, min, flags, elemsize, deadline, deadline_high;
	uint32_t zeros[4];
};

static void set_deadline(struct v1_xfer *xfer, uint64_t deadline)
{
	xfer->deadline = deadline;
	xfer->deadline_high = deadline >> 32;
}

static const struct v1_make v1_make = { .elemsize = 8, .cap = 4, .type = "long" };

TEST_F(abi, G14_channels_are_made_and_described)
{
	const uint32_t v1_dup[2] = { 2, 0 };
	uint32_t info[40], first_query[18], query[20];
	int recv;

	EXPECT_EQ(0, variant->call(self->ch, V1_QUERY, place(self->end, 0, first_query, 72)));
	memcpy(first_query, self->end - 72, 72);
	RESULT(V2_QUERY, query);
	EXPECT_EQ(1, query[0]);
	EXPECT_EQ(1048576, query[4]);
	EXPECT_EQ(0, memcmp(first_query, query, 72));
	ASSERT_EQ(0, CALL(V1_MAKE, v1_make));
	recv = CALL(V1_DUP, v1_dup);
	ASSERT_LE(0, recv);
	RESULT(V1_INFO, info);
	EXPECT_EQ(8, info[2]);
	EXPECT_EQ(4, info[3]);
	EXPECT_EQ(7, info[7]);
	EXPECT_EQ(1, info[8]);
	EXPECT_EQ(2, info[9]);
	EXPECT_STREQ("long", (char *)&info[32]);
	EXPECT_EQ(0, variant->call(self->ch, V1_CLOSE, NULL));
	RESULT(V1_INFO, info);
	EXPECT_EQ(1, info[6]);
	EXPECT_EQ(-EBADF, variant->call(recv, V1_CLOSE, NULL));
	EXPECT_EQ(-EPIPE, variant->call(self->ch, V1_CLOSE, NULL));
}

TEST_F(abi, G14_elements_are_moved)
{
	struct v1_xfer xfer = { .elems = (uintptr_t)self->elems, .count = 3, .min = 3,
				.elemsize = 8 };
	uint64_t *elems = self->elems;

	ASSERT_EQ(0, CALL(V1_MAKE, v1_make));
	set_deadline(&xfer, UINT64_MAX);
	for (int i = 0; i < 4; i++)
		elems[i] = 0x1122334455667788 + i;
	ASSERT_EQ(3, CALL(V1_SENDV, xfer));
	ASSERT_EQ(0, variant->call(self->ch, V1_SEND, elems + 3));
	memset(elems, 0xa5, 5 * sizeof(*elems));
	ASSERT_EQ(3, CALL(V1_RECVV, xfer));
	ASSERT_EQ(1, variant->call(self->ch, V1_RECV, elems + 3));
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(0x1122334455667788 + i, elems[i]);
	EXPECT_EQ(0xa5a5a5a5a5a5a5a5, elems[4]);
}

static uint64_t real_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

TEST_F(abi, G14_deadlines_have_64_bits)
{
	struct v1_xfer xfer = { .elems = (uintptr_t)self->elems, .count = 1, .min = 1, .flags = 2,
				.elemsize = 8 };
	const uint64_t deadline = real_time() + 20000000;

	ASSERT_EQ(0, CALL(V1_MAKE, v1_make));
	set_deadline(&xfer, deadline);
	EXPECT_EQ(-ETIMEDOUT, CALL(V1_RECVV, xfer));
	EXPECT_LE(deadline, real_time());
}

TEST_F(abi, G14_addresses_have_64_bits)
{
	struct v1_xfer xfer = { .elems = (uintptr_t)self->elems, .elems_high = 1 << 30,
				.count = 1, .min = 1, .elemsize = 8 };

	ASSERT_EQ(0, CALL(V1_MAKE, v1_make));
	EXPECT_EQ(-EFAULT, CALL(V1_SENDV, xfer));
	xfer.elems_high = 0;
	EXPECT_EQ(1, CALL(V1_SENDV, xfer));
}

TEST_F(abi, G14_later_fields_are_refused_until_they_are_zero)
{
	unsigned char *make;

	if (!variant->more)
		return;
	make = place(self->end, variant->more, &v1_make, sizeof(v1_make));
	self->end[-1] = 1;
	EXPECT_EQ(-E2BIG, variant->call(self->ch, V1_MAKE + (variant->more << 16), make));
	EXPECT_EQ(0, variant->call(self->ch, V1_MAKE, make));
}

TEST_HARNESS_MAIN
