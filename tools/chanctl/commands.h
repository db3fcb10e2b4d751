/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of chanctl. Each takes its name and its arguments, like main(), and returns an
 * exit status.
 */
#ifndef CHANCTL_COMMANDS_H
#define CHANCTL_COMMANDS_H

#include "../lib/arguments.h"

int doctor(int argc, char **argv);
int trace(int argc, char **argv);

#endif /* CHANCTL_COMMANDS_H */
