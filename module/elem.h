/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Elements on their way through the kernel.
 *
 * Inside the kernel an element lives in a *slot*: in the ring, on the stack of the task
 * that sends or receives it, or in a requeue record. A slot holds an element of up to
 * CHAN_ELEM_INLINE bytes directly. For a larger one it holds a struct chan_elem_ref, so
 * that only a pointer is moved under a lock. An element is in exactly one slot at a time;
 * moving it leaves the old slot empty.
 */
#ifndef _CHAN_ELEM_H
#define _CHAN_ELEM_H

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <linux/chan.h>

struct chan_user;
struct iov_iter;

/* Maximum number of elements that one pass over a channel moves. */
#define CHAN_ELEM_BATCH	32

/**
 * struct chan_elem_ref - slot of an element above CHAN_ELEM_INLINE bytes
 * @buf: the element
 * @user: the sending user, charged for @buf
 */
struct chan_elem_ref {
	void			*buf;
	struct chan_user	*user;
};

/**
 * struct chan_elem - slots on the stack of a task that sends or receives
 * @slots: one slot of any size, or as many small ones as fit
 * @ref: slot of a large element
 */
struct chan_elem {
	union {
		u8			slots[CHAN_ELEM_INLINE] __aligned(sizeof(u64));
		struct chan_elem_ref	ref;
	};
};

/**
 * struct chan_mem - the caller's memory that elements are copied from or to
 * @user: plain user memory, if @iter is NULL
 * @iter: memory of any kind, advanced by each copy; or NULL
 */
struct chan_mem {
	void __user	*user;
	struct iov_iter	*iter;
};

static inline struct chan_mem chan_mem_user(const void __user *user)
{
	return (struct chan_mem){ .user = (void __user *)user };
}

static inline struct chan_mem chan_mem_iter(struct iov_iter *iter)
{
	return (struct chan_mem){ .iter = iter };
}

/* Advance plain memory by @bytes. An iterator has already advanced. */
static inline struct chan_mem chan_mem_after(struct chan_mem mem, size_t bytes)
{
	mem.user += bytes;
	return mem;
}

static inline bool chan_elem_is_ref(u32 elemsize)
{
	return elemsize > CHAN_ELEM_INLINE;
}

/* Size of the slot of an element of @elemsize bytes. */
static inline u32 chan_elem_slotsize(u32 elemsize)
{
	return chan_elem_is_ref(elemsize) ? sizeof(struct chan_elem_ref) : elemsize;
}

/* Number of elements of @elemsize bytes that fit in a struct chan_elem. */
static inline unsigned int chan_elem_batch(u32 elemsize)
{
	if (chan_elem_is_ref(elemsize))
		return 1;
	if (elemsize * CHAN_ELEM_BATCH <= CHAN_ELEM_INLINE)
		return CHAN_ELEM_BATCH;
	return CHAN_ELEM_INLINE / elemsize;
}

/* A single word (number, pointer, index) is by far the most common element. */
static inline bool chan_elem_is_word(u32 size)
{
	return size == sizeof(u64);
}

static inline void chan_elem_move(void *to, const void *from, u32 slotsize)
{
	if (likely(chan_elem_is_word(slotsize)))
		*(u64 *)to = *(const u64 *)from;
	else
		memcpy(to, from, slotsize);
}

int chan_elem_copy_in_iter(struct chan_elem *elem, u32 elemsize, struct iov_iter *from,
			   unsigned int n);
int chan_elem_copy_out_iter(struct iov_iter *to, struct chan_elem *elem, u32 elemsize,
			    unsigned int n);
void chan_mem_revert(struct chan_mem mem, size_t bytes);
bool chan_mem_clear(struct chan_mem mem, size_t bytes);
void chan_elem_free(void *slots, u32 elemsize, unsigned int n);

int chan_elem_copy_in_plain(struct chan_elem *elem, u32 elemsize, const void __user *from,
			    unsigned int n);
int chan_elem_copy_out_plain(void __user *to, struct chan_elem *elem, u32 elemsize,
			     unsigned int n);

/**
 * chan_elem_copy_in() - copy elements from user memory
 * @elem: empty slots
 * @elemsize: size of an element in bytes
 * @from: @n contiguous elements
 * @n: 1 to chan_elem_batch(@elemsize)
 *
 * Context: May sleep.
 * Return: number of elements copied, from the first one on; if none, -EFAULT, -ENOMEM or
 * -EDQUOT.
 */
static inline int chan_elem_copy_in(struct chan_elem *elem, u32 elemsize,
				    const void __user *from, unsigned int n)
{
	if (n == 1 && chan_elem_is_word(elemsize))
		return get_user(*(u64 *)elem->slots, (const u64 __user *)from) ? -EFAULT : 1;
	return chan_elem_copy_in_plain(elem, elemsize, from, n);
}

/**
 * chan_elem_copy_out() - copy elements to user memory
 * @to: space for @n elements
 * @elem: @n slots; copied ones become empty
 * @elemsize: size of an element in bytes
 * @n: 1 to chan_elem_batch(@elemsize)
 *
 * Context: May sleep.
 * Return: number of elements copied, from the first one on. Fewer than @n means that user
 * memory faulted; the rest stay in their slots.
 */
static inline int chan_elem_copy_out(void __user *to, struct chan_elem *elem, u32 elemsize,
				     unsigned int n)
{
	if (n == 1 && chan_elem_is_word(elemsize))
		return !put_user(*(u64 *)elem->slots, (u64 __user *)to);
	return chan_elem_copy_out_plain(to, elem, elemsize, n);
}

#endif /* _CHAN_ELEM_H */
