/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for the enumerations of struct chan_event.
 */
#ifndef CHAN_NAMES_H
#define CHAN_NAMES_H

#include "event.h"

extern const char *const kind_names[CHAN_EVENT_KINDS];
extern const char *const path_names[CHAN_PATHS];
/* Indexed by chan_event.send. */
extern const char *const side_names[2];

#endif /* CHAN_NAMES_H */
