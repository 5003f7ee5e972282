/* SPDX-License-Identifier: ISC */
/*
 * spf_limits.c - what the include tree does to our record: lookups, voids,
 * and targets that void it (RFC 7208 4.6.4, 5.2, 6.1).
 *
 * The records of others are judged by their effect on ours alone.
 */
#include "checks/spf_propose.h"
#include "checks/spf_sender.h"

#define MAX_COSTS 5        /* terms named in a remedy, the most expensive first */
#define MAX_COSTS_TEXT 100 /* bytes of them: what a report shows of one argument */
#define NEAR_LIMIT 8
#define ANY UINT32_MAX

/* The term of our own record below which NODE stands. */
static const struct spf_item *
top_of(const struct spf_node *node)
{
	while (node->depth > 1)
		node = node->parent;
	return node->via;
}

static uint32_t
cost_of(const struct spf_item *it)
{
	return 1 + (it->below != NULL ? it->below->lookups : 0);
}

/* Whether the record that IT leads to is kept by the hand that keeps ours. */
static bool
is_ours(const struct spf_judge *j, const struct spf_item *it)
{
	return it->below != NULL && it->below->record != NULL && it->below->name.n > 0 &&
	       is_spf_same_hand(j->domain, &it->below->name);
}

/* Puts the items of NODE into LIST, and in place of a record of ours those that stand there. */
static size_t
list_items(const struct spf_judge *j, const struct spf_node *node, const struct spf_item **list)
{
	size_t n = 0;
	for (size_t i = 0; i < node->n_items; i++) {
		const struct spf_item *it = &node->items[i];
		if (!is_ours(j, it) || it->below->n_items == 0) {
			list[n++] = it; /* of a record of addresses the include is all it costs */
			continue;
		}
		for (size_t k = 0; k < it->below->n_items; k++)
			list[n++] = &it->below->items[k];
	}
	return n;
}

/* Brings the N dearest of the ALL items of LIST to its front, those alike as they stood. */
static size_t
dearest_first(const struct spf_item **list, size_t all, size_t n)
{
	for (size_t i = 0; i < n && i < all; i++) {
		size_t best = i;
		for (size_t k = i + 1; k < all; k++)
			if (cost_of(list[k]) > cost_of(list[best]))
				best = k;
		const struct spf_item *it = list[best];
		memmove(&list[i + 1], &list[i], (best - i) * sizeof(const struct spf_item *));
		list[i] = it;
	}
	return n < all ? n : all;
}

/* N in decimal into TO, which has room for 10 digits; returns their number. */
static size_t
put_number(char *to, uint32_t n)
{
	char digits[10];
	size_t len = 0;
	do
		digits[len++] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	for (size_t i = 0; i < len; i++)
		to[i] = digits[len - 1 - i];
	return len;
}

/* "include:_spf.example.net 6, mx 1": the N items of LIST. */
static struct str
costs_text(struct arena *a, const struct spf_item *const *list, size_t n)
{
	size_t room = 1, used = 0;
	for (size_t i = 0; i < n; i++)
		room += list[i]->term->text.n + 14;
	char *p = arena_alloc(a, room);
	for (size_t i = 0; i < n; i++) {
		struct str text = list[i]->term->text;
		if (i > 0 && used + text.n > MAX_COSTS_TEXT)
			break;
		if (i > 0) {
			p[used++] = ',';
			p[used++] = ' ';
		}
		memcpy(p + used, text.p, text.n);
		used += text.n;
		p[used++] = ' ';
		used += put_number(p + used, cost_of(list[i]));
	}
	return (struct str){ p, used };
}

/* "14", "at least 14" or "more than 200". */
static struct str
count_text(struct arena *a, const struct spf_tree *t)
{
	const struct spf_node *root = t->nodes[0];
	struct str word = t->over ? STR("more than ") : root->at_least ? STR("at least ") : STR("");
	char *p = arena_alloc(a, word.n + 11);
	if (word.n > 0)
		memcpy(p, word.p, word.n);
	size_t n = put_number(p + word.n, t->over ? MAX_SPF_LOOKUPS_COUNTED : root->lookups);
	return (struct str){ p, word.n + n };
}

