#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_report.sh - outputs of real checks, merged by `mailvet report`: what was
# written is read, whole and cut off, of one run and of many; the newest result
# stands; what domains share is told, and what a provider serves to all is not.

# shellcheck disable=SC2317 # functions are called through want()

set -u
: "${TMPDIR:=/tmp}" "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
NOW=2026-11-21T12:00:00Z
w=$(mktemp -d "$TMPDIR/report.XXXXXX") || exit 1
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
		sed 's/^/# /' "$w/out" | head -n 40
		bad=1
	fi
}

key() { # key NAME: the base64 of a sample key
	sed -n "/^#define $1 /,/[^\\\\]\$/s/^[ 	]*\"\\([^\"]*\\)\".*/\\1/p" "$SRCDIR/tests/sample_keys.h" |
		tr -d '\n'
}
txt() { # txt BASE64: a key record in strings that fit
	printf '"v=DKIM1; p=" %s' "$(printf '%s' "$1" | sed 's/.\{1,200\}/"&" /g')"
}

zone() { # zone DOMAIN: what stands behind the apex comes from standard input
	cat >"$w/$1.zone" <<END
\$ORIGIN $1.
\$TTL 3600
@ SOA ns.example.net. admin.example.net. 1 7200 3600 604800 3600
@ NS ns.example.net.
@ MX 10 mx.example.net.
@ TXT "v=spf1 include:_spf.example.net -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@$1"
END
	cat >>"$w/$1.zone"
}
one=$(key RSA_2048) two=$(key RSA_1024)
if [ -z "$one" ] || [ -z "$two" ]; then
	echo 'not ok 1 - no sample keys'
	exit 1
fi
zone a.example <<END
s1._domainkey TXT $(txt "$one")
esp._domainkey CNAME esp._domainkey.example.net.
END
zone b.example <<END
s2._domainkey TXT $(txt "$one")
esp._domainkey CNAME esp._domainkey.example.net.
END
zone c.example <<END
s1._domainkey.news TXT $(txt "$(key RSA_1024_E3)")
s1._domainkey TXT $(txt "$(key RSA_1024_E3)")
END
zone example.net <<END
ns A 192.0.2.53
mx A 192.0.2.25
_spf TXT "v=spf1 ip4:192.0.2.0/28 include:_spf2.example.net -all"
_spf2 TXT "v=spf1 ip4:192.0.2.16/28 -all"
esp._domainkey TXT $(txt "$two")
END

audit() { # audit OUT NOW DOMAIN...
	audit_out=$1 audit_now=$2
	shift 2
	"$MAILVET" check --zone "$w/a.example.zone" --zone "$w/b.example.zone" \
	    --zone "$w/c.example.zone" --zone "$w/example.net.zone" --offline --now "$audit_now" \
	    --selector s1 --selector s2 --selector esp --dkim d=news.c.example,s=s1 \
	    --report "jsonl=$w/$audit_out.jsonl" --report "json=$w/$audit_out.json" "$@" >/dev/null
	[ $? -ne 2 ]
}
audit all $NOW a.example b.example c.example example.net || { echo 'not ok 1 - audit'; exit 1; }
for each in a.example b.example c.example example.net; do
	audit "${each%.*}" $NOW $each || { echo 'not ok 1 - audit'; exit 1; }
done
audit old 2026-11-20T12:00:00Z --only mx a.example c.example

report() { # report STATUS OPTION... FILE...
	report_status=$1
	shift
	"$MAILVET" report --ascii "$@" 2>"$w/err"
	[ $? -eq "$report_status" ] || { echo "status is not $report_status"; cat "$w/err"; false; }
}

# The domains of a check, as they were, whichever form they came in.
as_it_was() {
	head -n 4 "$w/all.jsonl" >"$w/want"
	for from in all.jsonl all.json; do
		report 1 --report jsonl "$w/$from" >"$w/got" || return
		head -n 4 "$w/got" | diff "$w/want" - || return
	done
	# and so of runs on four machines
	report 1 --report jsonl "$w/a.jsonl" "$w/b.json" "$w/c.jsonl" "$w/example.json" >"$w/got" || return
	head -n 4 "$w/got" | diff "$w/want" - || return
	report 1 --report json "$w/got" >"$w/again.json" && report 1 --report jsonl "$w/again.json" >"$w/got2" &&
		head -n 4 "$w/got2" | diff "$w/want" -
}
want 'domains come out as they went in' as_it_was

piped() {
	cat "$w/a.jsonl" "$w/b.jsonl" | report 1 --report jsonl - >"$w/1" &&
	report 1 --report jsonl "$w/a.jsonl" "$w/b.jsonl" | sed 's/"files":2/"files":1/' | diff "$w/1" -
}
want 'a pipe is an output too' piped

newest() {
	report 1 --report jsonl "$w/old.jsonl" "$w/all.jsonl" >"$w/1" || return
	grep -q "old.jsonl:1: a.example: left out, the result in $w/all.jsonl:1 stands" "$w/err" || return
	grep -q '"replaced":2' "$w/1" || return
	head -n 4 "$w/1" | diff "$w/want" - || return
	report 1 --report jsonl "$w/all.jsonl" "$w/old.jsonl" | head -n 4 | diff "$w/want" -
}
want 'the result of the latest run stands, whatever the order' newest

