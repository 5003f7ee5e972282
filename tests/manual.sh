#!/bin/sh
# SPDX-License-Identifier: ISC
#
# manual.sh - mailvet(1) has every option that the program has and no other;
# mailvet.yaml(5) every key; the generated mailvet-rules(7) every rule; mandoc finds no
# fault in any.

set -u
page=$SRCDIR/audit/mailvet.1
yaml=$SRCDIR/audit/mailvet.yaml.5
rules=$TMPDIR/mailvet-rules.7
bad=0

"$MAILVET" rules --mdoc >"$rules" || exit 1
for command in check config evaluate explain gate message report rules senders verify; do
	"$MAILVET" "$command" --help || exit 1
done | sed -n 's/^  --\([a-z-]*\).*/\1/p' | sort -u >"$TMPDIR/has"
sed -n 's/^\.It Fl \\-\([a-z-]*\).*/\1/p; s/.*Fl \\-\(mdoc\)$/\1/p' "$page" | sort -u >"$TMPDIR/told"
if ! diff "$TMPDIR/has" "$TMPDIR/told"; then
	echo '< the program has, > the manual has'
	bad=1
fi
for id in $("$MAILVET" rules |
    sed -n 's/^  \(pass\|note\|warning\|unknown\|error\) *\([a-z0-9-]*\) .*/\2/p'); do
	grep -qx "\.It Sy $id" "$rules" || { echo "$id is not in mailvet-rules(7)"; bad=1; }
done
for key in $("$MAILVET" config --keys | sed 's/^ *\([a-z-]*\):.*/\1/' | sort -u); do
	grep -q "^\.\(It\|Ss\|Cm\)\( Cm\)\{0,1\} $key\( \|$\)" "$yaml" || { echo "$key is not in mailvet.yaml(5)"; bad=1; }
done
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$page" "$yaml" "$rules" || bad=1
fi
exit $bad
