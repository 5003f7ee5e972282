/* SPDX-License-Identifier: ISC */
/*
 * zoneload.c - files and directories into the zones of a source: which files are
 * parts of others, and what is told when nothing can be used.
 */
#include <errno.h>
#include <sys/stat.h>
#include "audit/error.h"
#include "audit/sources/gitrev.h"
#include "audit/sources/octodnsconfig.h"
#include "audit/sources/zonefile.h"
#include "audit/sources/terraform.h"
#include "audit/sources/zoneinput.h"
#include "audit/sources/zonesource.h"

/* A file of the load, in the order of their names. */
struct loaded {
	struct zone_text *text;
	struct zone_seen id;
};

/* Say of a text without one record why. */
static void
tell_empty(const struct zone_text *t)
{
	const struct zone_fault_item *i = t->faults.first;
	const struct zone_fault *f;

	if (i == NULL) {
		audit_warn("%.*s: holds no record%s", (int)t->path.n, t->path.p,
		    t->missing != NULL ? " of which the name is known" : "");
		return;
	}
	f = &i->f;
	audit_warn("%.*s:%lu:%lu: no record can be read: %.*s: %s", (int)f->file.n, f->file.p,
	    (unsigned long)f->line, (unsigned long)f->column, (int)f->text.n, f->text.p,
	    f->reason != NULL ? f->reason : "cannot be read");
}

/* Whether all zones T has an SOA for were loaded with their SOA before. */
static bool
is_double(struct zone_source *s, const struct zone_text *t)
{
	for (const struct zone_mark *m = t->soa; m != NULL; m = m->next) {
		const struct zone *z = zonedb_apex(&s->db, &m->name);

		if (z == NULL || (z->soa == NULL && !z->soa_unread))
			return false;
	}
	return t->soa != NULL;
}

/* The file of the list F called PATH, which is not NOT; NULL = there is none. */
static const struct zone_file *
file_called(const struct zone_file *f, struct str path, const struct zone_file * not )
{
	while (f != NULL && (f == not || !str_eq(f->path, path)))
		f = f->next;
	return f;
}

/* Whether the bytes of T's file are those of PATH, which was read before it. */
static bool
is_copy(const struct zone_source *s, const struct zone_load *l, const struct zone_text *t,
    struct str path)
{
	const struct zone_file *mine = file_called(l->files, t->path, NULL);
	const struct zone_file *other = file_called(l->files, path, mine);

	if (other == NULL)
		other = file_called(s->db.files, path, NULL);
	return mine != NULL && other != NULL && str_eq(mine->bytes, other->bytes);
}

/*
 * The zones of T are there already.  Unless it is a copy that is a fault of theirs: a
 * change could put in front of the file that is served one that is not.
 */
static void
pass_over(struct zone_source *s, const struct zone_load *l, const struct zone_text *t)
{
	struct zone *z = zonedb_apex(&s->db, &t->soa->name);

	audit_warn("%.*s: holds a zone that was read from %.*s; passed over", (int)t->path.n,
	    t->path.p, (int)z->where.n, z->where.p);
	for (const struct zone_mark *m = t->soa; m != NULL; m = m->next) {
		struct zone_fault *f;

		z = zonedb_apex(&s->db, &m->name);
		if (is_copy(s, l, t, z->where) ||
		    (f = zone_fault_add(&s->db.arena, &z->faults, "zone-twice")) == NULL)
			continue;
		f->file = t->path;
		f->text = str_sub(z->where, 0, MAX_ZONE_FAULT_TEXT);
		f->line = f->column = 1;
	}
}

static void
use(struct zone_source *s, const struct zone_load *l, struct zone_text *t)
{
	if (is_double(s, t))
		pass_over(s, l, t);
	else
		zonedb_add(&s->db, t);
}

/* The real path of the folder that FILE stands in. */
static struct str
root_of(struct arena *a, const char *file, bool is_dir)
{
	struct str s = str_of(file);

	if (!is_dir) {
		while (s.n > 0 && s.p[s.n - 1] != '/')
			s.n--;
		s = s.n == 0 ? STR(".") : arena_str(a, s);
	}
	return zonepath_real(a, s.p);
}

/* Whether T says something of its zone: a record, or that it cannot be read. */
static bool
says_something(const struct zone_text *t)
{
	return t->n > 0 || t->n_unread > 0 || t->flat != NULL;
}

