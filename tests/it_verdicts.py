#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""it_verdicts.py - lines of a log and a zone in, the verdict on each group out.

A row: name, what was refused, what of the world is otherwise, what is wanted: verdict,
cause, exit status.  Each has a neighbour that is nearly the same and comes out otherwise.
Everything is answered by zone files; nothing leaves the machine.
"""
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile

MAILVET = os.environ.get("MAILVET", "./mailvet")
NOW = "2026-11-21T12:00:00Z"
SRCDIR = os.environ.get("SRCDIR", ".")
with open(os.path.join(SRCDIR, "tests/sample_keys.h")) as h:
    KEY = "".join(re.findall('"([^"]+)"', h.read().split("#define RSA_2048", 1)[1].split("#define", 1)[0]))
G = ("gmail-smtp-in.l.google.com", "u@gmail.com")
M = ("example-org.mail.protection.outlook.com", "u@example.org")
P = ("mx.example.net", "u@example.net")
L = ("c-198-51-100-27.hsd1.ca.comcast.net", "u@example.net")  # a line that somebody rents

# What receivers say; {ip} and {dom} are filled in.
REPLY = {
    "g-either": "550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. 550-5.7.26 550-5.7.26 Authentication results: 550-5.7.26 DKIM = did not pass 550-5.7.26 SPF [{dom}] with ip: [{ip}] = did not pass 550-5.7.26 550 5.7.26 https://support.google.com/mail/answer/81126 - gsmtp",
    "g-dmarc": "550-5.7.26 Unauthenticated email from {dom} is not accepted due to domain's 550-5.7.26 DMARC policy. 550 5.7.26 - gsmtp",
    "g-spf27": "550-5.7.27 Your email has been blocked because the sender is unauthenticated. 550-5.7.27 Gmail requires all senders to authenticate with SPF. 550-5.7.27 SPF [{dom}] with ip: [{ip}] = did not pass 550 5.7.27 - gsmtp",
    "g-dkim30": "550-5.7.30 Your email has been blocked because the sender is unauthenticated. 550-5.7.30 Gmail requires all senders to authenticate with DKIM. 550 5.7.30 DKIM did not pass - gsmtp",
    "g-align": "550-5.7.32 The From: header of the message isn't aligned with either the authenticated SPF or DKIM organizational domain. 550 5.7.32 - gsmtp",
    "g-record": "550-5.7.40 The sending domain doesn't have a DMARC record, or the DMARC record doesn't specify a policy. 550 5.7.40 - gsmtp",
    "g-ptr": "550-5.7.25 [{ip}] The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not point to the sending IP. 550 5.7.25 - gsmtp",
    "g-rep": "421-4.7.0 [{ip} 19] Our system has detected that this message is suspicious due to the very low reputation of the sending IP address. 421 4.7.0 - gsmtp",
    "g-rate": "421-4.7.28 Gmail has detected an unusual rate of mail originating from your IP address. 421 4.7.28 - gsmtp",
    "g-user": "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 - gsmtp",
    "g-content": "550-5.7.1 [{ip}] Our system has detected that this message is likely unsolicited mail. 550 5.7.1 - gsmtp",
    "g-tls": "550 5.7.29 This message was not sent over a TLS connection. - gsmtp",
    "ms-515": "550 5.7.515 Access denied, sending domain [{dom}] doesn't meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements defined for the sender. Spf= {spf} , Dkim= {dkim} , DMARC= {dmarc}",
    "ms-509": "550 5.7.509 Access denied, sending domain {dom} does not pass DMARC verification and has a DMARC policy of reject.",
    "policyd": "550 5.7.23 <u@example.net>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;id=info@{dom};ip={ip};r=mx.example.net",
    "ptr": "550 5.7.25 Client host rejected: cannot find your hostname, [{ip}]",
    "helo": "504 5.5.2 <{dom}>: Helo command rejected: need fully-qualified hostname",
    "helo-host": "450 4.7.1 <{dom}>: Helo command rejected: Host not found",
    "sender": "450 4.1.8 <info@{dom}>: Sender address rejected: Domain not found",
    "null-mx": "550 5.7.27 <info@{dom}>: Sender address rejected: Domain {dom} does not accept mail (nullMX)",
    "list": "554 5.7.1 Service unavailable; Client host [{ip}] blocked using bl.example.net; see the list",
    "list-domain": "554 5.7.1 Service unavailable; Sender address [info@{dom}] blocked using bl.example.net; see the list",
    "list-error": "554 5.7.1 Service unavailable; Client host [{ip}] blocked using zen.spamhaus.org; Error: open resolver; https://www.spamhaus.org/returnc/pub/192.0.2.53",
    "opendmarc": "550 5.7.1 rejected by DMARC policy for {dom}",
    "full": "452 4.2.2 The email account that you tried to reach is over quota",
    "strange": "550 5.9.9 the moon is in the wrong house",
    "relay": "554 5.7.1 <u@example.net>: Relay access denied",
    "rfc5322": "550-5.7.1 [{ip}] Messages missing a valid Message-ID header are not 550-5.7.1 accepted. 550 5.7.1 This message is not RFC 5322 compliant - gsmtp",
}

ZONES = {
    "example.com": """@ SOA ns1 h 1 7200 3600 1209600 3600
