// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel.h"

bool kernel_is_checked(void)
{
	return !access("/sys/kernel/debug/kmemleak", F_OK) ||
	       !access("/sys/kernel/debug/kcsan", F_OK);
}

bool kernel_is_realtime(void)
{
	struct utsname name;

	return !uname(&name) && strstr(name.version, "PREEMPT_RT");
}
