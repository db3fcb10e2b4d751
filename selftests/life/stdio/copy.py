# SPDX-License-Identifier: GPL-2.0-only
"""Copies standard input to standard output and error, line by line."""
import sys

for line in sys.stdin:
    sys.stdout.write(line)
    sys.stderr.write(line)
