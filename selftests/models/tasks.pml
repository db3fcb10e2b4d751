/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks that work on one channel: hchan.c, xfer.c, poll.c; and what happens to tasks.
 */

/* chan_hchan_send(): "calls" of them, of n elements each, from v on, of which min are waited for */
proctype sender(byte me, c, v, calls, n, min)
{
	byte done, res, w;
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
			send_try_locked(me, c, v + done, res);
			if
			:: res == DONE -> done++; assert(!late)
			:: else
			fi
		}
		if
		:: res == DONE && done < n -> goto more
		:: res == EAGAIN && done < min ->
			res = PARK;
			/* Those before are sent, whatever becomes of this one. */
			d_step {
				for (u_ : 1 .. done) {
					promise_send_succeeds(v + u_ - 1)
				}
				parker_init(me);
				enqueue_locked(me, W(me, 0));
				unlock(c)
			}
		:: else -> d_step { unlock(c) }
		fi
	   };
	   wake_run(me, c, w);
	   if
	   :: res == PARK ->
end_parked:
		parker_sleep(me, res);
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
	skip
}

/* chan_hchan_requeue(), of one element */
inline requeue(me, c, v, number)
{
	atomic {
		!lock[c] -> lock[c] = 1;
		d_step {
#ifdef BUG_REQUEUED_PAST_PARKED
			w_ = NONE;
#else
			recv_complete_locked(me, c, v, number);
#endif
			if
			:: w_ == NONE ->
				requeue_add_locked(c, v, number);
				promise_requeued(v);
				wake_poll_locked(me, c, TELL_RECV)
			:: else
			fi;
			unlock(c)
		}
	}
}

/*
 * chan_hchan_recv(), chan_xfer_take(): "calls" of them, of n elements each, of which min are
 * waited for. Of those received, who "drops" may not be able to take the last ones, as its
 * memory faults or as it is being killed.
 */
proctype receiver(byte me, c, calls, n, min; bit drops)
{
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
			recv_try_locked(me, c, element[done], number[done], res);
			if
			:: res == DONE -> done++
			:: else
			fi
		};
		if
		:: res == DONE && done < n -> goto more
		:: res == EAGAIN && done < min ->
			res = PARK;
			d_step { parker_init(me); enqueue_locked(me, W(me, 0)); unlock(c) }
		:: else -> d_step { unlock(c) }
		fi
	   };
	   wake_run(me, c, w);
	   if
	   :: res == PARK ->
end_parked:
		parker_sleep(me, res);
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
		:: res == DONE && done < n && done < min -> goto pass
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
	   :: w < done -> requeue(me, c, element[w], number[w]); wake_run(me, c, res); w++
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
	skip
}

/* chan_hchan_complete_closed_locked(): claims one in each step */
inline close_one_side(me, c, q, w)
{
	do
	:: atomic {
		d_step {
			waitq_claim(me, q);
			w = w_;
			if
			:: w_ != NONE && IS_RECV(op[w_]) -> result[w_] = CLOSED; promise_drained(c)
			:: w_ != NONE && IS_SEND(op[w_]) -> result[w_] = CLOSED
			:: else
			fi
		};
		if
		:: w == NONE -> break
		:: else
		fi
	   }
	od
}

/* chan_hchan_close(), as task me */
proctype closer(byte me, c)
{
	byte w;

	atomic { !lock[c] -> lock[c] = 1; closed[c] = 1 };
	close_one_side(me, c, recvq[c], w);
#ifndef BUG_CLOSE_FORGETS_SENDERS
	close_one_side(me, c, sendq[c], w);
#endif
	atomic {
		d_step { wake_poll_locked(me, c, TELL_RECV | TELL_SEND); unlock(c) }
	};
	wake_run(me, c, w);
	close_told[c] = 1
}

#ifdef POLLERS
/* chan_poll(), until c is ready for one side: registers once, then looks after each wake-up */
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

/* A signal comes, or a deadline passes, for any of the tasks, so many times at the most. */
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

/* A file becomes ready and wakes its pollers; somebody else may use it up at any time. */
proctype kicker()
{
	byte t;

	file_ready = 1;
	if
	:: file_ready = 0
	:: true
	fi;
	do
	:: t < TASKS ->
		atomic { kicked[t] = kicked[t] || file_kicks[t] };
		atomic { asleep[t] = 0; t++ }
	:: else -> break
	od;
	atomic { file_told = file_ready; t = 0 };
	if
	:: atomic { file_ready = 0; file_told = 0 }
	:: true
	fi
}
