// SPDX-License-Identifier: GPL-2.0-only
/*
 * Systematic schedules with selects: one task is stopped at each of its points in turn and
 * another runs meanwhile; a third may be parked from the start. Whatever comes of it, no
 * element is lost, duplicated or invented (G3), an error means that nothing happened (G4),
 * nobody sleeps who was completed, and no waiter is left in a queue.
 */
#include "choice.h"

#define CHANNELS	2

enum kind {
	NOTHING,
	SEND_A,
	SEND_B,
	RECV_A,
	RECV_B,
	CLOSE_A,
	CLOSE_B,
	SEND_A_RECV_B,		/* the first select */
	RECV_A_SEND_B,
	SEND_BOTH,
	RECV_BOTH,
	ALL_FOUR,
	SIGNAL,			/* for the select that is stopped, or else parked */
	KILL,
};

enum {
	PARKED,
	STOPPED,
	OTHER,
	ACTORS,
};

/* What somebody sends to channel A, and after that, to B; last what fills a channel. */
#define VALUES		((ACTORS + 1) * CHANNELS)

/**
 * struct scene - three tasks on two channels
 * @kinds: what they do
 * @cap: capacity of the channels
 * @full: which are full from the start, a bit for each
 */
struct scene {
	enum kind	kinds[ACTORS];
	u32		cap;
	unsigned int	full;
};

/**
 * struct stage - where a scene is played
 * @files: the channels
 * @ops: the tasks
 * @broken: what was broken, or NULL
 */
struct stage {
	struct chan_file	*files[CHANNELS];
	struct operation	*ops[ACTORS];
	const char		*broken;
};

static bool is_select(enum kind kind)
{
	return kind >= SEND_A_RECV_B && kind <= ALL_FOUR;
}

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

static struct operation *select_new(struct stage *stage, enum kind kind, u64 value)
{
	/* On each channel: does it send there, does it receive? */
	static const bool sends[][CHANNELS] = {
		[SEND_A_RECV_B] = { true, false },
		[RECV_A_SEND_B] = { false, true },
		[SEND_BOTH] = { true, true },
		[ALL_FOUR] = { true, true },
		[KILL] = { false },
	};
	static const bool recvs[][CHANNELS] = {
		[SEND_A_RECV_B] = { false, true },
		[RECV_A_SEND_B] = { true, false },
		[RECV_BOTH] = { true, true },
		[ALL_FOUR] = { true, true },
		[KILL] = { false },
	};
	struct operation *op = choice_operation(stage->files[0]);
	unsigned int i;

	for (i = 0; i < CHANNELS; i++) {
		if (sends[kind][i])
			choice_add_send(operation_choice(op), stage->files[i], value + i);
		if (recvs[kind][i])
			choice_add_recv(operation_choice(op), stage->files[i]);
	}
	return op;
}

static struct operation *actor_new(const struct scene *scene, unsigned int actor,
				   struct stage *stage)
{
	const enum kind kind = scene->kinds[actor];
	const unsigned int channel = kind == SEND_B || kind == RECV_B || kind == CLOSE_B;
	struct chan_file *cf = stage->files[channel];
	struct operation *op;

	switch (kind) {
	case NOTHING:
		return NULL;
	case SEND_A:
	case SEND_B:
		op = operation_new(operation_run_send, cf, 1);
		element_fill(op->elems, 8, actor * CHANNELS + channel);
		return op;
	case RECV_A:
	case RECV_B:
		return operation_new(operation_run_recv, cf, 1);
	case CLOSE_A:
	case CLOSE_B:
		return operation_new(operation_run_close, cf, 1);
	case SIGNAL:
	case KILL:
		op = operation_new(kind == KILL ? run_kill : run_signal, cf, 1);
		op->data = stage->ops[is_select(scene->kinds[STOPPED]) ? STOPPED : PARKED]->task;
		return op;
	default:
		return select_new(stage, kind, actor * CHANNELS);
	}
}

/* Who sleeps has not been completed: all that it waits for stands in the queues. */
static void check_sleepers(const struct scene *scene, struct stage *stage)
{
	unsigned int i, waiters = 0, queued = 0;

	for (i = 0; i < ACTORS; i++) {
		struct operation *op = stage->ops[i];

		if (op && !operation_done(op))
			waiters += is_select(scene->kinds[i]) ?
					   operation_choice(op)->selection.n : 1;
	}
	for (i = 0; i < CHANNELS; i++) {
		struct chan_info info = channel_info(stage->files[i]);

		queued += info.sendq + info.recvq;
	}
	if (waiters != queued)
		stage->broken = "somebody sleeps in vain, or was left in a queue";
}

