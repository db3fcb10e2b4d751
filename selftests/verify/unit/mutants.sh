#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Seed bugs into copies of the module, and let the explorer find them:
# mutants.sh DIRECTORY MODULE OBJECT...
#
# DIRECTORY has the objects of the programs, and in small/core/ those of the module; "CC", with all
# its flags, and "LDFLAGS" are in the environment. A bug is found if the program that its file names
# prints a schedule with which the program replay then fails too. Prints bugs that were not
# found, and last how many were. Exit status: 0 all were found, 1 not.

set -u

# shellcheck source=scripts/lib/bugs
. "$(dirname "$(realpath "$0")")/../../../scripts/lib/bugs"

directory=$1
module=$2
shift 2
objects=("$@")

# Stack traces need no symbols, and fewer schedules than the tests play are enough.
export ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=0:symbolize=0
export CHAN_PREEMPTIONS=2 CHAN_SCHEDULES=0
fixed=(setarch --addr-no-randomize)
"${fixed[@]}" true 2>/dev/null || fixed=()

# Seconds for one program.
limit=600

# copy NAME: copy the module and seed the bug. Says why it cannot.
copy()
{
	rm -rf "$work" && mkdir -p "$work/core" && cp -r "$module" "$work/module" &&
		seed "$1" "$work/module"
}

# build PROGRAM: objects of the module that depend on FILE, PROGRAM, and replay.
build()
{
	local name source sources linked=()

	mapfile -t sources < <(find "$work/module" -type f | while read -r source; do
		cmp -s "$source" "$module/${source##*/}" || echo "$source"
	done)
	[[ "${sources[*]}" == *.h* ]] && sources=("$work"/module/*.c)
	for source in "${sources[@]}"; do
		name=$(basename "$source" .c).o
		[[ -e $directory/small/core/$name ]] || continue
		$CC -w -I"$work/module" -c -o "$work/core/$name" "$source" || return
	done
	for name in "${objects[@]}"; do
		source=$work/core/$(basename "$name")
		[[ $name == */core/* && -e $source ]] && name=$source
		linked+=("$name")
	done
	# shellcheck disable=SC2086 # several options
	$CC $LDFLAGS -o "$work/program" "$directory/$1.o" "${linked[@]}" -lcmocka &&
		$CC $LDFLAGS -o "$work/replay" "$directory/explore/replay.o" "${linked[@]}" -lcmocka
}

# explore: leaves script and schedule of the first failure in "found".
explore()
{
	local line

	line=$("${fixed[@]}" timeout "$limit" "$work/program" 2>&1 </dev/null |
		grep -a -m 1 "^# replay '")
	[[ $line =~ ^#\ replay\ \'(.*)\'\ \'(.*)\'$ ]] || return
	found=("${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}")
}

# replay: as explored. The shell must not report whether it fails or dies.
replay()
{
	(timeout "$limit" "${fixed[@]}" "$work/replay" "${found[@]}" || exit 1) >/dev/null 2>&1
}

passed=0
failed=0
work=$directory/mutant
for name in $(bugs_with explorer); do
	program=$(field "$name" explorer)
	if ! verdict=$(copy "$name"); then
		:
	elif ! build "$program" >"$directory/mutant-$name.log" 2>&1; then
		verdict="it does not build: $directory/mutant-$name.log"
	elif ! explore; then
		verdict='it was not found'
	elif replay; then
		verdict="its replay passes: replay '${found[0]}' '${found[1]}'"
	fi
	if [[ $verdict ]]; then
		printf 'mutant %s: %s\n' "$name" "$verdict"
		((failed += 1))
	else
		((passed += 1))
		[[ -z ${V-} ]] || printf "%s: '%s' '%s'\n" "$name" "${found[@]}"
	fi
done

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
