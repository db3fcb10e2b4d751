# SPDX-License-Identifier: GPL-2.0-only
"""Draw charts as SVG."""
import html
import math

COLOURS = {
    'chan': '#c0392b', 'pipe': '#2c6fbb', 'stream': '#16a085', 'seqpacket': '#27ae60',
    'mqueue': '#8e44ad', 'sysv': '#b07aa1', 'eventfd': '#e67e22', 'futex': '#7f8c8d',
    'semaphore': '#b8b03a', 'go': '#00a8cc',
}
LINES = ['#c0392b', '#2c6fbb', '#27ae60', '#8e44ad']


def short(value):
    """Three digits."""
    for limit, divisor, suffix in ((1e3, 1, ''), (1e6, 1e3, 'k'), (1e12, 1e6, 'M')):
        if value < limit * 0.9995:
            scaled = value / divisor
            return f'{scaled:.3g}{suffix}' if scaled < 1000 else f'{scaled:.0f}{suffix}'
    return f'{value:.3g}'


def binary(value):
    """A number of bytes."""
    for suffix in ('', ' KiB', ' MiB'):
        if value < 1024:
            return f'{value:g}{suffix}'
        value /= 1024
    return f'{value:g} GiB'


class Drawing:
    """An SVG under construction."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.parts = []

    def text(self, x, y, text, anchor='start', size=12, colour='#222', weight='normal'):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" '
                          f'font-weight="{weight}" text-anchor="{anchor}">{html.escape(text)}</text>')

    def line(self, x1, y1, x2, y2, colour='#ddd', width=1.0):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
                          f'stroke="{colour}" stroke-width="{width}"/>')

    def dot(self, x, y, colour, title, radius=4.5):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" '
                          f'fill-opacity="0.85"><title>{html.escape(title)}</title></circle>')

    def path(self, points, colour):
        joined = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
        self.parts.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" '
                          'stroke-width="1.5"/>')

    def write(self, path):
        with open(path, 'w', encoding='utf-8') as file:
            file.write('<?xml version="1.0" encoding="UTF-8"?>\n'
                       '<!-- SPDX-License-Identifier: GPL-2.0-only -->\n'
                       f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" '
                       f'height="{self.height}" viewBox="0 0 {self.width} {self.height}" '
                       'font-family="DejaVu Sans, Helvetica, Arial, sans-serif">\n'
                       '<rect width="100%" height="100%" fill="white"/>\n')
            file.write('\n'.join(self.parts))
            file.write('\n</svg>\n')


def scale(low, high, start, end):
    """A logarithmic scale."""
    span = math.log(high / low) or 1
    return lambda value: start + (end - start) * math.log(max(value, low) / low) / span


def ratios(path, title, rows, low, high):
    """Rows of dots: the cost of each mechanism relative to the first of the row.

    rows: (name, note, {mechanism: ratio}).
    """
    left, right, top, step = 220, 900, 86, 22
    drawing = Drawing(940, top + step * len(rows) + 40)
    place = scale(low, high, left, right)
    drawing.text(16, 26, title, size=15, weight='bold')
    bottom = top + step * len(rows)
    for tick in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20):
        if low <= tick <= high:
            strong = tick == 1
            drawing.line(place(tick), top - 12, place(tick), bottom,
                         COLOURS['chan'] if strong else '#ddd', 1.5 if strong else 1)
            drawing.text(place(tick), bottom + 18, f'{tick:g} x', 'middle', 11)
    x = 16
    seen = [name for name in COLOURS if any(name in row[2] for row in rows)]
    for name in seen:
        drawing.dot(x + 5, 50, COLOURS[name], name)
        drawing.text(x + 14, 54, name)
        x += 30 + 7.5 * len(name)
    for index, (name, note, values) in enumerate(rows):
        y = top + step * index
        drawing.line(left, y, right, y, '#f0f0f0')
        drawing.text(16, y + 4, name)
        drawing.text(left - 10, y + 4, note, 'end', 11, '#777')
        for mechanism, value in values.items():
            x = place(min(value, high))
            drawing.dot(x, y, COLOURS[mechanism], f'{mechanism}: {value:.2f}')
            if value > high or value < low:
                drawing.text(x, y - 6, f'{value:.3g}', 'middle', 9, '#777')
    drawing.write(path)


def panel(drawing, box, name, parameter, series):
    """Lines in a box (x, y, width, height) with logarithmic axes; series: {label: points}."""
    x0, y0, width, height = box
    points = [point for line in series.values() for point in line]
    low_x, high_x = min(x for x, _ in points), max(x for x, _ in points)
    low_y, high_y = min(y for _, y in points), max(y for _, y in points)
    low_y, high_y = 10 ** math.floor(math.log10(low_y)), 10 ** math.ceil(math.log10(high_y))
    place_x = scale(low_x, high_x, x0, x0 + width)
    place_y = scale(low_y, high_y, y0 + height, y0)
    drawing.text(x0 - 40, y0 - 18, name, size=13, weight='bold')
    tick = low_y
    while tick <= high_y * 1.01:
        drawing.line(x0, place_y(tick), x0 + width, place_y(tick))
        drawing.text(x0 - 6, place_y(tick) + 4, short(tick), 'end', 10)
        tick *= 10
    for value in sorted({x for x, _ in points}):
        drawing.line(place_x(value), y0 + height, place_x(value), y0 + height + 4, '#999')
    for value in (low_x, high_x):
        label = binary(value) if parameter == 'bytes' else short(value)
        drawing.text(place_x(value), y0 + height + 17, label, 'middle', 10)
    drawing.text(x0 + width / 2, y0 + height + 17, parameter, 'middle', 11)
    for index, (label, line) in enumerate(series.items()):
        colour = LINES[index % len(LINES)]
        drawing.path([(place_x(x), place_y(y)) for x, y in line], colour)
        for x, y in line:
            drawing.dot(place_x(x), place_y(y), colour, f'{x:g}: {y:.0f}', 2.5)
        drawing.dot(x0 - 34, y0 + height + 36 + 16 * index, colour, label)
        drawing.text(x0 - 24, y0 + height + 40 + 16 * index, label, size=11)


def panels(path, title, boxes):
    """boxes: (name, parameter, series) each."""
    width, height, columns = 330, 150, 2
    rows = (len(boxes) + columns - 1) // columns
    drawing = Drawing(columns * (width + 110) + 20, 60 + rows * (height + 140))
    drawing.text(16, 26, title, size=15, weight='bold')
    for index, (name, parameter, series) in enumerate(boxes):
        x = 66 + (index % columns) * (width + 110)
        y = 76 + (index // columns) * (height + 140)
        panel(drawing, (x, y, width, height), name, parameter, series)
    drawing.write(path)
