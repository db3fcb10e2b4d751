/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other users than root, who have no capabilities. Each test has its own, so that none finds
 * what another one holds.
 */
#ifndef _COMMON_USER_H
#define _COMMON_USER_H

#include <sys/types.h>

/* From now on, the calling process is this user's. */
void user_become(uid_t uid);

#endif /* _COMMON_USER_H */
