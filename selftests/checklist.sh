#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks Documentation/checklist.rst: every test and file it names exists, and each row has a test
# or a reason.

set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

list=Documentation/checklist.rst
# Number of rows per letter.
rows=(A16 W11 F12 S8 V8 L12 P8)
passed=0
failed=0

if (($#)); then
	[[ $1 == -h || $1 == --help ]] || { printf 'checklist.sh: unknown argument %s: see --help\n' "$1" >&2; exit 2; }
	cat <<-END
	Usage: selftests/checklist.sh

	Checks that every test that $list names exists in selftests/, every file in
	this tree, and that no row of the list is missing or empty. The last line is "N passed, M failed".
	Exit status: 0 all is there, 1 something is not, 2 wrong usage.
	END
	exit
fi

# check MESSAGE COMMAND...: print MESSAGE if the command fails.
check()
{
	if "${@:2}"; then
		((passed += 1))
	else
		printf 'not ok %s\n' "$1"
		((failed += 1))
	fi
}

# A kselftest harness test, with or without a fixture, or a unit test.
has_test()
{
	local files test=${1##*.}

	mapfile -t files < <(compgen -G "selftests/*/${1%.*}.c")
	((${#files[@]})) &&
		grep -qE "^[ 	]*([A-Z_]*TEST|TEST_F|UNIT_TEST)\(([a-z_0-9]+, )?$test\)" "${files[@]}" "${@:2}"
}

# The cells of a row, from the line with its name to the next row or title.
row()
{
	awk -v row="$1" '
		/^   \* - / { found = $3 == row; next }
		/^[^ ]/ { found = 0 }
		found && /^     - / { cell++ }
		found { text[cell] = text[cell] $0 }
		END { exit !(cell == 2 && text[1] ~ /[a-z]/ && text[2] ~ /[a-z]/) }' "$list"
}

for last in "${rows[@]}"; do
	for ((number = 1; number <= ${last:1}; number++)); do
		check "row ${last:0:1}$number: a rule, and a test or a reason" row "${last:0:1}$number"
	done
done

# Names are in double back quotes: files have a suffix, tests have a dot.
# shellcheck disable=SC2016 # no expansion
mapfile -t names < <(grep -o '``[^` ]*``' "$list" | tr -d '`' | sort -u)
for name in "${names[@]}"; do
	case $name in
	*.sh | *.rst | *.c | *.h | *.cocci | *.config | *.litmus | *.7 | */layout)
		check "there is no file $name" test -e "$name"
		;;
	*/ | program.test | [0-9]* | [A-Z]*) ;;
	*.*)
		check "there is no test $name" has_test "$name" selftests/common/sweep_test.h
		;;
	esac
done

printf '%s passed, %s failed\n' "$passed" "$failed"
((failed == 0))
