// SPDX-License-Identifier: GPL-2.0-only
/* Judges a history in a file, as stored by a failed run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linear.h"

static const char usage[] =
	"Usage: judge [FILE]\n"
	"\n"
	"Says whether channels explain a history; history.h describes its form. Reads standard\n"
	"input if there is no FILE. Prints the history, in the order in which operations ended.\n"
	"\n"
	"Exit status: 0 it is explained, 1 it is not, 2 this is no history.\n";

static char *read_all(FILE *stream)
{
	char *text = NULL;
	size_t size = 0;

	if (getdelim(&text, &size, 0, stream) < 0)
		return strdup("");
	return text;
}

int main(int argc, char **argv)
{
	static const char *const verdicts[] = { "explained", "wrong", "too large" };
	static struct history history;
	FILE *stream = stdin;
	enum linear_verdict verdict;
	unsigned int line;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
		const bool asked = !strcmp(argv[1], "-h") || !strcmp(argv[1], "--help");

		fputs(usage, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	if (argc == 2)
		stream = fopen(argv[1], "re");
	if (!stream) {
		fprintf(stderr, "judge: %s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	line = history_parse(&history, read_all(stream));
	if (line) {
		fprintf(stderr, "judge: line %u is not part of a history\n", line);
		return 2;
	}
	verdict = linear_check(&history);
	history_print(&history, stdout);
	printf("%s, after %llu states\n", verdicts[verdict], (unsigned long long)linear_states());
	return verdict != LINEAR_EXPLAINED;
}
