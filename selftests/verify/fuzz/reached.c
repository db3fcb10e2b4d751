// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "reached.h"

/* Maximum size of the section in bytes. */
#define TEXT_MAX	(1U << 20)
/* From the relocation of a call to its return address, which kcov reports. */
#define CALL_REST	4

static uint64_t text;
static bool reached[TEXT_MAX];

void fuzz_reached_init(void)
{
	FILE *file = fopen("/sys/module/chan/sections/.text", "re");

	if (!file || fscanf(file, "%" SCNx64, &text) != 1)
		err(2, "/sys/module/chan/sections/.text");
	fclose(file);
}

void fuzz_reached_add(const uint64_t *cover)
{
	uint64_t i, place;

	for (i = 1; i <= cover[0]; i++) {
		place = cover[i] - text - CALL_REST;
		if (place < TEXT_MAX)
			reached[place] = true;
	}
}

void fuzz_reached_save(const char *path)
{
	FILE *file = fopen(path, "we");
	unsigned int place;

	if (!file)
		err(2, "%s", path);
	for (place = 0; place < TEXT_MAX; place++) {
		if (reached[place])
			fprintf(file, "%x\n", place);
	}
	if (fclose(file))
		err(2, "%s", path);
}
