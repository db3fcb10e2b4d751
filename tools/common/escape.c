// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "escape.h"

void escape(char *to, const char *from)
{
	size_t left = strlen(from), length;
	mbstate_t state;

	while (left) {
		memset(&state, 0, sizeof(state));
		length = mbrlen(from, left, &state);
		if (length > left) {
			length = 1;
			to += sprintf(to, "\\x%02x", (unsigned char)*from);
		} else {
			to = mempcpy(to, from, length);
		}
		from += length;
		left -= length;
	}
	*to = 0;
}
