/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of epoll(7). */
#ifndef _COMMON_SET_H
#define _COMMON_SET_H

#include <stdint.h>

/* A set of one. */
int set_new(int fd, uint32_t events);
/* @change: EPOLL_CTL_* */
void set_change(int set, int change, int fd, uint32_t events);
/* The events of one ready entry; 0 after the timeout, in milliseconds. */
uint32_t set_wait(int set, int timeout);
/* The events at once. */
uint32_t set_events(int set);

#endif /* _COMMON_SET_H */
