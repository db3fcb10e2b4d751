// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* Before the first message, for a mechanism that has a header. */
#define HEADER	sizeof(long)
#define PAGE	4096

const struct mechanism *const mechanisms[MECHANISMS] = {
	[CHAN] = &chan_mechanism,
	[PIPE] = &pipe_mechanism,
	[STREAM] = &stream_mechanism,
	[SEQPACKET] = &seqpacket_mechanism,
	[MQUEUE] = &mqueue_mechanism,
	[SYSV] = &sysv_mechanism,
	[EVENTFD] = &eventfd_mechanism,
	[FUTEX] = &futex_mechanism,
	[SEMAPHORE] = &semaphore_mechanism,
	[GO] = &go_mechanism,
};

/**
 * line_open() - open a line
 * @line: the line
 * @mechanism: of the line
 * @size: bytes of a message
 * @capacity: messages that it buffers
 *
 * Return: 0 or a negative errno value.
 */
int line_open(struct line *line, const struct mechanism *mechanism, size_t size,
	      unsigned int capacity)
{
	const size_t bytes = HEADER + (size > PAGE ? size : BATCH * size);
	unsigned char *memory = malloc(bytes);
	int err;

	if (!memory)
		return -ENOMEM;
	memset(memory, 1, bytes);
	*line = (struct line){
		.out = -1, .in = -1, .size = size, .capacity = capacity, .messages = memory + HEADER,
	};
	err = mechanism->open(line);
	if (err)
		free(memory);
	return err;
}

void line_close(struct line *line, const struct mechanism *mechanism)
{
	mechanism->close(line);
	free(line->messages - HEADER);
}

static int none_open(struct line *line)
{
	(void)line;
	return 0;
}

static void none_close(struct line *line)
{
	(void)line;
}

static int none_pass(const struct line *line)
{
	(void)line;
	return 0;
}

const struct mechanism no_mechanism = {
	.name = "nothing",
	.open = none_open,
	.close = none_close,
	.send = none_pass,
	.receive = none_pass,
};
