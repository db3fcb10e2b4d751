/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wait-for graph: tasks parked in channels, and processes that could wake them because they
 * hold the required rights. Independent of /proc.
 *
 * A task is stuck if nothing can wake it. Initially, all parked tasks are considered stuck. A
 * task that a process with a task that is not stuck could wake is cleared, repeatedly. The
 * remaining tasks wait only for each other.
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
 * @process: the process that holds it
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
 * @id: channel number
 * @name: name of its type
 * @timer: it is a timer
 * @unseen: CHAN_RIGHT_* of references without a known holder
 * @holds: its file descriptors
 * @hold_count: number of @holds
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
 * struct operation - a parked operation; any of the operations of a select ends its wait
 * @node: the channel
 * @send: send, else receive
 * @age: nanoseconds since it parked
 */
struct operation {
	size_t node;
	bool send;
	uint64_t age;
};

/**
 * struct task - a thread of a process
 * @tid: thread ID
 * @name: its command
 * @process: its process
 * @leaves: a deadline or a file may end its wait
 * @operations: none if it is not parked
 * @operation_count: number of @operations
 * @stuck: set by graph_judge()
 * @doubtful: set by graph_judge(): stuck unless an unseen holder wakes it
 * @component: set by graph_connect()
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
 * struct process - tasks that share file descriptors
 * @pid: process ID
 * @name: command of its first task
 * @first_task: index of its first task; its tasks are contiguous
 * @task_count: number of tasks
 * @stuck_count: number of stuck tasks
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

/* Other fields of an added item are zeroed. NULL without memory. */
struct process *graph_add_process(struct graph *graph, pid_t pid);
/* Adds a task to the process added last. */
struct task *graph_add_task(struct graph *graph, pid_t tid);
struct node *graph_add_node(struct graph *graph, uint64_t id);
struct hold *graph_add_hold(struct node *node, size_t process, int fd, unsigned int rights);
struct operation *graph_add_operation(struct task *task, size_t node, bool send, uint64_t age);
/* NULL if there is none. */
struct process *graph_find_process(const struct graph *graph, pid_t pid);
struct task *graph_find_task(const struct graph *graph, pid_t tid);
void graph_free(struct graph *graph);

/* CHAN_RIGHT_*, any of which suffices to end an operation. */
static inline unsigned int operation_needs(const struct operation *operation)
{
	return CHAN_RIGHT_CLOSE | (operation->send ? CHAN_RIGHT_RECV : CHAN_RIGHT_SEND);
}

/* Could this process end the operation? */
bool graph_helps(const struct graph *graph, const struct operation *operation, size_t process);

/* Find the stuck tasks. */
void graph_judge(struct graph *graph);

/**
 * graph_connect() - find the connected components of stuck tasks
 * @graph: the graph, judged
 *
 * Two stuck tasks are connected if one waits for the other, directly or through other tasks.
 * The number of a component is the index of its first task.
 */
void graph_connect(struct graph *graph);

/**
 * struct step - step of a cycle: a task waits for the next one, the last for the first
 * @task: index of the task
 * @operation: its operation that the next task could end
 */
struct step {
	size_t task;
	const struct operation *operation;
};

/**
 * graph_cycle() - find the shortest cycle of several tasks, or else of a single one
 * @graph: the graph, connected
 * @component: the component
 * @steps: output, to be freed
 *
 * Return: the number of steps; 0 if there is no cycle, as some tasks wait for an operation that
 * no process may do; or -ENOMEM.
 */
ssize_t graph_cycle(const struct graph *graph, size_t component, struct step **steps);

#endif /* DOCTOR_GRAPH_H */
