// SPDX-License-Identifier: GPL-2.0-only
/*
 * Systematic schedules: one operation is stopped at each of its points in turn and
 * another runs meanwhile; a third may be parked from the start. Whatever comes of it, no
 * element is lost, duplicated or invented (G3), an error means that nothing happened
 * (G4), and nobody sleeps who was completed.
 */
#include "unit.h"

enum kind {
	NOTHING,
	SEND,
	RECV,
	FAULTING_RECV,
	CLOSE,
	SIGNAL_PARKED,
	KILL_PARKED,
};

enum {
	PARKED,
	STOPPED,
	OTHER,
	ACTORS,
};

/* The element that is in a full channel of capacity 1 from the start. */
#define BUFFERED	ACTORS

/**
 * struct scene - three operations on one channel
 * @kinds: what they are
 * @cap: capacity of the channel
 * @full: it is full from the start
 */
struct scene {
	enum kind	kinds[ACTORS];
	u32		cap;
	bool		full;
};

/* What was broken, or NULL. */
static const char *broken;

static long run_signal(struct operation *op)
{
	shim_task_signal(op->data);
	return 0;
}

static long run_kill(struct operation *op)
{
	shim_task_kill(op->data);
	return 0;
}

static struct operation *actor_new(const struct scene *scene, unsigned int actor,
				   struct chan_file *cf, struct operation *parked)
{
	static long (*const runs[])(struct operation *op) = {
		[SEND]		= operation_run_send,
		[RECV]		= operation_run_recv,
		[FAULTING_RECV]	= operation_run_recv,
		[CLOSE]		= operation_run_close,
		[SIGNAL_PARKED]	= run_signal,
		[KILL_PARKED]	= run_kill,
	};
	const enum kind kind = scene->kinds[actor];
	struct operation *op = operation_new(runs[kind], cf, 1);

	if (kind == SEND)
		element_fill(op->elems, 8, actor);
	if (kind == FAULTING_RECV)
		op->task->user_end = 0;
	if (kind == SIGNAL_PARKED || kind == KILL_PARKED)
		op->data = parked->task;
	return op;
}

/* Nobody who sleeps has been completed: all of them stand in a queue. */
static void check_sleepers(struct operation *const *ops, struct chan_file *cf)
{
	struct chan_info info = channel_info(cf);
	unsigned int actor, asleep = 0;

	for (actor = 0; actor < ACTORS; actor++)
		asleep += ops[actor] && !operation_done(ops[actor]);
	if (asleep != info.sendq + info.recvq)
		broken = "somebody sleeps in vain";
}

/* Every element that was sent is received once, and no other. */
static void check_elements(const struct scene *scene, struct operation *const *ops,
			   struct chan_file *cf)
{
	unsigned int received[BUFFERED + 1] = { 0 };
	unsigned int actor;
	u64 value;

	for (actor = 0; actor < ACTORS; actor++) {
		if (scene->kinds[actor] == RECV && ops[actor]->result == 1)
			received[operation_value(ops[actor], 0)]++;
	}
	while (channel_try_recv(cf, &value) == 1)
		received[value]++;
	for (actor = 0; actor < ACTORS; actor++) {
		bool sent = scene->kinds[actor] == SEND && ops[actor]->result == 1;

		if (received[actor] != sent)
			broken = sent ? "an element is lost or duplicated" :
					"an element came that was not sent";
	}
	if (received[BUFFERED] != scene->full)
		broken = "the buffered element is lost or duplicated";
}

/* All operations have come to rest: check the outcome, end those that sleep. */
static void end_scene(const struct scene *scene, struct operation *const *ops,
		      struct chan_file *cf, unsigned int nth)
{
	unsigned int actor;

	check_sleepers(ops, cf);
	chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE);
	for (actor = 0; actor < ACTORS; actor++) {
		if (ops[actor])
			operation_join(ops[actor]);
	}
	check_elements(scene, ops, cf);
	if (broken)
		fail_msg("%s: capacity %u, full %d, kinds %d %d %d, stopped at point %u", broken,
			 scene->cap, scene->full, scene->kinds[PARKED], scene->kinds[STOPPED],
			 scene->kinds[OTHER], nth);
	channel_release(cf);
}

static void start_scene(const struct scene *scene, struct operation **ops,
			struct chan_file **cf)
{
	unsigned int actor;

	*cf = channel_make(8, scene->cap);
	if (scene->full)
		channel_send(*cf, BUFFERED);
	for (actor = 0; actor < ACTORS; actor++) {
		ops[actor] = NULL;
		if (scene->kinds[actor] != NOTHING)
			ops[actor] = actor_new(scene, actor, *cf, ops[PARKED]);
	}
	if (ops[PARKED])
		operation_park(ops[PARKED]);
}

