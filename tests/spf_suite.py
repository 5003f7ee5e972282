#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Turn the YAML of the public SPF suites into lines that test_spf_suite.c reads.

For each scenario: "zone", then "rr NAME TYPE DATA..." and "fail NAME TYPE" (TYPE
* = all types without a line of their own), then "test ID HELO HOST MAILFROM RESULTS
EXPLANATION RECEIVER".  Words are parted by blanks; bytes outside 0x21-0x7e, and the
backslash, are \\xHH; an empty word is "-", and a word that is "-" is \\x2d.  SPF records
are copied to TXT as the README of the suites says.
"""
import sys
import yaml


def octets(v):
    if isinstance(v, bytes):
        return v
    v = str(v)
    try:
        return v.encode("latin-1")
    except UnicodeEncodeError:
        return v.encode("utf-8")


def word(v):
    b = octets(v)
    if b == b"":
        return "-"
    if b == b"-":
        return "\\x2d"
    return "".join(chr(c) if 0x21 <= c <= 0x7E and c != 0x5C else "\\x%02x" % c for c in b)


def texts(v):
    return v if isinstance(v, list) else [v]


def entries(items):
    """The entries of one owner: (type, data), SPF copied to TXT."""
    out = []
    for item in items:
        if item == "TIMEOUT":
            out.append(("*", "TIMEOUT"))
            continue
        out.extend(item.items())
    own = any(t == "TXT" for t, _ in out)
    copied = [] if own else [("TXT", d) for t, d in out if t == "SPF"]
    return [e for e in out if e != ("TXT", "NONE")] + copied


def rdata(kind, data):
    if kind in ("TXT", "SPF"):
        return [word(t) for t in texts(data)]
    if kind == "MX":
        return [str(data[0]), word(data[1])]
    return [word(data)]


def scenario(doc):
    print("zone")
    for owner, items in (doc.get("zonedata") or {}).items():
        print("name", word(owner))
        for kind, data in entries(items):
            if data == "TIMEOUT":
                print("fail", word(owner), kind)
            else:
                print("rr", word(owner), kind, *rdata(kind, data))
    for name, t in doc["tests"].items():
        results = ",".join(texts(t["result"]))
        print("test", word(name), word(t["helo"]), word(t["host"]), word(t["mailfrom"]), results,
              word(t.get("explanation", "DEFAULT")), word(t.get("receiver", "")))


def main():
    for path in sys.argv[1:]:
        with open(path, "rb") as f:
            for doc in yaml.safe_load_all(f.read().decode("utf-8")):
                if doc and doc.get("tests"):
                    scenario(doc)


main()