@ NS ns1
ns1 A 192.0.2.53
@ MX 10 mail
mail A 192.0.2.10
out A 192.0.2.11
@ TXT "v=spf1 ip4:192.0.2.10 -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@example.com"
s1._domainkey TXT {key}
bounce MX 10 mail
bounce TXT "v=spf1 ip4:192.0.2.10 -all"
""",
    "2.0.192.in-addr.arpa": """@ SOA ns1.example.com. h.example.com. 1 7200 3600 1209600 3600
@ NS ns1.example.com.
10 PTR mail.example.com.
11 PTR out.example.com.
""",
    "bl.example.net": """@ SOA ns1.example.com. h.example.com. 1 7200 3600 1209600 3600
@ NS ns1.example.com.
2.0.0.127 A 127.0.0.2
2.0.0.127 TXT "test"
test A 127.0.0.2
""",
    "other.example": """@ SOA ns1.example.com. h.example.com. 1 7200 3600 1209600 3600
@ NS ns1.example.com.
@ MX 10 mail.example.com.
@ TXT "v=spf1 ip4:192.0.2.10 -all"
_dmarc TXT "v=DMARC1; p=reject"
""",
}

CONFIG = """domains:
  - name: example.com
senders:
  - name: office
    addresses: [192.0.2.10]
    helo: mail.example.com
    mail-from: info@example.com
    from: example.com
"""
SIGNED = CONFIG + """    dkim:
      selectors: [s1]