/* Stop one while another runs. Returns whether there was an @nth point to stop at. */
static bool play(const struct scene *scene, unsigned int nth)
{
	struct operation *ops[ACTORS];
	struct chan_file *cf;
	bool stopped;

	start_scene(scene, ops, &cf);
	operation_start_stopped(ops[STOPPED], SHIM_POINT_ANY, nth);
	stopped = shim_task_stopped(ops[STOPPED]->task);
	operation_start(ops[OTHER]);
	unit_wait_until(operations_settled(ops, ACTORS));
	operation_continue(ops[STOPPED]);
	unit_wait_until(operations_settled(ops, ACTORS));
	end_scene(scene, ops, cf, nth);
	return stopped;
}

static void play_all(enum kind parked, u32 cap, bool full)
{
	struct scene scene = { .cap = cap, .full = full, .kinds = { parked } };
	const enum kind last = parked == NOTHING ? CLOSE : KILL_PARKED;
	unsigned int nth;

	for (scene.kinds[STOPPED] = SEND; scene.kinds[STOPPED] <= CLOSE; scene.kinds[STOPPED]++) {
		for (scene.kinds[OTHER] = SEND; scene.kinds[OTHER] <= last; scene.kinds[OTHER]++) {
			nth = 1;
			while (play(&scene, nth))
				nth++;
			assert_in_range(nth, 2, 100);
		}
	}
}

/* Stop the parked one, which gives up, while another runs. Returns the same. */
static bool play_leaving(const struct scene *scene, void (*interrupt)(struct task_struct *task),
			 unsigned int nth)
{
	struct operation *ops[ACTORS];
	struct chan_file *cf;
	bool stopped;

	start_scene(scene, ops, &cf);
	shim_task_stop_at(ops[PARKED]->task, SHIM_POINT_ANY, nth);
	interrupt(ops[PARKED]->task);
	unit_wait_until(operations_settled(ops, 1));
	stopped = shim_task_stopped(ops[PARKED]->task);
	operation_start(ops[OTHER]);
	unit_wait_until(operations_settled(ops, ACTORS));
	operation_continue(ops[PARKED]);
	unit_wait_until(operations_settled(ops, ACTORS));
	end_scene(scene, ops, cf, nth);
	return stopped;
}

static void play_all_leaving(void (*interrupt)(struct task_struct *task))
{
	static const struct scene scenes[] = {
		{ .kinds = { SEND }, .cap = 0 },
		{ .kinds = { SEND }, .cap = 1, .full = true },
		{ .kinds = { RECV }, .cap = 0 },
		{ .kinds = { RECV }, .cap = 1 },
		{ .kinds = { FAULTING_RECV }, .cap = 1 },
	};
	unsigned int i, nth;

	for (i = 0; i < ARRAY_LENGTH(scenes); i++) {
		struct scene scene = scenes[i];

		for (scene.kinds[OTHER] = SEND; scene.kinds[OTHER] <= CLOSE; scene.kinds[OTHER]++) {
			nth = 1;
			while (play_leaving(&scene, interrupt, nth))
				nth++;
			/* At least: the state, the claim, the lock, and the unlock. */
			assert_in_range(nth, 5, 100);
		}
	}
}

static void G3_G4_schedules_of_two(void **state)
{
	(void)state;
	play_all(NOTHING, 0, false);
	play_all(NOTHING, 1, false);
	play_all(NOTHING, 1, true);
}

static void G3_G4_schedules_with_a_parked_sender(void **state)
{
	(void)state;
	play_all(SEND, 0, false);
	play_all(SEND, 1, true);
}

static void G3_G4_schedules_with_a_parked_receiver(void **state)
{
	(void)state;
	play_all(RECV, 0, false);
	play_all(RECV, 1, false);
}

static void G3_G4_schedules_with_a_parked_receiver_that_faults(void **state)
{
	(void)state;
	play_all(FAULTING_RECV, 0, false);
	play_all(FAULTING_RECV, 1, false);
}

static void G3_G10_schedules_with_one_that_is_interrupted(void **state)
{
	(void)state;
	play_all_leaving(shim_task_signal);
}

static void G3_G10_schedules_with_one_that_is_killed(void **state)
{
	(void)state;
	play_all_leaving(shim_task_kill);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G3_G4_schedules_of_two),
		UNIT_TEST(G3_G4_schedules_with_a_parked_sender),
		UNIT_TEST(G3_G4_schedules_with_a_parked_receiver),
		UNIT_TEST(G3_G4_schedules_with_a_parked_receiver_that_faults),
		UNIT_TEST(G3_G10_schedules_with_one_that_is_interrupted),
		UNIT_TEST(G3_G10_schedules_with_one_that_is_killed),
	};

	return UNIT_RUN(tests);
}
