/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cases of a select, as the user gives them. See cases.c.
 */
#ifndef _CHAN_CASES_H
#define _CHAN_CASES_H

struct chan_deadline;
struct chan_select;

long chan_cases_select(const struct chan_select *select, const struct chan_deadline *deadline);

#endif /* _CHAN_CASES_H */
