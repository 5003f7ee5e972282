#!/bin/sh
# SPDX-License-Identifier: ISC
#
# bench.sh - `make bench`: how near an audit comes to what bounds it, as ratios.
#
# Key records judged in a second come first, beside the time OpenSSL alone takes to
# read the key, and how many refusals a second are classified.  Then figures each
# against a reference of the same run on the same machine: one SPF evaluation against
# libspf2, a fleet against a bare loop of the resolver, one domain against its chain
# of round trips, the memory of many domains against that of few, sample messages
# against a loop of the bare library, a log of Postfix explained against grep -c over
# it, a fleet's audits merged against reading their JSON once.  The domains are those
# of zones.py, served by nsd on loopback; nothing leaves it.  It judges nothing: figures differ from machine to machine, and a busy one lies.
# From the environment: BENCH_DOMAINS and BENCH_RUNS of the fleet, BENCH_FEW and
# BENCH_MANY domains of the memory, BENCH_MESSAGES, BENCH_LOG_BYTES of the log.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need nsd awk
: "${BUILDDIR:=.}" "${BENCH_DOMAINS:=20000}" "${BENCH_RUNS:=9}"
: "${BENCH_FEW:=10000}" "${BENCH_MANY:=100000}" "${BENCH_MESSAGES:=5000}"
: "${BENCH_LOG_BYTES:=200000000}"
bench=$BUILDDIR/tests/bench
DELAY=20

