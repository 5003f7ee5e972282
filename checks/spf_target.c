/* SPDX-License-Identifier: ISC */
/*
 * spf_target.c - the name that a term of a record leads to.
 */
#include "checks/spf_target.h"
#include "checks/spf_macro.h"

const struct name *
spf_target(struct arena *a, const struct spf_term *term, const struct name *name,
    const struct name *root, bool *macro)
{
	*macro = false;
	if (term->domain.n == 0)
		return name;
	if (!term->has_macro)
		return term->target;
	struct buf expanded;
	buf_init(&expanded, MAX_NAME_TEXT);
	*macro = !spf_macro_expand(&expanded, term->domain, name, root);
	struct name parsed = { .n = 0 };
	bool ok =
	    !*macro && name_parse_raw(spf_target_text(buf_str(&expanded)), &parsed) == NAME_OK;
	buf_free(&expanded);
	if (!ok)
		return NULL;
	struct name *out = arena_alloc(a, sizeof(*out));
	*out = parsed;
	return out;
}
