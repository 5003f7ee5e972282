#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_fleet_faults.sh - a fleet behind a server that misbehaves: every domain is reported,
# none twice, what could not be seen is unknown, nothing is found that is not there, and
# the time is bounded.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd

bad=0
count=60
timeout=3

"$PYTHON" - "$it_work" $count <<-'END'
	import sys
	work, n = sys.argv[1], int(sys.argv[2])
	with open(work + "/names", "w") as names, open(work + "/fleet.zone", "w") as zone:
	    zone.write("$ORIGIN fleet.example.\n$TTL 3600\n")
	    zone.write("@ IN SOA ns1 hostmaster 1 7200 3600 1209600 3600\n@ IN NS ns1\nns1 IN A 192.0.2.53\n")
	    zone.write("mx IN A 192.0.2.25\n_spf IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n")
	    for i in range(n):
	        names.write("d%d.fleet.example\n" % i)
	        # One of three has an SPF record that is void, which is a finding.
	        spf = "include:_spf.fleet.example" if i % 3 else "included:_spf.fleet.example"
	        zone.write("d%d IN TXT \"v=spf1 %s -all\"\n" % (i, spf))
	        zone.write("d%d IN MX 10 mx\n_dmarc.d%d IN TXT \"v=DMARC1; p=reject\"\n" % (i, i))
END
echo "fleet.example. $it_work/fleet.zone" >"$it_work/list"
start_nsd "$it_work/list"

# fleet NAME PORT SECONDS OPTION...: audit all through the server at PORT, within SECONDS
fleet() {
	name=$1 port=$2 most=$3
	shift 3
	before=$(date +%s)
	"$MAILVET" check --resolver "127.0.0.1@$port" --timeout $timeout --now $NOW --in-flight 30 "$@" \
		--report "jsonl=$it_work/$name" - <"$it_work/names" >"$it_work/out" 2>&1
	status=$?
	took=$(($(date +%s) - before))
	echo "$name: $took s"
	[ $took -le "$most" ] || { echo "$name: took $took s of $most"; bad=1; }
}

# judge NAME PLAIN STATUS MIN MAX: NAME against the run PLAIN through a good server; of the
# domains MIN to MAX may be unknown
judge() {
	"$PYTHON" - "$it_work/$1" "$it_work/$2" "$it_work/names" "$3" "$4" "$5" <<-'END' || { echo "$1"; bad=1; }
		import json, sys
		faults = []
		def read(path):
		    with open(path) as f:
		        lines = [json.loads(x) for x in f]
		    run = lines.pop()["run"]
		    return lines, run
		lines, run = read(sys.argv[1])
		plain = {x["domain"]: x for x in read(sys.argv[2])[0]}
		with open(sys.argv[3]) as f:
		    names = f.read().split()
		got = [x["domain"] for x in lines]
		if sorted(got) != sorted(names):
		    faults.append("lost %s, twice or foreign %d" % (set(names) - set(got), len(got) - len(set(got) & set(names))))
		def told(x, levels):
		    return {(f["id"], f["subject"]) for f in x["findings"] if f["level"] in levels}
		unknown = 0
		for x in lines:
		    p = plain[x["domain"]]
		    extra = told(x, ("error", "warning")) - told(p, ("error", "warning", "note"))
		    missing = told(p, ("error", "warning")) - told(x, ("error", "warning", "note"))
		    blind = told(x, ("unknown",))
		    unknown += bool(blind)
		    if extra or (missing and not blind):
		        faults.append("%s: extra %s, missing %s, unknown %s" % (x["domain"], extra, missing, blind))
		    for f in x["findings"]:
		        if f["level"] == "unknown" and not any(e["status"] == "failed" for e in f.get("evidence", [])):
		            faults.append("%s: %s without a failed answer" % (x["domain"], f["id"]))
		if not int(sys.argv[5]) <= unknown <= int(sys.argv[6]):
		    faults.append("%d domains hold something unknown" % unknown)
		rewrites = [f["id"] for f in run["findings"]]
		if rewrites:
		    faults.append("the run has %s" % rewrites)
		print("%s: %d of %d unknown" % (sys.argv[1].rpartition("/")[2], unknown, len(lines)))
		for fault in faults[:10]:
		    print(fault)
		sys.exit(bool(faults))
	END
	[ "$status" -eq "$3" ] || { echo "$1: exit status $status, not $3"; cat "$it_work/out"; bad=1; }
}

