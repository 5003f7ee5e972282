#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_message.sh - mailvet message: signed messages verified by zone files, by a
# server and out of a recording, with the same verdict; files of all kinds; exit
# status; hostile input within bounds of time and memory; nothing raw to a terminal.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd
sign=${BUILDDIR:-.}/tests/sign
t=$it_work
bad=0

record=$("$sign" "$t/key" 2048) || die 'no key'
small=$("$sign" "$t/small" 1024) || die 'no key'
cat >"$t/example.com.zone" <<END
\$ORIGIN example.com.
\$TTL 3600
@	IN	SOA	ns1 hostmaster 1 7200 3600 1209600 3600
	IN	NS	ns1
	IN	MX	10 mx
	IN	TXT	"v=spf1 ip4:192.0.2.25 -all"
ns1	IN	A	192.0.2.53
mx	IN	A	192.0.2.25
_dmarc	IN	TXT	"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
s1._domainkey	IN	TXT	$record
s2._domainkey	IN	TXT	$small
END
cat >"$t/plain" <<'END'
From: Ann <ann@example.com>
To: Bob <bob@example.net>
Subject: a sample
Date: Sat, 21 Nov 2026 10:00:00 +0000
Message-ID: <1@example.com>

Hello Bob,

>From here on it is a sample.
END
at=1795255200 # Sat, 21 Nov 2026 10:00:00 +0000
"$sign" "$t/key" example.com s1 $at <"$t/plain" >"$t/signed" || die 'not signed'
"$sign" "$t/small" example.com s2 $at <"$t/plain" >"$t/weak"
sed 's/a sample\.$/a forgery./' "$t/signed" >"$t/forged"
sed 's/^Subject: .*/Subject: another/' "$t/signed" >"$t/renamed"
sed 's/$/\r/' "$t/signed" >"$t/crlf"
{
	printf '\357\273\277\r\n\n'
	cat "$t/crlf"
} >"$t/pasted"
printf '%s' "$(cat "$t/signed")" >"$t/unended"
"$sign" "$t/key" example.com gone $at <"$t/plain" >"$t/keyless"
"$sign" "$t/key" example.org s1 $at <"$t/plain" >"$t/away"

# run STATUS ARGUMENT...: its report to $t/out; the exit status is STATUS
run() {
	want=$1
	shift
	"$MAILVET" message --now $NOW "$@" >"$t/out" 2>"$t/err"
	got=$?
	test "$got" -eq "$want" && return
	printf 'message %s: status %s, want %s\n' "$*" "$got" "$want"
	cat "$t/err" "$t/out"
	bad=1
}
zoned() {
	status=$1
	shift
	run "$status" --zone "$t/example.com.zone" --offline "$@"
}

# says TEXT... / complains TEXT: it stands in the report, on standard error
says() {
	for text; do
		grep -qF -- "$text" "$t/out" && continue
		printf 'not there: %s\n' "$text"
		cat "$t/out"
		bad=1
	done
}
complains() {
	grep -qF -- "$1" "$t/err" && return
	printf 'not complained: %s\n' "$1"
	cat "$t/err"
	bad=1
}
same() { cmp -s "$1" "$2" || { echo "$1 and $2 differ"; diff "$1" "$2" | head -n 20; bad=1; }; }

# valid FILE: its JSON is as the schema says
valid() {
	"$PYTHON" -W ignore -c 'import jsonschema' 2>/dev/null || return 0
	"$PYTHON" -W ignore - "$SRCDIR/report/schema.json" "$1" <<'END' || bad=1
import json, sys, jsonschema
schema, value = (json.load(open(f)) for f in sys.argv[1:])
jsonschema.Draft7Validator(schema).validate(value)
END
}

# What is right, and what was done to it.
zoned 0 "$t/signed"
says 'DKIM        pass      d=example.com s=s1 a=rsa-sha256 2048 bits, aligned' 'DMARC       pass' \
	'dkim=pass header.d=example.com header.s=s1' 'not evaluated'
for f in crlf pasted unended; do
	zoned 0 "$t/$f"
	says 'DKIM        pass'
