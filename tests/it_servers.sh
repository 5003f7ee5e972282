#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_servers.sh - the demo domain as it is seen from the network: nsd has a root, its
# TLDs and the demo's zones, rbldnsd has the block list, unbound resolves, mailvet asks
# unbound.  What is found must be what the zone files alone give.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd unbound rbldnsd

demo=$SRCDIR/vectors/demo
zones=$it_work/zones
mkdir "$zones" || exit 1

# head_of ORIGIN: what every zone begins with
head_of() {
	# shellcheck disable=SC2016
	printf '$ORIGIN %s\n$TTL 3600\n' "$1"
	echo '@ IN SOA ns1.example.net. hostmaster.example.net. 1 7200 3600 1209600 3600'
	echo '@ IN NS ns1.example.net.'
}

# The tree above the demo's zones.
{
	head_of .
	for tld in arpa com example net org; do echo "$tld. IN NS ns1.example.net."; done
	echo 'ns1.example.net. IN A 198.51.100.53'
} >"$zones/root.zone"
{ head_of arpa.; echo '2.0.192.in-addr IN NS ns1.example.net.'; } >"$zones/arpa.zone"
{ head_of com.; echo 'example IN NS ns1.example.net.'; } >"$zones/com.zone"
{ head_of example.; echo 'bl IN NS ns1.example.net.'; } >"$zones/example.zone"
{ head_of net.; echo 'example IN NS ns1.example.net.'; echo 'ns1.example IN A 198.51.100.53'; } \
	>"$zones/net.zone"
{ head_of org.; echo 'example IN NS ns1.example.net.'; } >"$zones/org.zone"
{
	echo ". $zones/root.zone"
	for apex in arpa com example net org; do echo "$apex. $zones/$apex.zone"; done
	for apex in 2.0.192.in-addr.arpa example.com example.net example.org; do
		echo "$apex. $(cd "$demo" && pwd)/zones/$apex.zone"
	done
} >"$it_work/list"

# The list of vectors/demo/zones/bl.example.zone as rbldnsd has it.
cat >"$it_work/bl" <<-'END'
	$TTL 300
	$SOA 300 ns1.example.net hostmaster.example.net 1 7200 3600 1209600 300
	$NS 300 ns1.example.net
	127.0.0.2 :127.0.0.2:test point
	192.0.2.25 :127.0.0.2:spam seen 2026-11-20; https://bl.example/removal?$
END

start_nsd "$it_work/list"
start_rbldnsd bl.example "$it_work/bl"
start_unbound ". $NSD_PORT" "bl.example $RBL_PORT"

# audit NAME OPTION...: the demo's command, its report to NAME.json
audit() {
	report=$it_work/$1.json
	shift
	"$MAILVET" check "$@" --now $NOW --ip 192.0.2.25 --selector s1 --selector s2 \
		--dnsbl-zones "$demo/lists.tsv" --report "json=$report" example.com
	status=$?
	[ $status -eq 1 ] || die "mailvet $*: exit status $status, 1 is wanted"
}
audit demo --zone "$demo/zones" --offline
audit tree --zone "$demo/zones" --zone "$zones" --offline
audit live --resolver "127.0.0.1@$UNBOUND_PORT"

same() { "$PYTHON" "$SRCDIR/tests/same_findings.py" "$@"; }
same worse "$it_work/demo.json" "$it_work/live.json" || die "other errors or warnings than offline"
same compare "$it_work/tree.json" "$it_work/live.json" || die "other findings than offline"
