/* SPDX-License-Identifier: ISC */
/*
 * test_readers.c - the readers of logs: what each form of line yields, what
 * looks nearly the same and does not, and that nothing malformed goes unnoticed.
 */
#include "audit/bounce/readers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/buf.h"

#define P "Jan 13 16:09:43 mx1 postfix/"
#define E4 "2026-03-29 09:44:28 1gLZgZ-0001a5-ME "
#define E6 "2026-03-29 09:44:28 1w6jso-0000000G1zB-1Jus "
#define S "Jan 13 16:09:43 mx1 sm-mta[7425]: l8E3xVpO007423: "
#define O "Jan 13 16:09:43 mx1 smtpd[7425]: 4b3a5f3c8d1e9a10 "
#define FATE(service, fields, status)                                                              \
	P service "[1]: E7FB517812EF: to=<u@example.net>, " fields ", status=" status
#define MX "relay=mx.example.net[192.0.2.1]:25, delay=6.9, delays=0/0/6.3/0.59, "

/*
 * WANT: the events of a line, one after the other with " | " between; "-" =
 * irrelevant, "?" = not understood.
 */
struct row {
	const struct reader *reader;
	const char *name;
	struct str line;
	const char *want;
};

/* clang-format off */
static const struct row rows[] = {
	/* Postfix, deliveries */
	{ &reader_postfix, "sent", STR(FATE("smtp", MX "dsn=2.0.0", "sent (250 2.0.0 Ok: queued as 153053D)")),
	  "delivered out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=2.0.0 {250 2.0.0 Ok: queued as 153053D}" },
	{ &reader_postfix, "bounced, codes inside, parentheses unbalanced",
	  STR(FATE("smtp", MX "dsn=5.7.26", "bounced (host mx.example.net[192.0.2.1] said: 550-5.7.26 Your :( email 550 5.7.26  see (1 (in reply to end of DATA command))")),
	  "bounced out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=5.7.26 @8 {host mx.example.net[192.0.2.1] said: 550-5.7.26 Your :( email 550 5.7.26  see (1 (in reply to end of DATA command)}" },
	{ &reader_postfix, "deferred at RCPT, original recipient, conn_use, tls",
	  STR(FATE("smtp", "orig_to=<a@example.org>, relay=mx.example.net[2001:db8::1]:25, conn_use=2, delay=1, delays=0/0/0/1, tls=dane/requiretls?, dsn=4.7.1",
	      "deferred (host mx.example.net[2001:db8::1] said: 450 4.7.1 wait (in reply to RCPT TO command))")),
	  "deferred out q=E7FB517812EF to=u@example.net orig=a@example.org peer=mx.example.net/2001:db8::1 dsn=4.7.1 @6 {host mx.example.net[2001:db8::1] said: 450 4.7.1 wait (in reply to RCPT TO command)}" },
	{ &reader_postfix, "greeting refused", STR(FATE("smtp", MX "dsn=4.0.0", "deferred (host mx.example.net[192.0.2.1] refused to talk to me: 554 no)")),
	  "deferred out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=4.0.0 @1 {host mx.example.net[192.0.2.1] refused to talk to me: 554 no}" },
	{ &reader_postfix, "no connection: our own words, and who it was",
	  STR(FATE("smtp", "relay=none, delay=1, delays=0/0/0/1, dsn=4.4.1", "deferred (connect to mx.example.net[192.0.2.9]:25: Connection timed out)")),
	  "deferred out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.9 dsn=4.4.1 @9 {connect to mx.example.net[192.0.2.9]:25: Connection timed out}" },
	{ &reader_postfix, "local cause", STR(FATE("smtp", MX "dsn=4.7.0", "deferred (SASL authentication failed; cannot authenticate to server mx.example.net[192.0.2.1]: no mechanism available)")),
	  "deferred out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=4.7.0 @9 {SASL authentication failed; cannot authenticate to server mx.example.net[192.0.2.1]: no mechanism available}" },
	{ &reader_postfix, "error(8) repeats", STR(FATE("error", "relay=none, delay=9, delays=9/0/0/0, dsn=4.7.0", "deferred (delivery temporarily suspended: host mx.example.net[192.0.2.1] refused to talk to me: 421 4.7.0 [GL01] no)")),
	  "deferred out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=4.7.0 @1 repeats {delivery temporarily suspended: host mx.example.net[192.0.2.1] refused to talk to me: 421 4.7.0 [GL01] no}" },
	{ &reader_postfix, "error(8) with a cause of its own", STR(FATE("error", "relay=none, delay=9, delays=9/0/0/0, dsn=5.1.1", "bounced (User unknown in virtual alias table)")),
	  "bounced internal q=E7FB517812EF to=u@example.net dsn=5.1.1 @9 {User unknown in virtual alias table}" },
	{ &reader_postfix, "qmgr of old versions defers", STR(FATE("qmgr", "relay=none, delay=9, delays=9/0/0/0, dsn=4.4.1", "deferred (delivery temporarily suspended: connect to 192.0.2.1[192.0.2.1]:25: Connection timed out)")),
	  "deferred out q=E7FB517812EF to=u@example.net peer=192.0.2.1/192.0.2.1 dsn=4.4.1 @9 repeats {delivery temporarily suspended: connect to 192.0.2.1[192.0.2.1]:25: Connection timed out}" },
	{ &reader_postfix, "soft_bounce", STR(FATE("smtp", MX "dsn=5.1.1", "SOFTBOUNCE (host mx.example.net[192.0.2.1] said: 550 5.1.1 no (in reply to RCPT TO command))")),
	  "deferred out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=5.1.1 @6 {host mx.example.net[192.0.2.1] said: 550 5.1.1 no (in reply to RCPT TO command)}" },
	{ &reader_postfix, "content filter on loopback", STR(FATE("amavis/smtp", "relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0", "sent (250 2.0.0 from MTA: 250 2.0.0 Ok: queued as 12345ABC)")),
	  "delivered internal q=E7FB517812EF to=u@example.net peer=127.0.0.1/127.0.0.1 dsn=2.0.0 {250 2.0.0 from MTA: 250 2.0.0 Ok: queued as 12345ABC}" },
	{ &reader_postfix, "loopback of IPv6", STR(FATE("smtp", "relay=localhost[::1]:10025, dsn=2.0.0", "sent (250 ok)")),
	  "delivered internal q=E7FB517812EF to=u@example.net peer=localhost/::1 dsn=2.0.0 {250 ok}" },
	{ &reader_postfix, "near miss: a host named like loopback", STR(FATE("smtp", "relay=localhost.example.net[192.0.2.127]:25, dsn=2.0.0", "sent (250 ok)")),
	  "delivered out q=E7FB517812EF to=u@example.net peer=localhost.example.net/192.0.2.127 dsn=2.0.0 {250 ok}" },
	{ &reader_postfix, "lmtp", STR(FATE("lmtp", "relay=mx1.example.net[private/dovecot-lmtp], dsn=2.0.0", "sent (250 2.0.0 <u@example.net> Saved)")),
	  "delivered internal q=E7FB517812EF to=u@example.net peer=mx1.example.net/private/dovecot-lmtp dsn=2.0.0 {250 2.0.0 <u@example.net> Saved}" },
	{ &reader_postfix, "smtp to a socket", STR(FATE("smtp", "relay=mx1.example.net[private/filter], dsn=2.0.0", "sent (250 ok)")),
	  "delivered internal q=E7FB517812EF to=u@example.net peer=mx1.example.net/private/filter dsn=2.0.0 {250 ok}" },
	{ &reader_postfix, "local, to without brackets", STR(P "local[1]: 2A22C263F6: to=u@example.com, orig_to=root@localhost, relay=local, delay=0.07, delays=0.04/0/0/0.03, dsn=2.0.0, status=sent (delivered to command: procmail -a \"$EXTENSION\")"),
	  "delivered internal q=2A22C263F6 to=u@example.com orig=root@localhost peer=local/ dsn=2.0.0 {delivered to command: procmail -a \"$EXTENSION\"}" },
	{ &reader_postfix, "virtual", STR(FATE("virtual", "relay=virtual, dsn=2.0.0", "sent (delivered to maildir)")),
	  "delivered internal q=E7FB517812EF to=u@example.net peer=virtual/ dsn=2.0.0 {delivered to maildir}" },
	{ &reader_postfix, "pipe", STR(FATE("pipe", "relay=dovecot, dsn=5.4.6", "bounced (mail forwarding loop for u@example.net)")),
	  "bounced internal q=E7FB517812EF to=u@example.net peer=dovecot/ dsn=5.4.6 @9 {mail forwarding loop for u@example.net}" },
	{ &reader_postfix, "discarded by the next hop", STR(FATE("smtp", MX "dsn=2.7.0", "sent (250 2.7.0 Ok, discarded, id=1-2 - spam)")),
	  "delivered internal q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=2.7.0 {250 2.7.0 Ok, discarded, id=1-2 - spam}" },
	{ &reader_postfix, "probe", STR(FATE("smtp", MX "dsn=5.1.1", "undeliverable (host mx.example.net[192.0.2.1] said: 550 5.1.1 no (in reply to RCPT TO command))")),
	  "bounced internal q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=5.1.1 @6 {host mx.example.net[192.0.2.1] said: 550 5.1.1 no (in reply to RCPT TO command)}" },
	{ &reader_postfix, "probe that went well", STR(FATE("smtp", MX "dsn=2.1.5", "deliverable (250 2.1.5 ok)")),
	  "delivered internal q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=2.1.5 {250 2.1.5 ok}" },
	{ &reader_postfix, "quoted local part with all that ends a field", STR(P "smtp[1]: E7FB517812EF: to=<\"a>, relay=b, status=sent (\"@example.net>, relay=mx.example.net[192.0.2.1]:25, dsn=2.0.0, status=sent (250 ok)"),
	  "delivered out q=E7FB517812EF to=\"a>, relay=b, status=sent (\"@example.net peer=mx.example.net/192.0.2.1 dsn=2.0.0 {250 ok}" },
	{ &reader_postfix, "text cut by syslog", STR(FATE("smtp", MX "dsn=5.7.1", "bounced (host mx.example.net[192.0.2.1] said: 550 5.7.1 Your em")),
	  "bounced out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=5.7.1 {host mx.example.net[192.0.2.1] said: 550 5.7.1 Your em}" },
	{ &reader_postfix, "cut before status", STR(P "smtp[1]: E7FB517812EF: to=<u@example.net>, relay=mx.exam"), "?" },
	{ &reader_postfix, "cut in the address", STR(P "smtp[1]: E7FB517812EF: to=<u@exam"), "?" },
	{ &reader_postfix, "unheard-of status", STR(FATE("smtp", MX "dsn=2.0.0", "vanished (250 ok)")), "?" },
	{ &reader_postfix, "no DSN, no relay (2.2 and older)", STR(P "smtp[1]: E7FB517812EF: to=<u@example.net>, relay=none, delay=3, status=bounced (no such host)"),
	  "bounced out q=E7FB517812EF to=u@example.net @9 {no such host}" },
	{ &reader_postfix, "long queue id, folded lines", STR(P "smtp[1]: message repeated 3 times: [ 3mPVKl0Mhjz7sXv: to=<u@example.net>, " MX "dsn=4.7.1, status=deferred (host mx.example.net[192.0.2.1] said: 450 x (in reply to MAIL FROM command))]"),
	  "deferred out q=3mPVKl0Mhjz7sXv to=u@example.net peer=mx.example.net/192.0.2.1 dsn=4.7.1 @5 x3 {host mx.example.net[192.0.2.1] said: 450 x (in reply to MAIL FROM command)}" },
	{ &reader_postfix, "an instance whose name is our address", STR("Jan 13 16:09:43 mx1 postfix-192.0.2.40/smtp[1]: E7FB517812EF: to=<u@example.net>, " MX "dsn=2.0.0, status=sent (250 ok)"),
	  "delivered out i=postfix-192.0.2.40 q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 src=192.0.2.40 dsn=2.0.0 {250 ok}" },
	{ &reader_postfix, "an instance with a name", STR("Jan 13 16:09:43 mx1 postfix-out1/smtp[1]: E7FB517812EF: to=<u@example.net>, " MX "dsn=2.0.0, status=sent (250 ok)"),
	  "delivered out i=postfix-out1 q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=2.0.0 {250 ok}" },
	{ &reader_postfix, "RFC 5424", STR("<22>1 2026-01-13T16:09:43.1Z mx1 postfix/smtp 12 - - E7FB517812EF: to=<u@example.net>, " MX "dsn=2.0.0, status=sent (250 ok)"),
	  "delivered out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=2.0.0 {250 ok}" },
	{ &reader_postfix, "BSD facility, Solaris id", STR("Jan 13 16:09:43 <mail.info> mx1 postfix/smtp[1]: [ID 197553 mail.info] E7FB517812EF: to=<u@example.net>, " MX "dsn=2.0.0, status=sent (250 ok)"),
	  "delivered out q=E7FB517812EF to=u@example.net peer=mx.example.net/192.0.2.1 dsn=2.0.0 {250 ok}" },
	/* Postfix, one server of several */
	{ &reader_postfix, "said, without status", STR(P "smtp[1]: E7FB517812EF: host mx.example.net[192.0.2.1] said: 450 4.7.1 wait (in reply to RCPT TO command)"),
	  "attempt out q=E7FB517812EF peer=mx.example.net/192.0.2.1 @6 {host mx.example.net[192.0.2.1] said: 450 4.7.1 wait (in reply to RCPT TO command)}" },
	{ &reader_postfix, "refused, without status", STR(P "smtp[1]: CFED4217CF: host mx.example.net[192.0.2.1] refused to talk to me: 554-mx 554 no"),
	  "attempt out q=CFED4217CF peer=mx.example.net/192.0.2.1 @1 {host mx.example.net[192.0.2.1] refused to talk to me: 554-mx 554 no}" },
	{ &reader_postfix, "lost connection", STR(P "smtp[1]: B99FE3D: lost connection with mx.example.net[192.0.2.1] while receiving the initial server greeting"),
	  "attempt out q=B99FE3D peer=mx.example.net/192.0.2.1 @9 {lost connection with mx.example.net[192.0.2.1] while receiving the initial server greeting}" },
	{ &reader_postfix, "timed out", STR(P "smtp[1]: B99FE3D: conversation with mx.example.net[192.0.2.1] timed out while sending MAIL FROM"),
	  "attempt out q=B99FE3D peer=mx.example.net/192.0.2.1 @9 {conversation with mx.example.net[192.0.2.1] timed out while sending MAIL FROM}" },
	{ &reader_postfix, "PIX", STR(P "smtp[1]: B0ADE20FC7: enabling PIX workarounds: disable_esmtp delay_dotcrlf for mx.example.net[192.0.2.1]:25"), "-" },
	{ &reader_postfix, "no queue id", STR(P "smtp[1]: connect to mx.example.net[192.0.2.1]:25: Connection refused"), "-" },
	{ &reader_postfix, "TLS", STR(P "smtp[1]: Trusted TLS connection established to mx.example.net[192.0.2.1]:25: TLSv1.3"), "-" },
	{ &reader_postfix, "warning is no queue id", STR(P "smtp[1]: warning: to=<u@example.net>, status=sent (x)"), "-" },
	/* Postfix, ties */
	{ &reader_postfix, "sender", STR(P "qmgr[1]: E7FB517812EF: from=<s@example.com>, size=351, nrcpt=1 (queue active)"), "sender out q=E7FB517812EF from=s@example.com" },
	{ &reader_postfix, "null sender", STR(P "qmgr[1]: E7FB517812EF: from=<>, size=351, nrcpt=1 (queue active)"), "sender out q=E7FB517812EF from=<>" },
	{ &reader_postfix, "expired", STR(P "qmgr[1]: E7FB517812EF: from=<s@example.com>, status=expired, returned to sender"), "expired out q=E7FB517812EF from=s@example.com @9" },
	{ &reader_postfix, "expired by hand", STR(P "qmgr[1]: E7FB517812EF: from=<s@example.com>, status=force-expired, returned to sender"), "expired out q=E7FB517812EF from=s@example.com @9" },
	{ &reader_postfix, "removed", STR(P "qmgr[1]: E7FB517812EF: removed"), "gone out q=E7FB517812EF" },
	{ &reader_postfix, "removed by hand", STR(P "postsuper[1]: E7FB517812EF: removed"), "gone out q=E7FB517812EF" },
	{ &reader_postfix, "skipped", STR(P "qmgr[1]: E7FB517812EF: skipped, still being delivered"), "-" },
	{ &reader_postfix, "message id", STR(P "cleanup[1]: E7FB517812EF: message-id=<m@example.com>"), "sender out q=E7FB517812EF mid=<m@example.com>" },
	{ &reader_postfix, "no message id", STR(P "cleanup[1]: E7FB517812EF: message-id=<>"), "-" },
	{ &reader_postfix, "resent", STR(P "cleanup[1]: E7FB517812EF: resent-message-id=<m@example.com>"), "-" },
	{ &reader_postfix, "bounce", STR(P "bounce[1]: E7FB517812EF: sender non-delivery notification: 1DF35917"), "-" },
	{ &reader_postfix, "opendkim", STR("Jan 13 16:09:43 mx1 opendkim[9]: E7FB517812EF: DKIM-Signature field added (s=mail, d=example.com)"), "sender out q=E7FB517812EF dkim=example.com/mail" },
	{ &reader_postfix, "opendkim, verifying", STR("Jan 13 16:09:43 mx1 opendkim[9]: E7FB517812EF: s=mail d=example.com SSL"), "-" },
	{ &reader_postfix, "rspamd signs", STR("Jan 13 16:09:43 mx1 rspamd[9]: <abcdef>; task; rspamd_task_write_log: id: <m@example.com>, qid: <E7FB517812EF>, ip: 192.0.2.7, user: s, from: <s@example.com>, (default: F (no action): [-0.10/15.00] [MIME_GOOD(-0.10){text/plain;},DKIM_SIGNED(0.00){example.com:s=k1;example.org:s=k2;},X(0.00){}]), len: 7"),
	  "sender out q=E7FB517812EF from=s@example.com dkim=example.com/k1 | sender out q=E7FB517812EF from=s@example.com dkim=example.org/k2" },
	{ &reader_postfix, "rspamd verifies", STR("2026-01-13 16:09:43 #123(normal) <abcdef>; task; rspamd_task_write_log: id: <m@example.com>, qid: <E7FB517812EF>, from: <s@example.com>, (default: F (no action): [R_DKIM_ALLOW(-0.20){example.com:s=k1;}])"), "-" },
	/* Postfix, what we refused */
	{ &reader_postfix, "smtpd", STR(P "smtpd[1]: NOQUEUE: reject: RCPT from mail.example.net[192.0.2.9]: 550 5.7.23 <r@example.com>: Recipient address rejected: SPF fail; see x; from=<s@example.net> to=<r@example.com> proto=ESMTP helo=<mail.example.net>"),
	  "refused in from=s@example.net to=r@example.com peer=mail.example.net/192.0.2.9 @6 {550 5.7.23 <r@example.com>: Recipient address rejected: SPF fail; see x}" },
	{ &reader_postfix, "submission, with an id", STR(P "submission/smtpd[1]: E7FB517812EF: reject: MAIL from unknown[2001:db8::9]: 553 5.7.1 no; from=<> proto=ESMTP helo=<x>"),
	  "refused in q=E7FB517812EF from=<> peer=unknown/2001:db8::9 @5 {553 5.7.1 no}" },
	{ &reader_postfix, "postscreen", STR(P "postscreen[1]: NOQUEUE: reject: RCPT from [192.0.2.9]:2413: 550 5.7.1 Service unavailable; client [192.0.2.9] blocked using zen.example; from=<s@example.net>, to=<r@example.com>, proto=ESMTP, helo=<x>"),
	  "refused in from=s@example.net to=r@example.com peer=/192.0.2.9 @6 {550 5.7.1 Service unavailable; client [192.0.2.9] blocked using zen.example}" },
	{ &reader_postfix, "postscreen, busy", STR(P "postscreen[1]: NOQUEUE: reject: CONNECT from [192.0.2.9]:1337: too many connections"), "refused in peer=/192.0.2.9 @1 {too many connections}" },
	{ &reader_postfix, "milter, no code", STR(P "cleanup[1]: E7FB517812EF: milter-reject: END-OF-MESSAGE from mail.example.net[192.0.2.9]: 5.7.1 rejected by DMARC policy for example.net; from=<s@example.net> to=<r@example.com> proto=ESMTP helo=<x>"),
	  "refused in q=E7FB517812EF from=s@example.net to=r@example.com peer=mail.example.net/192.0.2.9 @8 {5.7.1 rejected by DMARC policy for example.net}" },
	{ &reader_postfix, "header check", STR(P "cleanup[1]: E7FB517812EF: reject: header Subject: win from mail.example.net[192.0.2.9]; from=<s@example.net> to=<r@example.com> proto=ESMTP helo=<x>: 5.7.1 no spam"),
	  "refused in q=E7FB517812EF from=s@example.net to=r@example.com peer=mail.example.net/192.0.2.9 @8 {5.7.1 no spam}" },
	{ &reader_postfix, "proxy filter", STR(P "smtpd[1]: proxy-reject: END-OF-MESSAGE: 554 5.7.1 spam; from=<s@example.net> to=<r@example.com> proto=ESMTP helo=<[192.0.2.16]>"),
	  "refused in from=s@example.net to=r@example.com @8 {554 5.7.1 spam}" },
	{ &reader_postfix, "only a warning", STR(P "smtpd[1]: NOQUEUE: reject_warning: RCPT from a[192.0.2.1]: 553 5.7.1 x; from=<s@example.com> to=<r@example.com> proto=ESMTP helo=<x>"), "-" },
	{ &reader_postfix, "filter", STR(P "smtpd[1]: NOQUEUE: filter: RCPT from a[192.0.2.1]: <s@example.com>: Sender address triggers FILTER x; from=<s@example.com> to=<r@example.com> proto=ESMTP helo=<x>"), "-" },
	{ &reader_postfix, "connect", STR(P "smtpd[1]: connect from unknown[192.0.2.1]"), "-" },
	{ &reader_postfix, "client", STR(P "smtpd[1]: E7FB517812EF: client=unknown[192.0.2.1]"), "-" },
	{ &reader_postfix, "anvil", STR(P "anvil[1]: statistics: max cache size 1 at Oct 26 18:13:50"), "-" },
	/* Postfix, what is none */
	{ &reader_postfix, "another program", STR("Jan 13 16:09:43 mx1 dovecot: imap(u): to=<x> status=sent (y)"), "-" },
	{ &reader_postfix, "syslogd's own", STR("Jan 13 16:09:43 mx1 last message repeated 2 times"), "-" },
	{ &reader_postfix, "empty", STR(""), "-" },
	{ &reader_postfix, "blank", STR(" \t "), "-" },
	{ &reader_postfix, "no stamp", STR("postfix/smtp[1]: E7FB517812EF: to=<u@example.net>, status=sent (250 ok)"), "?" },
	{ &reader_postfix, "NUL", STR("\0\0\0"), "?" },
	{ &reader_postfix, "stamp alone", STR("Jan 13 16:09:43"), "-" },

	/* Exim */
	{ &reader_exim, "refused by them, long id, addresses of all kinds",
	  STR(E6 "** u@example.net (info@example.org) <info@example.org> R=dkim_lookuphost T=dkim_remote_smtp H=mx.example.net [192.0.2.1] : SMTP error from remote mail server after end of data: 550-5.7.25 [203.0.113.193] no PTR\\n550 5.7.25 x"),
	  "bounced out q=1w6jso-0000000G1zB-1Jus to=u@example.net orig=info@example.org peer=mx.example.net/192.0.2.1 @8 {SMTP error from remote mail server after end of data: 550-5.7.25 [203.0.113.193] no PTR\\n550 5.7.25 x}" },
	{ &reader_exim, "deferred at RCPT, pid", STR("2018-11-10 12:17:10 [6096] 1gLZgZ-0001a5-ME == d@example.net R=lookuphost T=remote_smtp defer (-44) H=mx2.example.net [192.0.2.2]:25: SMTP error from remote mail server after RCPT TO:<d@example.net>: 451-192.0.2.80 is not yet authorized\\n451 x"),
	  "deferred out q=1gLZgZ-0001a5-ME to=d@example.net peer=mx2.example.net/192.0.2.2 @6 {SMTP error from remote mail server after RCPT TO:<d@example.net>: 451-192.0.2.80 is not yet authorized\\n451 x}" },
	{ &reader_exim, "not tried now", STR(E4 "== d@example.net R=lookuphost T=remote_smtp defer (-53): retry time not reached for any host"),
	  "deferred out q=1gLZgZ-0001a5-ME to=d@example.net @9 repeats {retry time not reached for any host}" },
	{ &reader_exim, "near miss: tried", STR(E4 "== d@example.net R=lookuphost T=remote_smtp defer (-58): x"), "deferred out q=1gLZgZ-0001a5-ME to=d@example.net @9 {x}" },
	{ &reader_exim, "errno", STR(E4 "== d@example.net R=lookuphost T=remote_smtp defer (110): Connection timed out H=mx2.example.net [192.0.2.2]:25"),
	  "deferred out q=1gLZgZ-0001a5-ME to=d@example.net @9 {Connection timed out H=mx2.example.net [192.0.2.2]:25}" },
	{ &reader_exim, "unrouteable", STR(E4 "** d@example.net: Unrouteable address"), "bounced out q=1gLZgZ-0001a5-ME to=d@example.net dsn=5.0.0 @9 {Unrouteable address}" },
	{ &reader_exim, "expired", STR(E4 "** d@example.net R=r T=remote_smtp: retry timeout exceeded"), "expired out q=1gLZgZ-0001a5-ME to=d@example.net @9 {retry timeout exceeded}" },
	{ &reader_exim, "delivered, local address, reply in quotes",
	  STR(E4 "=> u@example.net F=<s@example.com> R=dnslookup T=remote_smtp S=900 H=mx.example.net [192.0.2.1]:25 I=[192.0.2.40]:4711 X=TLS1.3:ECDHE:256 CV=yes C=\"250- \\\"ok\\\"\\\\n250 OK => x\" QT=1s"),
	  "delivered out q=1gLZgZ-0001a5-ME from=s@example.com to=u@example.net peer=mx.example.net/192.0.2.1 src=192.0.2.40 {250- \\\"ok\\\"\\\\n250 OK => x}" },
	{ &reader_exim, "further recipient", STR(E4 "-> v@example.net R=dnslookup T=remote_smtp H=mx.example.net [2001:db8::1] C=\"250 OK\""),
	  "delivered out q=1gLZgZ-0001a5-ME to=v@example.net peer=mx.example.net/2001:db8::1 {250 OK}" },
	{ &reader_exim, "mailbox", STR(E4 "=> marv <marv@example.com> R=localuser T=local_delivery"), "delivered internal q=1gLZgZ-0001a5-ME to=marv@example.com" },
	{ &reader_exim, "command", STR(E4 "=> |/usr/bin/vacation -a x <marv@example.com> R=userforward T=address_pipe"), "delivered internal q=1gLZgZ-0001a5-ME to=marv@example.com" },
	{ &reader_exim, "blackhole", STR(E4 "=> :blackhole: <marv@example.com> R=system_aliases"), "delivered internal q=1gLZgZ-0001a5-ME to=marv@example.com" },
	{ &reader_exim, "loopback", STR(E4 "=> u@example.net R=scan T=remote_smtp H=127.0.0.1 [127.0.0.1] C=\"250 OK\""), "delivered internal q=1gLZgZ-0001a5-ME to=u@example.net peer=127.0.0.1/127.0.0.1 {250 OK}" },
	{ &reader_exim, "quota of a mailbox here", STR(E4 "== marv@example.com R=localuser T=local_delivery defer (-22): mailbox is full"), "deferred internal q=1gLZgZ-0001a5-ME to=marv@example.com @9 {mailbox is full}" },
	{ &reader_exim, "arrival: a subject may hold anything", STR(E6 "<= s@example.com H=(x) [192.0.2.9] P=esmtpa A=dovecot_login:s S=900 id=m@example.com T=\"Sale ** a@b R=c: 550 => \\\"50%\\\" id=no\" from <s@example.com> for u@example.net"),
	  "sender out q=1w6jso-0000000G1zB-1Jus from=s@example.com mid=m@example.com" },
	{ &reader_exim, "arrival of a bounce", STR(E4 "<= <> R=1gLZgZ-0001a5-MF U=exim P=local S=900"), "sender out q=1gLZgZ-0001a5-ME from=<>" },
	{ &reader_exim, "one server, old form", STR(E4 "SMTP error from remote mail server after end of data: host mx.example.net [192.0.2.1]: 421-4.7.0 [x] y"),
	  "attempt out q=1gLZgZ-0001a5-ME peer=mx.example.net/192.0.2.1 @8 {SMTP error from remote mail server after end of data: host mx.example.net [192.0.2.1]: 421-4.7.0 [x] y}" },
	{ &reader_exim, "one server", STR(E4 "H=mx.example.net [192.0.2.1]: SMTP error from remote mail server after pipelined MAIL FROM:<s@example.com> SIZE=1: 451 x"),
	  "attempt out q=1gLZgZ-0001a5-ME peer=mx.example.net/192.0.2.1 @5 {SMTP error from remote mail server after pipelined MAIL FROM:<s@example.com> SIZE=1: 451 x}" },
	{ &reader_exim, "no connection", STR(E4 "H=mx.example.net [192.0.2.1] Connection timed out"), "attempt out q=1gLZgZ-0001a5-ME peer=mx.example.net/192.0.2.1 @9 {Connection timed out}" },
	{ &reader_exim, "we refused", STR("2021-05-04 13:37:00 +0100 H=mail.example.net (x) [192.0.2.9]:1337 X=TLS1.2:y:256 CV=no F=<s@example.net> rejected RCPT <r@example.com>: SPF: 192.0.2.9 is not allowed"),
	  "refused in from=s@example.net to=r@example.com peer=mail.example.net/192.0.2.9 @6 {SPF: 192.0.2.9 is not allowed}" },
	{ &reader_exim, "we refused for now, after DATA", STR(E4 "H=(x) [192.0.2.9] F=<> temporarily rejected after DATA: try later"), "refused in q=1gLZgZ-0001a5-ME from=<> peer=/192.0.2.9 @8 {try later}" },
	{ &reader_exim, "completed", STR(E4 "Completed QT=3s"), "gone out q=1gLZgZ-0001a5-ME" },
	{ &reader_exim, "-N", STR(E4 "*> u@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.1]"), "-" },
	{ &reader_exim, "verified", STR(E4 "DKIM: d=example.net s=x c=relaxed/relaxed a=rsa-sha256 b=2048 [verification succeeded]"), "-" },
	{ &reader_exim, "queue run", STR("2026-03-29 09:44:28 Start queue run: pid=1"), "-" },
	{ &reader_exim, "milliseconds and zone", STR("2026-03-29 09:44:28.123 +0200 1gLZgZ-0001a5-ME ** d@example.net: Unrouteable address"), "bounced out q=1gLZgZ-0001a5-ME to=d@example.net dsn=5.0.0 @9 {Unrouteable address}" },
	{ &reader_exim, "through syslog", STR("Mar 29 09:44:28 mx1 exim[6096]: 2026-03-29 09:44:28 1gLZgZ-0001a5-ME ** d@example.net: Unrouteable address"), "bounced out q=1gLZgZ-0001a5-ME to=d@example.net dsn=5.0.0 @9 {Unrouteable address}" },
	{ &reader_exim, "no recipient", STR(E4 "** "), "?" },
	{ &reader_exim, "no line of it", STR("hello"), "?" },

	/* Sendmail */
	{ &reader_sendmail, "sender", STR(S "from=<s@example.com>, size=900, class=0, nrcpts=1, msgid=<m@example.com>, proto=ESMTP, daemon=MTA, relay=a [192.0.2.9]"), "sender out q=l8E3xVpO007423 from=s@example.com mid=<m@example.com>" },
	{ &reader_sendmail, "user unknown", STR(S "to=<u@example.net>, ctladdr=<s@example.com> (48/48), delay=00:00:03, xdelay=00:00:02, mailer=esmtp, pri=120345, relay=mx.example.net. [192.0.2.1], dsn=5.1.1, stat=User unknown"),
	  "bounced out q=l8E3xVpO007423 to=u@example.net peer=mx.example.net/192.0.2.1 dsn=5.1.1 {User unknown}" },
	{ &reader_sendmail, "sent to two", STR(S "to=<u@example.net>,<v@example.net>, delay=00:00:03, mailer=esmtp, relay=mx.example.net. [IPv6:2001:db8::1], dsn=2.0.0, stat=Sent (ok, dsn=4.0.0, stat=x)"),
	  "delivered out q=l8E3xVpO007423 to=u@example.net peer=mx.example.net/2001:db8::1 dsn=2.0.0 why=Sent {ok, dsn=4.0.0, stat=x} | delivered out q=l8E3xVpO007423 to=v@example.net peer=mx.example.net/2001:db8::1 dsn=2.0.0 why=Sent {ok, dsn=4.0.0, stat=x}" },
	{ &reader_sendmail, "deferred by them", STR(S "to=<u@example.net>, mailer=esmtp, relay=mx.example.net. [192.0.2.1], dsn=4.7.0, stat=Deferred: 421 4.7.0 try later"),
	  "deferred out q=l8E3xVpO007423 to=u@example.net peer=mx.example.net/192.0.2.1 dsn=4.7.0 why=Deferred {421 4.7.0 try later}" },
	{ &reader_sendmail, "the server's words whole", STR(S "to=<u@example.net>, mailer=esmtp, relay=mx.example.net. [192.0.2.1], dsn=5.7.1, reply=550 5.7.1 <u@example.net>, dsn=2.0.0, you: SPF fail, stat=Service unavailable"),
	  "bounced out q=l8E3xVpO007423 to=u@example.net peer=mx.example.net/192.0.2.1 dsn=5.7.1 {550 5.7.1 <u@example.net>, dsn=2.0.0, you: SPF fail}" },
	{ &reader_sendmail, "their words twice", STR(S "to=<u@example.net>, mailer=esmtp, relay=mx.example.net. [192.0.2.1], dsn=4.7.1, reply=451 4.7.1 later, stat=Deferred: 451 4.7.1 later"),
	  "deferred out q=l8E3xVpO007423 to=u@example.net peer=mx.example.net/192.0.2.1 dsn=4.7.1 why=Deferred {451 4.7.1 later}" },
	{ &reader_sendmail, "no words of theirs", STR(S "to=<u@example.net>, mailer=esmtp, relay=mx.example.net. [192.0.2.1], dsn=5.1.1, reply=, stat=User unknown"),
	  "bounced out q=l8E3xVpO007423 to=u@example.net peer=mx.example.net/192.0.2.1 dsn=5.1.1 {User unknown}" },
	{ &reader_sendmail, "deferred by us", STR(S "to=<u@example.net>, mailer=esmtp, relay=mx.example.net. [192.0.2.1], dsn=4.0.0, stat=Deferred: Connection timed out with mx.example.net."),
	  "deferred out q=l8E3xVpO007423 to=u@example.net peer=mx.example.net/192.0.2.1 dsn=4.0.0 @9 why=Deferred {Connection timed out with mx.example.net.}" },
	{ &reader_sendmail, "mailbox here", STR(S "to=u, mailer=local, dsn=2.0.0, stat=Sent"), "delivered internal q=l8E3xVpO007423 to=u dsn=2.0.0 {Sent}" },
	{ &reader_sendmail, "queued", STR(S "to=<u@example.net>, mailer=esmtp, stat=queued"), "-" },
	{ &reader_sendmail, "expired", STR(S "l8F3xVpO007424: return to sender: Cannot send message for 5 days"), "expired out q=l8E3xVpO007423 @9 {l8F3xVpO007424: return to sender: Cannot send message for 5 days}" },
	{ &reader_sendmail, "we refused", STR(S "ruleset=check_rcpt, arg1=<r@example.com>, relay=a.example.net [192.0.2.9] (may be forged), reject=550 5.7.1 <r@example.com>... Rejected: 192.0.2.9 listed at zen.example"),
	  "refused in q=l8E3xVpO007423 to=r@example.com peer=a.example.net/192.0.2.9 @6 {550 5.7.1 <r@example.com>... Rejected: 192.0.2.9 listed at zen.example}" },
	{ &reader_sendmail, "a milter refused", STR(S "Milter: data, reject=550 5.7.1 Command rejected"), "refused in q=l8E3xVpO007423 @8 {550 5.7.1 Command rejected}" },
	{ &reader_sendmail, "cut", STR(S "to=<u@example.net>, mailer=esmtp, relay=mx.exam"), "?" },
	{ &reader_sendmail, "daemon", STR("Jan 13 16:09:43 mx1 sm-mta[1]: starting daemon (8.15.2): SMTP+queueing@00:10:00"), "-" },

	/* OpenSMTPD */
	{ &reader_opensmtpd, "deferred", STR(O "mta delivery evpid=8f26ea98359eccea from=<s@example.com> to=<u@example.net> rcpt=<-> source=\"192.0.2.46\" relay=\"192.0.2.1 (mx.example.net)\" delay=0s result=\"TempFail\" stat=\"421 \"x\" y\""),
	  "deferred out q=8f26ea98 from=s@example.com to=u@example.net peer=mx.example.net/192.0.2.1 src=192.0.2.46 why=TempFail {421 \"x\" y}" },
	{ &reader_opensmtpd, "old form, for good", STR(O "mta event=delivery evpid=8f26ea98359eccea from=<> to=<u@example.net> rcpt=<a@example.org> source=2001:db8::46 relay=\"192.0.2.1 (mx.example.net)\" delay=1m2s result=PermFail stat=\"550 no\""),
	  "bounced out q=8f26ea98 from=<> to=u@example.net orig=a@example.org peer=mx.example.net/192.0.2.1 src=2001:db8::46 why=PermFail {550 no}" },
	{ &reader_opensmtpd, "mailbox", STR(O "mda delivery evpid=8f26ea98359eccea from=<s@example.com> to=<u@example.com> rcpt=<u@example.com> user=u delay=0s result=Ok stat=Delivered"),
	  "delivered internal q=8f26ea98 from=s@example.com to=u@example.com why=Ok {Delivered}" },
	{ &reader_opensmtpd, "we refused", STR(O "smtp failed-command address=192.0.2.9 host=a.example.net command=\"RCPT TO:<r@example.com>\" result=\"550 Invalid recipient\""),
	  "refused in to=r@example.com peer=a.example.net/192.0.2.9 @6 {550 Invalid recipient}" },
	{ &reader_opensmtpd, "connected", STR(O "mta connected"), "-" },
	{ &reader_opensmtpd, "unheard-of result", STR(O "mta delivery evpid=8f26ea98359eccea to=<u@example.net> result=\"Maybe\" stat=\"x\""), "?" },

	/* Haraka */
	{ &reader_haraka, "refused", STR("2026-01-13T16:09:43.1Z [NOTICE] [A1B2.1.1] [outbound] recipient <u@example.net> rejected: 550 5.7.26 text"), "bounced out q=A1B2.1.1 to=u@example.net {550 5.7.26 text}" },
	{ &reader_haraka, "deferred, no stamp", STR("[NOTICE] [A1B2.1.1] [outbound] recipient <u@example.net> deferred: 451 4.7.1 text"), "deferred out q=A1B2.1.1 to=u@example.net {451 4.7.1 text}" },
	{ &reader_haraka, "the mail, in syslog", STR("Jan 13 16:09:43 mx1 haraka[1]: [NOTICE] [A1B2.1.1] [outbound] Temp failing 1_1_1 for 64 seconds: Upstream error: 421 4.7.0 x"), "deferred out q=A1B2.1.1 {421 4.7.0 x}" },
	{ &reader_haraka, "given up", STR("[NOTICE] [A1B2.1.1] [outbound] bouncing mail: Too many failures (Upstream error: 421 x)"), "expired out q=A1B2.1.1 @9 {Too many failures (Upstream error: 421 x)}" },
	{ &reader_haraka, "delivered", STR("[NOTICE] [A1B2.1.1] [outbound] delivered file=1_1_1 domain=example.net host=mx.example.net ip=192.0.2.1 port=25 mode=SMTP tls=Y auth=N response=\"250 ok\" delay=1.2 fails=0 rcpts=2/0/0"),
	  "delivered out q=A1B2.1.1 peer=mx.example.net/192.0.2.1 x2 {250 ok}" },
	{ &reader_haraka, "another plugin", STR("[NOTICE] [A1B2.1] [core] connect ip=192.0.2.1"), "-" },
	{ &reader_haraka, "none of it", STR("hello"), "?" },

	/* postqueue -j */
	{ &reader_postqueue, "waits", STR("{\"queue_name\": \"deferred\", \"queue_id\": \"E7FB517812EF\", \"arrival_time\": 1768320583, \"message_size\": 1, \"forced_expire\": false, \"sender\": \"s@example.com\", \"recipients\": [{\"address\": \"u@example.net\", \"delay_reason\": \"host mx.example.net[192.0.2.1] said: 451 4.7.650 x (in reply to MAIL FROM command)\"}, {\"address\": \"v@example.net\"}]}"),
	  "deferred out q=E7FB517812EF from=s@example.com to=u@example.net why=deferred {host mx.example.net[192.0.2.1] said: 451 4.7.650 x (in reply to MAIL FROM command)}" },
	{ &reader_postqueue, "not tried yet", STR("{\"queue_name\": \"active\", \"queue_id\": \"E7FB517812EF\", \"recipients\": [{\"address\": \"u@example.net\"}]}"), "-" },
	{ &reader_postqueue, "no JSON", STR("{\"queue_name\": "), "?" },
	{ &reader_postqueue, "other JSON", STR("[1]"), "?" },
};
/* clang-format on */

