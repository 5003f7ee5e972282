/* SPDX-License-Identifier: ISC */
/*
 * spf_services.c - which includes of mail services a domain may do without: told, never
 * done, for whose mail it is cannot be seen.  And the words that plans are told in.
 */
#include "checks/providers.h"
#include "checks/spf_without.h"
#include "checks/via.h"

void
spf_tell_parts(
    struct spf_judge *j, struct finding *f, const char *name, const struct str *parts, size_t n)
{
	struct buf *b = &j->au->findings->scratch;
	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		buf_add(b, parts[i]);
	finding_words(j->au->findings, f, name, arena_str(j->au->arena, buf_str(b)));
}

/* "1,048,576"; at most seven groups. */
static void
add_grouped(struct buf *b, uint64_t n)
{
	char digits[3] = { 0 };
	if (n < 1000) {
		buf_addu(b, n);
		return;
	}
	add_grouped(b, n / 1000);
	for (size_t i = 3; i-- > 0; n /= 10)
		digits[i] = (char)('0' + n % 10);
	buf_addc(b, ',');
	buf_add(b, (struct str){ digits, 3 });
}

struct str
spf_number_text(struct spf_judge *j, uint64_t n)
{
	struct buf *b = &j->au->findings->scratch;
	buf_reset(b);
	add_grouped(b, n);
	return arena_str(j->au->arena, buf_str(b));
}

struct str
spf_list_terms(struct spf_judge *j, const bool *of)
{
	struct buf *b = &j->au->findings->scratch;
	size_t n = 0, more = 0;
	buf_reset(b);
	for (size_t i = 0; i < j->record->n_terms; i++) {
		if (!of[i])
			continue;
		if (n == MAX_SPF_PLAN_WORDS) {
			more++;
			continue;
		}
		buf_adds(b, n++ > 0 ? ", " : "");
		buf_add(b, finding_part(j->au->arena, j->record->terms[i].text));
	}
	if (more > 0) {
		buf_adds(b, " and ");
		buf_addu(b, more);
		buf_adds(b, " more");
	}
	return arena_str(j->au->arena, buf_str(b));
}

/* Whether the service of P sends under a name that is not the domain itself, for sure. */
static bool
is_spare(const struct provider *p)
{
	return p->verified && (p->need == NEED_NO || p->need == NEED_SUB) &&
	       p->kind != PROVIDER_MAILBOX && p->kind != PROVIDER_GATEWAY;
}

static bool
can_move(const struct provider *p)
{
	return !is_spare(p) && p->verified && p->kind != PROVIDER_MAILBOX &&
	       p->kind != PROVIDER_GATEWAY &&
	       (p->returns == RETURN_CHOICE || p->returns == RETURN_ALWAYS);
}

/* Whether all services that share the include IT of ours, one at least, are as IS says. */
static bool
is_service(const struct spf_item *it, bool (*is)(const struct provider *))
{
	const struct provider *p;
	size_t from = 0, n = 0, good = 0;
	if (it->term->kind != TERM_INCLUDE || it->below == NULL || it->below->record == NULL)
		return false;
	for (; (p = provider_next(it->term->domain, &from)) != NULL; n++)
		good += is(p);
	return n > 0 && n == good;
}

/* The dearest include of ours that is_service(); NULL = none. */
static const struct spf_item *
find_service(const struct spf_judge *j, bool (*is)(const struct provider *))
{
	const struct spf_node *root = j->tree->nodes[0];
	const struct spf_item *best = NULL;
	for (size_t i = 0; i < root->n_items; i++) {
		const struct spf_item *it = &root->items[i];
		if (is_service(it, is) &&
		    (best == NULL || it->below->lookups > best->below->lookups))
			best = it;
	}
	return best;
}

/* Marks by term in SKIP the includes that are spare, and in ONCE those of them to be named. */
static uint64_t
find_spare(const struct spf_judge *j, bool *skip, bool *once)
{
	const struct spf_node *root = j->tree->nodes[0];
	uint64_t lookups = 0;
	for (size_t i = 0; i < root->n_items; i++) {
		const struct spf_item *it = &root->items[i];
		size_t at = (size_t)(it->term - j->record->terms);
		if (!is_service(it, is_spare))
			continue;
		skip[at] = true;
		once[at] = !j->doubled[at];
		lookups += 1 + (uint64_t)it->below->lookups;
	}
	return lookups;
}

