/* SPDX-License-Identifier: ISC */
/*
 * message_fields.c - the header of a message: who it is from, and what
 * receivers refuse or hold against it (RFC 5322).
 */
#include "checks/maildate.h"
#include "checks/message_parts.h"

#define DAY_S 86400
#define MAX_DAYS_AHEAD 1  /* a clock that is off by a time zone is common */
#define MAX_DAYS_BACK 365 /* keys are seldom kept longer */

/* RFC 5322 3.6: fields that may stand once, but for From, which has rules of its own. */
static const char *const single_fields[] = { "Date", "Sender", "Reply-To", "To", "Cc", "Bcc",
	"Message-ID", "In-Reply-To", "References", "Subject" };

void
message_read_author(struct message_scene *m)
{
	const struct subject *s = m->au->subject;
	const struct mailbox *first;

	if (header_count(m->h, STR("From")) != 1)
		return;
	m->from = header_find(m->h, STR("From"), 0);
	mailboxes_parse(m->au->arena,
	    header_unfold(m->au->arena, str_sub(m->from->value, 0, MAX_MAILBOX_FIELD + 1)),
	    &m->from_list);
	if ((first = mailboxes_author(&m->from_list)) == NULL)
		return;
	/* the ASCII form of a domain is made where the subject is: here is no IDNA */
	m->author = first->u_label ? s->from : first->name;
	if (!name_is_set(&m->author)) {
		m->author.n = 0;
		return;
	}
	m->policy = dmarc_policy(m->au, &m->author);
	m->pending = m->pending || m->policy->state == DMARC_PENDING;
}

/* Ways to write From that let people read another address than the one that counts. */
static void
judge_from_forms(struct message_scene *m)
{
	const struct mailboxes *list = &m->from_list;
	struct findings *fs = m->au->findings;
	struct str field;

	if (m->from == NULL || list->bad || list->n == 0)
		return;
	field = message_cut(str_trim(m->from->value));
	if (list->group)
		finding_text(fs, message_add(m, RULE_MESSAGE_FROM_GROUP), "field", field);
	for (size_t i = 0; i < list->n; i++)
		if (list->list[i].route) {
			finding_text(fs, message_add(m, RULE_MESSAGE_FROM_ROUTE), "field", field);
			return;
		}
}

static void
judge_from(struct message_scene *m)
{
	struct findings *fs = m->au->findings;
	size_t n = header_count(m->h, STR("From"));
	struct finding *f;

	if (n == 0) {
		if (!m->h->cut) /* else nobody knows */
			(void)message_add(m, RULE_MESSAGE_FROM_MISSING);
	} else if (n > 1) {
		f = message_add(m, RULE_MESSAGE_FROM_SEVERAL);
		finding_number(f, "count", (int64_t)n);
	} else if (m->from_list.bad || m->from_list.n == 0 ||
		   m->from_list.list[0].domain.p[0] == '[') {
		f = message_add(m, RULE_MESSAGE_FROM_UNREADABLE);
		finding_text(fs, f, "field", message_cut(str_trim(m->from->value)));
	} else if (mailboxes_domains(&m->from_list) > 1 || m->from_list.over) {
		f = message_add(m, RULE_MESSAGE_FROM_DOMAINS);
		finding_text(fs, f, "field", message_cut(str_trim(m->from->value)));
	} else if (m->from_list.n > 1) {
		f = message_add(m, RULE_MESSAGE_FROM_ADDRESSES);
		finding_number(f, "count", (int64_t)m->from_list.n);
	} else if (m->from_list.list[0].u_label) {
		f = message_add(m, RULE_MESSAGE_FROM_UNICODE);
		finding_text(fs, f, "domain", message_cut(m->from_list.list[0].domain));
	}
}

/* RFC 5322 3.6.4, as far as receivers look: one pair of brackets, one '@', no blank. */
static bool
is_message_id(struct str v)
{
	size_t at = 0;

	if (v.n < 5 || v.p[0] != '<' || v.p[v.n - 1] != '>')
		return false;
	v = str_sub(v, 1, v.n - 2);
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == ' ' || v.p[i] == '<' || v.p[i] == '>' || (unsigned char)v.p[i] < 0x20)
			return false;
		if (v.p[i] == '@')
			at = at == 0 ? i + 1 : v.n + 1;
	}
	return at > 1 && at < v.n;
}

