// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deadlock detection, in handmade graphs, and in small random ones, where all sets of tasks can be
 * checked by brute force.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "graph.h"

#define ALL	CHAN_RIGHTS_ALL
#define SEND	CHAN_RIGHT_SEND
#define RECV	CHAN_RIGHT_RECV
#define CLOSE	CHAN_RIGHT_CLOSE

/* Maximum numbers in random graphs. */
#define TASKS_MAX	6
#define NODES_MAX	3
#define GRAPHS		200000

/* A process with that many tasks. Task numbers are consecutive from 100. */
static void add_process(struct graph *graph, size_t tasks)
{
	assert_non_null(graph_add_process(graph, 10 + graph->process_count));
	while (tasks--)
		assert_non_null(graph_add_task(graph, 100 + graph->task_count));
}

static void add_nodes(struct graph *graph, size_t nodes)
{
	while (nodes--)
		assert_non_null(graph_add_node(graph, 1 + graph->node_count));
}

static void hold(struct graph *graph, size_t process, size_t node, unsigned int rights)
{
	assert_non_null(graph_add_hold(&graph->nodes[node], process, 3, rights));
}

static void sends(struct graph *graph, size_t task, size_t node)
{
	assert_non_null(graph_add_operation(&graph->tasks[task], node, true, 0));
}

static void receives(struct graph *graph, size_t task, size_t node)
{
	assert_non_null(graph_add_operation(&graph->tasks[task], node, false, 0));
}

static void judge(struct graph *graph)
{
	graph_judge(graph);
	graph_connect(graph);
}

/* Two processes with one task each, which wait for each other to send. */
static void make_pair(struct graph *graph)
{
	add_process(graph, 1);
	add_process(graph, 1);
	add_nodes(graph, 2);
	hold(graph, 0, 0, RECV);
	hold(graph, 1, 0, SEND);
	hold(graph, 1, 1, RECV);
	hold(graph, 0, 1, SEND);
	receives(graph, 0, 0);
	receives(graph, 1, 1);
}

static void two_that_wait_for_each_other_are_stuck(void **state)
{
	struct graph graph = {};
	struct step *steps;

	make_pair(&graph);
	judge(&graph);
	assert_true(graph.tasks[0].stuck && graph.tasks[1].stuck);
	assert_int_equal(graph.tasks[0].component, graph.tasks[1].component);
	assert_int_equal(2, graph_cycle(&graph, 0, &steps));
	assert_int_equal(0, steps[0].task);
	assert_ptr_equal(&graph.tasks[0].operations[0], steps[0].operation);
	assert_int_equal(1, steps[1].task);
	free(steps);
	graph_free(&graph);
}

static void another_task_that_could_send_saves_both(void **state)
{
	struct graph graph = {};

	make_pair(&graph);
	add_process(&graph, 1);
	hold(&graph, 2, 1, SEND);
	judge(&graph);
	assert_false(graph.tasks[0].stuck || graph.tasks[1].stuck);
	graph_free(&graph);
}

static void another_task_that_could_close_saves_both(void **state)
{
	struct graph graph = {};

	make_pair(&graph);
	add_process(&graph, 1);
	hold(&graph, 2, 0, CLOSE);
	judge(&graph);
	assert_false(graph.tasks[0].stuck || graph.tasks[1].stuck);
	graph_free(&graph);
}

static void another_task_that_could_only_receive_as_well_saves_nobody(void **state)
{
	struct graph graph = {};

	make_pair(&graph);
	add_process(&graph, 1);
	hold(&graph, 2, 0, RECV);
	judge(&graph);
	assert_true(graph.tasks[0].stuck && graph.tasks[1].stuck);
	graph_free(&graph);
}

static void one_that_leaves_saves_both(void **state)
{
	struct graph graph = {};

	make_pair(&graph);
	graph.tasks[1].leaves = true;
	judge(&graph);
	assert_false(graph.tasks[0].stuck || graph.tasks[1].stuck);
	graph_free(&graph);
}

static void clock_saves_both(void **state)
{
	struct graph graph = {};

	make_pair(&graph);
	graph.nodes[0].timer = true;
	judge(&graph);
	assert_false(graph.tasks[0].stuck || graph.tasks[1].stuck);
	graph_free(&graph);
}

static void unseen_right_makes_both_doubtful(void **state)
{
	struct graph graph = {};

	make_pair(&graph);
	graph.nodes[1].unseen = RECV;
	judge(&graph);
	assert_true(graph.tasks[0].stuck && graph.tasks[1].stuck);
	assert_false(graph.tasks[0].doubtful || graph.tasks[1].doubtful);
	graph.nodes[1].unseen = SEND;
	judge(&graph);
	assert_false(graph.tasks[0].stuck || graph.tasks[1].stuck);
	assert_true(graph.tasks[0].doubtful && graph.tasks[1].doubtful);
	graph_free(&graph);
}

