#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Evaluate senders with the spf module of Debian's python3-spf, for test_spf_python.c.

Reads "case IP" lines, and asks for DNS answers on the way: it prints "ask NAME TYPE"
(NAME in hexadecimal) and reads "none", "nxdomain", "fail", or "N" and N lines of data:
an address, a name, "PREFERENCE NAME", or a text in hexadecimal.  Prints "result WORD".
"""
import sys
import spf


def ask(name, qtype, strict=True, timeout=20):
    print("ask", name.encode("utf-8", "surrogateescape").hex() or "-", qtype, flush=True)
    head = sys.stdin.readline().split()
    if head[0] == "fail":
        raise spf.TempError("DNS timeout")
    if not head[0].isdigit():
        return []
    out = []
    for _ in range(int(head[0])):
        line = sys.stdin.readline().split()
        if qtype in ("TXT", "SPF"):
            data = (bytes.fromhex(line[0]) if line else b"",)
        elif qtype == "MX":
            data = (int(line[0]), line[1])
        else:
            data = line[0]
        out.append(((name, qtype), data))
    return out


def main():
    spf.DNSLookup = ask
    for line in sys.stdin:
        word, ip = line.split()
        assert word == "case"
        try:
            q = spf.query(i=ip, s="someone@corpus.example", h="mail.corpus.example",
                          receiver="unknown", strict=True)
            result = q.check()[0]
        except Exception as e:  # it has faults of its own; the test knows them by class
            result = "raised:" + type(e).__name__
        print("result", result, flush=True)


main()
