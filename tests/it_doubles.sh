#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_doubles.sh - one mail has one fate: files given twice, webhooks sent again, the
# report of what the log tells; reports that are not believed; named pipes.

# shellcheck disable=SC2317 # functions are called through want()

set -u
: "${TMPDIR:=/tmp}" "${MAILVET:=./mailvet}"
w=$(mktemp -d "$TMPDIR/doubles.XXXXXX") || exit 1
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
		cat "$w/err" "$w/out" | sed 's/^/# /' | head -n 40
		bad=1
	fi
}

# told WANT FILE...: "merged events hard suppressed held" of the report on FILEs are WANT
told() {
	told_want=$1
	shift
	"$MAILVET" explain --no-audit --fail-on never --now 2026-11-21T12:00:00Z \
		--report "json=$w/json" "$@" 2>"$w/err" || { echo "status $?"; return 1; }
	told_got=$(python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
print(r["input"]["merged"], r["input"]["events"], sum(x["hard"] for x in r["rates"]),
    ",".join(x["recipient"] for x in r["suppress"]) or "-",
    ",".join(x["recipient"] for x in r["held"]) or "-")' "$w/json") || return
	[ "$told_got" = "$told_want" ] || { echo "got $told_got, want $told_want"; return 1; }
}

# report ID FINAL [ORIGINAL [FROM]]: a report; the message was sent to ann@example.org
report() {
	cat <<-END
	From: MAILER-DAEMON@mx.example.net
	To: bounce@example.com
	Subject: Undelivered Mail Returned to Sender
	Date: Fri, 20 Nov 2026 10:00:00 +0000
	Message-ID: <$1@mx.example.net>
	Content-Type: multipart/report; report-type=delivery-status; boundary=b

	--b
	Content-Type: message/delivery-status

	Reporting-MTA: dns; mx.example.net

	Final-Recipient: rfc822; $2
	${3:+Original-Recipient: rfc822; $3
	}Action: failed
	Status: 5.1.1
	Diagnostic-Code: smtp; 550 5.1.1 no such user

	--b
	Content-Type: message/rfc822

	From: ${4:-news@example.com}
	To: ann@example.org
	Message-ID: <m1@example.com>

	Hi
	--b--
	END
}

cat >"$w/log" <<-END
Nov 20 09:00:02 out1 postfix/cleanup[802]: 4C4FL74S9B: message-id=<m1@example.com>
Nov 20 09:00:02 out1 postfix/qmgr[803]: 4C4FL74S9B: from=<bounce@example.com>, size=2351, nrcpt=1 (queue active)
Nov 20 09:00:04 out1 postfix/smtp[804]: 4C4FL74S9B: to=<ann@example.org>, relay=mx.example.org[198.51.100.27]:25, delay=2.2, delays=0.1/0/0.5/1.6, dsn=5.1.1, status=bounced (host mx.example.org[198.51.100.27] said: 550 5.1.1 no such user (in reply to RCPT TO command))
Nov 20 09:00:04 out1 postfix/qmgr[803]: 4C4FL74S9B: removed
END
report 1 ann@example.org >"$w/1.eml"
report 2 Ann@example.org >"$w/2.eml"
report 3 target@example.net ann@example.org >"$w/alias.eml"
report 4 victim@example.net >"$w/forged.eml"
report 5 ann@example.org '' someone@elsewhere.example >"$w/other.eml"
cp "$w/log" "$w/copy"
ln "$w/log" "$w/link"

twice() {
	told '0 4 1 ann@example.org -' "$w/log" "$w/log" "$w/link" "$w/copy" &&
		[ "$(grep -c 'read before' "$w/err")" -eq 3 ]
}
want 'a file given twice, linked, copied' twice
want 'a log and the report of the same failure' told '1 5 1 ann@example.org -' "$w/log" "$w/1.eml"
want 'two reports of one failure' told '1 2 1 ann@example.org -' "$w/1.eml" "$w/2.eml"
want 'an alias: the address that was written to' told '0 1 1 ann@example.org -' "$w/alias.eml"
want 'an address that the message was not sent to' told '0 1 1 - victim@example.net' "$w/forged.eml"

not_ours() {
	echo 'domains: example.com' >"$w/mailvet.yaml"
	told '0 1 1 - ann@example.org' --config "$w/mailvet.yaml" "$w/other.eml" &&
		grep -q 'not yours' "$w/json" &&
		told '0 1 1 ann@example.org -' --config "$w/mailvet.yaml" "$w/1.eml"
}
want 'a message that is not ours' not_ours

again() {
	cat >"$w/hook.json" <<-END
	[{"email":"ann@example.org","timestamp":1795251600,"event":"bounce","sg_event_id":"e1",
	"sg_message_id":"x1","reason":"550 5.1.1 no such user","status":"5.1.1","type":"bounce"},
	{"email":"ann@example.org","timestamp":1795251600,"event":"bounce","sg_event_id":"e1",
	"sg_message_id":"x1","reason":"550 5.1.1 no such user","status":"5.1.1","type":"bounce"}]
	END
	told '1 2 1 ann@example.org -' "$w/hook.json"
}
want 'a webhook sent again' again

broken() {
	sed 's/^\[/[{"email":"x\\ud800","event":"bounce"},{"event":nothing},/' "$w/hook.json" >"$w/broken.json"
	told '1 2 1 ann@example.org -' "$w/broken.json" && grep -q 'read in part only' "$w/err"
}
want 'one broken event does not take the others with it' broken

many() {
	report 6 ann@example.org | sed '/^Final-Recipient/,$d' >"$w/many.eml"
	awk 'BEGIN { for (i = 0; i < 2500; i++)
		printf "Final-Recipient: rfc822; a%d@example.org\nAction: failed\nStatus: 5.1.1\n\n", i }' >>"$w/many.eml"
	"$MAILVET" explain --no-audit --fail-on never "$w/many.eml" 2>"$w/err" >/dev/null
	grep -q 'read in part only' "$w/err"
}
want 'a report of more recipients than are read is told' many

pipes() {
	mkfifo "$w/nobody" "$w/fifo" || return
	"$MAILVET" explain --no-audit --fail-on never "$w/nobody" 2>"$w/err" >/dev/null
	[ $? -eq 2 ] && grep -q nobody "$w/err" || return
	(sleep 0.2; cat "$w/log") >"$w/fifo" &
	told '0 4 1 ann@example.org -' "$w/fifo" || return
	told '0 4 1 ann@example.org -' - <"$w/log" && told '0 4 1 ann@example.org -' /dev/fd/7 7<"$w/log"
}
want 'named pipes: with somebody who writes, and with nobody' pipes

devices() {
	timeout 20 "$MAILVET" explain --no-audit --fail-on never /dev/zero 2>"$w/err" >/dev/null
	[ $? -eq 2 ] && grep -q 'not supported' "$w/err"
}
want 'a device, which may have no end, is no log' devices

echo "1..$n"
exit $bad
