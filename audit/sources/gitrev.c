/* SPDX-License-Identifier: ISC */
/*
 * gitrev.c - a revision, the files below a path of it, their bytes.
 */
#include "audit/sources/gitrev.h"
#include "audit/error.h"
#include "audit/sources/gitrun.h"
#include "audit/sources/zonefile.h"
#include "audit/sources/zoneinput.h"

#define MAX_OID 64              /* SHA-256 in hexadecimal */
#define MAX_SPEC ((size_t)8192) /* bytes of a path in a revision */
#define GIT_BLOB "100"
#define GIT_LINK "120000"

/* A revision being read. */
struct gitrev {
	struct arena *a;
	const char *rev;
	struct str path; /* without slashes at the ends */
	char oid[MAX_OID + 1];
	struct zone_tree_file *file;
	struct str *blob; /* the object of each */
	size_t n, cap, cap_blobs, bytes;
	bool more; /* some were left out */
};

bool
gitrev_is(const char *spec)
{
	return str_has_prefix(str_of(spec), STR("git:"));
}

/* The one line that git prints for ARGUMENTS, into OUT. */
static bool
one_line(const char *const *arguments, struct buf *out)
{
	if (!gitrun(arguments, STR(""), out))
		return false;
	while (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
	return true;
}

/* Tell why REV cannot be found. */
static int
tell_missing(const char *rev)
{
	const char *shallow[] = { "rev-parse", "--is-shallow-repository", NULL };
	struct buf b;

	buf_init(&b, 4096);
	if (!one_line(shallow, &b))
		audit_warn(
		    "git:%s: git is not there, or this is no repository that it trusts", rev);
	else if (str_eq(buf_str(&b), STR("true")))
		audit_warn("git:%s: is not in this shallow clone: fetch it (fetch-depth: 0, or git "
			   "fetch origin %s)",
		    rev, rev);
	else
		audit_warn("git:%s: no such revision", rev);
	buf_free(&b);
	return AUDIT_EREAD;
}

static bool
is_oid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isdigit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return s.n == 40 || s.n == MAX_OID;
}

/* Whether PATH has a part called .git: none that a commit brings can be called so. */
static bool
has_git_part(struct str path)
{
	struct str part;

	do {
		size_t end = str_find(path, 0, '/');

		part = str_sub(path, 0, end);
		path = str_sub(path, end < path.n ? end + 1 : end, path.n);
		if (str_eq(part, STR(".git")))
			return true;
	} while (path.n > 0);
	return false;
}

/*
 * Whether the repository found is a folder of files inside another: git takes any with
 * HEAD, objects and refs in it for one, and a change could bring its own base so.
 */
static bool
is_planted(void)
{
	static const char *const where[] = { "rev-parse", "--absolute-git-dir", NULL };
	struct buf b, out;
	bool planted = false;

	buf_init(&b, 4096 + 4); /* PATH_MAX, and "/.." */
	buf_init(&out, 4096);
	if (one_line(where, &b) && !has_git_part(buf_str(&b))) {
		buf_adds(&b, "/..");
		buf_addc(&b, '\0');
		if (!b.over) {
			const char *above[] = { "-C", b.p, "rev-parse", "--git-dir", NULL };

			planted = one_line(above, &out);
		}
	}
	buf_free(&b);
	buf_free(&out);
	return planted;
}

/* The tree of the revision. */
static int
find_tree(struct gitrev *g)
{
	struct str rev = str_of(g->rev);
	struct buf b, out;
	int rc = AUDIT_OK;

	buf_init(&b, 4096);
	buf_init(&out, 4096);
	buf_add(&b, rev);
	buf_adds(&b, "^{tree}");
	buf_addc(&b, '\0');
	if (rev.n == 0 || rev.p[0] == '-' || b.over) {
		audit_warn("git:%s: is no name of a revision", g->rev);
		rc = AUDIT_EUSAGE;
	} else if (is_planted()) {
		audit_warn("git:%s: the repository here is a folder inside another one, which a "
			   "change can bring: run it from elsewhere",
		    g->rev);
		rc = AUDIT_EREAD;
	} else {
		const char *verify[] = { "rev-parse", "--verify", "--quiet", b.p, NULL };

		if (!one_line(verify, &out) || !is_oid(buf_str(&out)))
			rc = tell_missing(g->rev);
		else
			memcpy(g->oid, out.p, out.n);
	}
	buf_free(&b);
	buf_free(&out);
	return rc;
}

