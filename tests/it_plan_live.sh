#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_plan_live.sh - the plan by what a name server says is that by the zone files it
# serves, and by a recording of it; with the record put in nothing is left to do.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd

world=$SRCDIR/vectors/plan/world
zones=$it_work/zones
mkdir "$zones" || exit 1
cp "$world"/zones/* "$zones" || exit 1
printf '. 300 IN SOA a. b. 1 2 3 4 5\n. 300 IN NS a.\na. 300 IN A 127.0.0.1\n' >"$zones/root"
{
	echo ". $zones/root"
	for apex in example.com 2.0.192.in-addr.arpa; do echo "$apex. $zones/$apex.zone"; done
} >"$it_work/list"

# plan NAME OPTION...: what is proposed, into NAME.zone and NAME.nsupdate
plan() {
	to=$it_work/$1
	shift
	"$MAILVET" explain --now "$NOW" --report "plan-zone=$to.zone" \
		--report "plan-nsupdate=$to.nsupdate" --report "json=$to.json" "$@" "$world/mail.log"
	plan_status=$?
	[ $plan_status -le 1 ] || die "explain: exit status $plan_status"
}

start_nsd "$it_work/list"
plan file --offline --zone "$zones"
plan live --resolver "127.0.0.1@$NSD_PORT"
diff "$it_work/file.zone" "$it_work/live.zone" || die 'other records by a server'
diff "$it_work/file.nsupdate" "$it_work/live.nsupdate" || die 'another script by a server'
grep -q '^example.com. 300 IN TXT "v=spf1 ip4:192.0.2.1 ip4:192.0.2.7 -all"$' "$it_work/live.zone" ||
	die "no record: $(cat "$it_work/live.zone")"

plan recorded --resolver "127.0.0.1@$NSD_PORT" --record "$it_work/answers.jsonl"
plan replayed --replay "$it_work/answers.jsonl"
diff "$it_work/live.zone" "$it_work/replayed.zone" || die 'other records out of a recording'
diff "$it_work/live.nsupdate" "$it_work/replayed.nsupdate" || die 'another script out of a recording'

{ grep -v 'v=spf1' "$world/zones/example.com.zone"; cat "$it_work/live.zone"; } >"$zones/example.com.zone"
start_nsd "$it_work/list"
plan cured --resolver "127.0.0.1@$NSD_PORT"
grep -q 'no change of a record is proposed' "$it_work/cured.zone" || die "$(cat "$it_work/cured.zone")"
echo 'ok'
