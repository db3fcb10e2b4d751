/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parked operations without the lock of a channel: waiter.c, and what of hchan.c is about them.
 */

#ifdef POLLERS
/* chan_poll_wake_recv(), chan_poll_wake_send(), chan_poll_wake_all() */
inline tell_pollers(me, c)
{
	d_step {
		u_ = tell[me * CHANNELS + c];
		for (t_ : 0 .. TASKS - 1) {
			if
			:: u_ & TELL_RECV && recv_pollers[c] & BIT(t_) -> kicked[t_] = 1
			:: u_ & TELL_SEND && send_pollers[c] & BIT(t_) -> kicked[t_] = 1
			:: else
			fi
		};
		tell[me * CHANNELS + c] = 0
	}
}

/* chan_select_tell() */
inline select_tell(me)
{
	tell_pollers(me, 0)
#if CHANNELS > 1
	; tell_pollers(me, 1)
#endif
}

/* The look of chan_poll() */
inline poll_look(c, send, ready)
{
	atomic {
		!lock[c] ->
		ready = closed[c] || (send -> len(recvq[c]) || len(ring[c]) < CAP_OF(c) :
				      len(sendq[c]) || len(ring[c]) || len(requeued[c]))
	}
}
#else
inline tell_pollers(me, c)
{
	skip
}

inline select_tell(me)
{
	skip
}
#endif

/* chan_claimed_complete(), chan_wake_run() */
inline wake_run(me, c, w)
{
	do
	:: atomic {
		len(claimed[me]) ->
		claimed[me] ? w;
#ifdef BUG_WAKE_BEFORE_COMPLETE
		asleep[TASK(w)] = 0
	   };
	   atomic {
#endif
		assert(valid[TASK(w)] && state[TASK(w)] == CLAIMED);
		state[TASK(w)] = COMPLETED
	   };
	   atomic {
#ifdef BUG_TOUCH_AFTER_COMPLETE
		assert(valid[TASK(w)]);
#endif
#ifdef BUG_COMPLETE_BEFORE_MOVE
		if
		:: IS_RECV(op[w]) && result[w] == DONE -> slot[w] = late_element[w]
		:: else
		fi;
#endif
#ifndef BUG_WAKE_BEFORE_COMPLETE
		asleep[TASK(w)] = 0;
#endif
		w = NONE
	   }
	:: atomic { !len(claimed[me]) -> break }
	od;
	tell_pollers(me, c)
}

/*
 * chan_parker_sleep(): set_current_state(), what has happened?, schedule(). To sleep for ever
 * is no error in itself: promise_rest() judges that. Stands behind the label end_parked.
 */
inline parker_sleep(me, res)
{
	atomic { !asleep[me] -> asleep[me] = 1 };
	atomic {
		if
		:: state[me] == COMPLETED -> res = DONE
		:: else ->
			if
			:: signalled[me] -> res = ERESTARTSYS
#ifndef BUG_SLEEP_IGNORES_KICK
			:: !signalled[me] && kicked[me] -> res = EAGAIN
#endif
			:: !signalled[me] && !kicked[me] && expired[me] -> res = ETIMEDOUT
			:: else -> goto end_parked
			fi
		fi;
		asleep[me] = 0
	}
}

/* chan_parker_retire(): res stays what it is, or becomes DONE */
inline parker_retire(me, res)
{
	atomic {
		if
		:: state[me] == PARKED -> state[me] = CLAIMED; promise_watch()
#ifdef BUG_SIGNAL_AFTER_CLAIM_WINS
		:: state[me] != PARKED && res == ERESTARTSYS
#endif
		:: else -> res = DONE
		fi
	};
	do
	:: atomic { res != DONE -> break }
	:: atomic { res == DONE && !asleep[me] -> asleep[me] = 1 };
	   atomic {
		if
		:: state[me] == COMPLETED -> asleep[me] = 0; break
		:: else
		fi
	   }
	od
}

/* The memory of parker and waiters is left. */
inline parker_leave(me)
{
	valid[me] = 0;
	state[me] = 0;
	winner[me] = NONE
}

inline call_begins(me)
{
	in_call[me] = 1;
	promise_watch()
}

inline call_ends(me)
{
	for (w_ : me * CASES .. me * CASES + CASES - 1) {
		slot[w_] = EMPTY;
		seq[w_] = 0;
		result[w_] = 0
	};
	in_call[me] = 0;
	calm[me] = 0;
	signalled[me] = 0;
	expired[me] = 0
}

/* chan_hchan_park(), up to the sleep */
inline park_locked(me, c, w)
{
	parker_init(me);
	enqueue_locked(me, w)
}

/* chan_hchan_park(), after the sleep */
inline park_ends(me, c, q, w, res)
{
	if
	:: res != DONE ->
		parker_retire(me, res)
	:: else
	fi;
	if
	:: res != DONE ->
		atomic {
			!lock[c] -> lock[c] = 1;
			d_step {
#ifndef BUG_WAITER_LEFT_BEHIND
				waitq_remove(q, w);
#endif
				unlock(c)
			}
		}
	:: else -> res = result[w]
	fi
}
