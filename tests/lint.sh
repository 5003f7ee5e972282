#!/bin/sh
# SPDX-License-Identifier: ISC
#
# lint.sh - the rules of the house that no compiler knows.
#
# Names every fault as FILE:LINE: WHAT and fails if there is one.  It reads the
# source only; clang-format, clang-tidy and the others have steps of their own
# in tests/ci.sh.  Comments and strings may say what code may not.

set -u
LC_ALL=C
export LC_ALL
cd "$(dirname -- "$0")/.." || exit 1

c_files=$(find checks report audit tests -name '*.[ch]' | sort)
scripts=$(find tests -name '*.sh' | sort)
# Lists of names without blanks.
# shellcheck disable=SC2086
set -- $c_files

# Per line: words that are refused, includes that point upward, prototypes
# without a comment, blanks at the end.  Per file: licence, length, own header.
awk '
function fault(what) { print FILENAME ":" FNR ": " what; bad = 1 }

# The line without comments and without what strings hold; in_comment is kept
# from line to line.
function code_of(line,    out, at) {
	out = ""
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (at == 0)
				return out
			line = substr(line, at + 2)
			in_comment = 0
		} else if (!match(line, /\/\*|\/\/|"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047/)) {
			return out line
		} else {
			out = out substr(line, 1, RSTART - 1)
			at = substr(line, RSTART, 2)
			if (at == "//")
				return out
			in_comment = at == "/*"
			if (!in_comment)
				out = out (substr(at, 1, 1) == "\"" ? "\"\"" : "0")
			line = substr(line, RSTART + (in_comment ? 2 : RLENGTH))
		}
	}
	return out
}

function end_of_file() {
	if (prev != "" && prev_lines > 600 && !is_table)
		print prev ": " prev_lines " lines; 600 at most, or /* table */ in its head"
	if (prev != "" && prev_lines > 600 && !is_table)
		bad = 1
}

