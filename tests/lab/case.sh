#!/bin/sh
# SPDX-License-Identifier: ISC
#
# case.sh - the stanzas of tests/lab/cases, one after the other: break, send, explain,
# cure, send again.  Sourced by lab.sh.
#
# shellcheck disable=SC2034,SC2154 # the other parts read and set some names

tap_n=0
tap_failed=0

# want WHAT COMMAND...: a test of the case, and what it says when it fails
want() {
	what=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@" >"$LAB/case/out" 2>&1; then
		echo "ok $tap_n - $case_name: $what"
		return 0
	fi
	tap_failed=1
	echo "not ok $tap_n - $case_name: $what"
	sed 's/^/# /' "$LAB/case/out"
	return 1
}

case_signing='' # not empty when the signer's tables are not what dkim_tables writes

# case_log: what the sender's log has gained since the case began
case_log() { tail -n +$((case_from + 1)) "$LAB/out/maillog"; }

# case_break: the names as they are, changed by $LAB/case/edits; the list
case_break() {
	names_healthy
	sed "s|@OLD@|$(cat "$LAB/dkim/old.txt")|" "$LAB/case/edits" >"$LAB/case/edits.now"
	names_edit <"$LAB/case/edits.now" || die "$case_name: cases and names.zone do not fit"
	names_publish
	# Addresses are words.
	# shellcheck disable=SC2086
	[ "$case_listed" = "$rbldnsd_listed" ] || rbldnsd_list $case_listed
	[ -z "$case_signing" ] || { dkim_tables && dkim_restart; }
	case_signing=''
}

# case_refused: the mail of the case is, or it is told to wait
case_refused() {
	# Three addresses.
	# shellcheck disable=SC2086
	sender_send $case_mail
	case_fate=$sender_status
	echo "$sender_line"
	case $case_fate in
	bounced) wait_for 20 case_returned || return ;;
	deferred) ;;
	*) return 1 ;;
	esac
	case_log >"$LAB/case/$case_name.log"
	case_what=$LAB/case/$case_name.log
	[ "$case_read" = log ] || {
		case_what=$LAB/case/$case_name.bounces
		cp -r "$LAB/out/bounces/new" "$case_what"
	}
}

# case_returned: whether its bounce has come home
case_returned() { [ -n "$(ls "$LAB/out/bounces/new" 2>/dev/null)" ]; }

# case_author: the domain in From
case_author() { echo "$case_mail" | sed 's/^[^ ]* [^ ]*@\([^ ]*\) .*/\1/'; }

# case_cure: do what the plan of the case says
case_cure() {
	# The words behind the first.
	# shellcheck disable=SC2086
	case $case_cure in
	zone) names_cure "$LAB/case/$case_name.zone" ;;
	list) rbldnsd_list ;;
	sign\ *) case_sign ${case_cure#* } ;;
	words\ *) case_words "${case_cure#* }" ;;
	*) die "cases: cure $case_cure: what is that" ;;
	esac
}

# case_sign DOMAIN SELECTOR: opendkim gets the lines that the plan prints, with the key that
# this selector has elsewhere, and the record that mailvet makes of it is published
case_sign() {
	case_signing=changed
	plan_says settings | sed "s|/path/of/the/key|$LAB/dkim/$2.private|" >"$LAB/case/settings"
	cat "$LAB/case/settings"
	sed -n 's/^opendkim KeyTable: //p' "$LAB/case/settings" | dkim_insert keys &&
		sed -n 's/^opendkim SigningTable: //p' "$LAB/case/settings" | dkim_insert signing &&
		dkim_restart || return
	names_key "$1" "$2" && names_publish
}

# case_words TEXT: the plan has it; and what was taken away is there again
case_words() {
	plan_says text | grep -F "$1" || { plan_says text; return 1; }
	names_healthy
	names_publish
}

# case_accepted: the next mail is, or the one that waits
case_accepted() {
	if [ "$case_fate" = deferred ]; then
		sender_retry
	else
		# shellcheck disable=SC2086
		sender_send $case_mail
	fi
	echo "$sender_line"
	[ "$sender_status" = sent ]
}

case_run() {
	case_from=$(wc -l <"$LAB/out/maillog")
	rm -rf "$LAB/out/bounces/new"
	case_break
	want "$case_text: refused" case_refused || return
	sed -n 's/.* status=[bd][a-z]* /# /p' "$LAB/case/$case_name.log"
	want "the refusal is read" explain_refusal
	[ "$case_fate" = deferred ] || want "so is the bounce" explain_bounce
	want "confirmed, $want_cause" explain_cause
	want "the cure can be done" case_cure || return
	# A mail that was signed as it was would be refused as it was.
	case $case_cure in sign*) want "cured: accepted" case_accepted; return ;; esac
	want "then contradicted, by the recording fixed" explain_cured
	want "cured: accepted" case_accepted
	# A bounce knows of no other mail.
	[ "$case_read" = bounce ] || want "fixed, as the log goes on to show" explain_since
}

# case_end: run the stanza that was read, if there is one and it is wanted
case_end() {
	[ -n "$case_name" ] || return 0
	case " $case_only " in "  " | *" $case_name "*) case_run ;; esac
}

# case_begin NAME TEXT...
case_begin() {
	case_end
	case_name=$1
	shift
	case_text=$* case_listed='' case_cure=zone case_with='' case_read=log want_mechanism='' want_cause=''
	case_mail='post@example.com post@example.com reader@example.net'
	: >"$LAB/case/edits"
}

# case_wants MECHANISM CODE STATUS [FINDING]
case_wants() {
	want_mechanism=$1 want_code=$2 want_status=$3 want_cause=${4-}
}

cases_run() {
	case_only=$* case_name=''
	mkdir "$LAB/case"
	explain_prepare
	while read -r word rest; do
		# Words.
		# shellcheck disable=SC2086
		case $word in
		'' | '#'*) ;;
		case) case_begin $rest ;;
		- | +) echo "$word $rest" >>"$LAB/case/edits" ;;
		mail) case_mail=$rest ;;
		listed) case_listed=$rest ;;
		want) case_wants $rest ;;
		read) case_read=$rest ;;
		with) case_with=$(echo "$rest" | sed "s|@LAB@|$LAB|g") ;;
		cure) case_cure=$rest ;;
		*) die "cases: $word: what is that" ;;
		esac
	done <"$OURS/cases"
	case_end
	case_name='all cases'
	[ -n "$case_only" ] || want "the log as a whole" explain_whole
	echo "1..$tap_n"
	exit $tap_failed
}
