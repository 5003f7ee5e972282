#!/bin/sh
# SPDX-License-Identifier: ISC
#
# schema.sh - report/schema.json is a schema, its examples and the golden reports
# follow it, no report has a field that it does not describe, and what reads
# reports again looks at the same fields.

set -u
python=/usr/bin/python3
if ! "$python" -W ignore -c 'import jsonschema' 2>/dev/null; then
	echo 'needs python3-jsonschema'
	exit 77
fi
exec "$python" -W ignore - "${SRCDIR:-.}" <<'EOF'
import glob, json, re, sys
import jsonschema

src = sys.argv[1]
with open(src + "/report/schema.json") as f:
    schema = json.load(f)
jsonschema.Draft7Validator.check_schema(schema)
bad = 0


def close(node):
    """Refuse undescribed fields: stricter than the promise, for our own output."""
    if isinstance(node, dict):
        if "properties" in node and "additionalProperties" not in node:
            node["additionalProperties"] = False
        for key, value in node.items():
            if key not in ("examples", "const", "enum"):
                close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)


def check(what, definition, value):
    global bad
    top = schema
    if definition:
        top = {"$ref": "#/definitions/" + definition, "definitions": schema["definitions"]}
    for error in jsonschema.Draft7Validator(top).iter_errors(value):
        print("%s: %s: %s" % (what, "/".join(map(str, error.path)), error.message[:200]))
        bad += 1


close(schema)
seen = 0
for value in schema["examples"]:
    check("example", None, value)
for name, definition in schema["definitions"].items():
    for value in definition.get("examples", []):
        check("example of " + name, name, value)
for path in sorted(glob.glob(src + "/vectors/report/*.json")):
    with open(path) as f:
        check(path, None, json.load(f))
    seen += 1
for path in sorted(glob.glob(src + "/vectors/report/*.jsonl")):
    with open(path) as f:
        for line in f:
            check(path, "jsonl_line", json.loads(line))
    seen += 1
with open(src + "/vectors/explain/postfix.json") as f:
    check("vectors/explain/postfix.json", "explain", json.load(f))
with open(src + "/vectors/explain/audited.json") as f:
    check("vectors/explain/audited.json", "explain", json.load(f))
with open(src + "/vectors/explain/postfix.jsonl") as f:
    for line in f:
        check("vectors/explain/postfix.jsonl", "explain_line", json.loads(line))
with open(src + "/vectors/explain/reply.json") as f:
    check("vectors/explain/reply.json", "explain_reply", json.load(f))
with open(src + "/vectors/fleet/fleet.part.json") as f:
    check("vectors/fleet/fleet.part.json", "fleet", json.load(f)["fleet"])
# The tables of audit/fleet/reread_shape.c by the definition that each one repeats.
tables = {"counts": "counts", "summary": "summary", "place": "place", "change": "change", "remedy": "remedy",
          "evidence": "evidence", "finding": "finding", "term": "spf_term", "dkim": "dkim_key", "mx": "mx", "ptr": "ptr",
          "alignment": "alignment", "stream_key": "stream_key", "stream_address": "stream_address",
          "stream": "stream", "requirement": "requirement", "readiness": "readiness", "facts": "facts", "domain": "domain", "run": "run",
          "waiver": "waiver", "mail_change": "mail_change", "mail_change_part": "mail_change_part"}
text = ""
for name in ("reread_shape.c", "reread_streams.c"):
    with open(src + "/audit/fleet/" + name) as f:
        text += f.read()
for table, definition in tables.items():
    block = re.search(r"fields_%s\[\] = \{(.*?)\n\};" % table, text, re.S).group(1)
    read = set(re.findall(r'\.name = "(\w+)"', block))
    described = set(schema["definitions"][definition]["properties"])
    for name in read ^ described:
        print("%s.%s: only %s" % (definition, name, "read" if name in read else "described"))
        bad += 1
if seen == 0:
    print("no golden reports")
    bad += 1
sys.exit(bad > 0)
EOF
