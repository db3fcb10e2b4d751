/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The promises, in terms of calls and their results: nothing here models the module. Elements are
 * numbers below ELEMENTS, each sent once; sets of them are bit masks.
 */
byte begun[CHANNELS];	/* sends of these have begun, on each channel */
byte sent;		/* their sends have returned success */
byte failed;		/* their sends have returned an error */
byte taken;		/* have left their channel */
byte received;		/* have reached the memory of a receiver */
byte before[ELEMENTS];	/* sent on the same channel before the send of this one began */

inline promise_send_begins(c, v)
{
	before[v] = sent & begun[c] & ~received;
	begun[c] = begun[c] | BIT(v)
}

/* G1: an element sent earlier, and in the channel, is taken earlier. */
inline promise_taken(v)
{
	assert(v < ELEMENTS);
	assert((before[v] & ~taken) == 0);
	taken = taken | BIT(v)
}

/* G4: a requeued element is in the channel again. */
inline promise_requeued(v)
{
	taken = taken & ~BIT(v)
}

#ifdef TICKER
/*
 * Ticks: each is the time at which it is due. Those of the first setting are odd, those of the
 * second one even. No tick is received of an earlier setting, or before its time, or by a task that
 * has not waited for it while a receiver is parked (G2).
 */
inline promise_tick(v)
{
	assert(v <= latest);
	assert((sent & BIT(v)) == 0);
	promise_send_begins(0, v);
	sent = sent | BIT(v);
	promise_setting(v);
	promise_taken(v)
}

inline promise_setting(v)
{
	assert(v % 2 != setting)
}

/* receivers: whether one is parked */
inline look_for_receivers()
{
	receivers = 0;
	for (w_ : 0 .. TASKS * CASES - 1) {
		receivers = receivers || (state[TASK(w_)] == PARKED && recvq[0] ?? [eval(w_)])
	}
}

/* A requeued tick of an earlier setting is discarded. */
inline promise_dropped(v)
{
	assert(v % 2 == setting);
	sent = sent & ~BIT(v)
}

/* A wait that reaches its deadline does not miss a due tick. */
inline promise_gives_up()
{
	look_for_receivers();
	assert(receivers || !TICK_DUE)
}
#endif

/* G3: nothing is doubled or invented. */
inline promise_received(v)
{
	assert(v < ELEMENTS);
	assert((received & BIT(v)) == 0);
	received = received | BIT(v);
	before[v] = 0
}

inline promise_send_succeeds(v)
{
	sent = sent | BIT(v)
}

/* G4: a failed send has done nothing. */
inline promise_send_fails(v)
{
	assert((received & BIT(v)) == 0);
	failed = failed | BIT(v);
	before[v] = 0
}

/* G6: a closed and drained channel holds no sent element. */
inline promise_drained(c)
{
	assert(closed[c]);
	assert((sent & begun[c] & ~taken) == 0)
}

#ifdef WATCH
/*
 * G5: a default is taken only if at one instant, no case was ready. A CHAN_SELECT_FIRST select
 * carries out, before it waits, a case that at one instant was the first ready one. Each step that
 * changes readiness also checks for such an instant.
 */
bit trying[TASKS];	/* has a default, or CHAN_SELECT_FIRST */
byte calm[TASKS];	/* one bit per case: it was the first; and one more: none was ready */

inline watch_case(o)
{
	y_ = CHANNEL(o);
	if
	:: o == POLLED -> v_ = v_ || file_told
	:: o != POLLED && o < POLLED ->
		v_ = v_ || closed[y_] ||
		     (IS_SEND(o) -> len(ring[y_]) < CAP_OF(y_) : len(ring[y_]) + len(requeued[y_]));
		for (w_ : 0 .. TASKS * CASES - 1) {
			v_ = v_ || (state[TASK(w_)] == PARKED &&
				    (op[w_] == RECV(y_) && IS_SEND(o) && recvq[y_] ?? [eval(w_)] ||
				     op[w_] == SEND(y_) && IS_RECV(o) && sendq[y_] ?? [eval(w_)]))
		}
	:: else
	fi
}

