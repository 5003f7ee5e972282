# SPDX-License-Identifier: ISC
"""formats.py FILE...: each report, told by its ending, put through what reads it.

The checkers are those of the formats where they are here (jsonschema, xmllint, TAP's own
parser), else parsers of ours that read as the format's description says.  SARIF and JUnit
are also put to the published schemas, when MAILVET_SARIF_SCHEMA and MAILVET_JUNIT_XSD
name them.
"""
import json
import os
import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET

warnings.simplefilter("ignore")
here = os.path.dirname(os.path.abspath(__file__))
bad = 0


def fault(path, what):
    global bad
    print("%s: %s" % (path, what))
    bad += 1


def read(path):
    """The text; it is UTF-8 with line ends as its only controls."""
    with open(path, "rb") as f:
        data = f.read()
    text = data.decode("utf-8")
    if re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text):
        fault(path, "a control character")
    return text


def by_schema(path, value, name):
    import jsonschema
    with open(name) as f:
        schema = json.load(f)
    for e in jsonschema.Draft4Validator(schema).iter_errors(value):
        fault(path, "%s: %s (by %s)" % ("/".join(map(str, e.path)), e.message[:200], name))


def sarif(path):
    value = json.loads(read(path))
    by_schema(path, value, here + "/sarif.schema.json")
    if os.environ.get("MAILVET_SARIF_SCHEMA"):
        by_schema(path, value, os.environ["MAILVET_SARIF_SCHEMA"])
    run = value["runs"][0]
    ids = [r["id"] for r in run["tool"]["driver"]["rules"]]
    if len(set(ids)) != len(ids):
        fault(path, "a rule stands twice")
    seen = {}
    for r in run["results"]:
        where = r["locations"][0]["physicalLocation"]  # GitHub drops the whole file otherwise
        if ids[r["ruleIndex"]] != r["ruleId"]:
            fault(path, "ruleIndex %d is not %s" % (r["ruleIndex"], r["ruleId"]))
        if where["artifactLocation"]["uri"].startswith("./"):
            fault(path, "a path with ./")
        if "](" in r["message"]["text"]:
            fault(path, "a link in a message")
        region = where["region"]
        if (region.get("endLine", region["startLine"]), region.get("endColumn", 1 << 30)) < (
                region["startLine"], region.get("startColumn", 1)):
            fault(path, "a region that ends before it begins")
        # what two domains share may stand twice, but is the same then
        key = (r["partialFingerprints"]["primaryLocationLineHash"], "suppressions" in r)
        if seen.setdefault(key, (r["ruleId"], where)) != (r["ruleId"], where):
            fault(path, "two results of one fingerprint")


def xml(path, *schemas):
    read(path)
    for schema in schemas:
        option = ["--schema", schema] if schema else []
        p = subprocess.run(["xmllint", "--noout"] + option + [path], capture_output=True, text=True)
        if p.returncode != 0:
            fault(path, p.stderr[:400])
    return ET.parse(path).getroot()


def junit(path):
    root = xml(path, here + "/junit.xsd", *filter(None, [os.environ.get("MAILVET_JUNIT_XSD")]))
    for suite in root:
        cases = list(suite)
        names = [c.get("name") for c in cases]
        for name, found in (("tests", len(cases)),
                            ("failures", len(suite.findall("testcase/failure"))),
                            ("errors", len(suite.findall("testcase/error"))),
                            ("skipped", len(suite.findall("testcase/skipped")))):
            if int(suite.get(name)) != found:
                fault(path, "%s says %s, there are %d" % (name, suite.get(name), found))
        if len(set(names)) != len(names):
            fault(path, "two cases of one name")


def checkstyle(path):
    root = xml(path, "")
    for f in root:
        if f.tag != "file" or not f.get("name"):
            fault(path, "no file with a name")
        for e in f:
            if int(e.get("line")) < 1 or e.get("severity") not in ("error", "warning", "info") or \
               not e.get("message") or not re.match("mailvet[.][a-z0-9-]+$", e.get("source")):
                fault(path, "an error lacks something: %s" % e.attrib)


