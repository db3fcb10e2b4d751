#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the binary interface: each number that uapi/linux/chan.h defines, and each struct with
# the offset and size of its fields, as a compiler with the given FLAGS sees it:
# "layout.sh FLAGS...".

set -euo pipefail

header=$(dirname "$(realpath "$0")")/../../uapi/linux/chan.h
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile()
{
	# Debian installs <asm/*.h> outside the search path of -m32.
	"${CC:-cc}" "$@" -idirafter "/usr/include/$("${CC:-cc}" -print-multiarch)"
}

# A macro is a number unless it guards the header or takes arguments; SEND and RECV are numbers
# for each size. The values are read from the compiler's assembly output, so nothing has to run.
numbers()
{
	local name size value
	{
		printf '#include "%s"\nvoid numbers(void)\n{\n' "$header"
		sed -nE 's/^#define (CHAN_[A-Z0-9_]+)[[:space:]].*/\tasm("->\1 %0" :: "i" ((unsigned long long)(\1)));/p' "$header"
		for size in 0 8 8191 8192; do
			sed -nE "s/^#define (CHAN_IOC_(SEND|RECV))\\(size\\).*/\\tasm(\"->\\1($size) %0\" :: \"i\" ((unsigned long long)\\1($size)));/p" "$header"
		done
		printf '}\n'
	} >"$work/numbers.c"
	compile "$@" -O1 -S -o "$work/numbers.s" "$work/numbers.c"
	sed -n 's|^[[:space:]]*->\([A-Z0-9_()]*\) [$]|\1 |p' "$work/numbers.s" | while read -r name value; do
		printf '%-28s 0x%x\n' "$name" "$value"
	done
}

structs()
{
	{
		printf '#include "%s"\n' "$header"
		sed -nE 's/^struct (chan_[a-z]+) \{$/struct \1 \1_;/p' "$header"
	} >"$work/structs.c"
	compile "$@" -g -c -o "$work/structs.o" "$work/structs.c"
	pahole "$work/structs.o" | sed -e '/cacheline [0-9]* boundary/d' -e '/last cacheline/d' -e 's/, cachelines: [0-9]*//'
}

numbers "$@"
echo
structs "$@"
