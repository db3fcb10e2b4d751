// SPDX-License-Identifier: GPL-2.0-only
// With the lock of a channel held, never allocate, touch user memory, sleep, or wake a task. Never put
// a file either, because its release may take that lock.
virtual report

@held@
identifier lock = {spin_lock, chan_select_lock};
identifier unlock = {spin_unlock, chan_hchan_unlock, chan_select_unlock, chan_select_commit,
	chan_select_park, chan_park_wait};
identifier sleeps = {kmalloc, kzalloc, kcalloc, kvmalloc, kvzalloc, kvcalloc, vmalloc, vzalloc,
	kfree_rcu_mightsleep, copy_from_user, copy_to_user, copy_struct_from_user, get_user, put_user,
	unsafe_put_user, user_write_access_begin,
	clear_user, mutex_lock, mutex_lock_interruptible, mutex_lock_killable, schedule, msleep,
	schedule_hrtimeout_range_clock, cond_resched, hrtimer_cancel, synchronize_rcu, fput, fdput,
	kvfree, wake_up_process, put_task_struct, __wake_up, chan_sleeper_wait, chan_sleeper_sleep,
	chan_wake_run, chan_wake_run_any, chan_wake_pollers_recv, chan_wake_pollers_send,
	chan_wake_pollers_all, chan_record_alloc, chan_hchan_grow_requeue, chan_requeue_free,
	chan_pollset_scan, chan_pollset_free, chan_hchan_requeue, chan_hchan_close, chan_hchan_put,
	chan_ticker_alloc, chan_ticker_free, chan_select_scan, chan_select_wake_pollers};
position p;
@@

lock(...);
... when != unlock(...);
sleeps@p(...)

@script:python@
p << held.p;
sleeps << held.sleeps;
@@
coccilib.report.print_report(p[0], "%s() with the lock of a channel held" % sleeps)
