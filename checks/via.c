/* SPDX-License-Identifier: ISC */
/*
 * via.c - what SPF will say of a service's servers, by the record of the name
 * that MAIL FROM will bear.
 */
#include "checks/via.h"

const struct provider *
via_row(const struct sender *x)
{
	return x->n_via > 0 ? provider_find(x->via[0]) : NULL;
}

bool
via_is_fixed(const char *text)
{
	return text != NULL && strchr(text, '*') == NULL;
}

bool
via_has_fixed_keys(const struct provider *row)
{
	for (size_t i = 0; i < MAX_PROVIDER_SELECTORS; i++)
		if (via_is_fixed(row->selectors[i]))
			return true;
	return false;
}

bool
via_signs_by_fixed_keys(const struct provider *row)
{
	for (size_t i = 0; i < MAX_PROVIDER_SELECTORS; i++)
		if (row->selectors[i] != NULL && !via_is_fixed(row->selectors[i]))
			return false;
	return row->verified && row->keys == KEYS_CNAME && via_has_fixed_keys(row);
}

bool
via_return_name(const struct provider *row, const struct name *author, struct name *out)
{
	return via_is_fixed(row->return_label) &&
	       name_prefix(str_of(row->return_label), author, out) == NAME_OK;
}

/* Whether the include SPEC is one of ROW; several services may share it. */
static bool
is_include_of(struct str spec, const struct provider *row)
{
	const struct provider *p;
	size_t from = 0;

	while ((p = provider_next(spec, &from)) != NULL)
		if (p == row)
			return true;
	return false;
}

#define NO_ITEM SIZE_MAX

/* By which item of the record itself NODE of the tree T is reached; NO_ITEM = it is the record. */
static size_t
entry_of(const struct spf_tree *t, const struct spf_node *node)
{
	if (node->parent == NULL)
		return NO_ITEM;
	while (node->parent->parent != NULL)
		node = node->parent;
	return (size_t)(node->via - t->nodes[0]->items);
}

/* The first item of the record itself that leads to ROW by live include or redirect. */
static size_t
entry_to(const struct spf_tree *t, const struct provider *row)
{
	size_t first = NO_ITEM;

	for (size_t i = 0; i < t->n_nodes; i++)
		for (size_t k = 0; k < t->nodes[i]->n_items; k++) {
			const struct spf_term *term = t->nodes[i]->items[k].term;

			size_t entry = i > 0 ? entry_of(t, t->nodes[i]) : k;

			if ((term->kind == TERM_INCLUDE || term->kind == TERM_REDIRECT) &&
			    (term->qualifier == '+' || term->kind == TERM_REDIRECT) &&
			    is_include_of(term->domain, row) && entry < first)
				first = entry;
		}
	return first;
}

/*
 * A record of the tree T that nobody could say, and that is read before what stands
 * behind item LAST of the record itself (RFC 7208 5.2: temperror); NULL = there is none.
 */
static const struct answer *
hidden_in(const struct spf_tree *t, size_t last)
{
	for (size_t i = 1; i < t->n_nodes; i++)
		if (t->nodes[i]->state == NODE_FAILED && entry_of(t, t->nodes[i]) <= last)
			return t->nodes[i]->answer;
	return NULL;
}

/* What a sender gets that no term matches (RFC 7208 4.7, 5.1). */
static enum spf_result
result_of_rest(const struct spf_record *r)
{
	static const char qualifiers[] = "+-~?";
	static const enum spf_result results[] = { RESULT_PASS, RESULT_FAIL, RESULT_SOFTFAIL,
		RESULT_NEUTRAL };
	const char *q;

	if (r->all == SPF_NO_TERM || (q = strchr(qualifiers, r->terms[r->all].qualifier)) == NULL)
		return RESULT_NEUTRAL;
	return results[q - qualifiers];
}

/* What the tree of OUT makes of ROW's servers. */
static void
read_tree(const struct provider *row, struct via_spf *out)
{
	const struct spf_node *root = out->tree->nodes[0];
	size_t entry = root->state == NODE_RECORD ? entry_to(out->tree, row) : NO_ITEM;

	out->known = true;
	out->has_include = entry != NO_ITEM;
	if (root->state == NODE_FAILED) {
		out->result = RESULT_TEMPERROR;
		out->failed = root->answer;
	} else if (root->state == NODE_NONE) {
		out->result = RESULT_NONE;
	} else if (root->state != NODE_RECORD || root->error != SPF_FINE ||
		   root->lookups > SPF_LOOKUP_LIMIT) {
		out->result = RESULT_PERMERROR;
	} else if ((out->failed = hidden_in(out->tree, entry)) != NULL) {
		out->result = RESULT_TEMPERROR;
	} else if (out->has_include || !out->needs_include) {
		out->result = RESULT_PASS;
	} else {
		out->result = result_of_rest(root->record);
	}
}

/* Whether anything stands at NAME, an alias that leads nowhere too. */
static bool
is_set_up(struct audit *au, const struct name *name, bool *pending)
{
	const struct answer *a = ask_dns(au->q, name, RR_TXT);

	*pending = *pending || is_pending(a);
	return !is_pending(a) && (a->status == ANSWER_FOUND || a->n_chain > 0);
}

void
via_predict(struct audit *au, const struct sender *x, const struct provider *row,
    const struct name *author, struct via_spf *out)
{
	struct name label;

	*out = (struct via_spf){ .known = false };
	if (x->mail_from_null)
		return;
	if (name_is_set(&x->mail_from))
		out->path = x->mail_from;
	else if (row->sender == SENDER_CUSTOMER ||
		 (row->sender == SENDER_UNKNOWN && row->need == NEED_YES))
		out->path = *author;
	else if (via_return_name(row, author, &label) && is_set_up(au, &label, &out->pending))
		out->path = label;
	if (out->pending || out->path.n == 0)
		return;
	/* a return path by alias has the service's own record */
	out->needs_include = row->need == NEED_YES ||
			     (row->need == NEED_SUB && row->return_target == NULL) ||
			     (name_eq(&out->path, author) && row->includes[0] != NULL);
	out->tree = spf_tree(au, &out->path);
	out->pending = out->tree->pending;
	if (out->pending)
		return;
	read_tree(row, out);
	/* the record that counts may be that of a name below, which nobody named */
	if (!name_is_set(&x->mail_from) && row->needed != NULL && row->kind != PROVIDER_MAILBOX &&
	    out->needs_include && !out->has_include)
		out->known = false;
}
