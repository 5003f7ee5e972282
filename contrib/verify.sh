#!/bin/sh
# SPDX-License-Identifier: ISC
#
# verify.sh - run `mailvet verify` in a CI job, after the job that published the zones.
#
# From the environment, each may be empty: MAILVET, the program; MAILVET_ZONES, what was
# published, as --zone takes it
# (none: zones); MAILVET_BASE, the zones of before; MAILVET_DOMAINS,
# domains with blanks between them (none: all zones with mail domains); MAILVET_SERVERS,
# servers to ask in place of those that the DNS names; MAILVET_WAIT, how many seconds the
# servers have to become current; MAILVET_REPORTS, a directory for the report, made here.
#
# The status is that of `mailvet verify`: 1 when a server still serves something else, 3
# when one did not answer.

set -u
set -f # no name is a pattern
: "${MAILVET:=mailvet}" "${MAILVET_ZONES:=zones}" "${MAILVET_WAIT:=600}" "${MAILVET_REPORTS:=mailvet-reports}"

mkdir -p -- "$MAILVET_REPORTS" || exit 2
set -- --zone "$MAILVET_ZONES" --wait "$MAILVET_WAIT" --report text \
	--report "json=$MAILVET_REPORTS/mailvet-verify.json"
[ -z "${MAILVET_BASE:-}" ] || set -- "$@" --base "$MAILVET_BASE"
for server in ${MAILVET_SERVERS:-}; do set -- "$@" --server "$server"; done
# Domains are words.
# shellcheck disable=SC2086
exec "$MAILVET" verify "$@" -- ${MAILVET_DOMAINS:-}
