#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_fleet.sh - mailvet check -: names as they come, results as they finish; --resume
# after a torn output; signals; several processes that share a list.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need mkfifo

bad=0
fault() {
	echo "$*"
	bad=1
}

# One zone holds them all: a name below it is a domain with SPF, MX and DMARC.
mkdir "$it_work/zones" || exit 1
cat >"$it_work/zones/fleet.example.zone" <<-'END'
	$ORIGIN fleet.example.
	$TTL 3600
	@ IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
	@ IN NS ns1
	ns1 IN A 192.0.2.53
	mx IN A 192.0.2.25
	* IN TXT "v=spf1 mx -all"
	* IN MX 10 mx
END
offline="--zone $it_work/zones --offline --now $NOW"
names() { "$PYTHON" -c 'import sys
for i in range(int(sys.argv[1])): print("d%d.fleet.example" % i)' "$1"; }

# fleet FILE OPTION...: audit the names of standard input, jsonl to FILE
fleet() {
	out=$1
	shift
	# These are words.
	# shellcheck disable=SC2086
	"$MAILVET" check $offline "$@" --report "jsonl=$out" - 2>"$it_work/stderr"
}

# domains FILE: those of its whole lines, sorted; the run line must be the last and only one
domains() {
	"$PYTHON" - "$1" <<-'END'
		import json, sys
		with open(sys.argv[1]) as f:
		    lines = [json.loads(line) for line in f]
		if ["run" in x for x in lines] != [False] * (len(lines) - 1) + [True]:
		    print("the run is not the last line and only there")
		run = lines[-1]["run"]
		if run["summary"]["domains"] != len(lines) - 1:
		    print("the summary counts", run["summary"]["domains"])
		for level in ("error", "warning", "note", "unknown", "pass"):
		    found = sum(f["level"] == level for x in lines[:-1] for f in x["findings"])
		    if run["summary"][level] != found + sum(f["level"] == level for f in run["findings"]):
		        print("the summary counts", run["summary"][level], level, "of", found)
		print("\n".join(sorted(x["domain"] for x in lines[:-1])))
	END
}

# A slow writer's names are answered before it ends.
mkfifo "$it_work/pipe"
: >"$it_work/slow"
fleet "$it_work/slow" <"$it_work/pipe" &
slow=$!
exec 3>"$it_work/pipe"
for i in 1 2; do
	echo "d$i.fleet.example" >&3
	t=0
	while [ "$(wc -l <"$it_work/slow")" -lt $i ] && [ $t -lt 100 ]; do
		sleep 0.05
		t=$((t + 1))
	done
	[ $t -lt 100 ] || fault "a slow writer's name $i: no result before its end"
done
exec 3>&-
wait $slow
[ "$(domains "$it_work/slow" | wc -l)" -eq 2 ] || fault 'a slow writer: not two domains'

# What lists look like that people keep.
{
	printf '\357\273\277d1.fleet.example\r\n\r\n   \n# d9.fleet.example\n  # d8.fleet.example\r\n'
	printf '\td2.fleet.example \r\nD3.Fleet.Example.\nd1.fleet.example\n'
	printf 'bad..name\nmail@d7.fleet.example\n'
	"$PYTHON" -c 'print("a" * (1 << 20))'
	printf 'nul\000.fleet.example\nd4.fleet.example' # no line end
} >"$it_work/list"
fleet "$it_work/kept" <"$it_work/list"
status=$?
[ $status -eq 2 ] || fault "a bad name among good ones: exit status $status"
printf 'd%s.fleet.example\n' 1 1 2 3 4 >"$it_work/want"
domains "$it_work/kept" | cmp - "$it_work/want" || fault 'a list with CRLF and comments'
grep -c '^mailvet: line' "$it_work/stderr" | grep -qx 4 || fault 'not four lines are told as bad'
grep -q '^mailvet: line 9: bad..name: ' "$it_work/stderr" || fault 'line 9 is not told'
# shellcheck disable=SC2002 # a pipe is meant
cat "$it_work/list" | fleet "$it_work/piped"
domains "$it_work/piped" | cmp - "$it_work/want" || fault 'the same list through a pipe'

# No name is no run; a stream that cannot be read is a failure.
for input in /dev/null "$it_work"; do
	fleet "$it_work/none" <"$input"
	status=$?
	[ $status -eq 2 ] || fault "names from $input: exit status $status"
done
fleet "$it_work/none" <&-
status=$?
[ $status -eq 2 ] || fault "standard input closed: exit status $status"

# Torn anywhere, with --resume each domain is there once, and the summary is of all.
names 40 >"$it_work/names"
fleet "$it_work/whole" <"$it_work/names"
whole=$?
sort "$it_work/names" >"$it_work/want"
domains "$it_work/whole" | cmp - "$it_work/want" || fault 'forty names'
size=$(wc -c <"$it_work/whole")
for cut in 0 1 9 700 $((size / 3)) $((size / 2)) $((size - 500)) $((size - 1)) "$size"; do
	head -c "$cut" "$it_work/whole" >"$it_work/torn"
	cp "$it_work/torn" "$it_work/torn.2"
	fleet "$it_work/torn" --resume "$it_work/torn" <"$it_work/names"
	status=$?
	[ $status -eq $whole ] || fault "torn at $cut: exit status $status, not $whole"
	domains "$it_work/torn" | cmp - "$it_work/want" || fault "torn at $cut"
	# shellcheck disable=SC2086,SC2094
	"$MAILVET" check $offline --resume "$it_work/torn.2" --report jsonl - \
		<"$it_work/names" >>"$it_work/torn.2"
	domains "$it_work/torn.2" | cmp - "$it_work/want" || fault "torn at $cut, >>"
done
rm "$it_work/torn" # a first run writes the file it would go on with
fleet "$it_work/torn" --resume "$it_work/torn" <"$it_work/names"
domains "$it_work/torn" | cmp - "$it_work/want" || fault '--resume without a file'
cp "$it_work/names" "$it_work/mine"
fleet "$it_work/mine" --resume "$it_work/mine" <"$it_work/names" &&
	fault '--resume of what is no output: exit status 0'
cmp "$it_work/names" "$it_work/mine" || fault '--resume wrote over a list of names'

# A signal: what is in flight is reported, and the rest is done by going on.
start_fake silent
"$PYTHON" - "$MAILVET" "$FAKE_PORT" "$it_work/cut" "$it_work/names" "$NOW" <<-'END' || fault 'a signal'
	import json, signal, subprocess, sys, time
	mailvet, port, out, names, now = sys.argv[1:]
	command = [mailvet, "check", "--resolver", "127.0.0.1@" + port, "--timeout", "2", "--in-flight", "3",
	    "--now", now, "--resume", out, "--report", "jsonl=" + out, "-"]

	def run(signals):
	    with open(names) as f:
	        p = subprocess.Popen(command, stdin=f, stderr=subprocess.PIPE, text=True,
	            preexec_fn=lambda: [signal.signal(s, signal.SIG_DFL) for s in (signal.SIGINT, signal.SIGTERM)])
	    for s in signals:
	        time.sleep(0.7)
	        p.send_signal(s)
	    before = time.monotonic()
	    told = p.communicate(timeout=20)[1]
	    return p.returncode, told, time.monotonic() - before

	def lines():
	    with open(out) as f:
	        return [json.loads(x) for x in f]

	code, told, took = run([signal.SIGINT])
	assert code == -signal.SIGINT, code
	assert "--resume " + out in told and "in flight" in told, told
	assert [x.get("verdict") for x in lines()] == ["unknown"] * 3 + [None], lines()
	assert lines()[-1]["run"]["interrupted"] is True
	code, told, took = run([signal.SIGTERM])
	assert code == -signal.SIGTERM, code
	done = [x.get("domain") for x in lines()]
	assert len(done) == 7 and len(set(done)) == 7, done
	code, told, took = run([signal.SIGINT, signal.SIGINT])
	assert code == -signal.SIGINT and took < 1, (code, took)
END
stop "$FAKE_PID"
fleet "$it_work/cut" --resume "$it_work/cut" <"$it_work/names"
domains "$it_work/cut" | cmp - "$it_work/want" || fault 'going on after a signal'
grep -q interrupted "$it_work/cut" && fault 'still interrupted'

# Time left is told where the number of names is known.
fleet "$it_work/progress" --progress always <"$it_work/names"
grep -q '[0-9] of 40 domains, .*/s' "$it_work/stderr" || fault 'no progress of 40'
# shellcheck disable=SC2002 # a pipe is meant
cat "$it_work/names" | fleet "$it_work/progress" --progress always
grep -q '[0-9] domains, .*/s: ' "$it_work/stderr" || fault 'no progress through a pipe'

# A list cut among processes gives the same lines.
if command -v parallel >/dev/null; then
	# shellcheck disable=SC2086
	HOME=$it_work parallel --will-cite --pipe -N 7 -j 2 "$MAILVET" check $offline --report jsonl - \
		<"$it_work/names" 2>"$it_work/stderr" | grep -v '^{"run"' | sort >"$it_work/parallel"
	grep -v '^{"run"' "$it_work/whole" | sort | cmp - "$it_work/parallel" || fault 'parallel --pipe'
else
	echo 'parallel is not there: not tested'
fi
# The recipes of the manual, of more tasks than names: each name once, and no task fails.
cat >"$it_work/recipe.py" <<-'END'
	import sys
	path, marker, work = sys.argv[1:]
	with open(path) as f:
	    text = f.read().replace("\\-", "-")
	block = text.partition(marker)[2].partition(".Bd")[2].partition("\n")[2].partition(".Ed")[0]
	if "args:\n- " in block: # YAML folds the lines
	    block = " ".join(block.partition("args:\n- ")[2].split("\n"))
	print(block.replace("/data/", work + "/"))
END
mkdir "$it_work/bin" "$it_work/Slurm" "$it_work/Kubernetes" || exit 1
{
	echo '#!/bin/sh'
	# shellcheck disable=SC2016
	echo 'command=$1'
	echo 'shift'
	echo "exec '$(cd "$(dirname "$MAILVET")" && pwd)/mailvet' \"\$command\" $offline \"\$@\""
} >"$it_work/bin/mailvet"
printf '#!/bin/sh\nexec "$@"\n' >"$it_work/bin/srun"
chmod +x "$it_work/bin/mailvet" "$it_work/bin/srun"
head -n 7 "$it_work/names" | sort >"$it_work/want"
manual=$(cd "$SRCDIR" && pwd)/audit/mailvet.1
for system in Slurm Kubernetes; do
	dir=$it_work/$system
	"$PYTHON" "$it_work/recipe.py" "$manual" "As a $system" "$dir" >"$dir/recipe"
	for list in none names; do
		[ $list = none ] || head -n 7 "$it_work/names" >"$dir/domains"
		most=0
		for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
			(cd "$dir" && PATH=$it_work/bin:$PATH SLURM_ARRAY_TASK_ID=$i \
				JOB_COMPLETION_INDEX=$i sh recipe) >"$it_work/stderr" 2>&1
			status=$?
			[ $list = names ] || [ $status -ne 0 ] || fault "$system: no list, and task $i is well"
			[ $status -le $most ] || most=$status
			[ $list = names ] || break
		done
		[ $list = names ] || continue
		# its domains have findings, which are a status of Slurm's task
		case $system-$most in Slurm-[01] | Kubernetes-0) ;; *) fault "$system: a task ended with $most" ;; esac
		cat "$dir"/out.*.jsonl | grep -v '^{"run"' | sed 's/^{"domain":"\([^"]*\)".*/\1/' | sort |
			cmp - "$it_work/want" || fault "$system: not each name once"
	done
done
exit $bad
