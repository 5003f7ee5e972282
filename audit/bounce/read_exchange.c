/* SPDX-License-Identifier: ISC */
/*
 * read_exchange.c - message tracking logs of Exchange Server.
 *
 * "#Fields:" names the columns.  One line has all recipients of an event, and
 * their statuses, each joined by ';'.  Written from the manual.
 */
#include "audit/bounce/address.h"
#include "audit/bounce/csv.h"
#include "audit/bounce/hook.h"
#include "audit/bounce/readers.h"
#include "checks/core/taglist.h"

enum column {
	COL_TIME,
	COL_SERVER,
	COL_PEER,
	COL_PEER_IP,
	COL_SOURCE,
	COL_EVENT,
	COL_ID,
	COL_MESSAGE_ID,
	COL_RCPT,
	COL_STATUS,
	COL_SENDER,
	COL_RETURN_PATH,
	COL_DIRECTION,
	COL_CONTEXT,
	COL_COUNT
};

/* clang-format off */
static const struct {
	struct str name;
	enum column column;
} names[] = {
	{ STR("date-time"), COL_TIME },
	{ STR("client-hostname"), COL_SERVER },	/* of SEND the client is this server */
	{ STR("server-hostname"), COL_PEER },
	{ STR("server-ip"), COL_PEER_IP },
	{ STR("source"), COL_SOURCE },
	{ STR("event-id"), COL_EVENT },
	{ STR("internal-message-id"), COL_ID },
	{ STR("message-id"), COL_MESSAGE_ID },
	{ STR("recipient-address"), COL_RCPT },
	{ STR("recipient-status"), COL_STATUS },
	{ STR("sender-address"), COL_SENDER },
	{ STR("return-path"), COL_RETURN_PATH },
	{ STR("directionality"), COL_DIRECTION },
	{ STR("source-context"), COL_CONTEXT },
};
/* clang-format on */

struct exchange {
	uint8_t at[COL_COUNT]; /* place of the column plus 1; 0 = the file has none */
};

static void
learn(struct arena *a, struct str line, struct exchange *x)
{
	struct csv c;

	csv_split(a, line, &c);
	*x = (struct exchange){ 0 };
	for (size_t i = 0; i < c.n; i++)
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			if (str_ieq(c.field[i], names[k].name))
				x->at[names[k].column] = (uint8_t)(i + 1);
}

static struct str
cell(const struct exchange *x, const struct csv *c, enum column k)
{
	struct str none = { 0 };

	return x->at[k] == 0 || x->at[k] > c->n ? none : c->field[x->at[k] - 1];
}

/* The value of {NAME=...} in STATUS; what stands in braces may hold any byte but '}'. */
static struct str
braced(struct str status, struct str name)
{
	size_t at = str_ifind(status, 0, name);
	size_t from = at + name.n;

	if (at == status.n)
		return (struct str){ 0 };
	return str_trim(str_sub(status, from, str_find(status, from, '}') - from));
}

/* The reply in the statuses of one recipient, and the host that gave it. */
static void
status_into(struct str status, struct bounce_event *e)
{
	struct str host = braced(status, STR("{FQDN=")), ip = braced(status, STR("{IP="));

	e->reply = braced(status, STR("{LED="));
	if (e->reply.n == 0)
		e->reply = str_trim(status);
	if (host.n > 0)
		e->relay_host = host;
	if (ip.n > 0)
		e->relay_ip = ip;
}

/* What is up to the next ';' outside of brackets; *POS moves behind it. */
static struct str
status_next(struct str all, size_t *pos)
{
	size_t from = *pos, depth = 0, i;

	for (i = from; i < all.n; i++) {
		if (all.p[i] == '[' || all.p[i] == '{')
			depth++;
		else if ((all.p[i] == ']' || all.p[i] == '}') && depth > 0)
			depth--;
		else if (all.p[i] == ';' && depth == 0)
			break;
	}
	*pos = i + 1;
	return str_trim(str_sub(all, from, i - from));
}

