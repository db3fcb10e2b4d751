// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "kernel.h"

bool kernel_is_checked(void)
{
	return !access("/sys/kernel/debug/kmemleak", F_OK) ||
	       !access("/sys/kernel/debug/kcsan", F_OK);
}
