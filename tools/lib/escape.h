/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_ESCAPE_H
#define LIB_ESCAPE_H

/* Maximum length of an escaped byte. */
#define ESCAPED_SIZE	4

/**
 * escape() - copy a text, with \xNN for each byte that is not part of a character of LC_CTYPE
 * @to: buffer of ESCAPED_SIZE times the text's length, plus the NUL
 * @from: the text
 */
void escape(char *to, const char *from);
/* Like escape(), but also escapes bytes of unprintable characters. */
void escape_printable(char *to, const char *from);

#endif /* LIB_ESCAPE_H */
