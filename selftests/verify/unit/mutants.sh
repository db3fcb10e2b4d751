#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Seed bugs into copies of the module, and let the explorer find them:
# mutants.sh DIRECTORY MODULE LIST OBJECT...
#
# DIRECTORY has the objects of the programs, and in small/core/ those of the module; "CC", with all
# its flags, and "LDFLAGS" are in the environment. A mutant is found if the program named in LIST
# prints a schedule with which the program replay then fails too. Prints mutants that were not
# found, and last how many were. Exit status: 0 all were found, 1 not.

set -u

directory=$1
module=$2
list=$3
shift 3
objects=("$@")

# Stack traces need no symbols, and fewer schedules than the tests play are enough.
export ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=0:symbolize=0
export CHAN_PREEMPTIONS=2 CHAN_SCHEDULES=0
fixed=(setarch --addr-no-randomize)
"${fixed[@]}" true 2>/dev/null || fixed=()

# Seconds for one program.
limit=600

# seed FILE COMMAND: apply the bug to the copy of the module. Fails if nothing changes.
seed()
{
	rm -rf "$work" && mkdir -p "$work/core" && cp -r "$module" "$work/module" &&
		sed -i "$2" "$work/module/$1" &&
		! cmp -s "$module/$1" "$work/module/$1"
}

# build PROGRAM FILE: objects of the module that depend on FILE, PROGRAM, and replay.
build()
{
	local name source sources=("$work/module/$2") linked=()

	[[ $2 == *.h ]] && sources=("$work"/module/*.c)
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
while IFS=$'\t' read -r name program file command; do
	[[ -z $name || $name == \#* ]] && continue
	verdict=
	if ! seed "$file" "$command"; then
		verdict='its sed command changes nothing'
	elif ! build "$program" "$file" >"$directory/mutant-$name.log" 2>&1; then
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
done <"$list"

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
