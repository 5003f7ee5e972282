#!/bin/sh
# SPDX-License-Identifier: ISC
#
# nsd.sh - the name server that is authoritative for everything but the block list, the
# root of the lab included.  Sourced by lab.sh.
#
# shellcheck disable=SC2154 # names.sh counts the serial

nsd_start() {
	mkdir "$LAB/nsd"
	names_write || die "no zones"
	{
		cat <<-END
			server:
			  ip-address: $AT_NSD
			  server-count: 1
			  do-ip6: no
			  username: ""
			  database: ""
			  pidfile: ""
			  zonesdir: "$LAB/zones"
			  logfile: "$LAB/nsd/log"
			  xfrdfile: "$LAB/nsd/xfrd.state"
			  xfrdir: "$LAB/nsd"
			  zonelistfile: "$LAB/nsd/zone.list"
			  rrl-ratelimit: 0
			remote-control:
			  control-enable: no
		END
		for zone in $ZONES; do
			printf 'zone:\n  name: "%s"\n  zonefile: "%s"\n' "$zone" "$(zone_file "$zone")"
		done
	} >"$LAB/nsd/nsd.conf"
	nsd -d -c "$LAB/nsd/nsd.conf" >"$LAB/nsd/out" 2>&1 &
	nsd_pid=$!
	nsd_is_current
}

nsd_reload() {
	kill -HUP "$nsd_pid" || die "nsd is gone: $(tail -n 5 "$LAB/nsd/log")"
	nsd_is_current
}

# nsd_is_current: wait until every zone is of the serial that was written last
nsd_is_current() {
	# Zones are words.
	# shellcheck disable=SC2086
	"$PYTHON" "$OURS/soa.py" "$AT_NSD" "$names_serial" $ZONES ||
		die "nsd does not take the zones: $(tail -n 5 "$LAB/nsd/log")"
}
