// SPDX-License-Identifier: GPL-2.0-only
/*
 * Select: of several operations on channels, exactly one is carried out.
 *
 * A case is checked without a lock when it is added. The select picks one of the cases that
 * seem ready, each with the same chance, and tries it under the lock of its channel alone. If
 * that succeeds, the case was ready, and the others do not matter.
 *
 * Otherwise the select checks all cases with the locks of all channels held (select_lock.c), so
 * that "none is ready" is true at one instant (G5). If none is, each case enqueues a waiter of
 * one parker before any lock is released. A peer that makes a case ready afterwards finds its
 * waiter, and the claim word of the parker picks one of these peers. The task then dequeues its
 * other waiters.
 *
 * With CHAN_SELECT_FIRST, a case may only be taken if those before it are not ready. Without all
 * locks the select tries only case 0. It trusts its check of the channels only if no file has
 * kicked it since it scanned the files.
 *
 * Several cases may use the same queue. One of them is enqueued, chosen at random, or the first
 * with CHAN_SELECT_FIRST: [I8]. So each has the same chance with the next peer, and the length
 * of a queue is bounded by the number of tasks.
 *
 * Two selects that face each other meet: the second finds the waiters of the first. A select
 * never meets itself, as it enqueues its waiters after its check.
 *
 * A ready peer may be gone
 * ------------------------
 * A peer that is parked on one of our channels may itself be a select. Between our check and our
 * claim, it may be claimed through a channel that we do not lock. Then we check again. As its
 * waiter has left the queue, this ends.
 *
 * Polled files
 * ------------
 * A file that is no channel cannot be polled under a spinlock. It is polled before, with the task
 * registered as its poller; under the locks it suffices that no file has kicked the task since.
 * A kick makes a parked task scan the files again. If one is ready, the task claims its own
 * parker. Either that succeeds, and no operation is carried out; or a peer was faster, and success
 * wins (G10).
 *
 * A parked operation makes the other side of its channel ready, and wakes its pollers. One of
 * them may be an epoll among the polled files of the same select. A task's own operations are no
 * readiness to it: chan_poll() skips them, and the wakeups that it issues do not kick it. But an
 * epoll that was answered "not ready" forgets the event for all its waiters, so the pollers are
 * woken again after a scan in which that happened (G9).
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/random.h>

#include "hchan.h"
#include "paths.h"
#include "pollset.h"
#include "select.h"
#include "select_lock.h"

static_assert(CHAN_SELECT_MAX <= BITS_PER_TYPE(u64));

/* Do two cases use the same queue? */
static bool chan_select_same_queue(const struct chan_scase *a, const struct chan_scase *b)
{
	return a->ch == b->ch && a->send == b->send;
}

/* The ready cases, a bit for each. */
static u64 chan_select_ready_locked(struct chan_selection *s)
{
	const struct chan_scase *c = s->cases;
	u64 ready = 0;
	unsigned int i;

	for (i = 0; i < s->n; i++, c++) {
		if (c->ch && (c->send ? chan_hchan_may_send_locked(c->ch) :
					chan_hchan_may_recv_locked(c->ch)))
			ready |= BIT_ULL(i);
	}
	return ready;
}

/* The cases whose polled file is ready, a bit for each. */
static u64 chan_select_scan(struct chan_selection *s)
{
	return s->pollset ? chan_pollset_scan(s->pollset) : 0;
}

