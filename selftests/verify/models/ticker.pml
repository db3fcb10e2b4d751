/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ticker of channel 0: ticker.c. A d_step runs under the lock of the ticker and, except for the
 * alarm, of the channel. A configuration defines CLOCK_MAX, at which the clock stops; ticks are due
 * at 1, 3, 5. channel.pml has the variables.
 */

/* chan_ticker_is_past() */
#ifdef BUG_GENERATION_IGNORED
#define ticker_is_past(n)	false
#else
#define ticker_is_past(n)	((n) < first_seq)
#endif

/* chan_ticker_awaited_locked() */
#define AWAITED		(running && (len(recvq[0]) || (!seen && ACTIVE(0))))

/* chan_ticker_unlock() */
inline ticker_unlock()
{
	if
#ifndef BUG_ALARM_NOT_ARMED
	:: !alarm_set && AWAITED -> alarm_set = 1; pending = 1; expires = due
#endif
	:: else
	fi;
	ticker_lock = 0
}

/* chan_ticker_look_locked(): v_ is set if there is a tick for the caller */
inline ticker_look_locked()
{
	waitq_trim(recvq[0]);
#ifdef BUG_TICK_PAST_PARKED
	v_ = TICK_DUE;
#else
	v_ = !v_ && TICK_DUE;
#endif
	seen = seen || v_
}

/* chan_ticker_take_locked(), chan_ticker_advance_locked() */
inline ticker_take_locked(v, number)
{
	v = due;
	promise_tick(v);
	number = sequence[0];
	sequence[0]++;
	seen = 0;
	running = interval != 0;
	due = due + interval;
	do
	:: running && due <= clock -> due = due + interval
	:: else -> break
	od
}

/* chan_ticker_recv() */
inline ticker_recv(v, number, res)
{
	ticker_look_locked();
	if
	:: v_ ->
		look_for_receivers();
		assert(!receivers);
		ticker_take_locked(v, number);
		res = DONE
	:: else -> res = EAGAIN
	fi;
	ticker_unlock()
}

/* chan_recv_try_locked() */
inline ticker_try_locked(v, number, res)
{
	if
	:: len(requeued[0]) ->
		requeued[0] ? number, v;
		promise_setting(v);
		promise_taken(v);
		res = DONE
	:: else -> ticker_recv(v, number, res)
	fi
}

/* chan_ticker_complete_locked(), up to its claim: w_, scan */
inline ticker_complete_locked()
{
	waitq_claim(recvq[0]);
	if
	:: w_ != NONE ->
		result[w_] = DONE;
		x_ = w_;
		ticker_take_locked(slot[x_], seq[x_])
	:: else
	fi
}

/* chan_ticker_expire(): a hard interrupt, which only takes the lock of the ticker */
proctype alarm(byte me)
{
	LOCALS;
	bit pollers;

	do
	:: true ->
end_armed:
	   atomic { pending && clock >= expires -> pending = 0 };
	   atomic {
		!ticker_lock ->
		d_step {
			if
			:: alarm_set ->
				alarm_set = 0;
				w_ = NONE;
				if
				:: TICK_DUE ->
					ticker_complete_locked();
					if
					:: w_ == NONE && scan -> ticker_look_locked(); pollers = v_
					:: else
					fi
				:: else
				fi
			:: else
			fi;
			if
			:: claimed == NONE -> ticker_unlock()
			:: else -> ticker_lock = 1
			fi
		}
	   };
	   if
	   :: claimed != NONE -> d_step { waiter_complete(); ticker_unlock() }
	   :: else
	   fi;
	   wake_tasks();
#ifdef POLLERS
	   /* chan_ticker_wake_pollers() */
	   if
#ifdef BUG_ALARM_FORGETS_POLLERS
	   :: pollers -> pollers = 0
#else
	   :: pollers -> pollers = 0; tell = TELL_RECV; tell_pollers(me, 0)
#endif
	   :: else
	   fi
#else
	   pollers = 0
#endif
	od
}

/* chan_hchan_set_ticker(), chan_ticker_set_locked(): stop, or ticks that are due at 2, 4 */
proctype setter()
{
	byte start;

	if
	:: start = NEVER
	:: start = 2
	fi;
	atomic {
		!lock[0] -> lock[0] = 1;
		!ticker_lock ->
		d_step {
			if
			:: alarm_set -> pending = 0
			:: else
			fi;
			alarm_set = 0;
#ifndef BUG_SEEN_STAYS
			seen = 0;
#endif
			first_seq = sequence[0];
			due = start;
			running = start != NEVER;
			setting = 1;
			ticker_unlock();
#ifndef BUG_OLD_TICK_STAYS
			/* chan_requeue_drop() */
			do
			:: len(requeued[0]) -> requeued[0] ? _, v_; promise_dropped(v_)
			:: else -> break
			od;
#endif
			unlock(0)
		}
	}
}

/* The clock advances; perhaps it is set back once. */
proctype clockwork(bit back)
{
	do
	:: atomic { clock < CLOCK_MAX -> clock++; latest = (clock > latest -> clock : latest) }
	:: atomic { back && clock -> clock--; back = 0 }
	:: atomic { clock == CLOCK_MAX -> break }
	od
}

/* At rest: no task waits for a due tick, nor for a later one without an alarm. */
inline ticker_rests()
{
	assert(!ticker_lock);
	look_for_receivers();
	assert(!receivers || !TICK_DUE);
#ifdef POLLERS
	assert(!recv_pollers[0] || !TICK_DUE);
#endif
	assert(!AWAITED || (alarm_set && pending && expires > clock))
}
