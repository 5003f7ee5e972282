#!/bin/sh
# SPDX-License-Identifier: ISC
#
# run.sh TEST... - run tests one after the other, show what failed, count.
#
# TEST is a program below the build directory or a script below the source.  One
# that prints TAP ("ok 1 - name", "not ok 2 - name", "ok 3 # SKIP why") counts by
# its lines; any other counts once, by its exit status: 0 passed, 77 skipped
# (the last line it printed says why), anything else failed.
#
# Tests find: MAILVET (the program), SRCDIR, BUILDDIR, MAILVET_SHARED, and in TMPDIR a directory of
# their own, removed afterwards.  They are started in the build directory.
# From the environment: srcdir; TEST_TIMEOUT, seconds; TEST_WRAPPER, a command put
# before programs (valgrind).  The last line is the total.

set -u
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
SRCDIR=$(cd "${srcdir:-.}" && pwd) || exit 1
BUILDDIR=$(pwd)
MAILVET=$BUILDDIR/mailvet
CMOCKA_MESSAGE_OUTPUT=TAP
MAILVET_SHARED=${MAILVET_SHARED:-$SRCDIR/../shared} # data that are no part of the source
export LC_ALL PATH SRCDIR BUILDDIR MAILVET MAILVET_SHARED CMOCKA_MESSAGE_OUTPUT

work=$(mktemp -d "${TMPDIR:-/tmp}/mailvet-tests.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
passed=0 failed=0 skipped=0

# start TEST: run it, its output to $work/out
start() {
	mkdir "$work/tmp"
	# A wrapper is a command and its arguments.
	# shellcheck disable=SC2086
	case $1 in
	*.sh) set -- sh "$SRCDIR/$1" ;;
	*/replay_*) set -- "./$1" "$SRCDIR/vectors/${1##*/replay_}" ;;
	*) set -- ${TEST_WRAPPER-} "./$1" ;;
	esac
	TMPDIR=$work/tmp timeout -k 10 "${TEST_TIMEOUT:-200}" "$@" >"$work/out" 2>&1 </dev/null
}

# tally STATUS: print "OK FAILED SKIPPED" for what is in $work/out
tally() {
	awk -v status="$1" '
	/^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0 }
	/^(not )?ok .*# SKIP/ { skip++; next }
	/^ok / { ok++ }
	/^not ok / { bad++ }
	END {
		n = ok + bad + skip
		if (n == 0 && plan == 0) {
			if (status == 0) ok = 1; else if (status == 77) skip = 1; else bad = 1
		} else {
			# It ended early, or says in the end what no line said (a leak).
			if (n < plan) bad += plan - n
			else if (status != 0 && bad == 0 && !(status == 77 && skip > 0)) bad = 1
		}
		print ok + 0, bad + 0, skip + 0
	}' "$work/out"
}

for t; do
	start "$t"
	status=$?
	# shellcheck disable=SC2046
	set -- $(tally $status)
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
	if [ "$2" -gt 0 ]; then
		echo "FAILED   $t: $2 of $(($1 + $2 + $3)) (exit status $status)"
		[ $status -ne 124 ] || echo "         stopped after ${TEST_TIMEOUT:-200} s"
		sed 's/^/         /' "$work/out"
	elif [ "$3" -gt 0 ] && [ "$1" -eq 0 ]; then
		echo "skipped  $t: $(tail -n 1 "$work/out")"
	else
		echo "ok       $t: $1"
		sed -n 's/^\(not \)\{0,1\}ok .*# SKIP/         skipped:/p' "$work/out"
	fi
	rm -rf "$work/tmp"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
