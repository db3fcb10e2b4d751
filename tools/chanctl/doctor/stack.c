// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "../../lib/proc.h"
#include "stack.h"

void stack_read(struct stack *stack, pid_t tid)
{
	char path[32], line[256];
	FILE *stream;

	stack->count = 0;
	snprintf(path, sizeof(path), "/proc/%d/stack", tid);
	stream = proc_open(-1, path);
	if (!stream)
		return;
	while (stack->count < STACK_FRAMES && fgets(line, sizeof(line), stream)) {
		if (sscanf(line, "[<%*[^>]>] %63[^+]", stack->functions[stack->count]) == 1)
			stack->count++;
	}
	fclose(stream);
}
