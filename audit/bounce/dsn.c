/* SPDX-License-Identifier: ISC */
/*
 * dsn.c - the per-recipient fields of delivery reports (RFC 3464 2.3).
 *
 * Groups end at empty lines, but some writers put none between recipients
 * and some put one inside: a new recipient begins where a field repeats.
 */
#include "audit/bounce/dsn.h"
#include "checks/core/taglist.h"

enum dsn_field {
	DSN_NOT,
	DSN_REPORTING,
	DSN_RECEIVED_FROM,
	DSN_QUEUE_ID,
	DSN_SENDER,
	DSN_ARRIVAL,
	DSN_FINAL,
	DSN_ORIGINAL,
	DSN_ACTUAL,
	DSN_ACTION,
	DSN_STATUS,
	DSN_DIAGNOSTIC,
	DSN_REMOTE,
	DSN_LAST
};

static const struct {
	struct str name;
	enum dsn_field field;
} fields[] = {
	{ STR("Reporting-MTA"), DSN_REPORTING },
	{ STR("Received-From-MTA"), DSN_RECEIVED_FROM },
	{ STR("X-Postfix-Queue-ID"), DSN_QUEUE_ID },
	{ STR("X-Outbound-Mail-Relay-Queue-ID"), DSN_QUEUE_ID },
	{ STR("X-Postfix-Sender"), DSN_SENDER },
	{ STR("X-Outbound-Mail-Relay-Sender"), DSN_SENDER },
	{ STR("Arrival-Date"), DSN_ARRIVAL },
	{ STR("Final-Recipient"), DSN_FINAL },
	{ STR("Original-Recipient"), DSN_ORIGINAL },
	{ STR("X-Actual-Recipient"), DSN_ACTUAL },
	{ STR("Action"), DSN_ACTION },
	{ STR("Status"), DSN_STATUS },
	{ STR("Diagnostic-Code"), DSN_DIAGNOSTIC },
	{ STR("Remote-MTA"), DSN_REMOTE },
	{ STR("Last-Attempt-Date"), DSN_LAST },
};

static const struct {
	struct str word;
	enum dsn_action action;
} actions[] = {
	{ STR("fail"), ACTION_FAILED }, /* "failed", "failure" */
	{ STR("delay"), ACTION_DELAYED },
	{ STR("deliverable"), ACTION_DELIVERED },
	{ STR("delivered"), ACTION_DELIVERED },
	{ STR("relayed"), ACTION_DELIVERED },
	{ STR("expand"), ACTION_DELIVERED },
	{ STR("expire"), ACTION_FAILED },
};

static enum dsn_field
field_of(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_ieq(name, fields[i].name))
			return fields[i].field;
	return DSN_NOT;
}

static enum dsn_action
action_of(struct str value)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (str_has_iprefix(value, actions[i].word))
			return actions[i].action;
	return ACTION_OTHER;
}

/* What stands behind the type: "rfc822; a@b" -> "a@b". */
static struct str
untyped(struct str value)
{
	size_t semi = str_find(value, 0, ';');

	return semi < value.n ? str_trim(str_sub(value, semi + 1, value.n)) : value;
}

/* The address of a recipient field; without an '@' what is written there. */
static struct str
recipient_of(struct arena *a, struct str value)
{
	struct str s = untyped(field_unfold(a, value)), found = address_in(s);

	if (found.n > 0)
		return found;
	while (s.n > 0 && (s.p[0] == '<' || s.p[0] == '"'))
		s = str_sub(s, 1, s.n);
	while (s.n > 0 && (s.p[s.n - 1] == '>' || s.p[s.n - 1] == '"'))
		s.n--;
	return s;
}

void
dsn_mta(struct str value, struct str *host, struct str *ip)
{
	struct str s = untyped(value);
	struct addr parsed;
	size_t i = 0;

	while (i < s.n && s.p[i] > ' ' && strchr("([;,", s.p[i]) == NULL)
		i++;
	*host = str_sub(s, 0, i);
	while (host->n > 0 && (host->p[host->n - 1] == '.' || host->p[host->n - 1] == '>'))
		host->n--;
	*ip = (struct str){ 0 };
	if (addr_parse(*host, &parsed) == ADDR_OK) {
		*ip = *host;
		*host = (struct str){ 0 };
	}
	for (; ip->n == 0 && i < s.n; i++) {
		size_t end = i + 1;

		if (strchr("([|", s.p[i]) == NULL)
			continue;
		while (end < s.n && strchr(")]|, ", s.p[end]) == NULL)
			end++;
		if (addr_parse(str_sub(s, i + 1, end - i - 1), &parsed) == ADDR_OK)
			*ip = str_sub(s, i + 1, end - i - 1);
	}
}

