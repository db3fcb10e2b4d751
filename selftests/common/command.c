// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channel.h"
#include "command.h"
#include "state.h"

const struct command commands[12] = {
	{ "QUERY", CHAN_IOC_QUERY },
	{ "MAKE", CHAN_IOC_MAKE },
	{ "DUP", CHAN_IOC_DUP },
	{ "CLOSE", CHAN_IOC_CLOSE },
	{ "INFO", CHAN_IOC_INFO },
	{ "TIMER", CHAN_IOC_TIMER },
	{ "NEW", CHAN_IOC_NEW },
	{ "SEND", CHAN_IOC_SEND(8) },
	{ "RECV", CHAN_IOC_RECV(8) },
	{ "SENDV", CHAN_IOC_SENDV },
	{ "RECVV", CHAN_IOC_RECVV },
	{ "SELECT", CHAN_IOC_SELECT },
};

bool command_is_element(unsigned int number)
{
	return _IOC_NR(number) == _IOC_NR(CHAN_IOC_SEND(0)) ||
	       _IOC_NR(number) == _IOC_NR(CHAN_IOC_RECV(0));
}

bool command_uses(const struct command *command, unsigned int directions)
{
	return !command_is_element(command->number) && _IOC_DIR(command->number) & directions;
}

size_t command_size(const struct command *command)
{
	return _IOC_SIZE(command->number);
}

size_t command_first_size(const struct command *command)
{
	return command->number == CHAN_IOC_QUERY ? 72 : command_size(command);
}

unsigned int command_sized(const struct command *command, size_t size)
{
	const unsigned int mask = _IOC_SIZEMASK << _IOC_SIZESHIFT;

	return (command->number & ~mask) | size << _IOC_SIZESHIFT;
}

/* A file that is ready, with a number above those that tests open and close. */
static int command_ready_fd(void)
{
	int fd = eventfd(1, EFD_CLOEXEC);
	int far = fcntl(fd, F_DUPFD_CLOEXEC, 500);

	close(fd);
	return far;
}

void command_fill(const struct command *command, void *structure)
{
	static uint64_t element;
	const struct chan_make make = { .elemsize = sizeof(element), .cap = 3, .type = "long" };
	static struct chan_case ready;
	const struct chan_select select = {
		.cases = (uintptr_t)&ready,
		.ncases = 1,
		.casesize = sizeof(ready),
		.deadline = CHAN_DEADLINE_NONE,
	};
	const struct chan_timer timer = { .expires = CHAN_DEADLINE_NONE };
	const struct chan_new new = { .flags = CHAN_NEW_PAIR, .make = make };
	const struct chan_dup dup = { .rights = CHAN_RIGHTS_ALL };
	const struct chan_xfer xfer = {
		.elems = (uintptr_t)&element,
		.count = 1,
		.min = 1,
		.elemsize = sizeof(element),
		.deadline = CHAN_DEADLINE_NONE,
	};

	if (!ready.op)
		ready = chan_case_poll(command_ready_fd(), POLLIN);
	switch (command->number) {
	case CHAN_IOC_SELECT:
		memcpy(structure, &select, sizeof(select));
		break;
	case CHAN_IOC_MAKE:
		memcpy(structure, &make, sizeof(make));
		break;
	case CHAN_IOC_TIMER:
		memcpy(structure, &timer, sizeof(timer));
		break;
	case CHAN_IOC_NEW:
		memcpy(structure, &new, sizeof(new));
		break;
	case CHAN_IOC_DUP:
		memcpy(structure, &dup, sizeof(dup));
		break;
	case CHAN_IOC_SENDV:
	case CHAN_IOC_RECVV:
		memcpy(structure, &xfer, sizeof(xfer));
		break;
	}
}

/* Close the descriptors opened by CHAN_IOC_NEW. Its structure need not be aligned. */
static void command_close(const void *structure)
{
	struct chan_new new;

	memcpy(&new, structure, sizeof(new));
	for (int i = 0; i < 2; i++) {
		if (new.fds[i] >= 0)
			close(new.fds[i]);
	}
}

int command_try(unsigned int number, const void *arg)
{
	const bool make = _IOC_NR(number) == _IOC_NR(CHAN_IOC_MAKE) ||
			  _IOC_NR(number) == _IOC_NR(CHAN_IOC_TIMER);
	const bool dup = _IOC_NR(number) == _IOC_NR(CHAN_IOC_DUP);
	const int ch = make ? channel_open() : channel_make(4);
	struct state before;
	int ret;

	if (!make)
		channel_send_range(ch, 1, 2);
	before = state_of(ch);
	ret = channel_ioctl(ch, number, arg);
	if (ret < 0 && !state_is(ch, &before))
		ret = COMMAND_CHANGED;
	if (dup && ret >= 0) {
		close(ret);
		ret = 0;
	}
	if (_IOC_NR(number) == _IOC_NR(CHAN_IOC_NEW) && !ret)
		command_close(arg);
	close(ch);
	return ret;
}