static void one_case_that_can_be_carried_out_is_enough(void **state)
{
	struct graph graph = {};

	make_pair(&graph);
	add_process(&graph, 1);
	add_nodes(&graph, 1);
	hold(&graph, 0, 2, SEND);
	hold(&graph, 2, 2, RECV);
	sends(&graph, 0, 2);
	judge(&graph);
	assert_false(graph.tasks[0].stuck || graph.tasks[1].stuck);
	graph_free(&graph);
}

static void cycle_of_many_is_preferred_to_one_of_one(void **state)
{
	struct graph graph = {};
	struct step *steps;

	add_process(&graph, 1);
	add_process(&graph, 1);
	add_nodes(&graph, 1);
	hold(&graph, 0, 0, ALL);
	hold(&graph, 1, 0, ALL);
	sends(&graph, 0, 0);
	judge(&graph);
	assert_false(graph.tasks[0].stuck);
	sends(&graph, 1, 0);
	judge(&graph);
	assert_int_equal(2, graph_cycle(&graph, 0, &steps));
	free(steps);
	graph_free(&graph);
}

static void waiting_for_nobody_is_no_cycle(void **state)
{
	struct graph graph = {};
	struct step *steps;

	add_process(&graph, 1);
	add_nodes(&graph, 1);
	hold(&graph, 0, 0, RECV);
	receives(&graph, 0, 0);
	judge(&graph);
	assert_true(graph.tasks[0].stuck);
	assert_int_equal(0, graph_cycle(&graph, 0, &steps));
	free(steps);
	graph_free(&graph);
}

static unsigned int any(unsigned int below)
{
	return rand() % below;
}

static void make_random(struct graph *graph)
{
	size_t i, j;

	*graph = (struct graph){};
	while (graph->task_count < TASKS_MAX - 2 || any(2)) {
		const size_t room = TASKS_MAX - graph->task_count;

		if (!room)
			break;
		add_process(graph, 1 + any(room < 3 ? room : 3));
	}
	add_nodes(graph, 1 + any(NODES_MAX));
	for (i = 0; i < graph->node_count; i++) {
		graph->nodes[i].timer = !any(20);
		graph->nodes[i].unseen = any(8) ? 0 : any(8);
		for (j = 0; j < graph->process_count; j++) {
			while (any(2))
				hold(graph, j, i, 1 + any(ALL));
		}
	}
	for (i = 0; i < graph->task_count; i++) {
		graph->tasks[i].leaves = !any(20);
		for (j = any(8) ? 1 + any(2) : 0; j; j--)
			any(2) ? sends(graph, i, any(graph->node_count)) :
				 receives(graph, i, any(graph->node_count));
	}
}

/* Tasks that could end an operation: a bit for each. */
static unsigned int tasks_that_help(const struct graph *graph, const struct operation *operation)
{
	const struct node *node = &graph->nodes[operation->node];
	const unsigned int other = operation->send ? RECV : SEND;
	unsigned int helpers = 0;
	size_t i, j;

	for (i = 0; i < graph->task_count; i++) {
		for (j = 0; j < node->hold_count; j++) {
			if (node->holds[j].process == graph->tasks[i].process &&
			    (node->holds[j].rights & other || node->holds[j].rights & CLOSE))
				helpers |= 1U << i;
		}
	}
	return helpers;
}

/* Whether the tasks of this set wait only for each other. */
static bool is_closed(const struct graph *graph, unsigned int set, bool trust)
{
	size_t i, j;

	for (i = 0; i < graph->task_count; i++) {
		const struct task *task = &graph->tasks[i];

		if (!(set & 1U << i))
			continue;
		if (task->leaves || !task->operation_count)
			return false;
		for (j = 0; j < task->operation_count; j++) {
			const struct operation *operation = &task->operations[j];
			const struct node *node = &graph->nodes[operation->node];

			if (node->timer || tasks_that_help(graph, operation) & ~set ||
			    (!trust && node->unseen & (CLOSE | (operation->send ? RECV : SEND))))
				return false;
		}
	}
	return true;
}

/* The union of all such sets. */
static unsigned int stuck_tasks(const struct graph *graph, bool trust)
{
	unsigned int set, stuck = 0;

	for (set = 1; set < 1U << graph->task_count; set++) {
		if (is_closed(graph, set, trust))
			stuck |= set;
	}
	return stuck;
}

static void random_graphs_have_the_largest_set_that_nobody_could_help(void **state)
{
	unsigned int i, j, stuck, trusted, seen = 0;
	struct graph graph;

	srand(1);
	for (i = 0; i < GRAPHS; i++) {
		make_random(&graph);
		judge(&graph);
		stuck = stuck_tasks(&graph, false);
		trusted = stuck_tasks(&graph, true);
		for (j = 0; j < graph.task_count; j++) {
			assert_int_equal(!!(stuck & 1U << j), graph.tasks[j].stuck);
			assert_int_equal(!!(trusted & ~stuck & 1U << j), graph.tasks[j].doubtful);
		}
		seen += !!stuck;
		graph_free(&graph);
	}
	/* The random graphs must contain enough of them. */
	assert_true(seen > GRAPHS / 50);
}

