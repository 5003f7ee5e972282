#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_same.sh - a zone says the same from its file as from a name server: every zone of
# vectors/ and of $MAILVET_SHARED (../shared) that nsd-checkzone accepts is audited with
# --zone FILE --offline and recorded, replayed, then served by nsd and audited with
# --resolver.
#
# nsd refuses what a single zone file does not provide; both are failed answers.  So a
# zone shares a server with those only that answer nothing that it lacks.  A file lists
# its DKIM selectors and a server does not: where that matters, both are told them.
# Faults of the file itself (zone-...), and of names below the domain that only a
# listing shows, are told of files alone.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd nsd-checkzone

shared=${MAILVET_SHARED:-$SRCDIR/../shared}
jobs=$it_work/jobs
mkdir "$jobs" || exit 1
n=0 refused=0 bad=0

same() { "$PYTHON" "$SRCDIR/tests/same_findings.py" "$@"; }

# job FILE APEX OPTION...: audit FILE offline and note it, if nsd takes it as zone APEX
job() {
	file=$1 apex=$2
	shift 2
	nsd-checkzone "$apex" "$file" >/dev/null 2>&1 || return 1
	id=$((n += 1))
	echo "$file" >"$jobs/$id.file"
	printf '%s\n' "$@" >"$jobs/$id.args"
	offline "$id" --record "$jobs/$id.rec" || { echo "$file: offline: exit status $status"; bad=1; }
	audit "$id" replayed --replay "$jobs/$id.rec" --offline ||
		{ echo "$file: replayed: exit status $status"; bad=1; }
	echo "$id $apex $jobs/$id.rec $file" >>"$it_work/plan"
}

# audit ID REPORT OPTION...: as the job ID says; false when it gives no verdict
audit() {
	args=$jobs/$1.args report=$jobs/$1.$2
	shift 2
	# shellcheck disable=SC2046
	"$MAILVET" check "$@" --now $NOW --report "json=$report" $(cat "$args") >/dev/null 2>&1
	status=$?
	case $status in 0 | 1 | 3) ;; *) return 1 ;; esac
}

# offline ID OPTION...
offline() {
	id=$1
	shift
	audit "$id" offline --zone "$(cat "$jobs/$id.file")" --offline "$@"
}

# live ID OPTION...
live() {
	id=$1
	shift
	audit "$id" live --resolver "127.0.0.1@$NSD_PORT" "$@"
}

# differ KIND ID...: those whose report of that kind is not what was found offline
differ() {
	kind=$1
	shift
	for id; do echo "$id $jobs/$id.offline $jobs/$id.$kind"; done | same many
}

# tell KIND ID: what is not the same
tell() {
	bad=1
	echo "$(cat "$jobs/$2.file"): < offline, > $1"
	same compare "$jobs/$2.offline" "$jobs/$2.$1"
}

# judge ID: tell what differs, unless it agrees when both are told the selectors
judge() {
	told=$(same selectors "$jobs/$1.offline")
	# These are words.
	# shellcheck disable=SC2086
	if [ -n "$told" ] && offline "$1" $told && live "$1" $told &&
		same compare "$jobs/$1.offline" "$jobs/$1.live" >/dev/null; then
		return
	fi
	tell live "$1"
}

for file in "$SRCDIR"/vectors/check/*.zone "$SRCDIR"/vectors/demo/zones/*.zone; do
	case $file in */message-*) continue ;; esac # what they are about is no zone
	[ -f "$file" ] || continue
	file=$(cd "$(dirname "$file")" && pwd)/$(basename "$file")
	name=$(basename "$file" .zone)
	# The words of a vector's own command (see tests/vector.h); the domain is the last one.
	# shellcheck disable=SC2046
	set -- $(sed -n "/^;; check /{s//x /;s/ --zone this-file / /;s| \./| ${file%/*}/|g;s/^x //p;q;}" "$file")
	[ $# -gt 0 ] || set -- "$name"
	case " $* " in
	*" --only zone "*) continue ;; # without a zone file nothing is left to check
	esac
	for domain; do :; done
	apex=$domain # or a name above it
	while ! job "$file" "$apex" "$@"; do
		case $apex in
		*.*) apex=${apex#*.} ;;
		*) refused=$((refused + 1)) && break ;;
		esac
	done
done
ours=$n
if [ -d "$shared/zones" ]; then
	for file in "$(cd "$shared" && pwd)"/zones/*/*.zone; do
		name=$(basename "$file" .zone)
		job "$file" "$name" "$name" || refused=$((refused + 1))
	done
fi
[ $n -gt 0 ] || die "no zone at all"

# Numbers are words.
# shellcheck disable=SC2046
differ replayed $(cut -d ' ' -f 1 "$it_work/plan") >"$it_work/differing" || bad=1
while read -r id; do tell replayed "$id"; done <"$it_work/differing"
same groups "$it_work/plan" >"$it_work/groups" || exit 1

# serve GROUP: its zones, by nsd; sets ids
serve() {
	ids=$(sed -n "s/^$1 //p" "$it_work/groups")
	[ -n "$ids" ] || return 1
	for id in $ids; do
		sed -n "s/^$id \([^ ]*\) [^ ]* /\1 /p" "$it_work/plan"
	done >"$it_work/list"
	start_nsd "$it_work/list"
}

group=0
while serve $group; do
	for id in $ids; do
		live "$id" || { echo "$(cat "$jobs/$id.file"): live: exit status $status"; bad=1; }
	done
	stop "$NSD_PID"
	group=$((group + 1))
done
# shellcheck disable=SC2046
differ live $(cut -d ' ' -f 1 "$it_work/plan") >"$it_work/differing" || bad=1
while read -r one; do
	serve "$(sed -n "s/ $one\$//p" "$it_work/groups")"
	judge "$one"
	stop "$NSD_PID"
done <"$it_work/differing"
echo "$n zones in $group groups; nsd-checkzone refused $refused"
[ $bad -eq 0 ] || exit 1
[ -d "$shared/zones" ] || echo "ok 1 - $ours zones of vectors
ok 2 # SKIP no $shared/zones"
