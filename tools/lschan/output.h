/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Print the model as a table or as JSON.
 */
#ifndef LSCHAN_OUTPUT_H
#define LSCHAN_OUTPUT_H

#include <stdbool.h>

#include "../lib/model.h"

/* Columns of facts are in the order of enum fact. */
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
 * struct layout - output format
 * @tree: print holders and waiters in rows below their channel
 * @json: print JSON
 * @raw: do not align cells; blanks in a cell are escaped
 * @noheadings: do not print a heading line
 * @columns: columns in output order, without duplicates
 * @column_count: number of @columns; 0: the default for the other fields
 */
struct layout {
	bool tree;
	bool json;
	bool raw;
	bool noheadings;
	enum column columns[COLUMNS];
	size_t column_count;
};

/* Find a column by name, ignoring case. COLUMNS if there is none. */
enum column column_find(const char *name);
const char *column_name(enum column column);
bool layout_has(const struct layout *layout, enum column column);
/* Returns 0 or a negative errno value. */
int output_print(const struct model *model, const struct layout *layout);

#endif /* LSCHAN_OUTPUT_H */
