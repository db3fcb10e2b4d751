// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many channels at once: of several operations, one is carried out.
 *
 * Whoever adds an alternative looks at it, without any lock. Of those that seem to be ready
 * the selection takes one at random, all with the same chance, and tries it under the lock of
 * its channel alone: if that succeeds, it was ready, and nothing had to be known of the others.
 *
 * Else it looks with the locks of all its channels held, so that "none is ready" is true of
 * one instant (G5). If none is, all become waiters of one parker before any of the locks
 * is released: whoever makes one of the operations possible afterwards finds its waiter,
 * and the claim word of the parker picks one of these peers. The task then takes its other
 * waiters out of their queues.
 *
 * Two alternatives may have the same queue. Then their order there is random, so that each
 * has the same chance with the peer that comes.
 *
 * Two selections that face each other meet: whoever comes second finds the waiters of
 * the first. One never meets itself, as its waiters are queued only after it has looked.
 *
 * Lock order
 * ----------
 * Channels are locked in the order of their addresses, each once, whatever number of
 * alternatives it has. Nobody else holds the locks of two channels, so this cannot
 * deadlock. There are never more than CHAN_SELECT_MAX of them, which is far below what the
 * preemption counter can count; to lockdep they are one, nested in chan_select_order.
 *
 * Who is ready may be gone
 * ------------------------
 * A peer that is parked on one of our channels may itself be a selection, and be claimed
 * through a channel whose lock we do not hold, between our look and our claim. Then we
 * look again: its waiter is out of the queue now, so this ends.
 *
 * Polled files
 * --------------------
 * Files that are no channels cannot be looked at under a spinlock. They are looked at
 * before, with the task registered as their poller; under the locks it is enough that
 * none of them has kicked the task since. While it is parked, a kick makes the task look at
 * them again. If one is ready, the task claims its own parker: either that succeeds, and
 * no operation was nor will be carried out; or a peer was faster, and success wins (G10).
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/random.h>

#include "pollset.h"
#include "hchan.h"
#include "poll.h"
#include "select.h"

static_assert(CHAN_SELECT_MAX <= BITS_PER_TYPE(u64));

#ifdef CONFIG_LOCKDEP
static struct lock_class_key chan_select_key;

/* What lockdep takes for a lock that is held by whoever locks several channels. */
static struct {
	struct lockdep_map	dep_map;
} chan_select_order = {
	.dep_map = STATIC_LOCKDEP_MAP_INIT("chan_select_order", &chan_select_key),
};
#else
/* With PREEMPT_RT it is looked at all the same. */
static const struct {} chan_select_order __maybe_unused;
#endif

static struct hchan *chan_select_channel(struct chan_selection *s, unsigned int i)
{
	return s->alternatives[s->order[i]].ch;
}

/* Insertion sort: there are few, and often they are in order. */
static void chan_select_sort(struct chan_selection *s)
{
	unsigned int i, at, to;

	s->channels = 0;
	for (i = 0; i < s->n; i++) {
		struct hchan *ch = s->alternatives[i].ch;

		if (!ch)
			continue;
		at = s->channels;
		while (at && chan_select_channel(s, at - 1) > ch)
			at--;
		if (at && chan_select_channel(s, at - 1) == ch)
			continue;
		for (to = s->channels++; to > at; to--)
			s->order[to] = s->order[to - 1];
		s->order[at] = i;
	}
}

static void chan_select_lock(struct chan_selection *s)
{
	unsigned int i;

	lock_map_acquire(&chan_select_order.dep_map);
	for (i = 0; i < s->channels; i++)
		spin_lock_nest_lock(&chan_select_channel(s, i)->lock, &chan_select_order);
}

static void chan_select_unlock(struct chan_selection *s)
{
	unsigned int i = s->channels;

	while (i)
		chan_hchan_unlock(chan_select_channel(s, --i));
	lock_map_release(&chan_select_order.dep_map);
}