"""


def key(text):
    text = "v=DKIM1; k=rsa; p=" + text
    return " ".join('"%s"' % text[i:i + 200] for i in range(0, len(text), 200))


class Log:
    """A Postfix log, written mail by mail."""

    def __init__(self):
        self.lines, self.n, self.t = [], 0, 8 * 3600

    def line(self, service, text):
        h, m, s = self.t // 3600, self.t // 60 % 60, self.t % 60
        self.lines.append("2026-11-20T%02d:%02d:%02dZ mx postfix/%s[1]: %s" % (h, m, s, service, text))

    def mail(self, to, fate, sender="info@example.com", sign=None):
        self.n += 1
        self.t += 1
        qid = "4C4FL%05dz" % self.n
        self.line("qmgr", "%s: from=<%s>, size=1, nrcpt=1 (queue active)" % (qid, sender))
        if sign:
            self.lines.append("2026-11-20T08:00:00Z mx opendkim[1]: %s: DKIM-Signature field added (s=%s, d=%s)" % ((qid,) + sign))
        rcpt = to[1].replace("@", "%d@" % self.n)
        self.line("smtp", "%s: to=<%s>, relay=%s[198.51.100.27]:25, delay=1, dsn=%s" % (qid, rcpt, to[0], fate))
        self.line("qmgr", "%s: removed" % qid)

    def refused(self, to, reply, n=1, **kw):
        soft = reply[0] == "4"
        for _ in range(n):
            self.mail(to, "%s, status=%s (host %s[198.51.100.27] said: %s (in reply to end of DATA command))" % (
                "4.0.0" if soft else "5.0.0", "deferred" if soft else "bounced", to[0], reply), **kw)
        return self

    def sent(self, to, n=1, **kw):
        for _ in range(n):
            self.mail(to, "2.0.0, status=sent (250 2.0.0 OK)", **kw)
        return self


def said(what, to=G, n=1, ip="192.0.2.10", dom="example.com", spf="Pass", dkim="Pass", dmarc="Pass", **kw):
    reply = REPLY[what].format(ip=ip, dom=dom, spf=spf, dkim=dkim, dmarc=dmarc)
    return Log().refused(to, reply, n, **kw)


def cut(log):
    """LOG as `grep status=` leaves it: no line tells a sender."""
    log.lines = [line for line in log.lines if "status=" in line]
    return log


def then(log, to=G, n=1, **kw):
    return log.sent(to, n, **kw)


def at_once(log, to=G):
    """The next mail is sent in the second of the last."""
    log.t -= 1
    return log.sent(to)


def zone(name, drop=(), add=""):
    """ZONES[name] without the lines that begin with one of DROP, with ADD."""
    lines = [l for l in ZONES[name].format(key=key(KEY)).splitlines() if not l.startswith(tuple(drop))]
    return {name: "\n".join(lines) + "\n" + add + "\n"}


OTHERS = ["mta5.am0.yahoodns.net", "mx01.mail.icloud.com", "mx01.emig.gmx.net", "mx.yandex.ru", "mx00.t-online.de"]


def others(log, n):
    """LOG, and mail of the same sender that so many other providers accepted."""
    for host in OTHERS[:n]:
        log.sent((host, "u@example.org"), 2)
    return log


def many_reasons():
    """Nothing is accepted, and no reason has a fifth of it."""
    log = Log()
    for what in ("g-content", "g-tls", "rfc5322", "g-rep", "g-rate"):
        log.refused(G, REPLY[what].format(ip="192.0.2.10").replace("421", "550").replace("4.7.", "5.7."), 3)
    return log


SPF = '@ TXT "v=spf1'
NO_SPF = zone("example.com", [SPF])
LONG = zone("example.com", [SPF],
            '@ TXT "v=spf1 ' + " ".join("include:i%d.example.com" % i for i in range(11)) + ' ip4:192.0.2.10 -all"\n' +
            "\n".join('i%d TXT "v=spf1 ip4:203.0.113.%d ?all"' % (i, i) for i in range(11)))
EARLY = zone("example.com", [SPF],
             '@ TXT "v=spf1 ip4:192.0.2.10 ' + " ".join("include:i%d.example.com" % i for i in range(11)) + ' -all"\n' +
             "\n".join('i%d TXT "v=spf1 ip4:203.0.113.%d ?all"' % (i, i) for i in range(11)))
NO_KEY = zone("example.com", ["s1."])
REVOKED = zone("example.com", ["s1."], 's1._domainkey TXT "v=DKIM1; p="')
BROKEN = zone("example.com", ["s1."], 's1._domainkey TXT "v=DKIM1; k=rsa; p=MIIBnotakey"')
with open(os.path.join(SRCDIR, "vectors/check/dkim-signer-same.zone")) as f:
    SIGNERS = zone("example.com", ["s1."], "s1._domainkey TXT " + key("".join(re.findall('"(?:.*p=)?([^"]+)"', f.read().split("s1._domainkey", 1)[1]))))
NONE = zone("example.com", ["_dmarc"], '_dmarc TXT "v=DMARC1; p=none; rua=mailto:d@example.com"')
STRICT = zone("example.com", ["_dmarc"], '_dmarc TXT "v=DMARC1; p=reject; aspf=s; adkim=s; rua=mailto:d@example.com"')
NO_DMARC = zone("example.com", ["_dmarc"])
NO_PTR = zone("2.0.192.in-addr.arpa", ["10 "])
WRONG_PTR = zone("2.0.192.in-addr.arpa", ["10 "], "10 PTR elsewhere.example.com.")
NULL_MX = zone("example.com", ["@ MX"], "@ MX 0 .")
NO_MX = zone("example.com", ["@ MX"])
LISTED = zone("bl.example.net", add='10.2.0.192 A 127.0.0.2\n10.2.0.192 TXT "spam seen"')
BLOCKED = zone("bl.example.net", add="10.2.0.192 A 127.255.255.254")
LISTED_DOMAIN = zone("bl.example.net", add="example.com A 127.0.0.2")
KEYED = ("s1", "example.com")
BOUNCE = "b@bounce.example.com"
SIGNER = os.path.join(SRCDIR, "vectors/check/signer-rsa.pem")
OTHER_SIGNER = os.path.join(SRCDIR, "vectors/opendkim_differs/rsa2048.pem")
WITH_KEY = ["--dkim", "d=example.com,s=s1", "--private-key"]



def dsn(reply, ip="192.0.2.11", author="info@example.com"):
    """A bounce message that somebody sent us; its mail may be anybody's."""
    text = REPLY[reply].format(ip=ip, dom="example.com")
    log = Log()
    log.lines = ["From: MAILER-DAEMON@mx.example.net", "To: info@example.com", "Subject: Undelivered",
                 "Date: Fri, 20 Nov 2026 08:00:00 +0000", "MIME-Version: 1.0",
                 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "", "--b", "",
                 "It was refused.", "", "--b", "Content-Type: message/delivery-status", "",
                 "Reporting-MTA: dns; mx.example.net", "", "Final-Recipient: rfc822; u@gmail.com",
                 "Action: failed", "Status: 5.7.27", "Remote-MTA: dns; gmail-smtp-in.l.google.com",
                 "Diagnostic-Code: smtp; " + text, "", "--b", "Content-Type: text/rfc822-headers", "",
                 "From: " + author, "Return-Path: <info@example.com>", "", "--b--"]
    return log


AGGREGATE = """<?xml version="1.0"?>
<feedback><version>1.0</version><report_metadata><org_name>r.example.org</org_name><email>d@r.example.org</email>
<report_id>1</report_id><date_range><begin>1795132800</begin><end>1795219199</end></date_range></report_metadata>
<policy_published><domain>example.com</domain><p>reject</p></policy_published>
<record><row><source_ip>192.0.2.10</source_ip><count>12</count><policy_evaluated><disposition>reject</disposition>
<dkim>fail</dkim><spf>%s</spf></policy_evaluated></row><identifiers><header_from>example.com</header_from></identifiers>
<auth_results><spf><domain>example.com</domain><result>%s</result></spf></auth_results></record></feedback>
"""

