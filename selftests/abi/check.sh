#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks of the binary interface that need no kernel: it is the committed one for each ABI,
# structures have no holes, and the frozen files of older versions are unmodified.

set -uo pipefail
cd "$(dirname "$(realpath "$0")")" || exit 1
failed=0

fail()
{
	printf 'check.sh: %s\n' "$*" >&2
	failed=1
}

for abi in -m64 -m32 -mx32; do
	./layout.sh "$abi" | diff -u --label layout --label "now, with $abi" layout - ||
		fail "the interface is not the committed one: see README.md"
done
! grep -n -e hole -e padding layout || fail "a structure has a hole"

for version in "$@"; do
	(cd "$version" && sha256sum --quiet --strict -c SHA256SUMS) ||
		fail "$version/ is frozen: see README.md"
	diff <(cd "$version" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort) \
		<(sed 's/^[0-9a-f]*  //' "$version/SHA256SUMS" | sort) ||
		fail "not every file of $version/ is in its SHA256SUMS"
done
((!failed)) && echo 'check.sh: the interface is as it was'
exit $failed
