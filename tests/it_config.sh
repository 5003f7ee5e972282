#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_config.sh - mailvet.yaml as a user meets it: `config --check`, an audit of all that
# the file names, the same from zone files as from a name server, waivers, and the key of
# a block list, which reaches the server and nothing else.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd
bad=0
dir=$it_work/c
KEY=k3yk3yk3yk3yk3yk3yk3yk3yk
mkdir -p "$dir/zones" || exit 1

fail() {
	echo "$*"
	bad=1
}

# says WANT GOT WHAT
says() { [ "$1" = "$2" ] || fail "$3: got '$2', want '$1'"; }

soa='SOA ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 3600'
cat >"$dir/zones/example.com.zone" <<END
\$ORIGIN example.com.
\$TTL 3600
@ $soa
@ NS ns1
ns1 A 192.0.2.53
@ MX 10 mx
@ MX 20 mx2
@ TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc TXT "v=DMARC1; p=reject"
mx A 192.0.2.25
mx2 A 203.0.113.25
bounce MX 10 mx
bounce TXT "v=spf1 ip4:192.0.2.25 -all"
only TXT "v=spf1 redirect=example.com"
parked TXT "v=spf1 -all"
END
for net in 2.0.192 113.0.203; do
	host=mx
	[ $net = 2.0.192 ] || host=mx2
	cat >"$dir/zones/$net.in-addr.arpa.zone" <<END
\$ORIGIN $net.in-addr.arpa.
\$TTL 3600
@ $soa
@ NS ns1.example.com.
25 PTR $host.example.com.
END
done
cat >"$dir/mailvet.yaml" <<'END'
domains:
  - example.com
  - name: bounce.example.com
    role: return-path
  - name: only.example.com
    role: send-only
  - name: parked.example.com
    role: parked
senders:
  - name: office
    addresses: 192.0.2.25
    helo: mx.example.com
    dkim: {selectors: s1}
  - name: news
    addresses: 203.0.113.25
    mail-from: bounce.example.com
    from: example.com
levels:
  dmarc-no-reports: note
waivers:
  - rule: dkim-no-key
    domain: example.com
    until: 2026-11-21
    reason: the key comes next week
  - rule: dkim-no-key
    domain: "*.example.com"
    until: 2026-11-20
    reason: that week is over
END
sed 's/role: parked/role: parkt/; s/office/office\n    adresses: 192.0.2.1/' "$dir/mailvet.yaml" >"$dir/wrong.yaml"

says 'ok: 4 domains, 2 senders' "$("$MAILVET" config --check "$dir/mailvet.yaml")" 'config --check'
says 'ok: 4 domains, 2 senders' "$(cd "$dir" && "$MAILVET" config --check)" 'config --check, no FILE'
cat >"$it_work/waivers.yaml" <<'END'
domains: [example.com, a.example.com]
waivers:
  - {rule: dkim-no-key, domain: example.com, until: 2999-01-01, reason: borne}
  - {rule: dkim-no-key, domain: "*.example.com", until: 2999-01-01, reason: borne}
  - {rule: dkim-no-key, domain: example.org, until: 2999-01-01, reason: of nobody}
  - {rule: dkim-no-key, domain: "*.a.example.com", until: 2020-01-01, reason: of nobody and over}
END
says 'ok: 2 domains, 0 senders' "$("$MAILVET" config --check "$it_work/waivers.yaml" 2>"$it_work/err")" 'idle waivers'
says "mailvet: $it_work/waivers.yaml:5:33: warning: domain: no name of domains is meant: the waiver bears nothing
mailvet: $it_work/waivers.yaml:6:33: warning: domain: no name of domains is meant: the waiver bears nothing
mailvet: $it_work/waivers.yaml:6:59: warning: until: that day is over: the waiver bears nothing" \
	"$(cat "$it_work/err")" 'waivers that bear nothing'
