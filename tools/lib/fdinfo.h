/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_FDINFO_H
#define LIB_FDINFO_H

#include <stdio.h>

#include "model.h"

/**
 * fdinfo_read() - parse the entry of a channel in /proc/PID/fdinfo
 * @stream: the file; or the list of all channels in debugfs, from which one entry is read
 * @channel: output; the commands of its waiters are unknown
 * @holder: output: the rights
 *
 * Return: 1; 0 if the file is not a channel, or at the end of the list; or a negative errno
 * value. Only after 1 must the caller free the waiters.
 */
int fdinfo_read(FILE *stream, struct channel *channel, struct holder *holder);

#endif /* LIB_FDINFO_H */
