#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""same_findings.py - whether two reports find the same; which zones one server can serve.

compare A B         the reports A and B (--report json) have the same findings for each
                    domain of B: id, level, subject, place without file and line, reason.
                    Prints what differs; fails if anything does.
many                reads lines "ID A B" and prints the ID of each that compare would fail.
worse A B           the same, of errors and warnings the ids and subjects alone.
selectors A         prints --selector for each DKIM selector that the report A knows of.
groups FILE         FILE has lines "ID APEX RECORDING FILE": print "GROUP ID" for each, so that no
                    zone of a group answers what the recording of another calls not
                    provided: each is then alone in the world, as it is with --zone.
"""
import json
import sys

WHERE = ("file", "line", "column", "end_line", "end_column")
# What is seen where the names below a domain can be listed: in a file, not at a server.
LISTED = ("dmarc-below-weak", "spf-below-none", "spf-return-path-none", "spf-wildcard", "spf-wildcard-hidden")


def key(finding):
    place = {k: v for k, v in finding.get("place", {}).items() if k not in WHERE}
    return (finding["id"], finding["level"], finding["subject"], finding["reason"],
            json.dumps(place, sort_keys=True))


def of_file(finding):
    """Faults of a zone file itself, and that it lists no other key, are told of the file alone."""
    return finding["id"].startswith("zone-") or finding["id"] in ("dkim-ed25519-only", "dkim-ed25519-alone")


def domains(path):
    with open(path) as f:
        report = json.load(f)
    return {d["domain"]: [key(x) for x in d["findings"] if not of_file(x)] for d in report["domains"]}


def both(path_a, path_b):
    """The findings of two reports, without those that a listing shows and the pass they stand for."""
    a, b = domains(path_a), domains(path_b)
    for d in set(a) | set(b):
        if any(x[0] in LISTED for x in a.get(d, []) + b.get(d, [])):
            for found in (a, b):
                found[d] = [x for x in found.get(d, []) if x[0] not in LISTED + ("dmarc-pass", "spf-pass")]
    return a, b


def worst(found):
    return sorted({x[:3] for x in found if x[1] in ("error", "warning")})


def compare(path_a, path_b, view=list):
    a, b = ({d: view(found) for d, found in p.items()} for p in both(path_a, path_b))
    bad = False
    for domain in b:
        if a.get(domain) == b[domain]:
            continue
        bad = True
        for which, mine, other in (("<", a.get(domain, []), b[domain]), (">", b[domain], a.get(domain, []))):
            for x in mine:
                if x not in other:
                    print(which, domain, *x)
        if a.get(domain) is not None and sorted(a[domain]) == sorted(b[domain]):
            print("%s: the same findings in another order" % domain)
    return bad


def many():
    for line in sys.stdin:
        job, path_a, path_b = line.split()
        a, b = both(path_a, path_b)
        if a != b:
            print(job)


def selectors(path):
    with open(path) as f:
        report = json.load(f)
    seen = {k["selector"] for d in report["domains"] for k in d["facts"].get("dkim", [])}
    for selector in sorted(seen):
        print("--selector", selector)


def at_or_above(apex, name):
    return apex == "" or name == apex or name.endswith("." + apex)


def lacking(path):
    """Names that the recording calls not provided."""
    names = set()
    with open(path) as f:
        for line in f:
            answer = json.loads(line)
            if answer.get("kind") == "dns" and answer.get("status") == "failed":
                names.add(answer["name"].lower().rstrip("."))
                names.update(n.lower().rstrip(".") for n in answer.get("chain", []))
    return names


def groups(path):
    """First fit: a zone goes to the first group where it disturbs and is disturbed by none."""
    made = []
    with open(path) as f:
        jobs = [line.split()[:3] for line in f]
    for job, apex, recording in jobs:
        apex = apex.lower().rstrip(".")
        lacks = lacking(recording)
        for number, group in enumerate(made):
            if not any(apex == other or any(at_or_above(other, n) for n in lacks) or
                       any(at_or_above(apex, n) for n in theirs) or
                       at_or_above(apex, other) or at_or_above(other, apex)
                       for other, theirs in group):
                break
        else:
            number = len(made)
            made.append([])
        made[number].append((apex, lacks))
        print(number, job)


if __name__ == "__main__":
    if sys.argv[1] == "groups":
        groups(sys.argv[2])
    elif sys.argv[1] == "many":
        many()
    elif sys.argv[1] == "selectors":
        selectors(sys.argv[2])
    elif sys.argv[1] == "worse":
        sys.exit(compare(sys.argv[2], sys.argv[3], worst))
    else:
        sys.exit(compare(sys.argv[2], sys.argv[3]))
