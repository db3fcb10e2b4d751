// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "escape.h"

static void escape_some(char *to, const char *from, bool printable)
{
	size_t left = strlen(from), length;
	wchar_t character;
	mbstate_t state;

	while (left) {
		memset(&state, 0, sizeof(state));
		length = mbrtowc(&character, from, left, &state);
		if (length > left || (printable && !iswprint(character))) {
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

void escape(char *to, const char *from)
{
	escape_some(to, from, false);
}

void escape_printable(char *to, const char *from)
{
	escape_some(to, from, true);
}
