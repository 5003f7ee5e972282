/* SPDX-License-Identifier: ISC */
/*
 * zoneload.c - files and directories into the zones of a source: which files,
 * which zone a file name speaks of, and what is told when nothing can be used.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "audit/error.h"
#include "audit/sources/zonefile.h"
#include "audit/sources/zonesource.h"

/* clang-format off */
/* What people put around the zone in a file name. */
static const char *const prefixes[] = { "db.", "pri.", "named.", "master.", "zone." };
static const char *const suffixes[] = { ".zone", ".db", ".hosts", ".bind", ".dns", ".txt", ".signed" };

/* Endings in a folder of zones that are no zone files: backups, journals, scripts, documents. */
static const char *const passed_over[] = {
	"~", ".bak", ".save", ".swp", ".orig", ".rej", ".old", ".dpkg-dist", ".rpmsave", ".jnl", ".jbk",
	".md", ".yaml", ".yml", ".json", ".js", ".ts", ".tf", ".toml", ".py", ".pl", ".rb", ".go", ".sh", ".lua",
	".html", ".css", ".xml", ".csv", ".gz", ".xz", ".zip", ".tar", ".pem", ".key", ".private", ".lock",
};
/* clang-format on */

/* A file of the load, in the order of their names. */
struct loaded {
	struct zone_text *text;
	struct zone_seen id;
};

struct folder {
	struct str *path;
	size_t n, cap;
};

static bool
ends_with(struct str s, const char *end)
{
	struct str e = str_of(end);

	return s.n >= e.n && str_ieq(str_sub(s, s.n - e.n, e.n), e);
}

/* The zone that the file name in PATH speaks of: example.com.zone, db.example.com; n = 0 = none. */
static struct name
zone_guess(struct str path)
{
	struct name name;
	struct str s = path;

	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/') {
			s = str_sub(path, i, path.n);
			break;
		}
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (ends_with(s, suffixes[i])) {
			s.n -= str_of(suffixes[i]).n;
			break;
		}
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_has_iprefix(s, str_of(prefixes[i]))) {
			s = str_sub(s, str_of(prefixes[i]).n, s.n);
			break;
		}
	/* one label is a word ("internal.zone"), not a zone */
	if (name_parse_raw(s, &name) != NAME_OK || name_labels(&name) < 2 ||
	    !name_is_hostname(&name, true))
		name.n = 0;
	return name;
}

