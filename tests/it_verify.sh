#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_verify.sh - `mailvet verify` and real name servers: a current one, a stale one, one
# that is dead, one that does not hold the zone, a resolver, and one that
# becomes current while we wait; what a hostile server says; the exit status of each.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd unbound

# zone SERIAL RECORD...: the zone example.com
zone() {
	# shellcheck disable=SC2016
	printf '$ORIGIN example.com.\n$TTL 3600\n'
	printf '@ IN SOA ns1.example.net. hostmaster.example.net. %s 7200 3600 1209600 3600\n' "$1"
	echo '@ IN NS ns1.example.net.'
	shift
	printf '%s\n' "$@"
}
mx='@ MX 10 mx'
mail='mx A 192.0.2.1
_dmarc CNAME _dmarc.example.net.
s1._domainkey CNAME S1.Keys.example.net.'
www='www A 192.0.2.80'
new='@ TXT "v=spf1 ip4:192.0.2.0/24" " -all"'
old='@ TXT "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all"'
key='old._domainkey TXT "v=DKIM1; p="'

zone 2 "$mx" "$mail" "$www" "$new" >"$it_work/new.zone"
zone 1 "$mx" "$mail" "$www" "$old" "$key" >"$it_work/old.zone"
# the same records, written in another way
zone 2 "$www" "$mail" '@ 60 MX 10 MX.Example.COM.' '@ TXT "v=spf1 ip4:192.0" ".2.0/24 -all"' \
	>"$it_work/same.zone"
cp "$it_work/old.zone" "$it_work/later.zone"
# what a server may say to a terminal, a log and a script
zone 9 "$mx" "$mail" '@ TXT "v=spf1 \027[31m \010::error::x \226\128\174 -all"' >"$it_work/hostile.zone"

# serve FILE: nsd with the zone in it; sets NSD_PORT and NSD_PID
serve() {
	echo "example.com. $1" >"$it_work/list"
	start_nsd "$it_work/list"
}
serve "$it_work/same.zone"
current=127.0.0.1@$NSD_PORT
current_port=$NSD_PORT
serve "$it_work/old.zone"
stale=127.0.0.1@$NSD_PORT
serve "$it_work/later.zone"
later=127.0.0.1@$NSD_PORT
later_pid=$NSD_PID
serve "$it_work/hostile.zone"
hostile=127.0.0.1@$NSD_PORT
sed 's/example\.com\./example.org./' "$it_work/old.zone" >"$it_work/other.zone"
echo "example.org. $it_work/other.zone" >"$it_work/list"
start_nsd "$it_work/list"
lame=127.0.0.1@$NSD_PORT
start_fake silent
dead=127.0.0.1@$FAKE_PORT
start_unbound "example.com $current_port"
resolver=127.0.0.1@$UNBOUND_PORT

# verify STATUS OPTION...: run it; what it says is in $it_work/out and $it_work/err
verify() {
	want=$1
	shift
	"$MAILVET" verify --zone "$it_work/new.zone" --now $NOW "$@" example.com \
		>"$it_work/out" 2>"$it_work/err"
	status=$?
	[ $status -eq "$want" ] && return
	cat "$it_work/out" "$it_work/err"
	die "mailvet verify $*: exit status $status, $want is wanted"
}
# says TEXT / says_not TEXT: whether the output of the last run holds it
says() { grep -qF -- "$1" "$it_work/out" || { cat "$it_work/out"; die "'$1' is not said"; }; }
says_not() { ! grep -qF -- "$1" "$it_work/out" || { cat "$it_work/out"; die "'$1' is said"; }; }

# All agree: at once, whatever the time there is.
verify 0 --server "$current" --wait 600
says "agrees  $current, serial 2: all 7 RRsets"
verify 0 --server "$current" --wait 0 --all

# A stale one: what it serves, what the zone says, and where to look.
verify 1 --server "$current" --server "$stale" --wait 0
says "agrees  $current"
says "differs  $stale, serial 1: 1 of 7 RRsets"
says 'zone    TXT "v=spf1 ip4:192.0.2.0/24" " -all"'
says 'served  TXT "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all"'
says 'It is behind serial 2, which another server has'
says_not old._domainkey
# No server has it.
verify 1 --server "$stale" --wait 0
says 'which no server has'
# A record that is gone from the zone and served still.
verify 1 --server "$stale" --wait 0 --base "$it_work/old.zone"
says 'differs  old._domainkey.example.com TXT'
says 'zone    no such name'
says 'served  TXT "v=DKIM1; p="'

# Without a name: the zones that mail goes by.
"$MAILVET" verify --zone "$it_work/new.zone" --server "$current" --wait 0 >"$it_work/out" ||
	die 'without a name'
says 'example.com: 7 RRsets of the zone example.com'

# No answer is no difference: silent, not its zone, a resolver that holds nothing itself.
for one in "$dead" "$lame" "$resolver"; do
	verify 3 --server "$current" --server "$one" --wait 0
	says "unknown  $one: no answer"
	says_not served
done
verify 3 --server "$current" --server "$dead" --wait 5 --interval 1
grep -q 'verify: 1 of 2 servers agree, 0 differ, 1 unknown; asking again in 1 s' "$it_work/err" ||
	die "no progress: $(cat "$it_work/err")"
