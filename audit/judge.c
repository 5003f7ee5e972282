/* SPDX-License-Identifier: ISC */
/*
 * judge.c - levels, order and fingerprints of findings.
 */
#include "audit/judge.h"
#include <stdlib.h>
#include <openssl/evp.h>
#include "audit/profile.h"
#include "audit/readiness.h"
#include "checks/senders.h"

#define MAX_FINGERPRINT_TEXT ((size_t)64 << 10)
#define MAX_LABEL_TEXT ((size_t)16 << 10) /* a path of 4096 bytes, each as \DDD */

void
judge_init(struct judge *j)
{
	*j = (struct judge){ .run = NULL };
	memset(j->level, -1, sizeof(j->level));
	memset(j->parked, -1, sizeof(j->parked));
	memset(j->bulk, -1, sizeof(j->bulk));
	profile_levels("parked", j->parked);
	profile_levels(PROFILE_BULK, j->bulk);
	arena_init(&j->run_arena, 0);
}

void
judge_free(struct judge *j)
{
	for (size_t i = 0; i < j->n_run; i++)
		for (size_t k = 0; k < j->run[i].f->n_evidence; k++)
			answer_unref(j->run[i].f->evidence[k]);
	arena_free(&j->run_arena);
}

/* Whether NAME is one of the words of LIST. */
static bool
is_word_of(const char *list, const char *name)
{
	struct str l = str_of(list), w;
	size_t pos = 0, end;

	while (pos < l.n) {
		end = str_find(l, pos, ' ');
		w = str_sub(l, pos, end - pos);
		if (str_eq(w, str_of(name)))
			return true;
		pos = end + 1;
	}
	return false;
}

/* Slug, owner, type and key arguments, joined by LF, hashed. */
static void
fingerprint(const struct finding *f, char out[17])
{
	static const char hex[] = "0123456789abcdef";
	static EVP_MD *sha256;
	static EVP_MD_CTX *ctx;
	const struct rule *rule = rule_of(f->id);
	static struct buf b = { .max = MAX_FINGERPRINT_TEXT };
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	buf_reset(&b);
	buf_adds(&b, rule->slug);
	buf_addc(&b, '\n');
	if (f->place.name.n > 0)
		name_print(&b, &f->place.name);
	else
		buf_add(&b, f->subject);
	buf_addc(&b, '\n');
	if (f->place.type != 0)
		type_print(&b, f->place.type);
	for (size_t i = 0; i < f->n_args; i++) {
		if (!is_word_of(rule->keys, f->args[i].name))
			continue;
		buf_addc(&b, '\n');
		if (f->args[i].kind == ARG_NUMBER)
			buf_addu(&b, (uint64_t)f->args[i].number);
		else
			buf_add(&b, f->args[i].text);
	}
	/* made once, as the buffer is: looking the algorithm up takes longer than using it */
	if (sha256 == NULL) {
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
		ctx = EVP_MD_CTX_new();
	}
	if (sha256 == NULL || ctx == NULL || EVP_DigestInit_ex2(ctx, sha256, NULL) != 1 ||
	    EVP_DigestUpdate(ctx, b.p, b.n) != 1 || EVP_DigestFinal_ex(ctx, md, &n) != 1)
		abort(); /* no SHA-256: the library is broken */
	for (size_t i = 0; i < 8; i++) {
		out[2 * i] = hex[md[i] >> 4];
		out[2 * i + 1] = hex[md[i] & 15];
	}
	out[16] = '\0';
}

/* The level of rule ID for S (NULL: for the run): as told, else as S is, else as the rule says. */
static enum rule_level
level_of(const struct judge *j, const struct subject *s, enum rule_id id)
{
	if (j->level[id] >= 0)
		return (enum rule_level)j->level[id];
	if (s != NULL && s->parked && j->parked[id] >= 0)
		return (enum rule_level)j->parked[id];
	if (s != NULL && s->bulk && j->bulk[id] >= 0)
		return (enum rule_level)j->bulk[id];
	return rule_of(id)->level;
}

void
judge_finding(
    const struct judge *j, const struct subject *s, const struct finding *f, struct judged *out)
{
	*out = (struct judged){ .f = f, .level = level_of(j, s, f->id), .sender = STR("") };
	fingerprint(f, out->fingerprint);
}

const struct waiver *
judge_waiver(const struct judge *j, const struct subject *s, const struct judged *g)
{
	const struct rule *rule = rule_of(g->f->id);
	const struct name *domain = &s->domain;

	for (size_t i = 0; i < j->n_waivers; i++) {
		const struct waiver *w = &j->waivers[i];
		bool same = name_eq(domain, &w->domain);

		if (!rule_is_called(rule, w->rule))
			continue;
		if (w->below ? same || !name_is_below(domain, &w->domain) : !same)
			continue;
		if (w->fingerprint[0] == '\0' || strcmp(w->fingerprint, g->fingerprint) == 0)
			return w;
	}
	return j->change != NULL ? j->change->bear(j->change->ctx, s, g) : NULL;
}

