/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel, so that the shim needs no compatibility code. */
#ifndef _SHIM_LINUX_VERSION_H
#define _SHIM_LINUX_VERSION_H

#define KERNEL_VERSION(major, minor, patch)	(((major) << 16) + ((minor) << 8) + (patch))
#define LINUX_VERSION_CODE			KERNEL_VERSION(7, 3, 0)

#endif /* _SHIM_LINUX_VERSION_H */
