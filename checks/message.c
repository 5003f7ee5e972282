/* SPDX-License-Identifier: ISC */
/*
 * message.c - a sample message: first everything is asked, then judged.
 */
#include "checks/message.h"
#include "checks/message_parts.h"

#define DAY_S 86400

/*
 * The time that counts for a signature is that of the arrival; a field that
 * claims to be of tomorrow is not believed.
 */
static void
read_time(struct message_scene *m)
{
	const struct question what = { .kind = ASK_NOW };
	const struct answer *a = ask(m->au->q, &what);
	const struct header_field *f = header_find(m->h, STR("Received"), 0);
	struct received r;

	if (is_pending(a)) {
		m->pending = true;
		return;
	}
	m->now = m->arrived = a->now;
	if (f == NULL)
		return;
	received_parse(m->au->arena, f->value, &r);
	if (r.has_date && r.date >= 0 && r.date <= m->now + DAY_S)
		m->arrived = r.date;
}

void
check_message(struct audit *au)
{
	struct message_scene *m = arena_alloc(au->arena, sizeof(*m));

	m->au = au;
	m->h = au->subject->message;
	read_time(m);
	message_read_author(m);
	message_read_sender(m);
	message_read_signatures(m);
	if (!m->pending)
		message_read_dmarc(m);
	if (m->pending)
		return;
	message_judge_fields(m);
	message_judge_signatures(m);
	message_judge_dmarc(m);
	message_judge_bulk(m);
	message_judge_arc(m);
	au->facts->message = message_facts_of(m);
}

bool
message_in_order(const struct facts *f)
{
	for (size_t i = 0; f->message != NULL && i < f->message->n_signatures; i++)
		if (strcmp(f->message->signatures[i].result, "pass") != 0)
			return false;
	return true;
}
