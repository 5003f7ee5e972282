/* SPDX-License-Identifier: ISC */
/*
 * selectors.c - names below _domainkey that lead to a key.
 */
#include "audit/gate/selectors.h"
#include "checks/core/taglist.h"

/* "a.b" of the name a.b.ROOT; empty for ROOT itself and for what is no selector. */
static struct str
selector_of(struct arena *a, const struct name *name, const struct name *root)
{
	size_t n = name_labels(name) - name_labels(root);
	struct buf b;
	struct str out;

	buf_init(&b, MAX_NAME_TEXT);
	for (size_t i = 0; i < n; i++) {
		struct str label = name_label(name, i);

		if (label.n == 0 || label.p[0] == '_' || label.p[0] == '*') {
			n = 0;
			buf_reset(&b);
			break;
		}
		if (i > 0)
			buf_addc(&b, '.');
		buf_add(&b, label);
	}
	out = n > 0 ? arena_str(a, buf_str(&b)) : STR("");
	buf_free(&b);
	return out;
}

/* Whether TEXT is a key that was withdrawn: an empty p= (RFC 6376 3.6.1). */
static bool
is_withdrawn(struct str text)
{
	size_t pos = 0;
	struct tag t;

	while (tag_next(text, &pos, &t))
		if (str_ieq(t.name, STR("p")))
			return t.value.n == 0;
	return false;
}

/* Whether S holds something for a key at NAME. */
static bool
leads_to_key(const struct side *s, const struct name *name)
{
	struct question q = question_dns(name, RR_TXT);
	const struct answer *a = side_answer(s, &q);
	bool found = false;

	if (a == NULL)
		return false;
	found = a->n_chain > 0 || a->status == ANSWER_FAILED;
	for (size_t i = 0; i < a->n_rr && !found; i++)
		found = a->rr[i].text.n > 0 && !is_withdrawn(a->rr[i].text);
	answer_unref(a);
	return found;
}

static bool
has_selector(const struct selector *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].domain.n == 0 && str_ieq(list[i].name, name))
			return true;
	return false;
}

bool
gate_selector_question(const struct name *domain, struct question *out)
{
	*out = (struct question){ .kind = ASK_NAMES };
	return name_above(STR("_domainkey"), domain, &out->name);
}

void
gate_selectors(const struct side *s, struct arena *a, struct subject *out)
{
	struct selector *list =
	    arena_array(a, out->n_selectors + MAX_GATE_SELECTORS, sizeof(*list));
	size_t n = out->n_selectors, most = n + MAX_GATE_SELECTORS;
	const struct answer *names;
	struct question q;

	if (!gate_selector_question(&out->domain, &q) || (names = side_answer(s, &q)) == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		list[i] = out->selectors[i];
	for (size_t i = 0; i < names->n_names && n < most; i++) {
		struct str one = selector_of(a, &names->names[i], &q.name);

		if (one.n == 0 || has_selector(list, n, one) || !leads_to_key(s, &names->names[i]))
			continue;
		list[n++] = (struct selector){ .name = one, .provenance = FROM_CONFIG };
	}
	answer_unref(names);
	out->selectors = list;
	out->n_selectors = n;
}
