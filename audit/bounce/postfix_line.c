/* SPDX-License-Identifier: ISC */
/*
 * postfix_line.c - a line of Postfix as far as all its programs write alike.
 */
#include "audit/bounce/postfix_line.h"
#include "audit/bounce/span.h"

#define MIN_QUEUE_ID 5 /* of old versions on small disks */
#define MAX_QUEUE_ID 32

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

void
postfix_tag_parse(struct str text, struct postfix_tag *t)
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

const struct postfix_tag *
postfix_tag_find(struct postfix_tags *m, struct str text)
{
	struct postfix_tag *t;

	if (text.n == 0 || text.n > MAX_TAG)
		return NULL;
	t = &m->v[(text.n * 5 + (unsigned char)text.p[text.n - 1] * 3u +
		      (unsigned char)text.p[text.n / 2]) %
		  MAX_POSTFIX_TAGS];
	if (t->n != text.n || memcmp(t->text, text.p, text.n) != 0)
		postfix_tag_parse(text, t);
	return t;
}

struct str
postfix_take_queue_id(struct str *s)
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
