/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One channel: hchan.c, paths.h, requeue.c, waiter.c. Each inline is named after the function that
 * it models. A d_step runs under the lock of the channel.
 *
 * A task that claims a waiter leaves the d_step of the claim with the lock held, and completes it
 * in the next one: in between, claimed is its waiter.
 */
#define NONE		255
#define EMPTY		255
#define BIT(v)		(1 << (v))

/* enum chan_parker_state; a task that is not parked has none */
#define PARKED		1
#define CLAIMED		2
#define COMPLETED	3

/* results */
#define DONE		1	/* sent, received */
#define CLOSED		2	/* EPIPE, or 0: closed and drained */
#define EAGAIN		3
#define ERESTARTSYS	4
#define ETIMEDOUT	5
#define PARK		6	/* not yet */
#define ESTALE		7	/* try again */

/* CHAN_WAITQ_SCAN, and CHAN_WAKE_TASKS of a close */
#ifndef SCAN
#define SCAN		1
#endif
#define CLOSE_RUN	1

/* cases: the operations of a waiter */
#define RECV(c)		(2 * (c))
#define SEND(c)		(2 * (c) + 1)
#define POLLED		200
#define NIL		201
#define NEVER		100	/* a time */

#define IS_SEND(o)	((o) < POLLED && (o) % 2 == 1)
#define IS_RECV(o)	((o) < POLLED && (o) % 2 == 0)
#define CHANNEL(o)	((o) / 2)

#define W(t, i)		((t) * CASES + (i))
#define TASK(w)		((w) / CASES)

#define TELL_RECV	1
#define TELL_SEND	2

/* struct hchan */
bit lock[CHANNELS];
bit closed[CHANNELS];
bit close_told[CHANNELS];	/* a close has returned */
byte sequence[CHANNELS];
chan ring[CHANNELS] = [2] of { byte };
chan requeued[CHANNELS] = [ELEMENTS] of { byte, byte };	/* seq, element */
chan recvq[CHANNELS] = [TASKS * CASES] of { byte };
chan sendq[CHANNELS] = [TASKS * CASES] of { byte };
#ifdef POLLERS
byte recv_pollers[CHANNELS];	/* pollwq: tasks that poll to receive, a bit for each */
byte send_pollers[CHANNELS];
#endif

/* struct chan_parker, of each task */
byte state[TASKS];
byte winner[TASKS] = NONE;
bit kicked[TASKS];
bit valid[TASKS];	/* its memory has not been left */
/* the task itself */
bit asleep[TASKS];
bit signalled[TASKS];
bit expired[TASKS];
bit in_call[TASKS];

/* struct chan_waiter, of each case of each task */
byte slot[TASKS * CASES] = EMPTY;
byte seq[TASKS * CASES];
byte result[TASKS * CASES];
hidden byte op[TASKS * CASES] = NIL;	/* constant */

#ifdef BUG_COMPLETE_BEFORE_MOVE
byte late_element[TASKS * CASES];
#endif
#ifdef BUG_WAKE_WITHOUT_REFERENCE
bit exited[TASKS];
#endif

/*
 * For each task: the waiter that it has claimed and not yet completed; struct chan_wake: a bit for
 * each task to wake, with a reference to it; two for pollers of each channel.
 */
#define LOCALS		byte claimed = NONE, woken, tell

/* A file that is not a channel. */
bit file_ready;
bit file_told;		/* all its pollers have been woken */
bit file_kicks[TASKS];	/* the task is on its wait queue */
#ifdef EPOLL
bit epoll_ready;	/* that file is an epoll for channel 0, which is on its ready list */
bit epoll_waits;	/* a task is in epoll_wait() */
#endif

#ifdef TICKER
/* struct chan_ticker, of channel 0 */
bit ticker_lock;
bit alarm_set;		/* alarm */
bit running = 1;
bit seen;
byte due = 1;
byte interval = 2;
byte first_seq;
/* its hrtimer */
bit pending;
byte expires;

byte clock;
byte latest;		/* maximum that the clock ever reached */
bit setting;		/* the second one is in force */

/* chan_ticker_due_locked() */
#ifdef BUG_SEEN_FORGOTTEN
#define TICK_DUE	(running && clock >= due)
#else
#define TICK_DUE	(running && (seen || clock >= due))
#endif
#define IS_TICKER(c)	((c) == 0)
#else
#define IS_TICKER(c)	false
#endif

/* Only valid within a step. */
hidden byte c_, t_, u_, v_, w_, x_, y_, scan, remain, receivers, senders;

#define CAP_OF(c)	((c) == 0 -> CAP0 : CAP1)

