/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that watches channels while a test uses them.
 */
#ifndef _BPF_OBSERVER_H
#define _BPF_OBSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * struct observer - the one that runs
 * @pid: of it
 * @output: what it prints, and what it complains about
 * @text: what of that was read so far
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
/* And return when it waits in this system call, SYS_*, for what happens; or has ended. */
void observer_watch(long waits_in, const char *const arguments[]);
/* Returns false at the end of its output. */
bool observer_read_line(void);
/* What was read so far. */
void observer_forget(void);
bool observer_said(const char *what);
/* Read on until it has said this. */
void observer_wait(const char *what);
/*
 * Interrupt it, and read the rest. What it is about to print then, bpftrace may drop, but no
 * map. Returns its exit status.
 */
int observer_stop(void);
/* The same, without a signal: it ends by itself. */
int observer_end(void);

#endif /* _BPF_OBSERVER_H */