"$MAILVET" config --check "$dir/wrong.yaml" >"$it_work/out" 2>"$it_work/err"
says 2 $? 'status of a wrong file'
says "mailvet: $dir/wrong.yaml:8:11: role: parkt: mail, send-only, return-path or parked is wanted
mailvet: $dir/wrong.yaml:11:5: a sender has no key adresses; is addresses meant?" \
	"$(cat "$it_work/err")" 'what is wrong'
"$MAILVET" check --config "$dir/mailvet.yaml" --zone "$dir/zones" --offline --now $NOW --only ptr,spf example.com \
	>"$it_work/out" 2>/dev/null
grep -q 'for 192.0.2.25 (office)' "$it_work/out" || { cat "$it_work/out"; fail 'text: which sender an address is'; }
"$MAILVET" check --config "$dir/wrong.yaml" --zone "$dir/zones" --offline >/dev/null 2>&1
says 2 $? 'status of a check by a wrong file'
"$MAILVET" check --config "$dir/none.yaml" 2>/dev/null
says 2 $? 'status without a file'
"$MAILVET" config --check "$dir" 2>/dev/null
says 2 $? 'status of a directory'
for args in '' '--check a b' '--keys x' '--check --keys'; do
	# shellcheck disable=SC2086
	"$MAILVET" config $args >/dev/null 2>&1
	says 2 $? "status of config $args"
done
"$MAILVET" check --config "$dir/mailvet.yaml" --zone "$dir/zones" --offline \
	--report "json=$dir/mailvet.yaml" 2>/dev/null
says 2 $? 'status of a report over the configuration'

# audit REPORT OPTION...: all domains of the configuration
audit() {
	report=$1
	shift
	"$MAILVET" check --config "$dir/mailvet.yaml" --now $NOW --report "json=$report" \
		--report "text=$report.text" "$@" >/dev/null 2>"$report.err"
}

# A timer asks block lists for the senders that are named, and nobody else does unasked.
audit "$it_work/timer" --zone "$dir/zones" --offline --skip zone --profile scheduled
grep -q '"id": "dnsbl-' "$it_work/timer"
says 0 $? 'block lists with --profile scheduled'
audit "$it_work/plain" --zone "$dir/zones" --offline --skip zone
grep -q '"id": "dnsbl-' "$it_work/plain"
says 1 $? 'block lists unasked'

audit "$it_work/offline" --zone "$dir/zones" --offline --record "$it_work/rec" --skip zone
says 1 $? 'status of the audit'
"$PYTHON" - "$it_work/offline" <<'END' || bad=1
import json, sys
report = json.load(open(sys.argv[1]))
want = {
    "example.com": ["spf-not-pass:bounce.example.com", "stream-unaligned:example.com"],
    "bounce.example.com": ["spf-not-pass:bounce.example.com"],
    "only.example.com": ["dkim-no-key:only.example.com"],
    "parked.example.com": [],
}
got = {d["domain"]: [f["id"] + ":" + f["subject"] for f in d["findings"] if f["level"] == "error"]
       for d in report["domains"]}
waived = {d["domain"]: [(f["id"], f["waiver"]) for f in d.get("suppressed", [])] for d in report["domains"]}
waiver = {"until": "2026-11-21", "reason": "the key comes next week"}
run = [(f["id"], f["subject"], f["level"]) for f in report["run"]["findings"]]
levels = {f["level"] for d in report["domains"] for f in d["findings"] if f["id"] == "dmarc-no-reports"}
for name, value, right in (
        ("errors", got, want), ("order", list(got), list(want)),
        ("waived", waived, {d: [("dkim-no-key", waiver)] if d == "example.com" else [] for d in want}),
        ("run", run, [("waiver-expired", "*.example.com", "note")]),
        ("errors counted", report["summary"]["error"], 4),
        ("level", levels, {"note"})):
    if value != right:
        print(name, "got", value, "want", right)
        sys.exit(1)
