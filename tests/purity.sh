#!/bin/sh
# SPDX-License-Identifier: ISC
#
# purity.sh - checks/ judges and report/ renders; neither does anything else.
#
# All of both archives is linked into one object; what is undefined then is what
# the outside must provide.  A clock, a file, a stream, a socket, a locale or
# the environment shows there as a name that is not on the list below.
# Writable data shows as a symbol in .data or .bss: a check that remembers
# something would not give the same bytes for the same answers.
# Run in the build directory by make check; only the plain build is tested, for
# sanitizers add names of their own.

set -u
if [ "${SANITIZERS:-no}" != no ]; then
	echo "sanitizers add symbols of their own; the plain build is tested"
	exit 77
fi
: "${TMPDIR:=/tmp}"
whole=$TMPDIR/pure.$$.o
trap 'rm -f "$whole"' EXIT
LC_ALL=C
export LC_ALL

ld -r -o "$whole" --whole-archive libchecks.a libreport.a || exit 1
bad=0

# The arena ends a subject that is over its maximum with longjmp; the engine
# sets the jump, so setjmp is not here.
for symbol in $(nm --undefined-only "$whole" | awk '{ print $2 }'); do
	case $symbol in
	mem* | str*) # libc's, but not those that read a locale, allocate or keep state
		case $symbol in
		strcasecmp* | strncasecmp* | strcoll* | strxfrm* | strtok* | strto* | strerror* | \
		    strsignal | strftime* | strptime* | strfmon* | strdup | strndup | \
		    strcpy | strcat | strncpy | strncat) ;;
		*) continue ;;
		esac
		;;
	snprintf | qsort | bsearch | longjmp | malloc | calloc | realloc | free | abort) continue ;;
	__assert_fail | __stack_chk_fail | __longjmp_chk | __snprintf_chk | __mem*_chk) continue ;;
	_GLOBAL_OFFSET_TABLE_) continue ;; # the linker's
	esac
	echo "a pure part asks for $symbol"
	nm -A libchecks.a libreport.a 2>/dev/null | awk -v s="$symbol" '$(NF-1) == "U" && $NF == s { print "    " $1 }'
	bad=1
done

# nm calls .data.rel.ro data too, but it is constant once relocated: the section decides.
objdump -t "$whole" | awk '
	/ \.data\.rel\.ro/ { next }
	(/ \.t?(data|bss)[^ ]*\t/ || / \*COM\*\t/) && $NF !~ /^\./ { print "a pure part has writable data: " $NF; n++ }
	END { exit n > 0 }' || bad=1
exit $bad
