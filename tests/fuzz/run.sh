#!/bin/sh
# SPDX-License-Identifier: ISC
#
# run.sh NAME... - run each fuzzer for FUZZ_SECONDS, in the build directory.
#
# Seeds come from vectors/NAME, words from tests/fuzz/NAME.dict; what libFuzzer
# finds new stays in fuzz-build/corpus/NAME, and an input that brings a fault in
# fuzz-build/NAME-*: it goes to vectors/NAME before the fault is mended.
# Every fuzzer runs, also after one failed.  The last line is the total.

set -u
srcdir=${srcdir:-.}
passed=0 failed=0
for name; do
	corpus=fuzz-build/corpus/$name
	mkdir -p "$corpus"
	set -- -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="fuzz-build/$name-" -print_final_stats=1
	[ ! -f "$srcdir/tests/fuzz/$name.dict" ] || set -- "$@" -dict="$srcdir/tests/fuzz/$name.dict"
	[ ! -d "$srcdir/vectors/$name" ] || corpus="$corpus $srcdir/vectors/$name"
	# Both directories are ours and have no blanks.
	# shellcheck disable=SC2086
	if fuzz-build/fuzz_"$name" "$@" $corpus >"fuzz-build/$name.log" 2>&1; then
		passed=$((passed + 1))
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "fuzz-build/$name.log")
		echo "ok       fuzz_$name: $runs runs"
	else
		failed=$((failed + 1))
		echo "FAILED   fuzz_$name"
		tail -n 60 "fuzz-build/$name.log" | sed 's/^/         /'
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
