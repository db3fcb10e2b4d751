// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

const char *const kind_names[CHAN_EVENT_KINDS] = {
	[CHAN_EVENT_MAKE]	= "make",
	[CHAN_EVENT_SEND]	= "send",
	[CHAN_EVENT_RECV]	= "recv",
	[CHAN_EVENT_PARK]	= "park",
	[CHAN_EVENT_WAKE]	= "wake",
	[CHAN_EVENT_CLOSE]	= "close",
	[CHAN_EVENT_SELECT]	= "select",
	[CHAN_EVENT_GIVEBACK]	= "requeue",
	[CHAN_EVENT_RELEASE]	= "release",
};

const char *const path_names[CHAN_PATHS] = {
	[CHAN_PATH_HANDOFF]	= "handoff",
	[CHAN_PATH_RING]	= "ring",
	[CHAN_PATH_PARK]	= "park",
};

const char *const side_names[2] = { "recv", "send" };
