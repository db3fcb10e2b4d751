#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check the models: run.sh DIRECTORY, the build directory
#
# Searches every configuration of the protocol exhaustively, looks for every seeded bug, and
# runs the litmus tests. Prints failures, and last how many passed and failed. Exit status: 0
# all passed, 1 not. With SHORT in the environment, bugs and the longest search are left out.

set -uo pipefail

here=$(dirname "$(realpath "$0")")
scripts=$here/../../../scripts
mkdir -p "$1"
directory=$(realpath "$1")

# Limits of a search in megabytes and steps: exceeding one is an error, not a smaller search.
memory=4000
depth=10000

# Configurations in which every run must end.
ending=(faces filedefault)
[[ ${SHORT-} ]] || ending+=(epoll)

passed=0
failed=0

pass()
{
	((passed += 1))
}

fail()
{
	((failed += 1))
	printf '%s\n' "$1"
	[[ -z ${2-} ]] || tail -n 20 "$2"
}

# search NAME CONFIGURATION FOR OPTION...: for wrong "states" or "endless" runs. Leaves the output
# of the search in $log.
search()
{
	local name=$1 configuration=$2 build=$directory/$1 define=-DSAFETY option=-n
	if [[ $3 == endless ]]; then
		define=-DNP
		option=-l
	fi
	shift 3
	log=$build/log
	rm -rf "$build"
	mkdir "$build"
	(
		cd "$build" || exit
		spin -a "$@" "$here/configurations/$configuration.pml" &&
			gcc -O1 -w "$define" -DNOFAIR -DCOLLAPSE "-DMEMLIM=$memory" -o pan pan.c &&
			./pan -n "$option" -b "-m$depth" && touch ended
	) >"$log" 2>&1 </dev/null
	rm -f "$build"/pan*
}

# The search was complete and found no error.
is_proved()
{
	[[ -e ${log%log}ended ]] && grep -q ', errors: 0$' "$log" &&
		! grep -qE 'too small|not completed|out of memory|reached limit|^(spin|pan:1): .*[Ee]rror' "$log"
}

# A wrong state was found, not an error of another kind.
is_found()
{
	grep -qE '^pan:1: (assertion violated|invalid end state|non-progress cycle)' "$log" &&
		grep -qE ', errors: 1$' "$log"
}

check_protocol()
{
	local configuration name states=0
	for configuration in "$here"/configurations/*.pml; do
		name=$(basename "$configuration" .pml)
		search "$name" "$name" states
		if is_proved; then
			pass
			((states += $(sed -n 's/ states, stored$//p' "$log")))
		else
			fail "$name: the search found an error, or did not end" "$log"
		fi
	done
	for name in "${ending[@]}"; do
		search "$name-ends" "$name" endless
		if is_proved; then
			pass
		else
			fail "$name: some runs are endless, or the search did not end" "$log"
		fi
	done
	printf 'protocol: %d states\n' "$states"
}

check_bugs()
{
	local bug configuration kind
	while read -r bug configuration kind; do
		search "BUG_$bug" "$configuration" "${kind:-states}" "-DBUG_$bug"
		if is_found; then
			pass
		else
			fail "$bug: not found in $configuration" "$log"
		fi
	done < <(grep -v '^#' "$here/bugs")
}

# Every seeded bug of the model is in the list, and every function that the model names exists.
check_names()
{
	local name
	while read -r name; do
		if ! grep -qE "^${name#BUG_}[[:space:]]" "$here/bugs"; then
			fail "$name: not in $here/bugs"
		fi
	done < <(grep -ohE '\bBUG_[A-Z_]+' "$here"/*.pml | sort -u)
	while read -r name; do
		if ! grep -qF "${name%()}(" "$here"/../../../module/*.[ch]; then
			fail "$name: the models name it, but the module has no such function"
		fi
	done < <(grep -ohE '\bchan_[a-z_]+\(\)' "$here"/*.pml "$here"/litmus/*.litmus | sort -u)
}

# A litmus test states its expected verdict in its text: Result: Never, or Sometimes.
check_litmus()
{
	local file name wanted
	log=$directory/herd7.log
	if ! "$scripts/herd7" >"$log" 2>&1; then
		printf 'litmus tests skipped: %s\n' "$(tail -n 1 "$log")"
		return
	fi
	for file in "$here"/litmus/*.litmus; do
		name=$(basename "$file" .litmus)
		wanted=$(sed -n 's/.*Result: \([A-Z][a-z]*\).*/\1/p' "$file")
		if "$scripts/herd7" "$file" >"$log" 2>&1 && grep -q "^Observation $name $wanted " "$log"; then
			pass
		else
			fail "$name: not \"$wanted\"" "$log"
		fi
	done
}

"$scripts/install-deps" model || exit
check_names
check_protocol
[[ ${SHORT-} ]] || check_bugs
check_litmus

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