/* V without the comment at its end, which some hops leave there (RFC 5322 3.6.4, CFWS). */
static struct str
without_comment(struct str v)
{
	unsigned depth = 0;
	size_t i = v.n;

	if (v.n == 0 || v.p[v.n - 1] != ')')
		return v;
	while (i > 0) {
		i--;
		if (v.p[i] == ')')
			depth++;
		else if (v.p[i] == '(' && --depth == 0)
			return str_trim(str_sub(v, 0, i));
	}
	return v;
}

static void
judge_id(struct message_scene *m)
{
	const struct header_field *f = header_find(m->h, STR("Message-ID"), 0);
	struct str v;

	if (f == NULL) {
		if (!m->h->cut)
			(void)message_add(m, RULE_MESSAGE_ID_MISSING);
		return;
	}
	v = header_unfold(m->au->arena, message_cut(str_trim(f->value)));
	if (str_trim(f->value).n <= MAX_TOLD_TEXT * 9 &&
	    is_message_id(without_comment(header_unfold(m->au->arena, f->value))))
		return;
	finding_text(
	    m->au->findings, message_add(m, RULE_MESSAGE_ID_INVALID), "value", message_cut(v));
}

static void
judge_date(struct message_scene *m)
{
	const struct header_field *f = header_find(m->h, STR("Date"), 0);
	struct finding *found;
	int64_t days;
	time_t date;

	if (f == NULL) {
		if (!m->h->cut)
			(void)message_add(m, RULE_MESSAGE_DATE_MISSING);
		return;
	}
	if (!maildate_parse(f->value, &date)) {
		found = message_add(m, RULE_MESSAGE_DATE_INVALID);
		finding_text(m->au->findings, found, "value", message_cut(str_trim(f->value)));
		return;
	}
	days = ((int64_t)date - (int64_t)m->now) / DAY_S;
	if (days <= MAX_DAYS_AHEAD && days >= -MAX_DAYS_BACK)
		return;
	found = message_add(m, RULE_MESSAGE_DATE_FAR);
	finding_number(found, "days", days < 0 ? -days : days);
	finding_text(
	    m->au->findings, found, "side", days < 0 ? STR("in the past") : STR("in the future"));
}

static void
judge_repeated(struct message_scene *m)
{
	for (size_t i = 0; i < ARRAY_LEN(single_fields); i++) {
		size_t n = header_count(m->h, str_of(single_fields[i]));
		struct finding *f;

		if (n < 2)
			continue;
		f = message_add(m, RULE_MESSAGE_FIELD_REPEATED);
		finding_text(m->au->findings, f, "field", str_of(single_fields[i]));
		finding_number(f, "count", (int64_t)n);
	}
}

/* Whether a hop says that the message came by SMTPUTF8: then a header may hold UTF-8. */
static bool
is_internationalized(struct message_scene *m)
{
	const struct header_field *f = header_find(m->h, STR("Received"), 0);
	struct received r;

	if (f == NULL)
		return false;
	received_parse(m->au->arena, f->value, &r);
	return r.utf8;
}

/* The first field with a byte over 127; once a message, for it is one program's doing. */
static void
judge_8bit(struct message_scene *m)
{
	for (size_t i = 0; i < m->h->n; i++) {
		const struct header_field *f = &m->h->fields[i];
		size_t k = 0;

		while (k < f->value.n && (unsigned char)f->value.p[k] < 0x80)
			k++;
		if (k == f->value.n ||
		    (f == m->from && m->from_list.n == 1 && m->from_list.list[0].u_label))
			continue;
		if (!is_internationalized(m))
			finding_text(m->au->findings, message_add(m, RULE_MESSAGE_RAW_8BIT),
			    "field", message_cut(f->name));
		return;
	}
}

void
message_judge_fields(struct message_scene *m)
{
	const struct header *h = m->h;

	judge_from(m);
	judge_from_forms(m);
	judge_id(m);
	judge_date(m);
	judge_repeated(m);
	judge_8bit(m);
	if (h->bare_lf)
		(void)message_add(m, RULE_MESSAGE_BARE_LF);
	if (h->nul)
		(void)message_add(m, RULE_MESSAGE_NUL);
	if (h->no_end)
		(void)message_add(m, RULE_MESSAGE_NO_END);
	if (h->bad_line)
		(void)message_add(m, RULE_MESSAGE_BAD_LINE);
	if (h->long_line)
		(void)message_add(m, RULE_MESSAGE_LINE_LONG);
	if (h->cut)
		finding_number(
		    message_add(m, RULE_MESSAGE_FIELDS_MANY), "limit", MAX_HEADER_FIELDS);
}
