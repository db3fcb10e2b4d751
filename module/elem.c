// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements between user memory and slots: in from user memory before any lock
 * is taken, out to it after every lock is released.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

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
 * chan_elem_copy_in() - take elements from user memory
 * @elem: empty slots
 * @elemsize: bytes of one element
 * @from: @n elements, one after the other
 * @n: 1 to chan_elem_batch(@elemsize)
 *
 * Context: may sleep.
 * Return: how many elements were taken, from the first one on; or if none was,
 * -EFAULT, -ENOMEM, or -EDQUOT.
 */
int chan_elem_copy_in(struct chan_elem *elem, u32 elemsize,
		      const void __user *from, unsigned int n)
{
	unsigned long left;
	int err;

	if (n == 1 && chan_elem_is_word(elemsize))
		return get_user(*(u64 *)elem->slots, (const u64 __user *)from) ? -EFAULT : n;

	if (chan_elem_is_ref(elemsize)) {
		err = chan_elem_ref_alloc(&elem->ref, elemsize);
		if (err)
			return err;
		if (!copy_from_user(elem->ref.buf, from, elemsize))
			return 1;
		chan_elem_ref_free(&elem->ref, elemsize);
		return -EFAULT;
	}

	left = copy_from_user(elem->slots, from, n * elemsize);
	if (unlikely(left))
		n = (n * elemsize - left) / elemsize;
	return n ? n : -EFAULT;
}

/**
 * chan_elem_copy_out() - give elements to user memory
 * @to: room for @n elements
 * @elem: @n slots; those that are given become empty
 * @elemsize: bytes of one element
 * @n: 1 to chan_elem_batch(@elemsize)
 *
 * Context: may sleep.
 * Return: how many elements were given, from the first one on. Fewer than @n
 * means that user memory faulted; the rest stay in their slots.
 */
int chan_elem_copy_out(void __user *to, struct chan_elem *elem, u32 elemsize,
		       unsigned int n)
{
	unsigned long left;

	if (n == 1 && chan_elem_is_word(elemsize))
		return put_user(*(u64 *)elem->slots, (u64 __user *)to) ? 0 : n;

	if (chan_elem_is_ref(elemsize)) {
		if (copy_to_user(to, elem->ref.buf, elemsize))
			return 0;
		chan_elem_ref_free(&elem->ref, elemsize);
		return 1;
	}

	left = copy_to_user(to, elem->slots, n * elemsize);
	if (unlikely(left))
		n = (n * elemsize - left) / elemsize;
	return n;
}

/**
 * chan_elem_free() - drop elements
 * @slots: @n slots, one after the other
 * @elemsize: bytes of one element
 * @n: how many, 0 or more
 *
 * Context: may sleep.
 */
void chan_elem_free(void *slots, u32 elemsize, unsigned int n)
{
	struct chan_elem_ref *ref = slots;

	if (!chan_elem_is_ref(elemsize))
		return;
	for (; n; n--)
		chan_elem_ref_free(ref++, elemsize);
}
