// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "channel.h"

#define PARAMETERS	"/sys/module/chan/parameters/"

void give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("# ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

void wait_a_moment(void)
{
	usleep(100);
}

int channel_ioctl(int fd, unsigned long command, const void *arg)
{
	int ret = ioctl(fd, command, arg);

	return ret < 0 ? -errno : ret;
}

int channel_open(void)
{
	int ch = open("/dev/chan", O_RDWR | O_CLOEXEC);

	if (ch < 0)
		give_up("/dev/chan: %s", strerror(errno));
	return ch;
}

int channel_make_elems(size_t elemsize, unsigned int cap)
{
	int ch = chan_make(elemsize, cap, 0);

	if (ch < 0)
		give_up("chan_make: %s", strerror(-ch));
	return ch;
}

int channel_make(unsigned int cap)
{
	return channel_make_elems(sizeof(uint64_t), cap);
}

int channel_make_device(unsigned int cap)
{
	const struct chan_make make = { .elemsize = sizeof(uint64_t), .cap = cap };
	int ch = channel_open();
	int err = channel_ioctl(ch, CHAN_IOC_MAKE, &make);

	if (err)
		give_up("CHAN_IOC_MAKE: %s", strerror(-err));
	return ch;
}

int channel_dup(int ch, unsigned int rights)
{
	int copy = chan_dup(ch, rights);

	if (copy < 0)
		give_up("chan_dup: %s", strerror(-copy));
	return copy;
}

struct chan_info channel_info(int ch)
{
	struct chan_info info;
	int err = chan_get_info(ch, &info);

	if (err)
		give_up("chan_get_info: %s", strerror(-err));
	return info;
}

struct chan_query channel_query(void)
{
	struct chan_query query;
	int ch = channel_open();
	int err = channel_ioctl(ch, CHAN_IOC_QUERY, &query);

	if (err)
		give_up("CHAN_IOC_QUERY: %s", strerror(-err));
	close(ch);
	return query;
}

static bool channel_parked(int ch, unsigned int sendq, unsigned int recvq)
{
	struct chan_info info = channel_info(ch);

	return info.sendq == sendq && info.recvq == recvq;
}

void channel_wait_parked(int ch, unsigned int sendq, unsigned int recvq)
{
	wait_until(channel_parked(ch, sendq, recvq));
}

void channel_send(int ch, uint64_t value)
{
	int ret = chan_try_send(ch, &value, sizeof(value));

	if (ret)
		give_up("send of %llu: %s", (unsigned long long)value, strerror(-ret));
}

void channel_send_range(int ch, uint64_t from, uint64_t to)
{
	for (; from <= to; from++)
		channel_send(ch, from);
}

void channel_fill(int ch)
{
	const struct chan_info info = channel_info(ch);

	if (info.cap)
		channel_send_range(ch, info.len + 1, info.cap);
}

uint64_t channel_recv(int ch)
{
	uint64_t value;
	int ret = chan_try_recv(ch, &value, sizeof(value));

	if (ret != 1)
		give_up("receive: %s", ret ? strerror(-ret) : "closed and drained");
	return value;
}

static uint8_t element_byte(uint64_t value, size_t index)
{
	return index < sizeof(value) ? value >> (8 * index) : value * 31 + index;
}

void element_fill(void *elem, size_t elemsize, uint64_t value)
{
	uint8_t *bytes = elem;
	size_t i;

	for (i = 0; i < elemsize; i++)
		bytes[i] = element_byte(value, i);
}

bool element_is(const void *elem, size_t elemsize, uint64_t value)
{
	const uint8_t *bytes = elem;
	size_t i;

	for (i = 0; i < elemsize; i++) {
		if (bytes[i] != element_byte(value, i))
			return false;
	}
	return true;
}

static FILE *parameter_open(const char *name, const char *mode)
{
	char path[128];
	FILE *stream;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	stream = fopen(path, mode);
	if (!stream)
		give_up("%s: %s", path, strerror(errno));
	return stream;
}

unsigned long long module_parameter(const char *name)
{
	FILE *stream = parameter_open(name, "re");
	unsigned long long value;

	if (fscanf(stream, "%llu", &value) != 1)
		give_up("%s is not a number", name);
	fclose(stream);
	return value;
}

void module_set_parameter(const char *name, unsigned long long value)
{
	FILE *stream = parameter_open(name, "we");

	fprintf(stream, "%llu\n", value);
	if (fclose(stream))
		give_up("%s cannot be set to %llu: %s", name, value, strerror(errno));
}

ssize_t result_of(ssize_t ret)
{
	return ret < 0 ? -errno : ret;
}

short channel_events(int ch)
{
	struct pollfd poller = { .fd = ch, .events = ~0 };

	if (poll(&poller, 1, 0) < 0)
		give_up("poll: %s", strerror(errno));
	return poller.revents;
}

bool channel_paths_are(struct chan_paths paths, uint64_t handoff, uint64_t ring, uint64_t park)
{
	if (paths.handoff == handoff && paths.ring == ring && paths.park == park)
		return true;
	fprintf(stderr, "# handoff %llu, ring %llu, park %llu\n", paths.handoff, paths.ring,
		paths.park);
	return false;
}

uint64_t channel_paths_sum(struct chan_paths paths)
{
	return paths.handoff + paths.ring + paths.park;
}

bool channel_unchanged(int ch, struct chan_info before)
{
	struct chan_info now = channel_info(ch);

	before.send_parks = now.send_parks;
	before.recv_parks = now.recv_parks;
	return !memcmp(&now, &before, sizeof(now));
}

bool memory_is(const void *memory, size_t size, uint8_t value)
{
	const uint8_t *bytes = memory;

	while (size && *bytes == value) {
		bytes++;
		size--;
	}
	return !size;
}

static void *element_alloc(size_t elemsize)
{
	void *elem = malloc(elemsize);

	if (!elem)
		give_up("no memory for an element");
	return elem;
}

int element_send(int ch, uint64_t value)
{
	const size_t elemsize = channel_info(ch).elemsize;
	void *elem = element_alloc(elemsize);
	int ret;

	element_fill(elem, elemsize, value);
	ret = chan_send(ch, elem, elemsize);
	free(elem);
	return ret;
}

int element_recv(int ch, uint64_t value)
{
	const size_t elemsize = channel_info(ch).elemsize;
	void *elem = element_alloc(elemsize);
	int ret;

	memset(elem, 0xa5, elemsize);
	ret = chan_recv(ch, elem, elemsize);
	if (ret == 1 && !element_is(elem, elemsize, value))
		give_up("received an element other than %llu", (unsigned long long)value);
	free(elem);
	return ret;
}
