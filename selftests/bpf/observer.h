/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that observes channels while a test uses them. */
#ifndef _BPF_OBSERVER_H
#define _BPF_OBSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * struct observer - the running program
 * @pid: of it
 * @output: its output and error messages
 * @text: output read so far
 * @length: of @text
 */
struct observer {
	pid_t pid;
	FILE *output;
	char text[1 << 18];
	size_t length;
};

extern struct observer observer;

/* @arguments: the first is its name, the last NULL. */
void observer_start(const char *const arguments[]);
/* Also returns only once it waits for events in this system call, SYS_*; or has ended. */
void observer_watch(long waits_in, const char *const arguments[]);
/* Returns false at the end of its output. */
bool observer_read_line(void);
/* Output read so far. */
void observer_forget(void);
bool observer_said(const char *what);
/* Read until it has printed this. */
void observer_wait(const char *what);
/*
 * Interrupt it, and read the rest. bpftrace may drop output in progress, but no map. Returns its
 * exit status.
 */
int observer_stop(void);
/* The same, without a signal: it ends by itself. */
int observer_end(void);

#endif /* _BPF_OBSERVER_H */
