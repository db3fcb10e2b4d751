// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers between the caller's memory and a channel, common to ioctl, read and write.
 *
 * Elements go straight to or from the ring if they can (direct.h). All others go by way of
 * slots, and the caller's memory is accessed before the lock of the channel is taken and after
 * it is released:
 *
 *   send     user memory -> slots on the stack -> channel
 *   receive  channel -> slots on the stack -> user memory; elements that cannot be copied
 *            out are requeued
 *
 * Many elements are moved in batches of as many as a struct chan_elem holds, and a batch in
 * runs: as many elements as the ring has or takes, under one hold of the lock. What a run cannot
 * do, the next element does alone: it meets a parked peer, or waits. Only filled slots are
 * read, so slots need no initial value. A call fails only if it moved no element;
 * otherwise it returns the number of elements moved, whatever ended the transfer.
 */
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "direct.h"
#include "elem.h"
#include "file.h"
#include "paths.h"
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

/* Elements that were copied in, but not sent. */
static void chan_xfer_give_back(struct hchan *ch, struct chan_mem from, void *slots,
				unsigned int n)
{
	chan_mem_revert(from, (size_t)n * ch->elemsize);
	chan_elem_free(slots, ch->elemsize, n);
}

/* Send one element by way of a slot. Returns 1, or an error. */
static noinline long chan_xfer_send_one(struct hchan *ch, const void __user *from,
					const struct chan_deadline *deadline)
{
	struct chan_elem elem __uninitialized;
	int err;

	err = chan_xfer_copy_in(&elem, ch->elemsize, chan_mem_user(from), 1);
	if (unlikely(err < 0))
		return err;
	err = chan_hchan_send(ch, elem.slots, false, deadline);
	if (likely(!err))
		return 1;
	chan_elem_free(elem.slots, ch->elemsize, 1);
	return err;
}

/* Send up to @n elements, as one run or as one element. Returns how many, or an error. */
static int chan_xfer_send_run(struct hchan *ch, void *slots, unsigned int n, bool begun,
			      const struct chan_deadline *deadline)
{
	struct chan_wake wake __uninitialized;
	unsigned int sent;

	chan_wake_init(&wake);
	spin_lock(&ch->lock);
	sent = chan_send_run_locked(ch, slots, n, &wake);
	chan_hchan_unlock(ch);
	chan_wake_run(&wake, &ch->pollwq);
	return sent ? sent : chan_hchan_send(ch, slots, begun, deadline) ?: 1;
}

/* Send a batch, the first @min of it with waits. Returns how many were sent, or an error. */
static __always_inline int chan_xfer_send_batch(struct hchan *ch, struct chan_mem from,
						unsigned int n, size_t min, bool begun,
						const struct chan_deadline *deadline)
{
	struct chan_elem elem __uninitialized;
	unsigned int done = 0;
	int taken, sent;

	taken = chan_xfer_copy_in(&elem, ch->elemsize, from, n);
	if (taken < 0)
		return taken;
	do {
		sent = chan_xfer_send_run(ch, elem.slots + done * ch->ring.slotsize, taken - done,
					  begun || done,
					  done < min ? deadline : &chan_deadline_now);
		if (sent > 0)
			done += sent;
	} while (sent > 0 && done < taken);
	if (done < taken)
		chan_xfer_give_back(ch, from, elem.slots + done * ch->ring.slotsize, taken - done);
	return done ? done : sent;
}

/*
 * Send as many elements as there is space for, straight from user memory if they can go that way.
 * Returns how many.
 */
static size_t chan_xfer_send_direct(struct hchan *ch, struct chan_mem from, size_t count)
{
	size_t done = 0;
	unsigned int n;

	if (from.iter || !chan_direct_fits(ch->elemsize))
		return 0;
	do {
		n = chan_direct_send_run(ch, from.user + done * ch->elemsize,
					 min_t(size_t, count - done, U32_MAX));
		done += n;
	} while (n && done < count && chan_xfer_may_go_on());
	return done;
}

