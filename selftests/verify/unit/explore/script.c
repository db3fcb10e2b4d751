// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scripts from text.
 */
#include <linux/kernel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

/* The rest of @text after @word, or NULL if it does not begin with it. */
static const char *after(const char *text, const char *word)
{
	const size_t length = strlen(word);

	return strncmp(text, word, length) ? NULL : text + length;
}

static bool skip(const char **text, const char *word)
{
	const char *rest = after(*text, word);

	if (rest)
		*text = rest;
	return rest;
}

static bool parse_number(const char **text, unsigned int ceil, unsigned int *number)
{
	char *end;

	*number = strtoul(*text, &end, 10);
	if (end == *text || *number >= ceil)
		return false;
	*text = end;
	return true;
}

static bool parse_channel(const char **text, unsigned int *channel)
{
	*channel = (unsigned char)**text - 'a';
	++*text;
	return *channel < CHANNELS;
}

/* One case: "send:a", "recv:b", "watch:a" or "file". */
static bool parse_case(const char **text, struct act_case *c)
{
	c->channel = CHANNELS;
	c->verb = FILE_READY;
	if (skip(text, "file"))
		return true;
	if (skip(text, "send:"))
		c->verb = SEND;
	else if (skip(text, "recv:"))
		c->verb = RECV;
	else if (skip(text, "watch:"))
		c->verb = WATCH;
	else
		return false;
	return parse_channel(text, &c->channel);
}

static bool parse_select(const char **text, struct act *act)
{
	do {
		if (act->n == CASES_MAX || !parse_case(text, &act->cases[act->n++]))
			return false;
	} while (skip(text, ","));
	return true;
}

static bool parse_transfer(const char **text, struct act *act)
{
	act->n = 1;
	if (!parse_case(text, &act->cases[0]) || act->cases[0].verb == FILE_READY ||
	    act->cases[0].verb == WATCH)
		return false;
	act->verb = act->cases[0].verb;
	return !skip(text, "*") || parse_number(text, COUNT_MAX + 1, &act->count);
}

static bool parse_act(const char **text, struct act *act)
{
	enum { OF_NOTHING, OF_CHANNEL, OF_TASK };
	static const struct {
		const char	*word;
		enum verb	verb;
		int		of;
	} others[] = {
		{ "close:", CLOSE, OF_CHANNEL },
		{ "hangup:", HANGUP, OF_CHANNEL },
		{ "poll:", POLL, OF_CHANNEL },
		{ "ready", READY, OF_NOTHING },
		{ "signal:", SIGNAL, OF_TASK },
		{ "kill:", KILL, OF_TASK },
		{ "expire", EXPIRE, OF_NOTHING },
		{ "tick", TICK, OF_NOTHING },
		{ "set:", SET, OF_CHANNEL },
		{ "stop:", STOP, OF_CHANNEL },
	};
	unsigned int i;

	*act = (struct act){ .count = 1 };
	act->try = skip(text, "try-");
	act->until = skip(text, "until-");
	act->faulting = skip(text, "faulting-");
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!skip(text, others[i].word))
			continue;
		act->verb = others[i].verb;
		if (others[i].of == OF_CHANNEL)
			return parse_channel(text, &act->cases[0].channel);
		return others[i].of == OF_NOTHING || parse_number(text, TASKS_MAX, &act->target);
	}
	if (!skip(text, "select:"))
		return parse_transfer(text, act);
	act->verb = SELECT;
	return parse_select(text, act);
}

static bool parse_program(const char **text, struct program *program)
{
	while (skip(text, " ")) {
		if (**text == '|')
			return program->n;
		if (program->n == ACTS_MAX || !parse_act(text, &program->acts[program->n++]))
			return false;
	}
	return program->n && !**text;
}

bool script_parse(struct script *script, const char *text)
{
	unsigned int first;

	*script = (struct script){ 0 };
	script->cold = skip(&text, "cold ");
	script->ticks = skip(&text, "ticks ");
	if (!parse_number(&text, 9, &first))
		return false;
	script->cap = first;
	if (skip(&text, " of ")) {
		script->held = first;
		if (!parse_number(&text, 9, &script->cap) || first > script->cap)
			return false;
	}
	if (!skip(&text, ":"))
		return false;
	do {
		if (script->n == TASKS_MAX || !parse_program(&text, &script->programs[script->n++]))
			return false;
	} while (skip(&text, "|"));
	return !*text;
}
