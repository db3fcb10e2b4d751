// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels that are fed by a clock: Go's timers and tickers.
 *
 * Such a channel buffers one tick, the time at which it was due, and can only be received
 * from. Its one sender is a ticker: an hrtimer that expires, and work that then sends, as
 * the lock of a channel is not for interrupts.
 *
 * A tick that nobody takes makes those after it be dropped, and the ticker does not even
 * wake up for them: it waits for room like any poller, and goes on with the first tick
 * that is still to come. So a ticker that nobody listens to costs nothing, and one whose
 * interval is very short is as fast as its receivers, but no faster.
 *
 *   set                  hrtimer expires            work                     a receive
 *   running = true
 *   hrtimer started ---> work queued -------------> tick sent
 *                                                   handed off: next tick
 *                                                   in the ring: full = true
 *                                                                            tick taken
 *                                                                            full = false,
 *                                                                            next tick
 *
 * At any moment one of these is on its way, or the ring is full, or the ticker is
 * stopped: so only who took the last step starts the hrtimer again.
 *
 * full is set under the lock of the channel, in the section that puts the tick into the
 * ring. Whoever takes it from there does so later, and finds the ticker among the
 * pollers (CHAN_BARRIER_POLL), where it is as long as it is set to tick again.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "hchan.h"
#include "ticker.h"

/**
 * struct chan_ticker - what feeds a channel
 * @ch: the channel, which owns the ticker
 * @mutex: one sets it at a time
 * @lock: protects @running, and the hrtimer while it is; inside hchan.pollwq.lock
 * @running: the hrtimer may be started
 * @full: a tick in the ring keeps it from going on; atomic
 * @ticks: what it is set to; constant while @running
 * @hrtimer: expires at the next tick; keeps the time of the last one
 * @work: sends
 * @room: on hchan.pollwq while it ticks again and again
 */
struct chan_ticker {
	struct hchan		*ch;
	struct mutex		mutex;
	spinlock_t		lock;
	bool			running;
	atomic_t		full;
	struct chan_ticks	ticks;
	struct hrtimer		hrtimer;
	struct work_struct	work;
	struct wait_queue_entry	room;
};

/* The form of a channel that a ticker feeds. */
static const struct chan_make chan_ticker_form = {
	.elemsize	= sizeof(u64),
	.cap		= 1,
	.flags		= CHAN_F_TIMER,
	.type		= "uint64_t",
};

static enum hrtimer_restart chan_ticker_expire(struct hrtimer *hrtimer)
{
	struct chan_ticker *t = container_of(hrtimer, struct chan_ticker, hrtimer);

	queue_work(system_highpri_wq, &t->work);
	return HRTIMER_NORESTART;
}

/* Go on with the first tick that is still to come. */
static void chan_ticker_next(struct chan_ticker *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	if (t->running) {
		/* If the clock was set back, the last tick is to come once more. */
		if (!hrtimer_forward_now(&t->hrtimer, t->ticks.interval))
			hrtimer_add_expires(&t->hrtimer, t->ticks.interval);
		hrtimer_restart(&t->hrtimer);
	}
	spin_unlock_irqrestore(&t->lock, flags);
}

static void chan_ticker_send(struct work_struct *work)
{
	struct chan_ticker *t = container_of(work, struct chan_ticker, work);
	u64 tick = ktime_to_ns(ktime_add(hrtimer_get_expires(&t->hrtimer), t->ticks.ahead));
	struct hchan *ch = t->ch;
	struct chan_wake wake = {};
	bool full;

	spin_lock(&ch->lock);
	chan_send_try_locked(ch, &tick, &wake);
	full = ch->qcount == ch->dataqsiz;
	atomic_set(&t->full, full);
	chan_hchan_unlock(ch);

	/* Before the receiver goes on, so that the next tick is one after it did. */
	if (!full && t->ticks.interval)
		chan_ticker_next(t);
	chan_wake_run(ch, &wake);
}

/* A poller of the channel is woken. */
static int chan_ticker_room(struct wait_queue_entry *room, unsigned int mode, int sync, void *key)
{
	struct chan_ticker *t = container_of(room, struct chan_ticker, room);

	if ((key_to_poll(key) & EPOLLOUT) && atomic_xchg(&t->full, 0))
		chan_ticker_next(t);
	return 0;
}

