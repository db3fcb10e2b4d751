/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _COMMON_KERNEL_H
#define _COMMON_KERNEL_H

#include <stdbool.h>

/* Is the kernel built to find bugs? Then all takes ten times as long, or more. */
bool kernel_is_checked(void);

#endif /* _COMMON_KERNEL_H */
