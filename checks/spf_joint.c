/* SPDX-License-Identifier: ISC */
/*
 * spf_joint.c - one record for one name.
 *
 * Several findings may each propose a record in place of the one there is.  Whoever
 * pastes one and then the next must not undo the first: all of them carry the record
 * that has every certain cure in it.  Nothing is cured here that no finding cures.
 */
#include "checks/spf_judge.h"

/* Where in TEXT, a record, the first all or redirect= stands; its end when there is none. */
static size_t
insert_at(struct arena *a, struct str text)
{
	struct spf_record r;
	size_t end = text.n;
	spf_record_parse(a, text, &r);
	while (end > 0 && text.p[end - 1] == ' ')
		end--;
	for (size_t i = 0; i < r.n_terms; i++)
		if (r.terms[i].kind == TERM_ALL || r.terms[i].kind == TERM_REDIRECT)
			return (size_t)(r.terms[i].text.p - text.p);
	return end;
}

struct str
spf_extend(const struct spf_judge *j, struct str text)
{
	struct arena *a = j->au->arena;
	size_t at = insert_at(a, text);
	bool end = at == text.n || text.p[at] == ' ';
	struct str parts[] = { str_sub(text, 0, at), end ? STR(" ") : STR(""), j->missing,
		end ? STR("") : STR(" "), str_sub(text, at, text.n) };
	if (j->missing.n == 0)
		return text;
	char *p = arena_alloc(a, text.n + j->missing.n + 2);
	struct str out = { p, 0 };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].n > 0)
			memcpy(p + out.n, parts[i].p, parts[i].n);
		out.n += parts[i].n;
	}
	bool fits = spf_txt_octets(j) - j->record->text.n + out.n <= SPF_SIZE_UDP;
	return fits && is_spf_sound(a, out) ? out : text;
}

/* Whether F is cured by another record of that type in place of the one at the owner of J's. */
static bool
is_replaced(const struct spf_judge *j, const struct finding *f)
{
	const struct change *c = f->remedy.changes;
	return f->remedy.n_changes == 1 && c->action == CHANGE_REPLACE && c->type == j->rr->type &&
	       name_eq(&c->name, answer_owner(j->txt));
}

void
spf_settle_record(struct spf_judge *j, struct finding *const *from)
{
	struct findings *fs = j->au->findings;
	struct str base = j->plan.n > 0 ? j->plan : j->fixed.n > 0 ? j->fixed : j->record->text;
	struct str text = STR(""), old = STR("");
	for (struct finding *f = *from; f != NULL; f = f->next) {
		if (!is_replaced(j, f))
			continue;
		if (old.n == 0) {
			text = finding_txt(fs, spf_extend(j, base));
			old = finding_txt(fs, j->rr->text);
		}
		if (str_eq(f->remedy.changes[0].old, old))
			f->remedy.changes[0].new = text;
	}
}
