/* SPDX-License-Identifier: ISC */
/*
 * config.c - reading mailvet.yaml, and what its parts must say of each other.
 */
#include "audit/config/config.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/config/configkeys.h"
#include "audit/config/yamltree.h"
#include "audit/error.h"

static int
from_order(const void *va, const void *vb)
{
	const struct config_from *a = va, *b = vb;
	int c = name_cmp(&a->name, &b->name);

	return c != 0 ? c : a->at < b->at ? -1 : a->at > b->at;
}

static int
domain_order(const void *va, const void *vb)
{
	const struct config_domain *const *a = va, *const *b = vb;
	int c = name_cmp(&(*a)->name, &(*b)->name);

	return c != 0 ? c : (*a)->at < (*b)->at ? -1 : (*a)->at > (*b)->at;
}

/* "example.com", for a fault. */
static const char *
name_words(struct arena *a, const struct name *n)
{
	return name_text(a, n).p;
}

/* The domains by name; each may stand once. */
static void
index_domains(struct config *c, struct faults *fs)
{
	c->by_name = arena_array(&c->arena, c->n_domains + 1, sizeof(*c->by_name));
	for (size_t i = 0; i < c->n_domains; i++)
		c->by_name[i] = &c->domains[i];
	qsort(c->by_name, c->n_domains, sizeof(*c->by_name), domain_order);
	for (size_t i = 1; i < c->n_domains; i++)
		if (name_is_set(&c->by_name[i]->name) &&
		    name_eq(&c->by_name[i]->name, &c->by_name[i - 1]->name))
			fault_add(fs, c->by_name[i]->at, "name: %s stands in domains twice",
			    name_words(&c->arena, &c->by_name[i]->name));
}

/* The From domains of X must be domains that somebody writes as. */
static void
check_from(struct config *c, struct config_sender *x, struct faults *fs)
{
	for (size_t i = 0; i < x->n_from; i++) {
		const struct config_domain *d = config_domain(c, &x->from[i].name);
		const char *words = name_words(&c->arena, &x->from[i].name);
		size_t at = x->from[i].at;

		if (d == NULL)
			fault_add(fs, at, "from: %s does not stand in domains", words);
		else if (d->role == ROLE_PARKED)
			fault_add(fs, at, "from: %s is parked: nobody sends as it", words);
		else if (d->role == ROLE_RETURN_PATH)
			fault_add(fs, at,
			    "from: %s has the role return-path: no author writes as it", words);
	}
	if (x->n_from > 0)
		qsort(x->from, x->n_from, sizeof(*x->from), from_order);
}

static void
check_mail_from(struct config *c, const struct config_sender *x, struct faults *fs)
{
	const struct config_domain *d = config_domain(c, &x->s.mail_from);

	if (d != NULL && d->role == ROLE_PARKED)
		fault_add(fs, x->mail_from_at, "mail-from: %s is parked: nobody sends as it",
		    name_words(&c->arena, &d->name));
}

/* A list whose name holds a key cannot be asked without. */
static void
make_lists(struct config *c)
{
	c->lists = arena_array(&c->arena, c->n_ask + 1, sizeof(*c->lists));
	for (size_t i = 0; i < c->n_ask; i++) {
		c->lists[i] = *c->ask[i];
		if (c->lists[i].state == LIST_KEYED)
			c->lists[i].state = LIST_ACTIVE;
	}
}

static void
check_keys(struct config *c, struct faults *fs, size_t at)
{
	for (size_t i = 0; i < c->n_ask; i++) {
		bool has = c->ask[i]->state != LIST_KEYED;
		struct name zone;

		if (!has && name_parse(str_of(c->ask[i]->zone), &zone) == NAME_OK)
			for (size_t k = 0; k < c->n_keys; k++)
				has = has || name_eq(&c->keys[k].zone, &zone);
		if (!has)
			fault_add(fs, at,
			    "lists: %s is asked with a customer's key: put it into keys",
			    c->ask[i]->zone);
	}
}