/* The zones of the list T into S; how many of them hold something. */
static size_t
use_all(struct zone_source *s, const struct zone_load *l, struct zone_text *t)
{
	size_t used = 0;

	while (t != NULL) {
		struct zone_text *next = t->next;

		used += says_something(t);
		/* a zone of which the name is known is known even with nothing in it */
		if (says_something(t) || t->apex.n > 0)
			use(s, l, t);
		t = next;
	}
	return used;
}

static bool
was_included(const struct zone_load *l, const struct zone_seen *id)
{
	for (const struct zone_seen *i = l->included; i != NULL; i = i->next)
		if (i->dev == id->dev && i->ino == id->ino)
			return true;
	return false;
}

/* PATH was read by itself, and is a part of another file: it is there once, not twice. */
static void
forget_file(struct zone_load *l, struct str path)
{
	for (struct zone_file **f = &l->files; *f != NULL; f = &(*f)->next)
		if (str_eq((*f)->path, path)) {
			*f = (*f)->next;
			return;
		}
}

/* Whether a configuration of octoDNS, if one was named, leaves the zone of T out. */
static bool
is_left_out(const struct zone_load *l, const struct zone_text *t)
{
	const struct octodns_config *c = l->config;

	if (c == NULL || c->all || t->apex.n == 0)
		return false;
	for (size_t i = 0; i < c->n_zones; i++)
		if (name_eq(&c->zone[i], &t->apex))
			return false;
	return true;
}

/* Those of the zones that GOT holds, which are no part of another file. */
static size_t
use_loaded(struct zone_source *s, struct zone_load *l, const struct loaded *got, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		struct zone_text *t = got[i].text;

		if (t->soa == NULL && was_included(l, &got[i].id)) {
			forget_file(l, t->path);
			continue;
		}
		if (is_left_out(l, t))
			continue;
		if (t->next == NULL && !says_something(t))
			tell_empty(t);
		used += use_all(s, l, t);
	}
	return used;
}

/*
 * Read all, then use: only then is it known which files without SOA are parts
 * of others.
 */
static int
load_folder(struct zone_source *s, struct zone_load *l, struct str path)
{
	struct zone_folder files;
	struct loaded *got;
	size_t n = 0;
	int rc = zonefolder_list(l, path, &files);

	if (rc != AUDIT_OK)
		return rc;
	got = arena_array(&s->db.arena, files.n + 1, sizeof(*got));
	for (size_t i = 0; i < files.n; i++) {
		struct zone_bytes b = { .path = files.path[i], .in_folder = true };
		const char *reason = zonepath_read(l, b.path, true, &b.text, &got[n].id);

		if (reason != NULL)
			audit_warn("%s: %s; passed over", b.path.p, reason);
		else if ((got[n].text = zoneinput_read(l, &b)) != NULL)
			n++;
	}
	if (use_loaded(s, l, got, n) > 0)
		return AUDIT_OK;
	if (path.n == 0)
		path = STR("the top of the repository");
	audit_warn("%.*s: no zone file with a record in it", (int)path.n, path.p);
	return AUDIT_EEMPTY;
}

/* The folder that CONFIG, a file, calls DIR: beside it, or the one it stands in. */
static struct str
config_folder(struct zone_load *l, struct str config, struct str dir)
{
	struct str beside = config;
	struct stat st;
	struct buf b;

	while (beside.n > 0 && beside.p[beside.n - 1] != '/')
		beside.n--;
	if (beside.n == 0 && l->tree == NULL)
		beside = STR("./");
	while (str_has_prefix(dir, STR("./")))
		dir = str_sub(dir, 2, dir.n);
	buf_init(&b, 4096); /* PATH_MAX */
	buf_add(&b, beside);
	buf_add(&b, dir);
	dir = arena_str(l->a, buf_str(&b));
	buf_free(&b);
	if (l->tree != NULL)
		return dir;
	return stat(dir.p, &st) == 0 && S_ISDIR(st.st_mode) ? dir : arena_str(l->a, beside);
}

/* The folders of the configuration of octoDNS that PATH turned out to be. */
static int
load_config(struct zone_source *s, struct zone_load *l, struct str path)
{
	int rc = AUDIT_EEMPTY;

	for (size_t i = 0; i < l->config->n_folders; i++)
		if (load_folder(s, l, config_folder(l, path, l->config->folder[i])) == AUDIT_OK)
			rc = AUDIT_OK;
	if (l->config->n_folders == 0)
		audit_warn("%.*s: names no folder of YAML files", (int)path.n, path.p);
	return rc;
}

