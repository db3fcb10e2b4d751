/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel in user space: enough of it to build and run the core of the module unchanged. Headers
 * named like the kernel's declare the replacements; this one declares the controls for tests.
 *
 * The shim is stricter than the kernel where the module promises more: it aborts when a task
 * sleeps, allocates, accesses user memory that may fault or wakes another with a spinlock held, at
 * each warning,
 * and when an interrupt does something forbidden on a real-time kernel.
 *
 * Each thread that runs code of the module is a task: it has set current. Time stands still unless
 * a test moves it.
 */
#ifndef _SHIM_H
#define _SHIM_H

#include <linux/compiler_types.h>
#include <linux/types.h>
#include <time.h>

struct task_struct;

/* Print and abort. */
void shim_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Fail if the calling task holds a spinlock, or is about to sleep already. */
void shim_might_sleep(const char *what);

/**
 * enum shim_point - where a task can be stopped, or yield to others
 * @SHIM_POINT_ANY: at each of the others
 * @SHIM_POINT_LOCK: before it takes a spinlock
 * @SHIM_POINT_UNLOCK: after it has released one
 * @SHIM_POINT_ATOMIC: before it changes an atomic variable
 * @SHIM_POINT_READ: before a read of concurrently modified data
 * @SHIM_POINT_STATE: after it has set its state
 * @SHIM_POINT_SCHEDULE: before it sleeps
 * @SHIM_POINT_WAKE: before it wakes another task
 * @SHIM_POINT_USER: before it accesses user memory
 * @SHIM_POINT_ALLOC: before it allocates
 */
enum shim_point {
	SHIM_POINT_ANY,
	SHIM_POINT_LOCK,
	SHIM_POINT_UNLOCK,
	SHIM_POINT_ATOMIC,
	SHIM_POINT_READ,
	SHIM_POINT_STATE,
	SHIM_POINT_SCHEDULE,
	SHIM_POINT_WAKE,
	SHIM_POINT_USER,
	SHIM_POINT_ALLOC,
};

/* The calling task passes a point. */
void shim_point(enum shim_point point);
const char *shim_point_name(enum shim_point point);

/**
 * struct shim_controller - decides which task runs, in place of the machine
 * @point: the calling task passes a point
 * @wait: the calling task cannot continue before shim_task_may_run()
 * @random: a number below @ceil
 * @fail: prints the situation before the program aborts
 */
struct shim_controller {
	void	(*point)(enum shim_point point);
	void	(*wait)(void);
	u32	(*random)(u32 ceil);
	void	(*fail)(void);
};

/* For a program whose tasks take turns in one thread; NULL: the machine again. */
void shim_control(const struct shim_controller *controller);
/* Neither asleep nor before a spinlock that another task holds. */
bool shim_task_may_run(struct task_struct *task);

/* From now on, yield at random points, with occasional spurious wakeups. */
void shim_chaos(bool on);
u64 shim_random(void);
u32 shim_random_below(u32 ceil);

struct task_struct *shim_task_alloc(void);
/*
 * The task has ended. It is freed after a grace period, so never under rcu_read_lock(), and with
 * the last reference to it.
 */
void shim_task_free(struct task_struct *task);
/* Frees everything whose grace period has ended. */
void shim_tasks_reap(void);
void shim_task_signal(struct task_struct *task);
/* Task work interrupts it, as TIF_NOTIFY_SIGNAL does. */
void shim_task_notify(struct task_struct *task);
void shim_task_kill(struct task_struct *task);

/*
 * Stop @task when it passes @point for the @nth time, not counting passes with a spinlock held:
 * preemption there only delays other tasks.
 */
void shim_task_stop_at(struct task_struct *task, enum shim_point point, unsigned int nth);
bool shim_task_stopped(struct task_struct *task);
void shim_task_continue(struct task_struct *task);
/* The state in which it sleeps; TASK_RUNNING if it does not. */
unsigned int shim_task_asleep(struct task_struct *task);
/* Number of wakeups, each counted after it has taken effect. */
unsigned int shim_wakes(void);

/*
 * The time of a clock; move it, also backwards, and expire the deadlines that it reaches. The
 * functions of timers run at once, as interrupts on the calling task; those of timers that are due
 * when they are started, once the raw locks that the task holds are released.
 */
s64 shim_clock_now(clockid_t clock);
void shim_clock_advance(clockid_t clock, s64 ns);
/* Number of started timers with functions. */
unsigned int shim_hrtimers_started(void);

/*
 * Make the @nth next allocation of the calling thread fail; 0: none. Returns the rest of the last
 * count: 0 if that allocation came.
 */
unsigned int shim_memory_fail_nth(unsigned int nth);
/* The same for accesses to user memory. */
unsigned int shim_user_fail_nth(unsigned int nth);
/*
 * Evict the user memory of a task: an access of the task with page faults disabled fails, until
 * another one brings the memory back.
 */
void shim_user_evict(struct task_struct *task);
/* From now on, every allocation of every thread fails. */
void shim_memory_fail_all(bool on);
/* Number of allocations not yet freed. */
unsigned int shim_memory_live(void);

#endif /* _SHIM_H */
