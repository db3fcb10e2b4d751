/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parked operations without the lock of a channel: sleeper.c, wake.c, and the related parts of
 * blocking.c.
 */

#if defined(POLLERS)
/* chan_wake_run_any() of pollers: they check again */
inline tell_pollers(me, c)
{
	if
	:: (tell >> (2 * (c))) & 3 ->
		d_step {
			for (t_ : 0 .. TASKS - 1) {
				if
				:: (tell >> (2 * (c))) & TELL_RECV && recv_pollers[c] & BIT(t_) ->
					kicked[t_] = 1
				:: (tell >> (2 * (c))) & TELL_SEND && send_pollers[c] & BIT(t_) ->
					kicked[t_] = 1
				:: else
				fi
			};
			tell = tell & ~(3 << (2 * (c)))
		}
	:: else
	fi
}
#elif defined(EPOLL)
/*
 * chan_wake_run_any() of pollers: an epoll, which adds the channel to its ready list, and wakes its
 * own pollers.
 */
inline tell_pollers(me, c)
{
	if
	:: tell & TELL_RECV ->
		d_step {
			epoll_event(NONE);
			tell = 0
		}
	:: else -> tell = 0
	fi
}

/* A quiet task is not kicked by its own wakeups: chan_pollset_quiet() */
inline epoll_event(quiet)
{
	epoll_ready = 1;
	for (t_ : 0 .. TASKS - 1) {
		if
		:: file_kicks[t_] && t_ != quiet -> kicked[t_] = 1; asleep[t_] = 0
		:: else
		fi
	}
}
#else
inline tell_pollers(me, c)
{
	skip
}
#endif

#ifdef POLLERS
/* The check of chan_poll() */
inline poll_look(c, send, ready)
{
#ifdef TICKER
	atomic {
		!lock[c] -> lock[c] = 1;
		!ticker_lock ->
		d_step {
			ticker_look_locked();
			ready = v_ || len(requeued[c]);
			ticker_unlock();
			lock[c] = 0
		}
	}
#else
	atomic {
		!lock[c] ->
		ready = closed[c] || (send -> len(recvq[c]) || len(ring[c]) < CAP_OF(c) :
				      len(sendq[c]) || len(ring[c]) || len(requeued[c]))
	}
#endif
}
#endif

/* chan_wake_run(), without its pollers */
inline wake_tasks()
{
#ifdef BUG_COMPLETE_UNLOCKED
	if
	:: claimed != NONE ->
		d_step {
			assert(valid[TASK(claimed)]);
			winner[TASK(claimed)] = claimed;
			woken = woken | BIT(TASK(claimed));
			state[TASK(claimed)] = COMPLETED;
			claimed = NONE
		}
	:: else
	fi;
#endif
#ifdef BUG_COMPLETE_BEFORE_MOVE
	if
	:: claimed != NONE ->
		d_step {
			if
			:: IS_RECV(op[claimed]) && result[claimed] == DONE ->
				slot[claimed] = late_element[claimed]
			:: else
			fi;
			claimed = NONE
		}
	:: else
	fi;
#endif
	do
	:: !woken -> break
	:: woken ->
		d_step {
			t_ = 0;
			do
			:: woken & BIT(t_) -> break
			:: else -> t_++
			od;
#ifdef BUG_TOUCH_AFTER_COMPLETE
			assert(valid[t_]);
#endif
#ifdef BUG_WAKE_WITHOUT_REFERENCE
			assert(!exited[t_]);
#endif
			asleep[t_] = 0;
			woken = woken & ~BIT(t_)
		}
	od
}

/* chan_wake_run() */
inline wake_run(me, c)
{
	wake_tasks();
	tell_pollers(me, c)
}

/*
 * chan_sleeper_wait(): set_current_state(), check for events, schedule(). Sleeping indefinitely is
 * no error in itself: promise_rest() judges that. Follows the label end_parked.
 */
inline sleeper_wait(me, res)
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

/* chan_parker_claim() by the owner: res is unchanged, or becomes DONE */
inline owner_claim(me, res)
{
	if
	:: state[me] == PARKED -> state[me] = CLAIMED; promise_watch()
#ifdef BUG_SIGNAL_AFTER_CLAIM_WINS
	:: state[me] != PARKED && res == ERESTARTSYS
#endif
	:: else -> res = DONE
	fi
}

/* The memory of parker and waiters becomes invalid. */
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

/* The task exits. */
inline task_exits(me)
{
#ifdef BUG_WAKE_WITHOUT_REFERENCE
	exited[me] = 1
#else
	skip
#endif
}

/* chan_park_wait(), up to the sleep */
inline park_locked(me, c, w)
{
	parker_init(me);
	enqueue_locked(w);
	unlock(c)
}

/* chan_park_wait() after the sleep, chan_park_cancel() */
inline park_ends(me, c, q, w, res)
{
	if
	:: res != DONE ->
		atomic {
			!lock[c] -> lock[c] = 1;
			d_step {
#ifndef BUG_WAITER_LEFT_BEHIND
				waitq_remove(q, w);
#endif
				owner_claim(me, res);
				assert(res != DONE || state[me] == COMPLETED);
				unlock(c)
			}
		}
	:: else
	fi;
	if
	:: res == DONE -> res = result[w]
	:: else
	fi
}
