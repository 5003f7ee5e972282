#!/bin/sh
# SPDX-License-Identifier: ISC
#
# lab.sh [CASE...] - mail refused by real servers, explained, cured, accepted.
#
# A Postfix with opendkim sends to a Postfix with postscreen, postfix-policyd-spf-python,
# opendkim and opendmarc; nsd and rbldnsd have the names, unbound resolves them.  Each
# stanza of tests/lab/cases breaks one thing: the mail must be refused for it, mailvet
# explain must say so from the sender's log, and when what it proposes is done the next
# mail must be accepted.  README.md beside this file says how the parts stand.
#
# It needs root, for it makes namespaces of its own: of the network, of processes and of
# mounts.  All files are in a tmpfs on /run there; with the namespaces everything ends,
# whatever happens to this script.  Without CASE all cases are run.
#
# LAB_KEEP=DIRECTORY keeps the files of the lab there, to look at.

set -u
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH # the servers live there, and Debian's python3
export LC_ALL PATH
: "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
PYTHON=/usr/bin/python3
OURS=$SRCDIR/tests/lab
LAB=/run/lab

exec 3>&1 # what a test says goes elsewhere

# shellcheck disable=SC2317 # the parts that are read below call it too
die() {
	echo "lab: $*" >&3
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# need PACKAGE FILE...: the lab is skipped when a file that PACKAGE installs is missing
need() {
	package=$1
	shift
	for file; do
		[ -e "$file" ] || skip "no $file: apt-get install $package, or ./configure --with-deps=ci"
	done
}

if [ "${1-}" != --inside ]; then
	[ "$(id -u)" -eq 0 ] || skip "namespaces need root"
	need iproute2 /usr/sbin/ip
	need nsd /usr/sbin/nsd
	need unbound /usr/sbin/unbound
	need rbldnsd /usr/sbin/rbldnsd
	need postfix /usr/sbin/postfix /usr/lib/postfix/sbin/postscreen
	need opendkim /usr/sbin/opendkim
	need opendmarc /usr/sbin/opendmarc
	need postfix-policyd-spf-python /usr/bin/policyd-spf
	case $SRCDIR in /*) ;; *) SRCDIR=$PWD/$SRCDIR ;; esac
	case $MAILVET in /*) ;; *) MAILVET=$PWD/$MAILVET ;; esac
	export SRCDIR MAILVET
	[ -x "$MAILVET" ] || die "$MAILVET: not built"
	case $SRCDIR/:$MAILVET in
	/run/* | *:/run/* | /dev/* | *:/dev/*) skip "the lab hides /run and /dev" ;;
	esac
	set -- unshare --net --mount --pid --ipc --uts --fork --kill-child --mount-proc \
		sh "$SRCDIR/tests/lab/lab.sh" --inside "$@"
	unshare --net --mount --pid --fork true || skip "no namespaces can be made here"
	exec "$@"
fi
shift
trap 'exit 130' HUP INT TERM

# wait_for SECONDS COMMAND...: until it succeeds, ten tries a second
wait_for() {
	tries=$(($1 * 10))
	shift
	while ! "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

keep() {
	[ -z "${LAB_KEEP-}" ] || cp -r $LAB "$LAB_KEEP"
}

# shellcheck source=tests/lab/net.sh
. "$OURS/net.sh"
net_make
trap keep EXIT
for part in names nsd unbound rbldnsd dkim opendmarc receiver sender explain case; do
	# shellcheck source=/dev/null
	. "$OURS/$part.sh"
done

net_logs
dkim_keys
names_healthy
nsd_start
rbldnsd_start
unbound_start
dkim_start
opendmarc_start
receiver_start
sender_start
cases_run "$@"
