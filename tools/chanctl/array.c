// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <error.h>
#include <stdlib.h>

#include "array.h"

void *array_grow(void *items, size_t count, size_t size)
{
	/* Its capacity is a power of two. */
	if (count & (count - 1))
		return items;
	items = reallocarray(items, count ? 2 * count : 1, size);
	if (!items)
		error(EXIT_FAILURE, errno, "events");
	return items;
}
