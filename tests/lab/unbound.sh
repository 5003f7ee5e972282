#!/bin/sh
# SPDX-License-Identifier: ISC
#
# unbound.sh - the resolver of everybody in the lab.  It starts at nsd's root, follows the
# delegations, and keeps nothing: a change shows at once.  Sourced by lab.sh.
#
# shellcheck disable=SC2154 # names.sh counts the serial

unbound_start() {
	mkdir "$LAB/unbound"
	cat >"$LAB/unbound/unbound.conf" <<-END
		server:
		  interface: $AT_UNBOUND
		  outgoing-interface: $AT_UNBOUND
		  access-control: 0.0.0.0/0 allow
		  do-ip6: no
		  do-daemonize: no
		  chroot: ""
		  username: ""
		  pidfile: ""
		  directory: "$LAB/unbound"
		  logfile: "$LAB/unbound/log"
		  use-syslog: no
		  num-threads: 1
		  module-config: "iterator"
		  root-hints: ""
		  cache-max-ttl: 0
		  cache-max-negative-ttl: 0
		  # it answers for documentation networks itself unless told not to
		  local-zone: 2.0.192.in-addr.arpa. nodefault
		  local-zone: 113.0.203.in-addr.arpa. nodefault
		remote-control:
		  control-enable: no
		stub-zone:
		  name: "."
		  stub-addr: $AT_NSD
	END
	unbound -d -c "$LAB/unbound/unbound.conf" >"$LAB/unbound/out" 2>&1 &
	"$PYTHON" "$OURS/soa.py" "$AT_UNBOUND" "$names_serial" . ||
		die "unbound does not answer: $(tail -n 5 "$LAB/unbound/log" "$LAB/unbound/out")"
}
