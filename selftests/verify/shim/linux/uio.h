/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_UIO_H
#define _SHIM_LINUX_UIO_H

#include <linux/types.h>
#include <sys/uio.h>

/**
 * struct iov_iter - a position in segments of user memory
 * @segments: one after the other
 * @n: number of segments
 * @position: bytes from their beginning
 */
struct iov_iter {
	const struct iovec *segments;
	unsigned int	n;
	size_t		position;
};

size_t copy_from_iter(void *to, size_t n, struct iov_iter *iter);
size_t copy_to_iter(const void *from, size_t n, struct iov_iter *iter);
size_t iov_iter_zero(size_t n, struct iov_iter *iter);
void iov_iter_revert(struct iov_iter *iter, size_t n);

#endif /* _SHIM_LINUX_UIO_H */
