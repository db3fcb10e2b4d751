/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_BUG_H
#define _SHIM_LINUX_BUG_H

#include <linux/compiler.h>

#include "shim.h"

/* A warning is a failure here. */
#define WARN_ON_ONCE(condition) \
	(unlikely(condition) ? shim_fail("%s:%d: WARN_ON_ONCE(%s)", __FILE__, __LINE__, #condition), \
	 true : false)

#endif /* _SHIM_LINUX_BUG_H */
