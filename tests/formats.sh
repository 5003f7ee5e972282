#!/bin/sh
# SPDX-License-Identifier: ISC
#
# formats.sh - the reports for CI, put through what reads them (tests/formats.py): the
# golden ones of vectors/formats/, and those of real runs over hostile and sound zones;
# several at once, the same bytes each time, nagios with its own status.

# shellcheck disable=SC2317 # functions are called through want()

set -u
: "${TMPDIR:=/tmp}" "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
case $MAILVET in /*) ;; *) MAILVET=$(pwd)/$MAILVET ;; esac
python=/usr/bin/python3
if ! "$python" -W ignore -c 'import jsonschema' 2>/dev/null; then
	echo 'needs python3-jsonschema'
	exit 77
fi
for tool in xmllint perl; do
	command -v $tool >/dev/null || { echo "needs $tool"; exit 77; }
done
NOW=2026-11-21T12:00:00Z
formats='github sarif junit markdown gitlab rdjson checkstyle azure tap gcc prometheus nagios'
SRCDIR=$(cd "$SRCDIR" && pwd) || exit 1
w=$(mktemp -d "$TMPDIR/formats.XXXXXX") || exit 1
trap 'rm -rf "$w"' EXIT
n=0 bad=0

# want NAME COMMAND...: one test, its output told when it fails
want() {
	n=$((n + 1))
	what=$1
	shift
	if "$@" >"$w/out" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$w/out" | head -n 40
		bad=1
	fi
}

read_all() { "$python" "$SRCDIR/tests/formats.py" "$@"; }

# all NAME ARGUMENT...: every report of one run, each in $w/NAME.FORMAT
all() {
	all_name=$1
	shift
	set -- "$@" --offline --now "$NOW" --notes
	for f in $formats; do
		set -- "$@" --report "$f=$w/$all_name.$f"
	done
	"$MAILVET" check "$@" >"$w/stdout" 2>"$w/stderr"
	status=$?
	[ ! -s "$w/stdout" ] || { echo 'something on standard output'; return 1; }
	[ "$status" -eq 1 ] || { echo "status $status"; cat "$w/stderr"; return 1; }
}

hostile() {
	all hostile --zone "$SRCDIR/vectors/formats/zones" --selector s1 hostile.example \
		'a\124b\096.hostile.example' && read_all "$w"/hostile.*
}
# What GitHub, Azure Pipelines and TeamCity would obey where a log of theirs shows it.
no_command() {
	if grep -E '##[[:alpha:][]|^[[:blank:]]*::[[:alpha:]][^:]*::' "$1"; then return 1; fi
}
in_a_log() {
	for width in 40 60 80 120; do
		COLUMNS=$width "$MAILVET" check --offline --verbose --selector s1 \
			--zone "$SRCDIR/vectors/formats/zones/hostile.example.zone" hostile.example \
			'a\124b\096.hostile.example' >"$w/log" 2>&1
		no_command "$w/log" || return
	done
	grep -qF '\035#vso[task.complete]' "$w/log" || return
	"$MAILVET" check --zone '/##vso[task.complete]' example.com 2>"$w/log"
	no_command "$w/log" && [ -s "$w/log" ]
}
odd_path() { # a file whose name is a command
	odd=$(printf '%s/z/::error::x,y:%%0A##vso[task.complete]|`]]>\033.zone' "$w")
	mkdir -p "$w/z" && cp "$SRCDIR/vectors/formats/zones/hostile.example.zone" "$odd" &&
		(cd "$w" && all odd --zone "z/${odd##*/}" hostile.example) && read_all "$w"/odd.*
}
sound() {
	all demo --zone "$SRCDIR/vectors/demo/zones" example.com example.org && read_all "$w"/demo.*
}
twice() {
	mkdir -p "$w/first" && mv "$w"/demo.* "$w/first" || return 1
	all demo --zone "$SRCDIR/vectors/demo/zones" example.com example.org || return 1
	for f in $formats; do
		cmp "$w/first/demo.$f" "$w/demo.$f" || return 1
	done
}
live() { # no file answers: the domain stands for one
	"$MAILVET" check --zone "$SRCDIR/vectors/demo/zones" --record "$w/rec" --offline --now "$NOW" \
		example.com >/dev/null
	all live --replay "$w/rec" example.com && read_all "$w"/live.* &&
		grep -q '"uri": "example.com"' "$w/live.sarif" &&
		grep -q '^::error title=[^:]*::example.com: 13 of 10' "$w/live.github"
}
fleet() {
	seq 1 300 | sed 's/.*/d&.example/' >"$w/names"
	for f in $formats; do
		"$MAILVET" check --zone "$SRCDIR/vectors/demo/zones" --offline --now "$NOW" --progress never \
			--report "$f" - <"$w/names" >"$w/fleet.$f" 2>"$w/stderr"
	done
	read_all "$w"/fleet.* && [ "$(grep -c '<testsuite ' "$w/fleet.junit")" -eq 300 ]
}

