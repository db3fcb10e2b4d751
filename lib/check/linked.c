// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Uses the installed header and the shared library, in C and in C++, and needs no
 * module for that.
 */
#include <chan.h>
#include <errno.h>

CHAN_TYPE(ints, int);

int main(void)
{
	struct ints none = { -1 };
	int elem;

	errno = 1;
	if (ints_recv(none, &elem) != -EBADF || ints_attach(-1).fd != -EBADF)
		return 1;
	return chan_make(0, 0, ~0U) >= 0 || errno != 1;
}
