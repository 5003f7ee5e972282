/* SPDX-License-Identifier: ISC */
/*
 * apply.c - senders and roles into subjects, levels and waivers into the judge.
 */
#include "audit/config/apply.h"
#include "audit/profile.h"
#include "checks/senders.h"

/* What grows while a subject is made. */
struct making {
	struct arena *a;
	struct sender *senders;
	struct addr *ips;
	struct selector *selectors;
	size_t n_senders, cap_senders, n_ips, cap_ips, n_selectors, cap_selectors;
};

/* Whether authors of the domain D, which C has as such, write through X. */
static bool
is_from(const struct config_sender *x, const struct name *d, const struct config_domain *known)
{
	size_t from = 0, to = x->n_from;

	if (x->n_from == 0)
		return known != NULL && (known->role == ROLE_MAIL || known->role == ROLE_SEND_ONLY);
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = name_cmp(&x->from[mid].name, d);

		if (c == 0)
			return true;
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return false;
}

static void
add_selector(struct making *m, const struct name *domain, struct str name)
{
	for (size_t i = 0; i < m->n_selectors; i++)
		if (name_eq(&m->selectors[i].domain, domain) && str_ieq(m->selectors[i].name, name))
			return;
	arena_grow(m->a, &m->selectors, m->n_selectors, &m->cap_selectors, sizeof(*m->selectors));
	m->selectors[m->n_selectors++] =
	    (struct selector){ .domain = *domain, .name = name, .provenance = FROM_CONFIG };
}

static void
add_ips(struct making *m, const struct addr *ips, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (addr_is_among(m->ips, m->n_ips, &ips[i]))
			continue;
		arena_grow(m->a, &m->ips, m->n_ips, &m->cap_ips, sizeof(*m->ips));
		m->ips[m->n_ips++] = ips[i];
	}
}

static void
add_sender(struct making *m, const struct sender *x)
{
	arena_grow(m->a, &m->senders, m->n_senders, &m->cap_senders, sizeof(*m->senders));
	m->senders[m->n_senders++] = *x;
	add_ips(m, x->ips, x->n_ips);
}

/*
 * X as a sender of the domain D: as its author, or only as the return path, for whichever
 * of its From domains.  Those are audited on their own.
 */
static void
add_config_sender(
    struct making *m, const struct config_sender *x, const struct name *d, bool is_author)
{
	static const struct name own = { .n = 0 };
	struct sender s = x->s;

	s.path_only = !is_author;
	add_sender(m, &s);
	for (size_t i = 0; i < s.n_dkim && is_author; i++) {
		bool other = name_is_set(&s.dkim[i].domain) && !name_eq(&s.dkim[i].domain, d);

		for (size_t k = 0; k < s.dkim[i].n_selectors; k++)
			add_selector(m, other ? &s.dkim[i].domain : &own, s.dkim[i].selectors[k]);
	}
}

/* The fields of S that stand for the only sender, or for none. */
static void
set_flat(struct subject *s, const struct making *m)
{
	static const struct sender several = { .mail_from_given = true };
	const struct sender *x = m->n_senders == 1 ? &m->senders[0] : &several;

	if (m->n_senders == 0)
		return;
	s->helo = x->helo;
	s->mail_from_given = x->mail_from_given;
	s->mail_from_null = x->mail_from_null;
	s->mail_from_local = x->mail_from_local;
	s->mail_from = x->mail_from;
	for (size_t i = 0; i < m->n_senders; i++)
		s->bulk = s->bulk || m->senders[i].bulk;
}

static void
add_role(const struct config *c, const struct config_domain *d, struct making *m, struct subject *s)
{
	static const struct name own = { .n = 0 };

	if (d != NULL) {
		s->role = d->role;
		s->bulk = s->bulk || d->bulk;
		for (size_t i = 0; i < d->selectors.n; i++)
			add_selector(m, &own, d->selectors.v[i]);
	}
	if (s->role == ROLE_PARKED) {
		s->parked = true;
		s->guess = false;
		s->ask_lists = false;
	} else if (c->n_ask > 0) {
		s->ask_lists = true;
	}
	if (c->n_ask > 0 && s->lists == NULL) {
		s->lists = c->lists;
		s->n_lists = c->n_ask;
	}
}

void
config_subject(const struct config *c, struct subject *s, struct arena *a)
{
	const struct config_domain *d = config_domain(c, &s->domain);
	struct making m = { .a = a };
	const struct sender *typed;
	size_t n = senders_of(a, s, &typed);

	for (size_t i = 0; i < s->n_selectors; i++) {
		arena_grow(a, &m.selectors, m.n_selectors, &m.cap_selectors, sizeof(*m.selectors));
		m.selectors[m.n_selectors++] = s->selectors[i];
	}
	for (size_t i = 0; i < n; i++)
		add_sender(&m, &typed[i]);
	for (size_t i = 0; i < c->n_senders; i++) {
		const struct config_sender *x = &c->senders[i];
		bool author = is_from(x, &s->domain, d);

		if (author ||
		    (name_is_set(&x->s.mail_from) && name_eq(&x->s.mail_from, &s->domain)))
			add_config_sender(&m, x, &s->domain, author);
	}
	set_flat(s, &m);
	add_role(c, d, &m, s);
	s->senders = m.senders;
	s->n_senders = m.n_senders;
	s->ips = m.ips;
	s->n_ips = m.n_ips;
	s->selectors = m.selectors;
	s->n_selectors = m.n_selectors;
}

/* W is over: a finding about the run. */
static void
tell_expired(struct judge *j, struct findings *fs, const struct waiver *w)
{
	struct finding *f;
	struct buf b;

	buf_init(&b, MAX_NAME_TEXT + 2);
	buf_adds(&b, w->below ? "*." : "");
	name_print(&b, &w->domain);
	f = finding_add_text(fs, RULE_WAIVER_EXPIRED, arena_str(fs->arena, buf_str(&b)));
	finding_text(fs, f, "rule", w->rule);
	buf_reset(&b);
	date_add(&b, w->until);
	finding_text(fs, f, "until", buf_str(&b));
	buf_free(&b);
	judge_add_run(j, f);
}

/* Those of C that hold at NOW. */
static void
add_waivers(const struct config *c, time_t now, struct judge *j)
{
	struct findings fs;
	struct waiver *hold = arena_array(&j->run_arena, c->n_waivers + 1, sizeof(*hold));

	findings_init(&fs, &j->run_arena);
	for (size_t i = 0; i < c->n_waivers; i++)
		if (c->waivers[i].until >= now)
			hold[j->n_waivers++] = c->waivers[i];
		else
			tell_expired(j, &fs, &c->waivers[i]);
	findings_free(&fs);
	j->waivers = hold;
}

void
config_judge(const struct config *c, const struct check_options *o, time_t now, struct judge *j)
{
	profile_levels(o->profile, j->level);
	if (o->bulk)
		profile_levels(PROFILE_BULK, j->level);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (c != NULL && c->level[i] >= 0)
			j->level[i] = c->level[i];
		if (o->level[i] >= 0)
			j->level[i] = o->level[i];
	}
	if (c != NULL)
		add_waivers(c, now, j);
}
