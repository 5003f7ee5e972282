/* SPDX-License-Identifier: ISC */
/*
 * inputs.h - for fuzzers of inputs of zones: what is read stands inside the file.
 */
#ifndef TESTS_FUZZ_INPUTS_H
#define TESTS_FUZZ_INPUTS_H
#include <assert.h>
#include <stdint.h>
#include "audit/sources/zonefile.h"
#include "audit/sources/zonesource.h"

/* The target, as libFuzzer calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Load the LEN bytes at DATA as the file PATH; each fault that is told is in it. */
static inline void
fuzz_zones(const char *path, const uint8_t *data, size_t len)
{
	struct source *s = zonefile_new();
	const struct zonedb *db = &((struct zone_source *)s)->db;
	struct str text = { (const char *)data, len };

	if (zonefile_load_text(s, path, text) == 0)
		for (size_t i = 0; i < db->zones.n_slots; i++)
			for (struct zone_named *z = db->zones.slot[i]; z != NULL; z = z->next)
				for (struct zone_fault_item *f = ((struct zone *)z)->faults.first;
				     f != NULL; f = f->next)
					assert(f->f.line <= len + 1 && f->f.column <= len + 1);
	s->ops->free(s);
}

#endif
