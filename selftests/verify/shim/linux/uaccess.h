/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_UACCESS_H
#define _SHIM_LINUX_UACCESS_H

#include <linux/errno.h>
#include <linux/types.h>

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long clear_user(void __user *to, unsigned long n);
int copy_struct_from_user(void *to, size_t size, const void __user *from, size_t user_size);

#define get_user(variable, from) \
	(copy_from_user(&(variable), from, sizeof(variable)) ? -EFAULT : 0)
#define put_user(value, to) \
	({ \
		typeof(*(to)) put_value = (value); \
		copy_to_user(to, &put_value, sizeof(put_value)) ? -EFAULT : 0; \
	})

/* Each write is checked by itself. */
#define user_write_access_begin(to, size)	((void)(to), (void)(size), true)
#define user_write_access_end()			do { } while (0)
#define unsafe_put_user(value, to, label) \
	do { \
		if (put_user(value, to)) \
			goto label; \
	} while (0)

#endif /* _SHIM_LINUX_UACCESS_H */