/* Only what left by SMTP, or failed on its way, is a fate. */
static bool
kind_of(struct str event, struct str source, enum event_kind *out)
{
	if (str_ieq(event, STR("SEND")) || str_ieq(event, STR("SENDEXTERNAL")))
		*out = EVENT_DELIVERED;
	else if (str_ieq(event, STR("DEFER")))
		*out = EVENT_DEFERRED;
	else if (str_ieq(event, STR("FAIL")))
		*out = EVENT_BOUNCED;
	else
		return false;
	return *out != EVENT_DELIVERED || str_ieq(source, STR("SMTP"));
}

static enum record_fate
events(struct arena *a, const struct exchange *x, const struct csv *c, const struct sink *out)
{
	struct bounce_event e = { .count = 1, .direction = DIRECTION_OUT };
	struct str to = cell(x, c, COL_RCPT), all = cell(x, c, COL_STATUS), one, sender;
	size_t pos = 0, at = 0, n = 0;

	if (!kind_of(cell(x, c, COL_EVENT), cell(x, c, COL_SOURCE), &e.kind))
		return RECORD_IRRELEVANT;
	if (str_ieq(cell(x, c, COL_DIRECTION), STR("Incoming")))
		e.direction = DIRECTION_IN;
	sender = cell(x, c, COL_RETURN_PATH);
	e.sender = sender.n > 0 ? sender : cell(x, c, COL_SENDER);
	e.host = cell(x, c, COL_SERVER);
	e.queue_id = cell(x, c, COL_ID);
	e.message_id = cell(x, c, COL_MESSAGE_ID);
	e.has_time = hook_time(a, cell(x, c, COL_TIME), &e.time);
	while (list_next(to, ';', &pos, &one) && n < MAX_REPORT_RECIPIENTS) {
		struct str status = at < all.n ? status_next(all, &at) : (struct str){ 0 };

		if (one.n == 0)
			continue;
		e.recipient = one;
		e.relay_host = cell(x, c, COL_PEER);
		e.relay_ip = cell(x, c, COL_PEER_IP);
		status_into(status, &e);
		if (e.reply.n == 0)
			e.reply = cell(x, c, COL_CONTEXT);
		out->event(out->ctx, &e);
		n++;
	}
	return n > 0 ? RECORD_EVENTS : RECORD_NOT_UNDERSTOOD;
}

static struct str
without_mark(struct str line)
{
	line = str_trim(line);
	return str_has_prefix(line, STR("\xef\xbb\xbf")) ? str_sub(line, 3, line.n) : line;
}

static enum record_fate
read_exchange(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct exchange *x = state;
	struct str line = without_mark(record);
	struct csv c;

	(void)clock;
	if (line.n == 0)
		return RECORD_IRRELEVANT;
	if (str_has_prefix(line, STR("#Fields:")) || str_has_prefix(line, STR("date-time,"))) {
		learn(a, str_trim(str_sub(line, line.p[0] == '#' ? 8 : 0, line.n)), x);
		return RECORD_IRRELEVANT;
	}
	if (line.p[0] == '#')
		return RECORD_IRRELEVANT;
	csv_split(a, line, &c);
	if (x->at[COL_EVENT] == 0 || x->at[COL_RCPT] == 0 || c.n < x->at[COL_RCPT])
		return RECORD_NOT_UNDERSTOOD;
	return events(a, x, &c, out);
}

static unsigned
claims_exchange(struct str record)
{
	struct str line = without_mark(record);

	if (str_has_prefix(line, STR("#Software: Microsoft Exchange")) ||
	    str_has_prefix(line, STR("#Log-type: Message Tracking Log")))
		return 100;
	if ((str_has_prefix(line, STR("#Fields:")) || str_has_prefix(line, STR("date-time,"))) &&
	    str_ifind(line, 0, STR("recipient-status")) < line.n)
		return 100;
	return 0;
}

const struct reader reader_exchange = {
	.name = "exchange",
	.about = "Exchange message tracking logs (CSV)",
	.unit = READS_LINES,
	.from_documentation = true,
	.claims = claims_exchange,
	.read = read_exchange,
	.state_size = sizeof(struct exchange),
};
