// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: the kernel's, of which an allocation may fail, and the user's, which is
 * ordinary memory that ends where the task says.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <stdlib.h>

#include "internal.h"

/* The result of a zero-size allocation: not NULL, and not to be accessed. */
#define ZERO_SIZE_PTR	((void *)16)
/* The first page of user memory is never there. */
#define USER_START	4096
/* The content of uninitialized memory. */
#define POISON		0xa5

/* Type of the allocation, stored before the memory itself. */
enum shim_memory_kind {
	SHIM_KMALLOC = 0x6b6d,
	SHIM_KVMALLOC = 0x6b76,
};

struct shim_memory {
	enum shim_memory_kind	kind;
	char			bytes[] __aligned(16);
};

static unsigned int shim_memory_count;
static bool shim_memory_none;
static _Thread_local unsigned int shim_memory_countdown;
static _Thread_local unsigned int shim_user_countdown;

static unsigned int shim_set_countdown(unsigned int *countdown, unsigned int nth)
{
	unsigned int left = *countdown;

	*countdown = nth;
	return left;
}

/* Whether this one fails. */
static bool shim_count_down(unsigned int *countdown)
{
	return *countdown && !--*countdown;
}

unsigned int shim_memory_fail_nth(unsigned int nth)
{
	return shim_set_countdown(&shim_memory_countdown, nth);
}

void shim_memory_fail_all(bool on)
{
	WRITE_ONCE(shim_memory_none, on);
}

unsigned int shim_user_fail_nth(unsigned int nth)
{
	return shim_set_countdown(&shim_user_countdown, nth);
}

unsigned int shim_memory_live(void)
{
	return SHIM_LOAD(shim_memory_count);
}

static void *shim_memory_alloc(size_t size, gfp_t flags, enum shim_memory_kind kind)
{
	struct shim_memory *memory;

	shim_might_sleep("allocation");
	shim_point(SHIM_POINT_ALLOC);
	current->allocations++;
	if ((SHIM_LOAD(shim_memory_none) || shim_count_down(&shim_memory_countdown)) && !(flags & __GFP_NOFAIL))
		return NULL;
	if (!size)
		return ZERO_SIZE_PTR;
	memory = malloc(sizeof(*memory) + size);
	if (!memory)
		shim_fail("no memory for an allocation of %zu bytes", size);
	memory->kind = kind;
	memset(memory->bytes, flags & __GFP_ZERO ? 0 : POISON, size);
	__atomic_fetch_add(&shim_memory_count, 1, __ATOMIC_RELAXED);
	return memory->bytes;
}

static void shim_memory_free(const void *bytes, bool may_be_kvmalloc)
{
	struct shim_memory *memory;

	if (!bytes || bytes == ZERO_SIZE_PTR)
		return;
	memory = container_of(bytes, struct shim_memory, bytes);
	if (memory->kind != SHIM_KMALLOC && !(may_be_kvmalloc && memory->kind == SHIM_KVMALLOC))
		shim_fail("kfree() of memory not from kmalloc()");
	memory->kind = 0;
	__atomic_fetch_sub(&shim_memory_count, 1, __ATOMIC_RELAXED);
	free(memory);
}

void *kmalloc(size_t size, gfp_t flags)
{
	return shim_memory_alloc(size, flags, SHIM_KMALLOC);
}

void *kvmalloc(size_t size, gfp_t flags)
{
	return shim_memory_alloc(size, flags, SHIM_KVMALLOC);
}

void kfree(const void *memory)
{
	shim_memory_free(memory, false);
}

void kvfree(const void *memory)
{
	shim_might_sleep("kvfree()");
	shim_memory_free(memory, true);
}

void shim_user_evict(struct task_struct *task)
{
	WRITE_ONCE(task->user_absent, true);
}

void pagefault_disable(void)
{
	current->pagefaults_disabled++;
}

void pagefault_enable(void)
{
	current->pagefaults_disabled--;
}

/* Is the memory of the calling task present, now or by a page fault? */
static bool shim_user_present(void)
{
	if (current->pagefaults_disabled)
		return !SHIM_LOAD(current->user_absent) && !shim_chaos_strikes(8);
	shim_might_sleep("access to user memory");
	WRITE_ONCE(current->user_absent, false);
	return true;
}

/* How many of @n bytes at @address the calling task can access. */
static size_t shim_user_reach(const void __user *address, size_t n)
{
	uintptr_t start, end;

	shim_point(SHIM_POINT_USER);
	if (!shim_user_present())
		return 0;
	start = (uintptr_t)address;
	end = SHIM_LOAD(current->user_end);
	if (shim_count_down(&shim_user_countdown) || start < USER_START || start >= end)
		return 0;
	return min_t(size_t, n, end - start);
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	size_t reach = shim_user_reach(from, n);

	if (reach)
		memcpy(to, from, reach);
	memset((char *)to + reach, 0, n - reach);
	return n - reach;
}

/* Copies the part known to the kernel, and checks that the rest is zero. */
int copy_struct_from_user(void *to, size_t size, const void __user *from, size_t user_size)
{
	const size_t known = min_t(size_t, size, user_size);
	u8 byte;

	memset(to, 0, size);
	for (; user_size > known; user_size--) {
		if (copy_from_user(&byte, (const u8 *)from + user_size - 1, 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return copy_from_user(to, from, known) ? -EFAULT : 0;
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	size_t reach = shim_user_reach(to, n);

	if (reach)
		memcpy(to, from, reach);
	return n - reach;
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	size_t reach = shim_user_reach(to, n);

	if (reach)
		memset(to, 0, reach);
	return n - reach;
}
