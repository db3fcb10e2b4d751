// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of a channel as seen by programs unaware of channels: its type, its name, FIONREAD, and
 * the effects of reopening or watching it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"

static struct stat status_of(int fd)
{
	struct stat status;

	if (fstat(fd, &status))
		give_up("fstat: %s", strerror(errno));
	return status;
}

TEST(the_type_is_a_fifo_whose_mode_is_the_rights)
{
	const int ch = channel_make(1);
	const struct {
		unsigned int rights;
		mode_t mode;
	} copies[] = {
		{ CHAN_RIGHTS_ALL, 0600 },
		{ CHAN_RIGHT_RECV, 0400 },
		{ CHAN_RIGHT_SEND, 0200 },
		{ CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE, 0200 },
		{ CHAN_RIGHT_CLOSE, 0 },
	};

	EXPECT_EQ(S_IFIFO | 0600, status_of(ch).st_mode);
	for (int i = 0; i < ARRAY_LENGTH(copies); i++)
		EXPECT_EQ(S_IFIFO | copies[i].mode, status_of(channel_dup(ch, copies[i].rights)).st_mode);
	EXPECT_EQ(S_IFIFO | 0400, status_of(chan_after(1)).st_mode);
	EXPECT_TRUE(S_ISCHR(status_of(channel_open()).st_mode));
}

/* Folded for programs of 32 bits, whose fstat(2) would fail with EOVERFLOW. */
static uint64_t inode_number(int ch)
{
	const uint64_t id = channel_info(ch).id;

	return sizeof(long) == 8 ? id : (uint32_t)(id ^ id >> 32);
}

TEST(the_number_of_the_inode_is_that_of_the_channel)
{
	const int ch = channel_make(1), copy = channel_dup(ch, CHAN_RIGHT_RECV);

	EXPECT_EQ(inode_number(ch), status_of(ch).st_ino);
	EXPECT_EQ(inode_number(ch), status_of(copy).st_ino);
	EXPECT_EQ(status_of(ch).st_dev, status_of(copy).st_dev);
	EXPECT_EQ(geteuid(), status_of(copy).st_uid);
	EXPECT_EQ(getegid(), status_of(copy).st_gid);
}

static const char *link_of(int fd)
{
	static char name[PATH_MAX];
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	length = readlink(path, name, sizeof(name) - 1);
	name[length > 0 ? length : 0] = '\0';
	return name;
}

TEST(the_name_tells_the_channel)
{
	const int ch = channel_make(1), copy = channel_dup(ch, CHAN_RIGHT_RECV);
	char name[64];

	snprintf(name, sizeof(name), "chan:[%llu]", (unsigned long long)channel_info(ch).id);
	EXPECT_STREQ(name, link_of(ch));
	EXPECT_STREQ(name, link_of(copy));
}

/* A stream whose buffer size is that many bytes writes whole elements. */
TEST(the_block_size_is_a_multiple_of_the_element)
{
	const size_t sizes[] = { 1, 7, 8, 24, 4095, 4096, 4097, CHAN_ELEM_MAX };

	EXPECT_EQ(sysconf(_SC_PAGESIZE), status_of(channel_make_elems(0, 1)).st_blksize);
	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const long size = status_of(channel_make_elems(sizes[i], 1)).st_blksize;

		EXPECT_LE(sizes[i], size);
		EXPECT_EQ(0, size % sizes[i]);
	}
}

TEST(elements_of_24_bytes_pass_through_streams_of_the_c_library)
{
	char element[25];
	int fds[2];
	FILE *out;

	ASSERT_EQ(0, chan_pair(fds, 24, 1000, 0));
	out = fdopen(fds[1], "w");
	for (int i = 0; i < 1000; i++)
		fprintf(out, "%023d\n", i);
	EXPECT_EQ(0, fclose(out));
	EXPECT_EQ(1000, channel_info(fds[0]).len);
	for (int i = 0; i < 1000; i++) {
		ASSERT_EQ(24, read(fds[0], element, 24));
		ASSERT_EQ(i, atoi(element));
	}
	EXPECT_EQ(0, read(fds[0], element, 24));
}

static int reopen(int fd, int mode)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return result_of(open(path, mode));
}

TEST(what_is_reopened_is_another_open_file)
{
	int fds[2], send, recv;
	uint64_t value = 5;

	ASSERT_EQ(0, chan_pair(fds, 8, 2, 0));
	send = reopen(fds[1], O_WRONLY | O_TRUNC);
	recv = reopen(fds[0], O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, send);
	ASSERT_LE(0, recv);
	EXPECT_EQ(-EAGAIN, result_of(read(recv, &value, 8)));
	EXPECT_EQ(0, fcntl(fds[0], F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(8, write(send, &value, 8));
	/* It counts as a holder. */
	close(fds[1]);
	EXPECT_EQ(CHAN_OPEN, channel_info(recv).closed);
	EXPECT_EQ(8, read(recv, &value, 8));
	close(send);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(recv).closed);
	EXPECT_EQ(0, read(recv, &value, 8));
}

TEST(truncation_drops_nothing)
{
	const int ch = channel_make(3);
	char path[64];

	channel_send_range(ch, 1, 3);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ch);
	EXPECT_LE(0, open(path, O_RDWR | O_TRUNC));
	EXPECT_EQ(-EINVAL, result_of(truncate(path, 0)));
	EXPECT_EQ(3, channel_info(ch).len);
}