done
zoned 0 --ip 192.0.2.25 --mail-from bounce@example.com "$t/signed"
says 'SPF         pass      mailfrom example.com from 192.0.2.25, aligned' 'spf=pass smtp.mailfrom=bounce@example.com'
zoned 1 "$t/forged"
says 'DKIM        fail' 'the body was changed' 'DMARC       not evaluated: no aligned'
zoned 1 --ip 203.0.113.9 --mail-from bounce@example.com "$t/forged"
says 'SPF         fail      mailfrom example.com from 203.0.113.9, aligned' 'DMARC       fail'
zoned 1 "$t/renamed"
says 'DKIM        fail' 'a signed field was changed)' 'Look for what changes'
{
	echo 'List-Id: <list.example.net>'
	cat "$t/forged"
} >"$t/listed"
zoned 1 "$t/listed"
says 'points to a mailing list'
sed 's/^List-Id: .*/X-List: x/' "$t/listed" >"$t/unlisted"
zoned 1 "$t/unlisted"
grep -q 'mailing list' "$t/out" && { echo 'a list where there is none'; bad=1; }
"$sign" "$t/small" example.com s1 $at <"$t/plain" >"$t/rotated"
zoned 1 "$t/rotated"
says 'message-key-other' 'made with another key'
zoned 1 "$t/keyless"
says 'DKIM        permerror'
zoned 3 "$t/away"
says 'DKIM        temperror'
# No message is in order whose signature is not, though the fault is the key's; one is where it is.
for f in keyless away forged renamed; do
	"$MAILVET" message --now $NOW --zone "$t/example.com.zone" --offline --report json "$t/$f" >"$t/out"
	grep -q '"message-pass"' "$t/out" && { echo "$f: called faultless"; bad=1; }
done
zoned 0 --report json "$t/signed"
says '"message-pass"'
zoned 1 --fail-on warning "$t/weak"
says 'warning[dkim-key-short]' 'DKIM        pass'
zoned 1 --fail-on warning "$t/plain"
says 'no signature'
for format in text json jsonl; do
	zoned 0 --redact --report $format --ip 192.0.2.25 --mail-from bounce@example.com "$t/signed"
	grep -q 'ann@\|bounce@' "$t/out" && { echo "a local part in a redacted $format"; bad=1; }
done
zoned 0 --trace "$t/signed"
complains 'signatures of the message'
zoned 0 --report json "$t/signed"
says '"result": "pass"' '"authentication_results": "Authentication-Results: ' '"file": '
cp "$t/out" "$t/one.json"
valid "$t/one.json"

# By a server, and out of the recording of that: the same verdict, the same bytes.
echo "example.com $t/example.com.zone" >"$t/zones"
start_nsd "$t/zones"
run 0 --resolver "127.0.0.1@$NSD_PORT" --record "$t/rec" --report json "$t/signed"
sed -n '/"message": {/,/"verdict"/p' "$t/out" >"$t/live"
sed -n '/"message": {/,/"verdict"/p' "$t/one.json" >"$t/zone"
same "$t/live" "$t/zone"
stop "$NSD_PID"
"$MAILVET" report "$t/one.json" >"$t/out" 2>"$t/err"
test $? -eq 2 || { echo 'report merges messages'; bad=1; }
complains 'about a message'
run 0 --replay "$t/rec" --report jsonl "$t/signed"
cp "$t/out" "$t/first"
run 0 --replay "$t/rec" --report jsonl "$t/signed"
same "$t/first" "$t/out"
sed -n 's/.*"message": *{\(.*\)},"verdict".*/\1/p' "$t/out" | grep -q '"result": *"pass"' ||
	{ echo 'no pass out of the recording'; bad=1; }
grep -q 'Hello Bob' "$t/rec" && { echo 'the message stands in the recording'; bad=1; }

