/* SPDX-License-Identifier: ISC */
/*
 * finding.c - findings are built step by step in the arena of the run.
 */
#include "checks/core/finding.h"
#include <assert.h>

void
findings_init(struct findings *fs, struct arena *a)
{
	*fs = (struct findings){ .arena = a };
	fs->last = &fs->first;
	buf_init(&fs->scratch, MAX_ANSWER_BYTES);
}

void
findings_reset(struct findings *fs)
{
	fs->first = NULL;
	fs->last = &fs->first;
	fs->n = 0;
	fs->over = false;
}

void
findings_free(struct findings *fs)
{
	buf_free(&fs->scratch);
}

struct finding *
finding_add_text(struct findings *fs, enum rule_id id, struct str subject)
{
	struct finding *f = arena_alloc(fs->arena, sizeof(*f));

	f->id = id;
	f->subject = arena_str(fs->arena, subject);
	if (fs->n >= MAX_FINDINGS) {
		fs->over = true; /* the caller may still fill it in; nobody sees it */
		return f;
	}
	*fs->last = f;
	fs->last = &f->next;
	fs->n++;
	return f;
}

struct finding *
finding_add(struct findings *fs, enum rule_id id, const struct name *subject)
{
	return finding_add_text(fs, id, name_text(fs->arena, subject));
}

void
finding_at(struct findings *fs, struct finding *f, const struct answer *a, const struct rr *rr,
    struct str part)
{
	f->place = (struct place){ .name = *answer_owner(a), .type = rr->type, .rr = rr };
	if (rr->type == RR_TXT || rr->type == RR_SPF) {
		f->place.text = rr->text;
		if (part.n > 0) {
			assert(part.p >= rr->text.p && part.p + part.n <= rr->text.p + rr->text.n);
			f->place.offset = (size_t)(part.p - rr->text.p);
			f->place.length = part.n;
		}
	} else {
		buf_reset(&fs->scratch);
		rr_print(&fs->scratch, rr);
		f->place.text = arena_str(fs->arena, buf_str(&fs->scratch));
	}
	finding_evidence(f, a);
}

void
finding_absent(struct finding *f, const struct name *owner, uint16_t type)
{
	f->place = (struct place){ .name = *owner, .type = type };
}

static struct arg *
add_arg(struct finding *f, const char *name, enum arg_kind kind)
{
	assert(f->n_args < MAX_ARGS);
	f->args[f->n_args] = (struct arg){ .name = name, .kind = kind };
	return &f->args[f->n_args++];
}

void
finding_number(struct finding *f, const char *name, int64_t n)
{
	add_arg(f, name, ARG_NUMBER)->number = n;
}

void
finding_name(struct findings *fs, struct finding *f, const char *name, const struct name *v)
{
	add_arg(f, name, ARG_NAME)->text = name_text(fs->arena, v);
}

void
finding_text(struct findings *fs, struct finding *f, const char *name, struct str v)
{
	add_arg(f, name, ARG_TEXT)->text = arena_str(fs->arena, v);
}

void
finding_words(struct findings *fs, struct finding *f, const char *name, struct str v)
{
	add_arg(f, name, ARG_WORDS)->text = arena_str(fs->arena, v);
}

struct str
finding_part(struct arena *a, struct str s)
{
	char *p;

	if (s.n <= MAX_PART_SHOWN)
		return s;
	p = arena_alloc(a, MAX_PART_SHOWN + 3);
	for (size_t i = 0; i < MAX_PART_SHOWN + 3; i++)
		p[i] = i < MAX_PART_SHOWN ? s.p[i] : '.';
	return (struct str){ p, MAX_PART_SHOWN + 3 };
}

void
finding_evidence(struct finding *f, const struct answer *a)
{
	if (a == NULL || f->n_evidence >= MAX_EVIDENCE)
		return;
	assert(a->status != ANSWER_PENDING);
	for (size_t i = 0; i < f->n_evidence; i++)
		if (f->evidence[i] == a)
			return;
	f->evidence[f->n_evidence++] = a;
}

struct change *
finding_change(struct findings *fs, struct finding *f, enum change_action action,
    const struct name *owner, uint16_t type)
{
	struct change *c;

	if (f->remedy.n_changes >= MAX_CHANGES)
		f->remedy.over = true;
	if (f->remedy.over) { /* the caller may still fill it in; nobody sees it */
		f->remedy.n_changes = 0;
		return arena_alloc(fs->arena, sizeof(*c));
	}
	if (f->remedy.changes == NULL) /* most findings have none, and they are large */
		f->remedy.changes = arena_array(fs->arena, MAX_CHANGES, sizeof(*c));
	c = &f->remedy.changes[f->remedy.n_changes++];
	*c = (struct change){ .action = action, .name = *owner, .type = type };
	return c;
}

struct str
finding_txt(struct findings *fs, struct str text)
{
	buf_reset(&fs->scratch);
	txt_print(&fs->scratch, text);
	return arena_str(fs->arena, buf_str(&fs->scratch));
}

struct str
finding_address(struct findings *fs, const struct addr *ip)
{
	struct addr a = addr_unmap(ip);

	buf_reset(&fs->scratch);
	addr_print(&fs->scratch, &a);
	return arena_str(fs->arena, buf_str(&fs->scratch));
}
