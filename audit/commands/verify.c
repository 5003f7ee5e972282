/* SPDX-License-Identifier: ISC */
/*
 * verify.c - `mailvet verify`: after zones were published, whether every name server
 * serves them.
 *
 * Nothing is judged here but sameness; what the records are worth is the affair of
 * `check` and `gate`.
 */
#include <stdio.h>
#include "audit/commands/commands.h"
#include "audit/error.h"
#include "audit/gate/domains.h"
#include "audit/guard.h"
#include "audit/names.h"
#include "audit/optiontable.h"
#include "audit/output.h"
#include "audit/serving/nameservers.h"
#include "audit/serving/rounds.h"
#include "audit/serving/rrsets.h"
#include "audit/setup.h"
#include "audit/sources/zonefile.h"

#define DEFAULT_WAIT_S 120
#define DEFAULT_INTERVAL_S 10
#define MAX_WAIT_S 86400
#define MAX_VERIFY_DOMAINS 1000
#define MAX_GIVEN_SERVERS 32

struct verify_options {
	struct check_options c; /* first: shared options write there */
	struct resolver_server servers[MAX_GIVEN_SERVERS];
	size_t n_servers;
	unsigned wait_s, interval_s;
	bool wait_given, all;
};

struct verify_run {
	const struct verify_options *o;
	struct arena arena;
	struct serving_zones zones;
	struct serving_result result;
	struct run_result run;
	struct world *world;
	struct loop *loop;
};

/* The options that C belongs to: the shared ones stand first in them. */
static struct verify_options *
own(struct check_options *c)
{
	return (struct verify_options *)c;
}

static int
set_server(struct check_options *c, const char *v)
{
	struct verify_options *o = own(c);

	if (o->n_servers == MAX_GIVEN_SERVERS)
		return option_bad("server", v, "given too often");
	if (!resolver_parse_server(str_of(v), &o->servers[o->n_servers]))
		return option_bad("server", v, "ADDR or ADDR@PORT is wanted");
	o->n_servers++;
	return AUDIT_OK;
}

static int
set_wait(struct check_options *c, const char *v)
{
	uint32_t n;

	if (!parse_u32(str_of(v), MAX_WAIT_S, &n))
		return option_bad("wait", v, "seconds are wanted, a day at most; 0 asks once");
	own(c)->wait_s = n;
	own(c)->wait_given = true;
	return AUDIT_OK;
}

static int
set_interval(struct check_options *c, const char *v)
{
	return option_number(&own(c)->interval_s, "interval", v, MAX_WAIT_S);
}

static int
set_all(struct check_options *c, const char *v)
{
	(void)v;
	own(c)->all = true;
	return AUDIT_OK;
}

static int
set_base(struct check_options *c, const char *v)
{
	if (v[0] == '\0' || c->gate.base != NULL)
		return option_bad("base", v, v[0] == '\0' ? "names nothing" : "given twice");
	c->gate.base = v;
	return AUDIT_OK;
}

static int
set_zone(struct check_options *c, const char *v)
{
	return option_add(&c->zones, "zone", v);
}

static int
set_verbose(struct check_options *c, const char *v)
{
	(void)v;
	c->style.verbose = true;
	return AUDIT_OK;
}

/* clang-format off */
static const struct option own_rows[] = {
	{ "zone", "FILE|DIR", set_zone, "the zones that were published; may be given again" },
	{ "server", "ADDR[@PORT]", set_server, "a server of the zone, in place of its NS; may be given again" },
	{ "base", "ZONES", set_base, "zones before the change: what is gone must not be served" },
	{ "all", NULL, set_all, "compare every RRset, not only those of mail" },
	{ "wait", "SECONDS", set_wait, "ask again until all agree, so long at most (120); 0 asks once" },
	{ "verbose", NULL, set_verbose, "list what agrees, too" },
	{ "interval", "SECONDS", set_interval, "from one asking to the next (10)" },
};
static const char *const option_names[] = { "resolver", "qps", "now", "report", "progress", "help" };
/* clang-format on */
static const struct option_table own_table = { own_rows, ARRAY_LEN(own_rows) };
static const struct option_choice choice = { .command = "verify",
	.names = option_names,
	.n = ARRAY_LEN(option_names),
	.own = &own_table,
	.plain = true };