# A run that was killed told no time: that of its file counts.
killed() {
	grep -v '^{"run"' "$w/all.jsonl" >"$w/cut.jsonl"
	touch -d 2026-11-21T00:00:00Z "$w/cut.jsonl"
	report 1 --report jsonl "$w/cut.jsonl" "$w/old.jsonl" >"$w/1" || return
	grep -q "cut.jsonl: has no last line" "$w/err" || return
	head -n 4 "$w/1" | diff "$w/want" - || return
	touch -d 2026-11-20T00:00:00Z "$w/cut.jsonl"
	report 1 --report jsonl "$w/cut.jsonl" "$w/old.jsonl" >"$w/1"
	grep -q "cut.jsonl:1: a.example: left out, the result in $w/old.jsonl:1 stands" "$w/err"
}
want 'of a run that was killed the time of its file counts' killed

# Of many domains only those that need somebody are told, but all are counted; what was
# replaced is not, whichever came first.
sums() { sed -n '/^  "summary"/,$p' | grep -v '"files"\|"runs"\|"replaced"\|"from"\|"to"'; }
many() {
	ill=$(grep '"verdict":"error"' "$w/all.jsonl" | head -n 1)
	audit well "$NOW" --only spf b.example || return
	well=$(grep '"verdict":"\(note\|pass\)"' "$w/well.jsonl" | head -n 1)
	end=$(tail -n 1 "$w/all.jsonl") old_end=$(tail -n 1 "$w/old.jsonl")
	for i in $(seq 60); do
		echo "$well" | sed "s/b\.example/d$i.example/g"
	done >"$w/wells"
	{ echo "$ill" && cat "$w/wells" && echo "$end"; } >"$w/many.jsonl"
	{ echo "$ill" | sed 's/"domain":"[^"]*","v/"domain":"d7.example","v/' &&
		sed -n 8p "$w/wells" && echo "$old_end"; } >"$w/older.jsonl"
	report 1 --report json="$w/2" "$w/many.jsonl" && sums <"$w/2" >"$w/sums" || return
	for order in many "many older" "older many"; do
		set --
		for each in $order; do set -- "$@" "$w/$each.jsonl"; done
		report 1 "$@" >"$w/1" && report 1 --report json "$@" | sums | diff "$w/sums" - || return
		cat "$w/1" "$w/err"
		grep -q '^a.example: error' "$w/1" && grep -q '^61 domains: 1 error, 60 ' "$w/1" || return
		grep -q '^d[0-9]*.example' "$w/1" && return 1
	done
	[ "$(grep -c 'older.jsonl:.: .*: left out' "$w/err")" -eq 2 ]
}
want 'of many domains all are counted, and those told that need somebody' many

shared() {
	report 1 "$w/all.jsonl" >"$w/1" || return
	cat "$w/1"
	grep -q '^  dkim key of s1._domainkey.a.example is also at s2._domainkey.b.example$' "$w/1" &&
	grep -q '^ *4 *2  *_spf.example.net: a.example, b.example, c.example, and 1 more$' "$w/1" &&
	[ "$(grep -c '^  dkim key of' "$w/1")" -eq 1 ]
}
want 'a key at two owners is told, the key of a provider is not' shared

torn() {
	size=$(wc -c <"$w/all.jsonl")
	for cut in 1 2 40 400 4000; do
		head -c $((size - cut)) "$w/all.jsonl" >"$w/torn.jsonl"
		report 1 --report jsonl "$w/torn.jsonl" >"$w/1" || return
		[ "$(grep -c '^{"domain"' "$w/1")" -ge 3 ] || return
		[ "$cut" -eq 1 ] || grep -q 'torn.jsonl:[45]: cut off: left out' "$w/err" || return
	done
}
want 'a last line that was cut off is told and dropped' torn

# A run that did not end says nothing of the domains that are missing.
open_ended() {
	head -n 1 "$w/all.jsonl" >"$w/open.jsonl" # no end
	sed '2,4d; $s/"findings":/"interrupted":true,&/' "$w/all.jsonl" >"$w/interrupted.jsonl"
	head -n 2 "$w/all.jsonl" | head -c -20 >"$w/cut-off.jsonl"
	cat "$w/a.jsonl" "$w/open.jsonl" >"$w/behind.jsonl"
	report 0 --fail-on never --report text "$w/all.jsonl" >"$w/1" || return
	grep -q 'did not end' "$w/1" && return 1
	for each in open interrupted behind; do
		report 3 --fail-on never --report text="$w/1" --report jsonl="$w/2" "$w/$each.jsonl" || return
		tr -s '\n ' ' ' <"$w/1" | grep -q 'a run did not end' || return
		grep -q "^mailvet: .*$each.jsonl: .*nobody looked at" "$w/err" || return
		report 3 --fail-on never "$w/2" >"$w/1" || return # and so when it is merged again
		report 1 "$w/$each.jsonl" "$w/all.jsonl" >"$w/1" || return
	done
	report 3 --fail-on never "$w/cut-off.jsonl" "$w/all.jsonl" >"$w/1" || return
}
want 'a run that did not end sets exit status 3' open_ended

