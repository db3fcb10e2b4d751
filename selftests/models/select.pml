/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks that choose: select.c, pollset.c. A channel's number stands for its address.
 */

#if CASES > 2
#define uses(t, c)	(CHANNEL(op[W(t, 0)]) == c || CHANNEL(op[W(t, 1)]) == c || \
			 CHANNEL(op[W(t, 2)]) == c)
#else
#define uses(t, c)	(CHANNEL(op[W(t, 0)]) == c || CHANNEL(op[W(t, 1)]) == c)
#endif

/* v_: is it an element that this select wants to send? */
inline is_mine(me, v)
{
	v_ = 0;
	for (w_ : W(me, 0) .. W(me, CASES - 1)) {
		v_ = v_ || (IS_SEND(op[w_]) && slot[w_] == v)
	}
}

/* chan_select_try_locked() */
inline select_try_locked(me, i, element, number, res)
{
	if
	:: IS_SEND(op[W(me, i)]) ->
		send_try_locked(me, CHANNEL(op[W(me, i)]), slot[W(me, i)], res);
		assert(res != DONE || !(late & BIT(i)))
	:: else ->
		recv_try_locked(me, CHANNEL(op[W(me, i)]), element, number, res)
	fi
}

/* chan_select_ready_locked() */
inline select_ready_locked(me, ready)
{
	ready = 0;
	for (u_ : 0 .. CASES - 1) {
		if
		:: op[W(me, u_)] < POLLED ->
			may_locked(op[W(me, u_)]);
			ready = ready | (v_ << u_)
		:: else
		fi
	};
	skip
}

inline select_unlock(me)
{
	for (u_ : 0 .. CHANNELS - 1) {
		if
		:: uses(me, u_) -> unlock(u_)
		:: else
		fi
	};
	skip
}

/*
 * chan_select_enqueue_locked(), chan_select_mix_locked(): waiters in one queue have any order,
 * here one way or the other, which are all that two of them can have.
 */
inline select_enqueue_locked(me, backward)
{
	for (u_ : 0 .. CASES - 1) {
		x_ = W(me, (backward -> CASES - 1 - u_ : u_));
		if
		:: op[x_] < POLLED -> enqueue_locked(me, x_)
		:: else
		fi
	}
}

#ifdef POLLED_FILES
/* chan_pollset_scan() */
inline pollset_scan(me)
{
	if
	:: polled && fresh -> fresh = 0
	:: polled && !fresh ->
#if !defined(BUG_KICKED_FORGOTTEN_LATE) && !defined(BUG_KICKED_NEVER_FORGOTTEN)
		kicked[me] = 0;
#endif
		fready = file_ready;
#ifdef BUG_KICKED_FORGOTTEN_LATE
		kicked[me] = 0
#endif
	:: else
	fi
}
#else
inline pollset_scan(me)
{
	skip
}
#endif

#if defined(BUG_GUESS_BELIEVED) || defined(BUG_LOCKS_ONE_AT_A_TIME)
inline select_believe(me)
{
	i = 0;
	ready = 0;
	do
	:: atomic { i == CASES -> break }
	:: atomic {
#ifdef BUG_LOCKS_ONE_AT_A_TIME
		i < CASES && (op[W(me, i)] >= POLLED || !lock[CHANNEL(op[W(me, i)])]) ->
#else
		i < CASES ->
#endif
		d_step { v_ = 0; watch_case(op[W(me, i)]); ready = ready | v_; i++ }
	   }
	od;
	if
	:: !ready -> promise_default(me); res = EAGAIN; goto finish
	:: else
	fi
}
#endif

