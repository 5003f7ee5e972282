#!/bin/sh
# SPDX-License-Identifier: ISC
#
# explain.sh - what mailvet says of the log of a case.  Sourced by lab.sh.
#
# shellcheck disable=SC2154 # case.sh sets the names of the case

# explain_prepare: what mailvet is told of us, and of the block list
explain_prepare() {
	cat <<-END >"$LAB/mailvet.yaml"
		domains:
		  - example.com
		  - news.example.com
		  - name: mailer.example
		    role: return-path
		senders:
		  - name: the lab
		    addresses: $AT_SENDER
		    helo: mail.example.com
	END
	cp "$SRCDIR/vectors/demo/lists.tsv" "$LAB/lists.tsv"
}

# explain REPORT LOG OPTION...: the report on LOG becomes $LAB/case/REPORT.json, that for
# people REPORT.txt
explain() {
	report=$LAB/case/$1 log=$2
	shift 2
	"$MAILVET" explain --config "$LAB/mailvet.yaml" --report "json=$report.json" \
		--report "text=$report.txt" "$@" "$log"
	status=$?
	[ $status -le 1 ] || { echo "exit status $status"; return 1; }
}

# explain_live REPORT LOG OPTION...: the same, by what the DNS of the lab says
explain_live() {
	report=$1 log=$2
	shift 2
	# Words.
	# shellcheck disable=SC2086
	explain "$report" "$log" --resolver "$AT_UNBOUND" --dnsbl-zones "$LAB/lists.tsv" $case_with "$@"
}

# explain_refusal: the refusal of the case is told as the case wants it, without DNS
explain_refusal() {
	explain "$case_name" "$LAB/case/$case_name.log" --no-audit &&
		told "$case_name" mechanism="$want_mechanism" reply_code="$want_code" \
			enhanced_code="$want_status"
}

# explain_bounce: so it is from the message that the sender's own server makes of it
explain_bounce() {
	explain "$case_name.bounce" "$LAB/out/bounces/new" --no-audit &&
		told "$case_name.bounce" mechanism="$want_mechanism" reply_code="$want_code" \
			enhanced_code="$want_status" from_domain="$(case_author)"
}

# explain_cause: the cause of it is found while it is broken; what is asked is recorded
explain_cause() {
	explain_live "$case_name" "$case_what" --record "$LAB/case/$case_name.rec" \
		--report "plan-zone=$LAB/case/$case_name.zone" &&
		told "$case_name" mechanism="$want_mechanism" reply_code="$want_code" \
			enhanced_code="$want_status" verdict=confirmed cause="$want_cause"
}

# explain_cured: the same log once the DNS is right: a receiver that errs, it seems; unless
# what was recorded then shows that it was so
explain_cured() {
	explain_live "$case_name.cured" "$case_what" &&
		told "$case_name.cured" verdict=contradicted &&
		explain_live "$case_name.then" "$case_what" \
			--replay "$LAB/case/$case_name.rec" &&
		told "$case_name.then" verdict=fixed
}

# explain_since: the log that goes on until the stream is accepted
explain_since() {
	case_log >"$LAB/case/$case_name.since.log"
	explain_live "$case_name.since" "$LAB/case/$case_name.since.log" || return
	case $case_fate in
	bounced) told "$case_name.since" verdict=fixed ;;
	deferred) told "$case_name.since" ;; # it was late, and nothing is left to explain
	esac
}

# explain_whole: the log of all cases, now that everything is in order; what was not signed
# as it has to be is at fault as before
explain_whole() {
	case_with=''
	explain_live whole "$LAB/out/maillog" &&
		"$PYTHON" "$OURS/told.py" --all "$LAB/case/whole.json" fixed confirmed
}

# told REPORT NAME=VALUE...: the one group of the report has these
told() {
	report=$LAB/case/$1.json
	shift
	"$PYTHON" "$OURS/told.py" "$report" "$@"
}

# plan_says MEMBER: what the fixes of the case's plan have there
plan_says() { "$PYTHON" "$OURS/told.py" --plan "$LAB/case/$case_name.json" "$1"; }