to_one_file() {
	for other in "$w/1" "$w/./1" "$w/2"; do
		ln -sf "$w/1" "$w/2"
		report 2 --report "json=$w/1" --report "jsonl=$other" "$w/all.jsonl" || return
		grep -q 'another report goes to that file' "$w/err" || return
	done
}
want 'two reports do not go to one file' to_one_file

broken() {
	sed '2s/"verdict":"[a-z]*"/"verdict":"fine"/' "$w/all.jsonl" >"$w/broken.jsonl"
	report 2 --report jsonl "$w/broken.jsonl" >"$w/1" || return
	grep -q 'broken.jsonl:2: verdict: ' "$w/err" || return
	[ "$(grep -c '^{"domain"' "$w/1")" -eq 3 ] || return
	report 2 --report jsonl "$w/all.jsonl" "$w/not-there" >"$w/1" || return
	[ "$(grep -c '^{"domain"' "$w/1")" -eq 4 ]
	: >"$w/empty" && report 2 "$w/empty"
}
want 'what cannot be read is told, and the rest is reported' broken

# Two keys of two owners with a prime in common: both are named, and it counts as an error.
factors() {
	for d in d e; do
		rm -f "$w/$d.example.zone"
	done
	zone d.example <<END
s1._domainkey TXT $(txt "$(key RSA_1024_SHARED_A)")
END
	zone e.example <<END
s1._domainkey TXT $(txt "$(key RSA_1024_SHARED_B)")
END
	for d in d e; do
		"$MAILVET" check --offline --zone "$w/$d.example.zone" --now "$NOW" --only dkim \
			--report jsonl "$d.example" >"$w/$d.jsonl" 2>/dev/null
	done
	rm -f "$w/d.example.zone" "$w/e.example.zone"
	report 1 "$w/d.jsonl" "$w/e.jsonl" >"$w/got" &&
		tr -s '\n ' ' ' <"$w/got" | grep -q 'they share a prime with another: dkim key of s1._domainkey.d.example shares a prime with s1._domainkey.e.example' &&
		report 0 --fail-on never --report json "$w/d.jsonl" "$w/e.jsonl" | grep -q '"n_shared_factors": 1' &&
		report 0 "$w/d.jsonl" >/dev/null
}
want 'keys that share a prime' factors

statuses() {
	report 0 --fail-on never "$w/all.jsonl" >/dev/null &&
	report 2 --fail-on often "$w/all.jsonl" && report 2 && report 2 --report html "$w/all.jsonl" &&
	report 2 --report "json=$w/all.json" "$w/all.json" && [ -s "$w/all.json" ]
}
want 'exit statuses; no output is one of the inputs' statuses

unwritable() {
	[ -w /dev/full ] || return 0
	"$MAILVET" report --report jsonl "$w/all.jsonl" >/dev/full 2>"$w/err"
	[ $? -eq 2 ] && [ "$(wc -l <"$w/err")" -eq 1 ] && cat "$w/err"
}
want 'output that cannot be written is told once' unwritable

schema() {
	/usr/bin/python3 -W ignore - "$SRCDIR/report/schema.json" "$w" <<'END'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
whole = jsonschema.Draft7Validator(schema)
line = jsonschema.Draft7Validator({"$ref": "#/definitions/jsonl_line", "definitions": schema["definitions"]})
whole.validate(json.load(open(sys.argv[2] + "/again.json")))
for text in open(sys.argv[2] + "/got2"):
    line.validate(json.loads(text))
END
}
if /usr/bin/python3 -W ignore -c 'import jsonschema' 2>/dev/null; then
	want 'merged reports follow the schema' schema
else
	n=$((n + 1))
	echo "ok $n # SKIP needs python3-jsonschema"
fi

vectors() {
	for file in "$SRCDIR"/vectors/check/*.zone; do
		command=$(sed -n 's/^;; check //p' "$file" | head -n 1)
		# These are words.
		# shellcheck disable=SC2086
		[ -z "$command" ] || "$MAILVET" check --zone "$file" --offline --now $NOW \
		    --report jsonl $command >"$w/one.jsonl" 2>/dev/null
		[ -s "$w/one.jsonl" ] || continue
		grep -v '^{"run"' "$w/one.jsonl" >"$w/domains"
		"$MAILVET" report --fail-on never --report jsonl "$w/one.jsonl" >"$w/got" 2>"$w/err"
		if [ $? -eq 2 ] || [ -s "$w/err" ] ||
		    ! head -n "$(wc -l <"$w/domains")" "$w/got" | cmp - "$w/domains"; then
			echo "$file"
			cat "$w/err"
			return 1
		fi
		cat "$w/one.jsonl" >>"$w/every.jsonl"
	done
	"$MAILVET" report --fail-on never "$w/every.jsonl" >"$w/1" 2>/dev/null
	[ $? -ne 2 ] && grep -q 'Commonest findings' "$w/1"
}
want 'every vector is read as it was written' vectors
echo "1..$n"
exit $bad
