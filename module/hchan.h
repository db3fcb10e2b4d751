/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One channel. See the banner of hchan.c.
 */
#ifndef _CHAN_HCHAN_H
#define _CHAN_HCHAN_H

#include <linux/errno.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/chan.h>

#include "trace.h"
#include "waiter.h"

struct chan_elem;
struct chan_ticker;
struct chan_user;

/* Largest ring, in bytes. */
#define CHAN_RING_MAX	(1UL << 30)

/**
 * struct chan_requeued - an element that a receiver requeued
 * @node: in hchan.requeued
 * @seq: of the element
 * @slot: the element
 */
struct chan_requeued {
	struct list_head	node;
	u64			seq;
	u8			slot[] __aligned(sizeof(u64));
};

/**
 * struct hchan - one channel
 * @lock: protects the fields named in "Locking" in hchan.c
 * @qcount: elements in the ring
 * @dataqsiz: capacity of the ring, in elements
 * @sendx: ring index of the next element to go in
 * @recvx: ring index of the next element to come out
 * @slotsize: bytes of a slot
 * @closed: CHAN_OPEN or why the channel is closed
 * @buf: the ring, @dataqsiz slots
 * @recvq: operations parked to receive
 * @sendq: operations parked to send
 * @requeued: elements requeued, struct chan_requeued, by seq
 * @nrequeued: length of @requeued
 * @elemsize: bytes of an element
 * @batch: elements that are moved in one pass
 * @next_seq: elements that were ever taken out for the first time; the seq of
 *	the next one
 * @sends: completed sends by path
 * @recvs: completed receives by path
 * @requeues: elements requeued
 * @send_parks: sends parked
 * @recv_parks: receives parked
 * @maxlen: largest @qcount there ever was
 * @senders: open files that may send
 * @receivers: open files that may receive
 * @closers: open files that may close
 * @rights: CHAN_RIGHT_* that its files can have; 0: this is a nil channel
 * @flags: CHAN_F_*
 * @id: unique number
 * @type: name of the element type
 * @user: who is charged for the channel and its ring
 * @ticker: what feeds the channel, if a clock does; else NULL
 * @refs: one for each open file, and for each inode (inode.c)
 * @pollwq: pollers of either side
 * @node: in the list of all channels
 */
struct hchan {
	spinlock_t		lock;	/* see hchan.c */
	u32			qcount;
	u32			dataqsiz;
	u32			sendx;
	u32			recvx;
	u32			slotsize;
	u32			closed;
	void			*buf;
	struct chan_waitq	recvq;
	struct chan_waitq	sendq;
	struct list_head	requeued;
	u32			nrequeued;
	u32			elemsize;
	u32			batch;
	u64			next_seq;
	struct chan_paths	sends;
	struct chan_paths	recvs;
	u64			requeues;
	u64			send_parks;
	u64			recv_parks;
	u32			maxlen;
	u32			senders;
	u32			receivers;
	u32			closers;
	u32			rights;
	u32			flags;
	u64			id;
	char			type[CHAN_TYPE_MAX];
	struct chan_user	*user;
	struct chan_ticker	*ticker;
	refcount_t		refs;
	wait_queue_head_t	pollwq;
	struct list_head	node;
};

/**
 * struct chan_wake - whom to wake once the lock is released
 * @claimed: waiters whose operations were completed
 * @recv: receives that may go through now, if there are pollers: so many of those
 *	that poll exclusively are told
 * @send: the same for sends
 * @closed: the channel was closed, or is now drained too, if there are pollers: all are told
 */
struct chan_wake {
	struct chan_claimed	claimed;
	int			recv;
	int			send;
	bool			closed;
};

/**
 * struct chan_parked - a parked operation, as others see it
 * @pid: of its task, in the pid namespace of who looks; 0 if it has none there
 * @send: it is to send
 * @select: it is one of a select
 * @deadline: it gives up at some time
 * @file: a file that is no channel may end its wait
 * @ref: its call holds references to the files that it is for
 * @age: for how many nanoseconds it has been parked
 */
struct chan_parked {
	pid_t	pid;
	bool	send;
	bool	select;
	bool	deadline;
	bool	file;
	bool	ref;
	u64	age;
};

/* lifetime.c: how channels come and go */
struct hchan *chan_hchan_alloc(void);
struct hchan *chan_hchan_get(struct hchan *ch);
void chan_hchan_put(struct hchan *ch);
int chan_hchan_make(struct hchan *ch, const struct chan_make *make, struct chan_ticker *ticker);

void chan_hchan_attach(struct hchan *ch, u32 rights);
void chan_hchan_detach(struct hchan *ch, u32 rights);

void chan_hchan_info(struct hchan *ch, struct chan_info *info);
unsigned int chan_hchan_look(struct hchan *ch, struct chan_info *info, u32 *closers,
			     struct chan_parked *parked, unsigned int max);
struct hchan *chan_hchan_next(struct hchan *ch);
void chan_hchan_live(unsigned int *channels, unsigned int *waiters);

