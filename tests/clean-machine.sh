#!/bin/sh
# SPDX-License-Identifier: ISC
#
# clean-machine.sh - prove README's promise: on a fresh Debian 12 its first two
# commands are enough.
#
# As root: debootstraps a minimal Debian into a directory, clones the committed
# source into it, runs the commands there as README.md has them, and looks
# that no daemon was started or will be, and no policy-rc.d is left.  It needs
# debootstrap, git and a mirror (MIRROR, or the one that apt uses here), and
# takes some minutes: run by hand or by make check-clean, not by make check.

set -u
LC_ALL=C
export LC_ALL
source=$(cd "$(dirname -- "$0")/.." && pwd) || exit 1

die() {
	echo "clean-machine: $*" >&2
	exit 1
}

[ "$(id -u)" = 0 ] || die "debootstrap and chroot need root"
command -v debootstrap >/dev/null || die "debootstrap is not installed"
# apt expands these itself.
# shellcheck disable=SC2016
MIRROR=${MIRROR:-$(apt-get indextargets --format '$(SITE)/$(RELEASE)' 'Created-By: Packages' 2>/dev/null |
	sed -n 's|\(.*/debian\)/bookworm$|\1|p' | head -n 1)}
MIRROR=${MIRROR:-http://deb.debian.org/debian}

root=$(mktemp -d /var/tmp/mailvet-clean.XXXXXX) || die "no temporary directory"
mounted=''
# Called by the trap.
# shellcheck disable=SC2317
cleanup() {
	[ -z "$mounted" ] || umount "$root/proc"
	# Whatever could not be unmounted is not removed either.
	grep -q " $root/" /proc/mounts || rm -rf --one-file-system "$root"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

inside() { # inside COMMAND: as root of the fresh machine, with nothing of our environment
	chroot "$root" env -i HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "cd /root/mailvet && $1"
}
strays() { # processes that live in the fresh machine
	for p in /proc/[0-9]*; do
		[ "$(readlink "$p/root")" != "$root" ] || echo "${p#/proc/} $(tr '\0' ' ' <"$p/cmdline")"
	done
}

echo "clean-machine: debootstrap from $MIRROR"
debootstrap --variant=minbase bookworm "$root" "$MIRROR" >"$root.log" 2>&1 ||
	die "debootstrap failed, see $root.log"
rm -f "$root.log"
cp /etc/resolv.conf "$root/etc/resolv.conf"
# Without an init and a runlevel invoke-rc.d starts nothing, whatever the policy.
ln -s /bin/true "$root/sbin/init"
printf '#!/bin/sh\necho N 2\n' >"$root/sbin/runlevel" && chmod 755 "$root/sbin/runlevel"
mount -t proc proc "$root/proc" && mounted=yes
git clone -q "$source" "$root/root/mailvet" || die "git clone failed"

failed=0
grep '^ *\./configure --with-deps' "$source/README.md" >"$root/commands"
[ "$(wc -l <"$root/commands")" -eq 2 ] || die "README.md does not have its two commands"
while read -r command; do
	echo "clean-machine: $command"
	start=$(date +%s)
	if inside "$command" </dev/null; then
		echo "clean-machine: passed in $(($(date +%s) - start)) s"
	else
		echo "clean-machine: FAILED: $command"
		failed=1
	fi
done <"$root/commands"

left=$(strays)
[ -z "$left" ] || { echo "clean-machine: FAILED: still running: $left"; failed=1; }
[ ! -e "$root/usr/sbin/policy-rc.d" ] || { echo "clean-machine: FAILED: policy-rc.d is still there"; failed=1; }
enabled=$(find "$root"/etc/rc[2-5].d "$root/etc/systemd/system" \
	-name 'S*nsd' -o -name 'S*unbound' -o -name 'S*rbldnsd' -o -name 'S*postfix' -o -name 'S*opend*' \
	-o -path '*.target.wants/nsd*' -o -path '*.target.wants/unbound*' -o -path '*.target.wants/rbldnsd*' \
	-o -path '*.target.wants/postfix*' -o -path '*.target.wants/opend*' 2>/dev/null)
[ -z "$enabled" ] || { echo "clean-machine: FAILED: starts with the machine: $enabled"; failed=1; }
exit $failed