static void count(unsigned int *counts, u64 value, struct stage *stage)
{
	if (value < VALUES)
		counts[value]++;
	else
		stage->broken = "an element was invented";
}

/* What a task has sent and received. */
static void count_actor(const struct scene *scene, unsigned int actor, struct stage *stage,
			unsigned int *sent, unsigned int *received)
{
	const enum kind kind = scene->kinds[actor];
	struct operation *op = stage->ops[actor];

	if (is_select(kind)) {
		struct chan_selection *s = &operation_choice(op)->selection;

		if (op->result < 0)
			return;
		if (s->alternatives[s->winner].send && s->result == 0)
			count(sent, operation_choice(op)->values[s->winner], stage);
		if (!s->alternatives[s->winner].send && s->result == 1)
			count(received, operation_value(op, 0), stage);
	} else if (op->result == 1) {
		count(kind == SEND_A || kind == SEND_B ? sent : received, operation_value(op, 0),
		      stage);
	}
}

/* Every element that was sent is received once, and no other. */
static void check_elements(const struct scene *scene, struct stage *stage)
{
	unsigned int sent[VALUES] = { 0 }, received[VALUES] = { 0 };
	unsigned int i;
	u64 value;

	for (i = 0; i < ACTORS; i++) {
		if (stage->ops[i])
			count_actor(scene, i, stage, sent, received);
	}
	for (i = 0; i < CHANNELS; i++) {
		sent[ACTORS * CHANNELS + i] = (scene->full >> i) & 1;
		while (channel_try_recv(stage->files[i], &value) == 1) {
			count(received, value, stage);
			if (value % CHANNELS != i)
				stage->broken = "an element is in the wrong channel";
		}
	}
	if (memcmp(sent, received, sizeof(sent)))
		stage->broken = "an element is lost, duplicated, or was not sent";
}

/* All tasks have come to rest: check the outcome, end those that sleep. */
static void end_scene(const struct scene *scene, struct stage *stage, unsigned int nth)
{
	unsigned int i;

	check_sleepers(scene, stage);
	for (i = 0; i < CHANNELS; i++)
		chan_hchan_close(stage->files[i]->ch, CHAN_CLOSED_BY_CLOSE);
	for (i = 0; i < ACTORS; i++) {
		if (stage->ops[i])
			operation_join(stage->ops[i]);
	}
	check_elements(scene, stage);
	for (i = 0; i < CHANNELS; i++) {
		struct chan_info info = channel_info(stage->files[i]);

		if (info.sendq + info.recvq)
			stage->broken = "a waiter was left in a queue";
	}
	if (stage->broken)
		fail_msg("%s: capacity %u, full %u, kinds %d %d %d, stopped at point %u",
			 stage->broken, scene->cap, scene->full, scene->kinds[PARKED],
			 scene->kinds[STOPPED], scene->kinds[OTHER], nth);
	for (i = 0; i < CHANNELS; i++)
		channel_release(stage->files[i]);
}

static void start_scene(const struct scene *scene, struct stage *stage)
{
	unsigned int i;

	*stage = (struct stage){ 0 };
	for (i = 0; i < CHANNELS; i++) {
		stage->files[i] = channel_make(8, scene->cap);
		if (scene->full & (1U << i))
			channel_send(stage->files[i], ACTORS * CHANNELS + i);
	}
	for (i = 0; i < ACTORS; i++)
		stage->ops[i] = actor_new(scene, i, stage);
	/* It may find that it need not wait. */
	if (stage->ops[PARKED]) {
		operation_start(stage->ops[PARKED]);
		unit_wait_until(operation_settled(stage->ops[PARKED]));
	}
}

/* Stop one while another runs. Returns whether there was an @nth point to stop at. */
static bool play(const struct scene *scene, unsigned int nth)
{
	struct stage stage;
	bool stopped;

	start_scene(scene, &stage);
	operation_start_stopped(stage.ops[STOPPED], SHIM_POINT_ANY, nth);
	stopped = shim_task_stopped(stage.ops[STOPPED]->task);
	operation_start(stage.ops[OTHER]);
	unit_wait_until(operations_settled(stage.ops, ACTORS));
	operation_continue(stage.ops[STOPPED]);
	unit_wait_until(operations_settled(stage.ops, ACTORS));
	end_scene(scene, &stage, nth);
	return stopped;
}

static void play_at_each_point(const struct scene *scene)
{
	unsigned int nth = 1;

	while (play(scene, nth))
		nth++;
	assert_in_range(nth, 2, 100);
}

static void play_states(struct scene *scene)
{
	static const unsigned int full[] = { 0, 1, 3 };
	unsigned int i;

	scene->cap = 0;
	scene->full = 0;
	play_at_each_point(scene);
	scene->cap = 1;
	for (i = 0; i < ARRAY_LENGTH(full); i++) {
		scene->full = full[i];
		play_at_each_point(scene);
	}
}

