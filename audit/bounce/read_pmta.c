/* SPDX-License-Identifier: ISC */
/*
 * read_pmta.c - PowerMTA accounting files.
 *
 * The header line names the fields, in an order that is configured.  dsnDiag
 * is written without quotes though it has commas: when a line has more fields
 * than names, the surplus belongs to it.  Written from the manual and one
 * published line.
 */
#include "audit/bounce/csv.h"
#include "audit/bounce/fields.h"
#include "audit/bounce/hook.h"
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"

enum column {
	COL_TYPE,
	COL_TIME,
	COL_ORIG,
	COL_RCPT,
	COL_ORCPT,
	COL_STATUS,
	COL_DIAG,
	COL_MTA,
	COL_CATEGORY,
	COL_SOURCE_IP,
	COL_DESTINATION_IP,
	COL_VMTA,
	COL_JOB,
	COL_ENVELOPE_ID,
	COL_FROM,
	COL_MESSAGE_ID,
	COL_FORMAT,
	COL_COUNT
};

/* clang-format off */
static const struct {
	struct str name;
	enum column column;
} names[] = {
	{ STR("type"), COL_TYPE },
	{ STR("timeLogged"), COL_TIME },
	{ STR("orig"), COL_ORIG },
	{ STR("rcpt"), COL_RCPT },
	{ STR("orcpt"), COL_ORCPT },
	{ STR("dsnStatus"), COL_STATUS },
	{ STR("dsnDiag"), COL_DIAG },
	{ STR("dsnMta"), COL_MTA },
	{ STR("bounceCat"), COL_CATEGORY },
	{ STR("dlvSourceIp"), COL_SOURCE_IP },
	{ STR("dlvDestinationIp"), COL_DESTINATION_IP },
	{ STR("vmta"), COL_VMTA },
	{ STR("jobId"), COL_JOB },
	{ STR("envId"), COL_ENVELOPE_ID },
	{ STR("header_From"), COL_FROM },
	{ STR("header_Message-Id"), COL_MESSAGE_ID },
	{ STR("feedbackType"), COL_FORMAT },
};

/* Fields of a file whose header line was not seen: the order of PowerMTA's own default. */
static const char default_header[] =
    "type,timeLogged,timeQueued,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,bounceCat,"
    "srcType,srcMta,dlvType,dlvSourceIp,dlvDestinationIp,dlvEsmtpAvailable,dlvSize,vmta,jobId,"
    "envId,queue,vmtaPool";
/* clang-format on */

struct pmta {
	uint8_t at[COL_COUNT]; /* place of the column plus 1; 0 = the file has none */
	size_t n;              /* names in the header; 0 = none seen */
};

/* Names of fields in any order, "type" and one of the dsn's among them, and no row of data. */
static bool
is_header(struct str line)
{
	bool type = false, dsn = false;

	if (str_find(line, 0, '@') < line.n || str_find(line, 0, ' ') < line.n)
		return false;
	while (line.n > 0) {
		struct str name = span_until(&line, ',');

		type = type || str_ieq(name, STR("type"));
		dsn = dsn || str_ieq(name, STR("dsnStatus")) || str_ieq(name, STR("dsnDiag"));
	}
	return type && dsn;
}

static void
learn(struct arena *a, struct str line, struct pmta *p)
{
	struct csv c;

	csv_split(a, line, &c);
	*p = (struct pmta){ .n = c.n };
	for (size_t i = 0; i < c.n; i++)
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			if (str_ieq(c.field[i], names[k].name) && p->at[names[k].column] == 0)
				p->at[names[k].column] = (uint8_t)(i + 1);
}

/* The field in column K; what dsnDiag's own commas made too many is put back. */
static struct str
cell(const struct pmta *p, const struct csv *c, enum column k)
{
	size_t i = p->at[k], diag = p->at[COL_DIAG], surplus = c->n > p->n ? c->n - p->n : 0;
	struct str first, last;

	if (i == 0 || i > c->n)
		return (struct str){ 0 };
	if (diag == 0 || i < diag || surplus == 0)
		return c->field[i - 1];
	if (i > diag)
		return i - 1 + surplus < c->n ? c->field[i - 1 + surplus] : (struct str){ 0 };
	first = c->field[i - 1];
	last = c->field[i - 1 + surplus];
	if (!csv_is_view(c, first) || !csv_is_view(c, last)) /* it was quoted */
		return first;
	return (struct str){ first.p, (size_t)(last.p - first.p) + last.n };
}