/* chan_select_dequeue() */
inline select_dequeue(me)
{
	i = 0;
	do
	:: atomic { i == CASES -> break }
	:: atomic {
		i < CASES && (op[W(me, i)] >= POLLED || W(me, i) == winner[me]) -> i++
	   }
	:: atomic {
		i < CASES && op[W(me, i)] < POLLED && W(me, i) != winner[me] &&
		!lock[CHANNEL(op[W(me, i)])] ->
		d_step {
			c_ = CHANNEL(op[W(me, i)]);
			if
			:: IS_SEND(op[W(me, i)]) -> waitq_remove(sendq[c_], W(me, i))
			:: else -> waitq_remove(recvq[c_], W(me, i))
			fi;
			lock[c_] = 1;
			unlock(c_);
			i++
		}
	   }
	od
}

/* The elements that a call may send: its first is v, late are those cases that are closed. */
inline select_begins(me)
{
	late = 0;
	for (u_ : 0 .. CASES - 1) {
		if
		:: IS_SEND(op[W(me, u_)]) ->
			c_ = CHANNEL(op[W(me, u_)]);
			slot[W(me, u_)] = v;
			promise_send_begins(c_, v);
			late = late | (close_told[c_] << u_);
			v++
		:: else
		fi;
		polled = polled || op[W(me, u_)] == POLLED
	}
}

/* What the call did is known: case i with res, or none; then i is NONE. */
inline select_ends(me)
{
	for (u_ : 0 .. CASES - 1) {
		if
		:: IS_SEND(op[W(me, u_)]) && u_ == i && res == DONE ->
			promise_send_succeeds(slot[W(me, u_)])
		:: IS_SEND(op[W(me, u_)]) && (u_ != i || res != DONE) ->
			promise_send_fails(slot[W(me, u_)])
		:: else
		fi
	};
	assert(res != EAGAIN || now);
	is_mine(me, element);
	assert(element == EMPTY || !v_)
}

