#!/bin/sh
# SPDX-License-Identifier: ISC
#
# receiver.sh - one Postfix with three faces: mx.example.net looks at everything (the block
# list, the client's name, HELO, the sender's domain, SPF, DMARC); mx.example.org only at
# signatures, and refuses those that are bad; mx.slow.example only at the client's name,
# and has the sender try again.  Sourced by lab.sh.
#
# The first says 5xx where Postfix's default is 450, as many sites do, so that each mail
# has its last word at once; the third has the default.

receiver_start() {
	mkdir "$LAB/in/etc" "$LAB/in/queue" "$LAB/in/data" && chown postfix "$LAB/in/data"
	cat >"$LAB/in/etc/policyd-spf.conf" <<-END
		debugLevel = 1
		TestOnly = 1
		HELO_reject = Fail
		Mail_From_reject = Fail
		PermError_reject = True
		TempError_Defer = True
		Header_Type = AR
		Authserv_Id = mx.example.net
	END
	cat >"$LAB/in/etc/main.cf" <<-END
		compatibility_level = 3.7
		queue_directory = $LAB/in/queue
		data_directory = $LAB/in/data
		maillog_file = $LAB/in/maillog
		maillog_file_prefixes = $LAB
		myhostname = mx.example.net
		mydestination =
		alias_maps =
		alias_database =
		local_recipient_maps =
		mynetworks = 127.0.0.0/8
		inet_protocols = ipv4
		virtual_mailbox_domains = example.net, example.org, slow.example
		virtual_transport = discard:
		smtpd_helo_required = yes
		smtpd_client_restrictions = reject_unknown_client_hostname
		smtpd_helo_restrictions = reject_unknown_helo_hostname
		smtpd_sender_restrictions = reject_unknown_sender_domain
		smtpd_recipient_restrictions = reject_unauth_destination,
		 check_policy_service unix:private/policyd-spf
		smtpd_milters = inet:127.0.0.1:8892, inet:127.0.0.1:8894
		milter_default_action = tempfail
		unknown_client_reject_code = 550
		unknown_hostname_reject_code = 550
		unknown_address_reject_code = 550
		unknown_address_tempfail_action = defer
		postscreen_greet_wait = 1s
		postscreen_cache_map =
		postscreen_dnsbl_sites = bl.example=127.0.0.2
		postscreen_dnsbl_action = enforce
	END
	sender_services >"$LAB/in/etc/master.cf"
	cat >>"$LAB/in/etc/master.cf" <<-END
		$AT_RECEIVER:25 inet n - n - 1 postscreen
		$AT_VERIFIER:25 inet n - n - - smtpd
		  -o myhostname=mx.example.org -o smtpd_milters=inet:127.0.0.1:8893
		  -o smtpd_client_restrictions= -o smtpd_helo_restrictions= -o smtpd_sender_restrictions=
		  -o smtpd_recipient_restrictions=reject_unauth_destination
		$AT_DEFERRER:25 inet n - n - - smtpd
		  -o myhostname=mx.slow.example -o smtpd_milters=
		  -o smtpd_helo_restrictions= -o smtpd_sender_restrictions=
		  -o smtpd_recipient_restrictions=reject_unauth_destination
		  -o unknown_client_reject_code=450
		smtpd pass - - n - - smtpd
		dnsblog unix - - n - 0 dnsblog
		policyd-spf unix - n n - 0 spawn
		  user=policyd-spf argv=/usr/bin/policyd-spf $LAB/in/etc/policyd-spf.conf
	END
	postfix -c "$LAB/in/etc" start >"$LAB/in/out" 2>&1 || die "the receiver: $(cat "$LAB/in/out" "$LAB/in/maillog")"
}
