#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""told.py REPORT NAME=VALUE... - the one group of a report of mailvet explain has each
member NAME with this VALUE; VALUE may be several, a|b.  Without any there is no group.

told.py --all REPORT VERDICT... - every line was read, and each group has one of these.

told.py --plan REPORT MEMBER - print MEMBER of the fixes in the plan: a text, or lines.
"""
import json
import sys


def plan(report, member):
    for fix in report["plan"]:
        told = fix.get(member, [])
        print(told if isinstance(told, str) else "\n".join(told))
    return 0


def group(report, wanted):
    groups = report["groups"]
    wrong = len(groups) != (1 if wanted else 0)
    for g in groups:
        for name, _, value in (w.partition("=") for w in wanted):
            if str(g.get(name)) not in value.split("|"):
                print("%s is %s, not %s" % (name, g.get(name), value))
                wrong = True
    if wrong:
        print(json.dumps(groups, indent=1))
    return int(wrong)


def every(report, verdicts):
    got = sorted(g["verdict"] for g in report["groups"])
    print(got, "of", report["input"]["lines"], "lines")
    return int(not got or not set(got) <= set(verdicts) or report["input"]["not_understood"] > 0)


def main():
    if sys.argv[1] == "--all":
        with open(sys.argv[2]) as f:
            return every(json.load(f), sys.argv[3:])
    if sys.argv[1] == "--plan":
        with open(sys.argv[2]) as f:
            return plan(json.load(f), sys.argv[3])
    with open(sys.argv[1]) as f:
        return group(json.load(f), sys.argv[2:])


sys.exit(main())
