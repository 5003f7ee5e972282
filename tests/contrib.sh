#!/bin/sh
# SPDX-License-Identifier: ISC
#
# contrib.sh - the files that other people's CI reads: each is YAML of the shape its
# reader wants, its scripts are sound, its options exist, and contrib/gate.sh does over
# example zones what the jobs do with it.

# shellcheck disable=SC2317 # functions are called through want()

set -u
: "${TMPDIR:=/tmp}" "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
case $MAILVET in /*) ;; *) MAILVET=$(pwd)/$MAILVET ;; esac
SRCDIR=$(cd "$SRCDIR" && pwd) || exit 1
export MAILVET
python=/usr/bin/python3
if ! "$python" -W ignore -c 'import yaml, jsonschema' 2>/dev/null; then
	echo 'needs python3-yaml and python3-jsonschema'
	exit 77
fi
w=$(mktemp -d "$TMPDIR/contrib.XXXXXX") || exit 1
trap 'rm -rf "$w"' EXIT
n=0 bad=0
unset GITHUB_ACTIONS GITHUB_OUTPUT GITHUB_STEP_SUMMARY TF_BUILD

# want NAME COMMAND...: one test, its output told when it fails
want() {
	n=$((n + 1))
	what=$1
	shift
	if "$@" >"$w/out" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' "$w/out" | head -n 40
		bad=1
	fi
}

# Look at the YAML; write each script in it to $w/scripts/.
shapes() {
	mkdir -p "$w/scripts"
	"$python" - "$SRCDIR" "$w/scripts" <<'EOF'
import glob, re, sys, yaml
src, out = sys.argv[1:]
bad = []


def load(name):
    with open(src + "/" + name) as f:
        return yaml.safe_load(f)


def script(name, text):
    """An expression in a script is text that a change may have written."""
    if "${{" in text:
        bad.append("%s: an expression in a script" % name)
    with open("%s/%s.sh" % (out, re.sub("[^a-z]", "-", name)), "w") as f:
        f.write("#!/bin/sh\n" + text)


def steps(name, list_of, action):
    for i, s in enumerate(list_of):
        if ("run" in s) == ("uses" in s) or (action and "run" in s and "shell" not in s):
            bad.append("%s: step %d" % (name, i))
        if "run" in s:
            script("%s %s" % (name, "abcdefgh"[i]), s["run"])


action = load("action.yml")
if not action["name"] or not action["description"] or action["runs"]["using"] != "composite":
    bad.append("action.yml: name, description, runs")
steps("action", action["runs"]["steps"], True)
with open(src + "/action.yml") as f:
    text = f.read()
for used in re.findall(r"inputs\.([a-z-]+)", text):
    if used not in action["inputs"]:
        bad.append("action.yml: no input " + used)
for name in action["inputs"]:
    if "inputs." + name + " " not in text or "description" not in action["inputs"][name]:
        bad.append("action.yml: input %s" % name)
with open(src + "/contrib/gate.sh") as f:
    gate = f.read()
for name, o in action["outputs"].items():
    if "steps.gate.outputs.%s " % name not in o["value"] or name + "=%s" not in gate:
        bad.append("action.yml: output %s" % name)
for var in re.findall(r"^ +(MAILVET_[A-Z_]+):", text, re.M):
    if var != "MAILVET_SOURCE" and var not in gate:
        bad.append("action.yml: gate.sh has no " + var)
for name in ("github", "octodns", "dnscontrol"):
    flow = load("contrib/%s.yml" % name)
    if flow["permissions"]["contents"] != "read" or True not in flow:  # `on` is true in YAML 1.1
        bad.append(name + ": permissions or on")
    for job in flow["jobs"].values():
        steps(name, job["steps"], False)
        for s in job["steps"]:
            if s.get("uses", "").startswith("OWNER/mailvet@"):
                for given in s["with"]:
                    if given not in action["inputs"]:
                        bad.append("%s: the action has no %s" % (name, given))
job = load("contrib/gitlab.yml")[".mailvet"]
script("gitlab", "\n".join(job["script"]) + "\n")
for kind in ("codequality", "junit"):
    if job["artifacts"]["reports"][kind].split("/")[1] not in gate:
        bad.append("gitlab: gate.sh writes no " + kind)
hooks = load(".pre-commit-hooks.yaml")
for h in hooks:
    for key in ("id", "name", "entry", "language"):
        if not h.get(key):
            bad.append("pre-commit: %s" % key)
    re.compile(h["files"])
print("\n".join(bad))
sys.exit(bool(bad))
EOF
}
shells() {
	for s in "$w"/scripts/*.sh "$SRCDIR/contrib/gate.sh"; do
		sh -n "$s" || return 1
		! command -v shellcheck >/dev/null || shellcheck -s sh "$s" || return 1
	done
}
options() { # every option that these files write is one that the program has
	"$MAILVET" gate --help >"$w/help"
	grep -ho -e '--[a-z][a-z-]*' "$SRCDIR/contrib/gate.sh" "$SRCDIR/.pre-commit-hooks.yaml" |
		grep -v -x -e '--check' | sort -u | while read -r o; do
		grep -q -e "^  ${o}[ 	]" "$w/help" || { echo "no option $o"; exit 1; }
	done
}

zones() { # zones DIR SPF
	mkdir -p "$1" && cat >"$1/example.com.zone" <<END
\$ORIGIN example.com.
\$TTL 3600
@ SOA ns admin 1 7200 3600 604800 3600
@ NS ns
@ MX 10 mx
@ TXT "$2"
ns A 192.0.2.53
mx A 192.0.2.25
_dmarc TXT "v=DMARC1; p=reject"
END
}
# gate STATUS ENVIRONMENT...: run it in $w
gate() {
	gate_want=$1
	shift
	rm -rf "$w/mailvet-reports"
	(cd "$w" && env MAILVET_BASE=base "$@" sh "$SRCDIR/contrib/gate.sh") >"$w/stdout" 2>"$w/stderr"
	gate_status=$?
	cat "$w/stderr"
	[ "$gate_status" -eq "$gate_want" ]
}
reports() { # what gate left is read by what reads such
	r=$w/mailvet-reports
	cp "$r/mailvet.xml" "$w/x.junit" && cp "$r/mailvet.md" "$w/x.markdown" &&
		cp "$r/gl-code-quality-report.json" "$w/x.gitlab" && cp "$r/mailvet.sarif" "$w/x.sarif" &&
		cp "$r/mailvet.rdjson" "$w/x.rdjson" || return 1
	if command -v xmllint >/dev/null; then set -- "$w/x.junit"; else set --; fi
	"$python" "$SRCDIR/tests/formats.py" "$@" "$w/x.markdown" "$w/x.gitlab" "$w/x.sarif" "$w/x.rdjson"
}
plain() { gate 1 MAILVET_HEAD=head && grep -q '^new error\[spf-unknown-mechanism\]' "$w/stdout" && reports; }
same() { gate 0 MAILVET_HEAD=base && reports && ! grep -q '"new"' "$w/x.sarif"; }
github() {
	: >"$w/summary" && : >"$w/output"
	gate 1 MAILVET_HEAD=head GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY="$w/summary" GITHUB_OUTPUT="$w/output" &&
		cp "$w/stdout" "$w/x.github" && "$python" "$SRCDIR/tests/formats.py" "$w/x.github" &&
		grep -q '^\*\*mailvet: fails\*\*' "$w/summary" && grep -qx 'status=1' "$w/output" &&
		grep -qx 'sarif=mailvet-reports/mailvet.sarif' "$w/output" && [ -s "$w/x.github" ]
}
azure() {
	gate 1 MAILVET_HEAD=head TF_BUILD=True && cp "$w/stdout" "$w/x.azure" && [ -s "$w/x.azure" ] &&
		"$python" "$SRCDIR/tests/formats.py" "$w/x.azure"
}
# Names are arguments, whatever is in them.
odd() {
	# shellcheck disable=SC2016 # that nothing expands it is the point
	odd_head='head $(touch pwned); * "x"'
	cp -r "$w/head" "$w/$odd_head" && gate 1 MAILVET_HEAD="$odd_head" && [ ! -e "$w/pwned" ] && reports
}
usage() { gate 2 MAILVET_HEAD=nowhere; }
# A repository as the jobs find it: DIR was committed, and changed since.
repository() { # repository DIR FILE BEFORE AFTER
	rm -rf "$w/repo" && mkdir -p "$w/repo/$1" || return 1
	cp "$3" "$w/repo/$1/$2" && git -C "$w/repo" init -q && git -C "$w/repo" add . &&
		git -C "$w/repo" -c user.name=a -c user.email=a@example.com commit -q -m a &&
		cp "$4" "$w/repo/$1/$2"
}
pre_commit() { # the hook's own words, as pre-commit runs them
	repository zones example.com.zone "$w/base/example.com.zone" "$w/head/example.com.zone" || return 1
	"$python" -c 'import sys, yaml
h = yaml.safe_load(open(sys.argv[1]))[0]
print("\n".join(h["entry"].split() + h["args"]))' "$SRCDIR/.pre-commit-hooks.yaml" >"$w/words"
	set --
	while read -r word; do set -- "$@" "$word"; done <"$w/words"
	[ "$1" = mailvet ] || return 1
	shift
	(cd "$w/repo" && "$MAILVET" "$@" --report gcc) >"$w/stdout"
	pre_status=$?
	cat "$w/stdout"
	[ "$pre_status" -eq 1 ] && grep -q '^zones/example.com.zone:6:.*\[spf-unknown-mechanism\]$' "$w/stdout"
}
revision() { # as contrib/github.yml and contrib/octodns.yml give base and head
	(cd "$w/repo" && env MAILVET_BASE="git:HEAD:$1" MAILVET_HEAD="$1" GITHUB_ACTIONS=true \
		sh "$SRCDIR/contrib/gate.sh") >"$w/x.github"
	rev_status=$?
	cat "$w/x.github"
	[ "$rev_status" -eq 1 ] && grep -q "^::error file=$1/$2," "$w/x.github" &&
		"$python" "$SRCDIR/tests/formats.py" "$w/x.github"
}
octodns() { # octodns NAME SPF
	cat >"$w/$1.yaml" <<END
---
'':
  - type: MX
    values:
      - exchange: mx.example.com.
        preference: 10
  - type: TXT
    value: "$2"
_dmarc:
  type: TXT
  value: v=DMARC1\; p=reject
mx:
  type: A
  value: 192.0.2.25
END
}
yaml_zones() {
	octodns before 'v=spf1 mx -all' && octodns after 'v=spf1 mx nclude:_spf.example.net -all' &&
		repository config example.com.yaml "$w/before.yaml" "$w/after.yaml" && revision config example.com.yaml
}
ir() { # ir NAME SPF: what print-ir prints
	cat >"$w/$1.json" <<END
{"registrars":[],"dns_providers":[],"domains":[{"name":"example.com","registrar":"none","dnsProviders":{},"records":[
{"type":"MX","name":"@","mxpreference":10,"target":"mx.example.com.","filepos":"[line:4:5]"},
{"type":"TXT","name":"@","target":"$2","filepos":"[line:5:5]"},
{"type":"TXT","name":"_dmarc","target":"v=DMARC1; p=reject","filepos":"[line:6:5]"},
{"type":"A","name":"mx","target":"192.0.2.25","filepos":"[line:7:5]"}]}]}
END
}
print_ir() { # as contrib/dnscontrol.yml: two files
	ir before 'v=spf1 mx -all' && ir after 'v=spf1 mx nclude:_spf.example.net -all' &&
		gate 1 MAILVET_BASE=before.json MAILVET_HEAD=after.json && reports &&
		grep -q spf-unknown-mechanism "$w/x.sarif"
}

want 'the shapes of the YAML' shapes
want 'the scripts in it, and gate.sh' shells
want 'the options are those that there are' options
if "$MAILVET" gate --help >/dev/null 2>&1 && zones "$w/base" 'v=spf1 mx -all' &&
    zones "$w/head" 'v=spf1 mx nclude:_spf.example.net -all'; then
	want 'gate.sh: a change that breaks SPF' plain
	want 'gate.sh: no change' same
	want 'gate.sh in GitHub Actions' github
	want 'gate.sh in Azure Pipelines' azure
	want 'gate.sh: a name that a shell would expand' odd
	want 'gate.sh: zones that are not there' usage
	want 'gate.sh: print-ir of DNSControl' print_ir
	if command -v git >/dev/null; then
		want 'the hook for pre-commit, over a repository' pre_commit
		want 'gate.sh: a revision and a directory' revision zones example.com.zone
		want 'gate.sh: octoDNS' yaml_zones
	fi
fi
echo "1..$n"
exit $bad