verify 3 --server "$dead" --wait 1 --interval 1 --progress never
[ ! -s "$it_work/err" ] || die "--progress never: $(cat "$it_work/err")"
# A difference is known, whoever else is silent.
verify 1 --server "$dead" --server "$stale" --wait 0

# One that becomes current while we wait ends the waiting.
verify 1 --server "$later" --wait 0
(
	sleep 2
	cp "$it_work/new.zone" "$it_work/later.zone"
	kill -HUP "$later_pid"
) &
verify 0 --server "$current" --server "$later" --wait 60 --interval 1
says "agrees  $later, serial 2"
grep -q '1 of 2 servers agree, 1 differ, 0 unknown' "$it_work/err" || die 'nothing was told while waiting'
wait $!

# What a server says does not reach the terminal as it is.
verify 1 --server "$hostile" --wait 0 --verbose
says '\027[31m'
says 'Its serial is not behind, yet its records are others'
verify 1 --server "$hostile" --wait 0 --report json --report "text=$it_work/text"
for file in out text; do
	! LC_ALL=C grep -q '[^ -~]' "$it_work/$file" || die "raw bytes in $file"
done
"$PYTHON" - "$it_work/out" "$SRCDIR/report/schema.json" <<'END' || die 'json'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["state"] == "differs" and r["summary"]["differs"] == 1, r
(server,) = r["domains"][0]["servers"]
(rrset,) = [x for x in server["rrsets"] if x["state"] == "differs"]
assert rrset["name"] == "example.com" and rrset["type"] == "TXT", rrset
assert rrset["zone"] == ['TXT "v=spf1 ip4:192.0.2.0/24" " -all"'], rrset
assert server["serial"] == 9 and "serial" in server["advice"], server
try:
    import jsonschema
except ImportError:
    sys.exit(0)
schema = json.load(open(sys.argv[2]))
top = {"$ref": "#/definitions/verify", "definitions": schema["definitions"]}
jsonschema.Draft7Validator(top).validate(r)
END

# The name servers as the DNS tells them: an address of no public network is not asked.
cat >"$it_work/net.zone" <<'END'
$ORIGIN example.net.
$TTL 3600
@ IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ IN NS ns1
ns1 A 127.0.0.1
END
{ echo "example.com. $it_work/same.zone"; echo "example.net. $it_work/net.zone"; } >"$it_work/list"
start_nsd "$it_work/list"
start_unbound "example.com $NSD_PORT" "example.net $NSD_PORT"
verify 3 --resolver "127.0.0.1@$UNBOUND_PORT" --wait 0
says 'not asked  ns1.example.net 127.0.0.1@53: no address of the Internet'
# Nobody tells the name servers.
verify 3 --resolver "$dead" --wait 0
says 'The name servers of the zone could not be found'

# The script for a CI job, with a name that a shell would expand.
# script STATUS VARIABLE...
script() {
	want=$1
	shift
	(cd "$it_work" && env MAILVET="$program" MAILVET_ZONES="zones *" MAILVET_WAIT=0 "$@" \
		sh "$source/contrib/verify.sh") >"$it_work/out" 2>"$it_work/err"
	status=$?
	[ $status -eq "$want" ] || { cat "$it_work/out" "$it_work/err"; die "verify.sh: $status, not $want"; }
	[ -s "$it_work/mailvet-reports/mailvet-verify.json" ] || die 'verify.sh: no report'
}
program=$(readlink -f -- "$MAILVET")
source=$(cd "$SRCDIR" && pwd)
mkdir "$it_work/zones *" && cp "$it_work/new.zone" "$it_work/zones *" || exit 1
script 0 MAILVET_SERVERS="$current"
says 'example.com: 7 RRsets'
script 0 MAILVET_SERVERS="$current" MAILVET_DOMAINS=mx.example.com
says 'mx.example.com: '
script 1 MAILVET_SERVERS="$current $stale" MAILVET_BASE="$it_work/old.zone"
says 'differs  old._domainkey.example.com TXT'
script 3 MAILVET_SERVERS="$current $lame"

# usage ARGUMENT...: it ends with 2, and says something
usage() {
	"$MAILVET" verify "$@" >"$it_work/out" 2>"$it_work/err"
	status=$?
	if [ $status -ne 2 ] || [ ! -s "$it_work/err" ]; then
		die "mailvet verify $*: exit status $status"
	fi
}
usage example.com
usage
usage --zone "$it_work/new.zone" --server "$current" example.org
usage --zone "$it_work/none" --server "$current" example.com
usage --zone "$it_work/new.zone" --server nonsense example.com
usage --zone "$it_work/new.zone" --server "$current" --wait never example.com
usage --zone "$it_work/new.zone" --server "$current" --interval 0 example.com
usage --zone "$it_work/new.zone" --server "$current" --report jsonl example.com
usage --zone "$it_work/new.zone" --server "$current" --report "text=$it_work/new.zone" example.com
usage --zone "$it_work/new.zone" --base "$it_work/none" --server "$current" example.com
usage --zone "$it_work/new.zone" --base "$it_work/old.zone" --server "$current" --report "json=$it_work/old.zone" example.com
exit 0
