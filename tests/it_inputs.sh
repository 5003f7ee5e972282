#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_inputs.sh - one zone, written as a zone file, for octoDNS, as DNSControl's JSON, as a
# Terraform plan and in a git revision: the same findings, by their fingerprints, faults
# of the file itself (zone-...) apart.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need git
cd_to=$it_work/in
mkdir -p "$cd_to/zones" || exit 1
case $MAILVET in /*) ;; *) MAILVET=$(pwd)/$MAILVET ;; esac
bad=0 n=0

"$PYTHON" - "$cd_to" <<'END' || exit 1
import json, sys

records = [
    ("", "MX", "10 mx.example.com."), ("", "TXT", "v=spf1 mx ip4:192.0.2.300 include:none.example.com ~all"),
    ("_dmarc", "TXT", "v=DMARC1; p=reject; sp=bad; rua=mailto:a@example.com"), ("mx", "A", "192.0.2.25"),
    ("s1._domainkey", "TXT", "v=DKIM1; p=" + "A" * 300), ("s2._domainkey", "CNAME", "gone.example.com."),
    ("*.w", "TXT", "v=spf1 +all"),
]
to = sys.argv[1]

def chunks(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join('"%s"' % text[i:i + 200] for i in range(0, len(text), 200))

with open(to + "/zones/example.com.zone", "w") as f:
    f.write("$ORIGIN example.com.\n$TTL 300\n")
    for name, kind, value in records:
        f.write("%s\t%s\t%s\n" % (name or "@", kind, chunks(value) if kind == "TXT" else value))
with open(to + "/example.com.yaml", "w") as f:
    for name, kind, value in reversed(records):
        if name:
            f.write("%s:\n  ttl: 300\n  type: %s\n  value: %s\n" % (json.dumps(name), kind,
                json.dumps(value.replace(";", "\\;"))))
    f.write("'':\n- type: MX\n  ttl: 300\n  values:\n  - {exchange: mx.example.com, preference: 10}\n"
            "- type: TXT\n  ttl: 300\n  value: >-\n    %s\n" % records[1][2].replace(" ", "\n    ", 1))
ir, plan = [], []
for name, kind, value in records:
    target = value[3:] if kind == "MX" else value
    ir.append({"type": kind, "name": name or "@", "target": target, "mxpreference": 10, "ttl": 300})
    if kind == "TXT":
        value = '""'.join(value[i:i + 255] for i in range(0, len(value), 255))
    plan.append({"address": "aws_route53_record.r", "mode": "managed", "type": "aws_route53_record", "name": "r",
        "change": {"after": {"name": name.replace("*", "\\052"), "type": kind, "ttl": 300, "zone_id": "Z", "records": [value]}}})
plan.append({"address": "aws_route53_zone.z", "mode": "managed", "type": "aws_route53_zone", "name": "z",
    "change": {"after": {"name": "example.com", "zone_id": "Z"}}})
with open(to + "/ir.json", "w") as f:
    json.dump({"registrars": [], "domains": [{"name": "example.com", "records": ir}]}, f)
with open(to + "/plan.json", "w") as f:
    json.dump({"format_version": "1.2", "resource_changes": plan}, f)
END

cd "$cd_to" || exit 1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init -q . && git add zones &&
	git -c user.name=a -c user.email=a@example.com commit -qm one || exit 1

for input in zones/example.com.zone zones example.com.yaml ir.json plan.json git:HEAD:zones; do
	n=$((n + 1))
	"$MAILVET" check --zone "$input" --offline --report json --now $NOW example.com \
		>"$it_work/out.json" 2>"$it_work/err"
	status=$?
	[ $status -eq 1 ] || { cat "$it_work/err"; die "$input: exit status $status"; }
	"$PYTHON" - "$it_work/out.json" >"$it_work/is" <<'END' || exit 1
import json, sys
with open(sys.argv[1]) as f:
    report = json.load(f)
for g in sorted((g["level"], g["id"], g["fingerprint"], g.get("reason", "")) for g in report["domains"][0]["findings"]):
    if not g[1].startswith("zone-") and g[0] != "pass":
        print(*g)
END
	if [ $n -eq 1 ]; then
		mv "$it_work/is" "$it_work/want"
		[ -s "$it_work/want" ] || die "nothing was found"
		continue
	fi
	if cmp -s "$it_work/want" "$it_work/is"; then
		echo "ok $n - $input"
	else
		echo "not ok $n - $input"
		diff "$it_work/want" "$it_work/is"
		bad=1
	fi
done
exit $bad
