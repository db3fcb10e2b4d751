// SPDX-License-Identifier: GPL-2.0-only
// Nothing is allocated, no user memory touched and nobody put to sleep with the lock of a channel
// held, nor is a file put: its release may take that lock.
virtual report

@held@
identifier lock = {spin_lock, chan_hchan_lock};
identifier unlock = {spin_unlock, chan_hchan_unlock};
identifier sleeps = {kmalloc, kzalloc, kcalloc, kvmalloc, kvzalloc, kvcalloc, vmalloc, vzalloc,
	kfree_rcu_mightsleep, copy_from_user, copy_to_user, copy_struct_from_user, get_user, put_user,
	unsafe_put_user, user_write_access_begin,
	clear_user, mutex_lock, mutex_lock_interruptible, mutex_lock_killable, schedule, msleep,
	chan_parker_sleep, synchronize_rcu, fput, fdput};
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
