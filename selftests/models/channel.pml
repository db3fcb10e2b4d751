/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One channel: hchan.c, requeue.c, waiter.c. Each inline is named after the function that it
 * stands for. All of those in a d_step run under the lock of the channel.
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

/* cases: what a waiter is for */
#define RECV(c)		(2 * (c))
#define SEND(c)		(2 * (c) + 1)
#define POLLED		200
#define NIL		201

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
byte sequence[CHANNELS];
chan ring[CHANNELS] = [2] of { byte };
chan requeued[CHANNELS] = [ELEMENTS] of { byte, byte };	/* seq, element */
chan recvq[CHANNELS] = [TASKS * CASES] of { byte };
chan sendq[CHANNELS] = [TASKS * CASES] of { byte };
byte recv_pollers[CHANNELS];	/* pollwq: tasks that poll to receive, a bit for each */
byte send_pollers[CHANNELS];

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

/* struct chan_wake, of each task */
chan claimed[TASKS] = [TASKS] of { byte };
byte tell[TASKS * CHANNELS];

/* A file that is no channel. */
bit file_ready;
bit file_told;		/* all its pollers have been woken */
bit file_kicks[TASKS];	/* the task is on its wait queue */

/* What does not outlive a step. */
hidden byte c_, t_, u_, v_, w_, x_, y_, remain, receivers, senders;

#define CAP_OF(c)	((c) == 0 -> CAP0 : CAP1)

/* chan_hchan_check_locked(): I1 to I4, here of all waiters, not of the first ones only */
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
	assert(!senders || len(ring[c]) == CAP_OF(c));
	assert(!receivers || !senders ||
	       (receivers == senders && (receivers & (receivers - 1)) == 0));
	assert(!closed[c] || (!receivers && !senders))
}

/* chan_hchan_unlock() */
inline unlock(c)
{
	check_locked(c);
	promise_watch();
	lock[c] = 0
}

/* chan_waitq_claim_first(): w_ is the waiter, or NONE */
inline waitq_claim(me, q)
{
	w_ = NONE;
	do
	:: w_ == NONE && len(q) ->
		q ? w_;
		assert(valid[TASK(w_)]);
		if
#ifdef BUG_CLAIM_UNCHECKED
		:: true ->
#else
		:: state[TASK(w_)] == PARKED ->
#endif
			state[TASK(w_)] = CLAIMED;
			winner[TASK(w_)] = w_;
			claimed[me] ! w_
		:: else -> w_ = NONE
		fi
	:: else -> break
	od
}

/* chan_waitq_parked(): v_ tells whether somebody is */
inline waitq_parked(q)
{
	v_ = 0;
	do
	:: v_ == 0 && len(q) ->
		q ? <w_>;
		assert(valid[TASK(w_)]);
		if
		:: state[TASK(w_)] == PARKED -> v_ = 1
		:: else -> q ? w_
		fi
	:: else -> break
	od
}

/* chan_waitq_remove() */
inline waitq_remove(q, w)
{
	if
	:: q ?? [eval(w)] -> q ?? eval(w)
	:: else
	fi
}

/* chan_wake_poll_locked(): on a closed channel, room is no news */
inline wake_poll_locked(me, c, what)
{
	if
	:: (recv_pollers[c] || send_pollers[c]) && !((what) == TELL_SEND && closed[c]) ->
		tell[me * CHANNELS + c] = tell[me * CHANNELS + c] | (what)
	:: else
	fi
}

/* chan_recv_complete_locked(): w_ is the receiver that gets the element, or NONE */
inline recv_complete_locked(me, c, v, number)
{
	waitq_claim(me, recvq[c]);
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

/* chan_send_complete_locked(): w_ is the sender, or NONE */
inline send_complete_locked(me, c)
{
	waitq_claim(me, sendq[c]);
	if
	:: w_ != NONE -> result[w_] = DONE
	:: else
	fi
}

/* chan_send_try_locked() */
inline send_try_locked(me, c, v, res)
{
	if
	:: closed[c] -> res = CLOSED
	:: else ->
		recv_complete_locked(me, c, v, sequence[c]);
		if
		:: w_ != NONE ->
			promise_taken(v);
			sequence[c]++;
			res = DONE
		:: w_ == NONE && len(ring[c]) < CAP_OF(c) ->
			ring[c] ! v;
			wake_poll_locked(me, c, TELL_RECV);
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

/* chan_recv_try_locked() */
inline recv_try_locked(me, c, v, number, res)
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
	:: len(ring[c]) && !(len(requeued[c]) && REQUEUED_FIRST(c)) ->
		ring[c] ? v;
		take_first(c, v, number);
#ifdef BUG_RING_NOT_REFILLED
		w_ = NONE;
#else
		send_complete_locked(me, c);
#endif
		if
		:: w_ != NONE -> ring[c] ! slot[w_]
		:: else -> wake_poll_locked(me, c, TELL_SEND)
		fi;
		res = DONE
	:: else ->
		send_complete_locked(me, c);
		if
		:: w_ != NONE ->
			v = slot[w_];
			take_first(c, v, number);
			res = DONE
		:: w_ == NONE && closed[c] ->
			promise_drained(c);
			res = CLOSED
		:: else -> res = EAGAIN
		fi
	fi
}

/* chan_requeue_add_locked(): sorted by seq */
inline requeue_add_locked(c, v, number)
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
		waitq_parked(recvq[c_]);
		v_ = v_ || len(ring[c_]) < CAP_OF(c_) || closed[c_]
	:: else ->
		waitq_parked(sendq[c_]);
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
inline enqueue_locked(me, w)
{
	seq[w] = 0;
	result[w] = 0;
	c_ = CHANNEL(op[w]);
	if
	:: IS_SEND(op[w]) ->
		sendq[c_] ! w;
		wake_poll_locked(me, c_, TELL_RECV)
	:: else ->
		recvq[c_] ! w;
		wake_poll_locked(me, c_, TELL_SEND)
	fi
}