# name, log, world that differs, options, wanted: (verdict, cause) of the first group, status
ROWS = [
    ("spf: the address is not named", said("g-spf27", ip="192.0.2.11"), {}, {}, "confirmed spf-not-pass", 1),
    ("spf: the address is named", said("g-spf27"), {}, {}, "contradicted", 1),
    ("spf: there is no record", said("g-spf27"), NO_SPF, {}, "confirmed spf-none-sender|spf-none", 1),
    ("spf: there is no record, and the configuration names all senders", said("g-spf27"), NO_SPF, {"config": CONFIG, "changed": True}, "confirmed spf-none-sender", 1),
    ("spf: there is no record, and an address is not in it", said("g-spf27", ip="192.0.2.11"), NO_SPF, {"config": CONFIG, "unchanged": True}, "confirmed spf-none-sender", 1),
    ("spf: there is no record, and a service's include is not known", said("g-spf27"), NO_SPF, {"config": CONFIG + "    via: hubspot\n", "unchanged": True}, "confirmed spf-none-sender", 1),
    ("spf: policyd-spf names the address", said("policyd", P, ip="192.0.2.11"), {}, {}, "confirmed spf-not-pass", 1),
    ("spf: policyd-spf, a good address", said("policyd", P), {}, {}, "contradicted", 1),
    ("spf: 11 lookups that this address meets", said("policyd", P), LONG, {}, "confirmed spf-lookup-limit", 1),
    ("spf: 11 lookups behind the match", said("policyd", P), EARLY, {}, "contradicted", 1),
    ("spf: the domain is forwarded", said("policyd", P, ip="192.0.2.11", dom="other.example"), {}, {"config": CONFIG}, "not-ours", 1 - 1),
    ("spf: accepted since, good today", then(said("g-spf27")), {}, {}, "fixed", 0),
    ("spf: accepted in the same second, good today", at_once(said("g-spf27")), {}, {}, "fixed", 0),
    ("spf: accepted since, bad today", then(said("g-spf27", ip="192.0.2.11")), {}, {}, "confirmed spf-not-pass", 1),
    ("spf: accepted by others only", then(said("g-spf27"), M), {}, {}, "contradicted", 1),
    ("either: no SPF, no key known", said("g-either", ip="192.0.2.11"), {}, {}, "confirmed spf-not-pass", 1),
    ("either: no SPF, the key is good", said("g-either", ip="192.0.2.11"), {}, {"args": ["--selector", "s1"]}, "contradicted", 1),
    ("either: no SPF, the key is missing", said("g-either", ip="192.0.2.11"), NO_KEY, {"args": ["--selector", "s1"]}, "confirmed spf-not-pass", 1),
    ("either: SPF passes, the key is missing", said("g-either"), NO_KEY, {"args": ["--selector", "s1"]}, "contradicted", 1),
    ("dkim: the key is missing", said("g-dkim30", sign=KEYED), NO_KEY, {}, "confirmed dkim-no-key", 1),
    ("dkim: the key is good", said("g-dkim30", sign=KEYED), {}, {}, "contradicted", 1),
    ("dkim: the key is revoked", said("g-dkim30", sign=KEYED), REVOKED, {}, "confirmed dkim-revoked", 1),
    ("dkim: the key is broken", said("g-dkim30", sign=KEYED), BROKEN, {}, "confirmed dkim-key-truncated", 1),
    ("dkim: nobody knows the selector", said("g-dkim30"), NO_KEY, {}, "unknown", 1),
    ("dkim: the configuration knows it", said("g-dkim30"), NO_KEY, {"config": SIGNED}, "confirmed dkim-no-key", 1),
    ("dkim: the key is not the signer's", said("g-dkim30", sign=KEYED), {}, {"args": WITH_KEY + [OTHER_SIGNER]}, "confirmed dkim-signer-differs", 1),
    ("dkim: the key is the signer's", said("g-dkim30", sign=KEYED), SIGNERS, {"args": WITH_KEY + [SIGNER]}, "contradicted", 1),
    ("dkim: the key is missing, the signer's is known", said("g-dkim30", sign=KEYED), NO_KEY, {"args": WITH_KEY + [SIGNER], "changed": True}, "confirmed dkim-signer-unpublished", 1),
    ("dkim: another selector than that of the signer's key", said("g-dkim30", sign=("s2", "example.com")), zone("example.com", [], "s2._domainkey TXT " + key(KEY)), {"args": WITH_KEY + [OTHER_SIGNER]}, "contradicted", 1),
    ("dkim: SPF is no matter", said("g-dkim30", sign=KEYED), NO_SPF, {}, "contradicted", 1),
    ("dmarc: nothing aligned, reject", said("g-dmarc"), NO_SPF, {"config": CONFIG}, "confirmed spf-none-sender|spf-none|stream-unaligned", 1),
    ("dmarc: SPF aligned", said("g-dmarc"), {}, {"config": CONFIG}, "contradicted", 1),
    ("dmarc: nothing aligned, p=none", said("g-dmarc"), {**NONE}, {"config": CONFIG}, "contradicted", 1),
    ("dmarc: strict, another MAIL FROM", said("g-dmarc", sender=BOUNCE), STRICT, {"args": ["--ip", "192.0.2.10", "--dkim", "d=bounce.example.com,s=s1"]}, "confirmed", 1),
    ("dmarc: relaxed, another MAIL FROM", said("g-dmarc", sender=BOUNCE), {}, {"args": ["--ip", "192.0.2.10"]}, "contradicted", 1),
    ("dmarc: strict, the key is good", said("g-dmarc", sender=BOUNCE, sign=KEYED), STRICT, {"args": ["--ip", "192.0.2.10"]}, "contradicted", 1),
    ("dmarc: the key is missing", said("g-dmarc", sender=BOUNCE, sign=KEYED), {**STRICT, "example.com": STRICT["example.com"].replace("s1._", "s2._")}, {"args": ["--ip", "192.0.2.10"]}, "confirmed dkim-no-key", 1),
    ("two domains send: the one that has more", said("sender", P, 2).refused(P, REPLY["sender"].format(dom="other.example"), sender="info@other.example"), {}, {}, "contradicted", 0),
    ("two domains send: the other is ours as well", said("sender", P, 2).refused(P, REPLY["sender"].format(dom="other.example"), sender="info@other.example"), {}, {"group": 1}, "contradicted", 0),
    ("two domains send: the configuration names one", said("sender", P, 2).refused(P, REPLY["sender"].format(dom="other.example"), sender="info@other.example"), {}, {"group": 1, "config": CONFIG}, "not-ours", 0),
    ("dmarc: somebody else's domain", said("g-dmarc", dom="other.example"), {}, {}, "not-ours", 0),
    ("dmarc: of a receiver with OpenDMARC", said("opendmarc", P), NO_SPF, {"config": CONFIG}, "confirmed", 1),
    ("dmarc: OpenDMARC names the domain of the policy", dsn("opendmarc", author="info@below.example.com"), STRICT, {"config": CONFIG}, "confirmed stream-unaligned", 1),
    ("dmarc: OpenDMARC names the author's domain", dsn("opendmarc"), STRICT, {"config": CONFIG}, "contradicted", 1),
    ("dmarc: Exchange, aligned", said("ms-509", M), {}, {"config": CONFIG}, "contradicted", 1),
    ("record: none", said("g-record"), NO_DMARC, {}, "confirmed dmarc-none", 1),
    ("record: none, and nobody knows the address", said("g-record"), NO_DMARC, {"changed": True}, "confirmed dmarc-none", 1),
    ("record: p=none is one", said("g-record"), NONE, {}, "contradicted", 1),
    ("align: no policy needed", said("g-align"), {"example.com": NONE["example.com"].replace(SPF + " ip4:192.0.2.10", SPF)}, {"config": CONFIG}, "confirmed", 1),
    ("align: SPF aligned", said("g-align"), NONE, {"config": CONFIG}, "contradicted", 1),
    ("515: SPF stated, bad", said("ms-515", M, spf="Fail"), NO_SPF, {"config": SIGNED}, "confirmed spf-none-sender|spf-none", 1),
    ("515: SPF stated, good", said("ms-515", M, spf="Fail"), {}, {"config": SIGNED}, "contradicted", 1),
    ("515: DKIM stated, SPF bad", said("ms-515", M, dkim="Fail"), NO_SPF, {"config": SIGNED}, "contradicted", 1),
    ("515: DKIM stated, the key is missing", said("ms-515", M, dkim="Fail"), NO_KEY, {"config": SIGNED}, "confirmed dkim-no-key", 1),
    ("515: DMARC stated, no record", said("ms-515", M, dmarc="Fail"), NO_DMARC, {"config": SIGNED}, "confirmed dmarc-none", 1),
    ("515: DKIM stated, the address is not known", said("ms-515", M, dkim="Fail", dmarc="Fail", sign=KEYED), {}, {}, "contradicted", 1),
    ("515: SPF stated, the address is not known", said("ms-515", M, spf="Fail", dmarc="Fail", sign=KEYED), {}, {}, "unknown", 1),
    ("515: DMARC stated, neither is known", said("ms-515", M, dmarc="Fail"), {}, {}, "unknown", 1),
    ("ptr: none", said("g-ptr"), NO_PTR, {}, "confirmed ptr-none", 1),
    ("ptr: in order", said("g-ptr"), {}, {}, "contradicted", 1),
    ("ptr: leads elsewhere", said("ptr", P), WRONG_PTR, {}, "confirmed ptr-unconfirmed", 1),
    ("ptr: in order, Postfix", said("ptr", P), {}, {}, "contradicted", 1),
    ("helo: one label", said("helo", P, dom="localhost"), {}, {}, "confirmed helo-not-qualified", 1),
    ("helo: a host", said("helo", P, dom="mail.example.com"), {}, {"args": ["--ip", "192.0.2.10"]}, "contradicted", 1),
    ("helo: not in DNS", said("helo-host", P, dom="gone.example.com"), {}, {}, "confirmed helo-unresolvable", 1),
    ("helo: in DNS, deferred", said("helo-host", P, dom="mail.example.com"), {}, {}, "contradicted", 0),
    ("sender: nowhere", said("sender", P, dom="gone.example.com", sender="info@gone.example.com"), {}, {}, "confirmed domain-nonexistent", 1),
    ("sender: takes mail", said("sender", P), {}, {}, "contradicted", 0),
    ("null MX: of the sender", said("null-mx", P), NULL_MX, {}, "confirmed mx-null-sender", 1),
    ("null MX: there is none", said("null-mx", P), {}, {}, "contradicted", 1),
    ("list: the address is listed", said("list", P), LISTED, {}, "confirmed dnsbl-listed-high", 1),
    ("list: it is not", said("list", P), {}, {}, "contradicted", 1),
    ("list: the list refuses us", said("list", P), BLOCKED, {}, "unknown", 1),
    ("list: the domain is listed", said("list-domain", P), LISTED_DOMAIN, {}, "confirmed dnsbl-domain-listed-high", 1),
    ("list: the address is, the domain is named", said("list-domain", P), LISTED, {}, "contradicted", 1),
    ("list: it refused the receiver", then(said("list-error", P), P), {}, {}, "not-ours", 0),
    ("list: it refused the receiver, who takes nothing", said("list-error", P), {}, {}, "not-ours", 1),
    ("not DNS: reputation", then(said("g-rep")), {}, {}, "not-dns", 0),
    ("not DNS: rate", then(said("g-rate")), {}, {}, "not-dns", 0),
    ("not DNS: content, all of it", said("g-content"), {}, {}, "not-dns", 1),
    ("not DNS: content, one of two", then(said("g-content")), {}, {}, "not-dns", 0),
    ("not DNS: content, 20 of 40", then(said("g-content", n=20), n=20), {}, {}, "not-dns", 1),
    ("not DNS: TLS", then(said("g-tls")), {}, {}, "not-dns", 0),
    ("not DNS: the message", then(said("rfc5322")), {}, {}, "not-dns", 0),
    ("not DNS: relay", then(said("relay", P), P), {}, {}, "not-dns", 0),
    ("not ours: no such user", said("g-user"), {}, {}, "not-ours", 0),
    ("not ours: a full mailbox", said("full", P), {}, {}, "not-ours", 0),
    ("unknown: no row knows it", then(said("strange", P), P), {}, {}, "unknown", 0),
    ("unknown: no row knows it, all of it", said("strange", P), {}, {}, "unknown", 1),
    ("unknown: a lookup fails", then(said("g-spf27"), n=1), {"example.com": None}, {}, "unknown", 3),
    ("few of many: good", then(said("g-dmarc", n=3), n=300).refused(G, REPLY["g-dmarc"].format(dom="example.com")), {}, {"config": CONFIG}, "contradicted", 0),
    ("few of many: bad", then(said("g-spf27", ip="192.0.2.11", n=3), n=300).refused(G, REPLY["g-spf27"].format(dom="example.com", ip="192.0.2.11")), {}, {}, "confirmed spf-not-pass low", 1),
    ("one among many: good", said("g-dmarc", n=0).sent(G, 30).refused(G, REPLY["g-dmarc"].format(dom="example.com")).sent(G, 30), {}, {"config": CONFIG}, "contradicted", 0),
    ("broken at the end of many", Log().sent(G, 100).refused(G, REPLY["g-spf27"].format(dom="example.com", ip="192.0.2.11"), 5), {}, {}, "confirmed spf-not-pass medium|high", 1),
    ("list: not in the usual test entries", said("list", P), {"bl.example.net": "@ SOA ns1.example.com. h.example.com. 1 7200 3600 1209600 3600\n10.2.0.192 A 127.0.0.2\n"}, {"nofinding": True}, "confirmed dnsbl-listed-high", 1),
    ("one refuses what five accept", others(said("g-spf27"), 5), {}, {}, "not-dns", 1),
    ("one refuses what four accept", others(said("g-spf27"), 4), {}, {}, "contradicted", 1),
    ("one refuses what five accept, bad today", others(said("g-spf27", ip="192.0.2.11"), 5), {}, {}, "confirmed spf-not-pass", 1),
    ("a block with many reasons", many_reasons(), {}, {}, "not-dns", 1),
    ("many reasons, and one accepted", then(many_reasons()), {}, {}, "not-dns", 0),
    ("--domain: another", said("g-spf27", ip="192.0.2.11"), {}, {"args": ["--domain", "other.example"]}, "", 0),
    ("--domain: that", said("g-spf27", ip="192.0.2.11"), {}, {"args": ["--domain", "example.com"]}, "confirmed spf-not-pass", 1),
    ("no line tells the sender", cut(said("g-dmarc")), {}, {}, "unknown", 1),
    ("no line tells the sender, --domain: the reply", cut(said("g-spf27", ip="192.0.2.11")), {}, {"args": ["--domain", "example.com"]}, "confirmed spf-not-pass", 1),
    ("no line tells the sender, --domain: another", cut(said("g-spf27", ip="192.0.2.11")), {}, {"args": ["--domain", "other.example"]}, "", 0),
    ("no line tells the sender: a stranger's", cut(said("g-dmarc", dom="other.example")), {}, {"config": CONFIG}, "not-ours", 0),
    ("null sender: nobody's", said("g-dmarc", dom="other.example", sender=""), {}, {"config": CONFIG}, "not-ours", 0),
    ("null sender: a host's trouble", said("ptr", P, sender=""), NO_PTR, {"config": CONFIG}, "confirmed ptr-none", 1),
    ("reports: it failed that day", said("g-spf27"), {}, {"aggregate": ("fail", "fail")}, "fixed", 0),
    ("reports: it passed that day", said("g-spf27"), {}, {"aggregate": ("pass", "pass")}, "contradicted", 1),
    ("report: a stranger's address", dsn("g-spf27"), {}, {"config": CONFIG}, "not-ours", 0),
    ("report: an address of ours", dsn("g-spf27", "192.0.2.10"), NO_SPF, {"config": CONFIG}, "confirmed spf-none-sender|spf-none", 1),
    ("report: nobody knows whose address", dsn("g-spf27"), {}, {"unchanged": True}, "confirmed spf-not-pass low", 1),
    ("log: a provider says which address is ours", said("g-spf27", ip="203.0.113.66"), {}, {"changed": True}, "confirmed spf-not-pass", 1),
    ("log: a customer's line says it", said("g-spf27", L, ip="203.0.113.66"), {}, {"unchanged": True}, "confirmed spf-not-pass low", 1),
    ("report: --ip says that it is ours", dsn("g-spf27"), {}, {"args": ["--ip", "192.0.2.11"], "changed": True}, "confirmed spf-not-pass", 1),
    ("then: bad, now good", said("g-spf27"), {}, {"then": NO_SPF}, "fixed", 0),
    ("then: good, now good", said("g-spf27"), {}, {"then": {}}, "contradicted", 1),
    ("then: good, now bad", said("g-spf27"), NO_SPF, {"then": {}}, "contradicted", 1),
    ("then: bad, now bad", said("g-spf27"), NO_SPF, {"then": NO_SPF}, "confirmed spf-none-sender|spf-none", 1),
]


