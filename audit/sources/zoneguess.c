/* SPDX-License-Identifier: ISC */
/*
 * zoneguess.c - the zone of a file that is named for one label only and has no $ORIGIN:
 * db.ocf, whose zone a name server's configuration tells and the file does not.
 *
 * The first full name in the file that has the label stands for the zone: its SOA names
 * a server of the zone far more often than not.  A guess that is wrong puts the records
 * below another name; without one none of them could be judged.
 */
#include "audit/sources/zoneinput.h"

#define MAX_LOOKED_AT ((size_t)64 << 10) /* the SOA and the name servers stand at the top */
#define PREFIX "db."

/* The label that the file name in PATH is, behind "db."; empty when it is not one. */
static struct str
label_of(struct str path)
{
	struct str s = path;

	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/') {
			s = str_sub(path, i, path.n);
			break;
		}
	if (!str_has_iprefix(s, STR(PREFIX)))
		return STR("");
	s = str_sub(s, sizeof(PREFIX) - 1, s.n);
	return str_find(s, 0, '.') == s.n ? s : STR("");
}

static bool
ends_word(char c)
{
	return ascii_isblank(c) || c == '\n' || c == '\r' || c == '(' || c == ')' || c == '"';
}

/* The part of NAME that begins with LABEL and has another label behind it; n = 0 = none. */
static struct name
from_label(const struct name *name, struct str label)
{
	for (size_t i = 0; i + 1 < name_labels(name); i++)
		if (str_ieq(name_label(name, i), label))
			return name_parent(name, i);
	return (struct name){ .n = 0 };
}

struct name
zoneguess_label(struct str path, struct str text)
{
	struct str label = label_of(path);
	struct name name = { .n = 0 };

	text = str_sub(text, 0, MAX_LOOKED_AT);
	for (size_t pos = 0, end; label.n > 0 && pos < text.n; pos = end + 1) {
		if (text.p[pos] == ';') {
			end = str_find(text, pos, '\n');
			continue;
		}
		for (end = pos; end < text.n && !ends_word(text.p[end]) && text.p[end] != ';';
		     end++)
			;
		if (end > pos && text.p[end - 1] == '.' &&
		    name_parse(str_sub(text, pos, end - pos), &name) == NAME_OK &&
		    (name = from_label(&name, label)).n > 0)
			return name;
		if (end < text.n && text.p[end] == ';')
			end--; /* the comment is passed over next */
	}
	return (struct name){ .n = 0 };
}
