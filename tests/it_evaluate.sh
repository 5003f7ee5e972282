#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_evaluate.sh - mailvet evaluate: exit status and result, wrong usage, JSON
# after its schema, the same bytes out of a recording, nothing raw to a terminal.

set -u
zone=$TMPDIR/example.com.zone
bad=0

cat >"$zone" <<'END'
$ORIGIN example.com.
$TTL 3600
@	IN	SOA	ns1 hostmaster 1 7200 3600 1209600 3600
	IN	NS	ns1
ns1	IN	A	192.0.2.53
	IN	TXT	"v=spf1 a -all"
@	IN	TXT	"v=spf1 include:s.example.com -exists:%{l}.x.example.com ~all"
s	IN	TXT	"v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.9 exists:%{l}.e.example.com -all"
bad	IN	TXT	"v=spf1 \027[31m -all"
loop	IN	TXT	"v=spf1 include:loop.example.com"
away	IN	TXT	"v=spf1 include:example.org -all"
no	IN	TXT	"v=spf1 -all exp=e.example.com"
e	IN	TXT	"\"%{s}\" is not welcome"
END

# run STATUS RESULT ARGUMENT...: the exit status is STATUS, the text begins with RESULT
run() {
	want=$1 result=$2
	shift 2
	"$MAILVET" evaluate --zone "$zone" --offline "$@" >"$TMPDIR/out" 2>"$TMPDIR/err"
	got=$?
	first=$(sed -n '1s/:.*//p' "$TMPDIR/out")
	test "$got" -eq "$want" && test "$first" = "$result" && return
	printf 'evaluate %s: status %s, want %s; result %s, want %s\n' "$*" "$got" "$want" "$first" "$result"
	cat "$TMPDIR/err"
	bad=1
}

# says TEXT: the last run printed it
says() {
	grep -qF -- "$1" "$TMPDIR/out" && return
	printf 'not there: %s\n' "$1"
	cat "$TMPDIR/out"
	bad=1
}

run 0 pass --ip 192.0.2.7 --mail-from a@example.com --explain
says '192.0.2.7 sending as example.com'
says 's.example.com: ip4:192.0.2.0/24  <-- decides'
says '1 of 10'
says '= pass by s.example.com'
run 1 softfail --ip 203.0.113.1 --mail-from example.com
run 1 none --ip 203.0.113.1 --mail-from a@mx.example.com
run 0 pass --ip 192.0.2.53 --mail-from '' --helo ns1.example.com
says 'HELO'
run 1 permerror --ip 192.0.2.53 --mail-from a@loop.example.com
says 'more than 10 terms cause lookups'
run 3 temperror --ip 192.0.2.53 --mail-from a@away.example.com
says 'a lookup failed (example.org: not in the zone files given)'
run 1 permerror --ip 192.0.2.53 --mail-from a@bad.example.com
says '\027[31m'
run 1 fail --ip 192.0.2.53 --mail-from you@no.example.com
says '"you@no.example.com" is not welcome'

# The second opinion: the same where both agree, the term where not, nothing on loopback.
cat >>"$zone" <<'END'
zero	IN	TXT	"v=spf1 ip4:0.0.0.0/0 -all"
END
run 0 pass --ip 192.0.2.7 --mail-from a@example.com
says 'libspf2:     pass'
run 0 pass --ip 192.0.2.7 --mail-from a@zero.example.com
says 'libspf2:     permerror; it takes a prefix length of 0 for an error, ip4:0.0.0.0/0 of zero.example.com'
run 1 fail --ip 127.0.0.1 --mail-from you@no.example.com
if grep -q libspf2 "$TMPDIR/out"; then
	echo 'libspf2 was asked about a loopback address'
	bad=1
fi

# DMARC, with the names that were asked; where the RFCs differ, both; its result decides.
cat >>"$zone" <<'END'
_dmarc	IN	TXT	"v=DMARC1; p=reject; adkim=s; rua=mailto:d@example.com"
_dmarc.cut	IN	TXT	"v=DMARC1; p=quarantine; psd=n"
k._domainkey	IN	TXT	"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
END
run 0 pass --ip 192.0.2.53 --mail-from a@ns1.example.com --from example.com
says 'SPF:         pass for ns1.example.com, aligned (relaxed)'
says 'DMARC:       pass for From example.com, policy reject'
says '_dmarc.example.com: v=DMARC1; p=reject; adkim=s; rua=mailto:d@example.com  <-- applies'
run 0 softfail --ip 203.0.113.1 --mail-from a@example.com --from example.com --dkim d=example.com,s=k
says 'DKIM:        pass by k._domainkey.example.com, aligned (the same domain)'
run 1 softfail --ip 203.0.113.1 --mail-from a@example.com --from s.example.com --dkim d=example.com,s=k
says 'not aligned: the record asks for the same domain'
says 'DMARC:       fail for From s.example.com, policy reject, receivers are asked for reject'
run 1 pass --ip 192.0.2.53 --mail-from a@ns1.example.com --from cut.example.com
says 'DMARC:       fail for From cut.example.com, policy quarantine'
says 'RFC 7489:    pass'
run 1 softfail --ip 203.0.113.1 --mail-from a@example.com --from example.com --dkim d=example.com,s=none
says 'DKIM:        permerror by none._domainkey.example.com'
run 3 softfail --ip 203.0.113.1 --mail-from a@example.com --from example.org --dkim d=example.org,s=k
says 'DMARC:       temperror'
run 2 '' --ip 192.0.2.53 --mail-from a@example.com --dkim d=example.com,s=k

for args in '--ip 192.0.2.1' '--mail-from a@example.com' '--ip 192.0.2.1 --mail-from=' \
    '--ip 192.0.2.1 --ip 192.0.2.2 --mail-from a@example.com' '--notes' \
    '--ip 192.0.2.1 --mail-from a@example.com example.com'; do
	# shellcheck disable=SC2086
	run 2 '' $args
done
"$MAILVET" check --explain --zone "$zone" --offline example.com 2>/dev/null
test $? -eq 2 || { echo 'check takes --explain'; bad=1; }

# A recording gives the same bytes.
set -- evaluate --ip 192.0.2.7 --mail-from a@example.com --from cut.example.com --dkim d=cut.example.com,s=none \
    --dkim d=example.com,s=k --explain --now 2026-11-21T12:00:00Z --report json
"$MAILVET" "$@" --zone "$zone" --offline --record "$TMPDIR/rec" >"$TMPDIR/one"
test $? -eq 1 || bad=1
"$MAILVET" "$@" --replay "$TMPDIR/rec" >"$TMPDIR/two"
test $? -eq 1 || bad=1
cmp "$TMPDIR/one" "$TMPDIR/two" || bad=1
if /usr/bin/python3 -W ignore -c 'import jsonschema' 2>/dev/null; then
	/usr/bin/python3 -W ignore - "$SRCDIR/report/schema.json" "$TMPDIR/one" <<'END' || bad=1
import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
top = {"$ref": "#/definitions/evaluate", "definitions": schema["definitions"]}
jsonschema.Draft7Validator(top).validate(json.load(open(sys.argv[2])))
END
fi
exit $bad
