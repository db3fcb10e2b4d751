// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bugs that a debug kernel must report, one of each kind: "insmod checkers.ko bug=NAME" triggers
 * one. A clean run only counts on a kernel that finds these.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

static char *bug = "";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "what to do wrong");

/* Read again at each use, so that the compiler cannot see the bug. */
static volatile int three = 3;
static volatile int seventy = 70;

static void use_after_free(void)
{
	volatile char *object = kmalloc(64, GFP_KERNEL);

	if (!object)
		return;
	kfree((void *)object);
	object[three] = 1;
}

static void write_outside_of_slab(void)
{
	volatile char *object = kmalloc(64, GFP_KERNEL);

	if (!object)
		return;
	object[seventy] = 1;
	kfree((void *)object);
}

static void write_outside_of_vmalloc(void)
{
	volatile char *pages = vmalloc(64);

	if (!pages)
		return;
	pages[seventy] = 1;
	vfree((void *)pages);
}

static void shift_too_far(void)
{
	pr_info("shifted: %d\n", 1 << seventy);
}

static void index_outside(void)
{
	static int numbers[3];

	pr_info("number: %d\n", numbers[three]);
}

/* Several, as kmemleak does not report a pointer left over in a register or on a stack. */
static void leak(void)
{
	int i;

	for (i = 0; i < 16; i++)
		pr_info("leaked: %d\n", !!kmalloc(192, GFP_KERNEL));
}

static void expire(struct timer_list *timer)
{
}

static void free_pending_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, expire, 0);
	timer->expires = jiffies + MAX_JIFFY_OFFSET;
	add_timer(timer);
	kfree(timer);
}

static void delete_from_broken_list(void)
{
	LIST_HEAD(list);
	struct list_head first, second;

	list_add(&first, &list);
	list_add_tail(&second, &list);
	first.next = &list;
	list_del(&second);
}

static void sleep_with_spinlock_held(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
}

static void mutex_under_spinlock(void)
{
	static DEFINE_SPINLOCK(lock);
	static DEFINE_MUTEX(mutex);

	spin_lock(&lock);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	spin_unlock(&lock);
}

static void lock_in_both_orders(void)
{
	static DEFINE_SPINLOCK(one);
	static DEFINE_SPINLOCK(other);

	spin_lock(&one);
	spin_lock(&other);
	spin_unlock(&other);
	spin_unlock(&one);

	spin_lock(&other);
	spin_lock(&one);
	spin_unlock(&one);
	spin_unlock(&other);
}

/* On a busy host, two CPUs rarely run at the same time. */
#define RACE_SECONDS	10

static int shared;

static int count_without_lock(void *unused)
{
	const unsigned long end = jiffies + RACE_SECONDS * HZ;

	while (time_before(jiffies, end)) {
		shared++;
		barrier();
		cond_resched();
	}
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void race(void)
{
	struct task_struct *tasks[2];
	int i;

	for (i = 0; i < 2; i++)
		tasks[i] = kthread_run(count_without_lock, NULL, "race/%d", i);
	for (i = 0; i < 2; i++) {
		if (!IS_ERR(tasks[i]))
			kthread_stop(tasks[i]);
	}
	pr_info("counted: %d\n", shared);
}

static const struct {
	const char *name;
	void (*happen)(void);
} bugs[] = {
	{ "use_after_free", use_after_free },
	{ "write_outside_of_slab", write_outside_of_slab },
	{ "write_outside_of_vmalloc", write_outside_of_vmalloc },
	{ "shift_too_far", shift_too_far },
	{ "index_outside", index_outside },
	{ "leak", leak },
	{ "free_pending_timer", free_pending_timer },
	{ "delete_from_broken_list", delete_from_broken_list },
	{ "sleep_with_spinlock_held", sleep_with_spinlock_held },
	{ "mutex_under_spinlock", mutex_under_spinlock },
	{ "lock_in_both_orders", lock_in_both_orders },
	{ "race", race },
};

static int __init checkers_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bug, bugs[i].name)) {
			bugs[i].happen();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit checkers_exit(void)
{
}

module_init(checkers_init);
module_exit(checkers_exit);
MODULE_DESCRIPTION("Bugs that a kernel for debugging is to find");
MODULE_LICENSE("GPL");