/* Take what a waiver bears out of the N in LIST, into OUT; how many are left. */
static size_t
take_waived(const struct judge *j, struct judged *list, size_t n, struct domain_result *out)
{
	struct judged *taken = &list[n];
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		list[i].waiver =
		    list[i].level == LEVEL_PASS ? NULL : judge_waiver(j, out->subject, &list[i]);
		if (list[i].waiver != NULL)
			taken[out->n_suppressed++] = list[i];
		else
			list[kept++] = list[i];
	}
	out->suppressed = taken;
	return kept;
}

static int
cmp_u(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

/* Figures are in no fingerprint. */
static int
args_cmp(const struct finding *a, const struct finding *b)
{
	int c;

	if (a->n_args != b->n_args)
		return cmp_u(a->n_args, b->n_args);
	for (size_t i = 0; i < a->n_args; i++) {
		if (a->args[i].number != b->args[i].number)
			return a->args[i].number < b->args[i].number ? -1 : 1;
		if ((c = str_cmp(a->args[i].text, b->args[i].text)) != 0)
			return c;
	}
	return 0;
}

static int
judged_cmp(const void *va, const void *vb)
{
	const struct judged *a = va, *b = vb;
	int c;

	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	if (rule_of(a->f->id)->affects != rule_of(b->f->id)->affects)
		return rule_of(a->f->id)->affects < rule_of(b->f->id)->affects ? -1 : 1;
	if ((c = strcmp(rule_of(a->f->id)->slug, rule_of(b->f->id)->slug)) != 0)
		return c;
	if ((c = str_cmp(a->f->subject, b->f->subject)) != 0)
		return c;
	if ((c = name_cmp(&a->f->place.name, &b->f->place.name)) != 0)
		return c;
	if ((c = cmp_u(a->f->place.type, b->f->place.type)) != 0)
		return c;
	if ((c = str_cmp(a->f->place.text, b->f->place.text)) != 0)
		return c;
	if ((c = cmp_u(a->f->place.offset, b->f->place.offset)) != 0)
		return c;
	if ((c = cmp_u(a->f->place.length, b->f->place.length)) != 0)
		return c;
	if ((c = strcmp(a->fingerprint, b->fingerprint)) != 0)
		return c;
	return args_cmp(a->f, b->f);
}

void
judge_sort(struct judged *list, size_t n)
{
	qsort(list, n, sizeof(*list), judged_cmp);
}

static void
count_one(struct judge *j, const struct judged *d)
{
	j->count[d->level]++;
	if (d->level == LEVEL_UNKNOWN && rule_of(d->f->id)->needed)
		j->needed_unknown = true;
}

/* A copy of F that outlives the subject. */
static const struct finding *
copy_finding(struct arena *a, const struct finding *f)
{
	struct finding *c = arena_alloc(a, sizeof(*c));

	*c = *f;
	c->subject = arena_str(a, f->subject);
	c->place = (struct place){ .name = f->place.name, .type = f->place.type };
	c->place.text = arena_str(a, f->place.text);
	for (size_t i = 0; i < c->n_args; i++)
		c->args[i].text = arena_str(a, f->args[i].text);
	c->remedy.url = arena_str(a, f->remedy.url);
	c->remedy.changes = NULL; /* nothing about the run is cured by a record */
	c->remedy.n_changes = 0;
	for (size_t i = 0; i < c->n_evidence; i++)
		c->evidence[i] = answer_ref(f->evidence[i]);
	c->next = NULL;
	return c;
}

/* Findings about the run stand once, whoever met them. */
static void
keep_run_finding(struct judge *j, const struct judged *d)
{
	struct judged *new;

	for (size_t i = 0; i < j->n_run; i++)
		if (strcmp(j->run[i].fingerprint, d->fingerprint) == 0)
			return;
	new = arena_grow(&j->run_arena, &j->run, j->n_run++, &j->cap_run, sizeof(*j->run));
	*new = *d;
	new->f = copy_finding(&j->run_arena, d->f);
	count_one(j, d);
}

/* Rules that more than one check may tell of a domain. */
static bool
is_about_existence(enum rule_id id)
{
	return id == RULE_DOMAIN_NONEXISTENT || id == RULE_DOMAIN_UNKNOWN;
}

/* One pass finding for CHECK unless a finding of the N in LIST speaks against it. */
static bool
is_passed(const struct check *check, const struct judged *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		/* at a name that does not exist nothing is in order */
		if (is_about_existence(list[i].f->id) ||
		    (list[i].level >= LEVEL_WARNING &&
			strcmp(rule_of(list[i].f->id)->check, check->name) == 0))
			return false;
	return true;
}

static size_t
add_passes(
    struct judge *j, const struct engine_result *r, struct arena *a, struct judged *list, size_t n)
{
	struct str subject = STR("address");
	size_t n_found = n;

	if (name_is_set(&r->subject->domain))
		subject = name_text(a, &r->subject->domain);

	for (size_t i = 0; i < n_checks; i++) {
		struct finding *f;

		if ((r->ran >> i & 1) == 0 || !is_passed(&checks[i], list, n_found) ||
		    (checks[i].in_order != NULL && !checks[i].in_order(r->facts)))
			continue;
		f = arena_alloc(a, sizeof(*f));
		f->id = checks[i].pass;
		f->subject = subject;
		judge_finding(j, r->subject, f, &list[n++]);
	}
	return n;
}

/* The names of the senders of S whose address F is about, in A; empty when there is none. */
static struct str
sender_of(const struct subject *s, const struct finding *f, struct arena *a)
{
	struct str ip = f->subject, out;
	struct addr addr;
	struct buf b;

	for (size_t i = 0; i < f->n_args; i++)
		if (str_eq(str_of(f->args[i].name), STR("ip")))
			ip = f->args[i].text;
	if (s->n_senders == 0 || addr_parse(ip, &addr) != ADDR_OK)
		return STR("");
	buf_init(&b, MAX_FINGERPRINT_TEXT);
	sender_names_add(&b, s, &addr);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct str
label_of(const struct subject *s, struct arena *a)
{
	struct buf b;
	struct str out;

	if (name_is_set(&s->domain))
		return name_text(a, &s->domain);
	buf_init(&b, MAX_LABEL_TEXT);
	if (s->message != NULL)
		buf_add_escaped(&b, s->message_file);
	for (size_t i = 0; i < s->n_ips && s->message == NULL; i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		addr_print(&b, &s->ips[i]);
	}
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* The worst that counts: an unknown only where the answer is needed. */
static enum rule_level
verdict_of(const struct judged *list, size_t n)
{
	enum rule_level worst = LEVEL_PASS;

	for (size_t i = 0; i < n; i++) {
		if (list[i].level == LEVEL_UNKNOWN && !rule_of(list[i].f->id)->needed)
			continue;
		if (list[i].level > worst)
			worst = list[i].level;
	}
	return worst;
}

static void
count(struct judge *j, struct domain_result *out)
{
	for (size_t i = 0; i < out->n_findings; i++) {
		out->count[out->findings[i].level]++;
		count_one(j, &out->findings[i]);
	}
	out->verdict = verdict_of(out->findings, out->n_findings);
	j->domains++;
	j->verdicts[out->verdict]++;
}

/* Whether F says what stands in LIST: that a domain does not exist is met by many checks. */
static bool
is_told_again(const struct judged *list, size_t n, const struct finding *f)
{
	for (size_t i = 0; i < n && is_about_existence(f->id); i++)
		if (list[i].f->id == f->id && str_eq(list[i].f->subject, f->subject))
			return true;
	return false;
}

void
judge_domain(
    struct judge *j, const struct engine_result *r, struct arena *a, struct domain_result *out)
{
	struct judged *list;
	size_t n = 0, room = n_checks;

	for (const struct finding *f = r->findings; f != NULL; f = f->next)
		room++;
	list = arena_array(a, 2 * room + 1, sizeof(*list));
	for (const struct finding *f = r->findings; f != NULL; f = f->next) {
		judge_finding(j, r->subject, f, &list[n]);
		if (rule_of(f->id)->run)
			keep_run_finding(j, &list[n]);
		else if (!is_told_again(list, n, f))
			list[n++].sender = sender_of(r->subject, f, a);
	}
	n = add_passes(j, r, a, list, n);
	qsort(list, n, sizeof(*list), judged_cmp);
	*out = (struct domain_result){ .label = label_of(r->subject, a),
		.subject = r->subject,
		.findings = list,
		.facts = r->facts };
	out->n_findings = take_waived(j, list, n, out);
	if (j->change != NULL)
		j->change->compare(j->change->ctx, r, a, out);
	count(j, out);
	if (r->subject->preflight && name_is_set(&r->subject->domain))
		readiness_judge(r, a, out);
}

void
judge_add_earlier(struct judge *j, const struct resume_counts *c)
{
	j->domains += c->domains;
	for (size_t i = 0; i < N_LEVELS; i++) {
		j->verdicts[i] += c->verdicts[i];
		j->count[i] += c->findings[i];
	}
	j->needed_unknown = j->needed_unknown || c->needed_unknown;
}

void
judge_add_run(struct judge *j, const struct finding *f)
{
	struct judged d;

	judge_finding(j, NULL, f, &d);
	keep_run_finding(j, &d);
}

void
judge_run(struct judge *j, struct run_result *out)
{
	if (j->n_run > 0)
		qsort(j->run, j->n_run, sizeof(*j->run), judged_cmp);
	out->findings = j->run;
	out->undetermined = j->needed_unknown;
	out->n_findings = j->n_run;
	memcpy(out->count, j->count, sizeof(out->count));
	out->domains = j->domains;
	memcpy(out->domain_verdict, j->verdicts, sizeof(out->domain_verdict));
}

int
judge_status(const struct judge *j, enum rule_level fail_on)
{
	size_t bad = 0;

	if (fail_on != LEVEL_PASS) {
		bad += j->count[LEVEL_ERROR];
		if (fail_on <= LEVEL_WARNING)
			bad += j->count[LEVEL_WARNING];
		if (fail_on <= LEVEL_NOTE)
			bad += j->count[LEVEL_NOTE];
	}
	if (bad > 0)
		return 1;
	return j->needed_unknown ? 3 : 0;
}