/* How the lookups of F, near or over the limit, become fewer. */
static void
tell_room(struct spf_judge *j, struct finding *f)
{
	struct spf_goal goal = { .voids = ANY };
	goal.lookups = f->id == RULE_SPF_LOOKUP_LIMIT  ? SPF_LOOKUP_LIMIT
		       : f->id == RULE_SPF_LOOKUP_FULL ? SPF_LOOKUP_LIMIT - 1
						       : NEAR_LIMIT - 1;
	/* Addresses in place of names grow old: that is for those alone who have no choice. */
	goal.pin = f->id == RULE_SPF_LOOKUP_LIMIT;
	spf_tell_plan(j, f, &goal);
	if (f->id != RULE_SPF_LOOKUP_NEAR)
		spf_tell_services(j, f);
}

static void
judge_lookups(struct spf_judge *j)
{
	const struct spf_node *root = j->tree->nodes[0];
	uint32_t n = root->lookups;
	/* A loop never ends: the limit is its consequence. */
	if (j->tree->loop || (n < NEAR_LIMIT && !j->tree->over))
		return;
	const struct spf_item **list =
	    arena_array(j->au->arena, j->tree->counted + 1, sizeof(const struct spf_item *));
	size_t n_list = dearest_first(list, list_items(j, root, list), MAX_COSTS);
	struct str costs = costs_text(j->au->arena, list, n_list);
	for (size_t i = 0; i < root->n_items; i++)
		list[i] = &root->items[i];
	(void)dearest_first(list, root->n_items, 1);
	enum rule_id id = n > SPF_LOOKUP_LIMIT || j->tree->over ? RULE_SPF_LOOKUP_LIMIT
			  : n == SPF_LOOKUP_LIMIT               ? RULE_SPF_LOOKUP_FULL
								: RULE_SPF_LOOKUP_NEAR;
	struct str part = cost_of(list[0]) > 1 ? list[0]->term->text : STR("");
	struct finding *f = spf_tell(j, id, part);
	if (part.n == 0)
		f->args[0].text = STR("each term");
	finding_number(f, "cost", cost_of(list[0]));
	finding_number(f, "lookups", n);
	finding_text(j->au->findings, f, "count", count_text(j->au->arena, j->tree));
	finding_number(f, "limit", SPF_LOOKUP_LIMIT);
	finding_text(j->au->findings, f, "costs", costs);
	if (id == RULE_SPF_LOOKUP_LIMIT)
		spf_tell_whom(j, f, LIMIT_LOOKUPS);
	tell_room(j, f);
}

static bool
sends_from(const struct subject *s, bool v6)
{
	for (size_t i = 0; i < s->n_ips; i++)
		if (addr_unmap(&s->ips[i]).v6 == v6)
			return true;
	return false;
}

/* Whether term IT of ours is told elsewhere: glued to another, doubled, or no name at all. */
static bool
is_told(const struct spf_judge *j, const struct spf_item *it)
{
	size_t term = (size_t)(it->term - j->record->terms);
	for (size_t i = 0; i < j->record->n_faults; i++)
		if (j->record->faults[i].term == term)
			return true;
	return j->glued[term] || j->doubled[term];
}

/* Names of a and mx that nobody can resolve cost a lookup and match nothing. */
static void
judge_dead_names(struct spf_judge *j)
{
	const struct spf_node *root = j->tree->nodes[0];
	for (size_t i = 0; i < root->n_items && i < MAX_SPF_TOLD; i++) {
		const struct spf_item *it = &root->items[i];
		bool gone = it->term->kind == TERM_A && it->void4 > 0 && it->void6 > 0;
		gone = gone || (it->first != NULL && answer_is_absent(it->first));
		if (!gone || is_told(j, it) || is_spf_told_gone(j, it->name))
			continue;
		struct finding *f = spf_tell(j, RULE_SPF_VOIDS, it->term->text);
		finding_name(j->au->findings, f, "target", it->name);
		finding_evidence(f, it->first);
		for (size_t k = 0; k < it->n_hosts; k++)
			finding_evidence(f, it->hosts[k]);
	}
}

/* Adds the answers of our own a and mx terms that found nothing to F. */
static void
void_evidence(struct finding *f, const struct spf_node *root)
{
	for (size_t i = 0; i < root->n_items; i++)
		for (size_t k = 0; k < root->items[i].n_hosts; k++)
			if (answer_is_absent(root->items[i].hosts[k]))
				finding_evidence(f, root->items[i].hosts[k]);
}

/* Whether A found nothing because nobody holds the domain, which is told as the cause. */
static bool
is_gone(const struct spf_judge *j, const struct answer *a)
{
	return a != NULL && answer_is_absent(a) && is_spf_told_gone(j, &a->q.name);
}