static void
print_usage(void)
{
	printf("usage: mailvet verify [options] --zone FILE|DIR [DOMAIN...]\n\n");
	options_print_for(&choice);
	printf("\nExit status: 0 every server serves what the zones say, 1 one serves something\n"
	       "else, 2 usage or unreadable input, 3 one did not answer, and none differs.\n");
}

static int
check_usage(const struct check_options *c)
{
	const char *why = NULL;

	if (c->zones.n == 0)
		why = "--zone is wanted: the zones that were published";
	for (size_t i = 0; i < c->n_outputs && why == NULL; i++)
		if (strcmp(c->outputs[i].format->name, "jsonl") == 0)
			why = "--report jsonl: no format of this command: text or json is wanted";
	if (why == NULL)
		return guard_outputs(c);
	audit_warn("verify: %s", why);
	return AUDIT_EUSAGE;
}

static int
load_zones(struct verify_run *v)
{
	const struct check_options *c = &v->o->c;
	int rc = AUDIT_OK;

	v->zones.all = v->o->all;
	v->zones.now = zonefile_new();
	for (size_t i = 0; i < c->zones.n && rc == AUDIT_OK; i++)
		rc = zonefile_load(v->zones.now, c->zones.v[i]);
	if (rc == AUDIT_OK && c->gate.base != NULL) {
		v->zones.base = zonefile_new();
		rc = zonefile_load(v->zones.base, c->gate.base);
	}
	return rc;
}

static bool
is_taken(const struct serving_result *r, const struct name *domain)
{
	for (size_t i = 0; i < r->n; i++)
		if (name_eq(&r->domains[i].domain, domain))
			return true;
	return false;
}

/* Without names: the zones in which there is a mail domain, each as a whole. */
static int
take_zones(struct verify_run *v)
{
	struct serving_result *r = &v->result;
	struct source *none = zonefile_new();
	struct gate_domain *found = NULL;
	bool over = false;
	size_t n = gate_domains(&v->arena, none, v->zones.now, &found, &over);

	none->ops->free(none);
	r->domains = arena_array(&v->arena, n + 1, sizeof(*r->domains));
	for (size_t i = 0; i < n && !over; i++) {
		struct serving_domain *d = &r->domains[r->n];

		/* sorted: what is of one zone stands together, but for zones inside it */
		if (!zonefile_apex(v->zones.now, &found[i].name, &d->domain) ||
		    is_taken(r, &d->domain))
			continue;
		if ((over = r->n == MAX_VERIFY_DOMAINS))
			break;
		if (serving_rrsets(&v->arena, &v->zones, d))
			r->n++;
	}
	if (!over && r->n > 0)
		return AUDIT_OK;
	audit_warn(over ? "verify: too many mail domains in the zones given: name at most %d"
			: "verify: no mail domain in the zones given: name up to %d",
	    MAX_VERIFY_DOMAINS);
	return AUDIT_EUSAGE;
}

/* The domains named, with their RRsets. */
static int
take_names(struct verify_run *v)
{
	const struct check_options *c = &v->o->c;
	struct serving_result *r = &v->result;
	struct names names;
	struct name name;
	int rc = AUDIT_OK;

	if (c->n_names > MAX_VERIFY_DOMAINS) {
		audit_warn("verify: more than %d domains", MAX_VERIFY_DOMAINS);
		return AUDIT_EUSAGE;
	}
	r->domains = arena_array(&v->arena, c->n_names, sizeof(*r->domains));
	names_init_args(&names, c->names, c->n_names);
	while (rc == AUDIT_OK && names_next(&names, &name) == FEED_ONE) {
		struct serving_domain *d = &r->domains[r->n];

		d->domain = name;
		if (serving_rrsets(&v->arena, &v->zones, d)) {
			r->n++;
		} else {
			audit_warn(
			    "verify: %s: no zone given holds it", name_text(&v->arena, &name).p);
			rc = AUDIT_EUSAGE;
		}
	}
	if (names.bad > 0)
		rc = AUDIT_EUSAGE;
	names_free(&names);
	return rc;
}

