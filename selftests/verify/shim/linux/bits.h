/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_BITS_H
#define _SHIM_LINUX_BITS_H

#define GENMASK(high, low)	((~0UL >> (sizeof(long) * 8 - 1 - (high))) & (~0UL << (low)))

#endif /* _SHIM_LINUX_BITS_H */
