/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A script: what a few tasks do with two channels and a file. As text:
 *
 *	script	[cold] [ticks] [HELD of] CAPACITY: program | program ...
 *						of both channels, from the start; cold: they have
 *						no records; ticks: a clock feeds b
 *	program	act act ...			at most 4 programs of 3 acts
 *	act	[try-|until-|faulting-] send:a, recv:a, send:a*3, select:send:a,recv:b,file,watch:a
 *		close:a				by a file that may
 *		hangup:a			the only file that may send is gone
 *		poll:a				until there is something to receive
 *		ready				the file becomes ready
 *		signal:0, kill:0		the task of this number
 *		expire				the deadline of all that is "until-"
 *		tick				the clock passes by one interval of b
 *		set:b, stop:b			the next tick is an interval away, or never comes
 */
#ifndef _SCRIPT_H
#define _SCRIPT_H

#include <linux/types.h>

#include "schedule.h"

#define CHANNELS	2
#define TICKER		1	/* the channel with a ticker, if any */
#define ACTS_MAX	3
#define CASES_MAX	5
#define COUNT_MAX	3
#define SCRIPT_TEXT	256

enum verb {
	SEND,
	RECV,
	SELECT,
	CLOSE,
	HANGUP,
	POLL,
	READY,
	SIGNAL,
	KILL,
	EXPIRE,
	TICK,
	SET,
	STOP,
	FILE_READY,	/* only a case of a select */
	WATCH,		/* the same: a file that is readable when elements can be received */
};

/* One operation on one channel. */
struct act_case {
	enum verb	verb;
	unsigned int	channel;
};

/**
 * struct act - one act of a task
 * @verb: the operation
 * @try: without waiting
 * @until: with a deadline
 * @faulting: the memory for received elements is not accessible
 * @count: number of elements
 * @target: the task of SIGNAL and KILL
 * @n: number of @cases; one except for SELECT
 * @cases: operations, of which one is to be carried out
 */
struct act {
	enum verb	verb;
	bool		try;
	bool		until;
	bool		faulting;
	unsigned int	count;
	unsigned int	target;
	unsigned int	n;
	struct act_case	cases[CASES_MAX];
};

struct program {
	struct act	acts[ACTS_MAX];
	unsigned int	n;
};

struct script {
	bool		cold;
	bool		ticks;
	unsigned int	held;
	unsigned int	cap;
	struct program	programs[TASKS_MAX];
	unsigned int	n;
};

/* Returns false if @text is not a script. */
bool script_parse(struct script *script, const char *text);

#endif /* _SCRIPT_H */
