/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What users call what struct chan_event has numbers for.
 */
#ifndef CHAN_NAMES_H
#define CHAN_NAMES_H

#include "event.h"

extern const char *const kind_names[CHAN_EVENT_KINDS];
extern const char *const path_names[CHAN_PATHS];
/* Of the field send. */
extern const char *const side_names[2];

#endif /* CHAN_NAMES_H */
