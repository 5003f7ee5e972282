/* SPDX-License-Identifier: ISC */
/*
 * message_bulk.c - one-click unsubscription (RFC 8058).
 */
#include "checks/message_parts.h"

static const struct str unsubscribe = { "List-Unsubscribe", 16 };
static const struct str unsubscribe_post = { "List-Unsubscribe-Post", 21 };

/* Whether VALUE has an https URI with a host in angle brackets (RFC 2369 2, RFC 8058 3.1). */
static bool
has_https(struct str value)
{
	const struct str scheme = STR("https://");

	for (size_t open = 0; (open = str_find(value, open, '<')) < value.n; open++) {
		size_t close = str_find(value, open, '>');
		struct str uri = str_trim(str_sub(value, open + 1, close - open - 1));

		if (close < value.n && str_has_iprefix(uri, scheme) && uri.n > scheme.n &&
		    strchr("/?#:", uri.p[scheme.n]) == NULL)
			return true;
	}
	return false;
}

/* Whether VALUE is what a program made of a field that it took for text (RFC 2047 5). */
static bool
is_encoded(struct str value)
{
	return str_has_prefix(str_trim(value), STR("=?"));
}

/* What is wrong with the two fields, static words; empty = nothing. */
static struct str
unsubscribe_fault(struct message_scene *m)
{
	const struct header_field *post = header_find(m->h, unsubscribe_post, 0);

	if (header_count(m->h, unsubscribe) > 1)
		return STR("List-Unsubscribe stands more than once");
	if (is_encoded(header_find(m->h, unsubscribe, 0)->value))
		return STR("List-Unsubscribe is an encoded word, which nobody decodes there");
	if (!has_https(header_find(m->h, unsubscribe, 0)->value))
		return STR("List-Unsubscribe has no https URI");
	if (post == NULL)
		return STR("there is no List-Unsubscribe-Post");
	if (header_count(m->h, unsubscribe_post) > 1)
		return STR("List-Unsubscribe-Post stands more than once");
	if (!str_ieq(str_trim(post->value), STR("List-Unsubscribe=One-Click")))
		return STR("List-Unsubscribe-Post is not List-Unsubscribe=One-Click");
	return STR("");
}

/* Whether a signature that passes covers both fields (RFC 8058 4), by whomever it is. */
static bool
is_covered(const struct message_scene *m)
{
	for (size_t i = 0; i < m->n_sigs; i++) {
		const struct message_signature *s = &m->sigs[i];

		if (strcmp(s->result, "pass") == 0 && signature_covers(&s->s, unsubscribe) > 0 &&
		    signature_covers(&s->s, unsubscribe_post) > 0)
			return true;
	}
	return false;
}

void
message_judge_bulk(struct message_scene *m)
{
	struct str fault;

	if (!m->au->subject->bulk)
		return;
	if (header_find(m->h, unsubscribe, 0) == NULL) {
		if (!m->h->cut)
			(void)message_add(m, RULE_MESSAGE_UNSUBSCRIBE_MISSING);
		return;
	}
	fault = unsubscribe_fault(m);
	if (fault.n > 0)
		finding_text(
		    m->au->findings, message_add(m, RULE_MESSAGE_UNSUBSCRIBE_FORM), "fault", fault);
	else if (m->aligned_pass && !is_covered(m)) /* else what fails was told */
		(void)message_add(m, RULE_MESSAGE_UNSUBSCRIBE_UNSIGNED);
}
