// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "svg.h"

/*
 * The colours suit colour-blind readers. Text has an outline in the background colour, to be
 * readable on top of lines.
 */
static const char style[] =
	".paper { fill: #ffffff }\n"
	"text { font: 12px monospace; fill: #1b1f24; stroke: #ffffff; stroke-width: 4px;\n"
	"  stroke-linejoin: round; paint-order: stroke; dominant-baseline: auto }\n"
	".title { font-weight: bold }\n"
	".title, .head { stroke: none }\n"
	".faint { fill: #59636e }\n"
	".life, .axis { stroke: #b1bac4 }\n"
	".buffer-life { stroke: #b1bac4; stroke-dasharray: 2 4 }\n"
	".task, .buffer, .panel { fill: #f6f8fa; stroke: #59636e }\n"
	".panel { stroke: none }\n"
	".handoff, .ring, .back { stroke-width: 2; fill: none }\n"
	".handoff { stroke: #0072b2; marker-end: url(#handoff-head) }\n"
	".ring { stroke: #d55e00; marker-end: url(#ring-head) }\n"
	".back { stroke: #a0527f; stroke-dasharray: 5 3; marker-end: url(#back-head) }\n"
	".handoff-head { fill: #0072b2 }\n"
	".ring-head { fill: #d55e00 }\n"
	".back-head { fill: #a0527f }\n"
	".park { fill: #009e73 }\n"
	".send { fill: #0072b2 }\n"
	".recv { fill: #009e73 }\n"
	".latency { fill: #d55e00 }\n"
	".dot, .diamond { fill: #1b1f24 }\n"
	".cross { stroke: #1b1f24; stroke-width: 3 }\n"
	"@media (prefers-color-scheme: dark) {\n"
	".paper { fill: #0d1117 }\n"
	"text { fill: #e6edf3; stroke: #0d1117 }\n"
	".title, .head { stroke: none }\n"
	".faint { fill: #9198a1 }\n"
	".life, .axis, .buffer-life { stroke: #59636e }\n"
	".task, .buffer, .panel { fill: #1f2630; stroke: #9198a1 }\n"
	".panel { stroke: none }\n"
	".handoff { stroke: #56b4e9 }\n"
	".ring { stroke: #e69f00 }\n"
	".back { stroke: #cc79a7 }\n"
	".handoff-head, .send { fill: #56b4e9 }\n"
	".ring-head, .latency { fill: #e69f00 }\n"
	".back-head { fill: #cc79a7 }\n"
	".park, .recv { fill: #2fc79b }\n"
	".dot, .diamond { fill: #e6edf3 }\n"
	".cross { stroke: #e6edf3 }\n"
	"}\n";

static void put_head(struct svg *svg, const char *name)
{
	fprintf(svg->stream,
		"<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" "
		"markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
		"<path class=\"%s\" d=\"M0 0L8 4L0 8z\"/></marker>\n", name, name);
}

/* XML cannot represent control characters. */
static void put_text(struct svg *svg, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", svg->stream);
			break;
		case '<':
			fputs("&lt;", svg->stream);
			break;
		case '>':
			fputs("&gt;", svg->stream);
			break;
		default:
			putc((unsigned char)*text < ' ' ? '?' : *text, svg->stream);
		}
	}
}

void svg_begin(struct svg *svg, FILE *stream, int width, int height, const char *title)
{
	svg->stream = stream;
	fprintf(stream,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" role=\"img\">\n<title>", width, height, width, height);
	put_text(svg, title);
	fprintf(stream, "</title>\n<style>\n%s</style>\n<defs>\n", style);
	put_head(svg, "handoff-head");
	put_head(svg, "ring-head");
	put_head(svg, "back-head");
	fputs("</defs>\n", stream);
	svg_box(svg, "paper", 0, 0, width, height);
}

void svg_end(struct svg *svg)
{
	fputs("</svg>\n", svg->stream);
}

void svg_line(struct svg *svg, const char *class, int x1, int y1, int x2, int y2)
{
	fprintf(svg->stream, "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n",
		class, x1, y1, x2, y2);
}

void svg_box(struct svg *svg, const char *class, int x, int y, int width, int height)
{
	fprintf(svg->stream,
		"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		class, x, y, width, height);
}

void svg_dot(struct svg *svg, const char *class, int x, int y)
{
	fprintf(svg->stream, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"4\"/>\n", class, x, y);
}

void svg_diamond(struct svg *svg, const char *class, int x, int y)
{
	fprintf(svg->stream, "<path class=\"%s\" d=\"M%d %dl6 6l-6 6l-6 -6z\"/>\n", class, x, y - 6);
}

void svg_cross(struct svg *svg, const char *class, int x, int y)
{
	fprintf(svg->stream, "<path class=\"%s\" d=\"M%d %dl12 12m0 -12l-12 12\"/>\n", class, x - 6,
		y - 6);
}

void svg_text(struct svg *svg, const char *class, enum svg_anchor anchor, int x, int y,
	      const char *text)
{
	static const char *const anchors[] = { "start", "middle", "end" };

	fprintf(svg->stream, "<text class=\"%s\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">", class,
		anchors[anchor], x, y + 4);
	put_text(svg, text);
	fputs("</text>\n", svg->stream);
}

int svg_text_width(const char *text)
{
	int characters = 0;

	/* UTF-8 continuation bytes have no width. */
	for (; *text; text++)
		characters += (*text & 0xc0) != 0x80;
	return characters * SVG_CHARACTER + SVG_CHARACTER;
}