fleet plain "$NSD_PORT" 5
plain=$status
[ "$plain" -eq 1 ] || die "a good server: exit status $plain"
judge plain plain 1 0 0
[ -s "$it_work/out" ] && { echo 'a good server:'; cat "$it_work/out"; bad=1; }

# A limit of ours makes nobody run out of time.
fleet limited "$NSD_PORT" 20 --qps 50
judge limited plain 1 0 0

# with NAME SECONDS FAULT...: audit all through a server with these faults (it_dns.py)
with() {
	name=$1 seconds=$2
	shift 2
	start_fake faulty "$NSD_PORT" "$@"
	fleet "$name" "$FAKE_PORT" "$seconds"
	stop "$FAKE_PID"
}
rounds=$((count / 30))
long=$((rounds * timeout + 4))
with forged 5 wrong-id wrong-port wrong-address
judge forged plain 1 0 0
with lower 5 lower
judge lower plain 1 0 0
with lossy $long loss servfail wrong-id lower
judge lossy plain 1 0 $count
with dies $long dies=250
judge dies plain 1 1 $((count - 1))
with late $long late=5
judge late plain 3 $count $count
with truncated $long truncated
judge truncated plain 3 $count $count

# With few files to open, what has to go by TCP waits for those that are.
# shellcheck disable=SC3045 # dash and bash have it
files=$(ulimit -S -n) && ulimit -S -n 24 || exit 1
with long $long long
# shellcheck disable=SC3045
ulimit -S -n "$files"
judge long plain 1 0 0

# Nobody answers: every domain is told, all unknown, and not one full time after another.
awk 'BEGIN { for (i = 0; i < 600; i++) print "d" i ".fleet.example" }' >"$it_work/many"
cp "$it_work/names" "$it_work/few" && cp "$it_work/many" "$it_work/names"
with dead 45 late=60 # 600 / 30 times 3 s without
cp "$it_work/few" "$it_work/names"
"$PYTHON" - "$it_work/dead" 600 <<-'END' || { echo dead; bad=1; }
	import json, sys
	with open(sys.argv[1]) as f:
	    lines = [json.loads(x) for x in f]
	lines.pop()["run"]
	assert len({x["domain"] for x in lines}) == len(lines) == int(sys.argv[2]), len(lines)
	for x in lines:
	    levels = {f["level"] for f in x["findings"]}
	    assert x["verdict"] == "unknown" and levels == {"unknown"}, x
END
[ "$status" -eq 3 ] || { echo "dead: exit status $status"; bad=1; }
for want in '^mailvet: .* answers' '^mailvet: domains that could not be judged: 600 of 600; '; do
	grep -q "$want" "$it_work/out" && continue
	echo 'dead: it is not said that nobody answers:'
	cat "$it_work/out"
	bad=1
done

# One address for everything: told once, in the run.
with rewrites $long rewrites
"$PYTHON" - "$it_work/rewrites" $count <<-'END' || { echo rewrites; bad=1; }
	import json, sys
	with open(sys.argv[1]) as f:
	    lines = [json.loads(x) for x in f]
	run = lines.pop()["run"]
	assert [f["id"] for f in run["findings"]] == ["resolver-rewrites"], run["findings"]
	assert "192.0.2.99" in run["findings"][0]["reason"], run["findings"]
	assert len({x["domain"] for x in lines}) == len(lines) == int(sys.argv[2]), len(lines)
	assert not [f for x in lines for f in x["findings"] if f["id"] == "resolver-rewrites"]
END
[ "$status" -ne 0 ] || { echo 'rewrites: exit status 0'; bad=1; }
exit $bad
