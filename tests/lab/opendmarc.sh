#!/bin/sh
# SPDX-License-Identifier: ISC
#
# opendmarc.sh - what enforces DMARC at the receiver, by what policyd-spf and opendkim put
# into the header.  Sourced by lab.sh.

opendmarc_start() {
	mkdir "$LAB/opendmarc"
	cat >"$LAB/opendmarc/opendmarc.conf" <<-END
		AuthservID mx.example.net
		TrustedAuthservIDs mx.example.net
		RejectFailures true
		RequiredHeaders false
		SPFIgnoreResults false
		SPFSelfValidate false
		PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
		Socket inet:8894@127.0.0.1
		Syslog true
		Background false
		UserID opendmarc
	END
	opendmarc -f -c "$LAB/opendmarc/opendmarc.conf" >"$LAB/opendmarc/log" 2>&1 &
	wait_for 15 "$PYTHON" "$OURS/listens.py" 8894 ||
		die "opendmarc does not start: $(tail -n 5 "$LAB/opendmarc/log")"
}
