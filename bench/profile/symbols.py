# SPDX-License-Identifier: GPL-2.0-only
"""Print the instructions of an operation per symbol.

ADDRESSES is what the plugin has counted (see profile.c), KALLSYMS the symbols of the guest's
kernel, and MAPS what "chanbench --profile" prints.
"""
import argparse
import bisect
import collections
import signal
import statistics
import subprocess

# Anything above is the kernel's.
USER_END = 1 << 47
FURTHEST = 1 << 20


class Symbols:
    """The symbol of an address: the last one that starts before it."""

    def __init__(self):
        self.starts = []
        self.entries = []

    def load(self, entries):
        for start, name, where in sorted(entries):
            if self.starts and self.starts[-1] == start:
                continue
            self.starts.append(start)
            self.entries.append((name, where))

    def find(self, address, otherwise):
        index = bisect.bisect_right(self.starts, address) - 1
        if index < 0 or address - self.starts[index] > FURTHEST:
            return otherwise
        return self.entries[index]


def read_kernel(path):
    symbols = Symbols()
    entries = []
    with open(path, encoding='utf-8') as file:
        for line in file:
            fields = line.split()
            where = fields[3].strip('[]') if len(fields) > 3 else 'kernel'
            entries.append((int(fields[0], 16), fields[2], where))
    symbols.load(entries)
    return symbols


def program_entries(path, base):
    """Symbols of a program or library; those that are exported, if it is stripped."""
    entries = []
    for option in ('--defined-only', '-D'):
        result = subprocess.run(['nm', option, path], capture_output=True, text=True, check=False)
        for line in result.stdout.splitlines():
            fields = line.split()
            if len(fields) == 3 and fields[1] in 'tTwWiV':
                entries.append((base + int(fields[0], 16), fields[2].split('@')[0],
                                path.rpartition('/')[2]))
    return entries


def is_fixed(path):
    """Whether the file must be mapped at the addresses that it names."""
    with open(path, 'rb') as file:
        header = file.read(18)
    return header[16] == 2


def read_maps(path):
    """Symbols of all mapped files, (start, end, name) of all maps, and the number of operations."""
    symbols = Symbols()
    entries, maps, bases = [], [], {}
    operations = 0
    with open(path, encoding='utf-8') as file:
        for line in file:
            fields = line.split()
            if fields[0] == 'operations':
                operations = int(fields[1])
                continue
            start, end = (int(number, 16) for number in fields[0].split('-'))
            name = fields[5] if len(fields) > 5 else '?'
            maps.append((start, end, name))
            if name.startswith('/'):
                bases.setdefault(name, start)
    for name, base in bases.items():
        try:
            entries += program_entries(name, 0 if is_fixed(name) else base)
        except OSError:
            pass
    symbols.load(entries)
    return symbols, maps, operations


def user_symbol(address, symbols, maps):
    for start, end, name in maps:
        if start <= address < end:
            short = name.rpartition('/')[2]
            if not name.startswith('/'):
                return (short, short)
            symbol = symbols.find(address, ('?', short))
            return symbol if symbol[1] == short else ('?', short)
    return ('?', 'another program')


def differences(fields):
    """Per round: twice as many operations, minus once."""
    numbers = [int(field) for field in fields]
    return [numbers[i + 1] - numbers[i] for i in range(0, len(numbers), 2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--least', type=float, default=1)
    parser.add_argument('--raw')
    parser.add_argument('addresses')
    parser.add_argument('kallsyms')
    parser.add_argument('maps')
    options = parser.parse_args()

    kernel = read_kernel(options.kallsyms)
    program, maps, operations = read_maps(options.maps)
    rounds = collections.defaultdict(list)
    raw = []
    with open(options.addresses, encoding='utf-8') as file:
        for line in file:
            fields = line.split()
            address = int(fields[0], 16)
            if address < USER_END:
                symbol = user_symbol(address, program, maps)
            else:
                symbol = kernel.find(address, ('?', 'kernel'))
            runs = differences(fields[1:])
            raw.append((address, symbol, statistics.median(runs) / operations))
            rounds[symbol].append(runs)
    # A median ignores rounds that a timer has interrupted.
    costs = {symbol: statistics.median(map(sum, zip(*runs))) / operations
             for symbol, runs in rounds.items()}
    if options.raw:
        with open(options.raw, 'w', encoding='utf-8') as file:
            for address, (name, where), cost in sorted(raw):
                if cost > 0:
                    print(f'{address:x} {cost:.3f} {name} {where}', file=file)

    print(f'Instructions per operation (medians of {len(next(iter(rounds.values()))[0])} '
          f'rounds of {operations} operations)\n')
    places = collections.Counter()
    for (_, where), cost in costs.items():
        places[where] += cost
    for where, cost in places.most_common():
        if cost >= options.least:
            print(f'{cost:10.1f}  {where}')
    print(f'{sum(costs.values()):10.1f}  all\n')
    for (name, where), cost in sorted(costs.items(), key=lambda item: -item[1]):
        if cost >= options.least:
            print(f'{cost:10.1f}  {name:<40} {where}')


if __name__ == '__main__':
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
