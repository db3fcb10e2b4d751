/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of the interface, each with a channel and an argument with which it succeeds, so
 * that a test can introduce one error at a time.
 */
#ifndef _COMMON_COMMAND_H
#define _COMMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct command {
	const char *name;
	unsigned int number;
};

/* All of them. */
extern const struct command commands[12];

#define for_each_command(command) \
	for (const struct command *command = commands; \
	     command < commands + sizeof(commands) / sizeof(commands[0]); command++)
/* Commands that read a structure, only write it, or do either. An element is not a structure. */
#define for_each_taking(command) \
	for_each_command(command) if (command_uses(command, _IOC_WRITE))
#define for_each_filling(command) \
	for_each_command(command) if (command_uses(command, _IOC_READ) && \
				      !command_uses(command, _IOC_WRITE))
#define for_each_structured(command) \
	for_each_command(command) if (command_uses(command, _IOC_READ | _IOC_WRITE))

/* The largest structure that a command number can encode. */
#define COMMAND_SIZE_MAX	((1U << _IOC_SIZEBITS) - 1)

/* Whether this number, of any size, sends or receives one element. */
bool command_is_element(unsigned int number);
/* Whether it uses a structure in one of these directions, _IOC_READ and _IOC_WRITE. */
bool command_uses(const struct command *command, unsigned int directions);
size_t command_size(const struct command *command);
/* Size of its structure in the first version. */
size_t command_first_size(const struct command *command);
/* Its number for a structure of another size. */
unsigned int command_sized(const struct command *command, size_t size);
/* Fill its structure, of the known size, so that it succeeds; elements are 8 bytes. */
void command_fill(const struct command *command, void *structure);

/* A failed command has changed something. */
#define COMMAND_CHANGED	(-100001)

/*
 * Run it under this number on a channel on which it can succeed: a nil channel for CHAN_IOC_MAKE
 * and CHAN_IOC_TIMER, else one of capacity 4 with 2 elements. Its effects are undone. Returns its
 * result, where success of CHAN_IOC_DUP is 0; or COMMAND_CHANGED.
 */
int command_try(unsigned int number, const void *arg);

#endif /* _COMMON_COMMAND_H */
