/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _COMMON_KERNEL_H
#define _COMMON_KERNEL_H

#include <stdbool.h>

/* Whether this is a debug kernel, on which everything takes ten times as long or more. */
bool kernel_is_checked(void);

/* Whether it is built with PREEMPT_RT. */
bool kernel_is_realtime(void);

#endif /* _COMMON_KERNEL_H */
