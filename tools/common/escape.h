/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMMON_ESCAPE_H
#define COMMON_ESCAPE_H

/* Bytes that one byte may become. */
#define ESCAPED_SIZE	4

/**
 * escape() - copy a text, with \xNN for each byte that belongs to no character of LC_CTYPE
 * @to: room for ESCAPED_SIZE times the text's length, and a NUL
 * @from: the text
 */
void escape(char *to, const char *from);
/* And for each byte that does not belong to a character that can be printed. */
void escape_printable(char *to, const char *from);

#endif /* COMMON_ESCAPE_H */
