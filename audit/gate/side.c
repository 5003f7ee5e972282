/* SPDX-License-Identifier: ISC */
/*
 * side.c - zones, their suppression comments, and the world that they answer in.
 */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "audit/gate/side.h"
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "audit/error.h"
#include "audit/sources/zonedb.h"
#include "audit/sources/zonefile.h"

static int
cmp_ignores(const void *va, const void *vb)
{
	const struct zone_ignore *const *a = va, *const *b = vb;
	int c = str_cmp((*a)->file, (*b)->file);

	if (c != 0)
		return c;
	if ((*a)->line != (*b)->line)
		return (*a)->line < (*b)->line ? -1 : 1;
	if ((*a)->comment_line != (*b)->comment_line)
		return (*a)->comment_line < (*b)->comment_line ? -1 : 1;
	return str_cmp((*a)->id, (*b)->id);
}

static void
sort_ignores(struct side *s)
{
	const struct zone_ignore *first = zonefile_ignores(s->zones);
	size_t n = 0;

	for (const struct zone_ignore *i = first; i != NULL; i = i->next)
		n++;
	s->ignores = arena_array(&s->arena, n + 1, sizeof(const struct zone_ignore *));
	for (const struct zone_ignore *i = first; i != NULL; i = i->next)
		s->ignores[s->n_ignores++] = i;
	if (n > 1)
		qsort(s->ignores, n, sizeof(const struct zone_ignore *), cmp_ignores);
	s->last_line = arena_array(&s->arena, n + 1, sizeof(*s->last_line));
	for (size_t i = 0; i < n; i++) {
		const struct zone_ignore *g = s->ignores[i];

		s->last_line[i] = g->end_line;
		if (i > 0 && str_eq(s->ignores[i - 1]->file, g->file) &&
		    s->last_line[i - 1] > g->end_line)
			s->last_line[i] = s->last_line[i - 1];
	}
}

void
side_none(struct side *s)
{
	*s = (struct side){ .zones = zonefile_new() };
	arena_init(&s->arena, 0);
}

void
side_empty(struct side *s, const char *path)
{
	side_none(s);
	s->path = path;
}

void
side_live(struct side *s, const char *path)
{
	side_empty(s, path);
	s->live = true;
}

int
side_load(struct side *s, const char *path)
{
	int rc;

	side_none(s);
	s->path = path;
	if ((rc = zonefile_load(s->zones, path)) == AUDIT_OK)
		sort_ignores(s);
	return rc;
}

int
side_load_plan(struct side *base, struct side *head, const char *path)
{
	side_none(base);
	side_none(head);
	base->path = head->path = path;
	return zonefile_load_plan(base->zones, head->zones, path);
}

void
side_open(struct side *s, struct loop *loop, struct pinned *outside, time_t now)
{
	s->world = world_new(loop);
	world_set_now(s->world, now);
	world_add(s->world, s->zones);
	world_add(s->world, pinned_source(outside));
}

static void
never_ready(struct waiter *w, const struct question *q, const struct answer *a)
{
	(void)w;
	(void)q;
	(void)a;
}

const struct answer *
side_answer(const struct side *s, const struct question *q)
{
	struct waiter w = { .ready = never_ready };
	const struct answer *a = world_ask(s->world, q, &w);

	if (a == NULL)
		world_cancel(s->world, &w);
	return a;
}

/* Whether I, or one of the rules that it names with commas between, is RULE. */
static bool
is_meant(const struct zone_ignore *i, const struct rule *rule)
{
	for (size_t pos = 0, end; pos <= i->id.n; pos = end + 1) {
		end = str_find(i->id, pos, ',');
		if (rule_is_called(rule, str_sub(i->id, pos, end - pos)))
			return true;
	}
	return false;
}

/* How many comments of S are for lines of files before FILE, or of it up to LINE. */
static size_t
count_up_to(const struct side *s, struct str file, uint32_t line)
{
	size_t low = 0, high = s->n_ignores;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct zone_ignore *i = s->ignores[mid];
		int c = str_cmp(i->file, file);

		if (c < 0 || (c == 0 && i->line <= line))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
side_ignore(const struct side *s, const struct rr *rr, const struct rule *rule, size_t *at)
{
	uint32_t last = rr->end_line > rr->line ? rr->end_line : rr->line;
	size_t i;

	if (rr->file.n == 0 || rr->line == 0)
		return false;
	for (i = count_up_to(s, rr->file, last); i-- > 0 && s->last_line[i] >= rr->line;) {
		const struct zone_ignore *g = s->ignores[i];

		if (!str_eq(g->file, rr->file))
			break;
		if (g->end_line >= rr->line && g->reason.n > 0 && is_meant(g, rule)) {
			*at = i;
			return true;
		}
	}
	return false;
}

bool
side_holds(const struct side *s, const char *file)
{
	char real_file[PATH_MAX], real_dir[PATH_MAX];
	struct stat st;
	size_t n;

	if (s->path == NULL || stat(s->path, &st) != 0 || realpath(file, real_file) == NULL ||
	    realpath(s->path, real_dir) == NULL)
		return false;
	n = strlen(real_dir);
	return strncmp(real_file, real_dir, n) == 0 &&
	       (n == 1 || real_file[n] == '/' || real_file[n] == '\0');
}

void
side_free(struct side *s)
{
	if (s->world != NULL)
		world_free(s->world);
	else if (s->zones != NULL)
		s->zones->ops->free(s->zones);
	arena_free(&s->arena);
	*s = (struct side){ .path = NULL };
}
