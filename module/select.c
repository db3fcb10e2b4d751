// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many channels at once: of several operations, one is carried out.
 *
 * An alternative is checked without any lock when it is added. Of those that seem to be ready
 * the selection takes one at random, all with the same chance, and tries it under the lock of
 * its channel alone: if that succeeds, it was ready, and the others do not matter.
 *
 * Else it looks with the locks of all its channels held, so that "none is ready" is true of
 * one instant (G5). If none is, all become waiters of one parker before any of the locks
 * is released: a peer that makes one of the operations possible afterwards finds its waiter,
 * and the claim word of the parker picks one of these peers. The task then takes its other
 * waiters out of their queues.
 *
 * A selection of CHAN_SELECT_FIRST has to know of the alternatives before the one that it
 * takes. It tries without the others' locks only the very first, and believes its look at
 * channels only if no file has kicked it since it scanned the files.
 *
 * Several alternatives may have the same queue. One of them is enqueued, chosen at random, or
 * the first: [I8]. So each has the same chance with the peer that comes, and the length of a
 * queue is bounded by the number of tasks.
 *
 * Two selections that face each other meet: the second finds the waiters of the first. One
 * never meets itself, as its waiters are queued only after it has looked.
 *
 * Lock order
 * ----------
 * Channels are locked in the order of their addresses, each once, whatever number of
 * alternatives it has. No other task holds the locks of two channels, so this cannot
 * deadlock. There are never more than CHAN_SELECT_MAX of them, which is far below what the
 * preemption counter can count; to lockdep they are one, nested in chan_select_order.
 *
 * A selection does not spin for a lock while it holds others, unless it has been unlucky
 * CHAN_SELECT_TRIES times: else tasks that spin for those others would wait for all the
 * holders of its locks in turn.
 *
 * A ready peer may be gone
 * ------------------------
 * A peer that is parked on one of our channels may itself be a selection, and be claimed
 * through a channel whose lock we do not hold, between our look and our claim. Then we
 * look again: its waiter is out of the queue now, so this ends.
 *
 * Polled files
 * ------------
 * Files that are no channels cannot be polled under a spinlock. They are polled
 * before, with the task registered as their poller; under the locks it is enough that
 * none of them has kicked the task since. While it is parked, a kick makes the task scan
 * them again. If one is ready, the task claims its own parker: either that succeeds, and
 * no operation was nor will be carried out; or a peer was faster, and success wins (G10).
 *
 * A parked operation makes the other side of its channel ready, and wakes its pollers. One of
 * them may be an epoll that is among the files of the very select. Its own operations are no
 * readiness to a task: chan_poll() passes them over for it, and the wakeups that it issues do
 * not kick it. But an epoll that was told "not ready" forgets the event for all its waiters;
 * so after a scan in which that happened, the pollers are woken again (G9).
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/random.h>

#include "hchan.h"
#include "paths.h"
#include "pollset.h"
#include "select.h"

/* After so many tries, a selection spins for a lock while it holds others. */
#define CHAN_SELECT_TRIES	8

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

/* Do two alternatives have the same queue? */
static bool chan_select_same(const struct chan_alternative *a, const struct chan_alternative *b)
{
	return a->ch == b->ch && a->send == b->send;
}

static bool chan_select_before(const struct chan_alternative *a, const struct chan_alternative *b)
{
	return a->ch < b->ch || (a->ch == b->ch && a->send < b->send);
}

/* Insertion sort, stable: there are few, and often they are in order. */
static void chan_select_sort(struct chan_selection *s)
{
	unsigned int i, at;

	s->channels = 0;
	for (i = 0; i < s->n; i++) {
		const struct chan_alternative *a = &s->alternatives[i];

		if (!a->ch)
			continue;
		for (at = s->channels++; at; at--) {
			if (!chan_select_before(a, &s->alternatives[s->order[at - 1]]))
				break;
			s->order[at] = s->order[at - 1];
		}
		s->order[at] = i;
	}
}

/* Is this the first entry of @s->order with its channel? */
static bool chan_select_first_of_channel(struct chan_selection *s, unsigned int i)
{
	return !i || chan_select_channel(s, i) != chan_select_channel(s, i - 1);
}

static void chan_select_unlock_to(struct chan_selection *s, unsigned int i)
{
	while (i--) {
		if (chan_select_first_of_channel(s, i))
			chan_hchan_unlock(chan_select_channel(s, i));
	}
}

static void chan_select_lock(struct chan_selection *s)
{
	unsigned int tries = 0, i;

	lock_map_acquire(&chan_select_order.dep_map);
	for (i = 0; i < s->channels; i++) {
		struct hchan *ch = chan_select_channel(s, i);

		if (!chan_select_first_of_channel(s, i))
			continue;
		if (i && tries < CHAN_SELECT_TRIES && unlikely(spin_is_locked(&ch->lock))) {
			chan_select_unlock_to(s, i);
			tries++;
			i = 0;
			ch = chan_select_channel(s, i);
		}
		spin_lock_nest_lock(&ch->lock, &chan_select_order);
	}
}

