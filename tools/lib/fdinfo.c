// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fdinfo.h"

static const char *const fact_names[FACTS] = {
	[FACT_TYPE]	= "chan-type",
	[FACT_ELEMSIZE]	= "chan-elemsize",
	[FACT_CAP]	= "chan-cap",
	[FACT_LEN]	= "chan-len",
	[FACT_CLOSED]	= "chan-closed",
	[FACT_SENDQ]	= "chan-sendq",
	[FACT_RECVQ]	= "chan-recvq",
	[FACT_FLAGS]	= "chan-flags",
	[FACT_SENDERS]	= "chan-senders",
	[FACT_RECEIVERS] = "chan-receivers",
	[FACT_CLOSERS]	= "chan-closers",
};

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void fdinfo_take_paths(struct paths *paths, const char *value)
{
	sscanf(value, "handoff=%" SCNu64 " ring=%" SCNu64 " park=%" SCNu64, &paths->handoff,
	       &paths->ring, &paths->park);
}

/* Unknown words come from newer modules. */
static void fdinfo_take_words(struct waiter *waiter, char *words)
{
	const struct {
		const char *name;
		bool *value;
	} known[] = {
		{ "select", &waiter->select },
		{ "deadline", &waiter->deadline },
		{ "file", &waiter->file },
		{ "ref", &waiter->ref },
	};
	const char *word;
	size_t i;

	while ((word = strsep(&words, " "))) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			if (!strcmp(word, known[i].name))
				*known[i].value = true;
		}
	}
}

static int fdinfo_take_parked(struct channel *channel, char *value)
{
	struct waiter waiter = {};
	int words;
	char side[5];

	if (sscanf(value, "%d %4s %" SCNu64 "%n", &waiter.pid, side, &waiter.age, &words) < 3)
		return 0;
	waiter.send = !strcmp(side, "send");
	fdinfo_take_words(&waiter, value + words);
	snprintf(waiter.side, sizeof(waiter.side), "%s%s", side, waiter.select ? ",select" : "");
	return channel_add_waiter(channel, &waiter);
}

/* Unknown names come from other files, or newer modules. */
static int fdinfo_take(struct channel *channel, struct holder *holder, const char *name,
		       char *value)
{
	int i;

	if (!strcmp(name, "chan-id"))
		channel->id = strtoull(value, NULL, 10);
	else if (!strcmp(name, "chan-rights"))
		copy(holder->rights, sizeof(holder->rights), value);
	else if (!strcmp(name, "chan-refs"))
		holder->refs = strtoul(value, NULL, 10);
	else if (!strcmp(name, "chan-sends"))
		fdinfo_take_paths(&channel->sends, value);
	else if (!strcmp(name, "chan-recvs"))
		fdinfo_take_paths(&channel->recvs, value);
	else if (!strcmp(name, "chan-parked-more"))
		channel->more_waiters = strtoul(value, NULL, 10);
	else if (!strcmp(name, "chan-parked"))
		return fdinfo_take_parked(channel, value);
	for (i = 0; i < FACTS; i++) {
		if (!strcmp(name, fact_names[i]))
			copy(channel->facts[i], FACT_SIZE, value);
	}
	return 0;
}

static int fdinfo_take_line(struct channel *channel, struct holder *holder, char *line)
{
	char *value = strstr(line, ":\t");

	if (!value)
		return 0;
	*value = 0;
	value += strlen(":\t");
	value[strcspn(value, "\n")] = 0;
	return fdinfo_take(channel, holder, line, value);
}

int fdinfo_read(FILE *stream, struct channel *channel, struct holder *holder)
{
	char *line = NULL;
	ssize_t length = 0;
	size_t size = 0;
	int err = 0;

	memset(channel, 0, sizeof(*channel));
	errno = 0;
	while (!err) {
		length = getline(&line, &size, stream);
		if (length < 0 || *line == '\n')
			break;
		err = fdinfo_take_line(channel, holder, line);
	}
	if (!err && length < 0 && !feof(stream))
		err = -errno;
	free(line);
	if (!err && channel->id)
		return 1;
	free(channel->waiters);
	return err;
}
