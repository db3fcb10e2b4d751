/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMMON_FDINFO_H
#define COMMON_FDINFO_H

#include <stdio.h>

#include "model.h"

/**
 * fdinfo_read() - read what a file of /proc/PID/fdinfo says of a channel
 * @stream: the file, or the list of all channels in debugfs, of which it reads one more
 * @channel: result; the commands of its waiters are not known
 * @holder: result, its rights
 *
 * Return: 1; 0 if it is of no channel, or there is no more; or a negative errno value. Only 1
 * leaves waiters to free.
 */
int fdinfo_read(FILE *stream, struct channel *channel, struct holder *holder);

#endif /* COMMON_FDINFO_H */