/* chan_hchan_check_locked(): I1 to I4, here for all waiters, not only the first ones; I8 */
inline check_locked(c)
{
	assert(len(ring[c]) <= CAP_OF(c));
	receivers = 0;
	senders = 0;
	for (w_ : 0 .. TASKS * CASES - 1) {
		if
		:: state[TASK(w_)] == PARKED && recvq[c] ?? [eval(w_)] ->
			receivers = receivers | BIT(TASK(w_))
		:: else
		fi;
		if
		:: state[TASK(w_)] == PARKED && sendq[c] ?? [eval(w_)] ->
			senders = senders | BIT(TASK(w_))
		:: else
		fi
	}
	assert(!receivers || (!len(ring[c]) && !len(requeued[c])));
	assert(!senders || closed[c] || len(ring[c]) == CAP_OF(c));
	assert(!receivers || !senders || closed[c] ||
	       (receivers == senders && (receivers & (receivers - 1)) == 0));
	assert(!close_told[c] || (!receivers && !senders))
}

/* chan_hchan_unlock() */
inline unlock(c)
{
	check_locked(c);
	promise_watch();
	lock[c] = 0
}

/*
 * chan_waitq_claim_first(): w_ is the waiter, or NONE; then scan is 0 if the maximum number of
 * stale waiters was removed.
 */
inline waitq_claim(q)
{
	assert(claimed == NONE);
	w_ = NONE;
	scan = SCAN;
	do
	:: w_ == NONE && scan && len(q) ->
		q ? w_;
		assert(valid[TASK(w_)]);
		if
#ifdef BUG_CLAIM_UNCHECKED
		:: true ->
#else
		:: state[TASK(w_)] == PARKED ->
#endif
			state[TASK(w_)] = CLAIMED;
			claimed = w_
#ifdef BUG_WAKE_BEFORE_COMPLETE
			; asleep[TASK(w_)] = 0
#endif
		:: else -> w_ = NONE; scan--
		fi
	:: else -> break
	od
}

/* chan_waiter_complete(), chan_sleeper_complete(): in the step after the claim */
inline waiter_complete()
{
#ifndef BUG_COMPLETE_UNLOCKED
	w_ = claimed;
	assert(valid[TASK(w_)] && state[TASK(w_)] == CLAIMED);
	winner[TASK(w_)] = w_;
#ifndef BUG_WAKE_BEFORE_COMPLETE
	woken = woken | BIT(TASK(w_));
#endif
	state[TASK(w_)] = COMPLETED;
#ifndef BUG_COMPLETE_BEFORE_MOVE
	claimed = NONE
#endif
#else
	skip
#endif
}

/* chan_waitq_trim(): v_ is set if an operation is parked; removes scan at most */
inline waitq_trim(q)
{
	v_ = 0;
	scan = SCAN;
	do
	:: v_ == 0 && scan && len(q) ->
		q ? <w_>;
		assert(valid[TASK(w_)]);
		if
		:: state[TASK(w_)] == PARKED -> v_ = 1
		:: else -> q ? w_; scan--
		fi
	:: else -> break
	od;
	v_ = v_ || len(q)
}

/* chan_waitq_remove() */
inline waitq_remove(q, w)
{
	if
	:: q ?? [eval(w)] -> q ?? eval(w)
	:: else
	fi
}

#if defined(POLLERS)
#define ACTIVE(c)	(recv_pollers[c] || send_pollers[c])
#elif defined(EPOLL)
#define ACTIVE(c)	true
#else
#define ACTIVE(c)	false
#endif

/* chan_wake_poll_locked(): on a closed channel, a free slot is no event */
inline wake_poll_locked(c, what)
{
#if defined(POLLERS) || defined(EPOLL)
	if
	:: ACTIVE(c) && !((what) == TELL_SEND && closed[c]) -> tell = tell | ((what) << (2 * (c)))
	:: else
	fi
#else
	skip
#endif
}

/* chan_recv_complete_locked(): w_ is the receiver that gets the element, or NONE; scan */
inline recv_complete_locked(c, v, number)
{
	waitq_claim(recvq[c]);
	if
	:: w_ != NONE ->
#ifdef BUG_COMPLETE_BEFORE_MOVE
		late_element[w_] = v;
#else
		slot[w_] = v;
#endif
		seq[w_] = number;
		result[w_] = DONE
	:: else
	fi
}

/*
 * chan_send_claim_locked(), chan_send_complete_locked(): w_ is the sender, or NONE; scan. I4: a
 * closed channel has none.
 */
inline send_complete_locked(c)
{
#ifdef BUG_RECEIVED_AFTER_CLOSE
	if
	:: true ->
#else
	if
	:: closed[c] -> w_ = NONE; scan = SCAN
	:: else ->
#endif
		waitq_claim(sendq[c]);
		if
		:: w_ != NONE -> assert(!closed[c]); result[w_] = DONE
		:: else
		fi
	fi
}

