/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DEMO_PRINT_H
#define DEMO_PRINT_H

#include "demo.h"

struct ledger;

int complain(const char *what, int err);
void print_channels(const struct demo *demo);
void print_legend(void);
void print_workers(const struct ledger *ledger, unsigned int workers);
void print_state(const struct demo *demo);

#endif /* DEMO_PRINT_H */