/* An O_PATH descriptor is neither sender nor receiver, and outlives both. */
TEST(a_path_does_not_delay_the_hang_up)
{
	int fds[2], path, again;
	uint64_t value;

	ASSERT_EQ(0, chan_pair(fds, 8, 2, 0));
	path = reopen(fds[1], O_PATH);
	ASSERT_LE(0, path);
	close(fds[1]);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(fds[0]).closed);
	again = reopen(path, O_WRONLY);
	ASSERT_LE(0, again);
	EXPECT_EQ(-EPIPE, result_of(write(again, &value, 8)));
	/* Even when no other file of any channel is open. */
	close(fds[0]);
	close(again);
	again = reopen(path, O_WRONLY);
	ASSERT_LE(0, again);
	EXPECT_EQ(-EPIPE, result_of(write(again, &value, 8)));
}

static int readable(int fd)
{
	int bytes = -1;
	int ret = ioctl(fd, FIONREAD, &bytes);

	return ret ? -errno : bytes;
}

TEST(fionread_tells_the_bytes_that_are_there)
{
	const int ch = channel_make(4);

	EXPECT_EQ(0, readable(ch));
	channel_send_range(ch, 1, 3);
	EXPECT_EQ(24, readable(ch));
	EXPECT_EQ(24, readable(channel_dup(ch, CHAN_RIGHT_RECV)));
	ASSERT_EQ(0, chan_close(ch));
	channel_recv(ch);
	EXPECT_EQ(16, readable(ch));
}

TEST(fionread_counts_what_was_requeued)
{
	const int ch = channel_make(4);

	channel_send_range(ch, 1, 3);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, 8));
	EXPECT_EQ(1, channel_info(ch).requeued);
	EXPECT_EQ(24, readable(ch));
}

TEST(fionread_needs_a_channel_that_is_made_the_right_and_memory)
{
	const int ch = channel_make(4), empty = channel_make_elems(0, 4);

	channel_send(ch, 1);
	ASSERT_EQ(0, chan_send(empty, NULL, 0));
	EXPECT_EQ(-EBADFD, readable(channel_open()));
	EXPECT_EQ(-EBADF, readable(channel_dup(ch, CHAN_RIGHT_SEND)));
	EXPECT_EQ(0, readable(empty));
	EXPECT_EQ(-1, ioctl(ch, FIONREAD, MEMORY_BAD));
	EXPECT_EQ(EFAULT, errno);
}

TEST(fionread_counts_elements_by_reference)
{
	static const char zeros[1 << 20];
	const int ch = channel_make_elems(sizeof(zeros), 3);

	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, chan_send(ch, zeros, sizeof(zeros)));
	EXPECT_EQ(3 << 20, readable(ch));
}

/* Any user could watch what happens to files of the device and their duplicates. */
TEST(G13_inotify_shows_no_opens_reads_writes_and_closes)
{
	const int watcher = inotify_init1(IN_NONBLOCK);
	const uint32_t events = IN_OPEN | IN_ACCESS | IN_MODIFY | IN_CLOSE;
	/* The last file holds the inode, whose release would be an event. */
	const int copy = channel_make(2), last = dup(copy);
	char path[64], event[4096];
	uint64_t value = 1;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", copy);
	ASSERT_LE(0, inotify_add_watch(watcher, "/dev/chan", events));
	ASSERT_LE(0, inotify_add_watch(watcher, path, events));
	const int files[] = { channel_make_device(2), copy, channel_dup(copy, CHAN_RIGHTS_ALL),
			      open(path, O_RDWR) };

	for (int i = 0; i < ARRAY_LENGTH(files); i++) {
		ASSERT_LE(0, files[i]);
		EXPECT_EQ(8, write(files[i], &value, 8));
		EXPECT_EQ(8, read(files[i], &value, 8));
		close(files[i]);
	}
	EXPECT_EQ(-EAGAIN, result_of(read(watcher, event, sizeof(event))));
	/* The watcher would see them of another file. */
	ASSERT_LE(0, inotify_add_watch(watcher, "/dev/null", IN_OPEN));
	close(open("/dev/null", O_RDWR));
	EXPECT_LT(0, result_of(read(watcher, event, sizeof(event))));
	close(last);
}

TEST_HARNESS_MAIN
