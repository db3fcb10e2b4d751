/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks between the parts of a profile: instructions that do nothing, and that a plugin of the
 * emulator recognizes by their displacement (see bench/profile).
 */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

enum mark {
	/* The following operations are counted once, or twice; or no more are counted. */
	MARK_ONCE,
	MARK_TWICE,
	MARK_NONE,
	MARKS,
};

/* The displacement of MARK_ONCE, "chan" in ASCII. */
#define MARK_DISPLACEMENT	0x6e616863

#ifdef __x86_64__
#define MARK(number)							\
	__asm__ volatile("nopl %c0(%%rax)" : : "i"(MARK_DISPLACEMENT + (number)) : "memory")
#else
#define MARK(number)	((void)(number))
#endif

#endif /* BENCH_MARK_H */
