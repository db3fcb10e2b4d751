// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels of CHAN_F_DEADLOCK: who would be parked for ever gets -EDEADLK.
 *
 * That is so if all threads of a process are parked in one channel, on one side, without
 * deadlines, and every open file through which they could be helped, by a peer or by a close, is
 * this process's alone: each reference to it is a descriptor in the process's table, or is held
 * by the call of a parked thread. One that is in flight in a message, or in the table of another
 * process, is one too many.
 *
 * The verdict is a parked thread's own, when it has parked and from then on once in a while, for
 * what makes it true may come later: a thread ends, another process closes its last descriptor.
 * It needs no lock all the time: a parked thread does not change the table, or pass on a file. So
 * it is enough that all threads were parked before the table was read, still are after it, and
 * that none has parked in between. One look at a channel is taken at a time; who finds another on
 * its way looks again later. If all threads are parked, that one began when they were.
 *
 * What is not known for sure is no deadlock: while somebody looks into /proc, for example, there is
 * a reference too many. A thread that was interrupted counts as one that runs. Two things that
 * might help do not count: a signal that is yet to come, and a receiver of another process that
 * gives an element back; whoever was told of a deadlock can receive that later.
 */
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/sched/signal.h>

#include "deadlock.h"
#include "file.h"

/* Between two looks. */
#define CHAN_DEADLOCK_PERIOD	NSEC_PER_SEC

/**
 * struct chan_deadlock - what the calling task finds out
 * @ch: the channel in which it is parked
 * @helpful: CHAN_RIGHT_*, each of which could end its wait
 * @own: CHAN_RIGHT_SEND or CHAN_RIGHT_RECV: what it is parked with
 * @parks: how often the side was parked when all threads were
 * @held: references that their calls hold
 * @peers: open files in the table with the right of a peer
 * @closers: those with CHAN_RIGHT_CLOSE
 * @strange: references to helpful files that nobody here can account for
 * @either: references to helpful files that calls of parked threads may hold
 * @calls: references to all files that they may hold
 */
struct chan_deadlock {
	struct hchan	*ch;
	u32		helpful;
	u32		own;
	u64		parks;
	long		held;
	u32		peers;
	u32		closers;
	long		strange;
	long		either;
	long		calls;
};

static struct chan_waitq *chan_deadlock_queue(const struct chan_deadlock *d)
{
	return d->own == CHAN_RIGHT_SEND ? &d->ch->sendq : &d->ch->recvq;
}

static unsigned int chan_deadlock_threads(void)
{
	const struct task_struct *t;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_thread(current, t) {
		if (!(READ_ONCE(t->flags) & PF_EXITING))
			n++;
	}
	rcu_read_unlock();
	return n;
}

/* Is it a thread of this process that nothing but a peer can wake? */
static bool chan_deadlock_stuck(const struct chan_parker *p)
{
	return same_thread_group(p->task, current) && p->task->files == current->files &&
	       p->forever && !p->select && atomic_read(&p->state) == CHAN_PARKED &&
	       !signal_pending(p->task);
}

/* Are all threads of this process parked in the queue, and does nobody else have its table? */
static bool chan_deadlock_all_parked_locked(struct chan_deadlock *d)
{
	unsigned int threads = chan_deadlock_threads(), stuck = 0;
	struct chan_waiter *w;

	lockdep_assert_held(&d->ch->lock);
	d->held = 0;
	list_for_each_entry(w, &chan_deadlock_queue(d)->list, node) {
		if (!chan_deadlock_stuck(w->parker))
			continue;
		stuck++;
		d->held += w->parker->holds;
	}
	return stuck == threads && atomic_read(&current->files->count) == threads;
}

static u64 chan_deadlock_parks_locked(const struct chan_deadlock *d)
{
	lockdep_assert_held(&d->ch->lock);
	return d->own == CHAN_RIGHT_SEND ? d->ch->send_parks : d->ch->recv_parks;
}

static struct chan_file *chan_deadlock_file(const struct chan_deadlock *d, struct file *file)
{
	struct chan_file *cf = file->private_data;

	return file->f_op == &chan_file_fops && cf->ch == d->ch ? cf : NULL;
}

