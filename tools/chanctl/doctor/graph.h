/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits for whom: tasks that are parked in channels, and processes that could wake them,
 * because they hold what the other side takes. Nothing here knows where that was learned.
 *
 * A task is stuck if nothing can wake it. That is a matter of all tasks together: all that are
 * parked are taken to be stuck, until one is found that somebody who is not could wake; then it
 * is not either. Those that remain wait for nobody but each other.
 */
#ifndef DOCTOR_GRAPH_H
#define DOCTOR_GRAPH_H

#include <linux/chan.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define GRAPH_NAME_SIZE	512

/**
 * struct hold - a file descriptor of a channel
 * @process: whose
 * @fd: the file descriptor
 * @rights: CHAN_RIGHT_*
 */
struct hold {
	size_t process;
	int fd;
	unsigned int rights;
};

/**
 * struct node - a channel
 * @id: its number
 * @name: of its type
 * @timer: a clock sends to it
 * @unseen: CHAN_RIGHT_* of references to it of which it is not known who has them
 * @holds: its file descriptors
 * @hold_count: how many
 */
struct node {
	uint64_t id;
	char name[GRAPH_NAME_SIZE];
	bool timer;
	unsigned int unseen;
	struct hold *holds;
	size_t hold_count;
};

/**
 * struct operation - what a task is parked for; a select has many, any of which ends its wait
 * @node: in which channel
 * @send: to send, else to receive
 * @age: for how many nanoseconds
 */
struct operation {
	size_t node;
	bool send;
	uint64_t age;
};

/**
 * struct task - a thread of a process
 * @tid: its number
 * @name: its own
 * @process: of which process
 * @leaves: it may go on by itself: a deadline or a file ends its wait
 * @operations: none if it is not parked
 * @operation_count: how many
 * @stuck: result of graph_judge()
 * @doubtful: result of graph_judge(): it is stuck, if what is unseen will help nobody
 * @component: result of graph_connect()
 */
struct task {
	pid_t tid;
	char name[GRAPH_NAME_SIZE];
	size_t process;
	bool leaves;
	struct operation *operations;
	size_t operation_count;
	bool stuck;
	bool doubtful;
	size_t component;
};

/**
 * struct process - what shares file descriptors
 * @pid: its number
 * @name: of its first task
 * @first_task: its tasks stand together
 * @task_count: how many tasks it has
 * @stuck_count: how many of them are stuck
 */
struct process {
	pid_t pid;
	char name[GRAPH_NAME_SIZE];
	size_t first_task;
	size_t task_count;
	size_t stuck_count;
};

struct graph {
	struct process *processes;
	size_t process_count;
	struct task *tasks;
	size_t task_count;
	struct node *nodes;
	size_t node_count;
};

/* What is added is zeroed but for what is named here. NULL if there is no memory. */
struct process *graph_add_process(struct graph *graph, pid_t pid);
/* Of the process that was added last. */
struct task *graph_add_task(struct graph *graph, pid_t tid);
struct node *graph_add_node(struct graph *graph, uint64_t id);
struct hold *graph_add_hold(struct node *node, size_t process, int fd, unsigned int rights);
struct operation *graph_add_operation(struct task *task, size_t node, bool send, uint64_t age);
/* NULL if there is none. */
struct process *graph_find_process(const struct graph *graph, pid_t pid);
struct task *graph_find_task(const struct graph *graph, pid_t tid);
void graph_free(struct graph *graph);

/* CHAN_RIGHT_*, with any of which an operation can be ended. */
static inline unsigned int operation_needs(const struct operation *operation)
{
	return CHAN_RIGHT_CLOSE | (operation->send ? CHAN_RIGHT_RECV : CHAN_RIGHT_SEND);
}

/* Could this process end the operation? */
bool graph_helps(const struct graph *graph, const struct operation *operation, size_t process);

/* Find the tasks that are stuck. */
void graph_judge(struct graph *graph);

/**
 * graph_connect() - find out which stuck tasks have to do with each other
 * @graph: the graph, judged
 *
 * Stuck tasks are of one component if one waits for the other, or both have to do with a third.
 * It has the index of its first task.
 */
void graph_connect(struct graph *graph);

/**
 * struct step - a task waits for the next one, the last for the first
 * @task: its index
 * @operation: of those for which it is parked, the one that the next task could end
 */
struct step {
	size_t task;
	const struct operation *operation;
};

/**
 * graph_cycle() - the shortest cycle of tasks that wait for each other, or else for themselves
 * @graph: the graph, connected
 * @component: of this component
 * @steps: result, to be freed
 *
 * Return: how many steps it has; 0 if there is none, as some wait for what nobody can do; or
 * -ENOMEM.
 */
ssize_t graph_cycle(const struct graph *graph, size_t component, struct step **steps);

#endif /* DOCTOR_GRAPH_H */