# Standard input, an mbox of three (one escaped), directories.
mark() { echo "From ann@example.com Sat Nov 21 10:00:0$1 2026"; }
{
	mark 1; cat "$t/signed"; echo
	mark 2; sed '1,/^$/b
s/^\(>*From \)/>\1/' "$t/signed"; echo
	mark 3; cat "$t/plain"; echo
} >"$t/mbox"
zoned 0 - <"$t/signed"
says 'File        standard input'
zoned 1 --fail-on warning - <"$t/mbox"
says 'message 2 (a ' 'message 3' '3 messages:'
test "$(grep -c 'DKIM        pass' "$t/out")" -eq 2 || { echo 'not two of three pass'; cat "$t/out"; bad=1; }
# An empty line, and what else there is only later: it is an mbox all the same.
mkfifo "$t/slow"
{ echo; sleep 0.2; cat "$t/mbox"; } >"$t/slow" &
zoned 1 --fail-on warning - <"$t/slow"
says '3 messages:'
mkdir -p "$t/Maildir/new" "$t/Maildir/cur" "$t/Maildir/tmp" "$t/none"
cp "$t/signed" "$t/Maildir/new/1"
cp "$t/mbox" "$t/Maildir/cur/2:2,S" # a whole mbox as one file of a Maildir
echo 'half a mess' >"$t/Maildir/tmp/3"
zoned 1 --fail-on warning "$t/Maildir"
says 'new/1' 'cur/2:2,S, message 3' '4 messages:'

zoned 0 --authserv-id mx.example.net "$t/signed"
says 'Authentication-Results: mx.example.net;'
zoned 2 --authserv-id 'mx;dkim=pass' "$t/signed"

# A link out of a directory, and a pipe in it, are not followed; a file in it is read.
mkdir "$t/linked"
cp "$t/signed" "$t/linked/a"
ln -s "$t/renamed" "$t/linked/b"
mkfifo "$t/linked/c"
zoned 0 "$t/linked"
says 'DKIM        pass'
grep -q 'linked/[bc]' "$t/out" && { echo 'a link was followed'; bad=1; }
ln -s "$t/signed" "$t/link"
zoned 0 "$t/link" # but what is named itself is read

# What is signed is what is shown, or nothing passes.
sed 's/^Subject: .*/&\x00 - pay 5000/' "$t/signed" >"$t/nul"
zoned 3 "$t/nul"
says 'DKIM        neutral' 'DMARC       temperror' 'message-header-unsound'
sed 's/^Subject: .*/&\nSubject\t: another/' "$t/signed" >"$t/tab"
zoned 1 "$t/tab"
says 'DKIM        fail'
sed 's/^Subject:/Subject\t:/' "$t/signed" >"$t/tabbed"
zoned 0 "$t/tabbed"
says 'DKIM        pass'
sed 's/t=[0-9]*;/t=999999999999;/' "$t/signed" >"$t/future"
zoned 1 "$t/future"
says 'signed in the future'
sed 's/t=[0-9]*;/t=0;/' "$t/signed" >"$t/ancient"
zoned 1 "$t/ancient"
grep -q 'were changed' "$t/out" && { echo 'a refusal told as a change'; bad=1; }

# What a receiver would write can be pasted; where we know less than it may, nothing is said.
printf 'Return-Path: <"a b"@example.com>\n' | cat - "$t/signed" >"$t/odd"
zoned 0 --ip 192.0.2.25 "$t/odd"
says 'spf=pass smtp.mailfrom="\"a b\"@example.com";'
zoned 3 "$t/nul"
grep -q 'receiver would write' "$t/out" && { echo 'what is not known is written'; bad=1; }

# Who sealed it is told, and that nobody looked at the seals.
{
	for i in 2 1; do
		echo "ARC-Seal: i=$i; a=rsa-sha256; cv=pass; d=hop$i.example; s=a; b=AAAA"
		echo "ARC-Message-Signature: i=$i; a=rsa-sha256; d=hop$i.example; s=a; h=from; b=AAAA"
		echo "ARC-Authentication-Results: i=$i; mx.example.net; none"
	done
	cat "$t/signed"
} >"$t/sealed"
zoned 0 "$t/sealed"
says 'ARC         sealed, the last first, by hop2.example (cv=pass), hop1.example'
zoned 0 --report json "$t/sealed"
says '"domain": "hop2.example"'
cp "$t/out" "$t/sealed.json"
valid "$t/sealed.json"
zoned 0 "$t/signed"
grep -q '^  ARC' "$t/out" && { echo 'a seal where there is none'; bad=1; }