/* For iterate_fd(): how many descriptors has each file? */
static int chan_deadlock_count(const void *data, struct file *file, unsigned int fd)
{
	const struct chan_deadlock *d = data;
	struct chan_file *cf = chan_deadlock_file(d, file);

	if (!cf)
		return 0;
	if (cf->read != d->ch->reads)
		cf->descriptors = 0;
	cf->read = d->ch->reads;
	cf->descriptors++;
	return 0;
}

/* For iterate_fd(): whose are the other references to each file, which is looked at once? */
static int chan_deadlock_judge(const void *data, struct file *file, unsigned int fd)
{
	struct chan_deadlock *d = (void *)data;
	struct chan_file *cf = chan_deadlock_file(d, file);
	long others;

	if (!cf || cf->read != d->ch->reads || !cf->descriptors)
		return 0;
	others = (long)file_count(file) - cf->descriptors;
	cf->descriptors = 0;
	if (cf->rights & d->helpful & ~CHAN_RIGHT_CLOSE)
		d->peers++;
	if (cf->rights & CHAN_RIGHT_CLOSE)
		d->closers++;
	if (cf->rights & d->own)
		d->calls += others;
	if (cf->rights & d->helpful)
		*(cf->rights & d->own ? &d->either : &d->strange) += others;
	return 0;
}

static void chan_deadlock_read_table(struct chan_deadlock *d)
{
	iterate_fd(current->files, 0, chan_deadlock_count, d);
	iterate_fd(current->files, 0, chan_deadlock_judge, d);
}

/* Nobody waits for another's look: a table may be long, and its process nobody's friend. */
static bool chan_deadlock_begin(struct chan_deadlock *d)
{
	struct hchan *ch = d->ch;
	bool begin;

	spin_lock(&ch->lock);
	begin = !ch->reading && chan_deadlock_all_parked_locked(d);
	if (begin) {
		ch->reading = true;
		ch->reads++;
	}
	d->parks = chan_deadlock_parks_locked(d);
	chan_hchan_unlock(ch);
	return begin;
}

/*
 * Calls of parked threads hold references to files with their own right. If there are more than
 * they hold, those may be to files that are of no help, as nobody knows which hold what; but not
 * if there is none to a helpful one.
 */
static bool chan_deadlock_certain_locked(const struct chan_deadlock *d)
{
	const struct hchan *ch = d->ch;

	lockdep_assert_held(&ch->lock);
	return d->peers == (d->own == CHAN_RIGHT_SEND ? ch->receivers : ch->senders) &&
	       d->closers == ch->closers && !d->strange &&
	       (!d->either || d->calls == d->held);
}

/* Is the calling task parked for ever? Then it is not parked any more. */
static bool chan_deadlock_claim(struct chan_deadlock *d, struct chan_parker *p)
{
	struct hchan *ch = d->ch;
	bool certain;

	if (!chan_deadlock_begin(d))
		return false;

	chan_deadlock_read_table(d);

	spin_lock(&ch->lock);
	ch->reading = false;
	certain = chan_deadlock_all_parked_locked(d) &&
		  d->parks == chan_deadlock_parks_locked(d) &&
		  chan_deadlock_certain_locked(d) && chan_parker_claim(p);
	chan_hchan_unlock(ch);
	return certain;
}

/**
 * chan_deadlock_wait() - chan_parker_wait(), unless nobody can ever end the wait
 * @ch: the channel, of CHAN_F_DEADLOCK
 * @p: the calling task, with one waiter, in a queue of @ch
 * @send: it is to send
 *
 * Context: no lock held; sleeps.
 * Return: as chan_parker_wait(), or -EDEADLK: retired.
 */
int chan_deadlock_wait(struct hchan *ch, struct chan_parker *p, bool send)
{
	struct chan_deadline look = { .clock = CLOCK_MONOTONIC };
	int err;

	do {
		struct chan_deadlock d = {
			.ch = ch,
			.own = send ? CHAN_RIGHT_SEND : CHAN_RIGHT_RECV,
			.helpful = send ? CHAN_RIGHT_RECV | CHAN_RIGHT_CLOSE :
					  CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE,
		};

		if (chan_deadlock_claim(&d, p))
			return -EDEADLK;
		look.expires = ktime_add_ns(ktime_get(), CHAN_DEADLOCK_PERIOD);
		err = chan_parker_sleep(p, &look);
	} while (err == -ETIMEDOUT);
	return err && !chan_parker_retire(p) ? 0 : err;
}
