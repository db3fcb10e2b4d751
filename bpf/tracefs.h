/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHAN_TRACEFS_H
#define CHAN_TRACEFS_H

#include <stdbool.h>

/**
 * tracefs_ready() - are the tracepoints of channels there, and as tracepoints.h has them?
 *
 * If not, says on stderr what to do, in one line.
 */
bool tracefs_ready(void);

#endif /* CHAN_TRACEFS_H */
