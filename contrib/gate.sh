#!/bin/sh
# SPDX-License-Identifier: ISC
#
# gate.sh - run `mailvet gate` in a CI job and leave its reports where the CI looks.
#
# From the environment, each may be empty: MAILVET, the program; MAILVET_BASE and
# MAILVET_HEAD, as --base and --head take them; MAILVET_CONFIG, MAILVET_BASELINE,
# MAILVET_REPLAY, the files of those options; MAILVET_DOMAINS, domains with blanks
# between them (none: all that hold mail records); MAILVET_FAIL_ON; MAILVET_OFFLINE, "no"
# to let it ask DNS; MAILVET_REPORTS, a directory for the reports, made here.
#
# Standard output takes the report for people or, in GitHub Actions and Azure Pipelines,
# the commands that put findings beside the lines they are about.  The status is that of
# `mailvet gate`.  Nothing that a change can write is run or expanded.

set -u
set -f # no name is a pattern
: "${MAILVET:=mailvet}" "${MAILVET_BASE:=}" "${MAILVET_HEAD:=.}" "${MAILVET_REPORTS:=mailvet-reports}"
reports=$MAILVET_REPORTS

mkdir -p -- "$reports" || exit 2
if [ "${GITHUB_ACTIONS:-}" = true ]; then
	set -- --report github
elif [ -n "${TF_BUILD:-}" ]; then
	set -- --report azure
else
	set -- --report text
fi
set -- "$@" --progress never --head "$MAILVET_HEAD" \
	--report "sarif=$reports/mailvet.sarif" --report "junit=$reports/mailvet.xml" \
	--report "markdown=$reports/mailvet.md" --report "gitlab=$reports/gl-code-quality-report.json" \
	--report "rdjson=$reports/mailvet.rdjson" --report "json=$reports/mailvet.json"
# A Terraform plan brings its own base.
[ -z "$MAILVET_BASE" ] || set -- "$@" --base "$MAILVET_BASE"
[ -z "${MAILVET_CONFIG:-}" ] || set -- "$@" --config "$MAILVET_CONFIG"
[ -z "${MAILVET_BASELINE:-}" ] || set -- "$@" --baseline "$MAILVET_BASELINE"
[ -z "${MAILVET_REPLAY:-}" ] || set -- "$@" --replay "$MAILVET_REPLAY"
[ -z "${MAILVET_FAIL_ON:-}" ] || set -- "$@" --fail-on "$MAILVET_FAIL_ON"
[ "${MAILVET_OFFLINE:-yes}" = no ] || [ -n "${MAILVET_REPLAY:-}" ] || set -- "$@" --offline
# Domains are words.
# shellcheck disable=SC2086
"$MAILVET" gate "$@" -- ${MAILVET_DOMAINS:-}
status=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -s "$reports/mailvet.md" ]; then
	cat "$reports/mailvet.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
	# The first line of the comment is ours; a directory's name may hold no line end here.
	case $reports in *'
'*) exit 2 ;; esac
	printf 'status=%s\nreports=%s\nsarif=%s\nmarkdown=%s\n' "$status" "$reports" \
		"$reports/mailvet.sarif" "$reports/mailvet.md" >>"$GITHUB_OUTPUT"
fi
exit $status