/* Take out what nobody has received. Returns whether there was anything. */
static bool chan_ticker_discard(struct chan_ticker *t)
{
	struct hchan *ch = t->ch;
	struct chan_wake wake = {};
	u64 tick, seq;
	bool any = false;

	spin_lock(&ch->lock);
	while (chan_recv_try_locked(ch, &tick, &seq, &wake) > 0)
		any = true;
	chan_hchan_unlock(ch);
	chan_wake_run(ch, &wake);
	return any;
}

/*
 * After this, no tick comes that was due before, nor is one in the channel. Returns
 * whether there would have been one to receive.
 *
 * Whoever starts the hrtimer does so with the lock held while running is true. So once it
 * is false, what was started is all there is to cancel.
 */
static bool chan_ticker_stop(struct chan_ticker *t)
{
	unsigned long flags;
	bool active;

	lockdep_assert_held(&t->mutex);
	spin_lock_irqsave(&t->lock, flags);
	active = t->running && t->ticks.interval;
	t->running = false;
	spin_unlock_irqrestore(&t->lock, flags);

	if (!list_empty(&t->room.entry)) {
		remove_wait_queue(&t->ch->pollwq, &t->room);
		INIT_LIST_HEAD(&t->room.entry);
	}
	active |= hrtimer_cancel(&t->hrtimer);
	active |= cancel_work_sync(&t->work);
	active |= chan_ticker_discard(t);
	return active;
}

static void chan_ticker_start(struct chan_ticker *t, const struct chan_ticks *ticks)
{
	unsigned long flags;

	lockdep_assert_held(&t->mutex);
	t->ticks = *ticks;
	atomic_set(&t->full, 0);
	hrtimer_setup(&t->hrtimer, chan_ticker_expire, ticks->first.clock, HRTIMER_MODE_ABS);
	if (ticks->interval)
		add_wait_queue(&t->ch->pollwq, &t->room);

	spin_lock_irqsave(&t->lock, flags);
	t->running = true;
	hrtimer_start(&t->hrtimer, ticks->first.expires, HRTIMER_MODE_ABS);
	spin_unlock_irqrestore(&t->lock, flags);
}

/**
 * chan_ticker_set() - stop a ticker, and start it anew
 * @t: the ticker
 * @ticks: what it is set to; a first tick at KTIME_MAX leaves it stopped
 *
 * Ticks of before are received no more, but for one that a receiver has taken already.
 *
 * Context: may sleep.
 * Return: 1 if there was a tick to come, or one that was not received; else 0.
 */
int chan_ticker_set(struct chan_ticker *t, const struct chan_ticks *ticks)
{
	bool active;

	mutex_lock(&t->mutex);
	active = chan_ticker_stop(t);
	if (ticks->first.expires != KTIME_MAX)
		chan_ticker_start(t, ticks);
	mutex_unlock(&t->mutex);
	return active;
}

/**
 * chan_ticker_make() - make a nil channel one that a ticker feeds, which is stopped
 * @ch: the channel
 *
 * Context: may sleep.
 * Return: as chan_hchan_make().
 */
int chan_ticker_make(struct hchan *ch)
{
	struct chan_ticker *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	int err;

	if (!t)
		return -ENOMEM;
	t->ch = ch;
	mutex_init(&t->mutex);
	spin_lock_init(&t->lock);
	INIT_WORK(&t->work, chan_ticker_send);
	init_waitqueue_func_entry(&t->room, chan_ticker_room);
	INIT_LIST_HEAD(&t->room.entry);
	hrtimer_setup(&t->hrtimer, chan_ticker_expire, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	err = chan_hchan_make(ch, &chan_ticker_form, t);
	if (err)
		kfree(t);
	return err;
}

/**
 * chan_ticker_free() - stop and free a ticker
 * @t: the ticker, whose channel nobody uses any more; may be NULL
 *
 * Context: may sleep.
 */
void chan_ticker_free(struct chan_ticker *t)
{
	if (!t)
		return;
	mutex_lock(&t->mutex);
	chan_ticker_stop(t);
	mutex_unlock(&t->mutex);
	kfree(t);
}