/* The tasks that each stuck task waits for: a bit for each. */
static void find_edges(const struct graph *graph, unsigned int *edges)
{
	unsigned int stuck = 0;
	size_t i, j;

	for (i = 0; i < graph->task_count; i++)
		stuck |= graph->tasks[i].stuck << i;
	for (i = 0; i < graph->task_count; i++) {
		edges[i] = 0;
		for (j = 0; graph->tasks[i].stuck && j < graph->tasks[i].operation_count; j++)
			edges[i] |= tasks_that_help(graph, &graph->tasks[i].operations[j]) & stuck;
	}
}

/* Length of the shortest walk from @at back to @start, within @left steps; 0 if there is none. */
static size_t shortest_walk(const unsigned int *edges, size_t start, size_t at, size_t left)
{
	size_t next, steps, best = 0;

	for (next = 0; left && next < TASKS_MAX; next++) {
		if (!(edges[at] & 1U << next) || next == at)
			continue;
		steps = next == start ? 1 : 1 + shortest_walk(edges, start, next, left - 1);
		if ((next == start || steps > 1) && (!best || steps < best))
			best = steps;
	}
	return best;
}

static size_t shortest_cycle(const struct graph *graph, const unsigned int *edges,
			     size_t component)
{
	size_t i, steps, best = 0;
	bool alone = false;

	for (i = 0; i < graph->task_count; i++) {
		if (!graph->tasks[i].stuck || graph->tasks[i].component != component)
			continue;
		alone |= edges[i] & 1U << i;
		steps = shortest_walk(edges, i, i, graph->task_count);
		if (steps && (!best || steps < best))
			best = steps;
	}
	return best ? best : alone;
}

static void check_cycle(const struct graph *graph, const unsigned int *edges, size_t component)
{
	struct step *steps;
	const ssize_t count = graph_cycle(graph, component, &steps);
	ssize_t i;

	assert_int_equal(shortest_cycle(graph, edges, component), count);
	for (i = 0; i < count; i++) {
		const struct task *task = &graph->tasks[steps[i].task];

		assert_int_equal(component, task->component);
		assert_true(steps[i].operation >= task->operations &&
			    steps[i].operation < task->operations + task->operation_count);
		assert_true(tasks_that_help(graph, steps[i].operation) &
			    1U << steps[(i + 1) % count].task);
	}
	free(steps);
}

static void random_graphs_have_the_shortest_cycle_of_each_component(void **state)
{
	unsigned int edges[TASKS_MAX] = {}, i;
	struct graph graph;
	size_t j;

	srand(2);
	for (i = 0; i < GRAPHS / 4; i++) {
		make_random(&graph);
		judge(&graph);
		find_edges(&graph, edges);
		for (j = 0; j < graph.task_count; j++) {
			if (graph.tasks[j].stuck && graph.tasks[j].component == j)
				check_cycle(&graph, edges, j);
		}
		graph_free(&graph);
	}
}

/* Spread the least number of each group over all edges, in both directions. */
static void find_components(const struct graph *graph, const unsigned int *edges,
			    size_t *components)
{
	size_t round, i, j;

	for (i = 0; i < graph->task_count; i++)
		components[i] = i;
	for (round = 0; round < graph->task_count; round++) {
		for (i = 0; i < graph->task_count; i++) {
			for (j = 0; j < graph->task_count; j++) {
				if (!(edges[i] & 1U << j))
					continue;
				if (components[i] < components[j])
					components[j] = components[i];
				else
					components[i] = components[j];
			}
		}
	}
}

static void random_graphs_have_components_of_who_has_to_do_with_each_other(void **state)
{
	unsigned int edges[TASKS_MAX] = {}, i;
	size_t components[TASKS_MAX], j;
	struct graph graph;

	srand(3);
	for (i = 0; i < GRAPHS / 4; i++) {
		make_random(&graph);
		judge(&graph);
		find_edges(&graph, edges);
		find_components(&graph, edges, components);
		for (j = 0; j < graph.task_count; j++)
			assert_int_equal(components[j], graph.tasks[j].component);
		graph_free(&graph);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_that_wait_for_each_other_are_stuck),
		cmocka_unit_test(another_task_that_could_send_saves_both),
		cmocka_unit_test(another_task_that_could_close_saves_both),
		cmocka_unit_test(another_task_that_could_only_receive_as_well_saves_nobody),
		cmocka_unit_test(one_that_leaves_saves_both),
		cmocka_unit_test(clock_saves_both),
		cmocka_unit_test(unseen_right_makes_both_doubtful),
		cmocka_unit_test(one_case_that_can_be_carried_out_is_enough),
		cmocka_unit_test(cycle_of_many_is_preferred_to_one_of_one),
		cmocka_unit_test(waiting_for_nobody_is_no_cycle),
		cmocka_unit_test(random_graphs_have_the_largest_set_that_nobody_could_help),
		cmocka_unit_test(random_graphs_have_the_shortest_cycle_of_each_component),
		cmocka_unit_test(random_graphs_have_components_of_who_has_to_do_with_each_other),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
