/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_CRED_H
#define _SHIM_LINUX_CRED_H

#include <linux/sched.h>

static inline kuid_t current_uid(void)
{
	return current->uid;
}

#endif /* _SHIM_LINUX_CRED_H */
