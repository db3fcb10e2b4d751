// SPDX-License-Identifier: GPL-2.0-only
/*
 * No channel is fed by a clock here: timer.c is not of the core.
 */
#include <linux/types.h>

#include "ticker.h"
#include "shim.h"

void chan_ticker_free(struct chan_ticker *t)
{
	if (t)
		shim_fail("a ticker");
}
