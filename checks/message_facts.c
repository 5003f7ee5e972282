/* SPDX-License-Identifier: ISC */
/*
 * message_facts.c - what was seen of a message, for the reports.
 */
#include "checks/authres.h"
#include "checks/message_parts.h"

#define RECEIVER_ID "receiver.example" /* nobody's: it is not known who will receive it */
#define SHORT_B 8                      /* RFC 6008 4: octets of b= that tell signatures apart */

static const char *
hash_word(const struct verified *v, bool ok)
{
	return v == NULL || !v->judged ? "" : ok ? "match" : "differs";
}

static void
fill_signature(struct signature_fact *f, const struct message_signature *s)
{
	const struct selector_key *k = &s->key;

	f->domain = s->s.domain;
	f->selector = s->s.s;
	f->algorithm = s->s.a;
	f->result = s->result;
	f->why = s->why;
	f->body = hash_word(s->v, s->v != NULL && s->v->body_ok);
	f->signature = hash_word(s->v, s->v != NULL && s->v->header_ok);
	f->aligned_strict = s->alignment.strict;
	f->aligned_relaxed = s->alignment.relaxed;
	f->testing = k->state == KEY_FOUND && k->key.testing;
	f->bits = k->facts != NULL ? k->facts->bits : 0;
	f->covered = s->s.h;
}

/* The best result of an aligned signature, else of any. */
static const char *
best_result(const struct message_scene *m)
{
	static const char *const order[] = { "pass", "temperror", "policy", "neutral", "fail",
		"permerror" };

	for (size_t aligned = 2; aligned-- > 0;)
		for (size_t o = 0; o < ARRAY_LEN(order); o++)
			for (size_t i = 0; i < m->n_sigs; i++)
				if ((m->sigs[i].aligned || aligned == 0) &&
				    strcmp(m->sigs[i].result, order[o]) == 0)
					return m->sigs[i].result;
	return m->h->cut ? "" : "none";
}

static const char *
policy_word(const struct message_scene *m)
{
	if (m->policy == NULL || m->policy->state != DMARC_APPLIES)
		return "";
	return dmarc_word_name(m->policy->word);
}

/* A, B and C as one text. */
static struct str
join(struct arena *a, struct str one, struct str two, struct str three)
{
	char *p = arena_alloc(a, one.n + two.n + three.n + 1);
	const struct str parts[] = { one, two, three };
	struct str out = { p, 0 };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].n > 0)
			memcpy(p + out.n, parts[i].p, parts[i].n);
		out.n += parts[i].n;
	}
	return out;
}

static void
write_spf(const struct message_scene *m, struct authres *r)
{
	const struct spf_sender *s = &m->sender;

	if (!m->has_sender)
		return;
	authres_result(r, "spf", spf_result_name(m->spf.result), STR(""));
	if (s->domain.n == 0)
		authres_property(r, "smtp.helo", s->helo);
	else if (s->local.n == 0)
		authres_property(r, "smtp.mailfrom", s->domain);
	else
		authres_property(
		    r, "smtp.mailfrom", join(m->au->arena, s->local, STR("@"), s->domain));
}

static void
write_dmarc(const struct message_scene *m, struct authres *r)
{
	const char *word = policy_word(m);

	if (m->dmarc[0] == '\0')
		return;
	authres_result(r, "dmarc", m->dmarc,
	    word[0] == '\0' ? STR("") : join(m->au->arena, STR("p="), str_of(word), STR("")));
	if (m->author.n > 0)
		authres_property(r, "header.from", name_text(m->au->arena, &m->author));
}

/*
 * The field that a receiver would write which judges as is judged here; empty where a
 * signature was not verified here, or a field not read, that a receiver may.
 */
static struct str
authentication_results(const struct message_scene *m)
{
	const struct name *id = &m->au->subject->authserv_id;
	struct buf *b = &m->au->findings->scratch;
	const char *by = RECEIVER_ID;
	struct authres r;

	if (m->h->cut)
		return STR("");
	for (size_t i = 0; i < m->n_sigs; i++)
		if (m->sigs[i].unknown)
			return STR("");
	if (name_is_set(id))
		by = arena_str(m->au->arena, name_text(m->au->arena, id)).p;
	buf_reset(b);
	authres_begin(&r, b, by);
	for (size_t i = 0; i < m->n_sigs; i++) {
		const struct message_signature *s = &m->sigs[i];

		authres_result(&r, "dkim", s->result, s->why);
		authres_property(&r, "header.d", s->s.domain_text);
		authres_property(&r, "header.s", s->s.s);
		authres_property(&r, "header.b", str_sub(s->s.b, 0, SHORT_B));
	}
	if (m->n_sigs == 0)
		authres_result(&r, "dkim", "none", STR(""));
	write_spf(m, &r);
	write_dmarc(m, &r);
	authres_end(&r);
	return arena_str(m->au->arena, buf_str(b));
}

/* The value of field NAME unfolded, as far as it is read. */
static struct str
field_text(const struct message_scene *m, struct str name)
{
	const struct header_field *f = header_find(m->h, name, 0);

	if (f == NULL)
		return STR("");
	return header_unfold(m->au->arena, str_sub(f->value, 0, MAX_FACT_TEXT));
}

struct message_facts *
message_facts_of(struct message_scene *m)
{
	struct message_facts *f = arena_alloc(m->au->arena, sizeof(*f));
	struct buf *b = &m->au->findings->scratch;

	f->file = m->au->subject->message_file;
	f->number = m->au->subject->message_number;
	f->message_id = field_text(m, STR("Message-ID"));
	f->from = field_text(m, STR("From"));
	f->subject = field_text(m, STR("Subject"));
	f->from_domain = m->author;
	f->signatures = arena_array(m->au->arena, m->n_sigs + 1, sizeof(*f->signatures));
	f->n_signatures = m->n_sigs;
	f->n_more = m->n_more;
	for (size_t i = 0; i < m->n_sigs; i++)
		fill_signature(&f->signatures[i], &m->sigs[i]);
	f->cut = m->h->cut;
	f->arc = m->arc;
	f->n_arc = m->n_arc;
	f->dkim = best_result(m);
	f->spf = m->has_sender ? spf_result_name(m->spf.result) : "";
	f->spf_wants = m->wants;
	f->spf_identity = !m->has_sender ? "" : m->sender.domain.n > 0 ? "mailfrom" : "helo";
	f->spf_domain = m->has_sender ? m->spf.domain : STR("");
	if (m->has_ip) {
		buf_reset(b);
		addr_print(b, &m->sender.ip);
		f->ip = arena_str(m->au->arena, buf_str(b));
	}
	f->from_received = m->from_received;
	f->spf_aligned = m->spf_names_align;
	f->dmarc = m->dmarc;
	f->policy = policy_word(m);
	f->authentication_results = authentication_results(m);
	return f;
}
