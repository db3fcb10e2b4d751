/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write SVG. The style sheet defines the look of each class, in light and dark mode.
 */
#ifndef CHANCTL_SVG_H
#define CHANCTL_SVG_H

#include <stdio.h>

/* Dimensions of monospaced text. */
#define SVG_CHARACTER	7
#define SVG_LINE	16

struct svg {
	FILE *stream;
};

enum svg_anchor {
	SVG_START,
	SVG_MIDDLE,
	SVG_END,
};

/* Later elements are drawn on top. */
void svg_begin(struct svg *svg, FILE *stream, int width, int height, const char *title);
void svg_end(struct svg *svg);

void svg_line(struct svg *svg, const char *class, int x1, int y1, int x2, int y2);
void svg_box(struct svg *svg, const char *class, int x, int y, int width, int height);
void svg_dot(struct svg *svg, const char *class, int x, int y);
void svg_diamond(struct svg *svg, const char *class, int x, int y);
void svg_cross(struct svg *svg, const char *class, int x, int y);
/* @y is the vertical center of the text. */
void svg_text(struct svg *svg, const char *class, enum svg_anchor anchor, int x, int y,
	      const char *text);
/* Its width in pixels. */
int svg_text_width(const char *text);

#endif /* CHANCTL_SVG_H */