/* Say of a text without one record why. */
static void
tell_empty(const struct zone_text *t)
{
	const struct zone_fault_item *i = t->faults.first;
	const struct zone_fault *f;

	if (i == NULL) {
		audit_warn("%.*s: holds no record", (int)t->path.n, t->path.p);
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

static void
use(struct zone_source *s, struct zone_text *t)
{
	struct zone *z;

	if (is_double(s, t)) {
		z = zonedb_apex(&s->db, &t->soa->name);
		audit_warn("%.*s: holds a zone that was read from %.*s; passed over",
		    (int)t->path.n, t->path.p, (int)z->where.n, z->where.p);
		return;
	}
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

static int
load_file(struct zone_source *s, struct zone_load *l, struct str path)
{
	struct name guess = zone_guess(path);
	struct zone_seen id;
	struct zone_text *t;
	struct str text;
	const char *reason = zonepath_read(l, path, false, &text, &id);

	if (reason != NULL) {
		audit_warn("%.*s: %s", (int)path.n, path.p, reason);
		return AUDIT_EREAD;
	}
	t = zoneread_text(l, path, &guess, text);
	if (t->n == 0) {
		tell_empty(t);
		return AUDIT_EEMPTY;
	}
	use(s, t);
	return AUDIT_OK;
}

static bool
is_passed_over(struct str name)
{
	if (name.n == 0 || name.p[0] == '.' || name.p[0] == '#')
		return true;
	for (size_t i = 0; i < ARRAY_LEN(passed_over); i++)
		if (ends_with(name, passed_over[i]))
			return true;
	return str_eq(name, STR("Makefile")) || str_eq(name, STR("LICENSE"));
}

static int
cmp_paths(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The files of directory PATH that may be zone files, sorted. */
static int
list_folder(struct arena *a, const char *path, struct folder *out)
{
	struct str dir = str_of(path);
	struct dirent *e;
	DIR *d = opendir(path);
	struct buf b;

	if (d == NULL) {
		audit_warn("%s: cannot be opened", path);
		return AUDIT_EREAD;
	}
	buf_init(&b, PATH_MAX);
	while ((e = readdir(d)) != NULL && out->n < MAX_ZONE_FILES) {
		struct stat st;

		if (is_passed_over(str_of(e->d_name)))
			continue;
		buf_reset(&b);
		buf_add(&b, dir);
		if (dir.n > 0 && dir.p[dir.n - 1] != '/')
			buf_addc(&b, '/');
		buf_adds(&b, e->d_name);
		(void)arena_grow(a, &out->path, out->n, &out->cap, sizeof(*out->path));
		out->path[out->n] = arena_str(a, buf_str(&b));
		if (!b.over && stat(out->path[out->n].p, &st) == 0 && !S_ISDIR(st.st_mode))
			out->n++;
	}
	if (e != NULL)
		audit_warn("%s: more than %d files; the others are not read", path, MAX_ZONE_FILES);
	buf_free(&b);
	(void)closedir(d);
	if (out->n > 1)
		qsort(out->path, out->n, sizeof(*out->path), cmp_paths);
	return AUDIT_OK;
}

static bool
was_included(const struct zone_load *l, const struct zone_seen *id)
{
	for (const struct zone_seen *i = l->included; i != NULL; i = i->next)
		if (i->dev == id->dev && i->ino == id->ino)
			return true;
	return false;
}

/*
 * Read all, then use: only then is it known which files without SOA are parts
 * of others.
 */
static int
load_folder(struct zone_source *s, struct zone_load *l, const char *path)
{
	struct folder files = { .path = NULL };
	struct loaded *got;
	size_t used = 0, n = 0;
	int rc = list_folder(&s->db.arena, path, &files);

	if (rc != AUDIT_OK)
		return rc;
	got = arena_array(&s->db.arena, files.n, sizeof(*got));
	for (size_t i = 0; i < files.n; i++) {
		struct name guess = zone_guess(files.path[i]);
		struct str text;
		const char *reason = zonepath_read(l, files.path[i], true, &text, &got[n].id);

		if (reason != NULL)
			audit_warn("%s: %s; passed over", files.path[i].p, reason);
		else
			got[n++].text = zoneread_text(l, files.path[i], &guess, text);
	}
	for (size_t i = 0; i < n; i++) {
		if (got[i].text->soa == NULL && was_included(l, &got[i].id))
			continue;
		if (got[i].text->n == 0) {
			tell_empty(got[i].text);
			continue;
		}
		use(s, got[i].text);
		used++;
	}
	if (used > 0)
		return AUDIT_OK;
	audit_warn("%s: no zone file with a record in it", path);
	return AUDIT_EEMPTY;
}

int
zonefile_load(struct source *source, const char *path)
{
	struct zone_source *s = (struct zone_source *)source;
	struct zone_load l;
	struct stat st;
	int rc;

	if (stat(path, &st) != 0) {
		audit_warn("%s: %s", path, errno == ENOENT ? "no such file" : "cannot be read");
		return AUDIT_EREAD;
	}
	zone_load_init(&l, &s->db.arena, root_of(&s->db.arena, path, S_ISDIR(st.st_mode)));
	if (S_ISDIR(st.st_mode))
		rc = load_folder(s, &l, path);
	else
		rc = load_file(s, &l, arena_str(&s->db.arena, str_of(path)));
	zone_load_free(&l);
	return rc;
}

int
zonefile_load_text(struct source *source, const char *path, struct str text)
{
	struct zone_source *s = (struct zone_source *)source;
	struct str name = arena_str(&s->db.arena, str_of(path));
	struct name guess = zone_guess(name);
	struct zone_load l;
	struct zone_text *t;
	int rc = AUDIT_OK;

	zone_load_init(&l, &s->db.arena, STR(""));
	t = zoneread_text(&l, name, &guess, arena_str(&s->db.arena, text));
	if (t->n > 0) {
		use(s, t);
	} else {
		tell_empty(t);
		rc = AUDIT_EEMPTY;
	}
	zone_load_free(&l);
	return rc;
}
