#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_faults.sh - servers that do not answer, fail, refuse or die: what could not be seen
# is unknown and ends with status 3; it is never told as absent.  A recording of a run
# gives the same findings when it is replayed.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd unbound

demo=$(cd "$SRCDIR/vectors/demo" && pwd)
bad=0

# only_unknown NAME CAUSE: NAME.json has unknown findings only, each because of CAUSE, a|b
only_unknown() {
	"$PYTHON" - "$it_work/$1.json" "$2" <<-'END'
		import json, sys
		with open(sys.argv[1]) as f:
		    report = json.load(f)
		bad = False
		for d in report["domains"]:
		    print(d["domain"], d["verdict"], *sorted(f["id"] for f in d["findings"]))
		    levels = {f["level"] for f in d["findings"]}
		    bad = bad or levels != {"unknown"} or d["verdict"] != "unknown"
		    bad = bad or "dnsbl-none-works" not in {f["id"] for f in d["findings"]}
		    asked = [e for f in d["findings"] for e in f.get("evidence", [])]
		    bad = bad or not asked or any(e["status"] != "failed" for e in asked)
		    causes = {e.get("cause") for e in asked}
		    print(*causes)
		    bad = bad or not causes <= set(sys.argv[2].split("|"))
		sys.exit(bad)
	END
}

# audit NAME STATUS OPTION...: report to NAME.json; the exit status has to be STATUS
audit() {
	name=$1 want=$2
	shift 2
	"$MAILVET" check "$@" --now $NOW --report "json=$it_work/$name.json" >"$it_work/$name.out" 2>&1
	status=$?
	[ $status -eq "$want" ] && return 0
	echo "$name: exit status $status, $want is wanted"
	cat "$it_work/$name.out"
	bad=1
	return 1
}

# blind NAME PORT SECONDS CAUSE: an audit through the server at PORT sees nothing and says why
blind() {
	audit "$1" 3 --resolver "127.0.0.1@$2" --timeout "$3" --ip 192.0.2.25 --selector s1 --dnsbl-zones \
		"$demo/lists.tsv" example.com || return
	only_unknown "$1" "$4" >"$it_work/seen" && return
	echo "$1: something else than unknown:"
	cat "$it_work/seen"
	bad=1
}

start_fake silent
before=$(date +%s)
blind timeout "$FAKE_PORT" 2 timeout
took=$(($(date +%s) - before))
[ $took -le 5 ] || { echo "--timeout 2 took $took s"; bad=1; }
stop "$FAKE_PID"
blind unreachable "$FAKE_PORT" 2 'timeout|server unreachable' # nobody listens there

: >"$it_work/none"
start_nsd "$it_work/none" # no zone: it refuses all
blind refused "$NSD_PORT" 20 refused
start_unbound ". $NSD_PORT" # refused everywhere, it answers SERVFAIL
blind servfail "$UNBOUND_PORT" 20 SERVFAIL
stop "$UNBOUND_PID" "$NSD_PID"

for apex in 2.0.192.in-addr.arpa bl.example example.com example.net example.org; do
	echo "$apex. $demo/zones/$apex.zone"
done >"$it_work/list"
start_nsd "$it_work/list"
live="--resolver 127.0.0.1@$NSD_PORT"
args="--ip 192.0.2.25 --selector s1 --selector s2 --dnsbl-zones $demo/lists.tsv example.com"

# These are words.
# shellcheck disable=SC2086
audit whole 1 $live --record "$it_work/recording" $args
# shellcheck disable=SC2086
audit replayed 1 --replay "$it_work/recording" --offline $args
"$PYTHON" "$SRCDIR/tests/same_findings.py" compare "$it_work/whole.json" "$it_work/replayed.json" || {
	echo 'replayed: other findings than recorded'
	bad=1
}

# A server that dies after N answers: no finding that the whole run does not have, but for
# unknown ones; a fault half seen may be a note.
for n in 1 3 7 12; do
	start_fake dies "$NSD_PORT" $n
	# shellcheck disable=SC2086
	"$MAILVET" check --resolver "127.0.0.1@$FAKE_PORT" --timeout 1 --now $NOW \
		--report "json=$it_work/died.json" $args >"$it_work/died.out" 2>&1
	status=$?
	case $status in 1 | 3) ;; *) echo "died after $n: exit status $status"; bad=1 ;; esac
	"$PYTHON" - "$it_work/whole.json" "$it_work/died.json" <<-'END' || { echo "died after $n"; bad=1; }
		import json, sys
		def found(path):
		    with open(path) as f:
		        return {(x["id"], x["subject"], x["level"]) for x in json.load(f)["domains"][0]["findings"]}
		whole, died = map(found, sys.argv[1:])
		extra = [x for x in died - whole if x[2] in ("error", "warning")]
		if not [x for x in died if x[2] == "unknown"]:
		    extra.append("nothing is unknown")
		sys.exit(str(extra) if extra else 0)
	END
	stop "$FAKE_PID"
done
exit $bad
