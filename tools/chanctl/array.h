/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHANCTL_ARRAY_H
#define CHANCTL_ARRAY_H

#include <stddef.h>

/**
 * array_grow() - make space for one more item
 * @items: NULL, or the last return value
 * @count: number of items
 * @size: size of an item
 *
 * Return: the array, possibly moved. Exits without memory.
 */
void *array_grow(void *items, size_t count, size_t size);

#endif /* CHANCTL_ARRAY_H */