/* Which alternatives are ready, each of them a bit. */
static u64 chan_select_ready_locked(struct chan_selection *s)
{
	const struct chan_alternative *a = s->alternatives;
	u64 ready = 0;
	unsigned int i;

	for (i = 0; i < s->n; i++, a++) {
		if (a->ch && (a->send ? chan_hchan_may_send_locked(a->ch) :
					chan_hchan_may_recv_locked(a->ch)))
			ready |= BIT_ULL(i);
	}
	return ready;
}

/* Which polled files are ready. */
static u64 chan_select_scan(struct chan_selection *s)
{
	return s->polled ? chan_pollset_scan(s->polled) : 0;
}

/* One of the bits that are set, each with the same chance. */
static __always_inline unsigned int chan_select_pick(const struct chan_selection *s, u64 ready)
{
	unsigned int skip;

	if (unlikely(!is_power_of_2(ready)) && !s->first) {
		for (skip = get_random_u32_below(hweight64(ready)); skip; skip--)
			ready &= ready - 1;
	}
	return __ffs64(ready);
}

/* Carry out an alternative with a channel, whose lock is held. */
static inline void chan_select_try_locked(struct chan_selection *s, unsigned int i,
					  struct chan_wake *wake)
{
	struct chan_alternative *a = &s->alternatives[i];

	s->winner = i;
	s->result = a->send ? chan_send_try_locked(a->ch, a->slot, wake) :
			      chan_recv_try_locked(a->ch, a->slot, &s->seq, wake);
}

/*
 * Carry out one of the alternatives that are said to be ready. Returns 0, or -ESTALE if the
 * chosen one was not.
 */
static int chan_select_guess(struct chan_selection *s, u64 ready)
{
	struct chan_wake wake = {};
	struct hchan *ch;

	s->winner = chan_select_pick(s, ready);
	s->result = 0;
	ch = s->alternatives[s->winner].ch;
	if (!ch)
		return 0;
	spin_lock(&ch->lock);
	chan_select_try_locked(s, s->winner, &wake);
	chan_hchan_unlock(ch);
	chan_wake_run(ch, &wake);
	return s->result == -EAGAIN ? -ESTALE : 0;
}

/*
 * With the locks held: carry out one of the alternatives that are ready, and unlock.
 * Returns 0, or -ESTALE if it is ready no more.
 */
static int chan_select_commit(struct chan_selection *s, u64 ready)
{
	struct chan_wake wake = {};

	chan_select_try_locked(s, chan_select_pick(s, ready), &wake);
	chan_select_unlock(s);
	chan_wake_run(s->alternatives[s->winner].ch, &wake);
	return s->result == -EAGAIN ? -ESTALE : 0;
}

/*
 * Of several alternatives in one queue, which stand one after the other, a peer completes the
 * first. Let the one that was added last take any place among them, each with the same chance;
 * done for each of them, that makes all orders equally likely.
 */
static void chan_select_mix_locked(struct chan_waitq *q, struct chan_waiter *w)
{
	struct list_head *at = &w->node;
	unsigned int before = 0, skip;

	while (at->prev != &q->list &&
	       list_entry(at->prev, struct chan_waiter, node)->parker == w->parker) {
		at = at->prev;
		before++;
	}
	if (likely(!before))
		return;
	for (skip = get_random_u32_below(before + 1); skip; skip--)
		at = at->next;
	if (at != &w->node)
		list_move_tail(&w->node, at);
}

static void chan_select_enqueue_locked(struct chan_selection *s)
{
	struct chan_alternative *a = s->alternatives;
	unsigned int i;

	for (i = 0; i < s->n; i++, a++) {
		struct chan_wake wake = {};
		struct chan_waitq *q;

		if (!a->ch)
			continue;
		q = a->send ? &a->ch->sendq : &a->ch->recvq;
		chan_waiter_init(&a->w, &s->parker, a->slot);
		chan_hchan_enqueue_locked(a->ch, q, &a->w, &wake);
		if (!s->first)
			chan_select_mix_locked(q, &a->w);
		a->tell = wake.recv || wake.send;
	}
}

/* Parked operations are what the other side waits for. */
static void chan_select_tell(struct chan_selection *s)
{
	struct chan_alternative *a = s->alternatives;
	unsigned int i;

	for (i = 0; i < s->n; i++, a++) {
		if (!a->ch || !a->tell)
			continue;
		if (a->send)
			chan_poll_wake_recv(a->ch, 1);
		else
			chan_poll_wake_send(a->ch, 1);
	}
}