/* The one file PATH, of bytes TEXT. */
static int
load_bytes(struct zone_source *s, struct zone_load *l, struct str path, struct str text)
{
	struct zone_bytes b = { .path = path, .text = text };
	struct zone_text *t = zoneinput_read(l, &b);

	if (t == NULL)
		return l->config != NULL ? load_config(s, l, path) : AUDIT_EEMPTY;
	if (use_all(s, l, t) > 0)
		return AUDIT_OK;
	tell_empty(t);
	return AUDIT_EEMPTY;
}

static int
load_file(struct zone_source *s, struct zone_load *l, struct str path)
{
	struct zone_seen id;
	struct str text;
	const char *reason = zonepath_read(l, path, false, &text, &id);

	if (reason != NULL) {
		audit_warn("%.*s: %s", (int)path.n, path.p, reason);
		return AUDIT_EREAD;
	}
	return load_bytes(s, l, path, text);
}

/* What L read stays known to S. */
static int
end_load(struct zone_source *s, struct zone_load *l, int rc)
{
	while (l->files != NULL) {
		struct zone_file *f = l->files;

		l->files = f->next;
		f->next = s->db.files;
		s->db.files = f;
	}
	zone_load_free(l);
	return rc;
}

/* PATH of the disk; BEFORE: of a plan, what was there. */
static int
load_path(struct zone_source *s, const char *path, bool before)
{
	struct zone_load l;
	struct str name;
	struct stat st;

	if (stat(path, &st) != 0) {
		audit_warn("%s: %s", path, errno == ENOENT ? "no such file" : "cannot be read");
		return AUDIT_EREAD;
	}
	zone_load_init(&l, &s->db.arena, root_of(&s->db.arena, path, S_ISDIR(st.st_mode)));
	l.before = before;
	name = arena_str(&s->db.arena, str_of(path));
	return end_load(
	    s, &l, S_ISDIR(st.st_mode) ? load_folder(s, &l, name) : load_file(s, &l, name));
}

/* The files of TREE at and below PATH: as load_path() of the disk. */
static int
load_tree(struct zone_source *s, const struct zone_tree *tree, struct str path)
{
	struct zone_seen id;
	struct zone_load l;
	struct str text;

	zone_load_init(&l, &s->db.arena, STR(""));
	l.tree = tree;
	if (path.n > 0 && zonetree_read(tree, path, &text, &id) == NULL)
		return end_load(s, &l, load_bytes(s, &l, path, text));
	return end_load(s, &l, load_folder(s, &l, path));
}

/* The revision SPEC of git. */
static int
load_revision(struct zone_source *s, const char *spec)
{
	struct zone_tree *tree = arena_alloc(&s->db.arena, sizeof(*tree));
	struct str path;
	int rc = gitrev_load(&s->db.arena, spec, tree, &path);

	return rc == AUDIT_OK ? load_tree(s, tree, path) : rc;
}

int
zonefile_load(struct source *source, const char *path)
{
	struct zone_source *s = (struct zone_source *)source;

	return gitrev_is(path) ? load_revision(s, path) : load_path(s, path, false);
}

bool
zonefile_is_plan(const char *path)
{
	struct arena a;
	struct zone_load l;
	struct zone_seen id;
	struct doc d;
	struct stat st;
	struct str text;
	bool is = false;

	/* a pipe can be read only once */
	if (gitrev_is(path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	arena_init(&a, 0);
	zone_load_init(&l, &a, STR(""));
	if (zonepath_read(&l, str_of(path), false, &text, &id) == NULL &&
	    str_has_prefix(str_trim(text), STR("{"))) {
		doc_json(&a, text, &d);
		is = terraform_is(&d);
	}
	zone_load_free(&l);
	arena_free(&a);
	return is;
}

int
zonefile_load_plan(struct source *base, struct source *head, const char *path)
{
	int before = load_path((struct zone_source *)base, path, true), after;

	if (before != AUDIT_OK && before != AUDIT_EEMPTY)
		return before;
	after = load_path((struct zone_source *)head, path, false);
	/* a plan that takes the last record away says enough */
	return after == AUDIT_EEMPTY ? before : after;
}

int
zonefile_load_text(struct source *source, const char *path, struct str text)
{
	struct zone_source *s = (struct zone_source *)source;
	struct str name = arena_str(&s->db.arena, str_of(path));
	struct zone_load l;

	zone_load_init(&l, &s->db.arena, STR(""));
	return end_load(s, &l, load_bytes(s, &l, name, arena_str(&s->db.arena, text)));
}
