// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers between the caller's memory and a channel, common to ioctl, read and write. The
 * caller's memory is accessed before the lock of the channel is taken and after it is
 * released:
 *
 *   send     user memory -> slots on the stack -> channel
 *   receive  channel -> slots on the stack -> user memory; elements that cannot be copied
 *            out are requeued
 *
 * Elements are moved in batches of as many as a struct chan_elem holds. Only filled slots
 * are read, so slots need no initial value. A call fails only if it moved no element;
 * otherwise it returns the number of elements moved, whatever ended the transfer.
 */
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "elem.h"
#include "file.h"
#include "xfer.h"

/* An operation on a nil channel is never ready: wait for a signal or the deadline. */
static noinline int chan_xfer_nil(const struct chan_deadline *deadline)
{
	struct chan_sleeper s;

	if (deadline->now)
		return -EAGAIN;
	chan_sleeper_init(&s, deadline);
	return chan_sleeper_wait(&s, deadline);
}

static __always_inline int chan_xfer_check(struct chan_file *cf, u32 right, u32 elemsize,
					   const struct chan_deadline *deadline)
{
	const struct hchan *ch = cf->ch;
	int err = chan_hchan_check_rights(ch, cf->rights, right);

	if (unlikely(err))
		return err == -EBADFD ? chan_xfer_nil(deadline) : err;
	return likely(ch->elemsize == elemsize) ? 0 : -EMSGSIZE;
}

/* Returns how many of the next @n elements to wait for. */
static unsigned int chan_xfer_rest(unsigned int n, size_t min, size_t done)
{
	return done < min ? min_t(size_t, n, min - done) : 0;
}

/*
 * Called between two batches, to be fair to other tasks. Only a fatal signal ends the
 * transfer here; any other signal ends its waits.
 */
static bool chan_xfer_may_go_on(void)
{
	cond_resched();
	return !fatal_signal_pending(current);
}

/*
 * Functions named *_any() take memory of any kind. They are inlined, so that plain user
 * memory pays no overhead.
 */
static __always_inline int chan_xfer_copy_in(struct chan_elem *elem, u32 elemsize,
					     struct chan_mem from, unsigned int n)
{
	return from.iter ? chan_elem_copy_in_iter(elem, elemsize, from.iter, n) :
			   chan_elem_copy_in(elem, elemsize, from.user, n);
}

static __always_inline int chan_xfer_copy_out(struct chan_mem to, struct chan_elem *elem,
					      u32 elemsize, unsigned int n)
{
	return to.iter ? chan_elem_copy_out_iter(to.iter, elem, elemsize, n) :
			 chan_elem_copy_out(to.user, elem, elemsize, n);
}

static __always_inline int chan_xfer_send_batch(struct hchan *ch, struct chan_mem from,
						unsigned int n, unsigned int min, bool begun,
						const struct chan_deadline *deadline)
{
	struct chan_elem elem __uninitialized;
	int taken, sent;

	taken = chan_xfer_copy_in(&elem, ch->elemsize, from, n);
	if (taken < 0)
		return taken;
	sent = chan_hchan_send(ch, &elem, taken, min_t(unsigned int, taken, min), begun,
			       deadline);
	if (unlikely(sent < taken)) {
		taken -= max(sent, 0);
		if (from.iter)
			chan_mem_revert(from, (size_t)taken * ch->elemsize);
		chan_elem_free(&elem, ch->elemsize, taken);
	}
	return sent;
}

static __always_inline long chan_xfer_send_any(struct chan_file *cf, struct chan_mem from,
					       u32 elemsize, size_t count, size_t min,
					       const struct chan_deadline *deadline)
{
	struct hchan *ch = cf->ch;
	unsigned int n;
	size_t done = 0;
	int sent;

	sent = chan_xfer_check(cf, CHAN_RIGHT_SEND, elemsize, deadline);
	if (unlikely(sent))
		return sent;
	do {
		n = min_t(size_t, count - done, ch->batch);
		sent = chan_xfer_send_batch(ch, chan_mem_after(from, done * ch->elemsize), n,
					    chan_xfer_rest(n, min, done), done, deadline);
		if (sent > 0)
			done += sent;
	} while (sent == n && done < count && chan_xfer_may_go_on());
	return done ? done : sent;
}

/**
 * chan_xfer_send() - send elements from user memory
 * @cf: the file
 * @from: @count contiguous elements
 * @elemsize: size of an element in bytes, as the caller expects it
 * @count: 1 or more
 * @min: wait until this many are sent, 1 to @count
 * @deadline: how long to wait
 *
 * Context: May sleep.
 * Return: number of elements sent; if none, a negative errno.
 */
