#!/bin/sh
# SPDX-License-Identifier: ISC
#
# net.sh - two hosts: here the receivers and all name servers, in the namespace `out`
# the sender; one cable between them.  Sourced by lab.sh inside its namespaces.
#
# /run becomes a tmpfs that is the lab's alone; /etc a copy in it, for libc reads
# resolv.conf and nsswitch.conf there; and /dev a few devices, for syslog(3) sends to
# /dev/log, and each host has one of its own.  The addresses are those of documentation, and no route leads out.

AT_SENDER=192.0.2.25
AT_RECEIVER=203.0.113.25
AT_VERIFIER=203.0.113.26
AT_DEFERRER=203.0.113.27
AT_NSD=198.51.100.53
AT_RBLDNSD=198.51.100.54
AT_UNBOUND=198.51.100.55

net_files() {
	mount -t tmpfs -o mode=755 tmpfs /run &&
		mkdir /run/etc /run/dev.in /run/dev.out /run/netns "$LAB" "$LAB/in" "$LAB/out" &&
		cp -a /etc/. /run/etc && mount --bind /run/etc /etc || return
	for host in in out; do
		cp -a /dev/null /dev/zero /dev/random /dev/urandom /dev/tty /run/dev.$host || return
	done
	rm -f /etc/resolv.conf && echo "nameserver $AT_UNBOUND" >/etc/resolv.conf &&
		echo '127.0.0.1 localhost' >/etc/hosts &&
		sed -i 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf &&
		mount --bind /run/dev.in /dev
}

net_cable() {
	ip netns add out && ip link add in type veth peer name out netns out || return
	for at in "$AT_RECEIVER" "$AT_VERIFIER" "$AT_DEFERRER" "$AT_NSD" "$AT_RBLDNSD" "$AT_UNBOUND"; do
		ip address add "$at/32" dev in || return
	done
	ip -n out address add $AT_SENDER/32 dev out && ip link set lo up && ip link set in up &&
		ip -n out link set lo up && ip -n out link set out up &&
		ip route add $AT_SENDER/32 dev in src $AT_RECEIVER &&
		ip -n out route add default dev out
}

net_make() {
	net_files || die "no files of its own"
	net_cable || die "no network of its own"
}

# outside COMMAND...: on the sender's host; like this one it is a mount namespace too
outside() {
	# The words are for the inner shell.
	# shellcheck disable=SC2016
	ip netns exec out sh -c 'mount --bind /run/dev.out /dev && exec "$@"' sh "$@"
}

# net_logs: what daemons say by syslog(3) stands in the log of their host, as elsewhere
net_logs() {
	for host in in out; do
		[ $host = in ] && name=mx || name=mail
		"$PYTHON" "$OURS/maillog.py" /run/dev.$host/log "$LAB/$host/maillog" "$name" &
		wait_for 15 [ -S /run/dev.$host/log ] || die "no /dev/log"
	done
}