/* Whether the domains of C have one that W is about. */
static bool
is_about_some(const struct config *c, const struct waiver *w)
{
	if (!w->below)
		return config_domain(c, &w->domain) != NULL;
	for (size_t i = 0; i < c->n_domains; i++)
		if (name_is_below(&c->domains[i].name, &w->domain) &&
		    !name_eq(&c->domains[i].name, &w->domain))
			return true;
	return false;
}

void
config_doubts(const struct config *c, time_t now, struct faults *fs)
{
	for (size_t i = 0; i < c->n_waivers; i++) {
		const struct waiver *w = &c->waivers[i];

		if (c->n_domains > 0 && !is_about_some(c, w))
			fault_add(fs, c->waivers_at[i].domain,
			    "warning: domain: no name of domains is meant: the waiver bears "
			    "nothing");
		if (w->until < now)
			fault_add(fs, c->waivers_at[i].until,
			    "warning: until: that day is over: the waiver bears nothing");
	}
	faults_sort(fs);
}

int
config_parse(struct config *out, struct str text, struct faults *fs)
{
	const struct tree_node *root;

	*out = (struct config){ .n_domains = 0 };
	arena_init(&out->arena, 0);
	memset(out->level, -1, sizeof(out->level));
	thresholds_default(&out->bounces);
	faults_init(fs, &out->arena, text);
	if ((root = yamltree_read(text, fs)) == NULL)
		return AUDIT_EFORMAT;
	schema_read(&config_schema, root, out, fs);
	index_domains(out, fs);
	for (size_t i = 0; i < out->n_senders; i++) {
		check_from(out, &out->senders[i], fs);
		check_mail_from(out, &out->senders[i], fs);
	}
	check_keys(out, fs, root->at);
	make_lists(out);
	faults_sort(fs);
	return fs->n == 0 ? AUDIT_OK : AUDIT_EFORMAT;
}

/* The bytes of the file at PATH, at most one more than are taken. */
static int
read_bytes(const char *path, char **bytes, size_t *n)
{
	FILE *in = fopen(path, "rb");
	int rc = AUDIT_OK;

	if (in == NULL) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EREAD;
	}
	*bytes = xmalloc(MAX_YAML_BYTES + 1);
	errno = 0;
	*n = fread(*bytes, 1, MAX_YAML_BYTES + 1, in);
	if (ferror(in)) {
		audit_warn("%s: %s", path, strerror(errno));
		rc = AUDIT_EREAD;
	}
	(void)fclose(in);
	return rc;
}

/* With DOUBTS they are told too, as of NOW. */
static int
read_and_tell(struct config *out, const char *path, bool doubts, time_t now)
{
	char *bytes = NULL;
	struct faults *fs = xmalloc(sizeof(*fs));
	size_t n = 0;
	int rc = read_bytes(path, &bytes, &n);

	*out = (struct config){ .n_domains = 0 };
	if (rc == AUDIT_OK) {
		rc = config_parse(out, (struct str){ bytes, n }, fs);
		if (rc == AUDIT_OK && doubts)
			config_doubts(out, now, fs);
		faults_tell(fs, path);
	}
	free(bytes);
	free(fs);
	return rc;
}

int
config_read(struct config *out, const char *path)
{
	return read_and_tell(out, path, false, 0);
}

int
config_take(struct config *out, struct str bytes, const char *path)
{
	struct faults *fs = xmalloc(sizeof(*fs));
	int rc;

	*out = (struct config){ .n_domains = 0 };
	rc = config_parse(out, bytes, fs);
	faults_tell(fs, path);
	free(fs);
	return rc;
}

int
config_check(struct config *out, const char *path, time_t now)
{
	return read_and_tell(out, path, true, now);
}

void
config_free(struct config *c)
{
	arena_free(&c->arena);
}

const struct config_domain *
config_domain(const struct config *c, const struct name *name)
{
	size_t from = 0, to = c->n_domains;

	while (from < to && name_is_set(name)) {
		size_t mid = from + (to - from) / 2;
		int d = name_cmp(&c->by_name[mid]->name, name);

		if (d == 0)
			return c->by_name[mid];
		if (d < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

void
config_keys(struct buf *b)
{
	schema_print(b, &config_schema);
}