/* S up to the byte C, taken away from *REST with it. */
static struct str
take_until(struct str *rest, char c)
{
	size_t end = str_find(*rest, 0, c);
	struct str s = str_sub(*rest, 0, end);

	*rest = str_sub(*rest, end < rest->n ? end + 1 : end, rest->n);
	return s;
}

static struct str
base_name(struct str path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/')
			return str_sub(path, i, path.n);
	return path;
}

/* One entry of ls-tree -l: MODE TYPE OBJECT SIZE, a tab, the path. */
static void
take_entry(struct gitrev *g, struct str entry)
{
	struct str mode = take_until(&entry, ' '), type = take_until(&entry, ' '),
		   oid = take_until(&entry, ' '), size = str_trim(take_until(&entry, '\t'));
	bool link = str_eq(mode, STR(GIT_LINK));
	uint32_t n;

	if (!str_eq(type, STR("blob")) || (!link && !str_has_prefix(mode, STR(GIT_BLOB))) ||
	    !is_oid(oid) || !parse_u32(size, UINT32_MAX, &n))
		return;
	if (zoneinput_is_passed_over(base_name(entry)))
		return;
	if (n > MAX_ZONE_BYTES - g->bytes || g->n >= MAX_ZONE_FILES) {
		g->more = true;
		return;
	}
	g->bytes += n;
	(void)arena_grow(g->a, &g->file, g->n, &g->cap, sizeof(*g->file));
	(void)arena_grow(g->a, &g->blob, g->n, &g->cap_blobs, sizeof(*g->blob));
	g->file[g->n].path = arena_str(g->a, entry);
	g->file[g->n].link = link;
	g->blob[g->n++] = arena_str(g->a, oid);
}

/* The files at or below PATH; false when git does not list them. */
static bool
list(struct gitrev *g, struct str path)
{
	struct str name = arena_str(g->a, path), rest;
	const char *ls[] = { "ls-tree", "-r", "-l", "-z", "--full-tree", g->oid, "--",
		path.n > 0 ? name.p : NULL, NULL };
	struct buf out;
	bool ok;

	g->n = g->bytes = 0;
	buf_init(&out, MAX_GIT_LIST);
	ok = gitrun(ls, STR(""), &out);
	for (rest = buf_str(&out); ok && rest.n > 0;)
		take_entry(g, take_until(&rest, '\0'));
	buf_free(&out);
	return ok;
}

/* The bytes of all files, out of what cat-file --batch printed: OBJECT blob SIZE, them, a newline.
 */
static bool
take_blobs(struct gitrev *g, struct str out)
{
	for (size_t i = 0; i < g->n; i++) {
		struct str head = take_until(&out, '\n'), oid = take_until(&head, ' '),
			   type = take_until(&head, ' ');
		uint32_t n;

		if (!str_eq(oid, g->blob[i]) || !str_eq(type, STR("blob")) ||
		    !parse_u32(head, UINT32_MAX, &n) || n >= out.n)
			return false;
		g->file[i].bytes = arena_str(g->a, str_sub(out, 0, n));
		out = str_sub(out, n + 1, out.n);
	}
	return true;
}

static bool
read_blobs(struct gitrev *g)
{
	static const char *const cat[] = { "cat-file", "--batch", NULL };
	struct buf in, out;
	bool ok;

	buf_init(&in, (size_t)MAX_ZONE_FILES * (MAX_OID + 1));
	buf_init(&out, MAX_ZONE_BYTES + (size_t)MAX_ZONE_FILES * 100);
	for (size_t i = 0; i < g->n; i++) {
		buf_add(&in, g->blob[i]);
		buf_addc(&in, '\n');
	}
	ok = !in.over && gitrun(cat, buf_str(&in), &out) && take_blobs(g, buf_str(&out));
	buf_free(&in);
	buf_free(&out);
	return ok;
}