/* The void lookups of a client of one family that such names cause. */
static uint32_t
gone_voids(const struct spf_judge *j, bool v6)
{
	uint32_t n = 0;
	for (size_t i = 0; j->n_gone > 0 && i < j->tree->n_nodes; i++) {
		const struct spf_node *node = j->tree->nodes[i];
		for (size_t k = 0; k < node->n_items; k++) {
			const struct spf_item *it = &node->items[k];
			n += is_gone(j, it->first);
			for (size_t h = v6 ? 1 : 0; h < it->n_hosts; h += 2)
				n += is_gone(j, it->hosts[h]);
		}
	}
	return n;
}

/* Says in F which lookups are not among those counted, for they hang on who sends. */
static void
tell_open(struct spf_judge *j, struct finding *f)
{
	const struct spf_node *root = j->tree->nodes[0];
	bool any = false, *open = arena_array(j->au->arena, j->record->n_terms, sizeof(*open));
	for (size_t i = 0; i < root->n_items; i++) {
		const struct spf_item *it = &root->items[i];
		bool is = spf_is_open(it);
		open[it->term - j->record->terms] = is;
		any = any || is;
	}
	struct str words[] = { STR(" (not counted is "), spf_list_terms(j, open),
		STR(", which hangs on who sends)") };
	finding_words(j->au->findings, f, "least", any ? STR("at least ") : STR(""));
	spf_tell_parts(j, f, "open", words, any ? ARRAY_LEN(words) : 0);
}

static void
judge_voids(struct spf_judge *j)
{
	const struct spf_node *root = j->tree->nodes[0];
	uint32_t none = 0;
	/* A target without a record is told as such, and ends the evaluation anyway. */
	for (size_t i = 1; i < j->tree->n_nodes; i++) {
		const struct spf_node *n = j->tree->nodes[i];
		none += n->answer != NULL && answer_is_absent(n->answer);
	}
	uint32_t v4 = root->void4 - none - gone_voids(j, false);
	uint32_t v6 = root->void6 - none - gone_voids(j, true);
	bool over4 = v4 > SPF_VOID_LIMIT, over6 = v6 > SPF_VOID_LIMIT;
	if (!over4 && !over6) {
		judge_dead_names(j);
		return;
	}
	enum rule_id id = RULE_SPF_VOID_LIMIT;
	if (over4 != over6)
		id = sends_from(j->au->subject, over6) ? RULE_SPF_VOID_LIMIT_SENDER
						       : RULE_SPF_VOID_LIMIT_FAMILY;
	struct finding *f = spf_tell(j, id, STR(""));
	finding_number(f, "voids", v4 > v6 ? v4 : v6);
	finding_number(f, "limit", SPF_VOID_LIMIT);
	if (over4 != over6)
		finding_text(j->au->findings, f, "family", over6 ? STR("IPv6") : STR("IPv4"));
	tell_open(j, f);
	spf_tell_whom(j, f, over4 ? LIMIT_VOIDS4 : LIMIT_VOIDS6);
	spf_tell_plan(
	    j, f, &(struct spf_goal){ .lookups = ANY, .voids = SPF_VOID_LIMIT, .pin = true });
	void_evidence(f, root);
}

/* Notes in F that A, when it failed, left a host unknown; *LAST is the host met before. */
static size_t
note_unsure(struct finding *f, const struct answer *a, const struct name **last)
{
	if (a == NULL || a->status != ANSWER_FAILED)
		return 0;
	bool again = *last != NULL && name_eq(*last, &a->q.name);
	*last = &a->q.name;
	finding_evidence(f, a);
	return again ? 0 : 1;
}

/*
 * Names of a and mx terms, ours and those of includes, that could not be looked
 * up: who may send, and how many lookups are void, is not wholly known.
 */
static void
judge_unsure(struct spf_judge *j)
{
	const struct spf_node *root = j->tree->nodes[0];
	const struct name *last = NULL;
	size_t n = 0;
	if (root->unsure4 == 0 && root->unsure6 == 0)
		return;
	struct finding *f = spf_tell(j, RULE_SPF_ADDRESS_UNKNOWN, STR(""));
	for (size_t i = 0; i < j->tree->n_nodes; i++) {
		const struct spf_node *node = j->tree->nodes[i];
		for (size_t k = 0; k < node->n_items; k++) {
			const struct spf_item *it = &node->items[k];
			n += note_unsure(f, it->first, &last);
			for (size_t h = 0; h < it->n_hosts; h++)
				n += note_unsure(f, it->hosts[h], &last);
		}
	}
	finding_number(f, "hosts", (int64_t)n);
}