bool
dsn_tcp(struct str value, struct str *local, struct str *remote)
{
	size_t at = str_ifind(value, 0, STR("(TCP|")), pos = 0;
	struct str part[4] = { { 0 } }, list = str_sub(value, at + 5, value.n);

	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (at == value.n || !list_next(list, '|', &pos, &part[i]))
			return false;
	*local = part[0];
	*remote = part[2];
	return true;
}

/* "X-Notes; ...": Domino folds at a column, inside words. */
static struct str
diagnostic_of(struct arena *a, struct str value)
{
	return str_has_iprefix(value, STR("X-Notes")) ? field_rejoin(a, value)
						      : field_unfold(a, value);
}

static void
message_field(struct arena *a, struct dsn *d, enum dsn_field f, struct str value)
{
	struct str one = field_unfold(a, value), ip;

	if (f == DSN_REPORTING && d->reporting_mta.n == 0)
		dsn_mta(one, &d->reporting_mta, &ip);
	else if (f == DSN_RECEIVED_FROM && d->received_from.n == 0)
		dsn_mta(one, &d->received_from, &ip);
	else if (f == DSN_QUEUE_ID)
		d->queue_id = one;
	else if (f == DSN_SENDER)
		d->sender = recipient_of(a, value);
	else if (f == DSN_ARRIVAL)
		d->arrival = one;
}

static void
remote_field(struct str value, struct dsn_recipient *r)
{
	dsn_mta(value, &r->remote_host, &r->remote_ip);
	(void)dsn_tcp(value, &r->local_ip, &r->remote_ip);
}

static void
recipient_field(struct arena *a, struct dsn_recipient *r, enum dsn_field f, struct str value)
{
	struct str one = field_unfold(a, value);
	struct enhanced e;

	if (f == DSN_FINAL)
		r->final = recipient_of(a, value);
	else if (f == DSN_ORIGINAL)
		r->original = recipient_of(a, value);
	else if (f == DSN_ACTUAL)
		r->actual = recipient_of(a, value);
	else if (f == DSN_ACTION) {
		r->action = action_of(one);
		r->has_action = true;
	} else if (f == DSN_STATUS && !r->has_status) {
		r->has_status = enhanced_parse(one, &e) > 0;
		if (r->has_status)
			r->status = e;
	} else if (f == DSN_DIAGNOSTIC && r->diagnostic.n == 0)
		r->diagnostic = diagnostic_of(a, value);
	else if (f == DSN_REMOTE)
		remote_field(one, r);
	else if (f == DSN_LAST)
		r->last_attempt = one;
}

/* Whether field F belongs to another recipient than R, since R has it. */
static bool
repeats(const struct dsn_recipient *r, enum dsn_field f)
{
	return (f == DSN_FINAL && r->final.n > 0) ||
	       (f == DSN_ORIGINAL && r->original.n > 0 && r->final.n > 0) ||
	       (f == DSN_ACTION && r->has_action && r->final.n > 0);
}

/* Add R to D if it names somebody, and make it empty. */
static void
flush(struct arena *a, struct dsn *d, struct dsn_recipient *r)
{
	if (str_find(r->final, 0, '@') == r->final.n) {
		if (str_find(r->original, 0, '@') < r->original.n)
			r->final = r->original;
		else if (r->actual.n > 0)
			r->final = r->actual;
		else if (r->final.n == 0)
			r->final = r->original;
	}
	if (r->final.n > 0 && d->n >= MAX_REPORT_RECIPIENTS)
		d->cut = true;
	else if (r->final.n > 0)
		*(struct dsn_recipient *)arena_grow(
		    a, &d->items, d->n++, &d->cap, sizeof(*d->items)) = *r;
	*r = (struct dsn_recipient){ 0 };
}

void
dsn_parse(struct arena *a, struct str text, struct dsn *d)
{
	struct dsn_recipient r = { 0 };
	struct field f;
	size_t pos = 0;

	while (pos < text.n) {
		if (!field_next(text, &pos, &f)) {
			/* An empty line inside a group: the rest still belongs to it. */
			if ((r.final.n > 0 || r.original.n > 0) && (r.has_action || r.has_status))
				flush(a, d, &r);
			continue;
		}
		enum dsn_field which = field_of(f.name);

		if (which == DSN_NOT)
			continue;
		if (which < DSN_FINAL) {
			message_field(a, d, which, f.value);
			continue;
		}
		if (repeats(&r, which))
			flush(a, d, &r);
		recipient_field(a, &r, which, f.value);
	}
	flush(a, d, &r);
}