/* By the letters of "type"; false for what is no fate ("tq", a queue's). */
static bool
kind_of(struct str type, enum event_kind *out)
{
	if (str_eq(type, STR("d")))
		*out = EVENT_DELIVERED;
	else if (str_eq(type, STR("b")) || str_eq(type, STR("rb")))
		*out = EVENT_BOUNCED;
	else if (str_eq(type, STR("t")) || str_eq(type, STR("rs")))
		*out = EVENT_DEFERRED;
	else if (str_eq(type, STR("f")))
		*out = EVENT_COMPLAINT;
	else
		return false;
	return true;
}

static void
fill(struct arena *a, const struct pmta *p, const struct csv *c, struct bounce_event *e)
{
	struct str orig = cell(p, c, COL_ORIG), orcpt = cell(p, c, COL_ORCPT), ip;

	e->recipient = cell(p, c, COL_RCPT);
	orcpt = address_in(orcpt);
	if (!str_ieq(orcpt, e->recipient))
		e->original = orcpt;
	e->sender = orig.n == 0 && p->at[COL_ORIG] > 0 ? STR("<>") : orig;
	e->reply = cell(p, c, COL_DIAG);
	enhanced_parse(cell(p, c, COL_STATUS), &e->local);
	e->why = cell(p, c, COL_CATEGORY);
	if (e->kind == EVENT_COMPLAINT)
		e->why = cell(p, c, COL_FORMAT);
	ip = cell(p, c, COL_MTA);
	e->relay_host = str_sub(ip, 0, str_find(ip, 0, ' '));
	e->relay_ip = cell(p, c, COL_DESTINATION_IP);
	hook_sender_ip(cell(p, c, COL_SOURCE_IP), e);
	e->instance = cell(p, c, COL_VMTA);
	e->queue_id = cell(p, c, COL_ENVELOPE_ID);
	e->provider_id = cell(p, c, COL_JOB);
	e->from = address_in(cell(p, c, COL_FROM));
	e->message_id = cell(p, c, COL_MESSAGE_ID);
	e->has_time = hook_time(a, cell(p, c, COL_TIME), &e->time);
	/* RFC 3463 3.5: X.4.7, given up for its age. */
	if (e->kind == EVENT_BOUNCED && e->local.subject == 4 && e->local.detail == 7)
		e->kind = EVENT_EXPIRED;
}

static enum record_fate
read_pmta(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct pmta *p = state;
	struct bounce_event e = { .count = 1, .direction = DIRECTION_OUT };
	struct str line = str_trim(record);
	struct csv c;

	(void)clock;
	if (str_has_prefix(line, STR("\xef\xbb\xbf")))
		line = str_sub(line, 3, line.n);
	if (line.n == 0)
		return RECORD_IRRELEVANT;
	if (is_header(line)) {
		learn(a, line, p);
		return RECORD_IRRELEVANT;
	}
	if (p->n == 0)
		learn(a, str_of(default_header), p);
	csv_split(a, line, &c);
	if (c.n < 5)
		return RECORD_NOT_UNDERSTOOD;
	if (!kind_of(cell(p, &c, COL_TYPE), &e.kind))
		return cell(p, &c, COL_TYPE).n <= 2 ? RECORD_IRRELEVANT : RECORD_NOT_UNDERSTOOD;
	fill(a, p, &c, &e);
	if (str_find(e.recipient, 0, '@') == e.recipient.n && e.kind != EVENT_COMPLAINT)
		return RECORD_NOT_UNDERSTOOD;
	out->event(out->ctx, &e);
	return RECORD_EVENTS;
}

/* "b,2017-09-22 16:31:06+0530,..." */
static unsigned
claims_pmta(struct str record)
{
	struct str line = str_trim(record);
	size_t comma = str_find(line, 0, ',');

	if (str_has_prefix(line, STR("\xef\xbb\xbf")))
		line = str_sub(line, 3, line.n);
	if (is_header(line))
		return 100;
	return (comma == 1 || comma == 2) && line.n > 30 && ascii_isdigit(line.p[comma + 1]) &&
		       line.p[comma + 5] == '-' && line.p[comma + 8] == '-' &&
		       str_find(line, 0, '@') < line.n
		   ? 70
		   : 0;
}

const struct reader reader_pmta = {
	.name = "powermta",
	.about = "PowerMTA accounting files (CSV)",
	.unit = READS_LINES,
	.from_documentation = true,
	.claims = claims_pmta,
	.read = read_pmta,
	.state_size = sizeof(struct pmta),
};
