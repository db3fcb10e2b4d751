// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies elements between the caller's memory and slots: in before any lock is taken, out
 * after every lock is released.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "elem.h"
#include "user.h"

static int chan_elem_ref_alloc(struct chan_elem_ref *ref, u32 elemsize)
{
	struct chan_user *user = chan_user_get();
	int err;

	if (!user)
		return -ENOMEM;
	err = chan_user_charge_bytes(user, elemsize);
	if (err)
		goto put_user;
	ref->buf = kvmalloc(elemsize, GFP_KERNEL_ACCOUNT);
	if (!ref->buf) {
		err = -ENOMEM;
		goto uncharge;
	}
	ref->user = user;
	return 0;

uncharge:
	chan_user_uncharge_bytes(user, elemsize);
put_user:
	chan_user_put(user);
	return err;
}

static void chan_elem_ref_free(struct chan_elem_ref *ref, u32 elemsize)
{
	kvfree(ref->buf);
	chan_user_uncharge_bytes(ref->user, elemsize);
	chan_user_put(ref->user);
}

/**
 * chan_mem_revert() - move back in memory
 * @mem: the memory; plain memory has no position
 * @bytes: distance
 *
 * Context: Any context.
 */
void chan_mem_revert(struct chan_mem mem, size_t bytes)
{
	if (mem.iter)
		iov_iter_revert(mem.iter, bytes);
}

/**
 * chan_mem_clear() - zero memory without advancing in it
 * @mem: the memory
 * @bytes: number of bytes
 *
 * Context: May sleep.
 * Return: true if all of it was written.
 */
bool chan_mem_clear(struct chan_mem mem, size_t bytes)
{
	size_t cleared;

	if (!mem.iter)
		return !clear_user(mem.user, bytes);
	cleared = iov_iter_zero(bytes, mem.iter);
	iov_iter_revert(mem.iter, cleared);
	return cleared == bytes;
}

/* All but @left bytes of @n elements were copied. Returns the number of whole elements. */
static unsigned int chan_mem_whole(struct chan_mem mem, u32 elemsize, unsigned int n,
				   unsigned long left)
{
	size_t copied = (size_t)n * elemsize - left;

	chan_mem_revert(mem, copied % elemsize);
	return copied / elemsize;
}

/* Returns the number of elements copied, from the first one on. */
static __always_inline unsigned int chan_mem_read(struct chan_mem from, void *to, u32 elemsize,
						  unsigned int n)
{
	unsigned long bytes = n * elemsize, left;

	left = from.iter ? bytes - copy_from_iter(to, bytes, from.iter) :
			   copy_from_user(to, from.user, bytes);
	return likely(!left) ? n : chan_mem_whole(from, elemsize, n, left);
}

static __always_inline unsigned int chan_mem_write(struct chan_mem to, const void *from,
						   u32 elemsize, unsigned int n)
{
	unsigned long bytes = n * elemsize, left;

	left = to.iter ? bytes - copy_to_iter(from, bytes, to.iter) :
			 copy_to_user(to.user, from, bytes);
	return likely(!left) ? n : chan_mem_whole(to, elemsize, n, left);
}

/* Inlined, so that plain user memory pays no overhead. */
static __always_inline int chan_elem_copy_in_any(struct chan_elem *elem, u32 elemsize,
						 struct chan_mem from, unsigned int n)
{
	int err;

	if (chan_elem_is_ref(elemsize)) {
		err = chan_elem_ref_alloc(&elem->ref, elemsize);
		if (err)
			return err;
		if (chan_mem_read(from, elem->ref.buf, elemsize, 1))
			return 1;
		chan_elem_ref_free(&elem->ref, elemsize);
		return -EFAULT;
	}

	n = chan_mem_read(from, elem->slots, elemsize, n);
	return n ? n : -EFAULT;
}

/* chan_elem_copy_in() of any number and size. */
int chan_elem_copy_in_plain(struct chan_elem *elem, u32 elemsize,
			    const void __user *from, unsigned int n)
{
	return chan_elem_copy_in_any(elem, elemsize, chan_mem_user(from), n);
}

/**
 * chan_elem_copy_in_iter() - copy elements from memory of any kind
 * @elem: as for chan_elem_copy_in()
 * @elemsize: as for chan_elem_copy_in()
 * @from: @n elements; advances past the copied ones
 * @n: as for chan_elem_copy_in()
 *
 * Context: May sleep.
 * Return: see chan_elem_copy_in().
 */
int chan_elem_copy_in_iter(struct chan_elem *elem, u32 elemsize, struct iov_iter *from,
			   unsigned int n)
{
	return chan_elem_copy_in_any(elem, elemsize, chan_mem_iter(from), n);
}

static __always_inline int chan_elem_copy_out_any(struct chan_mem to, struct chan_elem *elem,
						  u32 elemsize, unsigned int n)
{
	if (chan_elem_is_ref(elemsize)) {
		if (!chan_mem_write(to, elem->ref.buf, elemsize, 1))
			return 0;
		chan_elem_ref_free(&elem->ref, elemsize);
		return 1;
	}

	return chan_mem_write(to, elem->slots, elemsize, n);
}

/* chan_elem_copy_out() of any number and size. */
int chan_elem_copy_out_plain(void __user *to, struct chan_elem *elem, u32 elemsize,
			     unsigned int n)
{
	return chan_elem_copy_out_any(chan_mem_user(to), elem, elemsize, n);
}

/**
 * chan_elem_copy_out_iter() - copy elements to memory of any kind
 * @to: space for @n elements; advances past the copied ones
 * @elem: as for chan_elem_copy_out()
 * @elemsize: as for chan_elem_copy_out()
 * @n: as for chan_elem_copy_out()
 *
 * Context: May sleep.
 * Return: see chan_elem_copy_out().
 */
int chan_elem_copy_out_iter(struct iov_iter *to, struct chan_elem *elem, u32 elemsize,
			    unsigned int n)
{
	return chan_elem_copy_out_any(chan_mem_iter(to), elem, elemsize, n);
}

/**
 * chan_elem_free() - drop elements
 * @slots: @n contiguous slots
 * @elemsize: size of an element in bytes
 * @n: number of elements, 0 or more
 *
 * Context: May sleep.
 */
void chan_elem_free(void *slots, u32 elemsize, unsigned int n)
{
	struct chan_elem_ref *ref = slots;

	if (!chan_elem_is_ref(elemsize))
		return;
	for (; n; n--)
		chan_elem_ref_free(ref++, elemsize);
}