function include(line,    name, own) {
	name = line
	sub(/^#[ \t]*include[ \t]*/, "", name)
	sub(/[ \t].*/, "", name)
	own = FILENAME
	sub(/\.c$/, ".h", own)
	if (n_includes++ == 0 && FILENAME ~ /\.c$/ && (own in exists) && name != "\"" own "\"")
		fault("the first include is \"" own "\"")
	if (name == "<ctype.h>")
		fault("<ctype.h> reads the locale: ascii_lower() and its like in checks/core/str.h")
	if (name ~ /^"/ && name !~ /\// && name != "\"config.h\"")
		fault("an include names its folder")
	if (FILENAME ~ /^(checks|report)\// && name ~ /^</ && name !~ pure)
		fault(name " is not for " folder "/")
	if (FILENAME ~ /^checks\// && name ~ /^"/ && name !~ /^"checks\//)
		fault("checks/ includes checks/ and libc only")
	if (FILENAME ~ /^report\// && name ~ /^"/ && name !~ /^"(checks|report)\//)
		fault("report/ includes checks/, report/ and libc only")
}

# A comment covers the declarations that follow it without an empty line.
function prototype(line, code) {
	if (in_comment || line ~ /\*\/[ \t]*$/) {
		covered = 1
		return
	}
	if (line == "") {
		covered = 0
		return
	}
	if (code ~ /^[A-Za-z_].*[A-Za-z0-9_]\(/ && code !~ /^(typedef|static|struct [a-z_0-9]+ \{|_Static_assert)/ && !covered && line !~ /\/\*/)
		open_at = FNR
	if (open_at && code ~ /[;{]/) { # with a body it is no prototype
		if (code !~ /\{/) {
			print FILENAME ":" open_at ": a prototype without a comment above it"
			bad = 1
		}
		open_at = 0
	}
}

BEGIN {
	refused = "(strn?casecmp|strto(l|ul|ll|ull|d|f|ld|imax|umax)|ato(i|l|ll|f)|v?[fs]?scanf|strtok(_r)?|" \
	    "st[rp]n?cpy|strn?cat|v?sprintf|localtime(_r)?|alloca|gets|mktime)"
	streams = "(FILE|stdin|stdout|stderr|v?f?printf|fopen|fputs|puts|putchar|perror)"
	pure = "^<(assert|inttypes|limits|setjmp|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|time)[.]h>$"
	for (i = 1; i < ARGC; i++)
		exists[ARGV[i]] = 1
}

FNR == 1 {
	end_of_file()
	prev = FILENAME
	folder = FILENAME
	sub(/\/.*/, "", folder)
	open_at = is_table = n_includes = in_comment = covered = 0
	if ($0 != "/* SPDX-License-Identifier: ISC */")
		fault("the first line is /* SPDX-License-Identifier: ISC */")
}
{
	prev_lines = FNR
	if (FNR <= 5 && $0 ~ /\/\* table \*\//)
		is_table = 1
	if ($0 ~ /[ \t]$/)
		fault("blanks at the end of the line")
	was_comment = in_comment
	code = code_of($0)
	if (!was_comment && $0 ~ /^#[ \t]*include/)
		include($0)
	if (match(code, "(^|[^A-Za-z0-9_.>])" refused "[ \t]*\\("))
		fault(substr(code, RSTART, RLENGTH) ") is refused here")
	if (FILENAME ~ /^(checks|report)\// && match(code, "(^|[^A-Za-z0-9_])" streams "($|[^A-Za-z0-9_])"))
		fault(substr(code, RSTART, RLENGTH) ": no streams in " folder "/")
	if (code ~ /(^|[^A-Za-z0-9_])(sig)?longjmp[ \t]*\(/ && FILENAME !~ /^checks\/core\/(arena|inquiry)\.c$/)
		fault("only the arena and the inquiry jump, over their maximum")
	if (code ~ /(^|[^A-Za-z0-9_])(sig)?setjmp[ \t]*\(/ && FILENAME !~ /^(tests\/|audit\/(engine|checkup)\.c$)/)
		fault("only the engine is jumped to")
	if (FILENAME ~ /\.h$/)
		prototype($0, code)
}
END { end_of_file(); exit bad }
' "$@"
bad=$?

# shellcheck disable=SC2086
set -- $scripts configure Makefile.in .ci/run .ci/install-packages
for f in "$@" $(find . -maxdepth 1 -name '*.md') $(find checks audit -name '*.def' -o -name '*.[15]'); do
	[ -f "$f" ] || continue
	grep -n '[[:blank:]]$' "$f" | sed "s|^\([0-9]*\):.*|$f:\1: blanks at the end of the line|" | grep . && bad=1
done
for f in $scripts configure .ci/install-packages .ci/run; do
	sed -n 2p "$f" | grep -q '^# SPDX-License-Identifier: ISC$' && continue
	echo "$f: the second line is # SPDX-License-Identifier: ISC"
	bad=1
done
# A file that no list names is not built, and its tests are never run.
list() { sed -n "/^$1 = /,/^\$/s/^	\([^ ]*\) .*/\1/p" Makefile.in; }
listed() { # listed LIST NAMES: LIST has just these, sorted
	[ "$(list "$1")" = "$2" ] && return
	echo "Makefile.in: $1 is not the sorted list of what there is (< is there, > is listed):"
	printf '%s\n' "$2" >"$names" && list "$1" | diff "$names" -
	bad=1
}
names=$(mktemp) || exit 1
trap 'rm -f "$names"' EXIT
listed CHECKS_SRC "$(find checks -name '*.c' | sort)"
listed REPORT_SRC "$(find report -name '*.c' | sort)"
listed AUDIT_SRC "$(find audit -name '*.c' ! -path audit/main.c | sort)"
listed UNIT_TESTS "$(find tests -name 'test_*.c' | sed 's|^tests/test_\(.*\)\.c$|\1|' | sort)"
listed FUZZERS "$(find tests/fuzz -name 'fuzz_*.c' | sed 's|.*/fuzz_\(.*\)\.c$|\1|' | sort)"
[ ! -d tests/bench ] ||
	listed BENCHES "$(find tests/bench -name 'bench_*.c' | sed 's|.*/bench_\(.*\)\.c$|\1|' | sort)"
listed MAN "$(find audit -name '*.[15]' | sort)"
limit() { # limit FILE LINES MAX
	[ "$2" -lt "$3" ] && return
	echo "$1: $2 lines; under $3"
	bad=1
}
limit configure "$(wc -l <configure)" 200
limit Makefile.in "$(grep -vc '^	[a-z0-9_/.]* \\$' Makefile.in)" 120
for f in $scripts; do limit "$f" "$(wc -l <"$f")" 600; done

for f in $c_files; do # headers compile alone
	case $f in *.h) ;; *) continue ;; esac
	printf '#include "%s"\nextern int lint_unused;\n' "$f" |
		${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -I. -fsyntax-only -x c - || bad=1
done
exit $bad