/* What stands where the record R is first at fault. */
static struct str
fault_text(const struct spf_record *r)
{
	size_t i = 0;
	while (i + 1 < r->n_faults && !is_spf_fatal(r->faults[i].kind))
		i++;
	return str_sub(r->text, r->faults[i].offset, r->faults[i].length);
}

/* The target of our term IT makes evaluation of our record an error. */
static void
judge_target(struct spf_judge *j, const struct spf_item *it)
{
	const struct spf_node *bad = it->below->culprit;
	bool redirect = it->term->kind == TERM_REDIRECT;
	/* A target that is no name is told as such. */
	if ((bad->name.n == 0 && bad->parent->parent == NULL) || is_spf_told_gone(j, &bad->name))
		return;
	enum rule_id id = RULE_SPF_INCLUDE_PERMERROR;
	if (it->below->error == SPF_ERROR_LOOP)
		id = RULE_SPF_LOOP;
	else if (it->below->error == SPF_ERROR_SEVERAL)
		id = RULE_SPF_INCLUDE_SEVERAL;
	else if (it->below->error == SPF_ERROR_NONE)
		id = redirect && bad == it->below ? RULE_SPF_REDIRECT_NONE : RULE_SPF_INCLUDE_NONE;
	struct finding *f = spf_tell(j, id, it->term->text);
	finding_text(j->au->findings, f, "target",
	    bad->name.n > 0 ? name_text(j->au->arena, &bad->name) : bad->via->term->domain);
	if (id == RULE_SPF_INCLUDE_PERMERROR)
		finding_text(j->au->findings, f, "fault", fault_text(bad->record));
	if (bad->name.n > 0 && name_is_below(&bad->name, j->domain))
		f->remedy.who = WHO_YOU; /* the include is our own */
	finding_evidence(f, bad->answer);
}

/* Whether the target of node I could not be looked up and was not met before. */
static bool
is_new_failure(const struct spf_tree *t, size_t i)
{
	if (t->nodes[i]->state != NODE_FAILED)
		return false;
	for (size_t k = 0; k < i; k++)
		if (t->nodes[k]->state == NODE_FAILED &&
		    name_eq(&t->nodes[k]->name, &t->nodes[i]->name))
			return false;
	return true;
}

static void
judge_failures(struct spf_judge *j)
{
	size_t told = 0;
	for (size_t i = 1; i < j->tree->n_nodes && told < MAX_SPF_TOLD; i++) {
		const struct spf_node *node = j->tree->nodes[i];
		if (!is_new_failure(j->tree, i) || is_told(j, top_of(node)))
			continue;
		struct finding *f = spf_tell(j, RULE_SPF_LOOKUP_FAILED, top_of(node)->term->text);
		finding_name(j->au->findings, f, "target", &node->name);
		finding_evidence(f, node->answer);
		told++;
	}
}

/* mx terms with more exchangers than a receiver may look at, ours and those of includes. */
static void
judge_exchangers(struct spf_judge *j)
{
	size_t told = 0;
	for (size_t i = 0; i < j->tree->n_nodes; i++) {
		const struct spf_node *node = j->tree->nodes[i];
		for (size_t k = 0; k < node->n_items && told < MAX_SPF_TOLD; k++) {
			const struct spf_item *it = &node->items[k];
			const struct spf_item *top = i == 0 ? it : top_of(node);
			if (!it->mx_over)
				continue;
			struct finding *f = spf_tell(j, RULE_SPF_MX_LIMIT, top->term->text);
			finding_name(j->au->findings, f, "target", it->name);
			finding_number(f, "count", (int64_t)it->first->n_rr);
			finding_number(f, "limit", SPF_MX_LIMIT);
			finding_evidence(f, it->first);
			told++;
		}
	}
}

void
spf_judge_tree(struct spf_judge *j)
{
	const struct spf_node *root = j->tree->nodes[0];
	size_t before = j->au->findings->n;
	for (size_t i = 0; i < root->n_items; i++) {
		const struct spf_item *it = &root->items[i];
		if (it->below == NULL || is_told(j, it) ||
		    j->au->findings->n - before >= MAX_SPF_TOLD)
			continue;
		if (it->below->error != SPF_FINE)
			judge_target(j, it);
		else if (it->below->pass_all && it->term->qualifier == '+')
			spf_tell(j, RULE_SPF_INCLUDE_PASS_ALL, it->term->text);
	}
	judge_failures(j);
	judge_exchangers(j);
	judge_lookups(j);
	judge_voids(j);
	judge_unsure(j);
}