def write_world(folder, world):
    os.makedirs(folder)
    for name in ZONES:
        text = world.get(name, zone(name).get(name))
        if text is not None:
            with open(os.path.join(folder, name + ".zone"), "w") as f:
                f.write("$ORIGIN %s.\n$TTL 3600\n%s" % (name, text))


def explain(args, **kw):
    return subprocess.run([MAILVET, "explain", "--offline", "--now", NOW] + args, capture_output=True, text=True, **kw)


def run(row, where):
    name, log, world, more, want, status = row
    write_world(where + "/zones", world)
    with open(where + "/log", "w") as f:
        f.write("\n".join(log.lines) + "\n")
    args = list(more.get("args", []))
    if "config" in more:
        with open(where + "/mailvet.yaml", "w") as f:
            f.write(more["config"])
        args += ["--config", where + "/mailvet.yaml"]
    if "aggregate" in more:
        with open(where + "/r.xml", "w") as f:
            f.write(AGGREGATE % more["aggregate"])
        args += ["--aggregate", where + "/r.xml"]
    if "then" in more:
        write_world(where + "/then", more["then"])
        r = explain(args + ["--zone", where + "/then", "--record", where + "/rec", where + "/log"])
        args += ["--replay", where + "/rec"]
    r = explain(args + ["--zone", where + "/zones", "--report", "json=" + where + "/out", "--report", "text", where + "/log"])
    with open(where + "/out") as f:
        groups = json.load(f)["groups"]
    at = more.get("group", 0)
    g = groups[at] if len(groups) > at else {}
    got = g.get("verdict", "")
    wanted = (want + "  ").split(" ")
    good = got == wanted[0] and r.returncode == status
    if wanted[1]:
        good = good and g.get("cause") in wanted[1].split("|")
        good = good and (bool(g["findings"]) or "nofinding" in more)
    if wanted[2]:
        good = good and g.get("confidence") in wanted[2].split("|")
    changes = g.get("remedy", {}).get("changes", [])
    good = good and not ("unchanged" in more and changes) and not ("changed" in more and not changes)
    if good:
        return None
    return "wanted '%s' and %d, got '%s %s %s' and %d\n%s%s" % (
        want, status, got, g.get("cause", ""), g.get("confidence", ""), r.returncode, r.stdout[:3000], r.stderr)


