/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol of the module. A configuration defines the sizes, includes this file, and says which
 * tasks run.
 *
 *   CAP0, CAP1	capacities of the channels
 *   CHANNELS	1 or 2
 *   TASKS	number of tasks; each has a number below that
 *   CASES	maximum number of cases of a select
 *   ELEMENTS	number of elements sent, at most 8
 */
#ifndef CAP0
#define CAP0		0
#endif
#ifndef CAP1
#define CAP1		0
#endif
#ifndef CHANNELS
#define CHANNELS	1
#endif
#ifndef CASES
#define CASES		1
#endif

#include "channel.pml"
#include "promises.pml"
#include "waiter.pml"
#ifdef TICKER
#include "ticker.pml"
#endif
#include "tasks.pml"
#if CASES > 1
#include "select.pml"
#endif
