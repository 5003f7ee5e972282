#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""postfixlog.py BYTES [SEED] - a Postfix log of about BYTES bytes on standard output.

The mix is that of a relay that sends and receives: connections and TLS lines,
one mail after the other with its queue id, sent, deferred and bounced, and what
smtpd refused.  The same BYTES and SEED give the same log.
"""

import random
import sys

WORDS = "alpha bravo carol delta echo fox golf hotel india juliet kilo lima".split()
HOSTS = ["mx%d.%s.example" % (n, w) for w in WORDS for n in (1, 2)]
TLS = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519"
REPLIES = (
    ("deferred", "4.7.28", "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail. To "
     "421-4.7.28 protect our users, mail has been temporarily rate limited. 421 4.7.28 - gsmtp"),
    ("deferred", "4.2.0", "450 4.2.0 <%s>: Recipient address rejected: Greylisted"),
    ("bounced", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. "
     "550 5.1.1  https://support.example/mail/?p=NoSuchUser - gsmtp"),
    ("bounced", "5.7.26", "550-5.7.26 Your email has been blocked because the sender is "
     "unauthenticated. 550 5.7.26  SPF [example.com] with ip: [192.0.2.7] = did not pass - gsmtp"),
    ("bounced", "5.7.1", "550 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using "
     "zen.example; see https://check.example/query/ip/192.0.2.7"),
)


class Log:
    """A log under way: its clock, and how much of it was written."""

    def __init__(self, size, seed):
        self.rng = random.Random(seed)
        self.left = size
        self.second = 0
        self.lines = []

    def put(self, program, text):
        """One line of PROGRAM."""
        s = self.second
        stamp = "Jan %2d %02d:%02d:%02d" % (1 + s // 86400 % 28, s // 3600 % 24, s // 60 % 60, s % 60)
        line = "%s mail1 postfix/%s[%d]: %s\n" % (stamp, program, self.rng.randrange(1000, 60000), text)
        self.left -= len(line)
        self.lines.append(line)

    def flush(self):
        """Write what there is."""
        sys.stdout.write("".join(self.lines))
        self.lines.clear()


def noise(log):
    """What a server on the Internet logs all day."""
    r = log.rng
    peer = "unknown[203.0.113.%d]" % r.randrange(1, 255)
    log.put("smtpd", "connect from " + peer)
    if r.random() < 0.4:
        log.put("smtpd", "NOQUEUE: reject: RCPT from %s: 554 5.7.1 Service unavailable; Client host "
                "[203.0.113.9] blocked using zen.example; from=<a@spam.example> to=<u@example.com> "
                "proto=ESMTP helo=<x.example>" % peer)
    if r.random() < 0.3:
        log.put("smtpd", "Anonymous TLS connection established from %s: %s" % (peer, TLS))
    log.put("smtpd", "disconnect from %s ehlo=1 auth=0/1 quit=1 commands=2/3" % peer)


def fate(log, queue_id, rcpt):
    """What became of one recipient."""
    r = log.rng
    host = r.choice(HOSTS)
    ip = "198.51.100.%d" % r.randrange(1, 255)
    status, dsn, text = "sent", "2.0.0", "250 2.0.0 OK  1768320583 af79cd13be357-7b5%08x - gsmtp" % r.getrandbits(32)
    if r.random() < 0.12:
        status, dsn, text = r.choice(REPLIES)
        text = text % rcpt if "%" in text else text
        text = "host %s[%s] said: %s (in reply to RCPT TO command)" % (host, ip, text)
        if r.random() < 0.3:
            log.put("smtp", "%s: %s" % (queue_id, text))
    if r.random() < 0.5:
        log.put("smtp", "Trusted TLS connection established to %s[%s]:25: %s" % (host, ip, TLS))
    log.put("smtp", "%s: to=<%s>, relay=%s[%s]:25, delay=%.2f, delays=0.05/0/%.2f/0.3, dsn=%s, "
            "status=%s (%s)" % (queue_id, rcpt, host, ip, 9 * r.random(), r.random(), dsn, status, text))


def mail(log):
    """One mail from client to removal."""
    r = log.rng
    queue_id = "%012X" % r.getrandbits(48)
    sender = "bounce-%x@%s.example.com" % (r.getrandbits(24), r.choice(WORDS))
    log.put("smtpd", "%s: client=app1.example.com[192.0.2.10], sasl_method=PLAIN, sasl_username=app" % queue_id)
    log.put("cleanup", "%s: message-id=<%x@example.com>" % (queue_id, r.getrandbits(64)))
    n = 1 if r.random() < 0.9 else 3
    log.put("qmgr", "%s: from=<%s>, size=%d, nrcpt=%d (queue active)" % (queue_id, sender, r.randrange(900, 90000), n))
    for _ in range(n):
        fate(log, queue_id, "user%d@%s.example.net" % (r.randrange(500000), r.choice(WORDS)))
    log.put("qmgr", "%s: removed" % queue_id)


def main():
    """Write it."""
    log = Log(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    while log.left > 0:
        (noise if log.rng.random() < 0.35 else mail)(log)
        log.second += log.rng.random() < 0.2
        if len(log.lines) > 10000:
            log.flush()
    log.flush()


main()
