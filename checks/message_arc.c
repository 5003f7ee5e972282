/* SPDX-License-Identifier: ISC */
/*
 * message_arc.c - the ARC sets of a message (RFC 8617): who sealed it, and whether the
 * sets are whole.
 *
 * The seals are not verified: what they are worth is their reader's to say, who trusts
 * some sealers and not others, and no DMARC result hangs on them here.
 */
#include "checks/message_parts.h"

#define MAX_ARC_INSTANCE 50 /* RFC 8617 4.2.1 */

enum arc_field { ARC_SEAL, ARC_SIGNATURE, ARC_RESULTS, ARC_FIELDS };

static const char *const names[ARC_FIELDS] = { [ARC_SEAL] = "ARC-Seal",
	[ARC_SIGNATURE] = "ARC-Message-Signature",
	[ARC_RESULTS] = "ARC-Authentication-Results" };

/* What was read of the fields; instance 0 = of a field that has none that can be. */
struct sets {
	unsigned count[ARC_FIELDS][MAX_ARC_INSTANCE + 1];
	struct str seal[MAX_ARC_INSTANCE + 1]; /* unfolded, the topmost of that instance */
	uint32_t newest;
};

/* The instance of an ARC field whose unfolded value is TEXT (RFC 8617 4.2.1); 0 = none. */
static uint32_t
instance_of(struct str text)
{
	uint32_t n;
	struct tag t;

	/* ARC-Authentication-Results is a list of its own kind behind i= */
	if (!tag_find(str_sub(text, 0, str_find(text, 0, ';')), STR("i"), &t) &&
	    !tag_find(text, STR("i"), &t))
		return 0;
	return parse_u32(t.value, MAX_ARC_INSTANCE, &n) ? n : 0;
}

static void
read_sets(struct message_scene *m, struct sets *out)
{
	for (size_t i = 0; i < m->h->n; i++) {
		const struct header_field *f = &m->h->fields[i];
		size_t k = 0;
		struct str text;
		uint32_t n;

		while (k < ARC_FIELDS && !str_ieq(f->name, str_of(names[k])))
			k++;
		if (k == ARC_FIELDS)
			continue;
		text = header_unfold(m->au->arena, str_sub(f->value, 0, MAX_SIGNATURE_BYTES));
		n = instance_of(text);
		if (k == ARC_SEAL && out->count[k][n] == 0)
			out->seal[n] = text;
		out->count[k][n]++;
		out->newest = n > out->newest ? n : out->newest;
	}
}

static struct str
tag_of(struct str text, struct str name)
{
	struct tag t;

	return tag_find(text, name, &t) ? t.value : STR("");
}

/* The seals for the reports, the oldest first. */
static void
keep_seals(struct message_scene *m, const struct sets *s)
{
	m->arc = arena_array(m->au->arena, s->newest + 1, sizeof(*m->arc));
	for (uint32_t n = 1; n <= s->newest; n++) {
		struct str seal = s->seal[n];

		if (s->count[ARC_SEAL][n] > 0)
			m->arc[m->n_arc++] = (struct arc_fact){ .instance = n,
				.domain = tag_of(seal, STR("d")),
				.selector = tag_of(seal, STR("s")),
				.chain = tag_of(seal, STR("cv")) };
	}
}

void
message_judge_arc(struct message_scene *m)
{
	struct sets *s = arena_alloc(m->au->arena, sizeof(*s));

	read_sets(m, s);
	keep_seals(m, s);
	/* RFC 8617 5.2: each instance has one field of each kind, and none is left out */
	for (uint32_t n = 0; n <= s->newest; n++)
		for (size_t k = 0; k < ARC_FIELDS; k++) {
			if (s->count[k][n] == (n > 0 ? 1U : 0U))
				continue;
			finding_number(message_add(m, RULE_MESSAGE_ARC_BROKEN), "instance", n);
			return;
		}
	if (s->newest > 0 && str_ieq(tag_of(s->seal[s->newest], STR("cv")), STR("fail")))
		(void)message_add(m, RULE_MESSAGE_ARC_FAILED);
}
