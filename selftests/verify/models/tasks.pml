/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks that work on one channel: blocking.c, hchan.c, xfer.c, poll.c; and events of tasks. */

/* chan_hchan_send(): "calls" of them, of n elements each, from v on, with a minimum of min */
proctype sender(byte me, c, v, calls, n, min)
{
	LOCALS;
	byte done, res;
	bit late;

	do
	:: atomic { calls == 0 -> break }
	:: atomic {
		calls > 0 ->
		calls--;
		call_begins(me);
		late = close_told[c];
		done = 0;
		do
		:: done < n ->
			promise_send_begins(c, v + done);
			if
			:: done -> before[v + done] = before[v + done] | BIT(v + done - 1)
			:: else
			fi;
			done++
		:: else -> break
		od;
		done = 0
	   };
pass:
	   atomic {
		!lock[c] -> lock[c] = 1;
try:
		slot[W(me, 0)] = v + done;
		d_step {
			send_try_locked(c, v + done, res);
			if
			:: res == DONE -> done++; assert(!late)
			:: else
			fi
		};
		if
		:: claimed == NONE -> goto tried
		:: else
		fi
	   };
	   atomic {
		d_step { waiter_complete() };
tried:
		if
		:: res == DONE && done < n -> goto more
		:: res == EAGAIN && done < min ->
			res = PARK;
			/* Earlier elements are sent, whatever happens to this one. */
			d_step {
				for (u_ : 1 .. done) {
					promise_send_succeeds(v + u_ - 1)
				}
				park_locked(me, c, W(me, 0))
			}
		:: else -> d_step { unlock(c) }
		fi
	   };
	   wake_run(me, c);
	   if
	   :: res == ESTALE -> goto pass
	   :: res == PARK ->
end_parked:
		sleeper_wait(me, res);
		park_ends(me, c, sendq[c], W(me, 0), res);
		d_step {
			parker_leave(me);
			if
			:: res == DONE -> done++
			:: else
			fi
		}
		if
		:: res == DONE && done < n -> goto pass
		:: else
		fi
	   :: else
	   fi;
	   d_step {
		for (u_ : 0 .. n - 1) {
			if
			:: u_ < done -> promise_send_succeeds(v + u_)
			:: else -> promise_send_fails(v + u_)
			fi
		}
		v = v + n;
		call_ends(me)
	   }
	od;
	goto out;
more:
	true;
	goto try;
out:
	task_exits(me)
}

#define AGAIN	128

/* chan_hchan_requeue_locked(), chan_hchan_requeue(), of one element */
inline requeue(me, c, v, number)
{
	do
	:: atomic {
		!lock[c] -> lock[c] = 1;
#ifdef TICKER
		if
		:: IS_TICKER(c) -> !ticker_lock
		:: else
		fi;
#endif
		d_step {
			w_ = NONE;
			scan = SCAN;
			if
#ifdef TICKER
			:: IS_TICKER(c) && ticker_is_past(number) -> promise_dropped(v); scan = 0
#endif
			:: else ->
#ifndef BUG_REQUEUED_PAST_PARKED
				recv_complete_locked(c, v, number);
#endif
				if
				:: w_ == NONE && scan ->
					requeue_insert(c, v, number);
					promise_requeued(v);
					wake_poll_locked(c, TELL_RECV);
					scan = 0
				:: w_ == NONE && !scan -> scan = SCAN
				:: else
				fi
			fi;
			/* scan: try again */
			if
			:: claimed == NONE && scan -> number = number | AGAIN
			:: else
			fi;
#ifdef TICKER
			if
			:: IS_TICKER(c) && claimed != NONE -> ticker_lock = 1
			:: IS_TICKER(c) && claimed == NONE -> ticker_unlock()
			:: else
			fi;
#endif
			if
			:: claimed == NONE -> unlock(c)
			:: else
			fi
		}
	   };
	   if
	   :: claimed != NONE ->
		d_step {
			waiter_complete();
#ifdef TICKER
			if
			:: IS_TICKER(c) -> ticker_unlock()
			:: else
			fi;
#endif
			unlock(c)
		}
	   :: else
	   fi;
	   wake_run(me, c);
	   if
	   :: number & AGAIN -> number = number & ~AGAIN
	   :: else -> break
	   fi
	od
}

