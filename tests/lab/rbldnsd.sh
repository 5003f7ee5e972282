#!/bin/sh
# SPDX-License-Identifier: ISC
#
# rbldnsd.sh - the block list bl.example, which the receiver asks.  Sourced by lab.sh.

rbldnsd_start() {
	mkdir "$LAB/rbldnsd"
	rbldnsd_write
	# It refuses to be root; it reads its file again when it is told to.
	(cd "$LAB/rbldnsd" && exec rbldnsd -n -c 0 -u nobody -b "$AT_RBLDNSD" bl.example:ip4set:data) \
		>"$LAB/rbldnsd/log" 2>&1 &
	rbldnsd_pid=$!
	rbldnsd_is_current
}

rbldnsd_serial=0
rbldnsd_listed=''

rbldnsd_write() {
	rbldnsd_serial=$((rbldnsd_serial + 1))
	{
		cat <<-END
			\$TTL 0
			\$SOA 0 ns2.example.net hostmaster.example.net $rbldnsd_serial 7200 3600 1209600 0
			\$NS 0 ns2.example.net
			127.0.0.2 :127.0.0.2:test point
		END
		for listed in $rbldnsd_listed; do
			echo "$listed :127.0.0.2:spam was seen; https://bl.example/removal?\$"
		done
	} >"$LAB/rbldnsd/data.new" && mv "$LAB/rbldnsd/data.new" "$LAB/rbldnsd/data"
}

rbldnsd_is_current() {
	"$PYTHON" "$OURS/soa.py" "$AT_RBLDNSD" "$rbldnsd_serial" bl.example ||
		die "rbldnsd does not take the list: $(tail -n 5 "$LAB/rbldnsd/log")"
}

# rbldnsd_list [ADDRESS...]: just these are listed from now on
rbldnsd_list() {
	rbldnsd_listed=$*
	rbldnsd_write
	kill -HUP "$rbldnsd_pid" || die "rbldnsd is gone: $(tail -n 5 "$LAB/rbldnsd/log")"
	rbldnsd_is_current
}
