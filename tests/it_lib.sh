#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_lib.sh - real name servers for a test; sourced, does nothing by itself.
#
# nsd, unbound and rbldnsd listen on free high ports of 127.0.0.1, keep their files
# below $TMPDIR and end with the script that started them, each by its own pid.  A
# test names what it needs with `need`, and is skipped with the reason without it.
#
# shellcheck disable=SC2034 # NSD_PORT and the like are read by the scripts

set -u
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin # the servers live there
export LC_ALL PATH
: "${TMPDIR:=/tmp}" "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
PYTHON=/usr/bin/python3
NOW=2026-11-21T12:00:00Z
it_work=$(mktemp -d "$TMPDIR/it.XXXXXX") || exit 1
it_pids=''
it_ports=''
it_count=0
trap 'stop_all; rm -rf "$it_work"' EXIT
trap 'exit 130' HUP INT TERM

die() {
	echo "$*"
	exit 1
}

# need COMMAND...: end the test as skipped when one is missing
need() {
	for it_tool in "$PYTHON" "$@"; do
		command -v "$it_tool" >/dev/null && continue
		echo "needs $it_tool"
		exit 77
	done
}

dns() { "$PYTHON" "$SRCDIR/tests/it_dns.py" "$@"; }

# free_port: sets it_port to one that was free a moment ago; python is slow to start, so
# they are found twenty at a time
free_port() {
	[ -n "$it_ports" ] || it_ports=$(dns ports 20 | tr '\n' ' ') || return 1
	it_port=${it_ports%% *} it_ports=${it_ports#* }
}

# stop PID...: end servers that were started here, and wait until they have
stop() {
	for it_pid; do
		case " $it_pids " in *" $it_pid "*) ;; *) continue ;; esac
		kill "$it_pid" 2>/dev/null
		wait "$it_pid" 2>/dev/null
		it_pids=$(printf ' %s ' "$it_pids" | sed "s/ $it_pid / /")
	done
}

stop_all() {
	# Process ids are words.
	# shellcheck disable=SC2086
	stop $it_pids
}

# started NAME PORT PID: note PID, then wait until something answers at PORT
started() {
	it_pids="$it_pids $3"
	dns wait "$2" "$3" && return 0
	stop "$3"
	return 1
}

# tries COMMAND...: run it up to five times: somebody else may take a port that was free
tries() {
	for it_try in 1 2 3 4 5; do
		it_count=$((it_count + 1))
		"$@" && return 0
	done
	cat "$it_work"/*.log
	die "$* does not start (tried $it_try times)"
}

# start_nsd LIST: serve the zones of LIST, lines "APEX FILE"; sets NSD_PORT and NSD_PID
start_nsd() { tries try_nsd "$1"; }

try_nsd() {
	free_port || return 1
	NSD_PORT=$it_port
	it_dir=$it_work/nsd.$it_count
	mkdir "$it_dir" || return 1
	{
		cat <<-END
			server:
			  ip-address: 127.0.0.1@$NSD_PORT
			  server-count: 1
			  do-ip6: no
			  username: ""
			  database: ""
			  pidfile: ""
			  zonesdir: "$it_dir"
			  logfile: "$it_dir.log"
			  xfrdfile: "$it_dir/xfrd.state"
			  xfrdir: "$it_dir"
			  zonelistfile: "$it_dir/zone.list"
			  rrl-ratelimit: 0
			remote-control:
			  control-enable: no
		END
		while read -r it_apex it_file; do
			printf 'zone:\n  name: "%s"\n  zonefile: "%s"\n' "$it_apex" "$it_file"
		done <"$1"
	} >"$it_dir/nsd.conf"
	nsd -d -c "$it_dir/nsd.conf" >>"$it_dir.log" 2>&1 &
	NSD_PID=$!
	started nsd "$NSD_PORT" "$NSD_PID"
}

# start_rbldnsd ZONE FILE: serve the ip4set FILE as ZONE; sets RBL_PORT and RBL_PID
start_rbldnsd() { tries try_rbldnsd "$1" "$2"; }

try_rbldnsd() {
	free_port || return 1
	RBL_PORT=$it_port
	it_dir=$it_work/rbldnsd.$it_count
	mkdir "$it_dir" && cp "$2" "$it_dir/data" && chmod 755 "$it_dir" && chmod 644 "$it_dir/data" ||
		return 1
	# It refuses to be root; nobody else may pass through $TMPDIR, so it starts inside.
	it_user=''
	[ "$(id -u)" -ne 0 ] || it_user='-u nobody'
	# shellcheck disable=SC2086
	(cd "$it_dir" && exec rbldnsd -n $it_user -b "127.0.0.1/$RBL_PORT" "$1:ip4set:data") \
		>>"$it_dir.log" 2>&1 &
	RBL_PID=$!
	started rbldnsd "$RBL_PORT" "$RBL_PID"
}

# start_unbound "ZONE PORT"...: a resolver that asks 127.0.0.1 at PORT for what is below
# ZONE, and nobody else; sets UNBOUND_PORT and UNBOUND_PID
start_unbound() { tries try_unbound "$@"; }

try_unbound() {
	free_port || return 1
	UNBOUND_PORT=$it_port
	it_dir=$it_work/unbound.$it_count
	mkdir "$it_dir" || return 1
	{
		cat <<-END
			server:
			  interface: 127.0.0.1
			  port: $UNBOUND_PORT
			  access-control: 127.0.0.0/8 allow
			  do-ip6: no
			  do-daemonize: no
			  do-not-query-localhost: no
			  chroot: ""
			  username: ""
			  pidfile: ""
			  directory: "$it_dir"
			  logfile: ""
			  use-syslog: no
			  num-threads: 1
			  module-config: "iterator"
			  root-hints: ""
			  # it answers for documentation networks itself unless told not to
			  local-zone: 2.0.192.in-addr.arpa. nodefault
			  local-zone: 100.51.198.in-addr.arpa. nodefault
			  local-zone: 113.0.203.in-addr.arpa. nodefault
			  local-zone: 8.b.d.0.1.0.0.2.ip6.arpa. nodefault
			remote-control:
			  control-enable: no
		END
		for it_stub; do
			printf 'stub-zone:\n  name: "%s"\n  stub-addr: 127.0.0.1@%s\n' \
				"${it_stub% *}" "${it_stub#* }"
		done
	} >"$it_dir/unbound.conf"
	unbound -d -p -c "$it_dir/unbound.conf" >>"$it_dir.log" 2>&1 &
	UNBOUND_PID=$!
	started unbound "$UNBOUND_PORT" "$UNBOUND_PID"
}

# start_fake MODE...: a name server of it_dns.py, see there; sets FAKE_PORT and FAKE_PID
start_fake() { tries try_fake "$@"; }

try_fake() {
	free_port || return 1
	FAKE_PORT=$it_port
	: >"$it_work/fake.$it_count.log"
	"$PYTHON" "$SRCDIR/tests/it_dns.py" serve "$FAKE_PORT" "$@" >"$it_work/fake.$it_count.log" 2>&1 &
	FAKE_PID=$!
	it_pids="$it_pids $FAKE_PID"
	it_wait=0
	while [ $it_wait -lt 50 ] && kill -0 $FAKE_PID 2>/dev/null; do
		grep -q ready "$it_work/fake.$it_count.log" && return 0
		sleep 0.1
		it_wait=$((it_wait + 1))
	done
	stop $FAKE_PID
	return 1
}
