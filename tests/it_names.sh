#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_names.sh - a name that is none, or a domain that nobody answers for, is told
# and stops no other; the exit status says which it was; what stands in a name
# never reaches the terminal raw.

set -u
zone=$TMPDIR/example.com.zone
bad=0

cat >"$zone" <<'END'
$ORIGIN example.com.
$TTL 3600
@	IN	SOA	ns1 hostmaster 1 7200 3600 1209600 3600
	IN	NS	ns1
	IN	NS	ns2
ns1	IN	A	192.0.2.53
ns2	IN	A	198.51.100.53
@	IN	MX	10 mx
	IN	MX	20 mx2
	IN	TXT	"v=spf1 mx -all"
_dmarc	IN	TXT	"v=DMARC1; p=quarantine; rua=mailto:d@example.com"
mx	IN	A	192.0.2.25
	IN	AAAA	2001:db8::25
_sub	IN	A	192.0.2.26
mx2	IN	A	203.0.113.25
	IN	AAAA	2001:db8:1::25
END

# run STATUS ARGUMENT...: the exit status is STATUS; output to $TMPDIR/out and err
run() {
	want=$1
	shift
	"$MAILVET" check --zone "$zone" --offline --report jsonl "$@" >"$TMPDIR/out" 2>"$TMPDIR/err"
	got=$?
	test "$got" -eq "$want" && return
	printf 'check %s: status %s, want %s\n' "$*" "$got" "$want"
	cat "$TMPDIR/err"
	bad=1
}

# domains N: that many were audited
domains() {
	n=$(grep -c '"verdict"' "$TMPDIR/out")
	test "$n" -eq "$1" && return
	printf '%s domains audited, want %s\n' "$n" "$1"
	bad=1
}

# told TEXT: standard error has it
told() {
	grep -qF "$1" "$TMPDIR/err" && return
	printf 'not told: %s\n' "$1"
	bad=1
}

long=$(printf 'a%.0s' 1 2 3 4 5 6 7 8 9 10)
long=$long$long$long$long$long$long
run 0 example.com
domains 1
run 0 example.com. EXAMPLE.COM Example.Com.
domains 3
run 3 example.com nobody.example
domains 2
run 3 localhost
domains 1
run 2 example.com 'example..com' example.com
domains 2
told 'example..com: '
run 2 "$long.$long.$long.$long.$long.com" example.com
domains 1
run 2 'user@example.com' example.com 'https://example.com/' ''
domains 1
told 'user@example.com: '
run 1 example.com no.example.com
domains 2
run 3 'müller.example' _sub.example.com
domains 2
grep -qF 'xn--mller-kva.example' "$TMPDIR/out" || { echo 'no A-label'; bad=1; }

# names on standard input: comments, blank lines, CR, bytes that are no names
printf 'example.com\r\n\n# a comment\nexa\033[31mmple.com\n\377\376\na\000b\nexample.com' >"$TMPDIR/names"
"$MAILVET" check --zone "$zone" --offline --report jsonl - \
    <"$TMPDIR/names" >"$TMPDIR/out" 2>"$TMPDIR/err"
got=$?
test "$got" -eq 2 || { echo "names on standard input: status $got, want 2"; bad=1; }
domains 2
if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177-\377]')" "$TMPDIR/err"; then
	echo 'raw bytes on standard error'
	bad=1
fi

# a file that is none: named, with the reason
run 2 --zone "$TMPDIR/absent" example.com
told "$TMPDIR/absent"
printf 'nothing of a zone\n' >"$TMPDIR/empty.zone"
run 2 --zone "$TMPDIR/empty.zone" example.com
told "$TMPDIR/empty.zone:1"
exit $bad
