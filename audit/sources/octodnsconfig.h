/* SPDX-License-Identifier: ISC */
/*
 * octodnsconfig.h - a configuration of octoDNS: which folders, which zones.
 *
 * Nothing of it is run: of its providers only the folders of YAML files are looked at.
 */
#ifndef AUDIT_SOURCES_OCTODNSCONFIG_H
#define AUDIT_SOURCES_OCTODNSCONFIG_H
#include "audit/sources/doc.h"
#include "checks/core/name.h"

/* No names when it takes all zones that are there. */
struct octodns_config {
	struct str *folder; /* as they are written */
	size_t n_folders;
	struct name *zone;
	size_t n_zones;
	bool all;
};

/*
 * What D, a configuration of octoDNS, says into *OUT, owned by A: the folders of its YAML
 * providers, the names of its zones.
 */
void octodnsconfig_read(struct arena *a, const struct doc *d, struct octodns_config *out);

#endif
