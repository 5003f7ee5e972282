#!/bin/sh
# SPDX-License-Identifier: ISC
#
# ci.sh [STEP...] - what make check does not ask: other compilers, sanitizers,
# valgrind, analysers, the house style, the tarball, a little fuzzing.
#
# Without STEP all of them; "lint" stands for those that only read the source.
# Run in the build directory with srcdir in the environment.  A step's output is in
# build-ci/STEP.log and is shown when the step failed; every step runs, also
# after one failed.  A step that ends with a total of tests adds it, any other
# counts one.  The last line is the total.
#
# Builds are made from a copy of the files that git knows or would add, for a
# source that is configured itself refuses to be built elsewhere.

set -u
LC_ALL=C
export LC_ALL
unset MAKEFLAGS # what this make was told is not meant for other builds
top=$(pwd)
work=$top/build-ci
source=$(cd "${srcdir:-.}" && pwd) || exit 1
copy=$work/src
MAILVET_SHARED=${MAILVET_SHARED:-$source/../shared} # beside the checkout, not beside the copy
export MAILVET_SHARED
passed=0 failed=0 skipped=0
JOBS=${JOBS:-2}

files() { # files PATTERN...: names of the project's files, one a line
	git -C "$source" ls-files -co --exclude-standard -- "$@" | while read -r f; do
		[ ! -f "$source/$f" ] || echo "$f"
	done
}

prepare() {
	rm -rf "$copy"
	mkdir -p "$copy" || exit 1
	files . | tar -C "$source" -cf - -T - | tar -C "$copy" -xf - || exit 1
}

build() { # build DIRECTORY TARGET OPTION...: configure the copy there and make TARGET
	dir=$work/$1 target=$2
	shift 2
	mkdir -p "$dir" && cd "$dir" && "$copy/configure" "$@" && make -s -j"$JOBS" "$target"
}

step_style() { sh "$source/tests/lint.sh"; }
step_format() { cd "$source" && files '*.[ch]' | xargs clang-format -n --Werror; }
step_shell() {
	cd "$source" || return 1
	files '*.sh' configure .ci | xargs shellcheck &&
		files '*.sh' configure .ci/install-packages | xargs -n 1 dash -n
}
step_man() {
	[ -n "$(files 'audit/*.[15]')" ] || { echo "there is no manual page yet"; return 77; }
	cd "$source" && files 'audit/*.[15]' | xargs mandoc -T lint -W warning
}
step_clang() { build clang all CC=clang --enable-werror && make -s -j"$JOBS" check-unit; }
step_sanitizers() {
	TEST_TIMEOUT=400 build sanitizers check --enable-sanitizers --enable-werror CFLAGS='-O1 -g'
}
# The unit tests of DIRECTORY whose number is odd (1) or even (0), for there are two cores.
half() { # half DIRECTORY ODD LIST
	tests=$(echo "$3" | tr ' ' '\n' | awk -v odd="$2" 'NR % 2 == odd')
	(cd "$work/$1" && make -s check-unit TESTS="$(echo "$tests" | tr '\n' ' ')") \
		>"$work/$1.half$2.log" 2>&1
}
step_valgrind() {
	# What is published is run by the sanitizers; here it would take a quarter of an hour.
	MAILVET_SHARED=$work/none TEST_TIMEOUT=900
	TEST_WRAPPER="valgrind -q --error-exitcode=99 --leak-check=full --suppressions=$copy/tests/valgrind.supp"
	export MAILVET_SHARED TEST_TIMEOUT TEST_WRAPPER
	build valgrind all CFLAGS='-O1 -g' && make -s -j"$JOBS" check-unit RUN=: || return 1
	list=$(make -s check-unit RUN=echo)
	half valgrind 1 "$list" &
	half valgrind 0 "$list"
	wait
	cat "$work"/valgrind.half[01].log
	awk '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { n++; p += $1; f += $3; s += $5 }
		END { print p + 0 " passed, " f + 0 " failed, " s + 0 " skipped"; exit n != 2 || f > 0 }' \
		"$work"/valgrind.half[01].log
}
step_tidy() {
	build tidy config.h && cd "$copy" || return 1
	libraries=$(pkg-config --cflags gmime-3.0 libxml-2.0 opendkim | sed 's/-I/-isystem /g')
	# Words, each a flag.
	# shellcheck disable=SC2086
	# One file a process: with more, clang-tidy 14 takes the second va_list for uninitialized.
	find checks report audit -name '*.c' | sort | xargs -P "$JOBS" -I '{}' \
		clang-tidy --quiet '{}' -- -std=c11 -D_POSIX_C_SOURCE=200809L -I. -I"$work/tidy" $libraries
}
step_cppcheck() {
	cd "$source" || return 1
	# unknownMacro and the like are told by the compilers; style is lint.sh's.
	cppcheck -q -j "$JOBS" --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --error-exitcode=1 -D__GNUC__ -I. checks report audit
}
step_distcheck() { make -s -C "$top" distcheck; }
step_fuzz() {
	build fuzz config.h && make -s -j"$JOBS" fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-5}"
}
step_lab() { make -s -C "$top" check-lab; }

run_step() {
	log=$work/$1.log
	start=$(date +%s)
	(step_"$1") >"$log" 2>&1 </dev/null
	status=$?
	took=$(($(date +%s) - start))
	total=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$log" | tail -n 1)
	case $status:$total in
	0:) set -- "$1" 1 0 0 ;;
	77:) set -- "$1" 0 0 1 ;;
	*:) set -- "$1" 0 1 0 ;;
	*) # shellcheck disable=SC2086
		set -- "$1" $total
		[ $status -eq 0 ] || [ "$3" -gt 0 ] || set -- "$1" "$2" 1 "$4" ;;
	esac
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
	if [ $status -eq 77 ]; then
		echo "skipped  $1: $(tail -n 1 "$log")"
	elif [ "$3" -gt 0 ]; then
		echo "FAILED   $1 ($took s): $work/$1.log ends with"
		tail -n 80 "$log" | sed 's/^/         /'
	else
		echo "ok       $1 ($took s)${total:+: $2 passed, $4 skipped}"
		grep '^ *skipped' "$log" | sed 's/^/         /'
	fi
}

git -C "$source" rev-parse --git-dir >/dev/null || exit 1
mkdir -p "$work" || exit 1
[ $# -gt 0 ] || set -- lint clang sanitizers valgrind tidy cppcheck distcheck fuzz lab
case " $* " in " lint ") ;; *) prepare ;; esac
for name; do
	case $name in
	lint) for part in style format shell man; do run_step $part; done ;;
	*) run_step "$name" ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
