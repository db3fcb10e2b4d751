/* SPDX-License-Identifier: GPL-2.0-only */
/* No option is set. */
#ifndef _SHIM_LINUX_KCONFIG_H
#define _SHIM_LINUX_KCONFIG_H

#define IS_ENABLED(option)	0

#endif /* _SHIM_LINUX_KCONFIG_H */
