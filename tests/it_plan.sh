#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_plan.sh - the plan of `mailvet explain`, from logs to records: what a spoofer
# writes reaches none, each form says the same, and the servers' own tools take it.

# shellcheck disable=SC2016,SC2317 # functions are called through want(); words stay as they are

set -u
: "${TMPDIR:=/tmp}" "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
NOW=2026-11-21T12:00:00Z
w=$(mktemp -d "$TMPDIR/plan.XXXXXX") || exit 1
trap 'rm -rf "$w"' EXIT
n=0 bad=0
world=$SRCDIR/vectors/plan/world
PATH=$PATH:/usr/sbin

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

# plan STATUS OPTION... FILE...: all forms into $w/plan.*
plan() {
	plan_status=$1
	shift
	rm -f "$w"/plan.*
	COLUMNS=80 "$MAILVET" explain --offline --zone "${zones:-$world/zones}" --now "$NOW" --ascii \
		--report "json=$w/plan.json" --report "plan-zone=$w/plan.zone" \
		--report "plan-nsupdate=$w/plan.nsupdate" --report "plan-octodns=$w/plan.yaml" \
		--report "markdown=$w/plan.md" --report text "$@" >"$w/plan.txt" 2>"$w/err"
	plan_got=$?
	[ "$plan_got" -eq "$plan_status" ] ||
		{ echo "status $plan_got, not $plan_status"; cat "$w/err"; false; }
}

# changes: the records that the JSON proposes, in the plan and beside the groups
changes() {
	"${PYTHON:-python3}" -c '
import json, sys
r = json.load(open(sys.argv[1]))
for f in r["plan"] + [g.get("remedy", {}) for g in r["groups"]]:
    for c in f.get("changes", []):
        print(c["action"], c["name"], c["type"], c.get("old", "-"), c.get("new", "-"))' "$w/plan.json"
}

# proposed: all that any form would have somebody publish
proposed() {
	changes && cat "$w/plan.zone" "$w/plan.nsupdate" "$w/plan.yaml"
}

ours_is_proposed() {
	plan 1 "$world/mail.log" || return
	proposed >"$w/all" || return
	for form in zone nsupdate yaml json txt md; do
		grep -q 'v=spf1 ip4:192.0.2.1 ip4:192.0.2.7 -all' "$w/plan.$form" ||
			{ echo "not in plan.$form"; cat "$w/plan.$form"; return 1; }
	done
	grep -q 'before: SPF fail, 0 lookups, DMARC fail; after: SPF pass' "$w/plan.json"
}
want 'the address of the server that wrote the log' ours_is_proposed

# All that others can write: a reply of their own server, a bounce, an event, a report.
spoofed() {
	plan 1 "$world/mail.log" "$world/bounce.eml" "$world/hook.jsonl" "$world/report.xml" || return
	proposed >"$w/all" || return
	if grep -n '203\.0\.113' "$w/all"; then return 1; fi
	grep -q 'ip4:192.0.2.7 -all' "$w/plan.zone" || { cat "$w/plan.txt"; return 1; }
	for ip in 203.0.113.66 203.0.113.67 203.0.113.68; do
		tr '\n' ' ' <"$w/plan.txt" | tr -s ' ' | grep -q "Is $ip a server of yours?" ||
			{ echo "nobody asks about $ip"; cat "$w/plan.txt"; return 1; }
	done
}
want 'an address that only others wrote is asked about and never added' spoofed

alone() {
	plan 1 --domain example.com "$world/bounce.eml" || return
	proposed >"$w/all" || return
	if grep -n '203\.0\.113' "$w/all"; then return 1; fi
	grep -q 'no change of a record is proposed' "$w/plan.zone"
}
want 'nor when there is nothing else' alone

given() {
	plan 1 --domain example.com --ip 203.0.113.66 "$world/bounce.eml" || return
	grep -q 'ip4:203.0.113.66 -all' "$w/plan.zone" || { cat "$w/plan.txt"; return 1; }
	cat >"$w/mailvet.yaml" <<-END
	domains:
	  - example.com
	senders:
	  - name: out
	    addresses: 203.0.113.66
	END
	plan 1 --config "$w/mailvet.yaml" "$world/bounce.eml" &&
		grep -q 'ip4:203.0.113.66 -all' "$w/plan.zone"
}
want 'its owner may say that it is his' given

# With the record put in as it was printed nothing is left to propose.
published() {
	plan 1 "$world/mail.log" || return
	mkdir "$w/zones" && cp "$world"/zones/*.arpa.zone "$w/zones" || return
	{ grep -v 'v=spf1' "$world/zones/example.com.zone"; cat "$w/plan.zone"; } >"$w/zones/example.com.zone"
	if command -v nsd-checkzone >/dev/null; then
		nsd-checkzone example.com "$w/zones/example.com.zone" || return
	fi
	zones=$w/zones plan 0 --fail-on never "$world/mail.log" || return
	changes >"$w/all" || return
	[ ! -s "$w/all" ] || { cat "$w/all"; return 1; }
}
want 'the record as printed is the cure' published

# The client shows the update that it would send; no server is asked.
nsupdate_takes_it() {
	client=$(command -v nsupdate || command -v knsupdate) || { echo skipped; return 0; }
	plan 1 "$world/mail.log" || return
	{ echo 'server 127.0.0.1 9'; sed 's/^send$/show/' "$w/plan.nsupdate"; echo quit; } >"$w/script"
	"$client" "$w/script" >"$w/shown" 2>&1 || { cat "$w/script" "$w/shown"; return 1; }
	if grep -v opcode "$w/shown" | grep -i 'error\|invalid\|syntax'; then return 1; fi
	[ "$(grep -c 'v=spf1' "$w/shown")" -eq 3 ] || { cat "$w/shown"; return 1; }
}
want 'nsupdate takes the script' nsupdate_takes_it

refused() {
	"$MAILVET" explain --no-audit --report "plan-zone=$w/x" "$world/mail.log" 2>"$w/err"
	[ $? -eq 2 ] && grep -q 'plan' "$w/err"
}
want 'without an audit there is no plan' refused

echo "1..$n"
exit $bad