struct got {
	struct buf text;
	size_t n;
};

static void
put(struct buf *b, const char *key, struct str value)
{
	if (value.n == 0)
		return;
	buf_addc(b, ' ');
	buf_adds(b, key);
	buf_add(b, value);
}

static void
put_marks(struct buf *b, const struct bounce_event *e)
{
	if (e->ip_from != KNOWN_NOT) {
		buf_adds(b, " src=");
		addr_print(b, &e->sender_ip);
	}
	if (e->local.class != 0) {
		buf_adds(b, " dsn=");
		buf_addu(b, e->local.class);
		buf_addc(b, '.');
		buf_addu(b, e->local.subject);
		buf_addc(b, '.');
		buf_addu(b, e->local.detail);
	}
	if (e->phase != PHASE_UNKNOWN) {
		buf_adds(b, " @");
		buf_addu(b, e->phase);
	}
	if (e->count != 1) {
		buf_adds(b, " x");
		buf_addu(b, e->count);
	}
	buf_adds(b, e->repeats ? " repeats" : "");
}

static void
on_event(void *ctx, struct bounce_event *e)
{
	static const char *const kinds[] = { "delivered", "deferred", "bounced", "expired",
		"attempt", "complaint", "refused", "sender", "gone" };
	static const char *const ways[] = { "out", "in", "internal" };
	struct got *g = ctx;

	if (g->n++ > 0)
		buf_adds(&g->text, " | ");
	buf_adds(&g->text, kinds[e->kind]);
	buf_addc(&g->text, ' ');
	buf_adds(&g->text, ways[e->direction]);
	if (e->instance.n > 0 && !str_eq(e->instance, STR("postfix")))
		put(&g->text, "i=", e->instance);
	put(&g->text, "q=", e->queue_id);
	put(&g->text, "from=", e->sender);
	put(&g->text, "to=", e->recipient);
	put(&g->text, "orig=", e->original);
	if (e->relay_host.n > 0 || e->relay_ip.n > 0) {
		buf_adds(&g->text, " peer=");
		buf_add(&g->text, e->relay_host);
		buf_addc(&g->text, '/');
		buf_add(&g->text, e->relay_ip);
	}
	put_marks(&g->text, e);
	put(&g->text, "mid=", e->message_id);
	put(&g->text, "why=", e->why);
	put(&g->text, "dkim=", e->dkim_domain);
	if (e->dkim_selector.n > 0) {
		buf_addc(&g->text, '/');
		buf_add(&g->text, e->dkim_selector);
	}
	if (e->reply.n > 0) {
		buf_adds(&g->text, " {");
		buf_add(&g->text, e->reply);
		buf_addc(&g->text, '}');
	}
}

