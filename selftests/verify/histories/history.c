// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

static const char *const mode_names[] = { "wait", "try", "until" };
static const char *const verb_names[] = { "send", "recv", "close", "look" };
static const char *const outcome_names[] = {
	"done", "closed", "not-ready", "nothing", "fault", "killed", "error",
};

#define NAMES(names)	names, sizeof(names) / sizeof((names)[0])

static int compare_ops(const void *a, const void *b)
{
	const struct history_op *x = a, *y = b;

	return (x->ret > y->ret) - (x->ret < y->ret);
}

void history_sort(struct history *history)
{
	qsort(history->ops, history->n, sizeof(history->ops[0]), compare_ops);
}

static void print_outcome(const struct history_op *op, FILE *stream)
{
	const struct history_case *c = &op->cases[op->chosen];

	if (op->outcome == OUTCOME_DONE && c->verb == VERB_LOOK) {
		fprintf(stream, "shows:%u:%u:%u", (unsigned int)(c->value & 0xffff),
			(unsigned int)(c->value >> 16 & 0xffff), (unsigned int)(c->value >> 32));
		return;
	}
	fputs(outcome_names[op->outcome], stream);
	if (op->outcome <= OUTCOME_CLOSED || op->outcome == OUTCOME_ERROR)
		fprintf(stream, ":%u", op->chosen);
	if (op->outcome == OUTCOME_DONE && c->verb == VERB_RECV)
		fprintf(stream, ":%" PRIu64, c->value);
}

void history_print(const struct history *history, FILE *stream)
{
	unsigned int i, j;

	fputs("channels", stream);
	for (i = 0; i < history->nchannels; i++)
		fprintf(stream, " %u", history->caps[i]);
	fputc('\n', stream);
	for (i = 0; i < history->n; i++) {
		const struct history_op *op = &history->ops[i];

		fprintf(stream, "%" PRIu64 " %" PRIu64 " %c %s", op->call, op->ret, 'A' + op->task,
			mode_names[op->mode]);
		for (j = 0; j < op->n; j++) {
			const struct history_case *c = &op->cases[j];

			fprintf(stream, " %s:%u", verb_names[c->verb], c->channel);
			if (c->verb == VERB_SEND)
				fprintf(stream, ":%" PRIu64, c->value);
		}
		fputs(" = ", stream);
		print_outcome(op, stream);
		if (op->asleep)
			fprintf(stream, " asleep:%" PRIu64, op->asleep);
		fputc('\n', stream);
	}
}

/* The index of the name that a word begins with; the rest is left in @word. */
static int parse_name(char **word, const char *const names[], unsigned int n)
{
	char *name = strsep(word, ":");
	unsigned int i;

	for (i = 0; name && i < n; i++) {
		if (!strcmp(name, names[i]))
			return i;
	}
	return -1;
}

static bool parse_number(char **word, uint64_t max, uint64_t *number)
{
	char *digits = strsep(word, ":"), *end;

	if (!digits || !*digits)
		return false;
	*number = strtoull(digits, &end, 10);
	return !*end && *number <= max;
}

static bool parse_case(const struct history *history, struct history_op *op, char *word)
{
	struct history_case *c = &op->cases[op->n];
	const int verb = parse_name(&word, NAMES(verb_names));
	uint64_t channel;

	if (op->n == HISTORY_CASES || verb < 0 ||
	    !parse_number(&word, history->nchannels - 1, &channel))
		return false;
	c->verb = verb;
	c->channel = channel;
	if (verb == VERB_SEND && !parse_number(&word, UINT64_MAX, &c->value))
		return false;
	op->n++;
	return !word;
}

static bool parse_shown(struct history_op *op, char *word)
{
	uint64_t len, requeued, closed;

	if (op->cases[0].verb != VERB_LOOK || !parse_number(&word, 0xffff, &len) ||
	    !parse_number(&word, 0xffff, &requeued) || !parse_number(&word, 1, &closed))
		return false;
	op->cases[0].value = HISTORY_SHOWN(len, requeued, closed);
	return !word;
}

static bool parse_outcome(struct history_op *op, char *word)
{
	uint64_t chosen;
	int outcome;

	if (word && !strncmp(word, "shows:", 6))
		return parse_shown(op, word + 6);
	outcome = parse_name(&word, NAMES(outcome_names));
	if (outcome < 0)
		return false;
	op->outcome = outcome;
	if (outcome <= OUTCOME_CLOSED || outcome == OUTCOME_ERROR) {
		if (!parse_number(&word, outcome == OUTCOME_ERROR ? 255 : op->n - 1, &chosen))
			return false;
		op->chosen = chosen;
		if (outcome == OUTCOME_DONE && op->cases[chosen].verb == VERB_RECV &&
		    !parse_number(&word, UINT64_MAX, &op->cases[chosen].value))
			return false;
	}
	return !word;
}

static bool parse_op(struct history *history, char *call, char **rest)
{
	struct history_op *op = &history->ops[history->n];
	char *ret = strtok_r(NULL, " ", rest), *task = strtok_r(NULL, " ", rest);
	char *mode = strtok_r(NULL, " ", rest), *word;
	int number;

	memset(op, 0, sizeof(*op));
	if (history->n == HISTORY_OPS || !mode || task[1] || task[0] < 'A' ||
	    task[0] >= 'A' + HISTORY_TASKS || !parse_number(&call, UINT64_MAX, &op->call) ||
	    !parse_number(&ret, UINT64_MAX, &op->ret))
		return false;
	number = parse_name(&mode, NAMES(mode_names));
	if (number < 0)
		return false;
	op->mode = number;
	op->task = task[0] - 'A';
	while ((word = strtok_r(NULL, " ", rest)) && strcmp(word, "=")) {
		if (!parse_case(history, op, word))
			return false;
	}
	if (!op->n || !parse_outcome(op, strtok_r(NULL, " ", rest)))
		return false;
	word = strtok_r(NULL, " ", rest);
	if (word && (strcmp(strsep(&word, ":"), "asleep") ||
		     !parse_number(&word, UINT64_MAX, &op->asleep)))
		return false;
	history->n++;
	return !strtok_r(NULL, " ", rest);
}

static bool parse_channels(struct history *history, char **rest)
{
	char *word;
	uint64_t cap;

	while ((word = strtok_r(NULL, " ", rest))) {
		if (history->nchannels == HISTORY_CHANNELS ||
		    !parse_number(&word, HISTORY_CAP_MAX, &cap))
			return false;
		history->caps[history->nchannels++] = cap;
	}
	return history->nchannels;
}

static bool parse_line(struct history *history, char *line)
{
	char *rest, *word;

	line[strcspn(line, "#")] = 0;
	word = strtok_r(line, " ", &rest);
	if (!word)
		return true;
	if (!strcmp(word, "channels"))
		return !history->nchannels && parse_channels(history, &rest);
	return history->nchannels && parse_op(history, word, &rest);
}

unsigned int history_parse(struct history *history, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;
	unsigned int number = 0, mistake = 0;

	history->nchannels = 0;
	history->n = 0;
	while (!mistake && (line = strsep(&rest, "\n"))) {
		number++;
		if (!parse_line(history, line))
			mistake = number;
	}
	free(copy);
	if (!mistake && !history->nchannels)
		mistake = number;
	history_sort(history);
	return mistake;
}