static bool chan_select_kicked(struct chan_selection *s)
{
	const int *kicked = chan_pollset_kicked(s->pollset);

	return kicked && READ_ONCE(*kicked);
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

/* Carry out a case of a channel whose lock is held. */
static inline void chan_select_try_locked(struct chan_selection *s, unsigned int i,
					  struct chan_wake *wake)
{
	struct chan_scase *c = &s->cases[i];

	s->winner = i;
	s->result = c->send ? chan_send_try_locked(c->ch, c->slot, wake) :
			      chan_recv_try_locked(c->ch, s->slot, &s->seq, wake);
}

/* Returns 0 if the case was carried out, -ESTALE to try again, or -ENOMEM. */
static int chan_select_tried(struct chan_selection *s)
{
	if (likely(s->result >= 0))
		return 0;
	if (s->result == -ENOBUFS)
		return chan_hchan_grow_requeue(s->cases[s->winner].ch) ?: -ESTALE;
	return s->result == -EAGAIN || s->result == -ESTALE ? -ESTALE : 0;
}

/*
 * Carry out one of the cases that seem ready. Returns 0, -ESTALE if it is not ready, or
 * -ENOMEM.
 */
static int chan_select_guess(struct chan_selection *s, u64 ready)
{
	struct chan_wake wake __uninitialized;
	struct hchan *ch;

	s->winner = chan_select_pick(s, ready);
	s->result = 0;
	ch = s->cases[s->winner].ch;
	if (!ch)
		return 0;
	chan_wake_init(&wake);
	spin_lock(&ch->lock);
	chan_select_try_locked(s, s->winner, &wake);
	chan_hchan_unlock(ch);
	chan_wake_run(&wake, &ch->pollwq);
	return chan_select_tried(s);
}

/*
 * With all locks held: carry out one of the ready cases, and unlock. Returns 0, -ESTALE if it is
 * no longer ready, or -ENOMEM.
 */
static int chan_select_commit(struct chan_selection *s, u64 ready)
{
	unsigned int i = chan_select_pick(s, ready);
	struct hchan *ch = s->cases[i].ch;
	struct chan_wake wake __uninitialized;

	chan_wake_init(&wake);
	if (ch) {
		chan_select_try_locked(s, i, &wake);
	} else {
		s->winner = i;
		s->result = 0;
	}
	chan_select_unlock(s);
	if (!ch)
		return 0;
	chan_wake_run(&wake, &ch->pollwq);
	return chan_select_tried(s);
}

/* The case to enqueue in the queue of entry *i of the order; advances *i past that queue. */
static struct chan_scase *chan_select_next_queue(struct chan_selection *s, unsigned int *i)
{
	struct chan_scase *c = &s->cases[s->order[*i]], *chosen = c;
	unsigned int same = 1;

	for (++*i; *i < s->channels; ++*i) {
		struct chan_scase *other = &s->cases[s->order[*i]];

		if (!chan_select_same_queue(c, other))
			break;
		if (!get_random_u32_below(++same) && !s->first)
			chosen = other;
	}
	return chosen;
}

/* Reserve a record for each receiving queue. Returns NULL, or a channel that has too few. */
static struct hchan *chan_select_reserve_locked(struct chan_selection *s)
{
	struct chan_scase *c = s->cases;
	unsigned int i;

	for (i = 0; i < s->channels; i++) {
		c = &s->cases[s->order[i]];
		c->queued = !c->send &&
			    (!i || !chan_select_same_queue(c, &s->cases[s->order[i - 1]]));
		if (c->queued && !chan_requeue_reserve(&c->ch->requeue))
			break;
	}
	if (i == s->channels)
		return NULL;
	while (i--) {
		if (s->cases[s->order[i]].queued)
			chan_requeue_cancel(&chan_select_channel(s, i)->requeue);
	}
	return c->ch;
}

/* Choose the cases to enqueue. Returns true if one of their channels has a ticker. */
static bool chan_select_choose(struct chan_selection *s)
{
	struct chan_scase *c;
	bool ticker = false;
	unsigned int i;

	for (i = 0; i < s->n; i++)
		s->cases[i].queued = false;
	for (i = 0; i < s->channels;) {
		c = chan_select_next_queue(s, &i);
		c->queued = true;
		ticker |= !!c->ch->ticker;
	}
	return ticker;
}

/*
 * Of tickers that are due at the same instant, the one armed first ticks first. So the first to be
 * armed is chosen at random.
 */
static void chan_select_enqueue_locked(struct chan_selection *s)
{
	const bool ticker = chan_select_choose(s);
	unsigned int from = ticker && !s->first ? get_random_u32_below(s->n) : 0, i;

	for (i = 0; i < s->n; i++) {
		struct chan_scase *c = &s->cases[(from + i) % s->n];
		struct chan_wake wake __uninitialized;

		if (!c->queued)
			continue;
		chan_wake_init(&wake);
		chan_waiter_init(&c->w, &s->sleeper.parker, c->send ? c->slot : s->slot);
		chan_hchan_enqueue_locked(c->ch, c->send, &c->w, &wake);
		c->wake_pollers = wake.recv || wake.send;
	}
}

/* A queued waiter makes the other side ready: wake its pollers, except the task itself. */
static void chan_select_wake_pollers(struct chan_selection *s)
{
	struct chan_scase *c = s->cases;
	unsigned int i;

	chan_pollset_quiet(s->pollset, true);
	for (i = 0; i < s->n; i++, c++) {
		if (!c->ch || !c->queued || !c->wake_pollers)
			continue;
		if (c->send)
			chan_wake_pollers_recv(&c->ch->pollwq, 1);
		else
			chan_wake_pollers_send(&c->ch->pollwq, 1);
	}
	chan_pollset_quiet(s->pollset, false);
}

/*
 * Dequeue all waiters except @winner, or all if it is NULL. A peer claims and completes under one
 * hold of a lock, so under that lock it has done both or none.
 */
static void chan_select_dequeue(struct chan_selection *s, const struct chan_waiter *winner)
{
	struct chan_scase *c = s->cases;
	unsigned int i;

	for (i = 0; i < s->n; i++, c++) {
		if (!c->ch || !c->queued || &c->w == winner)
			continue;
		spin_lock(&c->ch->lock);
		chan_hchan_dequeue_locked(c->ch, c->send, &c->w);
		if (!c->send && &c->w != READ_ONCE(s->sleeper.parker.winner))
			chan_requeue_cancel(&c->ch->requeue);
		chan_hchan_unlock(c->ch);
	}
}

/* Wait while parked. Returns 0, an error, or -EAGAIN if polled files are @ready. */
static int chan_select_wait(struct chan_selection *s, const struct chan_deadline *deadline,
			    u64 *ready)
{
	struct chan_parker *p = &s->sleeper.parker;
	int err;

	do {
		err = chan_sleeper_wait(&s->sleeper, deadline);
		if (err != -EAGAIN)
			break;
		p->hidden = false;
		*ready = chan_select_scan(s);
		if (p->hidden)
			chan_select_wake_pollers(s);
	} while (!*ready);
	if (!err) {
		chan_select_dequeue(s, p->winner);
		return 0;
	}
	if (!chan_parker_claim(p))
		err = 0;
	chan_select_dequeue(s, NULL);
	return err;
}

/* The deadline has passed. A due tick still wins; the tickers are tried from a random one on. */
static int chan_select_last_check(struct chan_selection *s)
{
	unsigned int i, from = get_random_u32_below(s->n);

	for (i = 0; i < s->n; i++) {
		const unsigned int at = (from + i) % s->n;
		struct hchan *ch = s->cases[at].ch;
		struct chan_wake wake __uninitialized;

		if (!ch || !ch->ticker)
			continue;
		chan_wake_init(&wake);
		spin_lock(&ch->lock);
		chan_select_try_locked(s, at, &wake);
		chan_hchan_unlock(ch);
		chan_wake_run(&wake, &ch->pollwq);
		if (s->result == 1)
			return 0;
	}
	return -ETIMEDOUT;
}

/* With all locks held: park, and wait with them released. */
static int chan_select_park(struct chan_selection *s, const struct chan_deadline *deadline)
{
	struct chan_parker *p = &s->sleeper.parker;
	struct chan_scase *c;
	u64 ready;
	int err;

	chan_sleeper_init(&s->sleeper, deadline);
	s->sleeper.kicked = chan_pollset_kicked(s->pollset);
	p->file = s->pollset;
	p->select = true;
	chan_select_enqueue_locked(s);
	chan_select_unlock(s);
	chan_select_wake_pollers(s);

	err = chan_select_wait(s, deadline, &ready);
	if (err) {
		if (trace_chan_wake_enabled())
			trace_chan_wake(0, false, err, chan_parker_age(p));
		if (err == -ETIMEDOUT)
			return s->n ? chan_select_last_check(s) : err;
		if (err != -EAGAIN)
			return err;
		s->winner = chan_select_pick(s, ready);
		s->result = 0;
		return 0;
	}
	c = container_of(p->winner, struct chan_scase, w);
	chan_hchan_trace_wake(c->ch, &c->w, c->send, c->w.result);
	s->winner = c - s->cases;
	s->result = c->w.result;
	s->seq = c->w.seq;
	if (!c->send && !s->result)
		chan_requeue_settle(&c->ch->requeue, 1);
	return 0;
}

/*
 * Check with all locks held, and commit or park. @polled are the cases whose file the last scan
 * found ready: none, unless the order of the cases matters. Returns -ESTALE to try again.
 */
static int chan_select_check(struct chan_selection *s, u64 polled,
			     const struct chan_deadline *deadline)
{
	struct hchan *short_of;
	u64 ready;

	chan_select_sort(s);
	chan_select_lock(s);
	ready = chan_select_ready_locked(s) | polled;
	if (ready && !(s->first && chan_select_kicked(s)))
		return chan_select_commit(s, ready);
	if (ready || chan_select_kicked(s)) {
		chan_select_unlock(s);
		return -ESTALE;
	}
	if (deadline->now) {
		chan_select_unlock(s);
		return -EAGAIN;
	}
	short_of = chan_select_reserve_locked(s);
	if (unlikely(short_of)) {
		chan_select_unlock(s);
		return chan_hchan_grow_requeue(short_of) ?: -ESTALE;
	}
	return chan_select_park(s, deadline);
}

static noinline void chan_select_trace(const struct chan_selection *s, int err)
{
	const struct hchan *ch = err ? NULL : s->cases[s->winner].ch;

	trace_chan_select(ch ? ch->id : 0, s->n, err ? -1 : s->winner, err ? err : s->result);
}

/**
 * chan_select_run() - carry out one of the cases
 * @s: the select; @s->winner and what follows are set on success
 * @deadline: how long to wait
 *
 * Context: no lock held; may sleep.
 * Return: 0; or -EAGAIN, -ETIMEDOUT, -ERESTARTSYS or -ENOMEM, and no case was carried out.
 */
int chan_select_run(struct chan_selection *s, const struct chan_deadline *deadline)
{
	u64 seem = s->seem_ready, polled;
	int err = -ESTALE;

	do {
		polled = chan_select_scan(s);
		seem |= polled;
		/* A later case needs the ones before it checked. */
		if (s->first)
			seem &= 1;
		if (seem)
			err = chan_select_guess(s, seem);
		if (err == -ESTALE && (s->first || !polled))
			err = chan_select_check(s, polled, deadline);
		seem = 0;
	} while (err == -ESTALE);
	if (trace_chan_select_enabled())
		chan_select_trace(s, err);
	return err;
}
