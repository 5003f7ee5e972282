/* SPDX-License-Identifier: ISC */
/*
 * message_bulk.c - fields that other programs added or look for: one-click
 * unsubscription (RFC 8058), and ARC as far as it can be seen without
 * verifying its seals (RFC 8617).
 */
#include "checks/message_parts.h"

#define MAX_ARC_INSTANCE 50 /* RFC 8617 4.2.1 */

static const struct str unsubscribe = { "List-Unsubscribe", 16 };
static const struct str unsubscribe_post = { "List-Unsubscribe-Post", 21 };

/* Whether VALUE has an https URI in angle brackets (RFC 2369 2, RFC 8058 3.1). */
static bool
has_https(struct str value)
{
	for (size_t open = 0; (open = str_find(value, open, '<')) < value.n; open++)
		if (str_has_iprefix(str_trim(str_sub(value, open + 1, value.n)), STR("https://")))
			return true;
	return false;
}

/* What is wrong with the two fields, static words; empty = nothing. */
static struct str
unsubscribe_fault(struct message_scene *m)
{
	const struct header_field *post = header_find(m->h, unsubscribe_post, 0);

	if (header_count(m->h, unsubscribe) > 1)
		return STR("List-Unsubscribe stands more than once");
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

/* Whether a signature that counts covers both fields (RFC 8058 4). */
static bool
is_covered(const struct message_scene *m)
{
	for (size_t i = 0; i < m->n_sigs; i++) {
		const struct message_signature *s = &m->sigs[i];

		if (strcmp(s->result, "pass") == 0 && s->aligned &&
		    signature_covers(&s->s, unsubscribe) > 0 &&
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

/* The instance of an ARC field (RFC 8617 4.2.1); 0 = none that can be. */
static uint32_t
instance_of(struct arena *a, struct str value)
{
	struct str text = header_unfold(a, str_sub(value, 0, MAX_SIGNATURE_BYTES));
	uint32_t n;
	struct tag t;

	/* ARC-Authentication-Results is a list of its own kind behind i= */
	text = str_sub(text, 0, str_find(text, 0, ';'));
	if (!tag_find(text, STR("i"), &t) || !parse_u32(t.value, MAX_ARC_INSTANCE, &n))
		return 0;
	return n;
}

static bool
says_fail(struct arena *a, struct str value)
{
	struct tag t;

	return tag_find(header_unfold(a, str_sub(value, 0, MAX_SIGNATURE_BYTES)), STR("cv"), &t) &&
	       str_ieq(t.value, STR("fail"));
}

void
message_judge_arc(struct message_scene *m)
{
	static const char *const names[] = { "ARC-Seal", "ARC-Message-Signature",
		"ARC-Authentication-Results" };
	unsigned count[ARRAY_LEN(names)][MAX_ARC_INSTANCE + 1] = { { 0 } };
	uint32_t newest = 0, instance;
	bool failed = false;

	for (size_t i = 0; i < m->h->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			const struct header_field *f = &m->h->fields[i];

			if (!str_ieq(f->name, str_of(names[k])))
				continue;
			instance = instance_of(m->au->arena, f->value);
			count[k][instance]++;
			if (instance >= newest && k == 0)
				failed = says_fail(m->au->arena, f->value);
			newest = instance > newest ? instance : newest;
		}
	for (instance = 0; instance <= newest; instance++)
		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			if (count[k][instance] == (instance > 0 ? 1U : 0U))
				continue;
			finding_number(
			    message_add(m, RULE_MESSAGE_ARC_BROKEN), "instance", instance);
			return;
		}
	if (failed)
		(void)message_add(m, RULE_MESSAGE_ARC_FAILED);
}
