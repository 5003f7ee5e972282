/* SPDX-License-Identifier: ISC */
/*
 * message_parts.c - what the parts of the check "message" share: how they tell.
 */
#include "checks/message_parts.h"

struct finding *
message_add(struct message_scene *m, enum rule_id id)
{
	const struct subject *s = m->au->subject;

	if (name_is_set(&s->domain))
		return finding_add(m->au->findings, id, &s->domain);
	return finding_add_text(m->au->findings, id, STR("the message"));
}

struct str
message_cut(struct str s)
{
	return str_sub(s, 0, MAX_TOLD_TEXT);
}

void
message_assume(struct message_scene *m, const char *text)
{
	struct facts *facts = m->au->facts;
	struct str *list = arena_array(m->au->arena, facts->n_assumptions + 1, sizeof(*list));

	for (size_t i = 0; i < facts->n_assumptions; i++)
		list[i] = facts->assumptions[i];
	list[facts->n_assumptions++] = str_of(text);
	facts->assumptions = list;
}