static noinline long chan_xfer_send_many(struct hchan *ch, struct chan_mem from, size_t count,
					 size_t min, const struct chan_deadline *deadline)
{
	size_t done = chan_xfer_send_direct(ch, from, count);
	unsigned int n;
	int sent = 0;

	while (done < count && (!done || chan_xfer_may_go_on())) {
		n = min_t(size_t, count - done, ch->batch);
		sent = chan_xfer_send_batch(ch, chan_mem_after(from, done * ch->elemsize), n,
					    min - min_t(size_t, min, done), done, deadline);
		if (sent > 0)
			done += sent;
		if (sent != n)
			break;
	}
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
	struct hchan *ch = cf->ch;
	int err = chan_xfer_check(cf, CHAN_RIGHT_SEND, elemsize, deadline);

	if (unlikely(err))
		return err;
	if (unlikely(count > 1))
		return chan_xfer_send_many(ch, chan_mem_user(from), count, min, deadline);
	if (likely(chan_elem_is_word(elemsize) ? chan_direct_send(ch, from, sizeof(u64)) :
						 chan_direct_fits(elemsize) &&
						 chan_direct_send(ch, from, elemsize)))
		return 1;
	return chan_xfer_send_one(ch, from, deadline);
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
	int err = chan_xfer_check(cf, CHAN_RIGHT_SEND, cf->ch->elemsize, deadline);

	if (unlikely(err))
		return err;
	return chan_xfer_send_many(cf->ch, chan_mem_iter(from), count, min, deadline);
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

/* Nothing is left to receive. Returns 0, or -EFAULT. */
static int chan_xfer_found_closed(struct hchan *ch, struct chan_mem to)
{
	return chan_mem_clear(to, ch->elemsize) ? 0 : -EFAULT;
}

/*
 * Receive one element by way of a slot. Returns 1, 0 if the channel is closed and drained, or an
 * error.
 */
static noinline long chan_xfer_recv_one(struct hchan *ch, void __user *to,
					const struct chan_deadline *deadline)
{
	struct chan_elem elem __uninitialized;
	u64 seq __uninitialized;
	int got = chan_hchan_recv(ch, elem.slots, &seq, false, deadline);

	if (got > 0)
		return chan_xfer_take_any(ch, chan_mem_user(to), &elem, &seq, got);
	return got ? got : chan_xfer_found_closed(ch, chan_mem_user(to));
}

/* Receive up to @n elements, as one run or as one element. Returns how many, 0 or an error. */
static int chan_xfer_recv_run(struct hchan *ch, void *slots, u64 *seqs, unsigned int n, bool begun,
			      const struct chan_deadline *deadline)
{
	struct chan_wake wake __uninitialized;
	unsigned int got;

	chan_wake_init(&wake);
	spin_lock(&ch->lock);
	got = chan_recv_run_locked(ch, slots, seqs, n, &wake);
	chan_hchan_unlock(ch);
	chan_wake_run(&wake, &ch->pollwq);
	return got ? got : chan_hchan_recv(ch, slots, seqs, begun, deadline);
}

/*
 * Receive a batch, the first @min of it with waits. It is copied out at the end, so a task that is
 * killed while it waits requeues all of it. Returns how many were taken, 0 or an error.
 */
static __always_inline int chan_xfer_recv_batch(struct hchan *ch, struct chan_mem to,
						unsigned int n, size_t min, bool begun,
						const struct chan_deadline *deadline)
{
	struct chan_elem elem __uninitialized;
	u64 seqs[CHAN_ELEM_BATCH] __uninitialized;
	unsigned int done = 0;
	int got;

	do {
		got = chan_xfer_recv_run(ch, elem.slots + done * ch->ring.slotsize, seqs + done,
					 n - done, begun || done,
					 done < min ? deadline : &chan_deadline_now);
		if (got > 0)
			done += got;
	} while (got > 0 && done < n);
	return done ? chan_xfer_take_any(ch, to, &elem, seqs, done) : got;
}

/*
 * Receive as many elements as there are, straight into user memory, if they can go that way and
 * nothing has to be waited for. Returns how many.
 */
static size_t chan_xfer_recv_direct(struct hchan *ch, struct chan_mem to, size_t count, size_t min)
{
	size_t done = 0;
	unsigned int n;

	if (to.iter || !chan_direct_fits(ch->elemsize))
		return 0;
	do {
		n = chan_direct_recv_run(ch, to.user + done * ch->elemsize,
					 min_t(size_t, count - done, U32_MAX),
					 done < min ? min - done : 1);
		done += n;
	} while (n && done < count && chan_xfer_may_go_on());
	return done;
}

static noinline long chan_xfer_recv_many(struct hchan *ch, struct chan_mem to, size_t count,
					 size_t min, const struct chan_deadline *deadline)
{
	size_t done = chan_xfer_recv_direct(ch, to, count, min);
	unsigned int n;
	int got = 0;

	while (done < count && (!done || chan_xfer_may_go_on())) {
		n = min_t(size_t, count - done, ch->batch);
		got = chan_xfer_recv_batch(ch, chan_mem_after(to, done * ch->elemsize), n,
					   min - min_t(size_t, min, done), done, deadline);
		if (got > 0)
			done += got;
		if (got != n)
			break;
	}
	if (!done && !got)
		return chan_xfer_found_closed(ch, to);
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
	struct hchan *ch = cf->ch;
	int err = chan_xfer_check(cf, CHAN_RIGHT_RECV, elemsize, deadline);

	if (unlikely(err))
		return err;
	if (unlikely(count > 1))
		return chan_xfer_recv_many(ch, chan_mem_user(to), count, min, deadline);
	if (likely(chan_elem_is_word(elemsize) ? chan_direct_recv(ch, to, sizeof(u64)) :
						 chan_direct_fits(elemsize) &&
						 chan_direct_recv(ch, to, elemsize)))
		return 1;
	return chan_xfer_recv_one(ch, to, deadline);
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
	int err = chan_xfer_check(cf, CHAN_RIGHT_RECV, cf->ch->elemsize, deadline);

	if (unlikely(err))
		return err;
	return chan_xfer_recv_many(cf->ch, chan_mem_iter(to), count, min, deadline);
}
