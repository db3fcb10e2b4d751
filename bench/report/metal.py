# SPDX-License-Identifier: GPL-2.0-only
"""Report times of a real machine from runs of chanbench, as scripts/bench-metal keeps them."""
import glob
import json
import statistics
import sys


def load(pattern):
    """{(row, mechanism): [result of each run]}"""
    results = {}
    for path in sorted(glob.glob(pattern)):
        with open(path, encoding='utf-8') as file:
            for result in json.load(file)['results']:
                results.setdefault((result['row'], result['mechanism']), []).append(result)
    return results


def report(title, results):
    print(f'\n{title}\n')
    print(f'{"row":<20}{"mechanism":<11}{"median":>10}{"least":>10}{"greatest":>10}{"spread":>8}'
          f'{"CPU":>10}')
    for (row, mechanism), runs in results.items():
        medians = [run['median'] for run in runs]
        median = statistics.median(medians)
        spread = 100 * (max(medians) - min(medians)) / median if median else 0
        cpu = statistics.median(run['cpu'] for run in runs)
        print(f'{row:<20}{mechanism:<11}{median:>10.0f}{min(run["minimum"] for run in runs):>10.0f}'
              f'{max(run["maximum"] for run in runs):>10.0f}{spread:>7.1f}%{cpu:>10.0f}')


def report_counts(results):
    counted = {key: runs[0] for key, runs in results.items() if runs[0]['calls'] is not None}
    if not counted:
        return
    print('\nPer operation, on one CPU\n')
    print(f'{"row":<20}{"mechanism":<11}{"switches":>10}{"wakeups":>10}{"calls":>10}')
    for (row, mechanism), run in counted.items():
        print(f'{row:<20}{mechanism:<11}{run["switches"]:>10.2f}{run["wakeups"]:>10.2f}'
              f'{run["calls"]:>10.2f}')


def main():
    folder = sys.argv[1]
    with open(f'{folder}/environment', encoding='utf-8') as file:
        print(file.read(), end='')
    print('\nNanoseconds per operation. Median: of the medians of all runs; spread: their range;\n'
          'least and greatest: of all repetitions; CPU: time of all tasks together.')
    one = load(f'{folder}/one-*.json')
    report('One CPU', one)
    report('Several CPUs', load(f'{folder}/several-*.json'))
    report_counts(one)


if __name__ == '__main__':
    main()
