#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_told_once.sh - a check whose fault another tells in its place does not fail for
# it, but has not passed either.

set -u
bad=0

# passed VECTOR DOMAIN CHECK...: of zone, mx, dmarc, dkim these are told to have passed
passed() {
	"$MAILVET" check --zone "$SRCDIR/vectors/check/$1.zone" --offline --report json --selector s1 \
		--only zone,mx,dmarc,dkim "$2" >"$TMPDIR/out" 2>"$TMPDIR/err"
	name=$1
	shift 2
	for check in zone-ok mx-pass dmarc-pass dkim-pass; do
		grep -qF "\"id\": \"$check\"" "$TMPDIR/out" && is=yes || is=no
		want=no
		for pass; do
			test "$check" = "$pass" && want=yes
		done
		test "$is" = $want && continue
		printf '%s: %s told: %s, want %s\n' "$name" "$check" "$is" $want
		bad=1
	done
}

passed zone-told-once example.com zone-ok
passed zone-told-once-wildcard example.com zone-ok mx-pass
passed domain-nonexistent gone.example.com
passed domain-nonexistent-not ent.example.com zone-ok mx-pass dmarc-pass
exit $bad
