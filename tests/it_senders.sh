#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_senders.sh - mailvet senders: what the reports of vectors/aggregate say, as text and
# JSON that follows the schema; exit status; and files made to exhaust whoever opens them.

set -u
here=$SRCDIR/vectors/aggregate
zone=$here/world/example.com.zone
config=$here/world/mailvet.yaml
now=2026-11-21T12:00:00Z
bad=0

# senders STATUS ARG...: run it; output in $TMPDIR/out and err
senders() {
	want=$1
	shift
	"$MAILVET" senders --offline --now $now "$@" >"$TMPDIR/out" 2>"$TMPDIR/err" </dev/null
	got=$?
	[ $got -eq "$want" ] && return 0
	echo "senders $*: status $got, want $want"
	cat "$TMPDIR/err"
	bad=1
	return 1
}

# same FILE: the output is what stands in FILE
same() {
	if ! diff "$here/world/$1" "$TMPDIR/out"; then
		echo "< $1, > what came out"
		bad=1
	fi
}

# told TEXT: stderr has TEXT
told() {
	grep -q -- "$1" "$TMPDIR/err" && return
	echo "not told: $1"
	cat "$TMPDIR/err"
	bad=1
}

# Three files, four reports, of which two came before.
set -- "$here/plain.xml" "$here/mail.eml" "$here/several.zip"
senders 0 --zone "$zone" "$@" && same known-to-nobody.text
senders 1 --zone "$zone" --config "$config" "$@" && same configured.text
senders 1 --zone "$zone" --config "$config" --report json "$@" && same configured.json
cp "$TMPDIR/out" "$TMPDIR/json"
senders 1 --zone "$zone" --config "$config" --report jsonl "$@" && cp "$TMPDIR/out" "$TMPDIR/jsonl"
senders 0 --zone "$zone" --config "$config" --fail-on never "$@"
senders 1 --zone "$zone" --fail-on note "$@"
"$MAILVET" senders --offline - <"$here/packed.xml.gz" | grep -q '^1 report in 1 file, 88 messages' ||
	{ echo 'standard input was not read'; bad=1; }

# An address known from reports alone never leads to a change of SPF.
if grep -i 'add \|ip4:203\|ip4:198\|include' "$TMPDIR/out" "$TMPDIR/json" >"$TMPDIR/proposed"; then
	cat "$TMPDIR/proposed"
	bad=1
fi

# A record of what was asked gives the same again; without the zone nothing is known.
senders 1 --zone "$zone" --config "$config" --record "$TMPDIR/record" "$@"
"$MAILVET" senders --now $now --replay "$TMPDIR/record" --config "$config" "$@" >"$TMPDIR/again"
diff "$TMPDIR/out" "$TMPDIR/again" || bad=1
echo "{\"schema\":\"mailvet-recording/1\",\"now\":\"$now\"}" >"$TMPDIR/empty"
head -n 1 "$TMPDIR/record" >"$TMPDIR/empty"
"$MAILVET" senders --replay "$TMPDIR/empty" --config "$config" "$@" >"$TMPDIR/out"
status=$?
[ $status -eq 3 ] || { echo "nothing could be looked up: status $status, want 3"; bad=1; }
grep -q "could not all be looked up" "$TMPDIR/out" || { echo 'and it was not told'; bad=1; }

# What is refused, and why.
senders 2
senders 2 "$TMPDIR/none" && told 'No such file'
senders 2 "$here/entities.xml" && told 'declares or uses entities'
senders 2 "$here/cut.xml.gz" && told 'packed file is damaged'
senders 0 "$here/no-trailer.xml.gz" && told 'the report in it is whole'
senders 2 "$here/latin1.xml" && told 'no encoding that it declares'
senders 0 "$here/utf16.xml"
senders 2 "$here/plain.xml" "$zone" && told 'no report'
senders 2 --report json="$here/plain.xml" "$here/plain.xml" && told 'cannot be written'
head -c 300000000 /dev/zero | gzip >"$TMPDIR/zeros.gz"
senders 2 "$TMPDIR/zeros.gz" && told 'unpacks to far more'
gzip -c "$here/packed.xml.gz" | gzip | gzip | gzip >"$TMPDIR/often.gz"
senders 2 "$TMPDIR/often.gz" && told 'more often than reports are'
(
	echo '<feedback>'
	yes '<a>' | head -n 2000000
) >"$TMPDIR/deep.xml"
senders 2 "$TMPDIR/deep.xml" && told 'not well-formed'
yes 'Content-Type: message/rfc822

' | head -n 600000 >"$TMPDIR/nested.eml"
senders 2 "$TMPDIR/nested.eml" && told 'more parts than mail has'

# A directory: other mail and files are passed over, what is a report and broken is not.
mkdir -p "$TMPDIR/mail/cur" "$TMPDIR/mail/new"
cp "$here/mail.eml" "$TMPDIR/mail/cur/1"
printf 'From: a@example.com\nSubject: lunch\n\nat one\n' >"$TMPDIR/mail/new/2"
printf '<?xml version="1.0"?><invoice/>' >"$TMPDIR/mail/new/3"
ln -s /etc/passwd "$TMPDIR/mail/new/4"
senders 0 "$TMPDIR/mail" && { grep -q '^1 report in 3 files' "$TMPDIR/out" || { cat "$TMPDIR/out"; bad=1; }; }
cp "$here/cut.xml.gz" "$TMPDIR/mail/new/5"
senders 2 "$TMPDIR/mail" && told 'damaged'