/* chan_send_try_locked() */
inline send_try_locked(c, v, res)
{
	if
	:: closed[c] -> res = CLOSED
	:: else ->
		recv_complete_locked(c, v, sequence[c]);
		if
		:: w_ != NONE ->
			promise_taken(v);
			sequence[c]++;
			res = DONE
		:: w_ == NONE && !scan -> res = ESTALE
		:: w_ == NONE && scan && len(ring[c]) < CAP_OF(c) ->
			ring[c] ! v;
			wake_poll_locked(c, TELL_RECV);
			res = DONE
		:: else -> res = EAGAIN
		fi
	fi
}

#ifdef BUG_REQUEUED_TO_THE_TAIL
#define REQUEUED_FIRST(c)	(!len(ring[c]))
#else
#define REQUEUED_FIRST(c)	true
#endif

inline take_first(c, v, number)
{
	promise_taken(v);
	number = sequence[c];
	sequence[c]++
}

/* chan_recv_take_locked() */
inline recv_take_locked(c, v, number, res)
{
#ifdef BUG_RING_NOT_REFILLED
	w_ = NONE;
	scan = SCAN;
	if
	:: len(ring[c]) -> skip
	:: else -> send_complete_locked(c)
	fi;
#else
	send_complete_locked(c);
#endif
	if
	:: w_ == NONE && !scan -> res = ESTALE
	:: len(ring[c]) && (w_ != NONE || scan) ->
		ring[c] ? v;
		take_first(c, v, number);
		if
		:: w_ != NONE -> ring[c] ! slot[w_]
		:: else -> wake_poll_locked(c, TELL_SEND)
		fi;
		res = DONE
	:: !len(ring[c]) && w_ != NONE ->
		v = slot[w_];
		take_first(c, v, number);
		res = DONE
	:: else ->
		if
		:: closed[c] -> promise_drained(c); res = CLOSED
		:: else -> res = EAGAIN
		fi
	fi
}

/* chan_recv_try_locked(), of a channel without a ticker */
inline recv_try_locked(c, v, number, res)
{
	if
#ifdef BUG_CLOSED_BEFORE_DRAINED
	:: closed[c] -> promise_drained(c); res = CLOSED
	:: !closed[c] && len(requeued[c]) ->
#else
	:: len(requeued[c]) && REQUEUED_FIRST(c) ->
#endif
		requeued[c] ? number, v;
		promise_taken(v);
		res = DONE
	:: else -> recv_take_locked(c, v, number, res)
	fi
}

/* chan_requeue_insert(): sorted by seq */
inline requeue_insert(c, v, number)
{
#ifdef BUG_SEQUENCE_IGNORED
	requeued[c] ! number, v
#else
	requeued[c] !! number, v
#endif
}

/* chan_hchan_may_send_locked(), chan_hchan_may_recv_locked(): v_ */
inline may_locked(o)
{
	c_ = CHANNEL(o);
	if
	:: IS_SEND(o) ->
		waitq_trim(recvq[c_]);
		v_ = v_ || len(ring[c_]) < CAP_OF(c_) || closed[c_]
#ifdef TICKER
	:: IS_RECV(o) && IS_TICKER(c_) ->
		ticker_look_locked();
		v_ = v_ || len(requeued[0])
#endif
	:: else ->
		waitq_trim(sendq[c_]);
		v_ = v_ || len(ring[c_]) || closed[c_];
#ifndef BUG_REQUEUED_NOT_READY
		v_ = v_ || len(requeued[c_])
#endif
	fi
}

/* chan_parker_init() */
inline parker_init(me)
{
	state[me] = PARKED;
	winner[me] = NONE;
	valid[me] = 1
}

/* chan_waiter_init(), chan_hchan_enqueue_locked() */
inline enqueue_locked(w)
{
	seq[w] = 0;
	result[w] = 0;
	c_ = CHANNEL(op[w]);
	assert(!closed[c_]);
	/* I8 */
	for (y_ : W(TASK(w), 0) .. W(TASK(w), CASES - 1)) {
		assert(!(IS_SEND(op[w]) && sendq[c_] ?? [eval(y_)]));
		assert(!(IS_RECV(op[w]) && recvq[c_] ?? [eval(y_)]))
	};
	if
	:: IS_SEND(op[w]) ->
		sendq[c_] ! w;
		wake_poll_locked(c_, TELL_RECV)
	:: else ->
		recvq[c_] ! w;
		wake_poll_locked(c_, TELL_SEND)
	fi
}