static void chan_select_unlock(struct chan_selection *s)
{
	chan_select_unlock_to(s, s->channels);
	lock_map_release(&chan_select_order.dep_map);
}

/* The alternatives that are ready, each of them a bit. */
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

/* The polled files that are ready. */
static u64 chan_select_scan(struct chan_selection *s)
{
	return s->polled ? chan_pollset_scan(s->polled) : 0;
}

static bool chan_select_kicked(struct chan_selection *s)
{
	const int *kicked = chan_pollset_kicked(s->polled);

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

/* Carry out an alternative with a channel, whose lock is held. */
static inline void chan_select_try_locked(struct chan_selection *s, unsigned int i,
					  struct chan_wake *wake)
{
	struct chan_alternative *a = &s->alternatives[i];

	s->winner = i;
	s->result = a->send ? chan_send_try_locked(a->ch, a->slot, wake) :
			      chan_recv_try_locked(a->ch, a->slot, &s->seq, wake);
}

/* Returns 0 if the operation was carried out, -ESTALE if it has to be tried again, or -ENOMEM. */
static int chan_select_tried(struct chan_selection *s)
{
	if (likely(s->result >= 0))
		return 0;
	if (s->result == -ENOBUFS)
		return chan_hchan_grow_requeue(s->alternatives[s->winner].ch) ?: -ESTALE;
	return s->result == -EAGAIN || s->result == -ESTALE ? -ESTALE : 0;
}

/*
 * Carry out one of the alternatives that are said to be ready. Returns 0, -ESTALE if the
 * chosen one was not, or -ENOMEM.
 */
static int chan_select_guess(struct chan_selection *s, u64 ready)
{
	struct chan_wake wake __uninitialized;
	struct hchan *ch;

	s->winner = chan_select_pick(s, ready);
	s->result = 0;
	ch = s->alternatives[s->winner].ch;
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
 * With the locks held: carry out one of the alternatives that are ready, and unlock. Returns 0,
 * -ESTALE if it is ready no more, or -ENOMEM.
 */
static int chan_select_commit(struct chan_selection *s, u64 ready)
{
	unsigned int i = chan_select_pick(s, ready);
	struct hchan *ch = s->alternatives[i].ch;
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

/* Of the alternatives in one queue, from entry *i of the order on, the one to enqueue. */
static struct chan_alternative *chan_select_next_queue(struct chan_selection *s, unsigned int *i)
{
	struct chan_alternative *a = &s->alternatives[s->order[*i]], *chosen = a;
	unsigned int same = 1;

	for (++*i; *i < s->channels; ++*i) {
		struct chan_alternative *other = &s->alternatives[s->order[*i]];

		if (!chan_select_same(a, other))
			break;
		if (!get_random_u32_below(++same) && !s->first)
			chosen = other;
	}
	return chosen;
}

/* Reserve a record for each queue in which to receive. Returns NULL, or a channel with too few. */
static struct hchan *chan_select_reserve_locked(struct chan_selection *s)
{
	struct chan_alternative *a = s->alternatives;
	unsigned int i;

	for (i = 0; i < s->channels; i++) {
		a = &s->alternatives[s->order[i]];
		a->queued = !a->send &&
			    (!i || !chan_select_same(a, &s->alternatives[s->order[i - 1]]));
		if (a->queued && !chan_requeue_reserve(&a->ch->requeue))
			break;
	}
	if (i == s->channels)
		return NULL;
	while (i--) {
		if (s->alternatives[s->order[i]].queued)
			chan_requeue_cancel(&chan_select_channel(s, i)->requeue);
	}
	return a->ch;
}

/* Choose the alternatives to enqueue. Returns true if a clock feeds a channel of theirs. */
static bool chan_select_choose(struct chan_selection *s)
{
	struct chan_alternative *a;
	bool ticker = false;
	unsigned int i;

	for (i = 0; i < s->n; i++)
		s->alternatives[i].queued = false;
	for (i = 0; i < s->channels;) {
		a = chan_select_next_queue(s, &i);
		a->queued = true;
		ticker |= !!a->ch->ticker;
	}
	return ticker;
}

/* Of ticks that are due at one instant, that of the ticker which is armed first comes first. */
static void chan_select_enqueue_locked(struct chan_selection *s)
{
	const bool ticker = chan_select_choose(s);
	unsigned int from = ticker && !s->first ? get_random_u32_below(s->n) : 0, i;

	for (i = 0; i < s->n; i++) {
		struct chan_alternative *a = &s->alternatives[(from + i) % s->n];
		struct chan_wake wake __uninitialized;

		if (!a->queued)
			continue;
		chan_wake_init(&wake);
		chan_waiter_init(&a->w, &s->sleeper.parker, a->slot);
		chan_hchan_enqueue_locked(a->ch, a->send, &a->w, &wake);
		a->tell = wake.recv || wake.send;
	}
}

/* A queued waiter makes the other side ready: wake its pollers, but for the task itself. */
static void chan_select_wake_pollers(struct chan_selection *s)
{
	struct chan_alternative *a = s->alternatives;
	unsigned int i;

	chan_pollset_quiet(s->polled, true);
	for (i = 0; i < s->n; i++, a++) {
		if (!a->ch || !a->queued || !a->tell)
			continue;
		if (a->send)
			chan_wake_pollers_recv(&a->ch->pollwq, 1);
		else
			chan_wake_pollers_send(&a->ch->pollwq, 1);
	}
	chan_pollset_quiet(s->polled, false);
}

/*
 * Dequeue all waiters but @winner, if that is known. A peer that has claimed the parker under the
 * lock of one of the queues has completed it there.
 */
static void chan_select_dequeue(struct chan_selection *s, const struct chan_waiter *winner)
{
	struct chan_alternative *a = s->alternatives;
	unsigned int i;

	for (i = 0; i < s->n; i++, a++) {
		if (!a->ch || !a->queued || &a->w == winner)
			continue;
		spin_lock(&a->ch->lock);
		chan_hchan_dequeue_locked(a->ch, a->send, &a->w);
		if (!a->send && &a->w != READ_ONCE(s->sleeper.parker.winner))
			chan_requeue_cancel(&a->ch->requeue);
		chan_hchan_unlock(a->ch);
	}
}

/* Wait while parked. Returns 0, an error, or -EAGAIN if @ready are polled files. */
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

/* The deadline has passed: a tick that is due wins, beginning with any of the tickers. */
static int chan_select_last_look(struct chan_selection *s)
{
	unsigned int i, from = get_random_u32_below(s->n);

	for (i = 0; i < s->n; i++) {
		const unsigned int at = (from + i) % s->n;
		struct hchan *ch = s->alternatives[at].ch;
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

/* With the locks held: park, and wait with them released. */
static int chan_select_park(struct chan_selection *s, const struct chan_deadline *deadline)
{
	struct chan_parker *p = &s->sleeper.parker;
	struct chan_alternative *a;
	u64 ready;
	int err;

	chan_sleeper_init(&s->sleeper, deadline);
	s->sleeper.kicked = chan_pollset_kicked(s->polled);
	p->file = s->polled;
	p->select = true;
	chan_select_enqueue_locked(s);
	chan_select_unlock(s);
	chan_select_wake_pollers(s);

	err = chan_select_wait(s, deadline, &ready);
	if (err) {
		if (trace_chan_wake_enabled())
			trace_chan_wake(0, false, err, chan_parker_age(p));
		if (err == -ETIMEDOUT)
			return s->n ? chan_select_last_look(s) : err;
		if (err != -EAGAIN)
			return err;
		s->winner = chan_select_pick(s, ready);
		s->result = 0;
		return 0;
	}
	a = container_of(p->winner, struct chan_alternative, w);
	chan_hchan_trace_wake(a->ch, &a->w, a->send, a->w.result);
	s->winner = a - s->alternatives;
	s->result = a->w.result;
	s->seq = a->w.seq;
	if (!a->send && !s->result)
		chan_requeue_settle(&a->ch->requeue, 1);
	return 0;
}

/*
 * Look with all locks held. @polled are the files that a scan before has found ready; unless the
 * order of the alternatives matters, there are none. Returns -ESTALE if it has to be done again.
 */
static int chan_select_look(struct chan_selection *s, u64 polled,
			    const struct chan_deadline *deadline)
{
	struct hchan *few;
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
	few = chan_select_reserve_locked(s);
	if (unlikely(few)) {
		chan_select_unlock(s);
		return chan_hchan_grow_requeue(few) ?: -ESTALE;
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
 * Return: 0, see @s->winner; or -EAGAIN, -ETIMEDOUT, -ERESTARTSYS or -ENOMEM, and no operation
 * was carried out.
 */
int chan_select_run(struct chan_selection *s, const struct chan_deadline *deadline)
{
	u64 seem = s->seem_ready, polled;
	int err = -ESTALE;

	do {
		polled = chan_select_scan(s);
		seem |= polled;
		/* For any but the first, those before it have to be known. */
		if (s->first)
			seem &= 1;
		if (seem)
			err = chan_select_guess(s, seem);
		if (err == -ESTALE && (s->first || !polled))
			err = chan_select_look(s, polled, deadline);
		seem = 0;
	} while (err == -ESTALE);
	if (trace_chan_select_enabled())
		chan_select_trace(s, err);
	return err;
}