# The audit goes on with what could be read, and still says that not all was.
check() { # check STATUS FILE...
	want=$1
	shift
	for f; do set -- "$@" --aggregate "$f"; shift; done
	"$MAILVET" check --now $now --zone "$zone" --offline --fail-on never "$@" example.com \
		>"$TMPDIR/out" 2>"$TMPDIR/err"
	status=$?
	[ $status -eq "$want" ] || { echo "check $*: status $status, want $want"; cat "$TMPDIR/err"; bad=1; }
}
check 2 "$TMPDIR/mail"
grep -q '^example.com: ' "$TMPDIR/out" || { echo 'a damaged report ended the audit'; bad=1; }
check 0 "$here/plain.xml"
check 2 "$here/cut.xml.gz"

# Of a report without a single row that can be read nothing is known.
printf '%s' '<feedback></feedback>' >"$TMPDIR/empty.xml"
senders 2 "$TMPDIR/empty.xml"
sed 's/<source_ip>[^<]*/<source_ip>nonsense/' "$here/plain.xml" >"$TMPDIR/no-rows.xml"
senders 2 "$TMPDIR/no-rows.xml" && told 'not one row'
check 2 "$TMPDIR/no-rows.xml"

# What a relay of the receiver handed on is of nobody who could be named.
for pair in 127.0.0.1/0 10.0.0.4/0 fd00::4/0 198.18.0.9/1; do
	ip=${pair%/*}
	sed "s/198\.51\.100\.7</$ip</; s/<selector>s1</<selector>other</" "$here/plain.xml" >"$TMPDIR/inner.xml"
	senders 1 --zone "$zone" --config "$config" "$TMPDIR/inner.xml"
	got=$(grep -c 'does not name it' "$TMPDIR/out")
	inner=$(grep -A 1 "^    $ip " "$TMPDIR/out" | grep -c "in the receiver's own network")
	[ "$got/$inner" = "${pair#*/}/$((1 - ${pair#*/}))" ] || { echo "$ip: $got $inner"; cat "$TMPDIR/out"; bad=1; }
done

# An mbox is as many mails.
{
	echo 'From a@example.com Fri Nov 20 00:00:00 2026'
	cat "$here/mail.eml"
	echo
	echo 'From a@example.com Fri Nov 20 00:00:00 2026'
	sed 's/b-1/b-2/' "$here/mail.eml"
} >"$TMPDIR/mbox"
senders 0 "$TMPDIR/mbox" && { grep -q 'left out: 1 report that came again' "$TMPDIR/out" || { cat "$TMPDIR/out"; bad=1; }; }

if /usr/bin/python3 -W ignore -c 'import jsonschema' 2>/dev/null; then
	/usr/bin/python3 -W ignore - "$SRCDIR" "$TMPDIR" <<'END' || bad=1
import json, sys
import jsonschema

src, tmp = sys.argv[1:]
with open(src + "/report/schema.json") as f:
    schema = json.load(f)
bad = 0


def close(node):
    if isinstance(node, dict):
        if "properties" in node and "additionalProperties" not in node:
            node["additionalProperties"] = False
        for value in node.values():
            close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)


def check(what, value):
    global bad
    top = {"$ref": "#/definitions/" + what, "definitions": schema["definitions"]}
    for error in jsonschema.Draft7Validator(top).iter_errors(value):
        print(what, list(error.path), error.message[:200])
        bad += 1


close(schema["definitions"])
with open(tmp + "/json") as f:
    whole = json.load(f)
check("senders", whole)
with open(tmp + "/jsonl") as f:
    lines = [json.loads(line) for line in f]
for line in lines:
    check("senders_line", line)
if lines[:-1] != whole["sources"] or lines[-1]["run"]["input"] != whole["input"]:
    print("json and jsonl say different things")
    bad += 1
sys.exit(bad > 0)
END
fi
# The same through real servers, where these are installed.
live() {
	# shellcheck source=tests/it_lib.sh
	. "$SRCDIR/tests/it_lib.sh"
	echo "example.com $(cd "$here/world" && pwd)/example.com.zone" >"$it_work/list"
	start_nsd "$it_work/list"
	start_unbound "example.com $NSD_PORT"
	"$MAILVET" senders --resolver "127.0.0.1@$UNBOUND_PORT" --now $now --config "$config" \
		--timeout 5 "$here/plain.xml" "$here/mail.eml" "$here/several.zip" >"$it_work/live"
	diff "$here/world/configured.text" "$it_work/live"
}
PATH=$PATH:/usr/sbin:/sbin
if command -v nsd >/dev/null && command -v unbound >/dev/null; then
	(live) || { echo '< from the zone file, > from servers'; bad=1; }
fi
exit $bad
