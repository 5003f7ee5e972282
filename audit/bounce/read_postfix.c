/* SPDX-License-Identifier: ISC */
/*
 * read_postfix.c - logs of Postfix: which program wrote a line, and which
 * lines matter.
 *
 * Most do not (connections, TLS, queue runs), so a line is turned away by the
 * program that wrote it, or by its first word, before more of it is looked at.
 */
#include "audit/bounce/read_postfix.h"
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"
#include "audit/bounce/tie.h"

#define MIN_QUEUE_ID 5 /* of old versions on small disks */
#define MAX_QUEUE_ID 32

#define TAGS 64 /* remembered; a host writes under some 20 */

struct postfix_state {
	struct stamp_cache stamp;
	struct postfix_tag tags[TAGS];
};

/* clang-format off */
static const struct {
	struct str service;
	enum postfix_writes writes;
} services[] = {
	{ STR("smtpd"), WRITES_REFUSALS },	/* the most frequent first */
	{ STR("smtp"), WRITES_FATES },
	{ STR("qmgr"), WRITES_QUEUE },
	{ STR("cleanup"), WRITES_CLEANUP },
	{ STR("anvil"), WRITES_NOTHING },
	{ STR("bounce"), WRITES_NOTHING },
	{ STR("discard"), WRITES_FATES },
	{ STR("dnsblog"), WRITES_NOTHING },
	{ STR("error"), WRITES_FATES },
	{ STR("flush"), WRITES_NOTHING },
	{ STR("lmtp"), WRITES_FATES },
	{ STR("local"), WRITES_FATES },
	{ STR("master"), WRITES_NOTHING },
	{ STR("nqmgr"), WRITES_QUEUE },
	{ STR("oqmgr"), WRITES_QUEUE },
	{ STR("pickup"), WRITES_NOTHING },
	{ STR("pipe"), WRITES_FATES },
	{ STR("postdrop"), WRITES_NOTHING },
	{ STR("postfix-script"), WRITES_NOTHING },
	{ STR("postqueue"), WRITES_NOTHING },
	{ STR("postscreen"), WRITES_REFUSALS },
	{ STR("postsuper"), WRITES_QUEUE },
	{ STR("proxymap"), WRITES_NOTHING },
	{ STR("qmqpd"), WRITES_REFUSALS },
	{ STR("scache"), WRITES_NOTHING },
	{ STR("sendmail"), WRITES_NOTHING },
	{ STR("showq"), WRITES_NOTHING },
	{ STR("spawn"), WRITES_NOTHING },
	{ STR("tlsmgr"), WRITES_NOTHING },
	{ STR("tlsproxy"), WRITES_NOTHING },
	{ STR("trivial-rewrite"), WRITES_NOTHING },
	{ STR("verify"), WRITES_NOTHING },
	{ STR("virtual"), WRITES_FATES },
};
/* clang-format on */

/* What SERVICE writes. */
static enum postfix_writes
writes_of(struct str service)
{
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (str_eq(services[i].service, service))
			return services[i].writes;
	return WRITES_OTHERS;
}

/* The address that an instance's name carries, "postfix-192.0.2.1". */
static bool
address_of(struct str instance, struct addr *out)
{
	for (size_t i = 0; i < instance.n; i++)
		if ((instance.p[i] == '-' || instance.p[i] == '_') &&
		    addr_parse(str_sub(instance, i + 1, instance.n), out) == ADDR_OK)
			return true;
	return false;
}

/* "postfix/submission/smtpd" into instance and program. */
static void
tag_parse(struct str text, struct postfix_tag *t)
{
	size_t slash = span_rfind(text, STR("/"));
	struct str service = str_sub(text, slash + 1, text.n);

	*t = (struct postfix_tag){ .n = text.n, .writes = WRITES_OTHERS };
	memcpy(t->text, text.p, text.n);
	if (slash >= text.n)
		return;
	t->instance_n = str_find(text, 0, '/');
	t->writes = writes_of(service);
	t->smtp = str_eq(service, STR("smtp"));
	t->tells = str_eq(service, STR("error")) || t->writes == WRITES_QUEUE;
	t->has_ip = address_of(str_sub(text, 0, t->instance_n), &t->ip);
}

/* TEXT taken apart, out of the memory in S; NULL when it is too long for Postfix. */
static const struct postfix_tag *
tag_find(struct postfix_state *s, struct str text)
{
	struct postfix_tag *t;

	if (text.n == 0 || text.n > MAX_TAG)
		return NULL;
	t = &s->tags[(text.n * 5 + (unsigned char)text.p[text.n - 1] * 3u +
			 (unsigned char)text.p[text.n / 2]) %
		     TAGS];
	if (t->n != text.n || memcmp(t->text, text.p, text.n) != 0)
		tag_parse(text, t);
	return t;
}

/*
 * "E7FB517812EF: " in hexadecimal or "3mPVKl0Mhjz7sXv: " in base 52; not the
 * words that stand there too ("warning: ").
 */
static struct str
take_queue_id(struct str *s)
{
	struct str id = { s->p, 0 };
	bool other = false; /* than a lower-case letter */

	while (id.n < s->n && id.n <= MAX_QUEUE_ID && ascii_isalnum(s->p[id.n])) {
		other |= s->p[id.n] < 'a';
		id.n++;
	}
	if (id.n < MIN_QUEUE_ID || id.n > MAX_QUEUE_ID || !other || id.n + 1 >= s->n ||
	    s->p[id.n] != ':' || s->p[id.n + 1] != ' ')
		return str_sub(id, 0, 0);
	span_drop(s, id.n + 2);
	return id;
}