/* "SendGrid, Mailchimp": the services of the includes that ONCE marks. */
static struct str
list_services(struct spf_judge *j, const bool *once)
{
	struct buf *b = &j->au->findings->scratch;
	size_t n = 0;
	buf_reset(b);
	for (size_t i = 0; i < j->record->n_terms; i++) {
		if (!once[i] || n == MAX_SPF_PLAN_WORDS)
			continue;
		buf_adds(b, n++ > 0 ? ", " : "");
		buf_adds(b, provider_of_include(j->record->terms[i].domain)->name);
	}
	return arena_str(j->au->arena, buf_str(b));
}

/* {spare} and {saves}: what is saved without LOOKUPS, and for whom it makes a difference. */
static void
tell_spare(struct spf_judge *j, struct finding *f, const bool *skip, const bool *once, uint64_t n)
{
	struct spf_without w;
	/* Where an include could not be looked up nobody can say for whom it makes a difference. */
	bool known = n > 0 && spf_without(j, skip, &w);
	struct str spare[] = { STR(" Mail by "), list_services(j, once), STR(" does not need "),
		spf_list_terms(j, once) };
	struct str saves[] = { STR(", unless its return path is the domain itself: "),
		spf_number_text(j, n), n == 1 ? STR(" lookup fewer. ") : STR(" lookups fewer. "),
		known ? spf_without_text(j, &w) : STR("") };

	saves[2].n -= !known; /* the blank */
	spf_tell_parts(j, f, "spare", spare, n > 0 ? ARRAY_LEN(spare) : 0);
	spf_tell_parts(j, f, "saves", saves, n > 0 ? ARRAY_LEN(saves) : 0);
}

/* Where the return path of the service P may stand, below the domain of J. */
static struct str
return_name(struct spf_judge *j, const struct provider *p)
{
	struct name name;
	struct buf *b = &j->au->findings->scratch;

	if (!via_return_name(p, j->domain, &name) && !name_above(STR("bounce"), j->domain, &name))
		return STR("a name of its own");
	buf_reset(b);
	name_print(b, &name);
	return arena_str(j->au->arena, buf_str(b));
}

/* {move}: the service of MOVE, an include, at a name below the domain. */
static void
tell_move(struct spf_judge *j, struct finding *f, const struct spf_item *move)
{
	bool *skip = arena_array(j->au->arena, j->record->n_terms, sizeof(*skip));
	const struct provider *p = provider_of_include(move->term->domain);
	struct str domain = finding_part(j->au->arena, move->term->domain);
	struct spf_without w;

	for (size_t i = 0; i < j->record->n_terms; i++)
		skip[i] = j->record->terms[i].kind == TERM_INCLUDE &&
			  str_ieq(j->record->terms[i].domain, move->term->domain);
	bool known = spf_without(j, skip, &w);
	struct str parts[] = { STR(" "), str_of(p->name),
		STR(" can send with a return path at a name below the domain, as "),
		return_name(j, p), STR(": the TXT record there is \"v=spf1 include:"), domain,
		STR(" -all\", and include:"), domain, STR(" goes from here."), STR(" "),
		known ? spf_without_text(j, &w) : STR("") };

	spf_tell_parts(j, f, "move", parts, known ? ARRAY_LEN(parts) : ARRAY_LEN(parts) - 2);
}

void
spf_tell_services(struct spf_judge *j, struct finding *f)
{
	bool *skip = arena_array(j->au->arena, j->record->n_terms, sizeof(*skip));
	bool *once = arena_array(j->au->arena, j->record->n_terms, sizeof(*once));
	const struct spf_item *move = find_service(j, can_move);

	tell_spare(j, f, skip, once, find_spare(j, skip, once));
	if (move == NULL)
		finding_text(j->au->findings, f, "move", STR(""));
	else
		tell_move(j, f, move);
}
