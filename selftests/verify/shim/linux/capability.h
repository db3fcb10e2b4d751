/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_CAPABILITY_H
#define _SHIM_LINUX_CAPABILITY_H

#include <linux/sched.h>

#define CAP_SYS_RESOURCE	24

static inline bool capable(int capability)
{
	(void)capability;
	return current->capable;
}

#endif /* _SHIM_LINUX_CAPABILITY_H */