/* The folder of the path; the path itself, when it is one. */
static struct str
folder_of(const struct gitrev *g)
{
	struct str s = g->path;

	if (g->n != 1 || !str_eq(g->file[0].path, g->path))
		return s;
	while (s.n > 0 && s.p[s.n - 1] != '/')
		s.n--;
	return str_sub(s, 0, s.n > 0 ? s.n - 1 : 0);
}

/* The files of G with their bytes into *TREE. */
static int
load(struct gitrev *g, struct zone_tree *tree)
{
	int rc = find_tree(g);

	if (rc != AUDIT_OK)
		return rc;
	rc = list(g, g->path) ? AUDIT_EEMPTY : AUDIT_EREAD;
	if (g->n == 0) {
		audit_warn("git:%s:%.*s: no file that may be a zone is there", g->rev,
		    (int)g->path.n, g->path.n > 0 ? g->path.p : "");
		return rc;
	}
	/* a file may include others: those beside it and below count, as on the disk */
	if (str_eq(g->file[0].path, g->path) && !list(g, folder_of(g)))
		return AUDIT_EREAD;
	if (g->more)
		audit_warn("git:%s:%.*s: more files or bytes than are read in all", g->rev,
		    (int)g->path.n, g->path.n > 0 ? g->path.p : "");
	if (!read_blobs(g)) {
		audit_warn("git:%s: git did not give the files", g->rev);
		return AUDIT_EREAD;
	}
	tree->file = g->file; /* ls-tree sorts by path as bytes */
	tree->n = g->n;
	tree->name = STR("");
	return AUDIT_OK;
}

/* SPEC, git:REV or git:REV:PATH, into G. */
static void
take_spec(struct gitrev *g, const char *spec)
{
	struct str rest = str_of(spec + 4);

	g->rev = arena_str(g->a, take_until(&rest, ':')).p;
	while (str_has_prefix(rest, STR("./")))
		rest = str_sub(rest, 2, rest.n);
	while (rest.n > 0 && rest.p[rest.n - 1] == '/')
		rest.n--;
	g->path = str_eq(rest, STR(".")) ? STR("") : arena_str(g->a, rest);
}

int
gitrev_load(struct arena *a, const char *spec, struct zone_tree *tree, struct str *path)
{
	struct gitrev g = { .a = a };

	take_spec(&g, spec);
	*path = g.path;
	return load(&g, tree);
}

/* The bytes of the plain file at PATH of the tree of G, appended to OUT. */
static bool
read_plain(struct gitrev *g, const char *path, struct buf *out)
{
	const char *ls[] = { "ls-tree", "-z", "--full-tree", g->oid, "--", path, NULL };
	const char *cat[] = { "cat-file", "blob", NULL, NULL };
	struct str entry, mode, type, oid;
	struct buf b;
	bool ok;

	buf_init(&b, MAX_GIT_LIST);
	ok = gitrun(ls, STR(""), &b);
	entry = buf_str(&b);
	mode = take_until(&entry, ' ');
	type = take_until(&entry, ' ');
	oid = arena_str(g->a, take_until(&entry, '\t'));
	cat[2] = oid.p;
	ok = ok && str_eq(type, STR("blob")) && str_has_prefix(mode, STR(GIT_BLOB)) &&
	     is_oid(oid) && gitrun(cat, STR(""), out);
	buf_free(&b);
	return ok;
}

bool
gitrev_file(const char *spec, const char *name, struct buf *out)
{
	struct arena a;
	struct gitrev g = { .a = &a };
	struct buf path;
	bool found;

	arena_init(&a, 0);
	take_spec(&g, spec);
	buf_init(&path, MAX_SPEC);
	buf_add(&path, g.path);
	buf_adds(&path, g.path.n > 0 ? "/" : "");
	buf_adds(&path, name);
	buf_addc(&path, '\0');
	found = !path.over && find_tree(&g) == AUDIT_OK && read_plain(&g, path.p, out);
	buf_free(&path);
	arena_free(&a);
	return found;
}
