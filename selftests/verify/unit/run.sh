#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the unit tests: run.sh DIRECTORY PROGRAM...
#
# Prints failures, and last how many passed and failed. A test program that dies or
# does not end in time has failed all of the tests that it has not reported. Exit
# status: 0 all passed, 1 not.

set -u

# Seconds for one program.
limit=600

export ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=1:strict_init_order=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

directory=$1
shift

# The sanitizers of gcc 12 support less address space randomization than some kernels use.
fixed=(setarch --addr-no-randomize)
"${fixed[@]}" true 2>/dev/null || fixed=()

passed=0
failed=0
for program in "$@"; do
	log=$directory/$program.log
	"${fixed[@]}" timeout --signal=ABRT "$limit" "$directory/$program" \
		>"$log" 2>&1 </dev/null
	status=$?

	planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p;T;q' "$log")
	ok=$(grep -c '^ok ' "$log")
	bad=$((${planned:-1} - ok))
	if ((bad == 0 && status != 0)); then
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	if ((bad)); then
		printf '%s: %d failed, exit status %d\n' "$program" "$bad" "$status"
		grep -v '^ok ' "$log"
	fi
done

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
