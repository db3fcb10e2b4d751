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
 * @lock: protects the fields that say so
 * @closed: CHAN_OPEN or why the channel is closed; lock
 * @elemsize: bytes of an element; made
 * @batch: elements that are moved in one pass; made
 * @ring: the buffer; lock
 * @requeue: elements before the ring, and records for more; lock, but for what has none
 * @next_seq: sequence number of the next element that leaves the channel; lock of recvq
 * @recvq: operations parked to receive; lock of recvq
 * @sendq: operations parked to send; lock
 * @sends: completed sends by path; lock of recvq
 * @recvs: completed receives by path; lock of recvq
 * @requeues: elements requeued; lock
 * @send_parks: sends parked; lock
 * @recv_parks: receives parked; lock
 * @senders: open files that may send; lock
 * @receivers: open files that may receive; lock
 * @closers: open files that may close; lock
 * @rights: CHAN_RIGHT_* that its files can have; 0: this is a nil channel; written under
 *	lock, once
 * @flags: CHAN_F_*; made
 * @id: its number, see id.c; constant
 * @type: name of the element type; made
 * @user: the account that is charged for the channel and its ring; made
 * @ticker: the clock that feeds the channel, or NULL; made
 * @refs: one for each open file, and for each inode (inode.c); atomic
 * @pollwq: pollers of either side; its own lock
 * @node: in the list of all channels; the lock of that list
 *
 * made: constant once made (CHAN_BARRIER_MADE). lock of recvq: lock, and if there is a ticker
 * its lock as well: see chan_recvq_lock().
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
 * struct chan_parked - a parked operation, as others see it
 * @pid: of its task, in the pid namespace that was asked for; 0 if it has none there
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
int chan_hchan_set_ticker(struct hchan *ch, const struct chan_ticks *ticks);

void chan_hchan_attach(struct hchan *ch, u32 rights);
void chan_hchan_detach(struct hchan *ch, u32 rights);

/* lifetime.c: all channels, nil ones too; the lock protects the list, and is innermost */
extern struct list_head chan_hchan_list;
extern spinlock_t chan_hchan_list_lock;

/* snapshot.c: reading the state of channels */
void chan_hchan_info(struct hchan *ch, struct chan_info *info);
unsigned int chan_hchan_look(struct hchan *ch, struct chan_info *info, u32 *closers,
			     struct pid_namespace *ns, struct chan_parked *parked,
			     unsigned int max);
struct hchan *chan_hchan_next(struct hchan *ch);
void chan_hchan_live(unsigned int *channels, unsigned int *waiters);

/* hchan.c: steps of an operation; those of an element are in paths.h */
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

/* blocking.c: operations that may wait */
int chan_hchan_send(struct hchan *ch, struct chan_elem *elem, unsigned int n,
		    unsigned int min, bool begun, const struct chan_deadline *deadline);
int chan_hchan_recv(struct hchan *ch, struct chan_elem *elem, u64 *seqs, unsigned int n,
		    unsigned int min, bool begun, const struct chan_deadline *deadline);

/* Take the lock of recvq, the channel's own being held. */
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

/* Is the channel closed, and is there nothing left to receive? */
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
 * @ch: the channel, locked; its invariants hold
 */
static inline void chan_hchan_unlock(struct hchan *ch)
	__releases(&ch->lock)
{
	chan_hchan_check_locked(ch);
	spin_unlock(&ch->lock);
}

/* Remember to wake exclusive pollers: @recv that poll for receives, @send for sends. */
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
 * chan_hchan_trace_wake() - trace that the calling task was woken
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
