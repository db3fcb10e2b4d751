/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks that select: select.c, pollset.c. A channel's number stands for its address. */

#if CASES > 2
#define uses(t, c)	(CHANNEL(op[W(t, 0)]) == c || CHANNEL(op[W(t, 1)]) == c || \
			 CHANNEL(op[W(t, 2)]) == c)
#else
#define uses(t, c)	(CHANNEL(op[W(t, 0)]) == c || CHANNEL(op[W(t, 1)]) == c)
#endif

/* v_: whether this is an element that this select wants to send */
inline is_mine(me, v)
{
	v_ = 0;
	for (w_ : W(me, 0) .. W(me, CASES - 1)) {
		v_ = v_ || (IS_SEND(op[w_]) && slot[w_] == v)
	}
}

hidden byte first[TASKS];	/* CHAN_SELECT_FIRST; constant */

/* chan_select_try_locked(), of a channel without a ticker */
inline select_try_locked(me, i, element, number, res)
{
	if
	:: IS_SEND(op[W(me, i)]) ->
		send_try_locked(CHANNEL(op[W(me, i)]), slot[W(me, i)], res);
		assert(res != DONE || !(late & BIT(i)))
#ifdef TICKER
	:: IS_RECV(op[W(me, i)]) && IS_TICKER(CHANNEL(op[W(me, i)])) ->
		ticker_try_locked(element, number, res)
#endif
	:: else ->
		recv_try_locked(CHANNEL(op[W(me, i)]), element, number, res)
	fi;
	if
	:: first[me] && i && res == DONE -> promise_first(me, i)
	:: else
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
 * chan_select_enqueue_locked(), chan_select_next_queue(): of the cases with one queue, the first
 * from case k on; k is arbitrary unless CHAN_SELECT_FIRST. queued has a bit for each.
 */
inline select_enqueue_locked(me, k)
{
	queued = 0;
	for (u_ : 0 .. CASES - 1) {
		x_ = (k + u_) % CASES;
		v_ = 0;
#ifndef BUG_QUEUED_TWICE
		for (t_ : 0 .. CASES - 1) {
			v_ = v_ || (queued & BIT(t_) && op[W(me, t_)] == op[W(me, x_)])
		}
#endif
		if
		:: op[W(me, x_)] < POLLED && !v_ ->
			enqueue_locked(W(me, x_));
			queued = queued | BIT(x_)
		:: else
		fi
	};
#ifdef TICKER
	if
	:: uses(me, 0) -> ticker_unlock()
	:: else
	fi
#endif
}

#ifdef EPOLL
/* chan_waitq_others(), v_: whether another task wants to send. Else it may be hidden. */
inline waitq_others(me)
{
#ifdef BUG_OWN_IS_READY
	v_ = len(sendq[0]);
#else
	v_ = 0;
	if
	:: len(sendq[0]) ->
		sendq[0] ? <w_>;
		if
		:: len(sendq[0]) > 1 || TASK(w_) != me -> v_ = 1
		:: else -> hides = 1
		fi
	:: else
	fi
#endif
}

/* An epoll for channel 0, polled by a task: if the channel is not ready, the event is dropped. */
inline epoll_look(me, ready)
{
	atomic {
		!lock[0] ->
		d_step {
			ready = 0;
			if
			:: epoll_ready ->
				waitq_others(me);
				ready = v_ || closed[0] || len(ring[0]) || len(requeued[0]);
				epoll_ready = ready;
				promise_file_ready(me, ready)
			:: else
			fi
		}
	}
}

/* chan_select_wake_pollers() */
inline select_tell(me)
{
	if
	:: tell & TELL_RECV ->
		d_step {
#ifdef BUG_NOT_QUIET
			epoll_event(NONE);
#else
			epoll_event(me);
#endif
			tell = 0
		}
	:: else -> tell = 0
	fi
}

/* chan_pollset_scan(), of the epoll */
inline pollset_scan(me)
{
	if
	:: polled && fresh -> fresh = 0
	:: polled && !fresh ->
		kicked[me] = 0;
		epoll_look(me, fready)
	:: else
	fi
}

/* epoll_wait(): level-triggered; in a separate task */
proctype epoller(byte me)
{
	bit ready, hides;

	epoll_waits = 1;
	do
	:: ready -> break
	:: else ->
end_polling:
		atomic { epoll_ready; epoll_look(me, ready) }
	od;
	epoll_waits = 0
}
#else
/* chan_select_wake_pollers() */
inline select_tell(me)
{
	tell_pollers(me, 0)
#if CHANNELS > 1
	; tell_pollers(me, 1)
#endif
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

/* chan_select_dequeue(): those that are queued, except case k */
inline select_dequeue(me, k)
{
	i = 0;
	do
	:: atomic { i == CASES -> break }
	:: atomic { i < CASES && (!(queued & BIT(i)) || i == k) -> i++ }
	:: atomic {
		i < CASES && queued & BIT(i) && i != k && !lock[CHANNEL(op[W(me, i)])] ->
#ifdef TICKER
		if
		:: IS_TICKER(CHANNEL(op[W(me, i)])) ->
			lock[0] = 1;
			!ticker_lock
		:: else
		fi;
#endif
		d_step {
			c_ = CHANNEL(op[W(me, i)]);
			if
			:: IS_SEND(op[W(me, i)]) -> waitq_remove(sendq[c_], W(me, i))
			:: else -> waitq_remove(recvq[c_], W(me, i))
			fi;
			lock[c_] = 1;
#ifdef TICKER
			if
			:: IS_TICKER(c_) -> ticker_unlock()
			:: else
			fi;
#endif
			unlock(CHANNEL(op[W(me, i)]));
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

/* The result of the call is known: case i with res, or none; then i is NONE. */
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
	assert(res != ESTALE && (res != EAGAIN || now));
	is_mine(me, element);
	assert(element == EMPTY || !v_)
}

/* chan_select_park(), up to the sleep */
#define SELECT_PARK(me)	if \
			:: k = 0 \
			:: !first[me] -> k = 1 \
			SELECT_PARK_2(me) \
			fi; \
			d_step { \
				parker_init(me); \
				select_enqueue_locked(me, k); \
				select_unlock(me); \
				k = 0 \
			}
#if CASES > 2
#define SELECT_PARK_2(me)	:: !first[me] -> k = 2
#else
#define SELECT_PARK_2(me)
#endif

#ifdef TICKER
#define TICKER_FREE(me)	(!uses(me, 0) || !ticker_lock)
#else
#define TICKER_FREE(me)	true
#endif

/* chan_select_run(): "calls" of them; those that may not wait have a default */
proctype selector(byte me, calls, v; bit now, drops)
{
	LOCALS;
	byte i, k, res, element = EMPTY, number, ready, late, queued;
	bit polled, fresh, fready, seem, hides;

	do
	:: atomic { calls == 0 -> break }
	:: atomic {
		calls > 0 ->
		calls--;
		d_step { select_begins(me); trying[me] = now || first[me]; call_begins(me) };
		seem = 1
	   };
#ifdef POLLED_FILES
	   if
#ifdef EPOLL
	   :: polled -> file_kicks[me] = 1; epoll_look(me, fready); fresh = 1
#elif defined(BUG_FILE_LOOKED_AT_FIRST)
	   :: polled -> atomic { fready = file_ready; fresh = 1 }; file_kicks[me] = 1
#else
	   :: polled -> file_kicks[me] = 1; atomic { fready = file_ready; fresh = 1 }
#endif
	   :: else
	   fi;
#endif
again:
	   pollset_scan(me);
	   /* Channel state read once without a lock may be anything */
#if defined(BUG_GUESS_BELIEVED) || defined(BUG_LOCKS_ONE_AT_A_TIME)
	   if
	   :: now && !fready -> select_believe(me)
	   :: else
	   fi;
#endif
	   /* chan_select_guess() */
	   if
	   :: atomic { !fready || first[me] -> seem = 0; goto all }
	   :: atomic { fready && (!first[me] || op[W(me, 0)] == POLLED) -> res = POLLED; goto finish }
	   :: atomic { seem && op[W(me, 0)] < POLLED -> i = 0 }
#ifdef BUG_FIRST_GUESSES
	   :: atomic { seem && op[W(me, 1)] < POLLED -> i = 1 }
#else
	   :: atomic { seem && !first[me] && op[W(me, 1)] < POLLED -> i = 1 }
#endif
#if CASES > 2
	   :: atomic { seem && !first[me] && op[W(me, 2)] < POLLED -> i = 2 }
#endif
	   fi;
	   seem = 0;
	   atomic {
		!lock[CHANNEL(op[W(me, i)])] -> lock[CHANNEL(op[W(me, i)])] = 1;
#ifdef TICKER
		if
		:: IS_TICKER(CHANNEL(op[W(me, i)])) -> !ticker_lock
		:: else
		fi;
#endif
		d_step {
			k = CHANNEL(op[W(me, i)]);
			select_try_locked(me, i, element, number, res);
			if
			:: claimed == NONE -> unlock(k)
			:: else
			fi
		}
	   };
	   if
	   :: claimed != NONE -> d_step { waiter_complete(); unlock(k) }
	   :: else
	   fi;
	   wake_run(me, k);
	   if
	   :: res != EAGAIN && res != ESTALE -> goto finish
	   :: (res == EAGAIN || res == ESTALE) && fready && !first[me] ->
#ifdef BUG_READY_FILE_FORGOTTEN
		fready = 0
#else
		goto again
#endif
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
	   /* chan_select_check() */
	   atomic {
		TICKER_FREE(me) ->
		k = 0;
#ifdef BUG_ENQUEUED_BEFORE_LOOK
		d_step { parker_init(me); select_enqueue_locked(me, 0); skip };
#endif
		d_step {
			select_ready_locked(me, ready);
#ifdef FIRST
			promise_watch();
#endif
#ifdef TICKER
			if
			:: uses(me, 0) -> ticker_unlock()
			:: else
			fi;
#endif
			skip
		};
		if
		:: fready ->
			d_step {
				u_ = 0;
				do
				:: op[W(me, u_)] == POLLED -> break
				:: else -> u_++
				od;
				ready = ready | BIT(u_)
			}
		:: else
		fi;
		if
#ifdef BUG_FIRST_IGNORES_KICK
		:: ready -> goto commit
#else
		:: ready && !(first[me] && polled && kicked[me]) -> goto commit
		:: ready && first[me] && polled && kicked[me] -> d_step { select_unlock(me) }; goto again
#endif
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
#elif defined(TICKER)
			/* Its alarm may run between check and enqueue. */
			skip
#else
			SELECT_PARK(me)
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
#ifdef TICKER
	   atomic { TICKER_FREE(me) -> SELECT_PARK(me) };
#endif
	   select_tell(me);
	   /* chan_select_wait(), with the label end_parked */
end_parked:
	   sleeper_wait(me, res);
	   if
	   :: res == EAGAIN ->
		hides = 0;
		pollset_scan(me);
#if defined(EPOLL) && !defined(BUG_HIDDEN_NOT_ANNOUNCED)
		if
		:: hides -> tell = TELL_RECV; select_tell(me)
		:: else
		fi;
#endif
		if
		:: !fready -> goto end_parked
		:: else
		fi
	   :: else
	   fi;
	   atomic {
		k = NONE;
		d_step {
			if
#ifdef BUG_FILE_WINS_ALWAYS
			:: res == EAGAIN
#endif
			:: res != DONE -> owner_claim(me, res)
			:: else -> k = winner[me] % CASES
			fi
#ifdef BUG_CLAIMED_IS_COMPLETED
			; assert(res != DONE || state[me] == COMPLETED)
#endif
		}
	   };
#ifndef BUG_LOSERS_STAY
	   select_dequeue(me, k);
#endif
	   atomic {
		if
		:: res == DONE ->
			assert(state[me] == COMPLETED);
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
#ifdef TICKER
#ifndef BUG_NO_LAST_LOOK
	   /* chan_select_last_check() */
	   if
	   :: res == ETIMEDOUT && uses(me, 0) ->
		atomic {
			!lock[0] -> lock[0] = 1;
			!ticker_lock ->
			d_step {
				i = 0;
				do
				:: op[W(me, i)] == RECV(0) -> break
				:: else -> i++
				od;
				ticker_try_locked(element, number, res);
				if
				:: res != DONE -> res = ETIMEDOUT; promise_gives_up()
				:: else
				fi;
				unlock(0)
			}
		}
	   :: else
	   fi;
#else
	   if
	   :: res == ETIMEDOUT && uses(me, 0) -> d_step { promise_gives_up() }
	   :: else
	   fi;
#endif
#endif
finish:
	   atomic {
		if
		:: res == POLLED ->
			i = 0;
			do
			:: op[W(me, i)] == POLLED -> break
			:: else -> i++
			od
		:: res != DONE && res != CLOSED && res != POLLED -> i = NONE
		:: else
		fi;
		d_step { select_ends(me) }
	   };
	   /* chan_cases_finish() */
	   if
	   :: element != EMPTY -> promise_received(element)
	   :: element != EMPTY && drops ->
		k = CHANNEL(op[W(me, i)]);
		requeue(me, k, element, number)
	   :: else
	   fi;
	   atomic {
		d_step {
			i = 0; k = 0; res = 0; element = EMPTY; number = 0; ready = 0; late = 0;
			fready = 0; fresh = 0; queued = 0; hides = 0;
			trying[me] = 0;
			file_kicks[me] = 0;
			kicked[me] = 0;
			call_ends(me)
		}
	   }
	od;
	goto out;
commit:
	/* chan_select_commit(): each ready case has the same chance */
	if
	:: atomic { ready & 1 -> i = 0 }
	:: atomic { ready & 2 && !(first[me] && ready & 1) -> i = 1 }
#if CASES > 2
	:: atomic { ready & 4 && !(first[me] && ready & 3) -> i = 2 }
#endif
	fi;
	if
	:: op[W(me, i)] == POLLED -> d_step { res = POLLED; select_unlock(me) }; goto finish
	:: else
	fi;
	atomic {
		TICKER_FREE(me) ->
		d_step {
			k = CHANNEL(op[W(me, i)]);
			select_try_locked(me, i, element, number, res);
			if
			:: claimed == NONE -> select_unlock(me)
			:: else
			fi
		}
	};
	if
	:: claimed != NONE -> d_step { waiter_complete(); select_unlock(me) }
	:: else
	fi;
	wake_run(me, k);
	if
#ifndef BUG_GONE_IGNORED
	:: res == EAGAIN || res == ESTALE -> goto again
#endif
	:: else -> goto finish
	fi;
out:
	task_exits(me)
}
