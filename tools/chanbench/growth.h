/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_GROWTH_H
#define BENCH_GROWTH_H

#include "measure.h"

int growth(const struct effort *effort);

#endif /* BENCH_GROWTH_H */
