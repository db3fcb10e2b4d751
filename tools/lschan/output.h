/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known, as a table or as JSON.
 */
#ifndef LSCHAN_OUTPUT_H
#define LSCHAN_OUTPUT_H

#include <stdbool.h>

#include "../common/model.h"

/* Those of facts are in the order of enum fact. */
enum column {
	COLUMN_ID,
	COLUMN_TYPE,
	COLUMN_ELEMSIZE,
	COLUMN_CAP,
	COLUMN_LEN,
	COLUMN_CLOSED,
	COLUMN_SENDQ,
	COLUMN_RECVQ,
	COLUMN_HOLDERS,
	COLUMN_PID,
	COLUMN_COMMAND,
	COLUMN_FD,
	COLUMN_RIGHTS,
	COLUMN_SIDE,
	COLUMN_AGE,
	COLUMN_MORE,
	COLUMNS,
};

/**
 * struct layout - how to print
 * @tree: holders and waiters in rows below that of their channel
 * @json: as JSON
 * @raw: without alignment; blanks in a cell are escaped
 * @noheadings: no line of headings
 * @columns: which, in their order, none twice
 * @column_count: how many; 0: as is usual for the rest of the layout
 */
struct layout {
	bool tree;
	bool json;
	bool raw;
	bool noheadings;
	enum column columns[COLUMNS];
	size_t column_count;
};

/* COLUMNS if there is none of this name, in whatever case. */
enum column column_find(const char *name);
const char *column_name(enum column column);
bool layout_has(const struct layout *layout, enum column column);
/* Returns 0 or a negative errno value. */
int output_print(const struct model *model, const struct layout *layout);

#endif /* LSCHAN_OUTPUT_H */