static void G3_G4_schedules_of_a_select_that_is_stopped(void **state)
{
	struct scene scene = { .kinds = { NOTHING } };

	(void)state;
	for (scene.kinds[STOPPED] = SEND_A_RECV_B; is_select(scene.kinds[STOPPED]);
	     scene.kinds[STOPPED]++) {
		for (scene.kinds[OTHER] = SEND_A; scene.kinds[OTHER] <= KILL; scene.kinds[OTHER]++)
			play_states(&scene);
	}
}

static void G3_G4_schedules_of_a_select_while_another_is_stopped(void **state)
{
	struct scene scene = { .kinds = { NOTHING } };

	(void)state;
	/* Those on the other channel would only mirror these. */
	for (scene.kinds[STOPPED] = SEND_A; scene.kinds[STOPPED] <= CLOSE_A;
	     scene.kinds[STOPPED] += CHANNELS) {
		for (scene.kinds[OTHER] = SEND_A_RECV_B; is_select(scene.kinds[OTHER]);
		     scene.kinds[OTHER]++)
			play_states(&scene);
	}
}

/* One is parked while another, which is stopped, and a third want to meet it. */
static void play_with_parked(enum kind parked)
{
	struct scene scene = { .kinds = { parked } };

	static const enum kind stopped[] = { SEND_A, RECV_B, CLOSE_A, RECV_A_SEND_B, ALL_FOUR };
	unsigned int i;

	for (i = 0; i < ARRAY_LENGTH(stopped); i++) {
		scene.kinds[STOPPED] = stopped[i];
		for (scene.kinds[OTHER] = SEND_A; scene.kinds[OTHER] <= KILL; scene.kinds[OTHER]++)
			play_at_each_point(&scene);
	}
}

static void G3_G5_schedules_with_a_parked_select(void **state)
{
	(void)state;
	play_with_parked(SEND_A_RECV_B);
}

static void G3_G5_schedules_with_a_parked_select_that_wants_all(void **state)
{
	(void)state;
	play_with_parked(ALL_FOUR);
}

/* Stop the parked select, which gives up, while another runs. Returns the same. */
static bool play_leaving(const struct scene *scene, void (*interrupt)(struct task_struct *task),
			 unsigned int nth)
{
	struct stage stage;
	bool stopped;

	start_scene(scene, &stage);
	shim_task_stop_at(stage.ops[PARKED]->task, SHIM_POINT_ANY, nth);
	interrupt(stage.ops[PARKED]->task);
	unit_wait_until(operations_settled(stage.ops, 1));
	stopped = shim_task_stopped(stage.ops[PARKED]->task);
	operation_start(stage.ops[OTHER]);
	unit_wait_until(operations_settled(stage.ops, ACTORS));
	operation_continue(stage.ops[PARKED]);
	unit_wait_until(operations_settled(stage.ops, ACTORS));
	end_scene(scene, &stage, nth);
	return stopped;
}

static void play_all_leaving(void (*interrupt)(struct task_struct *task))
{
	struct scene scene = { 0 };
	unsigned int nth;

	for (scene.kinds[PARKED] = SEND_A_RECV_B; is_select(scene.kinds[PARKED]);
	     scene.kinds[PARKED]++) {
		for (scene.kinds[OTHER] = SEND_A; is_select(scene.kinds[OTHER]) ||
						  scene.kinds[OTHER] < SEND_A_RECV_B;
		     scene.kinds[OTHER]++) {
			nth = 1;
			while (play_leaving(&scene, interrupt, nth))
				nth++;
			/* At least: the state, the claim, and two locks. */
			assert_in_range(nth, 5, 100);
		}
	}
}

static void G3_G10_schedules_with_a_select_that_is_interrupted(void **state)
{
	(void)state;
	play_all_leaving(shim_task_signal);
}

static void G3_G10_schedules_with_a_select_that_is_killed(void **state)
{
	(void)state;
	play_all_leaving(shim_task_kill);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G3_G4_schedules_of_a_select_that_is_stopped),
		UNIT_TEST(G3_G4_schedules_of_a_select_while_another_is_stopped),
		UNIT_TEST(G3_G5_schedules_with_a_parked_select),
		UNIT_TEST(G3_G5_schedules_with_a_parked_select_that_wants_all),
		UNIT_TEST(G3_G10_schedules_with_a_select_that_is_interrupted),
		UNIT_TEST(G3_G10_schedules_with_a_select_that_is_killed),
	};

	return UNIT_RUN(tests);
}