def lines(path):
    text = read(path)
    if text and not text.endswith("\n"):
        fault(path, "the last line has no end")
    return text.split("\n")[:-1]


def github(path):
    shown = {"error": 0, "warning": 0, "notice": 0}
    order = {"error": 0, "warning": 1, "notice": 2}
    last = 0
    for line in lines(path):
        m = re.match("::(error|warning|notice) ([^:]*)::(.*)$", line)
        if not m:
            fault(path, "no command: %s" % line[:80])
            continue
        level, properties, message = m.groups()
        shown[level] += 1
        if order[level] < last:
            fault(path, "%s behind what is less" % level)
        last = order[level]
        for p in properties.split(","):
            key, eq, value = p.partition("=")
            if key not in ("file", "line", "endLine", "col", "endColumn", "title") or not eq:
                fault(path, "no property: %s" % p)
            if key in ("line", "endLine", "col", "endColumn") and not re.match("[1-9][0-9]*$", value):
                fault(path, "no number: %s" % p)
            if re.search("%(?!25|0D|0A|3A|2C)", value):
                fault(path, "a bare %% in %s" % p)
        if re.search("%(?!25|0D|0A)", message) or not message:
            fault(path, "a bare % in a message")
    if max(shown.values(), default=0) > 10:
        fault(path, "more than GitHub shows: %s" % shown)


def azure(path):
    for line in lines(path):
        m = re.match(r"##vso\[task\.logissue ([^\]]*)\](.+)$", line)
        if not m:
            fault(path, "no command: %s" % line[:80])
            continue
        p = dict(x.split("=", 1) for x in m.group(1).split(";"))
        if p.pop("type", "") not in ("error", "warning") or not p.pop("code", ""):
            fault(path, "no type or code: %s" % line[:80])
        if set(p) - {"sourcepath", "linenumber", "columnnumber"}:
            fault(path, "unknown properties: %s" % sorted(p))
        if re.search("%(?!AZP25|0D|0A|3B|5D)", line) or "##" in m.group(2):
            fault(path, "not escaped: %s" % line[:80])


def gcc(path):
    for line in lines(path):
        if not re.match(r"(?!::)\S.*?:[1-9][0-9]*(:[1-9][0-9]*)?: (error|warning|note): .+ \[[a-z0-9-]+\]$", line):
            fault(path, "no line of a compiler: %s" % line[:80])
        if "##" in line:
            fault(path, "a command of Azure: %s" % line[:80])


def gitlab(path):
    text = read(path)
    if not text.startswith("["):
        fault(path, "something stands before the array")
    prints = set()
    for v in json.loads(text):
        if set(v) != {"description", "check_name", "fingerprint", "severity", "location"}:
            fault(path, "members: %s" % sorted(v))
        if v["severity"] not in ("info", "minor", "major", "critical", "blocker") or not v["description"]:
            fault(path, "severity or description")
        where = v["location"]
        if where["path"].startswith("./") or not where["path"] or where["lines"]["begin"] < 1:
            fault(path, "location: %s" % where)
        if v["fingerprint"] in prints or not re.match("[0-9a-f]{32}$", v["fingerprint"]):
            fault(path, "fingerprint %s" % v["fingerprint"])
        prints.add(v["fingerprint"])


def position(path, p):
    if set(p) - {"line", "column"} or p["line"] < 1 or p.get("column", 1) < 1:
        fault(path, "position: %s" % p)


def rdjson(path):
    v = json.loads(read(path))
    if set(v) != {"source", "diagnostics"} or set(v["source"]) - {"name", "url"}:
        fault(path, "members: %s" % sorted(v))
    for d in v["diagnostics"]:
        if set(d) - {"message", "location", "severity", "code", "suggestions"} or not d["message"]:
            fault(path, "members: %s" % sorted(d))
        if d["severity"] not in ("ERROR", "WARNING", "INFO") or set(d["code"]) - {"value", "url"}:
            fault(path, "severity or code")
        ranges = [s["range"] for s in d.get("suggestions", [])]
        if "range" in d["location"]:
            ranges.append(d["location"]["range"])
        if not d["location"]["path"] or any(set(s) != {"range", "text"} for s in d.get("suggestions", [])):
            fault(path, "location or suggestion")
        for r in ranges:
            position(path, r["start"])
            position(path, r.get("end", r["start"]))