/* Read LINE, in memory of just its size, with a fresh state of READER; what came in G. */
static enum record_fate
read_one(const struct reader *reader, struct str line, struct got *g)
{
	struct reader_clock clock = { .year = 2026, .month_last = 12 };
	struct sink sink = { .event = on_event, .ctx = g };
	void *state = calloc(1, reader->state_size + 1);
	char *copy = malloc(line.n + (line.n == 0));
	struct arena a;
	enum record_fate fate;

	memcpy(copy, line.p, line.n);
	arena_init(&a, 0);
	buf_reset(&g->text);
	g->n = 0;
	fate = reader->read(state, &a, (struct str){ copy, line.n }, &clock, &sink);
	if (reader->end != NULL)
		reader->end(state, &sink);
	arena_free(&a);
	free(copy);
	free(state);
	if (g->n == 0)
		buf_adds(&g->text, fate == RECORD_IRRELEVANT ? "-" : "?");
	return fate;
}

static void
test_rows(void **state)
{
	struct got g = { .n = 0 };

	(void)state;
	buf_init(&g.text, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum record_fate fate = read_one(rows[i].reader, rows[i].line, &g);
		struct str want = str_of(rows[i].want);

		if (!str_eq(buf_str(&g.text), want) || (fate == RECORD_EVENTS) != (g.n > 0))
			fail_msg("%s, %s:\n got %.*s\nwant %.*s", rows[i].reader->name,
			    rows[i].name, (int)g.text.n, g.text.p, (int)want.n, want.p);
	}
	buf_free(&g.text);
}

