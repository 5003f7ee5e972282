# SPDX-License-Identifier: ISC
"""it_gate.py - the tests of it_gate.sh: MAILVET SRCDIR WORK."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys

mailvet, src, work = sys.argv[1:4]
NOW = "2026-11-21T12:00:00Z"
done = 0
failed = 0

with open(src + "/vectors/check/healthy-self-hosted.zone") as f:
    KEY = re.search(r"p=(MII[A-Za-z0-9+/=]{389,})", re.sub(r'"\s+"', "", f.read())).group(1)

SOUND = """\
$ORIGIN example.com.
$TTL 3600
@ SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns2 A 192.0.2.54
@ MX 10 mx1
@ MX 20 mx2
mx1 A 192.0.2.25
mx2 A 192.0.2.26
@ TXT "v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 -all"
s1._domainkey TXT "v=DKIM1; k=rsa; " "p=%s" "%s"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@example.com"
""" % (KEY[:200], KEY[200:])

SPF = 'ip4:192.0.2.25 ip4:192.0.2.26 -all'
LIMIT = " ".join("a:h%d.example.com" % i for i in range(11))
HOSTS = "".join("h%d A 192.0.2.%d\n" % (i, 100 + i) for i in range(16))


def tell(name, problem):
    global done, failed
    done += 1
    if problem:
        failed += 1
        print("not ok %d - %s" % (done, name))
        print("\n".join("# " + line for line in problem.splitlines()[:60]))
    else:
        print("ok %d - %s" % (done, name))


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


def run(*args):
    """The status, the JSON or None, and what went to stderr."""
    p = subprocess.run([mailvet, "gate", "--now", NOW, "--report", "json", *args],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    try:
        got = json.loads(p.stdout)
    except ValueError:
        got = None
    return p.returncode, got, p.stderr.decode("utf-8", "replace")


SIGN = {"new": "+", "worse": "^", "kept": "=", "suppressed": "~"}


def words(got, levels=("error", "warning")):
    """"+rule" new, "^rule" worse, "=rule" kept, "~rule" suppressed, "-rule" fixed."""
    out = []
    for d in got["domains"]:
        for f in d["findings"] + d.get("suppressed", []):
            if f["level"] in levels:
                out.append(SIGN[f["change"]] + f["id"])
        out += ["-" + f["id"] for f in d["fixed"] if f["level"] in levels]
    out += ["!" + f["id"] for f in got["run"]["findings"]]
    return " ".join(sorted(out))


def edit(text, edits):
    for old, new in edits:
        if old not in text:
            raise SystemExit("a row changes what is not there: " + old)
        text = text.replace(old, new)
    return text


def pair(n, base, head):
    where = "%s/row%s" % (work, n)
    shutil.rmtree(where, ignore_errors=True)
    put(where + "/base/example.com.zone", base)
    put(where + "/head/example.com.zone", head)
    return ["--base", where + "/base", "--head", where + "/head"]


# name, edits that make the base of SOUND, edits that make the head of the base, options,
# what is found (errors and warnings), exit status
MANY = "@ TXT", HOSTS + "@ TXT"
OVER = "v=spf1 " + SPF, "v=spf1 " + LIMIT + " -all"
NEW = "v=spf1 ", "v=spf1 include:new.example.net "
BAD = "v=spf1 ip4", "v=spf1 nclude:x.example ip4"
ROWS = [
    ("nothing", [], [], [], "", 0),
    ("a serial", [], [("hostmaster 1 ", "hostmaster 2 ")], [], "", 0),
    ("a mechanism misspelt", [], [BAD], [], "+spf-unknown-mechanism", 1),
    ("never mind", [], [BAD], ["--fail-on", "never"], "+spf-unknown-mechanism", 0),
    ("ipv4: for ip4:", [], [("ip4:192.0.2.26", "ipv4:192.0.2.26")], [],
     "+spf-unknown-mechanism", 1),
    ("SPF taken away", [], [('@ TXT "v=spf1 %s"\n' % SPF, "")], [], "+spf-none", 0),
    ("a second SPF record", [], [("@ TXT", '@ TXT "v=spf1 mx ~all"\n@ TXT')], [],
     "+spf-multiple", 1),
    ("SPF run together", [], [("v=spf1 ", "v=spf1")], [], "+spf-near-miss", 1),
    ("everybody may send", [], [("-all", "+all")], [], "+spf-pass-all", 1),
    ("nobody is refused any more", [], [("-all", "?all")], [], "+gate-all-weakened", 0),
    ("an all that is no all", [], [("-all", "-allArray")], [], "+spf-unknown-mechanism", 1),
    ("a void record hides, and mends nothing", [MANY, OVER], [("v=spf1 a:", "v=spf1 nclude:x.example a:")],
     [], "+spf-unknown-mechanism =spf-lookup-limit =spf-void-limit-family", 1),
    ("two records in place of one with a fault", [("-all", "?all")], [("@ TXT", '@ TXT "v=spf1 mx ~all"\n@ TXT')],
     [], "+spf-multiple", 1),
    ("one record in place of two", [("@ TXT", '@ TXT "v=spf1 include:new.example.net ~all"\n@ TXT'), NEW],
     [('@ TXT "v=spf1 include:new.example.net include:new.example.net ~all"\n', "")], [], "-spf-multiple", 0),
    ("a subdomain policy of none", [], [("p=reject", "p=reject; sp=none")], [], "+gate-policy-dropped", 1),
    ("p= lost", [], [("p=" + KEY[:10], KEY[:10])], [], "+dkim-no-key-data +dkim-syntax", 1),
    ("a key cut short", [], [(KEY[200:], KEY[200:230])], [], "+dkim-key-truncated", 1),
    ("a key renamed", [], [("s1._domainkey", "s2._domainkey")], [],
     "+gate-selector-removed", 0),
    ("the only key withdrawn", [], [('p=%s" "%s"' % (KEY[:200], KEY[200:]), 'p="')], [],
     "+gate-selector-removed", 0),
    ("a key withdrawn, and another there", [],
     [('s1._domainkey TXT "v=DKIM1; k=rsa; " "p=%s" "%s"' % (KEY[:200], KEY[200:]),
       's2._domainkey TXT "v=DKIM1; k=rsa; " "p=%s" "%s"\ns1._domainkey TXT "v=DKIM1; p="' % (KEY[:200], KEY[200:]))], [],
     "", 0),
    ("a wrong key beside the old", [],
     [("_dmarc TXT", 's2._domainkey TXT "v=DKIM1; MIIB"\n_dmarc TXT')], [],
     "+dkim-no-key-data +dkim-syntax", 1),
    ("DMARC broken", [], [("v=DMARC1", "v=DMARC")], [], "+dmarc-bad-version", 1),
    ("DMARC gone", [], [("_dmarc TXT", "dmarc TXT")], [], "+gate-policy-dropped", 1),
    ("DMARC below twice the name", [], [("_dmarc TXT", "_dmarc.example.com TXT")], [],
     "+dmarc-name-doubled +gate-policy-dropped +zone-doubled-origin", 1),
    ("MX to an alias", [], [("mx2 A 192.0.2.26", "mx2 CNAME mx1")], [], "+mx-alias", 0),
    ("MX to nothing", [], [("mx2 A 192.0.2.26\n", "")], [], "+mx-no-address", 1),
    ("MX without its final dot", [], [("MX 20 mx2", "MX 20 mx2.example.com")], [],
     "+mx-no-address", 1),
    ("MX gone", [], [("@ MX 10 mx1\n@ MX 20 mx2\n", "")], [], "+dmarc-report-no-mail +gate-mx-removed", 1),
    ("CNAME beside MX", [], [("@ MX 10", "@ CNAME www.example.net.\n@ MX 10")], [],
     "+zone-cname-and-other-data", 1),
    ("CNAME beside the MX of a name below, told once", [("_dmarc TXT", 'shop MX 10 mx1\nshop TXT "v=spf1 mx -all"\n_dmarc TXT')],
     [("shop MX", "shop CNAME www.example.net.\nshop MX")], [], "+zone-cname-and-other-data", 1),
    ("too many lookups", [MANY], [OVER], [],
     "+spf-lookup-limit +spf-void-limit-family", 1),
    ("more of too many", [MANY, OVER], [(" -all", ' " "a:h12.example.com -all')], [],
     "^spf-lookup-limit ^spf-void-limit-family", 1),
    ("less of too many", [MANY, OVER, (" -all", ' " "a:h12.example.com -all')],
     [("a:h12.example.com ", "")], [], "=spf-lookup-limit =spf-void-limit-family", 0),
    ("few enough", [MANY, OVER], [("a:h1.example.com a:h2.example.com ", "")], [],
     "-spf-lookup-limit =spf-void-limit-family", 0),
    ("11 includes, none known", [],
     [("v=spf1 ", "v=spf1 %s " % " ".join("include:i%d.example" % i for i in range(11)))], [],
     " ".join(["+gate-not-judged"] * 11) + " +spf-lookup-limit", 1),
    ("a term nobody can judge", [], [NEW], [], "+gate-not-judged", 0),
    ("a term nobody can judge, warnings count", [], [NEW], ["--fail-on", "warning"],
     "+gate-not-judged", 1),
    ("a term nobody can judge, all must be known", [], [NEW], ["--require-known"],
     "+gate-not-judged", 3),
    ("unknown before and after", [NEW], [("192.0.2.26", "192.0.2.27")], [], "", 0),
    ("unknown before and after, all must be known", [NEW], [], ["--require-known"], "", 3),
    ("what is unknown is not fixed", [BAD],
     [("v=spf1 nclude:x.example ip4:192.0.2.25", "v=spf1 redirect=other.example.net")], [],
     None, None),
    ("a quote left open", [], [('-all"\n', "-all\n")], [], "+zone-unbalanced", 1),
    ("a parenthesis left open", [], [("@ TXT", "@ TXT (")], [], "+zone-unbalanced", 1),
    ("a template's line", [], [("$TTL 3600", "{{ serial }}")], [], "+zone-unparsed-line", 0),
    ("a string over 255", [], [("v=spf1 ", "v=spf1 " + "ip4:198.51.100.1 " * 16)], [],
     "+zone-txt-too-long", 0),
    ("a mail record that cannot be read", [], [("MX 20 mx2", "MX zwanzig mx2")], [],
     "+zone-unparsed-mail-line", 1),
    ("no SOA", [], [("@ SOA ns1 hostmaster 1 7200 3600 1209600 3600\n", "")], [], "", 0),
    ("somebody else's record", [], [("@ MX 10", "www.example.org. A 192.0.2.1\n@ MX 10")], [],
     "+zone-out-of-zone", 0),
    ("a delegation hides a key", [],
     [("_dmarc TXT", "_domainkey NS ns.example.net.\n_dmarc TXT")], [],
     "+gate-record-hidden", 1),
    ("a new domain without SPF", [], [("_dmarc TXT", "shop MX 10 mx1\n_dmarc TXT")], [],
     "+spf-none", 0),
    ("a new domain", [],
     [("_dmarc TXT", 'shop MX 10 mx1\nshop MX 20 mx2\nshop TXT "v=spf1 -all"\n_dmarc TXT')], [],
     "", 0),
    ("an old fault and a change beside it", [("-all", "?all")], [("192.0.2.54", "192.0.2.55")],
     [], "=spf-neutral-all", 0),
    ("an old fault mended", [BAD], [("nclude:x.example ", "")], [], "-spf-unknown-mechanism", 0),
    ("one fault for another", [BAD], [("nclude:", "bclude:")], [],
     "+spf-unknown-mechanism -spf-unknown-mechanism", 1),
    ("one fault twice", [BAD], [("nclude:x.example ", "nclude:x.example nclude:x.example ")], [],
     None, 1),
    ("only what changes, nothing does", [BAD], [("$TTL 3600", "$TTL 1800")],
     ["--changed-only"], "", 0),
    ("only what changes, an old fault in it", [BAD], [("192.0.2.26", "192.0.2.27")],
     ["--changed-only"], "=spf-unknown-mechanism", 0),
]


def test_rows():
    for n, (name, base, head, options, want, status) in enumerate(ROWS):
        before = edit(SOUND, base)
        code, got, err = run(*pair(n, before, edit(before, head)), *options)
        if got is None:
            tell(name, "no JSON: " + err)
            continue
        found = words(got)
        problem = ""
        if want is not None and found != want:
            problem += "found '%s', want '%s'\n" % (found, want)
        if status is not None and code != status:
            problem += "status %d, want %d: %s\n" % (code, status, found)
        tell(name, problem)


def unsound():
    """A zone with a fault of many kinds, its lines in a list."""
    text = edit(SOUND, [BAD, MANY, ("v=DMARC1;", "v=DMARC1; pct=50; fo=x;"),
                        ("mx2 A 192.0.2.26\n", ""), ("_dmarc TXT",
                         's2._domainkey TXT "v=DKIM1; p=MIIB*"\n'
                         'old MX 10 mx9\nold TXT "v=spf1 a:h1.example.com +all"\n_dmarc TXT')])
    return text


def absolute(text):
    """Every name in full, and the TTL on each line."""
    out = []
    for line in text.splitlines():
        if line.startswith("$"):
            continue
        w = line.split(" ")
        owner = "example.com." if w[0] == "@" else w[0] + ".example.com."
        rest = w[1:]
        if rest[0] in ("NS", "MX", "SOA"):
            k = 2 if rest[0] == "MX" else 1
            rest[k] += ".example.com."
            if rest[0] == "SOA":
                rest[2] += ".example.com."
        out.append("\t".join([owner, "7200", "IN"] + [" ".join(rest)]))
    return "\n".join(out) + "\n"


def rechunk(text):
    """The strings of each TXT cut elsewhere."""
    def cut(m):
        whole = "".join(re.findall(r'"([^"]*)"', m.group(1)))
        return "TXT " + " ".join('"%s"' % whole[i:i + 97] for i in range(0, len(whole), 97))
    return re.sub(r'TXT ((?:"[^"]*" ?)+)', cut, text)


def test_invariance():
    base = unsound()
    lines = base.splitlines(True)
    head, rest = lines[:3], lines[3:]
    forms = {
        "sorted": "".join(head + sorted(rest)),
        "backwards": "".join(head + rest[::-1]),
        "indented": "".join(head) + "".join(l.replace(" ", "\t\t  ", 1) for l in rest),
        "in parentheses": re.sub(r'TXT (".*")', r"TXT (\n\t\1\n\t)", base),
        "cut elsewhere": rechunk(base),
        "absolute names, another TTL": absolute(base),
        "another serial and TTL": base.replace("hostmaster 1 ", "hostmaster 77 ")
                                      .replace("$TTL 3600", "$TTL 1h30m"),
        "comments and empty lines": base.replace("\n", " ; why\n\n; more\n"),
        "CRLF": base.replace("\n", "\r\n"),
        "owners left blank": re.sub(r"(?m)^@ MX 20", "  MX 20", base),
        "upper case": base.replace("_domainkey", "_DomainKey").replace("mx1 A", "MX1 A")
                          .replace("_dmarc", "_DMARC"),
    }
    for name, text in sorted(forms.items()):
        code, got, err = run(*pair("inv", base, text))
        found = words(got, ("error", "warning", "note")) if got else err
        bad = [w for w in found.split() if w[0] in "+^-"]
        if not got or len(found.split()) < 6:
            bad.append("too little is found: " + found)
        tell("the same zone, " + name, "status %d: %s" % (code, bad) if bad or code else "")
    where = work + "/renamed"
    shutil.rmtree(where, ignore_errors=True)
    put(where + "/base/example.com.zone", base)
    put(where + "/head/db.other.name", base)
    code, got, err = run("--base", where + "/base", "--head", where + "/head/db.other.name")
    bad = [w for w in words(got, ("error", "warning", "note")).split() if w[0] in "+^-"]
    tell("the same zone, another file name", str(bad) if bad or code else "")


OTHER = """\
$ORIGIN example.net.
$TTL 3600
@ SOA ns1.example.com. hostmaster 1 7200 3600 1209600 3600
@ NS ns1.example.com.
_spf TXT "v=spf1 ip4:198.51.100.0/24 -all"
"""


def test_include_of_another_zone():
    """An edit to the zone of an include touches those that include it, and nobody else."""
    where = work + "/include"
    includes = SOUND.replace("v=spf1 ", "v=spf1 include:_spf.example.net ")
    third = SOUND.replace("example.com", "example.org")
    for side, other in (("base", OTHER), ("head", OTHER.replace("ip4:", "nip4:"))):
        put("%s/%s/a" % (where, side), includes)
        put("%s/%s/b" % (where, side), other)
        put("%s/%s/c" % (where, side), third)
    code, got, err = run("--base", where + "/base", "--head", where + "/head", "--changed-only")
    names = [d["domain"] for d in got["domains"]] if got else err
    problem = "" if names == ["example.com"] and code == 1 else "%s %s" % (names, code)
    if got and got["summary"]["change"]["unchanged"] != 1:
        problem += "unchanged: %s" % got["summary"]["change"]
    tell("the zone of an include changes", problem)
    code, got, err = run("--base", where + "/base", "--head", where + "/head", "example.org")
    tell("one domain by name", "" if code == 0 and words(got) == "" else "%d %s" % (code, words(got)))
    # a zone that is no more: what was known is not
    os.unlink(where + "/head/c")
    code, got, err = run("--base", where + "/base", "--head", where + "/head", "example.org")
    tell("a zone taken away", "" if code == 3 else "%d %s" % (code, words(got)))
    p = subprocess.run([mailvet, "gate", "--base", where + "/base", "--head", where + "/head", "example.org"],
                       stdout=subprocess.PIPE)
    tell("in words", "" if b"example.org: no zone after the change holds it" in p.stdout else p.stdout.decode())
    args = pair("al", SOUND + "w MX 10 mx1\n", SOUND + "w CNAME www.example.net.\n")
    p = subprocess.run([mailvet, "gate", *args], stdout=subprocess.PIPE)
    text = re.sub(r"\s+", " ", p.stdout.decode())
    tell("a name left to another", "" if p.returncode == 3 and "w.example.com: becomes an alias of www.example.net,"
         in text else "%d %s" % (p.returncode, text))
    code, got, err = run("--base", where + "/head", "--head", where + "/base", "example.org")
    tell("a zone added", "" if code == 0 else "%d %s" % (code, words(got)))


def test_outside():
    """What --zone and --replay give is the same on both sides, and said."""
    base = edit(SOUND, [NEW])
    args = pair("out", SOUND, base)
    put(work + "/new.zone", OTHER.replace("example.net", "new.example.net").replace("_spf", "@"))
    inner = edit(SOUND, [('"v=spf1 %s"' % SPF, '"v=spf1 include:_s.example.com -all"\n'
                          '_s TXT "v=spf1 %s"' % SPF)])
    code, got, err = run(*pair("in", inner, edit(inner, [("v=spf1 ip4", "v=spf1 include:a.example.net "
                                                        "include:b.example.net ip4")])))
    told = [f["place"] for d in got["domains"] for f in d["findings"] if f["id"] == "gate-not-judged"]
    tell("what an include leads to is told where it is added", "" if code == 0 and len(told) == 2 and
         all(t["line"] == 13 for t in told) else "%d %s" % (code, told))
    code, got, err = run(*args, "--zone", work + "/new.zone")
    data = got["domains"][0].get("data") if got else err
    want = ["zone %s/new.zone" % work, "zone %s/rowout/head/example.com.zone" % work]
    tell("data from beside the zones", "" if code == 0 and words(got) == "" and data == want
         else "%d %s %s" % (code, words(got), data))
    code, got, err = run(*args)
    lacking = got["domains"][0].get("not_provided")
    tell("what was not provided is listed", "" if lacking == ["new.example.net TXT"] else str(lacking))


def test_part():
    """A file that others include does not say that what stands there is not."""
    part = edit(SOUND.replace("$ORIGIN example.com.\n", "").replace("ns1 hostmaster", "ns1.example.com. hostmaster"),
                [("@ NS ns1\n@ NS ns2\n", "")])
    where = work + "/part"
    head = edit(part, [('"v=spf1 %s"' % SPF, '"v=spf1 include:_spf.example.com -all"')])
    rows = [("a part of a zone", "", "+gate-not-judged", 0),
            ("a whole zone", "@ NS ns1\n@ NS ns2\n", "+spf-include-none", 1)]
    for name, servers, want, status in rows:
        put(where + "/base/db.example", part + servers)
        put(where + "/head/db.example", head + servers)
        code, got, err = run("--base", where + "/base", "--head", where + "/head")
        found = words(got) if got else err
        tell(name, "" if (code, found) == (status, want) else "%d %s" % (code, found))


def test_live():
    """What is published as the base, out of a recording."""
    where = work + "/live"
    put(where + "/head/example.com.zone", edit(SOUND, [("-all", "+all")]))
    put(where + "/old/example.com.zone", edit(SOUND, [("v=DMARC1; p=reject", "v=DMARC")]))
    put(where + "/none", "")
    p = subprocess.run([mailvet, "check", "--offline", "--zone", where + "/old", "--now", NOW,
                        "--selector", "s1", "--skip", "ptr,dnsbl", "--record", where + "/rec",
                        "example.com"], stdout=subprocess.DEVNULL)
    code, got, err = run("--base", "live", "--replay", where + "/rec", "--head", where + "/head")
    tell("what is published as the base", "" if code == 1 and words(got) ==
         "+spf-pass-all -dmarc-bad-version" else "%d %s %s" % (code, words(got), err))
    code, got, err = run("--base", "live", "--head", where + "/head")
    tell("live, and nobody to ask", "" if code == 2 and "--resolver" in err else err)
    code, got, err = run("--head", "live", "--base", where + "/head")
    tell("live is no head", "" if code == 2 else err)


def test_baseline():
    base = edit(SOUND, [BAD])
    args = pair("bl", base, edit(base, [("-all", "+all")]))
    put(work + "/rowbl/one", "")
    file = work + "/rowbl/accepted"
    code, got, err = run(*args[2:], "--write-baseline", file)
    with open(file) as f:
        lines = f.read().splitlines()
    rules = [line.split(" ")[1] for line in lines[1:]]
    tell("a baseline is written", "" if code == 0 and rules == ["spf-pass-all", "spf-unknown-mechanism"]
         else "%d %s" % (code, lines))
    code, got, err = run(*args[2:], "--baseline", file)
    tell("and accepts what it holds", "" if code == 0 and words(got) == "~spf-pass-all ~spf-unknown-mechanism"
         else "%d %s" % (code, words(got)))
    code, got, err = run(*args[:2], "--head", args[1], "--baseline", file)
    tell("a line that accepts nothing is told", "" if code == 0 and
         words(got) == "!baseline-stale ~spf-unknown-mechanism" else "%d %s" % (code, words(got)))
    with open(file, "w") as f:
        f.write("\n".join(line.replace(" - ", " 2026-11-20 ") for line in lines[::-1]) + "\n")
    code, got, err = run(*args[2:], "--baseline", file)
    tell("a line that is over accepts nothing", "" if code == 1 and words(got) ==
         "!baseline-expired !baseline-expired +spf-pass-all +spf-unknown-mechanism"
         else "%d %s" % (code, words(got)))
    with open(file, "w") as f:
        f.write("\n".join(line.replace(" - ", " 2026-11-21 ") for line in lines) + "\r\n")
    code, got, err = run(*args[2:], "--baseline", file)
    tell("its last day counts", "" if code == 0 else "%d %s" % (code, words(got)))
    code, got, err = run(*args[2:], "--baseline", file, "--write-baseline", file + "2")
    with open(file + "2") as f:
        kept = f.read().count(" 2026-11-21 known on 2026-11-21")
    tell("terms are kept when it is written anew", "" if kept == 2 else str(kept))
    over = edit(SOUND, [MANY, OVER])
    args = pair("bf", over, edit(over, [(" -all", ' " "a:h12.example.com -all')]))
    code, got, err = run("--head", args[1], "--write-baseline", file)
    code, got, err = run("--head", args[1], "--baseline", file)
    tell("a figure is accepted", "" if code == 0 else "%d %s" % (code, words(got)))
    code, got, err = run(*args[2:], "--baseline", file)
    tell("and no higher one", "" if code == 1 and "^spf-lookup-limit" in words(got).split()
         else "%d %s" % (code, words(got)))
    with open(file) as f:
        lines = f.read()
    put(file, re.sub(" figure=[0-9]+", "", lines))
    code, got, err = run(*args[2:], "--baseline", file)
    tell("unless the line has none", "" if code == 0 and "figure=11" in lines
         else "%d %s %s" % (code, words(got), lines))
    args = pair("bl", base, edit(base, [("-all", "+all")]))
    for bad in ("x", "0123456789abcdef", "0123456789abcdef nothing example.com - why",
                "0123456789abcdef spf-none example.com 2026-13-01 why", b"0123456789abcde\0",
                "0123456789abcdef spf-none example.com -", "0123456789abcdef spf-none example.com - figure=x w",
                "0123456789ABCDEF spf-none e.com - w"):
        put(work + "/rowbl/bad", bad)
        code, got, err = run(*args, "--baseline", work + "/rowbl/bad")
        tell("a bad baseline: %r" % bad, "" if code == 2 and "bad:1: " in err else "%d %s" % (code, err))
    inside = work + "/rowbl/head/accepted"
    run(*args[2:], "--write-baseline", work + "/rowbl/accepted2")
    shutil.copy(work + "/rowbl/accepted2", inside)
    code, got, err = run(*args, "--baseline", inside)
    tell("no baseline out of the change", "" if code == 2 and "trust-head" in err else "%d %s" % (code, err))
    code, got, err = run(*args, "--baseline", inside, "--trust-head")
    tell("unless it is trusted", "" if code == 0 else "%d %s" % (code, err))


WAIVER = """\
domains: [example.com]
waivers:
  - {rule: spf-pass-all, domain: example.com, until: 2026-12-31, reason: a test}
