// SPDX-License-Identifier: GPL-2.0-only
/* Kernel-side oracle: log messages, and the counters of the module. */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oracle.h"

#define PATTERNS_MAX	64
/* Elements held by a dying process are requeued a moment after its death. */
#define COUNTER_TRIES	2000
#define COUNTER_NAP	1000

static const char *const counters[] = { "live_channels", "live_waiters", "live_bytes" };
#define COUNTERS	(sizeof(counters) / sizeof(counters[0]))

static regex_t patterns[PATTERNS_MAX];
static unsigned int pattern_count;
static int messages_fd;
static int counter_fds[COUNTERS];

static bool read_patterns(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[256];

	if (!file)
		return false;
	while (pattern_count < PATTERNS_MAX && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && !regcomp(&patterns[pattern_count], line, REG_EXTENDED | REG_NOSUB))
			pattern_count++;
	}
	fclose(file);
	return pattern_count;
}

bool fuzz_oracle_init(const char *patterns_path)
{
	char path[128];
	unsigned int i;

	if (!read_patterns(patterns_path))
		return false;
	messages_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (messages_fd < 0 || lseek(messages_fd, 0, SEEK_END) < 0)
		return false;
	for (i = 0; i < COUNTERS; i++) {
		snprintf(path, sizeof(path), "/sys/module/chan/parameters/%s", counters[i]);
		counter_fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (counter_fds[i] < 0)
			return false;
	}
	return true;
}

static bool is_complaint(const char *message)
{
	unsigned int i;

	for (i = 0; i < pattern_count; i++) {
		if (!regexec(&patterns[i], message, 0, NULL, 0))
			return true;
	}
	return false;
}

bool fuzz_oracle_kernel(char *reason, size_t room)
{
	char record[8192], *message;
	bool good = true;
	ssize_t length;

	for (;;) {
		length = read(messages_fd, record, sizeof(record) - 1);
		/* Some messages were overwritten: continue with the oldest one left. */
		if (length < 0 && errno == EPIPE)
			continue;
		if (length <= 0)
			return good;
		record[length] = '\0';
		message = strchr(record, ';');
		if (!good || !message || !is_complaint(message))
			continue;
		message++;
		snprintf(reason, room, "the kernel complained: %.*s",
			 (int)strcspn(message, "\n"), message);
		good = false;
	}
}

static long counter_read(unsigned int index)
{
	char text[32] = "";

	if (pread(counter_fds[index], text, sizeof(text) - 1, 0) <= 0)
		return -1;
	return strtol(text, NULL, 10);
}

bool fuzz_oracle_counters(char *reason, size_t room)
{
	unsigned int i, tries;
	long value;

	for (i = 0; i < COUNTERS; i++) {
		for (tries = 0; (value = counter_read(i)) && tries < COUNTER_TRIES; tries++)
			usleep(COUNTER_NAP);
		if (value) {
			snprintf(reason, room, "%s is %ld, not 0", counters[i], value);
			return false;
		}
	}
	return true;
}
