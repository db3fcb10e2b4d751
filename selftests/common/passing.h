/* SPDX-License-Identifier: GPL-2.0-only */
/* File descriptors passed over a socket (SCM_RIGHTS). */
#ifndef _COMMON_PASSING_H
#define _COMMON_PASSING_H

/* Two connected sockets that preserve message boundaries. */
void passing_pair(int sockets[2]);
void passing_send(int socket, int fd);
/* Waits for a descriptor. */
int passing_recv(int socket);

#endif /* _COMMON_PASSING_H */
