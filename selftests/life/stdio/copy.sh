# SPDX-License-Identifier: GPL-2.0-only
# Copies standard input to standard output and error, line by line.
while read -r line; do
	echo "$line"
	echo "$line" >&2
done