void
postfix_event(const struct postfix_line *l, enum event_kind kind, struct bounce_event *e)
{
	*e = (struct bounce_event){ .kind = kind, .has_time = true };
	e->time = l->log.time;
	e->host = l->log.host;
	e->instance = str_sub(l->log.tag, 0, l->tag->instance_n);
	e->queue_id = l->queue_id;
	e->count = l->log.count;
	if (l->tag->has_ip) {
		e->sender_ip = l->tag->ip;
		e->ip_from = KNOWN_LOG;
	}
}

void
postfix_peer(struct str text, struct str *host, struct str *ip)
{
	size_t open = str_find(text, 0, '[');

	if (open >= text.n) {
		if (!str_eq(text, STR("none")))
			*host = text;
		return;
	}
	*host = str_sub(text, 0, open);
	text = str_sub(text, open + 1, text.n);
	*ip = str_sub(text, 0, str_find(text, 0, ']'));
}

static enum record_fate
emit(const struct postfix_line *l, struct bounce_event *e)
{
	l->out->event(l->out->ctx, e);
	return RECORD_EVENTS;
}

/* "from=<s@example.com>, size=351, nrcpt=1 (queue active)", "..., status=expired, ..." */
static enum record_fate
read_from(const struct postfix_line *l, struct str rest)
{
	struct bounce_event e;

	postfix_event(l, EVENT_SENDER, &e);
	e.sender = span_address(&rest, STR(", "));
	if (span_take(&rest, STR("status="))) {
		(void)span_take(&rest, STR("force-"));
		if (!span_take(&rest, STR("expired")))
			return RECORD_NOT_UNDERSTOOD;
		e.kind = EVENT_EXPIRED;
		e.phase = PHASE_LOCAL;
	}
	return emit(l, &e);
}

static enum record_fate
read_queue(const struct postfix_line *l)
{
	struct str rest = l->rest;

	if (l->queue_id.n == 0)
		return RECORD_IRRELEVANT;
	if (span_take(&rest, STR("from=")))
		return read_from(l, rest);
	if (str_eq(rest, STR("removed"))) {
		struct bounce_event e;

		postfix_event(l, EVENT_GONE, &e);
		return emit(l, &e);
	}
	if (rest.n > 3 && memcmp(rest.p, "to=", 3) == 0)
		return postfix_fate(l);
	return RECORD_IRRELEVANT;
}

static enum record_fate
read_cleanup(const struct postfix_line *l)
{
	struct str rest = l->rest;
	struct bounce_event e;

	if (l->queue_id.n == 0)
		return RECORD_IRRELEVANT;
	if (!span_take(&rest, STR("message-id=")))
		return postfix_refusal(l);
	if (str_eq(rest, STR("<>")) || rest.n == 0)
		return RECORD_IRRELEVANT;
	postfix_event(l, EVENT_SENDER, &e);
	e.message_id = rest;
	return emit(l, &e);
}

static enum record_fate
read_fates(const struct postfix_line *l)
{
	if (l->queue_id.n == 0)
		return RECORD_IRRELEVANT;
	if (l->rest.n > 3 && memcmp(l->rest.p, "to=", 3) == 0)
		return postfix_fate(l);
	return postfix_attempt(l);
}

static enum record_fate
read_refusals(const struct postfix_line *l)
{
	struct str rest = l->rest;

	/* smtpd_proxy_filter: this form may stand without a queue id. */
	if (l->queue_id.n == 0 && !span_take(&rest, STR("proxy-reject: ")))
		return RECORD_IRRELEVANT;
	return postfix_refusal(l);
}

static enum record_fate
read_line(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct postfix_state *s = state;
	struct postfix_line l;

	(void)a;
	if (!syslog_read(&s->stamp, record, clock, &l.log))
		return str_trim(record).n == 0 ? RECORD_IRRELEVANT : RECORD_NOT_UNDERSTOOD;
	l.tag = tag_find(s, l.log.tag);
	if (l.tag == NULL || l.tag->writes == WRITES_OTHERS)
		return tie_read(&l.log, out);
	if (l.tag->writes == WRITES_NOTHING)
		return RECORD_IRRELEVANT;
	l.out = out;
	l.rest = l.log.msg;
	l.queue_id = take_queue_id(&l.rest);
	switch (l.tag->writes) {
	case WRITES_FATES:
		return read_fates(&l);
	case WRITES_QUEUE:
		return read_queue(&l);
	case WRITES_CLEANUP:
		return read_cleanup(&l);
	default:
		return read_refusals(&l);
	}
}

static unsigned
claims(struct str record)
{
	struct stamp_cache stamp = { .n = 0 };
	struct reader_clock clock = { .year = 1970, .month_last = 1 };
	struct syslog_line log;
	struct postfix_tag tag;

	record = str_sub(record, 0, str_find(record, 0, '\n'));
	if (!syslog_read(&stamp, record, &clock, &log))
		return 0;
	tag_parse(str_sub(log.tag, 0, MAX_TAG), &tag);
	if (tag.writes != WRITES_OTHERS)
		return str_has_prefix(log.tag, STR("postfix")) ? 95 : 80;
	if (str_eq(log.tag, STR("opendkim")) || span_has(log.msg, STR("rspamd_task_write_log")))
		return 40;
	return 5; /* any line of syslog: a mail log may begin with others */
}

const struct reader reader_postfix = {
	.name = "postfix",
	.about = "Postfix log, with lines of opendkim and rspamd",
	.unit = READS_LINES,
	.claims = claims,
	.read = read_line,
	.state_size = sizeof(struct postfix_state),
};