def tap(path):
    read(path)
    p = subprocess.run(["perl", "-MTAP::Parser", "-e", """
        my $p = TAP::Parser->new({ source => $ARGV[0] }); my $n = 0;
        while (my $r = $p->next) { $n++ if $r->is_test; print "unknown: ", $r->as_string, "\\n" if $r->is_unknown }
        print "error: $_\\n" for $p->parse_errors; print "planned ", $p->tests_planned, ", run $n\\n";
        """, path], capture_output=True, text=True)
    m = re.match(r"planned (\d+), run (\d+)\n$", p.stdout)
    if p.returncode != 0 or not m or m.group(1) != m.group(2):
        fault(path, p.stdout + p.stderr)


def prometheus(path):
    families, series, family = set(), set(), None
    for line in lines(path):
        m = re.match("# (HELP|TYPE) (mailvet_[a-z_]+) (.+)$", line)
        if m:
            if m.group(1) == "HELP" and m.group(2) in families:
                fault(path, "%s stands twice" % m.group(2))
            if m.group(1) == "TYPE" and (m.group(2) != family or m.group(3) != "gauge"):
                fault(path, "TYPE without its HELP: %s" % line)
            family = m.group(2)
            families.add(family)
            continue
        m = re.match(r'(mailvet_[a-z_]+)((?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})?) [0-9]+$', line)
        if not m or m.group(1) != family or (m.group(1), m.group(2)) in series:
            fault(path, "no sample: %s" % line[:100])
            continue
        series.add((m.group(1), m.group(2)))


def nagios(path):
    got = lines(path)
    if not got or not re.match(r"MAILVET (OK|WARNING|CRITICAL|UNKNOWN) - [^|]+ \|( [a-z_]+=[0-9]+(;[0-9]*){0,4})+$", got[0]):
        fault(path, "the first line: %s" % got[:1])
    if any("|" in line or line.startswith("::") for line in got[1:]) or sum(map(len, got)) > 4096:
        fault(path, "a bar, a command, or too long")


def markdown(path):
    """Every line is one that mailvet makes, and what others wrote stands in spans and blocks."""
    fence, open_details = None, 0
    text = read(path)
    if not re.match(r"\*\*mailvet: (fails|passes|could not tell)\*\*", text) or len(text) > 65536:
        fault(path, "the first line, or too long")
    for line in lines(path):
        m = re.match("(`{3,})", line)
        if fence:
            if line == fence:
                fence = None
            continue
        if m:
            fence = m.group(1)
            continue
        if line.startswith("<details><summary>"):
            open_details += 1
        elif line == "</details>":
            open_details -= 1
        elif not re.match(r"(\*\*mailvet: |### [A-Z]|\| |\|---|- |`[a-z0-9-]+` at `|and [0-9]+ more|$)", line):
            fault(path, "a line of its own: %s" % line[:80])
        if "<details>" not in line and line != "</details>":
            words(path, line)
    if fence or open_details:
        fault(path, "a block stays open")


def words(path, line):
    rest, at = "", 0
    for m in re.finditer("(?<![`\\\\])(`+)(?!`).*?(?<!`)\\1(?!`)", line):
        rest, at = rest + line[at:m.start()] + "X", m.end()
        if "|" in m.group(0):
            fault(path, "a bar in a span: %s" % m.group(0)[:80])
    rest += line[at:]
    if re.search(r"@\w|://|(?i:www\.)|(?<!\\)[<`]|(?<!\\)\[|#\d", rest):
        fault(path, "not escaped: %s" % rest[:120])
    if line.startswith("|") and len(re.findall(r"(?<!\\)\|", rest)) != 5:
        fault(path, "not four cells: %s" % rest[:120])


for name in sys.argv[1:]:
    kind = name.rpartition(".")[2]
    try:
        globals()[kind](name)
    except (ValueError, KeyError, TypeError, IndexError, ET.ParseError) as e:
        fault(name, "%s: %s" % (type(e).__name__, e))
sys.exit(bad > 0)
