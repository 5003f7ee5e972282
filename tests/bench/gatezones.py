# SPDX-License-Identifier: ISC
"""gatezones.py SHARED OUT [ZONES [RECORDS]] - two directories of zones, before and after.

The zones are those of the shared data under names of their own, as many as are asked
for, filled up with hosts; after the change one zone in a hundred has one more include.
Without shared data every zone is a small one that stands here.
"""
import glob
import os
import sys

shared, out = sys.argv[1:3]
zones = int(sys.argv[3]) if len(sys.argv) > 3 else 800
records = int(sys.argv[4]) if len(sys.argv) > 4 else 600000

SMALL = """\
$ORIGIN example.com.
$TTL 3600
@ SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ NS ns1
ns1 A 192.0.2.53
@ MX 10 mx
mx A 192.0.2.25
@ TXT "v=spf1 mx -all"
_dmarc TXT "v=DMARC1; p=none; rua=mailto:d@example.com"
"""

sources = []
for path in sorted(glob.glob(shared + "/zones/*/*.zone")):
    with open(path, errors="replace") as f:
        text = f.read()
    apex = os.path.basename(path)[:-len(".zone")]
    # a zone whose file is named otherwise would be the same zone every time
    if "$ORIGIN %s.\n" % apex in text:
        sources.append((apex, text))
if not sources:
    sources = [("example.com", SMALL)]
for side in ("base", "head"):
    os.makedirs("%s/%s" % (out, side), exist_ok=True)
for i in range(zones):
    apex, text = sources[i % len(sources)]
    name = "z%04d.example" % i
    text = text.replace(apex, name)
    if not text.endswith("\n"):
        text += "\n"
    hosts = max(0, records // zones - text.count("\n"))
    text += "".join("h%d.%s. 300 IN A 192.0.2.%d\n" % (k, name, k % 250 + 1)
                    for k in range(hosts))
    for side in ("base", "head"):
        if side == "head" and i % 100 == 0:
            text = text.replace('"v=spf1 ', '"v=spf1 include:new.example.net ')
        with open("%s/%s/%s.zone" % (out, side, name), "w") as f:
            f.write(text)
