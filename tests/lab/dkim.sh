#!/bin/sh
# SPDX-License-Identifier: ISC
#
# dkim.sh - the keys, and three opendkim: one signs what is sent; of the receivers', one
# only says what it found, for opendmarc, and one refuses itself.  Sourced by lab.sh.

# dkim_key NAME: a pair; NAME.txt holds the record's data in two strings, for it is too
# long for one
dkim_key() {
	openssl genrsa -out "$LAB/dkim/$1.private" 2048 2>/dev/null || die "no key"
	chown opendkim "$LAB/dkim/$1.private" && chmod 600 "$LAB/dkim/$1.private"
	p=$(openssl pkey -in "$LAB/dkim/$1.private" -pubout -outform DER | openssl base64 -A)
	echo "\"v=DKIM1; k=rsa; p=$(echo "$p" | cut -c 1-200)\" \"$(echo "$p" | cut -c 201-)\"" \
		>"$LAB/dkim/$1.txt"
}

dkim_keys() {
	mkdir "$LAB/dkim"
	for key in s1 news old; do dkim_key $key; done
	dkim_tables
}

# dkim_tables: what signs which author; the first line that fits decides
dkim_tables() {
	cat >"$LAB/dkim/keys" <<-END
		s1 example.com:s1:$LAB/dkim/s1.private
		news mailer.example:news:$LAB/dkim/news.private
	END
	cat >"$LAB/dkim/signing" <<-END
		offers@example.com news
		*@example.com s1
		*@news.example.com s1
		*@mailer.example news
	END
}

# dkim_run NAME PORT COMMAND...: by COMMAND (env, outside) opendkim with the configuration on standard input
dkim_run() {
	name=$1 port=$2
	shift 2
	{
		cat
		printf '%s\n' "Socket inet:$port@127.0.0.1" "PidFile $LAB/dkim/$name.pid" 'Syslog yes' \
			'SyslogSuccess yes' 'UserID opendkim' 'Background no' "Nameservers $AT_UNBOUND"
	} >"$LAB/dkim/$name.conf"
	"$@" opendkim -f -x "$LAB/dkim/$name.conf" >"$LAB/dkim/$name.log" 2>&1 &
	wait_for 15 "$@" "$PYTHON" "$OURS/listens.py" "$port" ||
		die "opendkim does not start: $(tail -n 5 "$LAB/dkim/$name.log")"
}

# dkim_stop NAME PORT COMMAND...: end what dkim_run started, and wait until it has
dkim_stop() {
	kill "$(cat "$LAB/dkim/$1.pid")" || die "opendkim is gone: $(tail -n 5 "$LAB/dkim/$1.log")"
	port=$2
	shift 2
	wait_for 15 dkim_silent "$port" "$@" || die "opendkim does not end"
}

dkim_silent() {
	silent_port=$1
	shift
	! "$@" "$PYTHON" "$OURS/listens.py" "$silent_port"
}

dkim_signer() {
	dkim_run sign 8891 outside <<-END
		Mode s
		Canonicalization relaxed/simple
		OversignHeaders From
		KeyTable file:$LAB/dkim/keys
		SigningTable refile:$LAB/dkim/signing
	END
}

dkim_start() {
	dkim_signer
	dkim_run verify 8892 env <<-END
		Mode v
		AuthservID mx.example.net
	END
	dkim_run refuse 8893 env <<-END
		Mode v
		AuthservID mx.example.org
		On-BadSignature reject
		On-KeyNotFound reject
	END
}

# dkim_insert FILE: standard input goes before what the signer's table FILE has
dkim_insert() {
	cat - "$LAB/dkim/$1" >"$LAB/dkim/$1.new" && mv "$LAB/dkim/$1.new" "$LAB/dkim/$1"
}

# dkim_restart: the signer reads its tables again
dkim_restart() {
	dkim_stop sign 8891 outside
	dkim_signer
}
