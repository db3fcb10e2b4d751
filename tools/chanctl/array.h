/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHANCTL_ARRAY_H
#define CHANCTL_ARRAY_H

#include <stddef.h>

/**
 * array_grow() - make room for one more
 * @items: NULL, or what it returned last
 * @count: how many there are
 * @size: of one
 *
 * Return: the array, perhaps elsewhere. Without memory the program ends.
 */
void *array_grow(void *items, size_t count, size_t size);

#endif /* CHANCTL_ARRAY_H */
