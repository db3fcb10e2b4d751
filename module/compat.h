/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that the module builds for, 6.1 to 7.3.
 */
#ifndef _CHAN_COMPAT_H
#define _CHAN_COMPAT_H

#include <linux/file.h>

/* Since 6.12, a struct fd is one word. */
#ifndef fd_file
#define fd_file(f)	((f).file)
#endif

#endif /* _CHAN_COMPAT_H */
