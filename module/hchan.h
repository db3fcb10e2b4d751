/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels. See the banner of hchan.c.
 */
#ifndef _CHAN_HCHAN_H
#define _CHAN_HCHAN_H

#include <linux/errno.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/chan.h>

#include "requeue.h"
#include "ring.h"
#include "sleeper.h"
#include "ticker.h"
#include "trace.h"
#include "waiter.h"
#include "wake.h"

struct chan_elem;
struct chan_user;
struct pid_namespace;

/**
 * struct hchan - one channel
 * @lock: see "Locking" in hchan.c
 * @closed: CHAN_OPEN, or why the channel is closed; lock
 * @elemsize: size of an element in bytes; constant after MAKE
 * @batch: maximum number of elements moved in one pass; constant after MAKE
 * @ring: the buffer; lock
 * @requeue: requeued elements, received before the ring, and records for more; lock, except
 *	for its atomic field
 * @next_seq: sequence number of the next element to leave the channel; lock of recvq
 * @recvq: parked receives; lock of recvq
 * @sendq: parked sends; lock
 * @sends: completed sends by path; lock of recvq
 * @recvs: completed receives by path; lock of recvq
 * @requeues: number of elements requeued so far; lock
 * @send_parks: number of sends parked so far; lock
 * @recv_parks: number of receives parked so far; lock
 * @senders: open files with the right to send; lock
 * @receivers: open files with the right to receive; lock
 * @closers: open files with the right to close; lock
 * @rights: CHAN_RIGHT_* that its files can have, 0 for a nil channel; written once, under
 *	lock; read locklessly with CHAN_BARRIER_MADE
 * @flags: CHAN_F_*; constant after MAKE
 * @id: its number, see id.c; constant
 * @type: name of the element type; constant after MAKE
 * @user: the account charged for the channel and its ring; constant after MAKE
 * @ticker: the clock that feeds the channel, or NULL; constant after MAKE
 * @refs: one per open file and one per inode (inode.c); atomic
 * @pollwq: pollers of both sides; pollwq.lock
 * @node: in chan_hchan_list; chan_hchan_list_lock
 *
 * Lock of recvq: @lock, and the lock of @ticker as well if there is one: see
 * chan_recvq_lock(). Fields that are constant after MAKE may be read without a lock after
 * CHAN_BARRIER_MADE.
 */
