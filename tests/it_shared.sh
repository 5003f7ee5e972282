#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_shared.sh - real zone files, of $MAILVET_SHARED (../shared) and not part of the source:
# each is audited twice.  Exit status 0, 1 or 3; the report follows report/schema.json; the
# same bytes both times.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
shared=${MAILVET_SHARED:-$SRCDIR/../shared}
[ -d "$shared/zones" ] || { echo "no $shared/zones"; exit 77; }
need "$PYTHON"
"$PYTHON" -W ignore -c 'import jsonschema' 2>/dev/null || { echo 'needs python3-jsonschema'; exit 77; }
mkdir "$it_work/reports" || exit 1
n=0 bad=0

# audit FILE OUT: sets status
audit() {
	"$MAILVET" check --zone "$1" --offline --report json --now $NOW "$(basename "$1" .zone)" \
		>"$2" 2>"$it_work/err"
	status=$?
}

for file in "$shared"/zones/*/*.zone; do
	n=$((n + 1))
	out=$it_work/reports/$n.json
	audit "$file" "$out"
	case $status in
	0 | 1 | 3) ;;
	*)
		echo "$file: exit status $status"
		tail -n 3 "$it_work/err"
		rm -f "$out"
		bad=1
		continue
		;;
	esac
	echo "$n $file" >>"$it_work/names"
	audit "$file" "$it_work/again"
	cmp "$out" "$it_work/again" || { echo "$file: other bytes the second time"; bad=1; }
done

"$PYTHON" -W ignore - "$SRCDIR/report/schema.json" "$it_work" <<'END' || bad=1
import json, sys
import jsonschema

with open(sys.argv[1]) as f:
    validator = jsonschema.Draft7Validator(json.load(f))
bad = seen = 0
with open(sys.argv[2] + "/names") as names:
    for line in names:
        number, name = line.rstrip("\n").split(" ", 1)
        with open("%s/reports/%s.json" % (sys.argv[2], number), encoding="utf-8") as f:
            report = json.load(f)
        seen += 1
        for error in validator.iter_errors(report):
            print("%s: %s: %s" % (name, "/".join(map(str, error.path)), error.message[:200]))
            bad += 1
        if not report["domains"][0]["findings"]:
            print("%s: nothing was found, not even a pass" % name)
            bad += 1
print("%d reports" % seen)
sys.exit(bad > 0 or seen == 0)
END
exit $bad
