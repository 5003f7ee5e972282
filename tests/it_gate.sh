#!/bin/sh
# SPDX-License-Identifier: ISC
#
# it_gate.sh - `mailvet gate` as a pull request meets it: what is new, worse, kept and
# fixed in pairs of zones, and the exit status; zones written in another way bring
# nothing new; what is not known; baselines, waivers and comments, and who may bring
# them; broken and hostile input; the changes of the shared data.

# shellcheck source=tests/it_lib.sh
. "${SRCDIR:-.}/tests/it_lib.sh"
need env
exec "$PYTHON" "$SRCDIR/tests/it_gate.py" "$MAILVET" "$SRCDIR" "$it_work"