/* chan_select_run(): "calls" of them; those that may not wait have a default */
proctype selector(byte me, calls, v; bit now, drops)
{
	byte i, k, res, w, element = EMPTY, number, ready, late;
	bit polled, fresh, fready;

	do
	:: atomic { calls == 0 -> break }
	:: atomic {
		calls > 0 ->
		calls--;
		d_step { select_begins(me); trying[me] = now; call_begins(me) }
	   };
#ifdef POLLED_FILES
	   if
#ifdef BUG_FILE_LOOKED_AT_FIRST
	   :: polled -> atomic { fready = file_ready; fresh = 1 }; file_kicks[me] = 1
#else
	   :: polled -> file_kicks[me] = 1; atomic { fready = file_ready; fresh = 1 }
#endif
	   :: else
	   fi;
#endif
again:
	   pollset_scan(me);
	   /* chan_select_guess(): what it sees without a lock may be anything */
#if defined(BUG_GUESS_BELIEVED) || defined(BUG_LOCKS_ONE_AT_A_TIME)
	   if
	   :: now && !fready -> select_believe(me)
	   :: else
	   fi;
#endif
	   if
	   :: atomic { !fready -> goto all }
	   :: atomic { fready -> res = POLLED; goto finish }
	   :: atomic { op[W(me, 0)] < POLLED -> i = 0 }
	   :: atomic { op[W(me, 1)] < POLLED -> i = 1 }
#if CASES > 2
	   :: atomic { op[W(me, 2)] < POLLED -> i = 2 }
#endif
	   fi;
	   atomic {
		!lock[CHANNEL(op[W(me, i)])] ->
		d_step {
			k = CHANNEL(op[W(me, i)]);
			lock[k] = 1;
			select_try_locked(me, i, element, number, res);
			unlock(k)
		}
	   };
	   wake_run(me, k, w);
	   if
	   :: res != EAGAIN -> goto finish
#ifdef BUG_READY_FILE_FORGOTTEN
	   :: res == EAGAIN && fready -> goto all
#endif
	   :: res == EAGAIN && fready ->
		/* By chance, the file is chosen in the end. */
progress_chosen:
		goto again
	   :: else
	   fi;
all:
	   /* chan_select_lock() */
	   k = 0;
	   do
	   :: atomic { k == CHANNELS -> break }
#ifdef BUG_LOCKS_BY_CASE
	   :: atomic { k < CHANNELS && !lock[CHANNEL(op[W(me, k)])] ->
		lock[CHANNEL(op[W(me, k)])] = 1; k++ }
#else
	   :: atomic { k < CHANNELS && !uses(me, k) -> k++ }
	   :: atomic { k < CHANNELS && uses(me, k) && !lock[k] -> lock[k] = 1; k++ }
#endif
	   od;
	   /* chan_select_look() */
	   atomic {
		k = 0;
#ifdef BUG_ENQUEUED_BEFORE_LOOK
		d_step { parker_init(me); select_enqueue_locked(me, 0); skip };
#endif
		d_step { select_ready_locked(me, ready) };
		if
		:: ready -> goto commit
#ifndef BUG_KICKED_UNCHECKED
		:: !ready && polled && kicked[me] -> d_step { select_unlock(me) }; goto again
		:: !ready && !(polled && kicked[me]) && now ->
#else
		:: !ready && now ->
#endif
			d_step { promise_watch(); promise_default(me); select_unlock(me) };
			res = EAGAIN;
			goto finish
		:: else ->
#ifdef BUG_ENQUEUED_UNLOCKED
			d_step { parker_init(me); select_unlock(me) };
			goto enqueue
#else
			if
			:: k = 0
			:: k = 1
			fi;
			d_step { parker_init(me); select_enqueue_locked(me, k); select_unlock(me); k = 0 }
#endif
		fi
	   };
#ifdef BUG_ENQUEUED_UNLOCKED
enqueue:
	   atomic {
		k = 0;
		d_step { select_enqueue_locked(me, 0); skip }
	   };
#endif
	   select_tell(me);
	   /* chan_select_wait(), with the label end_parked */
end_parked:
	   parker_sleep(me, res);
	   if
	   :: res == EAGAIN ->
		pollset_scan(me);
		if
		:: !fready -> goto end_parked
		:: else
		fi
	   :: else
	   fi;
	   if
#ifdef BUG_FILE_WINS_ALWAYS
	   :: res == EAGAIN
#endif
	   :: res != DONE -> parker_retire(me, res)
	   :: else
	   fi;
#ifndef BUG_LOSERS_STAY
	   select_dequeue(me);
#endif
	   atomic {
		if
		:: res == DONE ->
			i = winner[me] % CASES;
			res = result[W(me, i)];
			if
			:: IS_RECV(op[W(me, i)]) && res == DONE ->
				element = slot[W(me, i)];
				number = seq[W(me, i)]
			:: else
			fi
		:: res == EAGAIN -> res = POLLED
		:: else -> i = NONE
		fi;
		d_step { parker_leave(me) }
	   };
finish:
	   atomic {
		if
		:: res != DONE && res != CLOSED -> i = NONE
		:: else
		fi;
		d_step { select_ends(me) }
	   };
	   /* chan_cases_finish() */
	   if
	   :: element != EMPTY -> promise_received(element)
	   :: element != EMPTY && drops ->
		k = CHANNEL(op[W(me, i)]);
		requeue(me, k, element, number);
		wake_run(me, k, w)
	   :: else
	   fi;
	   d_step {
		i = 0; k = 0; res = 0; element = EMPTY; number = 0; ready = 0; late = 0;
		fready = 0; fresh = 0;
		trying[me] = 0;
		file_kicks[me] = 0;
		kicked[me] = 0;
		call_ends(me)
	   }
	od;
	goto out;
commit:
	/* chan_select_commit(): each that is ready has the same chance */
	if
	:: atomic { ready & 1 -> i = 0 }
	:: atomic { ready & 2 -> i = 1 }
#if CASES > 2
	:: atomic { ready & 4 -> i = 2 }
#endif
	fi;
	atomic {
		k = CHANNEL(op[W(me, i)]);
		d_step { select_try_locked(me, i, element, number, res); select_unlock(me) }
	};
	wake_run(me, k, w);
	if
#ifndef BUG_GONE_IGNORED
	:: res == EAGAIN -> goto again
#endif
	:: else -> goto finish
	fi;
out:
	skip
}
