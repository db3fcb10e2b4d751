/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that faults.
 */
#ifndef _COMMON_MEMORY_H
#define _COMMON_MEMORY_H

#include <stddef.h>

/* The first address that cannot be accessed, after a page of memory that can. */
void *memory_border(void);
/* A page that can be read only. */
void *memory_read_only(void);
/* Nobody can access this. */
#define MEMORY_BAD	((void *)8)

/**
 * struct memory_slow - a page whose first access waits, as behind a slow file system,
 *	until the test lets it go on
 * @page: the page
 * @fd: of userfaultfd(2)
 */
struct memory_slow {
	void *page;
	int fd;
};

/* Of which any access waits, those from the kernel as well. */
struct memory_slow memory_slow_new(void);
/* Wait until some task waits for the page. */
void memory_slow_wait(const struct memory_slow *slow);
/* Let the page be there, zeroed: who waits for it goes on. */
void memory_slow_release(const struct memory_slow *slow);
/* Let nobody access the page, ever: who waits for it faults. */
void memory_slow_lose(const struct memory_slow *slow);

/* From now on, the page can be read only. */
void memory_protect(void *page);
/* The first address that cannot be accessed, after so many bytes that can. */
void *memory_border_after(size_t size);

/**
 * struct memory_file - shared memory that can be taken away from under its users
 * @memory: the memory
 * @fd: of the file behind it
 */
struct memory_file {
	void *memory;
	int fd;
};

/* Zeroed. Processes that are forked later share it. */
struct memory_file memory_file_new(size_t size);
/* From now on, nobody can access it. */
void memory_file_lose(const struct memory_file *file);

#endif /* _COMMON_MEMORY_H */
