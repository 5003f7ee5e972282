#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_verdicts.sh - what mailvet explain concludes: see it_verdicts.py, whose rows are lines
# of a log and a zone, and the verdict wanted.

set -u
: "${SRCDIR:=.}" "${MAILVET:=./mailvet}"
export SRCDIR MAILVET
exec "${PYTHON:-python3}" "$SRCDIR/tests/it_verdicts.py" "$@"