# A record that is gone is told in head, never in base, which nobody sees.
gate() {
	mkdir -p "$w/base" "$w/head"
	cat >"$w/base/example.com.zone" <<'END'
$ORIGIN example.com.
$TTL 3600
@ SOA ns admin 1 7200 3600 604800 3600
@ NS ns
@ MX 10 mx
@ TXT "v=spf1 mx nclude:_spf.example.net -all"
ns A 192.0.2.53
mx A 192.0.2.25
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@example.com"
END
	sed '/ MX /d; s/p=reject/p=none/' "$w/base/example.com.zone" >"$w/head/example.com.zone"
	set -- --base base --head head --offline --now "$NOW"
	for f in $formats; do
		set -- "$@" --report "$f=gate.$f"
	done
	(cd "$w" && "$MAILVET" gate "$@")
	[ $? -eq 1 ] && read_all "$w"/gate.* || return 1
	! grep -e base/example.com "$w/gate.sarif" "$w/gate.github" "$w/gate.gitlab" "$w/gate.rdjson" "$w/gate.junit" &&
		grep -q '"baselineState": "new"' "$w/gate.sarif" &&
		grep -q '"baselineState": "unchanged"' "$w/gate.sarif" &&
		grep -q '^::notice file=head/example.com.zone,line=5,.*title=kept%3A ' "$w/gate.github" &&
		grep -q '^- example.com DMARC: p reject' "$w/gate.markdown"
}

# nagios STATUS WORD ARGUMENT...
nagios() {
	want_status=$1 want_word=$2
	shift 2
	"$MAILVET" check "$@" --report nagios >"$w/line" 2>"$w/stderr"
	status=$?
	head -n 1 "$w/line"
	[ "$status" -eq "$want_status" ] && grep -q "^MAILVET $want_word - " "$w/line"
}
refused() {
	"$MAILVET" "$@" >"$w/stdout" 2>"$w/stderr"
	[ $? -eq 2 ] && [ ! -s "$w/stdout" ] && grep -q 'text, json or jsonl is wanted' "$w/stderr"
}
rdata_line() { # a place that is told is the place: the record's own line
	line=$(sed -n 's/^.*zone:\([0-9]*\):[0-9]*: error: .*\[spf-unknown-term\]$/\1/p' "$w/hostile.gcc" | head -n 1)
	sed -n "${line}p" "$SRCDIR/vectors/formats/zones/hostile.example.zone" | grep -q 'v=spf1 ::error'
}

demo="--zone $SRCDIR/vectors/demo/zones --offline --now $NOW"
# Options and names are words.
# shellcheck disable=SC2086
{
	want 'the golden reports are read by what reads such' read_all "$SRCDIR"/vectors/formats/*.*
	want 'hostile records' hostile
	want 'a line that is told is the line of the record' rdata_line
	want 'a hostile path' odd_path
	want 'text in the log of a CI system' in_a_log
	want 'twelve reports of one run' sound
	want 'the same run gives the same bytes' twice
	want 'answers that came from no file' live
	want 'a fleet through each' fleet
	want 'a change, by gate' gate
	want 'nagios: critical' nagios 2 CRITICAL $demo example.com
	want 'nagios: unknown' nagios 3 UNKNOWN $demo --only dmarc nothing.example
	want 'nagios: usage is unknown, too' nagios 3 UNKNOWN $demo --report nagios
	want 'nagios: a name that is none' nagios 3 'CRITICAL\|UNKNOWN\|OK\|WARNING' $demo a..b
	want 'evaluate has no such report' refused evaluate $demo --ip 192.0.2.25 --mail-from a@example.com --report sarif
	want 'senders neither' refused senders $demo --report junit /dev/null
	want 'report neither' refused report --report github /dev/null
}
echo "1..$n"
exit $bad