static int
take_domains(struct verify_run *v)
{
	return v->o->c.n_names > 0 ? take_names(v) : take_zones(v);
}

/* The world finds name servers alone: what the zones given say of them is to be verified. */
static int
open_world(struct verify_run *v)
{
	struct check_options c = v->o->c;
	int rc;

	c.zones.n = 0;
	c.offline = v->o->n_servers > 0;
	if ((rc = setup_world(&c, &v->loop, &v->world)) != AUDIT_OK)
		return rc;
	setup_run(&c, v->world, &v->run);
	if (v->loop == NULL && (v->loop = loop_new()) == NULL) {
		audit_warn("epoll: %s", audit_strerror(AUDIT_ESYS));
		return AUDIT_ESYS;
	}
	return AUDIT_OK;
}

static int
find_servers(struct verify_run *v)
{
	int rc = AUDIT_OK;

	for (size_t i = 0; i < v->result.n && rc == AUDIT_OK; i++) {
		struct serving_domain *d = &v->result.domains[i];

		if (v->o->n_servers > 0)
			nameservers_given(&v->arena, d, v->o->servers, v->o->n_servers);
		else if ((rc = nameservers_find(&v->arena, d, v->world, v->loop)) != AUDIT_OK)
			audit_warn("verify: %s", audit_strerror(rc));
	}
	return rc;
}

/* The report in FORMAT to FILE; NULL = standard output. */
static int
write_report(const struct verify_run *v, const char *format, const char *file)
{
	struct buf b;
	int rc;

	buf_init(&b, MAX_REPORT_BYTES);
	if (strcmp(format, "json") == 0)
		serving_json(&b, &v->result, &v->run);
	else
		serving_text(&b, &v->result, v->o->c.style.verbose);
	rc = output_write(&b, file);
	buf_free(&b);
	return rc;
}

static int
write_reports(const struct verify_run *v)
{
	const struct check_options *c = &v->o->c;
	int rc = AUDIT_OK;

	if (c->n_outputs == 0)
		return write_report(v, "text", NULL);
	for (size_t i = 0; i < c->n_outputs && rc == AUDIT_OK; i++)
		rc = write_report(v, c->outputs[i].format->name, c->outputs[i].file);
	return rc;
}

static int
verify(struct verify_run *v)
{
	const struct verify_options *o = v->o;
	struct rounds_options ro = { .wait_s = o->wait_given ? o->wait_s : DEFAULT_WAIT_S,
		.interval_s = o->interval_s != 0 ? o->interval_s : DEFAULT_INTERVAL_S,
		.qps = o->c.qps,
		.told = o->c.progress != WHEN_NEVER };
	int rc;

	if ((rc = load_zones(v)) != AUDIT_OK || (rc = take_domains(v)) != AUDIT_OK ||
	    (rc = open_world(v)) != AUDIT_OK || (rc = find_servers(v)) != AUDIT_OK ||
	    (rc = rounds_run(&v->arena, &v->result, v->loop, &ro)) != AUDIT_OK)
		return rc;
	return write_reports(v);
}

static int
run(const struct verify_options *o)
{
	struct verify_run v = { .o = o };
	int status = 2;

	arena_init(&v.arena, 0);
	if (verify(&v) == AUDIT_OK)
		status = v.result.state == SERVING_AGREES    ? 0
			 : v.result.state == SERVING_DIFFERS ? 1
							     : 3;
	rounds_free(&v.result);
	for (size_t i = 0; i < v.result.n; i++)
		serving_rrsets_free(&v.result.domains[i]);
	if (v.zones.base != NULL)
		v.zones.base->ops->free(v.zones.base);
	if (v.zones.now != NULL)
		v.zones.now->ops->free(v.zones.now);
	world_free(v.world);
	loop_free(v.loop);
	arena_free(&v.arena);
	return status;
}

int
command_verify(int argc, char **argv)
{
	struct verify_options o = { .n_servers = 0 };

	if (options_parse_for(&o.c, &choice, argc, argv) != AUDIT_OK)
		return 2;
	if (o.c.help) {
		print_usage();
		return 0;
	}
	return check_usage(&o.c) == AUDIT_OK ? run(&o) : 2;
}
