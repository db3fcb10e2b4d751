// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "common/channel.h"
#include "output.h"

char printed[TEXT_MAX];

const char *text(const char *format, ...)
{
	static char expected[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(expected, TEXT_MAX, format, args);
	va_end(args);
	return expected;
}

int run(const char *format, ...)
{
	char command[1024];
	va_list args;
	FILE *stream;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	stream = popen(command, "re");
	if (!stream)
		give_up("popen: %s", strerror(errno));
	printed[fread(printed, 1, TEXT_MAX - 1, stream)] = 0;
	status = pclose(stream);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *json(void)
{
	json_error_t error;
	json_t *root = json_loads(printed, JSON_REJECT_DUPLICATES, &error);
	size_t length;

	if (!root)
		give_up("%s: %s", error.text, printed);
	length = json_dumpb(root, printed, TEXT_MAX - 1, JSON_COMPACT);
	if (length >= TEXT_MAX)
		give_up("too much JSON");
	printed[length] = 0;
	json_decref(root);
	return printed;
}

const char *words(void)
{
	char *to = printed;

	for (const char *from = printed; *from; from++) {
		const bool first = to == printed || to[-1] == '\n';

		if (*from != ' ' || !(first || strchr(" \n", from[1])))
			*to++ = *from;
	}
	*to = 0;
	return printed;
}
