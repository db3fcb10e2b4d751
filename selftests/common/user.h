/* SPDX-License-Identifier: GPL-2.0-only */
/* Unprivileged users. Each test has its own, so that tests do not share charges. */
#ifndef _COMMON_USER_H
#define _COMMON_USER_H

#include <sys/types.h>

/* From now on, the calling process is this user's. */
void user_become(uid_t uid);

#endif /* _COMMON_USER_H */