/*
 * chan_hchan_recv(), chan_xfer_take(): "calls" of them, of n elements each, with a minimum of min.
 * A task that "drops" may fail to keep the last received ones, as its memory faults or as it is
 * being killed.
 */
proctype receiver(byte me, c, calls, n, min; bit drops)
{
	LOCALS;
	byte done, res, w, element[2], number[2];

	do
	:: atomic { calls == 0 -> break }
	:: atomic { calls > 0 -> calls--; call_begins(me); done = 0 };
pass:
	   atomic {
		!lock[c] -> lock[c] = 1;
try:
		res = 0;
		d_step {
			recv_try_locked(c, element[done], number[done], res);
			if
			:: res == DONE -> done++
			:: else
			fi
		};
		if
		:: claimed == NONE -> goto tried
		:: else
		fi
	   };
	   atomic {
		d_step { waiter_complete() };
tried:
		if
		:: res == DONE && done < n -> goto more
		:: res == EAGAIN && done < min ->
			res = PARK;
			d_step { park_locked(me, c, W(me, 0)) }
		:: else -> d_step { unlock(c) }
		fi
	   };
	   wake_run(me, c);
	   if
	   :: res == ESTALE -> goto pass
	   :: res == PARK ->
end_parked:
		sleeper_wait(me, res);
		park_ends(me, c, recvq[c], W(me, 0), res);
		d_step {
			element[done] = slot[W(me, 0)];
			number[done] = seq[W(me, 0)];
			parker_leave(me);
			if
			:: res == DONE -> done++
			:: else
			fi
		}
		if
		:: res == DONE && done < n -> goto pass
		:: else
		fi
	   :: else
	   fi;
	   atomic {
		w = 0;
		do
		:: w < done -> promise_received(element[w]); w++
		:: w >= done || drops -> break
		od
	   };
#ifndef BUG_NO_REQUEUE
	   do
	   :: w < done -> requeue(me, c, element[w], number[w]); w++
	   :: else -> break
	   od;
#endif
	   atomic {
		element[0] = EMPTY; element[1] = EMPTY; number[0] = 0; number[1] = 0;
		d_step { res = 0; done = 0; w = 0; call_ends(me) }
	   }
	od;
	goto out;
more:
	true;
	goto try;
out:
	task_exits(me)
}

#ifdef TICKER
/*
 * chan_hchan_recv() of one tick, chan_park_cancel(): "calls" of them, which wait or not. A task
 * that "drops" may fail to keep a received tick.
 */
proctype tick_receiver(byte me, calls; bit waits, drops)
{
	LOCALS;
	byte res, element = EMPTY, number;

	do
	:: atomic { calls == 0 -> break }
	:: atomic { calls > 0 -> calls--; call_begins(me) };
	   atomic {
		!lock[0] -> lock[0] = 1;
		!ticker_lock ->
		d_step {
			ticker_try_locked(element, number, res);
			if
			:: res == EAGAIN && waits -> res = PARK
			:: else -> unlock(0)
			fi
		};
		if
		:: res != PARK -> goto tried
		:: else
		fi
	   };
	   atomic {
		!ticker_lock ->
		d_step {
			parker_init(me);
			enqueue_locked(W(me, 0));
			ticker_unlock();
			unlock(0)
		}
	   };
	   wake_run(me, 0);
end_parked:
	   sleeper_wait(me, res);
	   if
	   :: res != DONE ->
		atomic {
			!lock[0] -> lock[0] = 1;
			!ticker_lock ->
			d_step { waitq_remove(recvq[0], W(me, 0)); ticker_unlock() }
		};
		atomic {
			!ticker_lock ->
			d_step {
				owner_claim(me, res);
				assert(res != DONE || state[me] == COMPLETED);
				if
				:: res == ETIMEDOUT ->
#ifdef BUG_NO_LAST_LOOK
					promise_gives_up()
#else
					ticker_recv(slot[W(me, 0)], seq[W(me, 0)], res);
					if
					:: res == EAGAIN -> res = ETIMEDOUT; promise_gives_up()
					:: else
					fi
#endif
				:: else
				fi;
				unlock(0)
			}
		}
	   :: else
	   fi;
	   d_step {
		if
		:: res == DONE -> element = slot[W(me, 0)]; number = seq[W(me, 0)]
		:: else
		fi;
		parker_leave(me)
	   };
tried:
	   if
	   :: res == DONE -> promise_received(element)
	   :: res == DONE && drops -> requeue(me, 0, element, number)
	   :: else
	   fi;
	   atomic { d_step { res = 0; element = EMPTY; number = 0; call_ends(me) } }
	od;
	task_exits(me)
}
#endif

