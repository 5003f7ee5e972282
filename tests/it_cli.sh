#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_cli.sh - what the shell sees of mailvet: exit status, and what is said where.

set -u
: "${MAILVET:=./mailvet}" "${TMPDIR:=/tmp}" "${SRCDIR:=.}"
work=$TMPDIR/cli.$$
mkdir "$work" "$work/zones" || exit 1
trap 'rm -rf "$work"' EXIT
n=0

# result OK NAME: one line of TAP; what was said when it failed
result() {
	n=$((n + 1))
	if [ "$1" -eq 1 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2 (status $status)"
		sed 's/^/# /' "$work/err"
	fi
}

# want STATUS ERRORS NAME: after a command; ERRORS: lines on standard error
want() {
	ok=0
	[ "$status" -eq "$1" ] && [ "$(wc -l <"$work/err")" -eq "$2" ] && ok=1
	result $ok "$3"
}

# run WORDS...: mailvet, its output in files
run() {
	"$MAILVET" "$@" >"$work/out" 2>"$work/err" <"$work/in"
	status=$?
}

: >"$work/in"
cat >"$work/zones/example.com.zone" <<'ZONE'
$ORIGIN example.com.
$TTL 3600
@ SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns2 A 198.51.100.53
@ MX 0 .
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p=reject; sp=reject"
ZONE
sed -e 's/example\.com/example.org/' -e '/MX/d' -e '/TXT/d' "$work/zones/example.com.zone" \
	>"$work/zones/example.org.zone"
echo '@ A 192.0.2.80' >>"$work/zones/example.org.zone"
zone="--offline --zone $work/zones"

# The words of $zone are options.
# shellcheck disable=SC2086
{
	run check $zone --profile parked --fail-on warning example.com
	want 0 0 'a parked domain in order is silent'
	ln -s one "$work/two"
	run check $zone --report "json=$work/one" --report "jsonl=$work/two" example.com
	want 2 1 'two reports do not go to one file by two paths'
	run check $zone --only spf --skip spf example.com
	want 2 1 'no check is left'
	run check $zone --only ptr example.com
	want 2 1 'a check that has nothing to look at'
	run check $zone --report "json=$work/zones/example.com.zone" example.com
	want 2 1 'a report never goes where a zone is read'
	run check $zone --record "$work/zones/example.com.zone" example.com
	want 2 1 'nor does a recording'
	change='"change": { "after": { "type": "TXT", "name": "@", "value": "x" } }'
	printf '{ "resource_changes": [ { "mode": "managed", %s, %s } ] }' \
		'"type": "digitalocean_record"' "$change" >"$work/plan.json"
	run check --offline --zone "$work/plan.json" example.com
	want 2 1 'a plan whose zone nobody knows is not passed over in silence'
	run check $zone --record "$work/both" --report "jsonl=$work/both" example.com
	want 2 1 'two outputs to one file'
	test "$(wc -l <"$work/zones/example.com.zone")" -eq 10
	status=$? ok=0
	[ $status -eq 0 ] && ok=1
	result $ok 'the zone is as it was'
	run check $zone --profile parked --report json example.org
	ok=1
	for slug in spf-parked-none dmarc-none-no-mail mx-implicit; do
		tr -d '\n ' <"$work/out" |
			grep -q "\"id\":\"$slug\",\"level\":\"warning\"" || ok=0
	done
	result $ok 'a parked domain wants SPF, DMARC and a null MX'

	run check $zone --report jsonl example.com example.com
	ok=0
	[ "$(grep -c '^{"domain":"example.com"' "$work/out")" -eq 2 ] &&
		[ "$(sed -n 1p "$work/out")" = "$(sed -n 2p "$work/out")" ] && ok=1
	result $ok 'a domain given twice is told twice, the same'

	run check $zone -
	want 2 1 'standard input without a name'
	"$MAILVET" check $zone - </ >"$work/out" 2>"$work/err"
	status=$?
	want 2 1 'standard input that cannot be read'
	printf '# a comment\n\n  example.com \nexample.net.\n' >"$work/in"
	run check $zone --report jsonl -
	ok=0
	[ "$(grep -c '^{"domain"' "$work/out")" -eq 2 ] && [ $status -eq 3 ] && ok=1
	result $ok 'names from standard input, one of them unknown'
	printf 'example.com\na..b\n' >"$work/in"
	run check $zone -
	want 2 1 'a name that is none does not stop the others'
	: >"$work/in"

	run check $zone --report json="$work/none/x" --report jsonl="$work/y" example.com
	want 2 1 'a report file that cannot be opened'
	run check $zone --record "$work/none/x" example.com
	want 2 1 'a recording that cannot be written'
	run check --replay "$work/none" example.com
	want 2 1 'a recording that cannot be read'
	if [ -c /dev/full ]; then
		"$MAILVET" check $zone example.com example.org >/dev/full 2>"$work/err"
		status=$?
		want 2 1 'a full disk is told once'
		"$MAILVET" rules >/dev/full 2>"$work/err"
		status=$?
		want 2 1 'a full disk, rules'
	fi
	for command in "rules --report json" "check $zone --report jsonl -"; do
		seq 1 3000 | sed 's/$/.example.com/' >"$work/in"
		{
			"$MAILVET" $command <"$work/in" 2>"$work/err"
			echo $? >"$work/status"
		} | head -n 1 >/dev/null
		status=$(cat "$work/status")
		want 2 0 "a reader that goes away: ${command%% *}"
	done
	: >"$work/in"

	run check $zone --record "$work/rec" --report jsonl --now 2026-11-21T12:00:00Z example.com
	cut -d, -f1,2 "$work/out" | sed 1q >"$work/one"
	run check --replay "$work/rec" --report jsonl example.com
	ok=0
	cut -d, -f1,2 "$work/out" | sed 1q | cmp -s - "$work/one" && ok=1
	result $ok 'a replay has the verdict of its recording'

	keys=$SRCDIR/vectors/check
	umask 077
	cp "$keys/signer-rsa.pem" "$work/key.pem" && cp "$keys/signer-seed.txt" "$work/seed"
	signer="check --offline --only dkim --selector s1 --private-key"
	run $signer "$work/key.pem" --zone "$keys/dkim-signer-same.zone" --report json example.com
	ok=0
	[ $status -eq 0 ] && grep -q '"signer": "same"' "$work/out" && [ ! -s "$work/err" ] && ok=1
	result $ok 'the published key is that of the signer'
	run $signer "$work/key.pem" --zone "$keys/dkim-signer-same.zone" example.com
	ok=0
	grep -q 'no fault: DKIM' "$work/out" && ok=1
	result $ok 'no fault is told of a key without one'
	for broken in version-late letter-escapes key-cut key-cut-three key-cut-tags key-cut-quoted bare-key version-small pkcs1 line-end pem pem-alone pasted-line smart-quotes name-before \
		divided divided-type empty-tag untagged url-alphabet unpadded blanks ed25519-size; do
		run check --offline --only dkim --selector s1 --zone "$keys/dkim-$broken.zone" example.com
		ok=0
		[ "$(grep -c 'put in its place' "$work/out")" -eq 1 ] && ok=1
		result $ok "the zone has all of the key, here is the record: $broken"
	done
	for broken in multiple multiple-note-not key-cut-not key-cut-damaged-not not-a-key revoked blanks-damaged-not blank-damaged-not ellipsis \
		pem-private-foot dmarc-not-a-key; do
		run check --offline --only dkim --selector s1 --zone "$keys/dkim-$broken.zone" example.com
		ok=0
		! grep -q 'put in its place' "$work/out" && ok=1
		result $ok "the zone does not say which key: $broken"
	done
	for broken in multiple key-cut bare-key not-a-key revoked; do
		run $signer "$work/key.pem" --zone "$keys/dkim-$broken.zone" example.com
		ok=0
		[ "$(grep -c 'put in its place' "$work/out")" -eq 1 ] && ok=1
		result $ok "the signer has the key, here is the record: $broken"
	done
	sed 's/"v=DKIM1;/"v=dkim1;/' "$keys/dkim-signer-same.zone" >"$work/dkim1.zone"
	run $signer "$work/key.pem" --zone "$work/dkim1.zone" example.com
	ok=0
	[ $status -eq 1 ] && ! grep -q 'no fault' "$work/out" && ok=1
	result $ok 'the right key in a broken record is no clean check'
	run $signer "$work/key.pem" --zone "$keys/dkim-signer-differs.zone" example.com
	ok=0
	[ $status -eq 1 ] && grep -q 'put in its place' "$work/out" && ok=1
	result $ok 'it is another one: the record to publish'
	run $signer "$work/seed" --zone "$keys/dkim-signer-unpublished.zone" --record "$work/rec" example.com
	ok=0
	[ $status -eq 1 ] && grep -q 'TXT "v=DKIM1; k=ed25519; p=' "$work/out" &&
		! grep -qF "$(cut -c1-20 "$work/seed")" "$work/out" "$work/rec" "$work/err" && ok=1
	result $ok 'none is published; the seed goes nowhere'
	chmod 644 "$work/key.pem"
	run $signer "$work/key.pem" --zone "$keys/dkim-signer-same.zone" example.com
	want 0 1 'a private key that everybody may read'
	for bad in "$work/none" "$work" "$keys/signer-encrypted.pem" "$keys/signer-public.pem" "$work/in"; do
		run $signer "$bad" --zone "$keys/dkim-signer-same.zone" example.com
		want 2 1 "no private key to use: ${bad##*/}"
	done
	run $signer "$keys/signer-public.pem" --zone "$keys/dkim-signer-same.zone" example.com
	grep -q 'that is a public key' "$work/err" || status=99
	want 2 1 'a public key in place of the private one'
	run $signer "$work/key.pem" --selector s2 --zone "$keys/dkim-signer-same.zone" example.com
	grep -q 'one --selector' "$work/err" || status=99
	want 2 2 'a private key of two selectors'
	for selector in s=s1 s1. 's 1' s1._domainkey; do
		run check $zone --selector "$selector" example.com
		want 2 1 "not a selector: $selector"
	done
	run check $zone --selector k1.mail_2 --fail-on never --only mx example.com
	want 0 0 'a selector with a dot and an underscore'
	run check $zone --private-key "$work/seed" example.com
	want 2 1 'a private key without selector'

	# what was left out of the data is not to be asked again
	for target in s1.keys.example.net. s1._domainkey; do
		printf '%s\n' '@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 3600' \
			'@ 3600 IN NS ns1' 'ns1 3600 IN A 192.0.2.53' \
			"s1._domainkey 3600 IN CNAME $target" >"$work/example.com.zone"
		run check --offline --only dkim --selector s1 --zone "$work/example.com.zone" example.com
		case $target in
		*.) words='Give the zone that holds what is missing' ;;
		*) words='Correct the CNAME records' ;;
		esac
		ok=0
		[ $status -eq 3 ] && grep -q "fix: $words" "$work/out" && ok=1
		result $ok "no key to be seen: $words"
	done
	run check --offline --only spf --zone "$work/example.com.zone" example.net
	ok=0
	[ $status -eq 3 ] && grep -q 'fix: Give the zone that holds what is missing' "$work/out" && ok=1
	result $ok 'no SPF record to be seen: the zone is wanted'
	run check $zone --record "$work/rec" --only dkim --selector s1 example.com
	run check --replay "$work/rec" --only dkim --selector s2 --report json example.com
	ok=0
	[ $status -eq 3 ] && grep -q '"text": "Ask live, without --replay' "$work/out" && ok=1
	result $ok 'a recording that lacks the selector'

	run rules --profile parked
	want 0 0 'the table of a profile'
	run rules --profile none
	want 2 1 'a profile there is not'
	run check $zone --profile preflight example.com
	want 2 1 'a pre-flight of nobody'
	run check $zone --profile preflight --via nosuch example.com
	want 2 1 'a service there is not'
	run check $zone --via gogle example.com
	ok=0
	grep -q 'google is near' "$work/err" && ok=1
	result $ok 'a service there is not, with the one that was meant'
	run check --via list
	ok=0
	grep -q '^google  *Google Workspace' "$work/out" && ok=1
	result $ok 'the services there are'
	run check $zone --profile preflight --skip dnsbl --via google --fail-on never example.com
	want 0 0 'a pre-flight through a service'
	run rules SPF042
	ok=0
	[ "$(grep -c "\[spf-.*\]: " "$work/out")" -ge 2 ] && ok=1
	result $ok 'an alias names all its rules'
	run check $zone
	want 2 1 'no domain'
}
echo "1..$n"
