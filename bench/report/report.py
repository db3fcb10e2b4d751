# SPDX-License-Identifier: GPL-2.0-only
"""Make table, JSON and chart from runs of chanbench.

FOLDER has what scripts/bench-report leaves there: instructions.json, and one default-N.json and
poll-N.json per boot with two CPUs, and environment: lines "name: value". Writes FOLDER/report.txt,
report.json, instructions.svg and cpus.svg.
"""
import argparse
import glob
import json
import os
import statistics
import sys

import svg

MECHANISMS = ['chan', 'pipe', 'stream', 'seqpacket', 'mqueue', 'sysv', 'eventfd', 'futex',
              'semaphore', 'go']
HEADINGS = ['chan', 'pipe', 'strm', 'seqp', 'mq', 'sysv', 'evfd', 'futex', 'sem', 'go']
COUNTS = {'switches': 'context switches', 'wakeups': 'wakeups', 'calls': 'system calls'}
# Below, an interrupt may be all that was counted.
LEAST_COUNT = {'switches': 0.3, 'wakeups': 0.3, 'calls': 0.005}
IDLE = {'default': 'default idle', 'poll': 'idle=poll'}


def load(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def by_row(results):
    """{row: {mechanism: result}} in the order of the results."""
    rows = {}
    for result in results:
        rows.setdefault(result['row'], {})[result['mechanism']] = result
    return rows


def number(value):
    for limit, divisor, form in ((9999.5, 1, '{:.0f}'), (99950, 1e3, '{:.1f}k'),
                                 (999500, 1e3, '{:.0f}k'), (1e99, 1e6, '{:.1f}M')):
        if value < limit:
            return form.format(value / divisor)
    return '?'


def table(title, rows, cell):
    """A table of rows {name: {mechanism: value}}, of at most 80 columns."""
    lines = ['', *title, ' ' * 19 + ''.join(f'{heading:>6}' for heading in HEADINGS)]
    for name, values in rows.items():
        cells = [cell(values[m]) if values.get(m) is not None else '-' for m in MECHANISMS]
        if any(text != '-' for text in cells):
            lines.append(f'{name:<19}' + ''.join(f'{text:>6}' for text in cells))
    return lines


def instruction_tables(rows):
    lines = table(['Guest instructions per operation, one CPU: medians'],
                  {name: {m: r['median'] for m, r in row.items()} for name, row in rows.items()},
                  number)
    for key, title in COUNTS.items():
        counted = {name: {m: r[key] for m, r in row.items() if r[key] is not None}
                   for name, row in rows.items()}
        counted = {name: values for name, values in counted.items()
                   if any(value >= LEAST_COUNT[key] for value in values.values())}
        lines += table([f'Number of {title} per operation'], counted, '{:.2f}'.format)
    return lines


def ratios(boots):
    """{row: {mechanism: [ratio to the pipe in the same boot, ...]}}, and the same of CPU time."""
    times, cpus = {}, {}
    for boot in boots:
        for name, row in by_row(boot['results']).items():
            # Go's and channel's own rows have no pipe to compare with.
            base = row.get('pipe') or row.get('chan')
            for mechanism, result in row.items():
                times.setdefault(name, {}).setdefault(mechanism, []).append(
                    result['median'] / base['median'])
                if base['cpu']:
                    cpus.setdefault(name, {}).setdefault(mechanism, []).append(
                        result['cpu'] / base['cpu'])
    return times, cpus


def medians(rows):
    return {name: {m: statistics.median(values) for m, values in row.items()}
            for name, row in rows.items()}


def spread(times, cpus):
    lines = ['', 'Channels: ratio to the pipe, and of CPU time of all tasks', '']
    lines.append(f'{"":<20}{"median":>8}{"least":>8}{"greatest":>10}{"CPU time":>10}')
    for name, row in times.items():
        if 'chan' not in row or 'pipe' not in row:
            continue
        values = row['chan']
        cpu = cpus.get(name, {}).get('chan')
        lines.append(f'{name:<20}{statistics.median(values):>8.2f}{min(values):>8.2f}'
                     f'{max(values):>10.2f}{statistics.median(cpu) if cpu else 0:>10.2f}')
    return lines


def chart(path, title, rows, base, note):
    """Costs relative to the mechanism "base"."""
    drawn = []
    for name, row in rows.items():
        if base in row and len(row) > 1:
            drawn.append((name, note(row[base]),
                          {m: value / row[base] for m, value in row.items()}))
    svg.ratios(path, title, drawn, 0.02, 10)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folder')
    folder = parser.parse_args().folder

    with open(os.path.join(folder, 'environment'), encoding='utf-8') as file:
        environment = dict(line.rstrip('\n').split(': ', 1) for line in file)
    report = {'environment': environment}
    lines = [f'{name}: {value}' for name, value in environment.items()]
    path = os.path.join(folder, 'instructions.json')
    if os.path.exists(path):
        results = load(path)
        report['instructions'] = results['results']
        rows = by_row(results['results'])
        lines += instruction_tables(rows)
        chart(os.path.join(folder, 'instructions.svg'),
              f'Instructions of an operation, relative to a channel, Linux {environment["kernel"]}',
              {name: {m: r['median'] for m, r in row.items()} for name, row in rows.items()},
              'chan', svg.short)
    for idle, title in IDLE.items():
        boots = [load(name) for name in sorted(glob.glob(os.path.join(folder, f'{idle}-*.json')))]
        if not boots:
            continue
        times, cpus = ratios(boots)
        report[idle] = {'boots': len(boots), 'ratios': times, 'cpu ratios': cpus}
        heading = [f'Two CPUs, {title}: time of an operation relative to a pipe (without one, to a',
                   f'channel), emulated: medians of {len(boots)} boots']
        lines += table(heading, medians(times), '{:.2f}'.format)
        lines += spread(times, cpus)
        chart(os.path.join(folder, f'{idle}.svg'),
              f'Time on two CPUs, {title}, relative to a channel, Linux {environment["kernel"]}',
              medians(times), 'chan', lambda value: '')
    with open(os.path.join(folder, 'report.txt'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')
    with open(os.path.join(folder, 'report.json'), 'w', encoding='utf-8') as file:
        json.dump(report, file, indent=1)
        file.write('\n')
    sys.stdout.write('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()