struct hchan {
	spinlock_t		lock;
	u32			closed;
	u32			elemsize;
	u32			batch;
	struct chan_ring	ring;
	struct chan_requeue	requeue;
	u64			next_seq;
	struct chan_waitq	recvq;
	struct chan_waitq	sendq;
	struct chan_paths	sends;
	struct chan_paths	recvs;
	u64			requeues;
	u64			send_parks;
	u64			recv_parks;
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
 * struct chan_parked - snapshot of a parked operation
 * @pid: its task, in the requested pid namespace; 0 if not visible there
 * @send: true to send, false to receive
 * @select: it belongs to a select
 * @deadline: a deadline ends its wait
 * @file: a polled file may end its wait
 * @ref: its call holds references to its files
 * @age: nanoseconds since it was parked
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

/* lifetime.c: life cycle */
struct hchan *chan_hchan_alloc(void);
struct hchan *chan_hchan_get(struct hchan *ch);
void chan_hchan_put(struct hchan *ch);
int chan_hchan_make(struct hchan *ch, const struct chan_make *make, struct chan_ticker *ticker);
int chan_hchan_set_ticker(struct hchan *ch, const struct chan_ticks *ticks);

void chan_hchan_attach(struct hchan *ch, u32 rights);
void chan_hchan_detach(struct hchan *ch, u32 rights);

/* lifetime.c: all channels, including nil ones; the lock protects the list, and is innermost */
extern struct list_head chan_hchan_list;
extern spinlock_t chan_hchan_list_lock;

/* snapshot.c: state of channels */
void chan_hchan_info(struct hchan *ch, struct chan_info *info);
unsigned int chan_hchan_look(struct hchan *ch, struct chan_info *info, u32 *closers,
			     struct pid_namespace *ns, struct chan_parked *parked,
			     unsigned int max);
struct hchan *chan_hchan_next(struct hchan *ch);
void chan_hchan_live(unsigned int *channels, unsigned int *waiters);

/* hchan.c: steps of an operation; see paths.h for those that move an element */
int chan_hchan_grow_requeue(struct hchan *ch);
void chan_hchan_enqueue_locked(struct hchan *ch, bool send, struct chan_waiter *w,
			       struct chan_wake *wake);
void chan_hchan_dequeue_locked(struct hchan *ch, bool send, struct chan_waiter *w);
bool chan_hchan_may_send_locked(struct hchan *ch);
bool chan_hchan_may_recv_locked(struct hchan *ch);

/* hchan.c: operations that never wait */
int chan_hchan_close(struct hchan *ch, u32 cause);
void chan_hchan_requeue(struct hchan *ch, const struct chan_elem *elem,
			const u64 *seqs, unsigned int from, unsigned int to);

/* blocking.c: operations of one element, which may wait */
int chan_hchan_send(struct hchan *ch, void *slot, bool begun, const struct chan_deadline *deadline);
int chan_hchan_recv(struct hchan *ch, void *slot, u64 *seq, bool begun,
		    const struct chan_deadline *deadline);

/* Take the lock of recvq. ch->lock is already held, so this adds the lock of the ticker, if any. */
static inline unsigned long chan_recvq_lock(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	return unlikely(ch->ticker) ? chan_ticker_lock(ch->ticker) : 0;
}

static inline void chan_recvq_unlock(struct hchan *ch, unsigned long flags)
{
	if (unlikely(ch->ticker))
		chan_ticker_unlock(ch->ticker, flags);
}

/* Is the channel closed, with nothing left to receive? */
static inline bool chan_hchan_drained_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	return ch->closed && !ch->ring.qcount && !ch->requeue.n;
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
 * @ch: the channel, with its invariants intact
 *
 * Context: ch->lock held; released on return.
 */
static inline void chan_hchan_unlock(struct hchan *ch)
	__releases(&ch->lock)
{
	chan_hchan_check_locked(ch);
	spin_unlock(&ch->lock);
}

/* Defer waking exclusive pollers: @recv of the read side, @send of the write side. */
static inline void chan_wake_poll_locked(struct hchan *ch, struct chan_wake *wake, int recv,
					 int send)
{
	lockdep_assert_held(&ch->lock);
	/* CHAN_BARRIER_POLL: check for pollers under the lock */
	if (likely(!waitqueue_active(&ch->pollwq)))
		return;
	wake->recv += recv;
	/* Once closed, free space is not an event, but becoming drained is. */
	if (!ch->closed)
		wake->send += send;
	else if (chan_hchan_drained_locked(ch))
		wake->closed = true;
}

void chan_hchan_trace_send_run(struct hchan *ch, u32 len, unsigned int n);
void chan_hchan_trace_recv_run(struct hchan *ch, u32 len, unsigned int n);
void chan_hchan_trace_woken(struct hchan *ch, const struct chan_waiter *w, bool send, int result);

/**
 * chan_hchan_trace_wake() - trace that current was woken
 * @ch: the channel
 * @w: the waiter that was completed, or else the only one of the task
 * @send: true if it was to send
 * @result: of the operation, or why none was completed
 *
 * Context: Process context, no lock needed.
 */
static inline void chan_hchan_trace_wake(struct hchan *ch, const struct chan_waiter *w, bool send,
					 int result)
{
	if (trace_chan_wake_enabled() || trace_chan_send_enabled() || trace_chan_recv_enabled())
		chan_hchan_trace_woken(ch, w, send, result);
}

/**
 * chan_hchan_made() - check that a channel is not nil
 * @ch: the channel
 *
 * Context: Any context.
 * Return: true if it was made. Fields that CHAN_IOC_MAKE has set may then be read.
 */
static inline bool chan_hchan_made(const struct hchan *ch)
{
	/* CHAN_BARRIER_MADE, the reading side */
	return smp_load_acquire(&ch->rights);
}

/**
 * chan_hchan_check_rights() - check whether an operation is allowed
 * @ch: the channel
 * @rights: CHAN_RIGHT_* of the file
 * @right: one or more rights that the operation needs
 *
 * Context: Any context.
 * Return: 0, -EBADFD for a nil channel, or -EBADF if a right is missing. After 0, fields
 * that CHAN_IOC_MAKE has set may be read.
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