def check(n, name, why):
    print("not ok" if why else "ok", n, "-", name)
    if why:
        print("\n".join("# " + l for l in why.splitlines()[:40]))
    return bool(why)


def hostile(where):
    """A log that names 10,000 domains: bounded, told, and none of it raw."""
    write_world(where + "/zones", {})
    log = Log()
    for i in range(10000):
        log.refused(G, REPLY["g-spf27"].format(ip="192.0.2.9", dom="d%d.example.com" % i), sender="a@d%d.example.com" % i)
    with open(where + "/log", "w") as f:
        f.write("\n".join(log.lines) + "\n")
    r = explain(["--zone", where + "/zones", where + "/log"])
    if r.returncode != 1 or "groups are left out" not in r.stderr or "too many cases" not in r.stdout:
        return "status %d\n%s\n%s" % (r.returncode, r.stderr, r.stdout[-600:])
    return None


def formats(where):
    """Nothing raw in any format; the same bytes twice; Markdown keeps the reply in its block."""
    write_world(where + "/zones", {})
    log = said("strange", P, sender="a@x`$(reboot)`.example.com").refused(
        P, "550 5.7.1 \033[31m\r</pre><b>`x`\n# rejected by DMARC policy for example.com".replace("\n", " "))
    with open(where + "/log", "w") as f:
        f.write("\n".join(log.lines) + "\n")
    out = []
    for form in ("text", "json", "markdown"):
        runs = [explain(["--zone", where + "/zones", "--report", form, where + "/log"]).stdout for _ in range(2)]
        if runs[0] != runs[1] or not runs[0]:
            return "%s: two runs differ" % form
        out.append(runs[0])
        if any(ord(c) > 126 or (ord(c) < 32 and c != "\n") for c in runs[0] if form == "json") or "\033" in runs[0]:
            return "%s: raw bytes" % form
    if "dig +short TXT x`" in out[0] or "\n# rejected" in out[2]:
        return out[2]
    return None


