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

/* Each access is checked by itself. */
#define user_read_access_begin(from, size)	((void)(from), (void)(size), true)
#define user_read_access_end()			do { } while (0)
#define unsafe_get_user(variable, from, label) \
	do { \
		if (get_user(variable, from)) \
			goto label; \
	} while (0)
#define user_write_access_begin(to, size)	((void)(to), (void)(size), true)
#define user_write_access_end()			do { } while (0)
#define unsafe_put_user(value, to, label) \
	do { \
		if (put_user(value, to)) \
			goto label; \
	} while (0)

#define access_ok(address, size)		((void)(address), (void)(size), true)
#define __copy_from_user_inatomic(to, from, n)	copy_from_user(to, from, n)
#define __copy_to_user_inatomic(to, from, n)	copy_to_user(to, from, n)

/* In between, an access to user memory does not sleep. */
void pagefault_disable(void);
void pagefault_enable(void);

#endif /* _SHIM_LINUX_UACCESS_H */