/* The winner is out of its queue already. */
static void chan_select_dequeue(struct chan_selection *s)
{
	struct chan_alternative *a = s->alternatives;
	unsigned int i;

	for (i = 0; i < s->n; i++, a++) {
		if (!a->ch || &a->w == s->parker.winner)
			continue;
		spin_lock(&a->ch->lock);
		chan_waitq_remove(a->send ? &a->ch->sendq : &a->ch->recvq, &a->w);
		chan_hchan_unlock(a->ch);
	}
}

/* Wait while parked. Returns 0, an error, or -EAGAIN if @ready are polled ones. */
static int chan_select_wait(struct chan_selection *s, const struct chan_deadline *deadline,
			    u64 *ready)
{
	int err;

	do {
		err = chan_parker_wait(&s->parker, deadline);
		if (err != -EAGAIN)
			return err;
		*ready = chan_select_scan(s);
	} while (!*ready);
	return chan_parker_retire(&s->parker) ? -EAGAIN : 0;
}

/* With the locks held: park, and wait with them released. */
static int chan_select_park(struct chan_selection *s, const struct chan_deadline *deadline)
{
	struct chan_alternative *a;
	u64 ready;
	int err;

	chan_parker_init(&s->parker, deadline);
	s->parker.kicked = chan_pollset_kicked(s->polled);
	s->parker.select = true;
	chan_select_enqueue_locked(s);
	chan_select_unlock(s);
	chan_select_tell(s);

	err = chan_select_wait(s, deadline, &ready);
	chan_select_dequeue(s);
	if (err) {
		if (trace_chan_wake_enabled())
			trace_chan_wake(0, false, err, chan_parker_age(&s->parker));
		if (err != -EAGAIN)
			return err;
		s->winner = chan_select_pick(s, ready);
		s->result = 0;
		return 0;
	}
	a = container_of(s->parker.winner, struct chan_alternative, w);
	chan_hchan_trace_wake(a->ch, &a->w, a->send, a->w.result);
	s->winner = a - s->alternatives;
	s->result = a->w.result;
	s->seq = a->w.seq;
	return 0;
}

/*
 * Look with all locks held, the polled files having been found not to be ready. Returns
 * -ESTALE if it has to be done again.
 */
static int chan_select_look(struct chan_selection *s, const struct chan_deadline *deadline)
{
	const int *kicked;
	u64 ready;

	chan_select_sort(s);
	chan_select_lock(s);
	ready = chan_select_ready_locked(s);
	if (ready)
		return chan_select_commit(s, ready);
	kicked = chan_pollset_kicked(s->polled);
	if (kicked && READ_ONCE(*kicked)) {
		chan_select_unlock(s);
		return -ESTALE;
	}
	if (deadline->now) {
		chan_select_unlock(s);
		return -EAGAIN;
	}
	return chan_select_park(s, deadline);
}

static noinline void chan_select_trace(const struct chan_selection *s, int err)
{
	const struct hchan *ch = err ? NULL : s->alternatives[s->winner].ch;

	trace_chan_select(ch ? ch->id : 0, s->n, err ? -1 : s->winner, err ? err : s->result);
}

/**
 * chan_select_run() - carry out one of several operations
 * @s: the alternatives; the result goes there too
 * @deadline: how long to wait
 *
 * Context: no lock held; may sleep.
 * Return: 0, see @s->winner; or -EAGAIN, -ETIMEDOUT or -ERESTARTSYS, and no operation was
 * carried out.
 */
int chan_select_run(struct chan_selection *s, const struct chan_deadline *deadline)
{
	u64 seem = s->seem_ready, polled;
	int err = -ESTALE;

	do {
		polled = chan_select_scan(s);
		if (seem | polled)
			err = chan_select_guess(s, seem | polled);
		if (err == -ESTALE && !polled)
			err = chan_select_look(s, deadline);
		seem = 0;
	} while (err == -ESTALE);
	if (trace_chan_select_enabled())
		chan_select_trace(s, err);
	return err;
}
