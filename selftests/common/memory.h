/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that faults.
 */
#ifndef _COMMON_MEMORY_H
#define _COMMON_MEMORY_H

#include <stddef.h>

/* The first inaccessible address after a page of accessible memory. */
void *memory_border(void);
/* A read-only page. */
void *memory_read_only(void);
/* Not accessible to any process. */
#define MEMORY_BAD	((void *)8)

/**
 * struct memory_slow - a page whose first access waits, as behind a slow file system,
 *	until the test releases it
 * @page: the page
 * @fd: of userfaultfd(2)
 */
struct memory_slow {
	void *page;
	int fd;
};

/* Any access waits, including accesses by the kernel. */
struct memory_slow memory_slow_new(void);
/* Wait until a task waits for the page. */
void memory_slow_wait(const struct memory_slow *slow);
/* Provide the page, zeroed: its waiters continue. */
void memory_slow_release(const struct memory_slow *slow);
/* Make the page inaccessible: its waiters fault. */
void memory_slow_lose(const struct memory_slow *slow);

/* From now on, the page is read-only. */
void memory_protect(void *page);
/* The first inaccessible address after that many accessible bytes. */
void *memory_border_after(size_t size);

/**
 * struct memory_file - shared memory that can be removed under its users
 * @memory: the memory
 * @fd: of the file behind it
 */
struct memory_file {
	void *memory;
	int fd;
};

/* Zeroed. Processes forked later share it. */
struct memory_file memory_file_new(size_t size);
/* From now on it is inaccessible to all. */
void memory_file_lose(const struct memory_file *file);

#endif /* _COMMON_MEMORY_H */
