/* SPDX-License-Identifier: ISC */
/*
 * read_haraka.c - logs of Haraka's outbound queue, as its logger writes them
 * to a console or to syslog.
 *
 * Senders stand in none of these lines.  A mail that was given up is told once
 * for each recipient and then as a whole: the second telling counts only when
 * there was no first.
 */
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"
#include "audit/bounce/syslog.h"

struct haraka_state {
	struct stamp_cache stamp;
	char told[48]; /* uuid of the mail whose recipients were refused last */
	size_t n_told;
};

struct haraka_line {
	bool has_time;
	time_t time;
	struct str host, uuid, plugin, msg;
	const struct sink *out;
};

/* "[NOTICE] [UUID] [outbound] ..." anywhere near the start. */
static bool
take_brackets(struct str *s, struct haraka_line *l)
{
	static const struct str levels[] = { STR("[NOTICE] ["), STR("[INFO] ["), STR("[ERROR] ["),
		STR("[WARN] ["), STR("[CRIT] ["), STR("[DEBUG] ["), STR("[PROTOCOL] [") };

	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (!span_take(s, levels[i]))
			continue;
		l->uuid = span_until(s, ']');
		span_blanks(s);
		if (span_take(s, STR("[")))
			l->plugin = span_until(s, ']');
		span_blanks(s);
		l->msg = *s;
		return true;
	}
	return false;
}

/* What stands before the brackets: nothing, a stamp, or a syslog header. */
static bool
split_line(struct haraka_state *st, struct str s, struct reader_clock *clock, struct haraka_line *l)
{
	struct syslog_line log;
	size_t n;

	span_blanks(&s);
	if (take_brackets(&s, l))
		return true;
	if ((n = stamp_read(&st->stamp, s, clock, &l->time)) > 0) {
		struct str rest = str_sub(s, n, s.n);

		l->has_time = true;
		span_blanks(&rest);
		if (take_brackets(&rest, l))
			return true;
	}
	if (!syslog_read(&st->stamp, s, clock, &log))
		return false;
	l->has_time = true;
	l->time = log.time;
	l->host = log.host;
	return take_brackets(&log.msg, l);
}

static struct bounce_event
new_event(const struct haraka_line *l, enum event_kind kind)
{
	return (struct bounce_event){
		.kind = kind,
		.has_time = l->has_time,
		.time = l->time,
		.host = l->host,
		.queue_id = l->uuid,
		.count = 1,
	};
}

static enum record_fate
emit(const struct haraka_line *l, struct bounce_event *e)
{
	l->out->event(l->out->ctx, e);
	return RECORD_EVENTS;
}

/* "<a@example.net> rejected: 550 5.7.26 text" */
static enum record_fate
read_recipient(struct haraka_state *st, const struct haraka_line *l, struct str s)
{
	struct bounce_event e = new_event(l, EVENT_DEFERRED);

	e.recipient = span_address(&s, STR(" "));
	if (span_take(&s, STR("rejected: ")))
		e.kind = EVENT_BOUNCED;
	else if (!span_take(&s, STR("deferred: ")))
		return RECORD_IRRELEVANT;
	e.reply = s;
	st->n_told = l->uuid.n <= sizeof(st->told) ? l->uuid.n : 0;
	memcpy(st->told, l->uuid.p, st->n_told);
	return emit(l, &e);
}

/* A fate of the mail as a whole. */
static enum record_fate
read_whole(
    const struct haraka_state *st, const struct haraka_line *l, enum event_kind kind, struct str s)
{
	struct bounce_event e = new_event(l, kind);

	if (str_has_prefix(s, STR("Too many failures")))
		e.kind = EVENT_EXPIRED;
	else if (l->uuid.n > 0 && str_eq(l->uuid, (struct str){ st->told, st->n_told }))
		return RECORD_IRRELEVANT;
	if (!span_take(&s, STR("Upstream error: ")) && (s.n == 0 || !ascii_isdigit(s.p[0])))
		e.phase = PHASE_LOCAL;
	e.reply = s;
	return emit(l, &e);
}

/* The value of KEY ("ip=") in S: a word, or up to the closing quote. */
static struct str
value_of(struct str s, struct str key)
{
	size_t at = span_find(s, key);

	if (at >= s.n)
		return (struct str){ 0 };
	s = str_sub(s, at + key.n, s.n);
	if (span_take(&s, STR("\"")))
		return str_sub(s, 0, str_find(s, 0, '"'));
	return str_sub(s, 0, str_find(s, 0, ' '));
}

/* "delivered file=... domain=... host=... ip=... response=\"...\" rcpts=1/0/0" */
static enum record_fate
read_delivered(const struct haraka_line *l, struct str s)
{
	struct bounce_event e = new_event(l, EVENT_DELIVERED);
	struct str rcpts = value_of(s, STR(" rcpts="));
	uint32_t ok;

	e.relay_host = value_of(s, STR(" host="));
	e.relay_ip = value_of(s, STR(" ip="));
	e.reply = value_of(s, STR(" response="));
	if (span_number(&rcpts, 1000000, &ok))
		e.count = ok;
	if (e.count == 0)
		return RECORD_IRRELEVANT;
	if (str_has_prefix(e.relay_ip, STR("127.")) || str_eq(e.relay_ip, STR("::1")))
		e.direction = DIRECTION_INTERNAL;
	return emit(l, &e);
}

static enum record_fate
read_line(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct haraka_state *st = state;
	struct haraka_line l = { .out = out };
	struct str s;

	(void)a;
	if (str_trim(record).n == 0)
		return RECORD_IRRELEVANT;
	if (!split_line(st, record, clock, &l)) {
		struct syslog_line log;

		/* Lines of others in the same syslog. */
		return syslog_read(&st->stamp, record, clock, &log) ? RECORD_IRRELEVANT
								    : RECORD_NOT_UNDERSTOOD;
	}
	s = l.msg;
	if (!str_has_prefix(l.plugin, STR("outbound")))
		return RECORD_IRRELEVANT;
	if (span_take(&s, STR("recipient ")))
		return read_recipient(st, &l, s);
	if (span_take(&s, STR("delivered file=")))
		return read_delivered(&l, s);
	if (span_take(&s, STR("bouncing mail: ")))
		return read_whole(st, &l, EVENT_BOUNCED, s);
	if (span_take(&s, STR("Temp failing "))) {
		size_t at = span_find(s, STR(" seconds: "));

		return at < s.n ? read_whole(st, &l, EVENT_DEFERRED, str_sub(s, at + 10, s.n))
				: RECORD_NOT_UNDERSTOOD;
	}
	return RECORD_IRRELEVANT;
}

static unsigned
claims(struct str record)
{
	struct haraka_state st = { .n_told = 0 };
	struct reader_clock clock = { .year = 1970, .month_last = 1 };
	struct haraka_line l = { .out = NULL };

	record = str_sub(record, 0, str_find(record, 0, '\n'));
	if (!split_line(&st, record, &clock, &l) || l.plugin.n == 0)
		return 0;
	return str_has_prefix(l.plugin, STR("outbound")) ? 90 : 60;
}

const struct reader reader_haraka = {
	.name = "haraka",
	.about = "Haraka log of outbound mail",
	.unit = READS_LINES,
	.from_documentation = true,
	.claims = claims,
	.read = read_line,
	.state_size = sizeof(struct haraka_state),
};
