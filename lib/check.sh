#!/bin/sh
# SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
#
# Checks of libchan that do not need the module: exported symbols, the ABI, code that must
# not compile, C++, the installed tree, man pages with their examples, and the index of the
# example programs.
# Run by "make check", which sets OUTPUT, CC and CXX.

# Flags need word splitting.
# shellcheck disable=SC2046,SC2086

set -u
cd "$(dirname "$0")" || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

CFLAGS="-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Werror -I. -I../uapi"
CXXFLAGS="-std=c++11 -Wall -Wextra -Wpedantic -Werror -I. -I../uapi"
# Examples use POSIX and GNU extensions of C11.
EXAMPLE_CFLAGS="$CFLAGS -D_GNU_SOURCE"

fail()
{
	echo "check.sh: $*" >&2
	failed=1
}

# skip WHAT PACKAGE: report a check skipped because an optional package is missing
skip()
{
	echo "check.sh: skipped: $1, as $2 is not installed" >&2
}

# Functions declared by chan.h, one per line.
declared()
{
	sed -nE 's/^(int|uint64_t) (chan_[a-z_]+)\(.*/\2/p' chan.h | sort
}

check_symbols()
{
	nm -D --defined-only "$OUTPUT/libchan.so" |
		sed -n 's/.* T \([^@]*\)@@LIBCHAN_1\.0$/\1/p' | sort >"$scratch/exported"
	declared >"$scratch/declared"
	cmp -s "$scratch/exported" "$scratch/declared" ||
		fail "exported symbols differ from the functions declared by chan.h:" \
			"$(diff "$scratch/exported" "$scratch/declared")"
	nm -g --defined-only "$OUTPUT/libchan.a" |
		sed -n 's/.* [A-Z] //p' | sort | cmp -s - "$scratch/declared" ||
		fail "libchan.a has global symbols that chan.h does not declare"
}

# abidiff needs debug information, which the caller's CFLAGS may lack.
check_abi()
{
	command -v abidiff >/dev/null || {
		skip "the ABI" abigail-tools
		return
	}
	make -s --no-print-directory OUTPUT="$scratch/abi" CFLAGS='-O2 -g' all || fail "make fails"
	abidiff abi/libchan.so.1.abi "$scratch/abi/libchan.so.1" ||
		fail "the ABI has changed: record additions with make -C lib abi"
}

# compiles COMPILER-AND-FLAGS...: does check/typed.c compile?
compiles()
{
	"$@" -c -o "$scratch/typed.o" check/typed.c 2>"$scratch/errors"
}

check_types()
{
	compiles $CC $CFLAGS || fail "check/typed.c is not valid C: $(cat "$scratch/errors")"
	compiles $CXX -x c++ $CXXFLAGS || fail "check/typed.c is not valid C++: $(cat "$scratch/errors")"

	grep -o 'WRONG_[A-Z][A-Z_]*' check/typed.c | sort -u >"$scratch/wrong"
	while read -r wrong; do
		case $wrong in
		WRONG_CXX_*) ;;
		*) ! compiles $CC $CFLAGS -D$wrong || fail "C compiles $wrong" ;;
		esac
		! compiles $CXX -x c++ $CXXFLAGS -D$wrong || fail "C++ compiles $wrong"
	done <"$scratch/wrong"
}

check_install()
{
	prefix=$scratch/usr
	make -s --no-print-directory OUTPUT="$scratch/build" PREFIX="$prefix" install ||
		fail "make install fails"
	(
		PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig
		export PKG_CONFIG_LIBDIR
		flags=$(pkg-config --cflags --libs libchan) || exit 1
		LD_LIBRARY_PATH=$prefix/lib
		export LD_LIBRARY_PATH
		$CC -o "$scratch/linked" check/linked.c $flags && "$scratch/linked" &&
			$CXX -x c++ -o "$scratch/linked" check/linked.c $flags && "$scratch/linked" &&
			$CC -o "$scratch/linked" "$prefix/share/doc/chan/examples/done.c" $flags
	) || fail "programs do not work with the installed library"
}

check_man()
{
	for function in $(declared); do
		[ -e "man/$function.3" ] || fail "$function has no man page"
	done
	for page in man/*; do
		[ -e "$page" ] || fail "$page is a dangling link"
	done
	command -v mandoc >/dev/null || {
		skip "man pages" mandoc
		return
	}
	find man -type f -exec mandoc -Tlint -Wwarning {} + || fail "man pages have warnings"
}

check_examples()
{
	for page in man/*; do
		[ -L "$page" ] || awk -v stem="$scratch/$(basename "$page")" '
			$1 == ".EE" { inside = 0 }
			inside { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); print > file }
			$1 == ".EX" && section == "EXAMPLES" { inside = 1; file = stem "-" ++n ".c" }
			$1 == ".SH" { section = $2 }
		' "$page"
	done
	awk -v stem="$scratch/README.md" '
		/^```/ { inside = 0 }
		inside { print > file }
		/^```c$/ { inside = 1; file = stem "-" ++n ".c" }
	' ../README.md || fail "no README.md"
	for example in "$scratch"/*.c; do
		$CC $EXAMPLE_CFLAGS -o "$scratch/example" "$example" \
			"$OUTPUT/libchan.a" -lpthread || fail "$(basename "$example") does not compile"
	done
}

check_index()
{
	printf '%s\n' examples/*.c | sed 's|.*/||' | sort >"$scratch/examples"
	sed -n 's/^\*\*\[\(.*\)\](\1)\*\* .*/\1/p' examples/README.md | sort >"$scratch/listed"
	cmp -s "$scratch/examples" "$scratch/listed" ||
		fail "examples/README.md does not list each example once:" \
			"$(diff "$scratch/examples" "$scratch/listed")"
}

# The examples of EVENT LOOPS in chan(7), each in the language of its subsection.
check_loops()
{
	awk -v stem="$scratch/loop." '
		$1 == ".EE" { inside = 0 }
		inside { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); print > file }
		$1 == ".EX" && section == "EVENT" { inside = 1; file = stem language }
		$1 == ".SS" { language = $2 == "Python" ? "py" : $2 == "Go" ? "go" : "c" }
		$1 == ".SH" { section = $2 }
	' man/chan.7
	if command -v python3 >/dev/null; then
		python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$scratch/loop.py" ||
			fail "the Python example does not parse"
	else
		skip "the Python example" python3
	fi
	if command -v go >/dev/null; then
		GO111MODULE=off CGO_ENABLED=0 GOFLAGS='' GOCACHE=$scratch/go \
			go build -o "$scratch/loop" "$scratch/loop.go" ||
			fail "the Go example does not compile"
	else
		skip "the Go example" go
	fi
	if pkg-config --exists libevent_core; then
		# shellcheck disable=SC2046 # several options
		$CC $EXAMPLE_CFLAGS -o "$scratch/loop" "$scratch/loop.c" "$OUTPUT/libchan.a" \
			$(pkg-config --cflags --libs libevent_core) ||
			fail "the libevent example does not compile"
	else
		skip "the libevent example" libevent
	fi
}

check_symbols
check_abi
check_types
check_install
check_man
check_examples
check_loops
check_index
[ $failed = 0 ] && echo "check.sh: all well"
exit $failed
