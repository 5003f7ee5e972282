/* SPDX-License-Identifier: ISC */
/*
 * setup.c - sources in their order.
 */
#include "audit/setup.h"
#include <time.h>
#include "audit/error.h"
#include "audit/sources/key.h"
#include "audit/sources/listkeys.h"
#include "audit/sources/receivers.h"
#include "audit/sources/recording.h"
#include "audit/sources/resolver.h"
#include "audit/sources/suffix.h"
#include "audit/sources/zonefile.h"
#include "config.h"

static int
add_zones(struct world *w, const struct check_options *o)
{
	struct source *zones;
	int rc;

	if (o->zones.n == 0)
		return AUDIT_OK;
	zones = zonefile_new();
	world_add(w, zones);
	for (size_t i = 0; i < o->zones.n; i++)
		if ((rc = zonefile_load(zones, o->zones.v[i])) != AUDIT_OK)
			return rc;
	return AUDIT_OK;
}

static int
add_replay(struct world *w, const struct check_options *o)
{
	struct source *s = NULL;
	time_t then = 0;
	int rc;

	if (o->replay == NULL)
		return AUDIT_OK;
	if ((rc = recording_open(o->replay, &s, &then)) != AUDIT_OK)
		return rc;
	world_add(w, s);
	if (!o->now_given)
		world_set_now(w, then);
	return AUDIT_OK;
}

/* The servers named, or those of resolv.conf. */
static int
read_servers(struct resolver_options *ro, const struct check_options *o)
{
	for (size_t i = 0; i < o->resolvers.n; i++) {
		struct resolver_server one;

		if (!resolver_parse_server(str_of(o->resolvers.v[i]), &one)) {
			audit_warn("--resolver %s: ADDR or ADDR@PORT is wanted", o->resolvers.v[i]);
			return AUDIT_EUSAGE;
		}
		if (!resolver_add_server(ro, &one)) {
			audit_warn("--resolver %s: given too often", o->resolvers.v[i]);
			return AUDIT_EUSAGE;
		}
	}
	if (o->resolvers.n == 0)
		resolver_system_servers(ro);
	if (ro->n_servers == 0) {
		audit_warn("/etc/resolv.conf: names no server; give --resolver or --offline");
		return AUDIT_EREAD;
	}
	return AUDIT_OK;
}

static int
add_resolver(struct world *w, struct loop *loop, const struct check_options *o)
{
	struct resolver_options ro = { .qps = o->qps };
	struct source *s;
	int rc;

	if ((rc = read_servers(&ro, o)) != AUDIT_OK)
		return rc;
	if ((s = resolver_new(loop, &ro)) == NULL) {
		audit_warn("resolver: %s", audit_strerror(AUDIT_ESYS));
		return AUDIT_ESYS;
	}
	if (o->n_list_keys > 0)
		s = listkeys_new(s, o->list_keys, o->n_list_keys);
	world_add(w, s);
	return AUDIT_OK;
}

static bool
is_live(const struct check_options *o)
{
	return !o->offline && o->replay == NULL;
}

bool
setup_reads_names(const struct check_options *o)
{
	return o->n_names == 1 && strcmp(o->names[0], "-") == 0;
}

int
setup_world(const struct check_options *o, struct loop **loop, struct world **out)
{
	struct source *suffix;
	int rc;

	*loop = NULL;
	if ((is_live(o) || setup_reads_names(o)) && (*loop = loop_new()) == NULL) {
		audit_warn("epoll: %s", audit_strerror(AUDIT_ESYS));
		return AUDIT_ESYS;
	}
	*out = world_new(*loop);
	if (o->now_given)
		world_set_now(*out, o->now);
	if ((rc = add_zones(*out, o)) != AUDIT_OK || (rc = add_replay(*out, o)) != AUDIT_OK)
		return rc;
	if (is_live(o) && (rc = add_resolver(*out, *loop, o)) != AUDIT_OK)
		return rc;
	if ((suffix = suffix_new()) != NULL)
		world_add(*out, suffix);
	world_add(*out, key_new());
	world_add(*out, receivers_new(NULL));
	return AUDIT_OK;
}

/* Where answers come from, in a few words for reports; static. */
static struct str
sources_named(const struct check_options *o)
{
	if (o->replay != NULL)
		return o->zones.n > 0 ? STR("zone files, then a recording") : STR("a recording");
	if (o->offline)
		return o->zones.n > 0 ? STR("zone files only")
				      : STR("nothing: --offline without --zone");
	return o->zones.n > 0 ? STR("zone files, then live DNS") : STR("live DNS");
}

void
setup_run(const struct check_options *o, struct world *w, struct run_result *out)
{
	struct question q = { .kind = ASK_NOW };
	const struct answer *a = world_ask(w, &q, NULL);

	*out = (struct run_result){ .version = MAILVET_VERSION,
		.now = a->now,
		.generated = o->now_given ? a->now : time(NULL),
		.offline = o->offline,
		.answers = sources_named(o) };
	answer_unref(a);
}