def usage(where):
    write_world(where + "/zones", {})
    with open(where + "/log", "w") as f:
        f.write("\n".join(said("g-spf27").lines) + "\n")
    for args, status in ((["--offline", where + "/log"], 2), (["--ip", "x", where + "/log"], 2),
                         (["--zone", where + "/none", where + "/log"], 2), (["--help"], 0),
                         (["--offline", "--no-audit", where + "/log"], 0)):
        r = subprocess.run([MAILVET, "explain"] + args, capture_output=True, text=True)
        if r.returncode != status:
            return "%s: %d, not %d: %s" % (args, r.returncode, status, r.stderr)
    return None


def replayed(where):
    """A recording alone is the world: the same report out of it."""
    write_world(where + "/zones", NO_SPF)
    with open(where + "/log", "w") as f:
        f.write("\n".join(said("g-spf27").lines) + "\n")
    a = explain(["--zone", where + "/zones", "--record", where + "/rec", "--report", "json", where + "/log"])
    b = subprocess.run([MAILVET, "explain", "--now", NOW, "--replay", where + "/rec", "--report", "json", where + "/log"],
                       capture_output=True, text=True)
    if a.stdout != b.stdout or a.returncode != b.returncode or not a.stdout:
        return a.stderr + b.stderr + "\n".join(difflib.unified_diff(a.stdout.split("\n"), b.stdout.split("\n")))
    return None


WHOLE = [("a log that names 10,000 domains", hostile), ("every format, nothing raw", formats),
         ("usage", usage), ("a recording alone is the world", replayed)]


def main():
    bad = 0
    for i, row in enumerate(ROWS):
        if len(sys.argv) > 1 and sys.argv[1] not in row[0]:
            continue
        with tempfile.TemporaryDirectory() as where:
            why = run(row, where)
        bad |= check(i + 1, row[0], why)
    for i, (name, test) in enumerate(WHOLE):
        if len(sys.argv) > 1 and sys.argv[1] not in name:
            continue
        with tempfile.TemporaryDirectory() as where:
            bad |= check(len(ROWS) + i + 1, name, test(where))
    print("1..%d" % (len(ROWS) + len(WHOLE)))
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
