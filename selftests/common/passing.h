/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File descriptors on their way through a socket (SCM_RIGHTS).
 */
#ifndef _COMMON_PASSING_H
#define _COMMON_PASSING_H

/* Two connected sockets that keep messages apart. */
void passing_pair(int sockets[2]);
void passing_send(int socket, int fd);
/* Waits for one. */
int passing_recv(int socket);

#endif /* _COMMON_PASSING_H */