#ifdef FIRST
#define NO_INSTANT_YET(t)	true
#else
#define NO_INSTANT_YET(t)	(!(calm[t] & BIT(CASES)))
#endif

inline promise_watch()
{
	for (t_ : 0 .. TASKS - 1) {
		if
		:: trying[t_] && NO_INSTANT_YET(t_) ->
			v_ = 0;
			for (x_ : 0 .. CASES - 1) {
#ifdef FIRST
				remain = v_;
				v_ = 0;
#endif
				watch_case(op[W(t_, x_)]);
#ifdef FIRST
				calm[t_] = calm[t_] | ((v_ && !remain) << x_);
				v_ = v_ || remain
#endif
			};
			calm[t_] = calm[t_] | (!v_ << CASES)
		:: else
		fi
	}
}

inline promise_default(me)
{
	assert(calm[me] & BIT(CASES))
}

inline promise_first(me, i)
{
	assert(calm[me] & BIT(i))
}
#else
#define trying		unwatched
#define calm		unwatched
hidden byte unwatched[TASKS];

inline promise_watch()
{
	skip
}

inline promise_default(me)
{
	skip
}

inline promise_first(me, i)
{
	skip
}
#endif

#ifdef EPOLL
/* G5: a select that sends to channel 0 does not see its own operation as readiness. */
inline promise_file_ready(me, ready)
{
	v_ = 0;
	for (w_ : 0 .. TASKS * CASES - 1) {
		v_ = v_ || (TASK(w_) != me && sendq[0] ?? [eval(w_)])
	};
	assert(!ready || v_ || len(ring[0]) || len(requeued[0]) || closed[0])
}
#endif

inline count_in_channels()
{
	remain = 0;
	for (c_ : 0 .. CHANNELS - 1) {
		do
		:: len(requeued[c_]) ->
			requeued[c_] ? _, v_;
			assert((remain & BIT(v_)) == 0);
			remain = remain | BIT(v_)
		:: else -> break
		od;
		do
		:: len(ring[c_]) ->
			ring[c_] ? v_;
			assert((remain & BIT(v_)) == 0);
			remain = remain | BIT(v_)
		:: else -> break
		od
	}
}

/*
 * At rest: every task has returned, or is parked for a reason. Sent elements have been received, or
 * are in their channel; no others are.
 */
inline promise_rest()
{
	for (c_ : 0 .. CHANNELS - 1) {
		assert(!lock[c_]);
		check_locked(c_);
		assert(!closed[c_] || (!receivers && !senders));
#ifdef POLLERS
		/* G9: pollers that still wait have no event pending */
		assert(!recv_pollers[c_] ||
		       !(closed[c_] || len(ring[c_]) || len(requeued[c_]) || len(sendq[c_])));
		assert(!send_pollers[c_] ||
		       !(closed[c_] || len(ring[c_]) < CAP_OF(c_) || len(recvq[c_])))
#endif
	}
#ifdef EPOLL
	assert(!epoll_waits || !(closed[0] || len(ring[0]) || len(requeued[0]) || len(sendq[0])));
#endif
#ifdef TICKER
	ticker_rests();
#endif
	for (t_ : 0 .. TASKS - 1) {
		assert(!in_call[t_] || state[t_] == PARKED);
		assert(!in_call[t_] || (!signalled[t_] && !expired[t_]));
		for (w_ : t_ * CASES .. t_ * CASES + CASES - 1) {
			for (c_ : 0 .. CHANNELS - 1) {
				assert(in_call[t_] || !(recvq[c_] ?? [eval(w_)]));
				assert(in_call[t_] || !(sendq[c_] ?? [eval(w_)]))
			}
			assert(!in_call[t_] || op[w_] != POLLED || (!file_ready && !kicked[t_]))
		}
	}
	count_in_channels();
	assert((sent & failed) == 0);
	assert((received & remain) == 0);
	assert((received | remain) == sent)
}