/* Every line of every reader to every reader, cut at each byte and with each byte flipped. */
static void
test_malformed_stays_in_bounds(void **state)
{
	struct got g = { .n = 0 };
	char copy[2048];

	(void)state;
	buf_init(&g.text, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str line = rows[i].line;

		for (size_t k = 0; k < n_readers; k++)
			(void)readers[k]->claims(line);
		for (size_t n = 0; n <= line.n; n++) {
			(void)read_one(rows[i].reader, str_sub(line, 0, n), &g);
			if (n == line.n)
				break;
			assert_true(line.n <= sizeof(copy));
			memcpy(copy, line.p, line.n);
			copy[n] = (char)(copy[n] ^ (n % 2 != 0 ? 0x01 : 0x80));
			(void)read_one(rows[i].reader, (struct str){ copy, line.n }, &g);
			copy[n] = '\0';
			(void)read_one(rows[i].reader, (struct str){ copy, line.n }, &g);
		}
	}
	buf_free(&g.text);
}

/* Each row that yields something is claimed by its reader above the others. */
static void
test_choice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct reader *chosen;

		if (rows[i].want[0] == '-' || rows[i].want[0] == '?')
			continue;
		chosen = reader_choose(&rows[i].line, 1);
		if (chosen != rows[i].reader)
			fail_msg("%s, %s: %s reads it", rows[i].reader->name, rows[i].name,
			    chosen == NULL ? "nobody" : chosen->name);
	}
	assert_null(reader_choose(&(struct str){ "550 5.7.1 no", 12 }, 1));
	assert_null(reader_choose(&STR("Jan 13 16:09:43 mx1 cron[1]: x"), 1));
	assert_null(reader_choose(NULL, 0));
}

/* A mail told of recipient by recipient is not counted once more as a whole. */
static void
test_haraka_whole_after_recipients(void **state)
{
	struct reader_clock clock = { .year = 2026, .month_last = 12 };
	struct got g = { .n = 0 };
	struct sink sink = { .event = on_event, .ctx = &g };
	void *st = calloc(1, reader_haraka.state_size);
	struct str whole = STR("[NOTICE] [A.1] [outbound] bouncing mail: 550 x");

	(void)state;
	buf_init(&g.text, 1 << 20);
	(void)reader_haraka.read(st, NULL,
	    STR("[NOTICE] [A.1] [outbound] recipient <u@example.net> rejected: 550 x"), &clock,
	    &sink);
	assert_int_equal(reader_haraka.read(st, NULL, whole, &clock, &sink), RECORD_IRRELEVANT);
	assert_int_equal(g.n, 1);
	whole = STR("[NOTICE] [B.1] [outbound] bouncing mail: 550 x");
	assert_int_equal(reader_haraka.read(st, NULL, whole, &clock, &sink), RECORD_EVENTS);
	buf_free(&g.text);
	free(st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_malformed_stays_in_bounds),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_haraka_whole_after_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
