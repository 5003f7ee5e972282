#!/bin/sh
# SPDX-License-Identifier: ISC
#
# names.sh - the names of the lab: one list of records, and the zones made of it.
# Sourced by lab.sh.
#
# names.zone beside this file says what is so while nothing is broken; a change is made
# to the list in $LAB/names and becomes seen by names_publish.

ZONES='. com net org example arpa example.com example.net example.org mailer.example
	spf.example slow.example 2.0.192.in-addr.arpa 113.0.203.in-addr.arpa'
names_serial=0

# names_healthy: the list as it is while nothing is broken
names_healthy() {
	awk -v s1="$(cat "$LAB/dkim/s1.txt")" -v news="$(cat "$LAB/dkim/news.txt")" '
	/^(;|$)/ { next }
	{ sub(/@S1@/, s1); sub(/@NEWS@/, news); gsub(/[ \t]+/, " "); print }' \
		"$OURS/names.zone" >"$LAB/names"
}

# names_edit: standard input changes the list; lines "- OWNER TYPE [RDATA]", which takes
# out one record or all of that type, and "+ OWNER [TTL] IN TYPE RDATA".  To take out what
# is not there is a fault.
names_edit() {
	awk '
	function key(line) { split(line, f, " "); return tolower(f[1]) " " f[4] }
	function rdata(line) { sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "", line); return joined(line) }
	function joined(data) { gsub(/" "/, "", data); return data } # where a text is cut is no matter
	NR == FNR { record[++n] = $0; next }
	/^-/ {
		owner = tolower($2) " " $3
		data = $0
		hits = 0
		sub(/^- *[^ ]+ +[^ ]+ */, "", data)
		for (i = 1; i <= n; i++)
			if (record[i] != "" && key(record[i]) == owner && (data == "" || rdata(record[i]) == joined(data))) {
				record[i] = ""
				hits++
			}
		if (hits == 0) {
			print "not there: " $0 >"/dev/stderr"
			bad = 1
		}
		next
	}
	/^\+/ {
		sub(/^\+ */, "")
		if ($2 == "IN") # without a TTL
			sub(/ IN /, " 3600 IN ")
		record[++n] = $0
	}
	END {
		for (i = 1; i <= n; i++)
			if (record[i] != "")
				print record[i]
		exit bad
	}' "$LAB/names" - >"$LAB/names.new" && mv "$LAB/names.new" "$LAB/names"
}

# zone_file ZONE
zone_file() {
	case $1 in .) echo "$LAB/zones/root" ;; *) echo "$LAB/zones/$1" ;; esac
}

# names_write: the zones of the list, each record in the nearest zone above it
names_write() {
	mkdir -p "$LAB/zones"
	names_serial=$((names_serial + 1))
	awk -v zones="$ZONES" -v dir="$LAB/zones/" -v serial=$names_serial '
	function above(name) { return index(name, ".") ? substr(name, index(name, ".") + 1) : "" }
	function zone_of(name) {
		while (!(name in is_zone))
			name = above(name)
		return name
	}
	function put(zone, line) { print line >(dir (zone == "" ? "root" : zone)) }
	BEGIN {
		n = split(zones, z, " ")
		for (i = 1; i <= n; i++) {
			sub(/^\.$/, "", z[i])
			is_zone[z[i]] = 1
		}
		for (i = 1; i <= n; i++) {
			put(z[i], z[i] ". 3600 IN SOA ns1.example.net. hostmaster.example.net. " serial " 7200 3600 1209600 300")
			put(z[i], z[i] ". 3600 IN NS ns1.example.net.")
			if (z[i] != "")
				put(zone_of(above(z[i])), z[i] ". 3600 IN NS ns1.example.net.")
		}
		put("example", "bl.example. 3600 IN NS ns2.example.net.")
	}
	{ name = tolower($1); sub(/\.$/, "", name); put(zone_of(name), $0) }' "$LAB/names"
}

# names_publish: the list becomes what the servers say
names_publish() {
	names_write && nsd_reload
}

# names_cure FILE: publish what FILE says, lines of a zone file as mailvet prints them:
# records to take out stand in comments, and so do those that only the provider can put
# in, who is here too
names_cure() {
	sed -n -e 's/^; remove \([^ ]*\) \([0-9]* \)\{0,1\}IN \([A-Z0-9]*\) \(.*\)/- \1 \3 \4/p' \
		-e t -e 's/^; add /+ /p' -e t -e '/^[^;]/s/^/+ /p' "$1" >"$LAB/cure"
	cat "$LAB/cure"
	[ -s "$LAB/cure" ] && names_edit <"$LAB/cure" && names_publish
}

# names_key DOMAIN SELECTOR: the key of this selector stands there too, as mailvet says that
# it has to
names_key() {
	"$MAILVET" check --resolver "$AT_UNBOUND" --only dkim --selector "$2" \
		--private-key "$LAB/dkim/$2.private" "$1" | sed -n 's/^ *\([^ ]*_domainkey[^ ]* .*IN TXT .*\)/+ \1/p' >"$LAB/cure"
	cat "$LAB/cure"
	[ -s "$LAB/cure" ] && names_edit <"$LAB/cure"
}
