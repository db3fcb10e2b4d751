// SPDX-License-Identifier: GPL-2.0-only
/* Tasks: points where they stop, sleep and wakeup, signals, grace periods. */
#include <linux/atomic.h>
#include <linux/fdtable.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

_Thread_local struct task_struct *current;

const struct shim_controller *shim_controller;

static struct files_struct shim_files = { .count = { 1 } };

static bool shim_is_chaotic;
static u64 shim_seed = 1;
static pid_t shim_last_pid;
static unsigned int shim_wake_count;

/* RCU readers read-lock this. */
static pthread_rwlock_t shim_grace = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t shim_dead_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(shim_dead);

void shim_fail(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("shim: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (shim_controller)
		shim_controller->fail();
	abort();
}

void shim_might_sleep(const char *what)
{
	if (current->interrupt)
		shim_fail("%s in an interrupt", what);
	if (current->locks_held)
		shim_fail("%s with a spinlock held", what);
	if (SHIM_LOAD(current->state) != TASK_RUNNING)
		shim_fail("%s in task state %#x", what, SHIM_LOAD(current->state));
}

void smp_mb(void)
{
	__sync_synchronize();
}

/* xorshift64 */
u64 shim_random(void)
{
	u64 random = current->random;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	current->random = random;
	return random;
}

u32 shim_random_below(u32 ceil)
{
	return shim_controller ? shim_controller->random(ceil) : shim_random() % ceil;
}

void shim_control(const struct shim_controller *controller)
{
	shim_controller = controller;
}

bool shim_task_may_run(struct task_struct *task)
{
	if (task->wanted && SHIM_LOAD(task->wanted->owner))
		return false;
	if (task->awaited && SHIM_LOAD(task->awaited->running))
		return false;
	return !task->asleep || SHIM_LOAD(task->state) == TASK_RUNNING;
}

void shim_chaos(bool on)
{
	WRITE_ONCE(shim_is_chaotic, on);
}

/* Once in @n times on average, but never without chaos. */
bool shim_chaos_strikes(unsigned int n)
{
	return SHIM_LOAD(shim_is_chaotic) && shim_random() % n == 0;
}

static void shim_stop(struct task_struct *task, enum shim_point point)
{
	pthread_mutex_lock(&task->lock);
	if (task->stop_after && (task->stop_at == SHIM_POINT_ANY || task->stop_at == point)) {
		WRITE_ONCE(task->stop_after, task->stop_after - 1);
		task->stopped = !task->stop_after;
		while (task->stopped)
			pthread_cond_wait(&task->changed, &task->lock);
	}
	pthread_mutex_unlock(&task->lock);
}

const char *shim_point_name(enum shim_point point)
{
	static const char *const names[] = {
		[SHIM_POINT_ANY]	= "any",
		[SHIM_POINT_LOCK]	= "lock",
		[SHIM_POINT_UNLOCK]	= "unlock",
		[SHIM_POINT_ATOMIC]	= "atomic",
		[SHIM_POINT_READ]	= "read",
		[SHIM_POINT_STATE]	= "state",
		[SHIM_POINT_SCHEDULE]	= "schedule",
		[SHIM_POINT_WAKE]	= "wake",
		[SHIM_POINT_USER]	= "user memory",
		[SHIM_POINT_ALLOC]	= "allocation",
	};

	return names[point];
}

void shim_point(enum shim_point point)
{
	struct task_struct *task = current;

	if (SHIM_LOAD(task->stop_after) && !task->locks_held)
		shim_stop(task, point);
	if (shim_chaos_strikes(16))
		sched_yield();
	if (shim_controller)
		shim_controller->point(point);
}

struct task_struct *shim_task_alloc(void)
{
	struct task_struct *task = calloc(1, sizeof(*task));

	if (task)
		task->pid = calloc(1, sizeof(*task->pid));
	if (!task || !task->pid)
		shim_fail("no memory for a task");
	task->pid->nr = __atomic_add_fetch(&shim_last_pid, 1, __ATOMIC_RELAXED);
	task->refs = 1;
	task->files = &shim_files;
	task->user_end = UINTPTR_MAX;
	task->timer_slack_ns = 50000;
	task->random = 0x9e3779b97f4a7c15ULL *
		       __atomic_fetch_add(&shim_seed, 1, __ATOMIC_RELAXED);
	pthread_mutex_init(&task->lock, NULL);
	pthread_cond_init(&task->changed, NULL);
	return task;
}

pid_t task_pid_nr(const struct task_struct *task)
{
	return task->pid->nr;
}

void get_task_struct(struct task_struct *task)
{
	if (__atomic_fetch_add(&task->refs, 1, __ATOMIC_RELAXED) <= 0)
		shim_fail("get_task_struct(): the task is gone");
}

/* Freeing a task takes locks that an interrupt must not take. */
void put_task_struct(struct task_struct *task)
{
	const int before = __atomic_fetch_sub(&task->refs, 1, __ATOMIC_ACQ_REL);

	if (before <= 0)
		shim_fail("put_task_struct(): the task is gone");
	if (before > 1)
		return;
	if (current && (current->interrupt || current->locks_held))
		shim_fail("put_task_struct(): last reference in an interrupt, or with a lock held");
	pthread_cond_destroy(&task->changed);
	pthread_mutex_destroy(&task->lock);
	free(task);
}

void shim_task_free(struct task_struct *task)
{
	free(task->pid);
	task->pid = NULL;
	pthread_mutex_lock(&shim_dead_lock);
	list_add_tail(&task->node, &shim_dead);
	pthread_mutex_unlock(&shim_dead_lock);
	shim_tasks_reap();
}

void shim_tasks_reap(void)
{
	struct task_struct *task, *next;

	if (pthread_rwlock_trywrlock(&shim_grace))
		return;
	pthread_mutex_lock(&shim_dead_lock);
	list_for_each_entry_safe(task, next, &shim_dead, node)
		put_task_struct(task);
	INIT_LIST_HEAD(&shim_dead);
	pthread_mutex_unlock(&shim_dead_lock);
	pthread_rwlock_unlock(&shim_grace);
}

void rcu_read_lock(void)
{
	pthread_rwlock_rdlock(&shim_grace);
}

void rcu_read_unlock(void)
{
	pthread_rwlock_unlock(&shim_grace);
}

void __set_current_state(unsigned int state)
{
	WRITE_ONCE(current->state, state);
}

void set_current_state(unsigned int state)
{
	__set_current_state(state);
	smp_mb();
	shim_point(SHIM_POINT_STATE);
}

/* Until the state changes; the task's lock is held. */
static void shim_sleep_locked(struct task_struct *task)
{
	if (!shim_controller) {
		pthread_cond_wait(&task->changed, &task->lock);
		return;
	}
	pthread_mutex_unlock(&task->lock);
	shim_controller->wait();
	pthread_mutex_lock(&task->lock);
}

/* The state is set without the lock, so a wakeup may come too early; never too late. */
void schedule(void)
{
	struct task_struct *task = current;

	if (task->locks_held || task->interrupt)
		shim_fail("schedule() with a spinlock held, or in an interrupt");
	shim_point(SHIM_POINT_SCHEDULE);
	if (shim_chaos_strikes(32))
		__set_current_state(TASK_RUNNING);
	pthread_mutex_lock(&task->lock);
	if ((task->state & TASK_INTERRUPTIBLE) &&
	    (SHIM_LOAD(task->signal) || SHIM_LOAD(task->notified)))
		__set_current_state(TASK_RUNNING);
	task->asleep = true;
	while (SHIM_LOAD(task->state) != TASK_RUNNING)
		shim_sleep_locked(task);
	task->asleep = false;
	pthread_mutex_unlock(&task->lock);
}

int shim_task_wake(struct task_struct *task, unsigned int states)
{
	int woken = 0;

	smp_mb();
	pthread_mutex_lock(&task->lock);
	if (SHIM_LOAD(task->state) & states) {
		WRITE_ONCE(task->state, TASK_RUNNING);
		pthread_cond_broadcast(&task->changed);
		woken = 1;
	}
	pthread_mutex_unlock(&task->lock);
	__atomic_fetch_add(&shim_wake_count, woken, __ATOMIC_SEQ_CST);
	return woken;
}

unsigned int shim_wakes(void)
{
	return __atomic_load_n(&shim_wake_count, __ATOMIC_SEQ_CST);
}

int wake_up_process(struct task_struct *task)
{
	shim_point(SHIM_POINT_WAKE);
	if (current->locks_held)
		shim_fail("wake_up_process() with a spinlock held");
	return shim_task_wake(task, TASK_NORMAL);
}

void cond_resched(void)
{
	shim_might_sleep("cond_resched()");
	if (shim_chaos_strikes(2))
		sched_yield();
}

void shim_task_signal(struct task_struct *task)
{
	WRITE_ONCE(task->signal, true);
	shim_point(SHIM_POINT_WAKE);
	shim_task_wake(task, TASK_INTERRUPTIBLE);
}

void shim_task_notify(struct task_struct *task)
{
	WRITE_ONCE(task->notified, true);
	shim_point(SHIM_POINT_WAKE);
	shim_task_wake(task, TASK_INTERRUPTIBLE);
}

void shim_task_kill(struct task_struct *task)
{
	WRITE_ONCE(task->killed, true);
	shim_task_signal(task);
}

void shim_task_stop_at(struct task_struct *task, enum shim_point point, unsigned int nth)
{
	pthread_mutex_lock(&task->lock);
	task->stop_at = point;
	WRITE_ONCE(task->stop_after, nth);
	pthread_mutex_unlock(&task->lock);
}

bool shim_task_stopped(struct task_struct *task)
{
	bool stopped;

	pthread_mutex_lock(&task->lock);
	stopped = task->stopped;
	pthread_mutex_unlock(&task->lock);
	return stopped;
}

void shim_task_continue(struct task_struct *task)
{
	pthread_mutex_lock(&task->lock);
	WRITE_ONCE(task->stop_after, 0);
	task->stopped = false;
	pthread_cond_broadcast(&task->changed);
	pthread_mutex_unlock(&task->lock);
}

unsigned int shim_task_asleep(struct task_struct *task)
{
	unsigned int state;

	pthread_mutex_lock(&task->lock);
	state = task->asleep ? SHIM_LOAD(task->state) : TASK_RUNNING;
	pthread_mutex_unlock(&task->lock);
	return state;
}
