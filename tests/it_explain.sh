#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_explain.sh - logs and pasted replies explained by the program as it is: golden
# reports, rotations, compressed files, standard input, exit statuses, and what
# nobody meant to be a log.

# shellcheck disable=SC2016,SC2317 # functions are called through want(); words stay as they are

set -u
: "${TMPDIR:=/tmp}" "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
NOW=2026-11-21T12:00:00Z
w=$(mktemp -d "$TMPDIR/explain.XXXXXX") || exit 1
trap 'rm -rf "$w"' EXIT
n=0 bad=0
case $MAILVET in /*) ;; *) MAILVET=$PWD/$MAILVET ;; esac
case $SRCDIR in /*) ;; *) SRCDIR=$PWD/$SRCDIR ;; esac
vectors=$SRCDIR/vectors/explain
AUTH='550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 SPF [example.com] with ip: [192.0.2.7] = did not pass 550 5.7.26 https://support.google.com/mail/answer/81126 - gsmtp'

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

explain() { # explain STATUS OPTION... FILE...
	explain_status=$1
	shift
	COLUMNS=80 "$MAILVET" explain --no-audit --ascii --now "$NOW" "$@" 2>"$w/err"
	explain_got=$?
	[ "$explain_got" -eq "$explain_status" ] ||
		{ echo "status $explain_got, not $explain_status"; cat "$w/err"; false; }
}

# field FILE PATH: a member of a JSON object, a.b.0.c
field() {
	"${PYTHON:-python3}" -c '
import json, sys
v = json.load(open(sys.argv[1]))
for k in sys.argv[2].split("."):
    v = len(v) if k == "#" else v[int(k)] if isinstance(v, list) else v[k]
print(v)' "$1" "$2"
}

golden() { # golden FORMAT FILE OPTION...
	format=$1 file=$2
	shift 2
	(cd "$vectors" && explain 0 --report "$format" "$@" postfix.log) >"$w/got" || return
	diff "$vectors/$file" "$w/got"
}
want 'text' golden text postfix.txt
want 'json' golden json postfix.json
want 'jsonl, with what we refused' golden jsonl postfix.jsonl --inbound
want 'csv' golden csv postfix.csv

audited() { # audited FORMAT FILE
	format=$1 file=$2
	(cd "$vectors" && COLUMNS=80 "$MAILVET" explain --ascii --offline --zone zones --now "$NOW" --report "$format" audited.log) >"$w/got"
	[ $? -eq 1 ] && diff "$vectors/$file" "$w/got"
}
want 'text, audited' audited text audited.txt
want 'json, audited' audited json audited.json
want 'markdown, audited' audited markdown audited.md

readme() {
	sed -n '/mailvet explain --zone vectors/,/^## Use/s/^    //p' "$SRCDIR/README.md" | sed 1d >"$w/shown"
	[ "$(wc -l <"$w/shown")" -gt 15 ] || return
	while IFS= read -r line; do
		grep -Fxq -- "$line" "$vectors/audited.txt" || { echo "README.md: $line"; return 1; }
	done <"$w/shown"
}
want 'what README.md shows' readme

same_bytes() {
	sed 's/$/\r/' "$vectors/postfix.log" >"$w/crlf.log"
	printf '%s' "$(cat "$vectors/postfix.log")" >"$w/noend.log"
	gzip -c "$vectors/postfix.log" >"$w/postfix.log.gz"
	for f in crlf.log noend.log postfix.log.gz; do
		explain 0 --report json "$w/$f" | sed '/"bytes"/d' >"$w/got" || return
		sed '/"bytes"/d' "$vectors/postfix.json" | diff - "$w/got" || return
	done
	explain 0 --report json - <"$vectors/postfix.log" | diff "$vectors/postfix.json" -
}
want 'line ends, compression, standard input' same_bytes

# The halves of a rotation, whatever their order.
rotation() {
	mkdir "$w/rotation"
	sed -n '1,14p' "$vectors/postfix.log" | gzip >"$w/rotation/mail.log.1.gz"
	sed -n '15,$p' "$vectors/postfix.log" >"$w/rotation/mail.log"
	for way in "$w/rotation/mail.log $w/rotation/mail.log.1.gz" "$w/rotation"; do
		# These are words.
		# shellcheck disable=SC2086
		explain 0 --report json $way | sed '/"bytes"/d; /"files"/d' >"$w/got" || return
		sed '/"bytes"/d; /"files"/d' "$vectors/postfix.json" | diff - "$w/got" || return
	done
}
want 'a rotation is read in the order of time' rotation

choices() {
	explain 0 --report "json=$w/1" --since 2026-11-20T10:30:00Z "$vectors/postfix.log" || return
	[ "$(field "$w/1" groups.#)" -eq 1 ] && [ "$(field "$w/1" input.left_out)" -eq 3 ] || return
	explain 0 --report "json=$w/1" --until 2026-11-20T09:30:00Z "$vectors/postfix.log" || return
	[ "$(field "$w/1" groups.0.mechanism)" = recipient ] || return
	explain 0 --report "json=$w/1" --provider google "$vectors/postfix.log" || return
	[ "$(field "$w/1" rates.#)" -eq 1 ] && [ "$(field "$w/1" rates.0.sent)" -eq 3 ] || return
	explain 2 --provider gmail "$vectors/postfix.log" || return
	explain 0 --report "json=$w/1" --domain Example.org "$vectors/postfix.log" || return
	[ "$(field "$w/1" rates.#)" -eq 0 ] || return
	explain 0 --report "json=$w/1" --min-count 2 "$vectors/postfix.log" || return
	[ "$(field "$w/1" groups.#)" -eq 0 ] && [ "$(field "$w/1" groups_left_out)" -eq 3 ]
}
want '--since, --until, --provider, --domain, --min-count' choices

configured() {
	cat >"$w/mailvet.yaml" <<-END
	domains:
	  - example.com
	senders:
	  - name: out
	    addresses: 192.0.2.25
	thresholds:
	  attempts: 1
	END
	explain 0 --config "$w/mailvet.yaml" --report "json=$w/1" "$vectors/postfix.log" || return
	[ "$(field "$w/1" rates.0.sender_ip)" = 192.0.2.25 ] &&
		[ "$(field "$w/1" rates.0.sender_ip_from)" = config ] &&
		[ "$(field "$w/1" rates.0.level)" = stop ] || return
	cat >>"$w/mailvet.yaml" <<-END
	signatures:
	  - {id: not-ours, text: no such words, mechanism: content}
	  - {id: ours, text: 'DOES NOT (exist|live)', code: 550, provider: google, mechanism: system}
	END
	explain 0 --config "$w/mailvet.yaml" --report "json=$w/1" --reply \
		'host gmail-smtp-in.l.google.com[192.0.2.1] said: 550-5.1.1 The account does not 550 5.1.1 exist' || return
	[ "$(field "$w/1" reply.mechanism)" = system ] && [ "$(field "$w/1" reply.signature)" = ours ] || return
	echo 'thresholds: 7' >"$w/bad.yaml"
	explain 2 --config "$w/bad.yaml" "$vectors/postfix.log"
}
want 'senders and thresholds of mailvet.yaml' configured

redacted() {
	for format in text json jsonl csv; do
		explain 0 --redact --inbound --report "$format" "$vectors/postfix.log" >"$w/got" || return
		if grep -E '(bob|carol|dan|eve|news)@' "$w/got"; then return 1; fi
	done
	grep -q 'xxx@gmail.com' "$w/got"
}
want '--redact leaves no local part' redacted

replies() {
	explain 0 --report json --reply "$AUTH" >"$w/got" || return
	diff "$vectors/reply.json" "$w/got" || return
	printf '%s\n' "$AUTH" | "$MAILVET" explain --report json | diff "$vectors/reply.json" - || return
	printf '%s\n' "$AUTH" | sed 's/ 550/\n550/g' >"$w/lines"
	"$MAILVET" explain --report json <"$w/lines" | diff "$vectors/reply.json" - || return
	explain 0 --reply "$AUTH" | grep -q 'mailvet evaluate --ip 192.0.2.7 --mail-from example.com' || return
	explain 0 --reply '550 5.7.26 SPF [`reboot`.example.com] with ip: [192.0.2.7] = did not pass' |
		sed '1,/^names/d' >"$w/got"
	if grep reboot "$w/got"; then return 1; fi
	explain 2 --reply 'good morning'
	explain 2 --reply "$AUTH" "$vectors/postfix.log"
}
want 'a pasted reply, as an argument and on standard input' replies

# refusals COUNT ACCEPTED: a log with so many mails for DMARC
refusals() {
	awk -v bad="$1" -v good="$2" 'BEGIN {
		for (i = 0; i < bad + good; i++) {
			id = sprintf("4C4FL%05d", i)
			print "2026-11-20T10:00:00Z h postfix/qmgr[1]: " id ": from=<s@example.com>, size=1, nrcpt=1 (queue active)"
			printf "2026-11-20T10:00:01Z h postfix/smtp[2]: %s: to=<u%d@gmail.com>, relay=gmail-smtp-in.l.google.com[198.51.100.27]:25, delay=1, dsn=%s\n", id, i,
				(i < bad ? "5.7.26, status=bounced (host gmail-smtp-in.l.google.com[198.51.100.27] said: 550-5.7.26 Unauthenticated email from example.com is not accepted due to domain'\''s 550-5.7.26 DMARC policy. 550 5.7.26 - gsmtp (in reply to end of DATA command))" : "2.0.0, status=sent (250 2.0.0 OK - gsmtp)")
			print "2026-11-20T10:00:02Z h postfix/qmgr[1]: " id ": removed"
		}
	}'
}

statuses() {
	refusals 20 380 >"$w/error.log"
	refusals 20 381 >"$w/share.log"
	refusals 19 100 >"$w/few.log"
	refusals 0 100 >"$w/none.log"
	explain 1 "$w/error.log" >/dev/null && explain 0 "$w/share.log" >/dev/null &&
	explain 0 "$w/few.log" >/dev/null && explain 1 --fail-on warning "$w/few.log" >/dev/null &&
	explain 0 --fail-on never "$w/error.log" >/dev/null &&
	explain 0 --fail-on warning "$w/none.log" >/dev/null &&
	explain 2 "$w/none.log" "$w/not-there" >/dev/null && explain 2 --reprot x && explain 2 --since never "$w/none.log" &&
	explain 2 --report "json=$w/none.log" "$w/none.log" && [ -s "$w/none.log" ] || return
	"$MAILVET" explain --offline "$w/none.log" 2>"$w/err"
	[ $? -eq 2 ] && grep -q 'nothing can be answered' "$w/err"
}
want 'exit statuses' statuses

hostile() {
	head -c 4000 "$MAILVET" >"$w/binary"
	: >"$w/empty"
	explain 2 "$w/binary" >/dev/null && [ "$(wc -l <"$w/err")" -ge 1 ] && explain 2 "$w/empty" >/dev/null || return
	{ head -n 8 "$vectors/postfix.log"; awk 'BEGIN { for (i = 0; i < 100000; i++) printf "AAAAAAAAAAAAAAAAAAAA"; print "" }'
		printf 'Nov 20 10:00:00 out1 postfix/smtp[1]: 4C4FL74S9Z: to=<\033[31m\377\000@gmail.com>, relay=none, delay=1, dsn=5.0.0, status=bounced (\033]0;x\007)\n'
		sed -n '9,$p' "$vectors/postfix.log"; } >"$w/hostile.log"
	for format in text json jsonl csv; do
		explain 0 --verbose --report "$format" "$w/hostile.log" >"$w/got" || return
		if LC_ALL=C grep -q "$(printf '[\033\007\001-\010]')" "$w/got" "$w/err"; then
			echo "$format: control bytes"; return 1
		fi
	done
	explain 0 --report json "$w/hostile.log" >"$w/got" && [ "$(field "$w/got" input.lines)" -eq 21 ] || return
	gzip -c "$vectors/postfix.log" | head -c 600 >"$w/cut.gz"
	explain 0 "$w/cut.gz" >"$w/got"
	grep -q 'damaged' "$w/err" || [ $? -eq 2 ]
}
want 'binaries, long lines, escapes, a file cut off' hostile

# Ids that never end: what is open is bounded, and told.
bounded() {
	awk 'BEGIN { for (i = 0; i < 200000; i++) printf "2026-11-20T10:00:00Z h postfix/qmgr[1]: F%09X: from=<s%d@example.com>, size=1, nrcpt=1 (queue active)\n", i, i }' >"$w/open.log"
	# Every shell there is knows it.
	# shellcheck disable=SC3045
	(ulimit -v 1500000 && explain 0 --report json "$w/open.log") >"$w/got" || return
	[ "$(field "$w/got" input.parsed)" -eq 200000 ]
}
case $MAILVET in *san*) ;; *) want 'a queue without end' bounded ;; esac

unwritable() {
	[ -w /dev/full ] || return 0
	"$MAILVET" explain --no-audit --report json "$vectors/postfix.log" >/dev/full 2>"$w/err"
	[ $? -eq 2 ] && [ "$(wc -l <"$w/err")" -eq 1 ] && cat "$w/err"
}
want 'output that cannot be written is told once' unwritable

echo "1..$n"
exit $bad