long chan_xfer_send(struct chan_file *cf, const void __user *from, u32 elemsize, size_t count,
		    size_t min, const struct chan_deadline *deadline)
{
	return chan_xfer_send_any(cf, chan_mem_user(from), elemsize, count, min, deadline);
}

/**
 * chan_xfer_send_iter() - send elements from memory of any kind
 * @cf: the file
 * @from: @count elements; advances past the sent ones
 * @count: as for chan_xfer_send()
 * @min: as for chan_xfer_send()
 * @deadline: how long to wait
 *
 * Context: May sleep.
 * Return: number of elements sent; if none, a negative errno.
 */
long chan_xfer_send_iter(struct chan_file *cf, struct iov_iter *from, size_t count, size_t min,
			 const struct chan_deadline *deadline)
{
	return chan_xfer_send_any(cf, chan_mem_iter(from), cf->ch->elemsize, count, min, deadline);
}

static __always_inline int chan_xfer_take_any(struct hchan *ch, struct chan_mem to,
					      struct chan_elem *elem, const u64 *seqs, int got)
{
	int given = 0;

	if (likely(!fatal_signal_pending(current)))
		given = chan_xfer_copy_out(to, elem, ch->elemsize, got);
	chan_requeue_settle(&ch->requeue, given);
	if (likely(given == got))
		return got;
	chan_hchan_requeue(ch, elem, seqs, given, got);
	return given ? given : -EFAULT;
}

/**
 * chan_xfer_take() - copy out received elements, or requeue them
 * @ch: the channel
 * @to: space for @got elements
 * @elem: the elements; their slots are empty afterwards
 * @seqs: their sequence numbers; a record is reserved for each
 * @got: number of elements, 1 or more
 *
 * A task that is being killed takes nothing: it could not report what it took.
 *
 * Context: May sleep.
 * Return: number of elements taken, or -EFAULT.
 */
int chan_xfer_take(struct hchan *ch, void __user *to, struct chan_elem *elem,
		   const u64 *seqs, int got)
{
	return chan_xfer_take_any(ch, chan_mem_user(to), elem, seqs, got);
}

static __always_inline int chan_xfer_recv_batch(struct hchan *ch, struct chan_mem to,
						unsigned int n, unsigned int min, bool begun,
						const struct chan_deadline *deadline)
{
	struct chan_elem elem __uninitialized;
	u64 seqs[CHAN_ELEM_BATCH] __uninitialized;
	int got;

	got = chan_hchan_recv(ch, &elem, seqs, n, min, begun, deadline);
	return got <= 0 ? got : chan_xfer_take_any(ch, to, &elem, seqs, got);
}

static __always_inline long chan_xfer_recv_any(struct chan_file *cf, struct chan_mem to,
					       u32 elemsize, size_t count, size_t min,
					       const struct chan_deadline *deadline)
{
	struct hchan *ch = cf->ch;
	unsigned int n;
	size_t done = 0;
	int got;

	got = chan_xfer_check(cf, CHAN_RIGHT_RECV, elemsize, deadline);
	if (unlikely(got))
		return got;
	do {
		n = min_t(size_t, count - done, ch->batch);
		got = chan_xfer_recv_batch(ch, chan_mem_after(to, done * ch->elemsize), n,
					   chan_xfer_rest(n, min, done), done, deadline);
		if (got > 0)
			done += got;
	} while (got == n && done < count && chan_xfer_may_go_on());
	if (!done && !got && !chan_mem_clear(to, ch->elemsize))
		return -EFAULT;
	return done ? done : got;
}

/**
 * chan_xfer_recv() - receive elements into user memory
 * @cf: the file
 * @to: space for @count elements
 * @elemsize: size of an element in bytes, as the caller expects it
 * @count: 1 or more
 * @min: wait until this many are received, 1 to @count
 * @deadline: how long to wait
 *
 * Context: May sleep.
 * Return: number of elements received; if none, 0 with the first element zeroed if the
 * channel is closed and drained, or a negative errno.
 */
long chan_xfer_recv(struct chan_file *cf, void __user *to, u32 elemsize, size_t count,
		    size_t min, const struct chan_deadline *deadline)
{
	return chan_xfer_recv_any(cf, chan_mem_user(to), elemsize, count, min, deadline);
}

/**
 * chan_xfer_recv_iter() - receive elements into memory of any kind
 * @cf: the file
 * @to: space for @count elements; advances past the received ones
 * @count: as for chan_xfer_recv()
 * @min: as for chan_xfer_recv()
 * @deadline: how long to wait
 *
 * Context: May sleep.
 * Return: see chan_xfer_recv().
 */
long chan_xfer_recv_iter(struct chan_file *cf, struct iov_iter *to, size_t count, size_t min,
			 const struct chan_deadline *deadline)
{
	return chan_xfer_recv_any(cf, chan_mem_iter(to), cf->ch->elemsize, count, min, deadline);
}
