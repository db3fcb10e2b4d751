/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SCHED_H
#define _SHIM_LINUX_SCHED_H

#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <pthread.h>

#include "shim.h"

#define TASK_RUNNING		0x0000U
#define TASK_INTERRUPTIBLE	0x0001U
#define TASK_UNINTERRUPTIBLE	0x0002U
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_FREEZABLE		0x2000U

struct files_struct;
struct hrtimer;
struct lockdep_map;
struct pid;
struct spinlock;

/**
 * struct task_struct - a task, which is a thread here
 * @refs: references; the first is its own, until it has ended and a grace period has passed
 * @pid: its number, until it has ended
 * @files: its file descriptors; those of one process
 * @timer_slack_ns: as in the kernel
 * @realtime: it is a real-time task
 * @capable: it has every capability
 * @uid: its user
 * @user_end: the end of its user memory: an access from there on faults
 * @user_absent: its user memory is not present: see shim_user_evict()
 * @state: TASK_*
 * @signal: a signal is pending
 * @notified: task work is pending, which interrupts as a signal does (TIF_NOTIFY_SIGNAL)
 * @resume: work is pending for the return of the system call (TIF_NOTIFY_RESUME)
 * @killed: a fatal signal is pending
 * @lock: protects changes of @state by others, and the fields below
 * @changed: @state or @stopped was changed
 * @asleep: it waits in schedule()
 * @stopped: it waits at the point set by shim_task_stop_at()
 * @stop_at: that point
 * @stop_after: how many times the point is passed before the stop; 0: no stop
 * @slack_asked: timer slack of its last sleep until a deadline, its own
 * @wanted: a spinlock that it waits for, its own
 * @awaited: a timer whose function it waits for, its own
 * @locks_held: number of spinlocks it holds, raw ones too, its own
 * @raw_locks_held: how many of these are raw: interrupts are off, its own
 * @pagefaults_disabled: nesting of pagefault_disable(), its own
 * @interrupt: an interrupt runs on it, its own
 * @alarmed: an interrupt is pending, as a timer was due when it was started, its own
 * @order: it may take several spinlocks in the order of this, its own
 * @last_ordered: the last that it took in that order, its own
 * @orders: how often it has begun to take several
 * @allocations: number of its allocations
 * @lost_claims: how often it came too late to end its wait itself
 * @random: state of its random numbers, its own
 * @node: in the list of tasks that wait for the end of a grace period
 */
struct task_struct {
	int		refs;
	struct pid	*pid;
	struct files_struct *files;
	u64		timer_slack_ns;
	bool		realtime;
	bool		capable;
	kuid_t		uid;
	uintptr_t	user_end;
	bool		user_absent;
	unsigned int	state;
	bool		signal;
	bool		notified;
	bool		resume;
	bool		killed;

	pthread_mutex_t	lock;
	pthread_cond_t	changed;
	bool		asleep;
	bool		stopped;
	enum shim_point	stop_at;
	unsigned int	stop_after;

	u64		slack_asked;
	struct spinlock	*wanted;
	struct hrtimer	*awaited;
	int		locks_held;
	int		raw_locks_held;
	int		pagefaults_disabled;
	bool		interrupt;
	bool		alarmed;
	struct lockdep_map *order;
	struct spinlock	*last_ordered;
	unsigned int	orders;
	unsigned int	allocations;
	unsigned int	lost_claims;
	u64		random;
	struct list_head node;
};

extern _Thread_local struct task_struct *current;

void set_current_state(unsigned int state);
void __set_current_state(unsigned int state);
void schedule(void);
int wake_up_process(struct task_struct *task);
void cond_resched(void);

static inline struct pid *task_pid(struct task_struct *task)
{
	return task->pid;
}

pid_t task_pid_nr(const struct task_struct *task);

#endif /* _SHIM_LINUX_SCHED_H */