/* requeue.c: elements requeued */
void chan_requeue_take_locked(struct hchan *ch, void *slot, u64 *seq);
void chan_requeue_free(struct hchan *ch);
void chan_hchan_requeue(struct hchan *ch, const struct chan_elem *elem, const u64 *seqs,
			  unsigned int from, unsigned int to);

/* hchan.c: how elements move */
int chan_hchan_send(struct hchan *ch, struct chan_elem *elem, unsigned int n,
		    unsigned int min, const struct chan_deadline *deadline);
int chan_hchan_recv(struct hchan *ch, struct chan_elem *elem, u64 *seqs, unsigned int n,
		    unsigned int min, const struct chan_deadline *deadline);
int chan_hchan_close(struct hchan *ch, u32 cause);

/* hchan.c: steps of an operation, under the lock of the channel */
struct chan_waiter *chan_recv_complete_locked(struct hchan *ch, const void *slot, u64 seq,
					      struct chan_wake *wake);
int chan_send_try_locked(struct hchan *ch, const void *slot, struct chan_wake *wake);
int chan_recv_try_locked(struct hchan *ch, void *slot, u64 *seq, struct chan_wake *wake);
void chan_hchan_enqueue_locked(struct hchan *ch, struct chan_waitq *q, struct chan_waiter *w,
			       struct chan_wake *wake);
/* Would a send not be parked? A peer that makes it true may still be claimed elsewhere. */
static inline bool chan_hchan_may_send_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	return ch->qcount < ch->dataqsiz || ch->closed || chan_waitq_parked(&ch->recvq);
}

/* Would a receive not be parked? The same holds. */
static inline bool chan_hchan_may_recv_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	return ch->qcount || ch->nrequeued || ch->closed || chan_waitq_parked(&ch->sendq);
}

/* Is the channel closed, and is there nothing left to receive? */
static inline bool chan_hchan_drained_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	return ch->closed && !ch->qcount && !ch->nrequeued;
}

#ifdef CHAN_DEBUG
void chan_hchan_check_locked(struct hchan *ch);
#else
static inline void chan_hchan_check_locked(struct hchan *ch)
{
}
#endif

/**
 * chan_hchan_unlock() - release the lock of a channel
 * @ch: the channel, locked; its invariants hold
 */
static inline void chan_hchan_unlock(struct hchan *ch)
	__releases(&ch->lock)
{
	chan_hchan_check_locked(ch);
	spin_unlock(&ch->lock);
}

/* Remember to wake pollers: so many who wait to receive, and to send. */
static inline void chan_wake_poll_locked(struct hchan *ch, struct chan_wake *wake, int recv,
					 int send)
{
	lockdep_assert_held(&ch->lock);
	/* CHAN_BARRIER_POLL: look for pollers under the lock */
	if (likely(!waitqueue_active(&ch->pollwq)))
		return;
	wake->recv += recv;
	/* On a closed channel, room is no news, but to be drained is. */
	if (!ch->closed)
		wake->send += send;
	else if (chan_hchan_drained_locked(ch))
		wake->closed = true;
}

void chan_hchan_trace_woken(struct hchan *ch, const struct chan_waiter *w, bool send, int result);

/**
 * chan_hchan_trace_wake() - tell that the calling task is not parked any more
 * @ch: the channel
 * @w: the operation that was completed, or the only one the task was parked with
 * @send: it was to send
 * @result: of the operation, or why none was completed
 */
static inline void chan_hchan_trace_wake(struct hchan *ch, const struct chan_waiter *w, bool send,
					 int result)
{
	if (trace_chan_wake_enabled() || trace_chan_send_enabled() || trace_chan_recv_enabled())
		chan_hchan_trace_woken(ch, w, send, result);
}

void chan_wake_run_any(struct hchan *ch, struct chan_wake *wake);

/**
 * chan_wake_run() - wake whom a change has to wake
 * @ch: the channel that was changed
 * @wake: what was remembered under its lock; empty afterwards
 *
 * Context: no lock of a channel held; may sleep.
 */
static inline void chan_wake_run(struct hchan *ch, struct chan_wake *wake)
{
	if (unlikely(wake->claimed.first) || unlikely(wake->recv | wake->send | wake->closed))
		chan_wake_run_any(ch, wake);
}

/**
 * chan_hchan_made() - is this more than a nil channel?
 * @ch: the channel
 *
 * Return: if true, what CHAN_IOC_MAKE has set may be read.
 */
static inline bool chan_hchan_made(const struct hchan *ch)
{
	/* CHAN_BARRIER_MADE, the reading side */
	return smp_load_acquire(&ch->rights);
}

/**
 * chan_hchan_check_rights() - may an operation go on?
 * @ch: the channel
 * @rights: of the file
 * @right: what it needs, one right or more
 *
 * Return: 0: what CHAN_IOC_MAKE has set may be read; -EBADFD for a nil channel, or -EBADF
 * without the right.
 */
static inline int chan_hchan_check_rights(const struct hchan *ch, u32 rights, u32 right)
{
	/* CHAN_BARRIER_MADE, the reading side */
	u32 made = smp_load_acquire(&ch->rights);

	if (unlikely(right & ~(made & rights)))
		return made ? -EBADF : -EBADFD;
	return 0;
}

#endif /* _CHAN_HCHAN_H */
