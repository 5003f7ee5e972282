/* SPDX-License-Identifier: ISC */
/*
 * octodnsconfig.c - a configuration of octoDNS: which folders, which zones.
 */
#include "audit/sources/octodnsconfig.h"
#include "audit/idn.h"

/* Whether CLASS is the provider of octoDNS that reads YAML files, or one derived from it. */
static bool reads_yaml(struct str class)
{
	return str_has_isuffix(class, STR("YamlProvider")) ||
	       str_has_isuffix(class, STR("YamlAltProvider"));
}

void
octodnsconfig_read(struct arena *a, const struct doc *d, struct octodns_config *out)
{
	const struct doc_node *providers = doc_get(d->root, "providers"),
			      *zones = doc_get(d->root, "zones"), *k;
	size_t cap_folders = 0, cap_zones = 0;
	struct name name;

	*out = (struct octodns_config){ .n_zones = 0 };
	for (k = providers->kind == DOC_MAP ? providers->first : NULL; k != NULL && k->next != NULL;
	     k = k->next->next) {
		struct str dir = doc_text(doc_get(k->next, "directory"));

		if (dir.n == 0 || !reads_yaml(doc_text(doc_get(k->next, "class"))))
			continue;
		(void)arena_grow(
		    a, &out->folder, out->n_folders, &cap_folders, sizeof(*out->folder));
		out->folder[out->n_folders++] = dir;
	}
	for (k = zones->kind == DOC_MAP ? zones->first : NULL; k != NULL && k->next != NULL;
	     k = k->next->next) {
		if (str_has_prefix(k->text, STR("*"))) {
			out->all = true;
			continue;
		}
		if (idn_parse(k->text, &name) != NULL)
			continue;
		(void)arena_grow(a, &out->zone, out->n_zones, &cap_zones, sizeof(*out->zone));
		out->zone[out->n_zones++] = name;
	}
}