"""


def test_waivers():
    args = pair("wv", SOUND, edit(SOUND, [("-all", "+all")]))
    put(work + "/rowwv/mailvet.yaml", WAIVER)
    code, got, err = run(*args, "--config", work + "/rowwv/mailvet.yaml")
    tell("a waiver of --config", "" if code == 0 and words(got) == "+gate-all-weakened ~spf-pass-all"
         else "%d %s" % (code, words(got)))
    put(work + "/rowwv/head/mailvet.yaml", WAIVER)
    code, got, err = run(*args)
    tell("a waiver that the change brings", "" if code == 1 else "%d %s" % (code, words(got)))
    code, got, err = run(*args, "--config", work + "/rowwv/head/mailvet.yaml")
    tell("nor by name", "" if code == 2 else "%d" % code)
    code, got, err = run(*args, "--trust-head")
    tell("a waiver that is trusted", "" if code == 0 else "%d %s" % (code, err))
    put(work + "/rowwv/base/mailvet.yaml", WAIVER)
    code, got, err = run(*args)
    tell("a waiver of the base", "" if code == 0 else "%d %s" % (code, err))


def test_comments():
    mark = " ; mailvet-ignore %s a test"
    above = ("@ TXT", "; mailvet-ignore spf-pass-all a test\n\n; and why\n@ TXT")
    sound, plain = SPF + '"\n', SPF.replace("-all", "+all") + '"\n'
    own = [(sound, sound[:-1] + mark % "spf-pass-all" + "\n")]
    bad = [('-all"', '+all"')]
    rows = [
        ("a comment of the base", own, bad, [], "+gate-all-weakened ~spf-pass-all", 0),
        ("on the line above", [above], bad, [], "+gate-all-weakened ~spf-pass-all", 0),
        ("by its code, and another", [(sound, sound[:-1] + mark % "SPF001,spf-pass-all" + "\n")],
         bad, [], "+gate-all-weakened ~spf-pass-all", 0),
        ("a comment that the change brings", [], [(sound, plain[:-1] + mark % "spf-pass-all" + "\n")],
         [], "!ignore-not-trusted +spf-pass-all", 1),
        ("a comment that is trusted", [], [(sound, plain[:-1] + mark % "spf-pass-all" + "\n")],
         ["--trust-head"], "+gate-all-weakened ~spf-pass-all", 0),
        ("a comment for another rule", [(sound, sound[:-1] + mark % "spf-none" + "\n")], bad, [],
         "!ignore-unused +spf-pass-all", 1),
        ("a comment without a reason", [(sound, sound[:-1] + " ; mailvet-ignore spf-pass-all\n")],
         bad, [], "!ignore-unused +spf-pass-all", 1),
        ("a comment that is moved", [("@ MX 10 mx1\n", "@ MX 10 mx1 ; mailvet-ignore spf-pass-all x\n")],
         bad + [("mx1 ; mailvet-ignore spf-pass-all x", "mx1"),
                ("+all\"", '+all" ; mailvet-ignore spf-pass-all x')], [],
         "!ignore-not-trusted +spf-pass-all", 1),
        ("no comment but a text", [(sound, sound[:-1] + ' "; mailvet-ignore spf-pass-all a"\n')],
         bad, [], None, 1),
        ("a comment that is copied to a fault",
         [("mx1 A", "other BOGUS x ; mailvet-ignore ZONE005 x\nmx1 A")],
         [("@ MX 10 mx1\n", "@ MX 1o mx1 ; mailvet-ignore ZONE005 x\n")], [],
         None, 1),
        ("a fault with its comment", [("@ MX 10 mx1\n", "@ MX 1o mx1 ; mailvet-ignore ZONE005 x\n")],
         [("1209600", "1209601")], [], None, 0),
        ("a comment nobody needs", [], [(sound, sound[:-1] + mark % "spf-pass-all" + "\n")], [],
         "!ignore-unused", 0),
    ]
    for name, base, head, options, want, status in rows:
        before = edit(SOUND, base)
        code, got, err = run(*pair("ig", before, edit(before, head)), *options)
        found = words(got) if got else err
        tell(name, "" if code == status and want in (None, found) else "%d %s" % (code, found))


def test_broken():
    args = pair("br", SOUND, SOUND)
    rows = [
        ("no options", [], 2), ("no base", args[2:], 2), ("no head", args[:2], 2),
        ("no such head", args[:2] + ["--head", work + "/none"], 2),
        ("no such domain", args + ["not a name"], 2),
        ("changed-only without base", args[2:] + ["--baseline", "/dev/null", "--changed-only"], 2),
        ("a baseline that is not there", args + ["--baseline", work + "/none"], 2),
        ("a zone written over", args + ["--write-baseline", args[3] + "/example.com.zone"], 2),
        ("a baseline that is a zone", args + ["--baseline", args[1] + "/example.com.zone"], 2),
        ("an empty baseline", args + ["--baseline", "/dev/null"], 0),
        ("a base that is not there", ["--base", work + "/none"] + args[2:], 0),
        ("a base without a zone", ["--base", work + "/empty"] + args[2:], 0),
        ("a domain of nobody", args + ["example.net"], 0),
    ]
    os.makedirs(work + "/empty", exist_ok=True)
    for name, options, status in rows:
        code, got, err = run(*options)
        tell("usage: " + name, "" if code == status and (code != 2 or err) else "%d %s" % (code, err))
    put(work + "/rowbr/head/broken.example.zone", b"\0\1\2 this is\xff no zone {{ }} ((( \"\n" * 50)
    code, got, err = run(*args)
    tell("a file beside that is no zone", "" if code == 0 and got else "%d %s" % (code, err))
    put(work + "/rowbr/head/example.com.zone", b"")
    code, got, err = run(*args)
    tell("nothing that can be judged", "" if code == 2 else "%d %s" % (code, err))
    # what stands in a folder of the folder is judged by nobody: that is told
    for folder, told in (("internal", True), (".git", False), ("example.org.", False)):
        args = pair("f" + folder, SOUND, SOUND)
        put("%s/rowf%s/head/%s/a.yaml" % (work, folder, folder), "a: {type: A, value: 192.0.2.1}\n")
        code, got, err = run(*args)
        tell("a folder in it: " + folder, "" if code == 0 and ("is a folder" in err) == told
             and ("/internal: " in err) == told else "%d %s" % (code, err))


def test_hostile():
    """Whatever stands in a head, the gate ends, and says nothing raw."""
    esc = '\\027[2J\\007::error::x'
    rows = [
        ("a terminal's words", edit(SOUND, [("v=spf1 ", "v=spf1 " + esc + " ")])),
        ("bytes that are no text", SOUND.encode().replace(b"-all", b"\xff\x80\0-all")),
        ("a loop of aliases", SOUND + "a CNAME b\nb CNAME a\nc MX 10 a\n"),
        ("includes in a circle", SOUND + 'x TXT "v=spf1 include:y.example.com -all"\n'
         'x MX 10 mx1\ny MX 10 mx1\ny TXT "v=spf1 include:x.example.com -all"\n'),
        ("many comments", SOUND + "; mailvet-ignore spf-none x\n" * 20000),
        ("a comment with an escape", SOUND.replace("-all\"", "+all\" ; mailvet-ignore \033[2J \033]0;x\007")),
        ("many domains", SOUND + "".join("d%d MX 10 mx1\n" % i for i in range(500))),
        ("many keys", SOUND + "".join('k%d._domainkey TXT "p=x%d"\n' % (i, i) for i in range(300))),
        ("files from elsewhere", SOUND + "$INCLUDE /etc/passwd\n$INCLUDE ../../../../etc/hostname\n"),
    ]
    for name, text in rows:
        args = pair("ho", SOUND, text)
        code, got, err = run(*args)
        p = subprocess.run([mailvet, "gate", "--verbose", *args], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60)
        raw = [b for b in p.stdout + p.stderr if b in (27, 7, 0)]
        problem = "" if code in (0, 1, 3) and got else "%d %s" % (code, err)
        if raw or p.returncode != code:
            problem += "raw bytes %s, status %d" % (raw[:5], p.returncode)
        tell("hostile: " + name, problem)


def test_text_of_yaml():
    """A fault of the file as a whole has a place, and says what is to be written."""
    args = ["--base", work + "/rowty/base", "--head", work + "/rowty/head"]
    good = "'':\n  type: TXT\n  value: 'v=DMARC1\\; p=none'\n"
    put(work + "/rowty/base/example.com.yaml", good)
    for bad, want in ((good.replace("'v", '"v').replace("none'", 'none"'), "has a backslash in double quotes"),
                      (good.replace("'v=DMARC1\\; p=none'", "[a, b"), "the end of the [list] is wanted")):
        put(work + "/rowty/head/example.com.yaml", bad)
        p = subprocess.run([mailvet, "gate", "--ascii", "--now", NOW, *args], stdout=subprocess.PIPE)
        text = re.sub(r"\s+", " ", p.stdout.decode())
        place = re.search(r"error\[zone-unparsed-file\][^=]*(.*?) --> (\S+)", text)
        tell("text: " + want, "" if p.returncode == 1 and want in text and place
             and place.group(2).startswith(work + "/rowty/head/example.com.yaml:") else text)


def test_text():
    """What people read: places and the corrected record, what is old in a line."""
    base = edit(SOUND, [("192.0.2.53", "192.0.2.53\n@ TXT \"v=spf1 mx -all\"")])
    args = pair("tx", base, edit(base, [("MX 20 mx2", "MX 20 mx2.example.com")]))
    p = subprocess.run([mailvet, "gate", "--ascii", "--now", NOW, *args], stdout=subprocess.PIPE)
    text = re.sub(r"\s+", " ", p.stdout.decode())  # wherever lines are broken
    for want in ("example.com: new: 1 error", "new error[mx-no-address]", "example.com.zone:10:6)",
                 "example.com. 3600 IN MX 20 mx2.example.com.", "as before: 1 error",
                 "(spf-multiple", "judged by:", "1 domain: "):
        tell("text: " + want, "" if want in text else text)
    # what nobody was given to answer is a line, and old news no annotation
    lacks = [("@ MX 20 mx2", "@ MX 20 mx.new.example.net.")]
    args = pair("un", SOUND, edit(SOUND, lacks))
    p = subprocess.run([mailvet, "gate", "--ascii", "--now", NOW, *args], stdout=subprocess.PIPE)
    text = re.sub(r"\s+", " ", p.stdout.decode())
    for want in ("nothing new", "not judged: 1 unknown (mx-address-unknown)", "not provided: mx.new.example.net A"):
        tell("text: " + want, "" if want in text and "error[" not in text else text)
    for change, n in (([("192.0.2.54", "192.0.2.55")], 0), ([("mx.new", "mx.other")], 1)):
        p = subprocess.run([mailvet, "gate", "--report", "github", *pair(
            "un", edit(SOUND, lacks), edit(edit(SOUND, lacks), change))], stdout=subprocess.PIPE)
        tell("github: unknown, %d of it new" % n, "" if p.stdout.count(b"[mx-address-unknown]") == n
             else p.stdout.decode())
    args = pair("tx", base, edit(base, [("MX 20 mx2", "MX 20 mx2.example.com")]))
    p = subprocess.run([os.path.abspath(mailvet), "gate", "--ascii", "--now", NOW, *pair(
        "all", SOUND, edit(SOUND, [("-all", "+all")]))], stdout=subprocess.PIPE, cwd=work)
    text = re.sub(r"\s+", " ", p.stdout.decode())
    for want in ("* example.com SPF: -all -> +all (weaker) new", "TXT (rowall/head/example.com.zone:12:45)"):
        tell("text: " + want, "" if want in text else text)
    test_text_of_yaml()
    for term, where in (("redirect=x.example.net", "at the end of the record, in place of an all"), ("include:x.example.net -all", "in front of the all that ends the record")):
        p = subprocess.run([mailvet, "gate", "--ascii", "--now", NOW, *pair(
            "re", edit(SOUND, [("-all", term)]), SOUND)], stdout=subprocess.PIPE)
        text = re.sub(r"\s+", " ", p.stdout.decode())
        tell("text: " + where, "" if "back %s" % where in text else text)
    many = [("v=spf1 ip4:192.0.2.25 ip4:192.0.2.26", "v=spf1 " + " ".join("include:_%d.example.com" % i for i in range(11))),
            ("@ TXT", "".join("_%d TXT \"v=spf1 ip4:192.0.2.%d -all\"\n" % (i, i) for i in range(11)) + "@ TXT")]
    p = subprocess.run([mailvet, "gate", "--ascii", "--now", NOW, *pair("inc", SOUND, edit(SOUND, many))], stdout=subprocess.PIPE)
    text = re.sub(r"\s+", " ", p.stdout.decode())
    tell("text: includes of one's own", "" if "the dearest first: include:_0.example.com 1, include" in text else text)
    code, got, err = run(*args)
    again = run(*args)
    tell("the same bytes again", "" if (code, got, err) == again else "they differ")
    try:
        import jsonschema
    except ImportError:
        return
    with open(src + "/report/schema.json") as f:
        schema = json.load(f)
    errors = [e.message for e in jsonschema.Draft7Validator(schema).iter_errors(got)]
    tell("JSON as its schema says", "\n".join(errors))


YAML = """\
---
'':
  - type: MX
    values:
      - {exchange: mx1.example.com., preference: 10}
      - {exchange: mx2.example.com., preference: 20}
  - type: TXT
    values:
      - v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 -all
