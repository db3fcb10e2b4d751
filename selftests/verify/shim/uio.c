// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segments of user memory, one after the other.
 */
#include <linux/kernel.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "internal.h"

/* The memory at the position, and the length of the contiguous part. */
static char *iov_iter_piece(const struct iov_iter *iter, size_t *size)
{
	size_t skip = iter->position;
	unsigned int i;

	for (i = 0; i < iter->n; i++) {
		const struct iovec *segment = &iter->segments[i];

		if (skip < segment->iov_len) {
			*size = min_t(size_t, *size, segment->iov_len - skip);
			return (char *)segment->iov_base + skip;
		}
		skip -= segment->iov_len;
	}
	*size = 0;
	return NULL;
}

/* Move @n bytes by @move; ends at the end of memory. Returns how many were moved. */
static size_t iov_iter_move(struct iov_iter *iter, size_t n, char *kernel,
			    unsigned long (*move)(void *user, char *kernel, size_t size))
{
	size_t done = 0, size, left = 0;
	char *user;

	while (done < n && !left) {
		size = n - done;
		user = iov_iter_piece(iter, &size);
		if (!size)
			break;
		left = move(user, kernel + done, size);
		iter->position += size - left;
		done += size - left;
	}
	return done;
}

static unsigned long iov_iter_take(void *user, char *kernel, size_t size)
{
	return copy_from_user(kernel, user, size);
}

static unsigned long iov_iter_give(void *user, char *kernel, size_t size)
{
	return copy_to_user(user, kernel, size);
}

static unsigned long iov_iter_clear(void *user, char *kernel, size_t size)
{
	(void)kernel;
	return clear_user(user, size);
}

size_t copy_from_iter(void *to, size_t n, struct iov_iter *iter)
{
	return iov_iter_move(iter, n, to, iov_iter_take);
}

size_t copy_to_iter(const void *from, size_t n, struct iov_iter *iter)
{
	return iov_iter_move(iter, n, (char *)from, iov_iter_give);
}

size_t iov_iter_zero(size_t n, struct iov_iter *iter)
{
	char none;

	/* The pointer only serves to count. */
	return iov_iter_move(iter, n, &none, iov_iter_clear);
}

void iov_iter_revert(struct iov_iter *iter, size_t n)
{
	if (n > iter->position)
		shim_fail("an iterator is reverted past its beginning");
	iter->position -= n;
}