/* chan_hchan_complete_closed_locked(): of both queues; claims one in each step */
inline close_claim(c)
{
	waitq_claim(recvq[c]);
	if
	:: w_ != NONE -> result[w_] = CLOSED; promise_drained(c)
	:: w_ == NONE && scan ->
#ifdef BUG_CLOSE_FORGETS_SENDERS
		skip
#else
		waitq_claim(sendq[c]);
		if
		:: w_ != NONE -> result[w_] = CLOSED
		:: else
		fi
#endif
	:: else
	fi
}

/* chan_hchan_close(), as task me; a run is chan_hchan_close_run() */
proctype closer(byte me, c)
{
	LOCALS;
	byte n;
	bit more;

	atomic {
		!lock[c] -> lock[c] = 1;
		d_step { closed[c] = 1; wake_poll_locked(c, TELL_RECV | TELL_SEND) }
	};
	do
	:: n = 0;
	   do
	   :: atomic {
		d_step {
			close_claim(c);
			more = w_ != NONE || !scan
		};
		if
		:: w_ == NONE -> break
		:: else
		fi
	      };
	      d_step { waiter_complete(); n++ };
	      if
	      :: n == CLOSE_RUN -> break
	      :: else
	      fi
	   od;
	   atomic { d_step { unlock(c) } };
	   wake_run(me, c);
#ifdef BUG_CLOSE_STOPS_EARLY
	   more = 0;
#endif
	   if
	   :: more -> atomic { !lock[c] -> lock[c] = 1 }
	   :: else -> break
	   fi
	od;
	close_told[c] = 1
}

#ifdef POLLERS
/* chan_poll(), until c is ready for one side: registers once, then checks after each wakeup */
proctype poller(byte me, c; bit send)
{
	bit ready;

#ifdef BUG_POLL_LOOKS_FIRST
	poll_look(c, send, ready);
#endif
	d_step {
		if
		:: send -> send_pollers[c] = send_pollers[c] | BIT(me)
		:: else -> recv_pollers[c] = recv_pollers[c] | BIT(me)
		fi
	};
#ifdef BUG_POLL_LOOKS_FIRST
	goto wait;
#endif
	do
	:: poll_look(c, send, ready);
wait:
	   if
	   :: ready -> break
	   :: else
	   fi;
end_polling:
	   atomic { kicked[me] -> kicked[me] = 0 }
	od;
	atomic {
		recv_pollers[c] = recv_pollers[c] & ~BIT(me);
		send_pollers[c] = send_pollers[c] & ~BIT(me)
	}
}
#endif

/* A signal comes, or a deadline passes, for any of the tasks, at most that many times. */
proctype interrupter(byte times)
{
	byte t;

	do
	:: atomic {
		times > 0 ->
		times--;
		select(t : 0 .. TASKS - 1);
		if
		:: signalled[t] = in_call[t]
		:: expired[t] = in_call[t]
		fi
	   };
	   atomic { asleep[t] = 0; t = 0 }
	:: break
	od
}

/* chan_poller_wake() */
inline kick_pollers()
{
	do
	:: atomic { t < TASKS && !file_kicks[t] -> t++ }
	:: atomic { t < TASKS && file_kicks[t] -> kicked[t] = 1 };
	   atomic { asleep[t] = 0; t++ }
	:: atomic { t == TASKS -> t = 0; break }
	od
}

/*
 * A file becomes ready and wakes its pollers; another task may consume the event at any time. With
 * "early", there was a spurious wakeup before.
 */
proctype kicker(bit early)
{
	byte t;

	if
	:: early -> kick_pollers()
	:: true
	fi;
	file_ready = 1;
	if
	:: file_ready = 0
	:: true
	fi;
	kick_pollers();
	file_told = file_ready;
	if
	:: atomic { file_ready = 0; file_told = 0 }
	:: true
	fi
}