# median FILE COLUMN
median() {
	awk -v c="$2" '{ print $c }' "$1" | sort -n | awk '
	{ v[NR] = $1 }
	END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# names N: the first N domains, one a line
names() { awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "d%07d.example\n", i }'; }

# serve N: let nsd serve N domains
serve() {
	"$PYTHON" "$SRCDIR/tests/bench/zones.py" "$1" >"$it_work/zone.$1" || die 'zones.py failed'
	echo ". $it_work/zone.$1" >"$it_work/zones.$1"
	start_nsd "$it_work/zones.$1"
}

# check OPTION...: the default audit of the names on standard input
check() { "$bench/bench_time" "$MAILVET" check --report jsonl "$@"; }

# 1. Questions per second of an audit and of the bare resolver, in turns.
fleet() {
	at=127.0.0.1@$NSD_PORT
	names "$BENCH_DOMAINS" >"$it_work/names"
	check --resolver "$at" --record "$it_work/recording" - <"$it_work/names" >/dev/null ||
		die 'the audit to record failed'
	asked=$("$MAILVET" check --resolver "$at" --trace --report jsonl - <"$it_work/names" \
		2>&1 >/dev/null | sed -n 's/^[^ ].*: questions \([0-9]*\), runs .*/\1/p' |
		awk '{ n += $1 } END { printf "%.1f", n / NR }')
	i=0
	while [ "$i" -lt "$BENCH_RUNS" ]; do
		bare=$("$bench/bench_bare" "$it_work/recording" "$at") || die 'bench_bare failed'
		audit=$(check --resolver "$at" - <"$it_work/names") || die 'the audit failed'
		echo "$bare $audit"
		i=$((i + 1))
	done | awk '{ print $1, 1000 * $1 / $3, 1000 * $1 / $4, $3 / $4, $2 }' >"$it_work/fleet"
	awk -v n="$BENCH_DOMAINS" -v asked="$asked" -v bare="$(median "$it_work/fleet" 2)" \
		-v audit="$(median "$it_work/fleet" 3)" -v ratio="$(median "$it_work/fleet" 4)" '
	END {
		printf "fleet: %d domains, questions each: %s asked, %.1f sent, the rest is known\n",
			n, asked, $1 / n
		printf "fleet: audit %d/s sent, bare resolver %d/s\n", audit, bare
		printf "fleet: ratio %.2f (0.6 or more is wanted), median of %d runs\n", ratio, NR
		if ($5 > 0) printf "fleet: the bare resolver lost %d questions\n", $5
	}' "$it_work/fleet"
}

# 2. One domain whose every answer takes DELAY ms.
chain() {
	[ -x "$bench/bench_delay" ] || die 'bench_delay is not built: make bench builds it'
	"$bench/bench_delay" "$NSD_PORT" $DELAY >"$it_work/delay" &
	it_pids="$it_pids $!"
	while [ ! -s "$it_work/delay" ]; do sleep 0.05; done
	at=127.0.0.1@$(cat "$it_work/delay")
	domain=$(names 3 | tail -n 1) # it has DKIM keys and hosts of its own
	depth=$("$MAILVET" check --resolver "$at" --trace "$domain" 2>&1 >/dev/null |
		sed -n '1s/.*, chain \([0-9]*\).*/\1/p')
	i=0
	while [ "$i" -lt "$BENCH_RUNS" ]; do
		check --resolver "$at" "$domain" || die 'the audit of one domain failed'
		i=$((i + 1))
	done >"$it_work/chain"
	awk -v ms="$(median "$it_work/chain" 1)" -v depth="${depth:-0}" -v delay=$DELAY '
	END {
		printf "chain: %d questions deep at %d ms (at most 6 are wanted); %.1f ms\n",
			depth, delay, ms
		printf "chain: ratio %.2f (1.2 or less is wanted), median of %d runs\n",
			ms / (depth * delay), NR
	}' "$it_work/chain"
}

# 3. The most memory that an audit of many domains has, against that of few.
memory() {
	at=127.0.0.1@$NSD_PORT
	for n in "$BENCH_FEW" "$BENCH_MANY"; do
		names "$n" >"$it_work/names"
		check --resolver "$at" - <"$it_work/names" || die "the audit of $n domains failed"
	done | awk -v few="$BENCH_FEW" -v many="$BENCH_MANY" '
	{ kib[NR] = $2 }
	END {
		printf "memory: %d domains %d KiB, %d domains %d KiB\n", few, kib[1], many, kib[2]
		printf "memory: ratio %.2f (1.1 or less is wanted)\n", kib[2] / kib[1]
	}'
}

# 5. Signed messages of 4 KiB out of an mbox, judged, and only verified, in turns.
messages() {
	sign=$BUILDDIR/tests/sign
	record=$("$sign" "$it_work/key" 2048) || die 'no key'
	cat >"$it_work/m.zone" <<-END
		\$ORIGIN example.com.
		\$TTL 3600
		@ IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
		@ IN NS ns1
		_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
		s1._domainkey IN TXT $record
	END
	{
		printf 'From: ann@example.com\nTo: bob@example.net\nSubject: a sample\n'
		printf 'Date: Sat, 21 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.com>\n\n'
		yes 'A line of a sample message that is as long as such a line is.' | head -n 60
	} | "$sign" "$it_work/key" example.com s1 1795255200 >"$it_work/eml" || die 'not signed'
	i=0
	while [ "$i" -lt "$BENCH_MESSAGES" ]; do
		echo 'From ann@example.com Sat Nov 21 10:00:00 2026'
		cat "$it_work/eml"
		echo
		i=$((i + 1))
	done >"$it_work/mbox"
	i=0
	while [ "$i" -lt "$BENCH_RUNS" ]; do
		bare=$("$bench/bench_message" "$it_work/mbox" "$(echo "$record" | tr -d '" ')") ||
			die 'bench_message failed'
		audit=$("$bench/bench_time" "$MAILVET" message --zone "$it_work/m.zone" --offline \
			--now $NOW --report jsonl "$it_work/mbox") || die 'mailvet message failed'
		echo "$bare $audit"
		i=$((i + 1))
	done | awk '{ print $1, $2, $3, $3 / $2 }' >"$it_work/messages"
	awk -v n="$BENCH_MESSAGES" -v bare="$(median "$it_work/messages" 2)" \
		-v audit="$(median "$it_work/messages" 3)" -v ratio="$(median "$it_work/messages" 4)" '
	$1 != n { lost = 1 }
	END {
		printf "messages: judged %d/s, by the bare library %d/s\n", 1000 * n / audit, 1000 * n / bare
		printf "messages: ratio %.2f (1.2 or less is wanted), median of %d runs\n", ratio, NR
		if (lost) print "messages: the bare library did not verify all"
	}' "$it_work/messages"
}

# 7. Two directories of zones compared, against counting their words.
gate() {
	"$PYTHON" "$SRCDIR/tests/bench/gatezones.py" \
		"${MAILVET_SHARED:-$SRCDIR/../shared}" "$it_work/gate" || die 'gatezones.py failed'
	i=0
	while [ "$i" -lt "$BENCH_RUNS" ]; do
		# shellcheck disable=SC2016
		wc=$("$bench/bench_time" sh -c 'cat "$1"/*/* | wc -w' sh "$it_work/gate") ||
			die 'wc failed'
		whole=$("$bench/bench_time" "$MAILVET" gate --base "$it_work/gate/base" \
			--head "$it_work/gate/head" --report json) || die 'mailvet gate failed'
		echo "${wc%% *} $whole"
		i=$((i + 1))
	done >"$it_work/gate.runs"
	awk -v n="$(cat "$it_work"/gate/head/* | grep -c .)" \
		-v files="$(find "$it_work/gate/head" -type f | grep -c .)" \
		-v ms="$(median "$it_work/gate.runs" 2)" -v wc="$(median "$it_work/gate.runs" 1)" '
	END {
		printf "gate: %d zones, %d lines on each side; %.0f ms (5000 or less is wanted), %d KiB\n",
			files, n, ms, $3
		printf "gate: ratio %.1f of wc -w over both, median of %d runs\n", ms / wc, NR
	}' "$it_work/gate.runs"
	rm -rf "$it_work/gate"
}

# 4. Refusals told apart a second, kinds not met before and met before.
classify() {
	"$bench/bench_classify" | awk '{ printf "classify: %s, %.0f texts a second\n", $1, 1e9 / $3 }'
}

# 8. The audits of a fleet merged, against the time the bare library takes to read
# that file once, in turns.  The keys of zones.py are random: they share small primes.
report() {
	at=127.0.0.1@$NSD_PORT
	names "$BENCH_DOMAINS" >"$it_work/names"
	"$MAILVET" check --resolver "$at" --report jsonl - <"$it_work/names" >"$it_work/jsonl"
	i=0
	while [ "$i" -lt "$BENCH_RUNS" ]; do
		bare=$("$bench/bench_json" "$it_work/jsonl") || die 'bench_json failed'
		text=$("$bench/bench_time" "$MAILVET" report "$it_work/jsonl") || die 'mailvet report failed'
		json=$("$bench/bench_time" "$MAILVET" report --report json "$it_work/jsonl") ||
			die 'mailvet report failed'
		echo "$bare $text $json"
		i=$((i + 1))
	done | awk '{ print $1, $2, $3, $4, $5, $3 / $2, $5 / $2 }' >"$it_work/report"
	awk -v n="$BENCH_DOMAINS" -v bare="$(median "$it_work/report" 2)" \
		-v text="$(median "$it_work/report" 3)" -v json="$(median "$it_work/report" 5)" \
		-v ratio="$(median "$it_work/report" 6)" -v all="$(median "$it_work/report" 7)" \
		-v bytes="$(wc -c <"$it_work/jsonl")" '
	$1 != n + 1 { lost = 1 }
	END {
		printf "report: %d domains, %.0f MB: %.0f a second as text, %.0f as json, jansson reads %.0f\n",
			n, bytes / 1e6, 1000 * n / text, 1000 * n / json, 1000 * n / bare
		printf "report: ratio %.2f as text, %.2f as json, median of %d runs; %d KiB\n",
			ratio, all, NR, $4
		if (lost) print "report: the file has not a line for each domain and one for the run"
	}' "$it_work/report"
	rm -f "$it_work/jsonl"
}

# explained LOG: milliseconds and KiB of the whole of mailvet explain over LOG
explained() {
	"$bench/bench_time" "$MAILVET" explain --no-audit --fail-on never --report json "$1" ||
		die 'mailvet explain failed'
}

# 5. A log of Postfix explained, against grep -c status= over it, in turns; reading alone
# beside it.  Then the memory for a tenth of the log: what is more is failing recipients.
log() {
	"$PYTHON" "$SRCDIR/tests/bench/postfixlog.py" "$BENCH_LOG_BYTES" >"$it_work/log" ||
		die 'postfixlog.py failed'
	i=0
	while [ "$i" -lt "$BENCH_RUNS" ]; do
		# Into a pipe: to /dev/null grep stops at the first match.
		# shellcheck disable=SC2016
		grep=$("$bench/bench_time" sh -c 'grep -c status= "$1" | cat' sh "$it_work/log") ||
			die 'grep failed'
		read=$("$bench/bench_bouncelog" "$it_work/log") || die 'bench_bouncelog failed'
		whole=$(explained "$it_work/log")
		echo "${grep%% *} $(echo "$read" | awk '{ print $4, $1 }') $whole"
		i=$((i + 1))
	done | awk '{ print $1, $2, $3, $4, $5, $1 / $4, $1 / $2 }' >"$it_work/log.runs"
	head -c $((BENCH_LOG_BYTES / 10)) "$it_work/log" >"$it_work/log.tenth"
	"$MAILVET" explain --no-audit --fail-on never --report json "$it_work/log" >"$it_work/log.json"
	awk -v bytes="$BENCH_LOG_BYTES" -v grep="$(median "$it_work/log.runs" 1)" \
		-v read="$(median "$it_work/log.runs" 2)" -v ms="$(median "$it_work/log.runs" 4)" \
		-v ratio="$(median "$it_work/log.runs" 6)" -v alone="$(median "$it_work/log.runs" 7)" \
		-v tenth="$(explained "$it_work/log.tenth")" \
		-v addresses="$(grep -c '"recipient":' "$it_work/log.json")" '
	END {
		printf "log: %.0f MB, %d lines; grep -c %.0f ms, explained %.0f ms, read alone %.0f ms\n",
			bytes / 1e6, $3, grep, ms, read
		printf "log: ratio %.2f (0.25 or more is wanted), of reading alone %.2f, median of %d runs\n",
			ratio, alone, NR
		split(tenth, few, " ")
		printf "log: memory %d KiB, of a tenth of it %d KiB; %d addresses suppressed\n",
			$5, few[2], addresses
	}' "$it_work/log.runs"
	rm -f "$it_work/log" "$it_work/log.tenth" "$it_work/log.json"
}

# 6. Bounce messages read a second, one of RFC 3464 and one of text.
reports() {
	"$bench/bench_dsn" | awk '{ printf "messages: %s, %.0f a second\n", $1, 1e9 / $3 }'
}

case ${1-} in
fleet | chain | report)
	serve "$BENCH_DOMAINS"
	"$1"
	exit
	;;
memory)
	serve "$BENCH_MANY"
	memory
	exit
	;;
messages | log | gate)
	"$1"
	exit
	;;
esac
"$bench/bench_spf" || die 'bench_spf failed'
"$bench/bench_dkimkey" || die 'bench_dkimkey failed'
classify
log
reports
gate
serve "$BENCH_DOMAINS"
fleet
chain
report
stop "$NSD_PID"
serve "$BENCH_MANY"
memory
messages
