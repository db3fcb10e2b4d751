// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/scan.h"
#include "../commands.h"

static const struct argp parser = {
	.doc = "Looks for tasks that nobody can wake.",
};

int doctor(int argc, char **argv)
{
	struct filter filter = {};
	struct model model = {};
	size_t i, parked = 0;
	int err;

	argp_parse(&parser, argc, argv, 0, NULL, NULL);
	err = scan(&model, &filter);
	for (i = 0; i < model.count; i++)
		parked += model.channels[i]->waiter_count;
	if (err)
		fprintf(stderr, "%s: /proc: %s\n", argv[0], strerror(-err));
	else
		printf("%zu channels, %zu parked operations\n", model.count, parked);
	model_free(&model);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
