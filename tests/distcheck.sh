#!/bin/sh
# SPDX-License-Identifier: ISC
#
# distcheck.sh NAME-VERSION - prove that the tarball is complete.
#
# Unpacks it, makes the source read-only, builds out of tree, runs make check
# and installs into an empty directory; what uninstall leaves there is a fault.

set -u
unset MAKEFLAGS
name=$1
dir=build-dist
[ ! -d $dir ] || chmod -R u+w $dir
rm -rf $dir && mkdir -p $dir/obj || exit 1

die() {
	echo "distcheck: $*" >&2
	exit 1
}

gzip -dc "$name.tar.gz" | tar -xf - -C $dir || die "the tarball does not unpack"
chmod -R a-w "$dir/$name"
cd $dir/obj || exit 1
"../$name/configure" --prefix=/usr --enable-werror || die "configure failed"
make -s -j2 all || die "make failed"
make -s -j2 check || die "make check failed"
make install DESTDIR="$PWD/../root" || die "make install failed"
[ -x ../root/usr/bin/mailvet ] || die "make install did not install the program"
make demo >/dev/null || die "make demo failed"
make uninstall DESTDIR="$PWD/../root" || die "make uninstall failed"
left=$(cd ../root && find . -type f)
[ -z "$left" ] || die "make uninstall left $left"
make distclean || die "make distclean failed"
left=$(find . -type f)
[ -z "$left" ] || die "make distclean left $left"
cd ../.. && chmod -R u+w $dir && rm -rf $dir
echo "$name.tar.gz is complete"
