#!/bin/sh
# SPDX-License-Identifier: ISC
#
# sender.sh - the Postfix that mail leaves through, and mail for it.  Sourced by lab.sh.

# sender_services: the part of master.cf that every Postfix here has
sender_services() {
	cat <<-'END'
		pickup unix n - n 60 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		proxymap unix - - n - - proxymap
		smtp unix - - n - - smtp
		error unix - - n - - error
		retry unix - - n - - error
		discard unix - - n - - discard
		anvil unix - - n - 1 anvil
		virtual unix - n n - - virtual
		scache unix - - n - 1 scache
		flush unix n - n 1000? 0 flush
		showq unix n - n - - showq
		postlog unix-dgram n - n - 1 postlogd
	END
}

sender_start() {
	mkdir "$LAB/out/etc" "$LAB/out/queue" "$LAB/out/data" &&
		chown postfix "$LAB/out/data" && install -d -o 65534 "$LAB/out/bounces"
	cat >"$LAB/out/etc/main.cf" <<-END
		compatibility_level = 3.7
		queue_directory = $LAB/out/queue
		data_directory = $LAB/out/data
		maillog_file = $LAB/out/maillog
		maillog_file_prefixes = $LAB
		myhostname = mail.example.com
		myorigin = example.com
		mydestination =
		alias_maps =
		alias_database =
		inet_protocols = ipv4
		inet_interfaces = 127.0.0.1
		smtp_bind_address = $AT_SENDER
		# bounces come home
		virtual_mailbox_domains = example.com, news.example.com, mailer.example
		virtual_mailbox_base = $LAB/out
		virtual_mailbox_maps = static:bounces/
		virtual_uid_maps = static:65534
		virtual_gid_maps = static:65534
		non_smtpd_milters = inet:127.0.0.1:8891
		milter_default_action = tempfail
		# a delivery after the cure must not wait for what was wrong before
		smtp_connection_cache_on_demand = no
		minimal_backoff_time = 1s
	END
	sender_services >"$LAB/out/etc/master.cf"
	outside postfix -c "$LAB/out/etc" start >"$LAB/out/out" 2>&1 || die "the sender: $(cat "$LAB/out/out" "$LAB/out/maillog")"
}

sender_serial=0

# sender_send MAIL-FROM FROM TO: send one mail and wait for its fate; sets sender_status
# (sent, bounced, deferred) and sender_line, the line of the log that says so
sender_send() {
	sender_serial=$((sender_serial + 1))
	id=lab.$sender_serial.$(date +%s)@example.com
	cat <<-END >"$LAB/out/mail"
		From: <$2>
		To: <$3>
		Subject: mail $sender_serial of the lab
		Date: $(date -R)
		Message-ID: <$id>

		Nothing but a test.
	END
	/usr/sbin/sendmail -C "$LAB/out/etc" -i -f "$1" "$3" <"$LAB/out/mail" ||
		die "the mail is not taken"
	wait_for 20 sender_fate || die "no fate of $id: $(tail -n 20 "$LAB/out/maillog")"
	sender_status=${sender_line##*status=} sender_status=${sender_status%% *}
}

# sender_retry: have the mail that was deferred last tried again; as sender_send
sender_retry() {
	postqueue -c "$LAB/out/etc" -f
	wait_for 20 sender_retried || die "not tried again: $(tail -n 20 "$LAB/out/maillog")"
	sender_status=${sender_line##*status=} sender_status=${sender_status%% *}
}

sender_retried() {
	sender_was=$sender_line
	sender_fate && [ "$sender_line" != "$sender_was" ]
}

# sender_fate: whether the log tells the fate of the mail $id
sender_fate() {
	queued=$(sed -n "s/.*: \([0-9A-F]*\): message-id=<$id>\$/\1/p" "$LAB/out/maillog")
	[ -n "$queued" ] || return 1
	sender_line=$(grep ": $queued: to=.* status=" "$LAB/out/maillog" | tail -n 1)
	[ -n "$sender_line" ]
}
