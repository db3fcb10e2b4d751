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
};

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static int fdinfo_take_parked(struct channel *channel, const char *value)
{
	struct waiter waiter = {};
	char side[5], select[7] = "";

	if (sscanf(value, "%d %4s %" SCNu64 " %6s", &waiter.pid, side, &waiter.age, select) < 3)
		return 0;
	snprintf(waiter.side, sizeof(waiter.side), "%s%s%s", side, *select ? "," : "", select);
	return channel_add_waiter(channel, &waiter);
}

/* Names that are not known are of other files, or of newer modules. */
static int fdinfo_take(struct channel *channel, struct holder *holder, const char *name,
		       const char *value)
{
	int i;

	if (!strcmp(name, "chan-id"))
		channel->id = strtoull(value, NULL, 10);
	else if (!strcmp(name, "chan-rights"))
		copy(holder->rights, sizeof(holder->rights), value);
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
	size_t size = 0;
	int err = 0;

	memset(channel, 0, sizeof(*channel));
	errno = 0;
	while (!err && getline(&line, &size, stream) >= 0)
		err = fdinfo_take_line(channel, holder, line);
	if (!err && !feof(stream))
		err = -errno;
	free(line);
	if (!err && channel->id)
		return 1;
	free(channel->waiters);
	return err;
}
