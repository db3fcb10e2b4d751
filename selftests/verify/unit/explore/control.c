// SPDX-License-Identifier: GPL-2.0-only
/*
 * The controller.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <sanitizer/common_interface_defs.h>
#include <stdio.h>

#include "control.h"
#include "fiber.h"

/* After more points than this, the tasks will never come to rest. */
#define STEPS_MAX	100000

/**
 * struct control_task - one task
 * @fiber: its stack, which it inherits from its predecessors
 * @task: the task
 * @run: its function
 * @ended: the function has returned
 * @slept: when it slept first since control_slept()
 */
struct control_task {
	struct fiber		*fiber;
	struct task_struct	*task;
	void			(*run)(unsigned int index);
	bool			ended;
	control_time		slept;
};

static struct {
	struct control_task	tasks[TASKS_MAX];
	unsigned int		n;
	unsigned int		running;	/* index; or @n: the test itself */
	struct task_struct	*test;
	struct fiber		*home;
	struct strategy		*strategy;
	struct schedule		schedule;
	unsigned int		steps;
	unsigned int		test_steps;
	control_time		now;
	bool			traces;
	void			(*tell)(void);
} control;

static bool control_is_running(void)
{
	return control.running < control.n;
}

static bool control_may_run(unsigned int index)
{
	const struct control_task *t = &control.tasks[index];

	return !t->ended && shim_task_may_run(t->task);
}

static unsigned int control_choose(const struct decision *decision)
{
	unsigned int option;

	if (decision->options < 2 || !control.strategy)
		return 0;
	option = control.strategy->choose(control.strategy, decision);
	if (control.schedule.n == SCHEDULE_MAX)
		shim_fail("the schedule is too long");
	control.schedule.options[control.schedule.n++] = option;
	return option;
}

/* Run the task of this index; @n: the test. Returns when it is switched back to. */
static void control_switch(unsigned int index)
{
	const unsigned int self = control.running;

	if (index == self)
		return;
	control.running = index;
	current = index < control.n ? control.tasks[index].task : control.test;
	fiber_switch(index < control.n ? control.tasks[index].fiber : control.home);
}

/* Run any task that may; preferably the current one. Without any, the test. */
static void control_yield(void)
{
	u8 tasks[TASKS_MAX];
	struct decision decision = { .tasks = tasks, .step = control.steps };
	unsigned int i, index;

	for (i = 0; i < control.n; i++) {
		index = (control.running + i) % control.n;
		if (control_may_run(index))
			tasks[decision.options++] = index;
	}
	if (!decision.options) {
		control_switch(control.n);
		return;
	}
	decision.preempts = tasks[0] == control.running;
	control_switch(tasks[control_choose(&decision)]);
}

static void control_point(enum shim_point point)
{
	/* An allocation is invisible to other tasks. */
	if (point == SHIM_POINT_ALLOC)
		return;
	if (!control_is_running()) {
		if (++control.test_steps == STEPS_MAX)
			shim_fail("the test itself does not end");
		return;
	}
	if (++control.steps == STEPS_MAX)
		shim_fail("the tasks do not come to rest");
	if (control.traces)
		printf("# task %u: %s\n", control.running, shim_point_name(point));
	control_yield();
}

static void control_wait(void)
{
	struct control_task *t = &control.tasks[control.running];

	if (!control_is_running())
		shim_fail("the test itself cannot wait");
	if (current->asleep && t->slept == CONTROL_NEVER)
		t->slept = control_now();
	if (control.traces)
		printf("# task %u: %s\n", control.running,
		       current->asleep ? "sleeps" : "waits for the lock");
	control_yield();
}

static u32 control_random(u32 ceil)
{
	struct decision decision = { .options = ceil, .step = control.steps };

	return control_choose(&decision);
}

static void control_fail(void)
{
	/* Sanitizers abort in their own way; this covers all. */
	if (control.tell)
		control.tell();
	control.tell = NULL;
}

static const struct shim_controller control_controller = {
	.point = control_point,
	.wait = control_wait,
	.random = control_random,
	.fail = control_fail,
};

/* Runs on a fiber: one task after the other. */
static void control_main(void *arg)
{
	struct control_task *t = arg;

	for (;;) {
		t->run(t - control.tasks);
		t->ended = true;
		control_yield();
	}
}

void control_begin(void)
{
	control.n = 0;
	control.running = 0;
	control.test = current;
	control.home = fiber_self();
	control.schedule.n = 0;
	control.steps = 0;
	control.test_steps = 0;
	control.now = 0;
	control.strategy = NULL;
	shim_control(&control_controller);
}

void control_use(struct strategy *strategy)
{
	control.strategy = strategy;
}

void control_add(struct task_struct *task, void (*run)(unsigned int index))
{
	struct control_task *t = &control.tasks[control.n];

	if (!t->fiber)
		t->fiber = fiber_new(control_main, t);
	t->task = task;
	t->run = run;
	t->ended = false;
	t->slept = CONTROL_NEVER;
	control.running = ++control.n;
}

void control_run(void)
{
	control_yield();
}

void control_end(void)
{
	shim_control(NULL);
}

bool control_ended(unsigned int index)
{
	return control.tasks[index].ended;
}

bool control_locked(unsigned int index)
{
	return !control.tasks[index].ended && control.tasks[index].task->wanted;
}

const struct schedule *control_schedule(void)
{
	return &control.schedule;
}

control_time control_now(void)
{
	return control.now++;
}

control_time control_slept(void)
{
	struct control_task *t = &control.tasks[control.running];
	const control_time slept = t->slept;

	t->slept = CONTROL_NEVER;
	return slept;
}

void control_trace(bool on)
{
	control.traces = on;
}

void control_on_death(void (*tell)(void))
{
	control.tell = tell;
	__sanitizer_set_death_callback(control_fail);
}
