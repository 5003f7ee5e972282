/* SPDX-License-Identifier: ISC */
/*
 * dsn.h - the machine-readable part of delivery reports (RFC 3464), and what
 * a returned message tells.
 *
 * Values are as written, comments and types removed where the name says so;
 * they judge nothing.
 */
#ifndef AUDIT_BOUNCE_DSN_H
#define AUDIT_BOUNCE_DSN_H
#include "audit/bounce/address.h"
#include "audit/bounce/event.h"
#include "audit/bounce/mime.h"

enum dsn_action {
	ACTION_NONE,
	ACTION_FAILED,
	ACTION_DELAYED,
	ACTION_DELIVERED, /* relayed and expanded too: it left for good */
	ACTION_OTHER
};

struct dsn_recipient {
	struct str final, original, actual; /* addresses; raw text when there is no '@' */
	enum dsn_action action;
	struct enhanced status;
	struct str diagnostic; /* "smtp; 550 ...", on one line */
	struct str remote_host, remote_ip, local_ip;
	struct str last_attempt;
	bool has_action, has_status;
};

struct dsn {
	struct str reporting_mta, received_from, queue_id, sender, arrival;
	struct dsn_recipient *items;
	size_t n, cap;
	bool cut; /* more than MAX_REPORT_RECIPIENTS */
};

/* Add to D what the groups of fields in TEXT tell, owned by A. */
void dsn_parse(struct arena *a, struct str text, struct dsn *d);

/* What the header of a message that came back tells. */
struct returned {
	struct str sender; /* envelope */
	struct str from, message_id;
	struct str dkim_domain, dkim_selector;
	struct address_list to;
	struct str received; /* the newest Received field, on one line */
};

/* Read the header at the start of TEXT into *OUT, owned by A. */
void returned_parse(struct arena *a, struct str text, struct returned *out);

/* Fill E's sender, From, Message-ID and signature from R, where E has none. */
void returned_into(const struct returned *r, struct bounce_event *e);

/* "dns; host [1.2.3.4] (comment)" into host and address, either may stay empty; views. */
void dsn_mta(struct str value, struct str *host, struct str *ip);

/*
 * The addresses of "dns; host (TCP|local|port|remote|port)", as the Messaging
 * Server writes them; false, nothing touched, for another form.
 */
bool dsn_tcp(struct str value, struct str *local, struct str *remote);

/* The first header block that came back in M at LEVEL; empty when there is none. */
struct str mime_returned(const struct mime_message *m, unsigned level);

/* The first part of M of TYPE ("message/delivery-status"), the least deep; NULL when there is none.
 */
const struct mime_part *mime_part_of(const struct mime_message *m, struct str type);

#endif