mx1: {type: A, value: 192.0.2.25}
mx2: {type: A, value: 192.0.2.26}
ns1: {type: A, value: 192.0.2.53}
ns2: {type: A, value: 192.0.2.54}
s1._domainkey:
  type: TXT
  value: v=DKIM1\\; k=rsa\\; p=%s
_dmarc:
  type: TXT
  value: v=DMARC1\\; p=reject\\; rua=mailto:d@example.com
""" % KEY


def test_forms():
    """The same zone in another form is the same zone; a correction is in the form of its file."""
    where = work + "/forms"
    put(where + "/zone/example.com.zone", SOUND)
    put(where + "/yaml/example.com.yaml", YAML)
    put(where + "/bad/example.com.yaml", YAML.replace(" ip4:192.0.2.26", " ipv4:192.0.2.26"))
    code, got, err = run("--base", where + "/zone", "--head", where + "/yaml")
    tell("a zone file becomes octoDNS", "" if code == 0 and words(got) == ""
         else "%d %s" % (code, words(got)))
    args = ["--base", where + "/zone", "--head", where + "/bad"]
    code, got, err = run(*args)
    tell("and is broken on the way", "" if code == 1 and words(got) == "+spf-unknown-mechanism"
         else "%d %s" % (code, words(got)))
    put(where + "/bare/example.com.yaml", YAML.replace("exchange: mx1.example.com.", "exchange: mx1"))
    code, got, err = run("--base", where + "/yaml", "--head", where + "/bare")
    tell("an exchange of one label", "" if code == 1 and words(got) == "+zone-unparsed-mail-line"
         else "%d %s" % (code, words(got)))
    p = subprocess.run([mailvet, "gate", "--report", "rdjson", *args], stdout=subprocess.PIPE)
    texts = [x["text"] for d in json.loads(p.stdout)["diagnostics"] for x in d.get("suggestions", [])]
    tell("the corrected line", "" if texts == ["v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 -all"]
         else str(texts))
    # a part that one zone includes is corrected in place, one that two share is not
    shared = SOUND.replace('@ TXT "v=spf1 %s"\n' % SPF, "$INCLUDE spf.inc\n")
    for name, zones, n in (("one", ["com"], 1), ("two", ["com", "org"], 0)):
        for side, text in (("base", SPF), ("head", SPF.replace("ip4:192.0.2.26", "ipv4:192.0.2.26"))):
            for z in zones:
                put("%s/inc%s/%s/example.%s.zone" % (where, name, side, z), shared.replace("example.com", "example." + z))
            put("%s/inc%s/%s/spf.inc" % (where, name, side), '@ TXT "v=spf1 %s"\n' % text)
        p = subprocess.run([mailvet, "gate", "--report", "rdjson", "--base", where + "/inc%s/base" % name, "--head",
                            where + "/inc%s/head" % name], stdout=subprocess.PIPE)
        got = [x for d in json.loads(p.stdout)["diagnostics"] for x in d.get("suggestions", [])]
        tell("a part that %s include" % name, "" if p.returncode == 1 and len(got) == n else str(got))
    if not shutil.which("git"):
        return
    git = ["git", "-C", where, "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for words_ in (["init", "-q"], ["add", "zone"], ["commit", "-qm", "x"]):
        if subprocess.run(git + words_, stdout=subprocess.DEVNULL).returncode != 0:
            return
    put(where + "/zone/example.com.zone", edit(SOUND, [BAD]))
    p = subprocess.run([os.path.abspath(mailvet), "gate", "--base", "git:HEAD:zone", "--head", "zone",
                        "--report", "json"], cwd=where, stdout=subprocess.PIPE)
    found = words(json.loads(p.stdout)) if p.stdout else ""
    tell("a git revision as the base", "" if p.returncode == 1 and found == "+spf-unknown-mechanism"
         else "%d %s" % (p.returncode, found))
    # the configuration of the revision counts, and not what the change makes of it
    waiver = WAIVER.replace("spf-pass-all", "spf-unknown-mechanism")
    put(where + "/zone/mailvet.yaml", waiver)
    rows = [("of the change", [], 1, "+spf-unknown-mechanism"),
            ("of the revision", ["add zone/mailvet.yaml", "commit -qm y"], 0, "~spf-unknown-mechanism"),
            ("that is a link", ["mv zone/mailvet.yaml zone/y", "@", "add zone/mailvet.yaml", "commit -qm z"],
             1, "+spf-unknown-mechanism")]
    for name, steps, status, want in rows:
        for step in steps:
            if step == "@":
                os.symlink("y", where + "/zone/mailvet.yaml")
            elif subprocess.run(git + step.split()).returncode != 0:
                return
        p = subprocess.run([os.path.abspath(mailvet), "gate", "--base", "git:HEAD:zone", "--head", "zone",
                            "--report", "json", "--now", NOW], cwd=where, stdout=subprocess.PIPE)
        found = words(json.loads(p.stdout)) if p.stdout else ""
        tell("a configuration " + name, "" if (p.returncode, found) == (status, want)
             else "%d %s" % (p.returncode, found))
    p = subprocess.run([os.path.abspath(mailvet), "gate", "--base", "git:HEAD:none", "--head", "zone",
                        "--report", "json", "--now", NOW], cwd=where, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    tell("a folder that the revision lacks: all is new", "" if p.returncode == 1 and p.stdout
         else "%d %s" % (p.returncode, p.stderr))
    p = subprocess.run([os.path.abspath(mailvet), "gate", "--base", "git:none:zone", "--head", "zone"],
                       cwd=where, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tell("a revision that is none", "" if p.returncode == 2 else str(p.returncode))
    # files of the change that git takes for a repository, in which the base is as the head
    own = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "--git-dir", where + "/zone",
           "--work-tree", where]
    for words_ in (["init", "-q", "--bare", where + "/zone"], own[1:] + ["add", "zone/example.com.zone"],
                   own[1:] + ["commit", "-qm", "x"]):
        if subprocess.run(["git"] + words_, stdout=subprocess.DEVNULL).returncode != 0:
            return
    p = subprocess.run([os.path.abspath(mailvet), "gate", "--base", "git:HEAD:zone", "--head",
                        "example.com.zone"], cwd=where + "/zone", stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    tell("a repository that the change brings", "" if p.returncode == 2 and b"inside another" in p.stderr
         else "%d %s" % (p.returncode, p.stderr))


def test_shared():
    """The changes of the shared data that are zone files or octoDNS: the gate reads them."""
    shared = os.environ.get("MAILVET_SHARED", src + "/../shared") + "/dns-as-code/changes"
    n = 0
    for before in sorted(glob.glob(shared + "/*/*/before")):
        after = before[:-len("before")] + "after"
        files = [f for d in (before, after) if os.path.isdir(d) for f in os.listdir(d)]
        if not files or any(f.endswith((".js", ".json", ".tf")) for f in files):
            continue
        n += 1
        code, got, err = run("--base", before, "--head", after)
        problem = "" if code in (0, 1, 3) and got else "%d %s" % (code, err)
        tell("a change of the shared data: " + before.split("/")[-2], problem)
        code, got, err = run("--base", before, "--head", before)
        bad = [w for w in words(got).split() if w[0] in "+^-"] if got else [err]
        tell("nothing changed: " + before.split("/")[-2], str(bad) if bad or code else "")
    if n == 0:
        print("ok %d - changes of the shared data # SKIP not there" % (done + 1))


for test in [t for name, t in sorted(globals().items()) if name.startswith("test_")]:
    test()
print("1..%d" % done)
sys.exit(1 if failed else 0)
