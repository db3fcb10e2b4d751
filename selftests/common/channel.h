/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels as seen by tests. Helpers that should not fail end the test's process with a message if
 * they do.
 */
#ifndef _COMMON_CHANNEL_H
#define _COMMON_CHANNEL_H

#include <chan.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define ARRAY_LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* Element sizes that take different paths through the module, and capacities. */
#define ELEMENT_SIZES	{ 0, 1, 8, 9, 256, 257, 4096, 65536 }
#define CAPACITIES	{ 0, 1, 7 }

/* Print the reason and end the process. */
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Wait for an effect of another task. After a minute it gives up, so that the test fails. */
#define wait_until(condition) \
	do { \
		uint64_t wait_end_ = chan_deadline(60000000000ULL); \
		\
		while (!(condition)) { \
			if (chan_deadline(0) > wait_end_) \
				give_up("%s:%d: timed out waiting for: %s", __FILE__, __LINE__, #condition); \
			wait_a_moment(); \
		} \
	} while (0)

void wait_a_moment(void);

/* ioctl(2) that returns a negative errno value instead of -1. */
int channel_ioctl(int fd, unsigned long command, const void *arg);

/* A nil channel. */
int channel_open(void);
/* Elements of 8 bytes, all rights. */
int channel_make(unsigned int cap);
int channel_make_elems(size_t elemsize, unsigned int cap);
/* The same as a file of /dev/chan, which was nil. */
int channel_make_device(unsigned int cap);
int channel_dup(int ch, unsigned int rights);

struct chan_info channel_info(int ch);
struct chan_query channel_query(void);

/* Wait until that many operations are parked to send and to receive. */
void channel_wait_parked(int ch, unsigned int sendq, unsigned int recvq);

/* For elements of 8 bytes: operations that must not block. */
void channel_send(int ch, uint64_t value);
void channel_send_range(int ch, uint64_t from, uint64_t to);
/* Until the buffer is full. */
void channel_fill(int ch);
uint64_t channel_recv(int ch);

/* Elements of any size, each byte derived from @value as far as the size permits. */
void element_fill(void *elem, size_t elemsize, uint64_t value);
bool element_is(const void *elem, size_t elemsize, uint64_t value);

/* A counter in /sys/module/chan/parameters. */
unsigned long long module_parameter(const char *name);
void module_set_parameter(const char *name, unsigned long long value);

/* The result of a system call that returns -1 on errors, with those as negative errno values. */
ssize_t result_of(ssize_t ret);

/* The events that poll(2) reports at once, out of all events. */
short channel_events(int ch);
/* Whether that many elements took each path. If not, prints the numbers. */
bool channel_paths_are(struct chan_paths paths, uint64_t handoff, uint64_t ring, uint64_t park);
uint64_t channel_paths_sum(struct chan_paths paths);
/* Whether INFO is unchanged, except for the number of parks. */
bool channel_unchanged(int ch, struct chan_info before);
/* Whether all bytes have this value. */
bool memory_is(const void *memory, size_t size, uint8_t value);
/* Send and receive element_fill() of the channel's size. Gives up on a mismatch. */
int element_send(int ch, uint64_t value);
int element_recv(int ch, uint64_t value);

#endif /* _COMMON_CHANNEL_H */