END
grep -q '^1 finding waived (--verbose lists them)$' "$it_work/offline.text" || fail 'text: not counted'
grep -q 'reason\|next week' "$it_work/offline.text" && fail 'text: tells of the waiver unasked'
audit "$it_work/verbose" --zone "$dir/zones" --offline --skip zone --verbose
grep -q 'waived until: 2026-11-21: the key comes next week' "$it_work/verbose.text" ||
	fail 'text: --verbose does not tell the reason'
"$MAILVET" report --fail-on never "$it_work/offline" >"$it_work/again" 2>&1
says 0 $? 'status of mailvet report'
audit "$it_work/replayed" --replay "$it_work/rec" --skip zone
"$PYTHON" "$SRCDIR/tests/same_findings.py" compare "$it_work/offline" "$it_work/replayed" || bad=1
audit "$it_work/ptr" --zone "$dir/zones" --offline --only ptr
says 0 $? 'status of --only ptr'
# an option of the command line goes before the file
audit "$it_work/level" --zone "$dir/zones" --offline --skip zone --level dmarc-no-reports=error parked.example.com
says 0 $? 'status of one domain'
says 1 "$(grep -c '^      "domain":' "$it_work/level")" 'domains of one'

# Pre-flight of a domain that no sender writes as says so, and is silent where nobody should.
for pair in only.example.com/1 example.com/0 parked.example.com/0 bounce.example.com/0; do
	sed '/^  - name: office/,/^levels:/{/^levels:/!d}; s/^senders:/senders:\n  - {name: news, addresses: 203.0.113.25, from: example.com}/' \
		"$dir/mailvet.yaml" >"$dir/one.yaml"
	"$MAILVET" check --config "$dir/one.yaml" --zone "$dir/zones" --offline --now $NOW --skip zone,dnsbl \
		--profile preflight "${pair%/*}" >"$it_work/out" 2>&1
	says "${pair#*/}" "$(grep -c 'providers would take its mail was not judged' "$it_work/out")" "${pair%/*}: nobody sends"
done

# Live: the same zones, and a list that answers to those alone who have the key.
cat >"$dir/list.zone" <<END
\$ORIGIN $KEY.zen.dq.spamhaus.net.
\$TTL 60
@ $soa
@ NS ns1.example.com.
2.0.0.127 A 127.0.0.2
25.2.0.192 A 127.0.0.2
25.2.0.192 TXT "see https://$KEY.example"
END
for zone in "$dir"/zones/*.zone; do
	echo "$(basename "$zone" .zone) $zone"
done >"$it_work/list"
echo "$KEY.zen.dq.spamhaus.net $dir/list.zone" >>"$it_work/list"
start_nsd "$it_work/list"
audit "$it_work/live" --resolver "127.0.0.1@$NSD_PORT" --skip zone
"$PYTHON" "$SRCDIR/tests/same_findings.py" compare "$it_work/offline" "$it_work/live" || bad=1

printf 'lists:\n  ask: zen.dq.spamhaus.net\n  keys:\n    zen.dq.spamhaus.net: %s\n' $KEY >>"$dir/mailvet.yaml"
audit "$it_work/keyed" --resolver "127.0.0.1@$NSD_PORT" --only dnsbl --trace --verbose --notes \
	--record "$it_work/keyed.rec" example.com
says 1 $? 'status of the list'
grep -q '"id": "dnsbl-listed' "$it_work/keyed" || fail 'the list was not asked with its key'
grep -q '25.2.0.192.zen.dq.spamhaus.net' "$it_work/keyed.rec" || fail 'the recording lacks the question'
for file in "$it_work"/keyed "$it_work"/keyed.*; do
	grep -qi "$KEY" "$file" && fail "$file: holds the key"
done
sed -i "s/ $KEY/ wr0ngk3y/" "$dir/mailvet.yaml"
audit "$it_work/wrongkey" --resolver "127.0.0.1@$NSD_PORT" --only dnsbl --notes example.com
grep -q '"id": "dnsbl-listed' "$it_work/wrongkey" && fail 'listed with a wrong key'
exit $bad