# Who sends is half known: SPF is not judged by what was not said.
zoned 1 --ip 192.0.2.25 --helo mx.example.com "$t/forged"
says 'MAIL FROM is not known (--mail-from)' 'DMARC       temperror'
zoned 3 --ip 192.0.2.25 "$t/plain"
says 'message-sender-unknown'
zoned 1 --ip 203.0.113.9 --mail-from '<bounce@example.com>' "$t/plain"
says 'SPF         fail' 'DMARC       fail'
zoned 2 --ip 192.0.2.25 --mail-from 'bounce@example.com>' "$t/plain"
zoned 0 --ip 192.0.2.25 --helo mx.example.com "$t/signed"

# What is no message: told, and the others go on.
: >"$t/empty"
printf 'no message\nat all\n' >"$t/text"
printf 'From: a@example.com\nSubject: \000\033[31mred\n' >"$t/noend"
zoned 2 "$t/empty" "$t/signed"
complains 'holds no message'
says 'DKIM        pass'
zoned 2 "$t/text"
zoned 2 "$t/gone"
complains 'No such file'
zoned 2 "$t/none"
complains 'holds no message'
zoned 1 --fail-on warning "$t/noend"
says '\000\027[31mred'
zoned 2
zoned 2 --report "json=$t/signed" "$t/signed"
complains 'is read or written already'
zoned 2 --record "$t/Maildir/new/1" "$t/Maildir"
zoned 2 --ip 192.0.2.1 --trust-received "$t/signed"
run 2 --offline "$t/signed"
printf 'From: ann@example.com, bob@example.org\nFrom: x\n\n' >"$t/two"
zoned 1 "$t/two"
says "$t/two: error"

# Bounds: ten megabytes in a line, 200 signatures, 5,000 fields, more than any receiver takes.
big() { head -c "$1" /dev/zero | tr '\0' 'a'; }
{ printf 'X-Long: '; big 10000000; echo; cat "$t/signed"; } >"$t/long"
{
	i=0
	while [ $i -lt 200 ]; do
		echo "DKIM-Signature: v=1; a=rsa-sha256; d=d$i.example; s=s; h=from; l=$i; bh=AAAA; b=AAAA"
		i=$((i + 1))
	done
	cat "$t/signed"
} >"$t/many"
{ yes 'X: y' | head -n 5000; cat "$t/signed"; } >"$t/fields"
{ mark 1; cat "$t/signed"; big 68000000; echo; echo; mark 2; cat "$t/signed"; } >"$t/huge"
began=$(date +%s)
for f in long many fields; do
	timeout 60 "$MAILVET" message --now $NOW --zone "$t/example.com.zone" --offline "$t/$f" >"$t/out" 2>&1
	[ $? -le 3 ] || { echo "$f: not judged"; cat "$t/out"; bad=1; }
done
zoned 2 "$t/huge"
complains 'message 1: larger than any receiver takes'
says 'message 2' 'DKIM        pass'
[ $(($(date +%s) - began)) -le 60 ] || { echo 'hostile messages take over a minute'; bad=1; }
if [ "${SANITIZERS:-no}" = no ]; then
	(
		# Not in POSIX, but in dash, bash and ksh.
		# shellcheck disable=SC3045
		ulimit -v 700000 && "$MAILVET" message --now $NOW --zone "$t/example.com.zone" --offline \
			"$t/huge" "$t/long" >"$t/out" 2>"$t/err"
	)
	grep -q 'message 2' "$t/out" || { echo 'not within 700 MB'; cat "$t/err"; bad=1; }
fi

# What README.md shows.
run 1 --zone "$SRCDIR/vectors/demo/message/zones" --offline --trust-received \
	"$SRCDIR/vectors/demo/message/received.eml"
says 'the body was changed' 'SPF         pass' 'DMARC       fail'
run 0 --zone "$SRCDIR/vectors/demo/message/zones" --offline "$SRCDIR/vectors/demo/message/sent.eml"
exit $bad
