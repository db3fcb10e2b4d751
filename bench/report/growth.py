# SPDX-License-Identifier: GPL-2.0-only
"""Draw how costs grow: what "chanbench --growth" prints (INPUT), as plots (OUTPUT)."""
import json
import sys

import svg


def main():
    if len(sys.argv) != 4:
        sys.exit('usage: growth.py KERNEL INPUT OUTPUT')
    kernel, source, target = sys.argv[1:]
    with open(source, encoding='utf-8') as file:
        series = json.load(file)
    boxes = {}
    for entry in series:
        boxes.setdefault(entry['parameter'], {})[entry['name']] = entry['points']
    svg.panels(target, f'Instructions per operation, Linux {kernel}',
               [(f'Growing: {parameter}', parameter, lines) for parameter, lines in boxes.items()])


if __name__ == '__main__':
    main()
