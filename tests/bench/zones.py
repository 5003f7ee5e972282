#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""zones.py - the domains that `make bench` audits, as one zone file of the root.

zones.py N    print the zone of N domains d0000001.example, d0000002.example ...

They are made after zone files of real organizations: two mail exchangers, of a mail
service (two of three) or their own; SPF with four includes of shared services, of which
one has three more below it; DMARC with reports to a service that authorizes them; in a
third of them _domainkey, with a key of their own and two that a service holds.
Nothing is random: the same N gives the same bytes.
"""
import base64
import hashlib
import math
import sys

NETS = 12  # ip4 terms of a service's SPF record
MAIL, SPF, REPORTS, SIGNERS = 20, 12, 10, 8  # how many services there are of each kind
# An odd factor below 2000 would be told as weak.
SMALL = math.prod(range(3, 2000, 2))


def txt(owner, text):
    parts = [text[i:i + 250] for i in range(0, len(text), 250)]
    print(owner, "TXT", " ".join('"%s"' % p for p in parts))


def address(n):
    """The N-th address of 198.18.0.0/15, which is kept for benchmarks (RFC 2544)."""
    return "198.%d.%d.%d" % (18 + (n >> 16 & 1), n >> 8 & 255, n & 255)


def host(owner, n):
    print(owner, "A", address(n))
    print(owner, "AAAA", "2001:db8::%x:%x" % (n >> 16 & 0xffff, n & 0xffff))


def rsa_key(seed):
    """A modulus of 2048 bits that nobody has the factors of, as p= of a key record."""
    n = int.from_bytes(hashlib.shake_256(seed.encode()).digest(256), "big")
    n |= 1 << 2047 | 1
    while math.gcd(n, SMALL) != 1:
        n += 2
    head = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a02820101")
    der = head + b"\0" + n.to_bytes(256, "big") + bytes.fromhex("0203010001")
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()


def services():
    print("ns.example. A 127.0.0.1")
    for i in range(MAIL):
        for k in (1, 2):
            host("mx%d.mail%d.example." % (k, i), 1000 + 2 * i + k)
    for i in range(SPF):
        nets = " ".join("ip4:%s/28" % address(2000 + i * 1000 + 16 * k) for k in range(NETS))
        name = "_spf.sender%d.example" % i
        if i % 4 == 0:
            for k in range(3):
                txt("_net%d.%s." % (k, name), "v=spf1 %s ~all" % nets)
            nets = " ".join("include:_net%d.%s" % (k, name) for k in range(3))
        txt(name + ".", "v=spf1 %s ~all" % nets)
    for i in range(REPORTS):
        print("reports%d.example. MX 10 mx1.mail0.example." % i)
        txt("*._report._dmarc.reports%d.example." % i, "v=DMARC1")
    for i in range(SIGNERS):
        for k in ("s1", "s2"):
            txt("%s.domainkey.signer%d.example." % (k, i), rsa_key("%s%d" % (k, i)))


def domain(i):
    d = "d%07d.example." % i
    host(d, 20000 + i)
    for k in (1, 2):
        mx = "mx%d.mail%d.example." % (k, i % MAIL) if i % 3 else "mx%d.%s" % (k, d)
        print(d, "MX", 10 * k, mx)
        if i % 3 == 0:
            host(mx, 30000 + 2 * i + k)
    # one of the four of each group of four: the first of them has more below it
    senders = ["include:_spf.sender%d.example" % (4 * (i % 3) + k) for k in range(4)]
    txt(d, "v=spf1 %s ~all" % " ".join(senders))
    txt(d, "site-verification=%s" % hashlib.sha256(d.encode()).hexdigest())
    txt("_dmarc." + d, "v=DMARC1; p=%s; rua=mailto:d%d@reports%d.example" %
        (("none", "quarantine", "reject")[i // 3 % 3], i, i % REPORTS))
    if i // 9 % 3 == 0:
        txt("google._domainkey." + d, rsa_key(d))
        for k in ("s1", "s2"):
            print("%s._domainkey.%s CNAME %s.domainkey.signer%d.example." % (k, d, k, i % SIGNERS))


print("$TTL 3600\n. SOA ns.example. root.example. 1 3600 600 86400 300\n. NS ns.example.")
services()
for number in range(1, int(sys.argv[1]) + 1):
    domain(number)
