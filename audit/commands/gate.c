/* SPDX-License-Identifier: ISC */
/*
 * gate.c - `mailvet gate`: judge a change to zones before it is published.
 *
 * It asks no server unless one is named, runs nothing that the change brings, and takes
 * its own rules from the base or the command line.
 */
#include "audit/commands/gate.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/commands/commands.h"
#include "audit/commands/shared.h"
#include "audit/config/apply.h"
#include "audit/config/yamltree.h"
#include "audit/engine.h"
#include "audit/error.h"
#include "audit/guard.h"
#include "audit/names.h"
#include "audit/setup.h"
#include "audit/sources/gitrev.h"
#include "audit/sources/zonefile.h"

#define CONFIG_NAME "mailvet.yaml"
#define LIVE "live"                     /* in place of zones: what is published */
#define MAX_ACCEPTED ((size_t)64 << 20) /* bytes of a baseline that is written */

/* clang-format off */
static const char *const option_names[] = { "base", "head", "changed-only", "require-known", "trust-head",
	"baseline", "write-baseline", "zone", "offline", "replay", "resolver", "qps", "timeout", "now", "in-flight",
	"only", "skip", "level", "notes", "config", "report", "fail-on", "color", "progress", "ascii", "verbose",
	"redact", "help" };
/* clang-format on */
static const struct option_choice choice = {
	.command = "gate", .names = option_names, .n = ARRAY_LEN(option_names)
};

static void
print_usage(void)
{
	printf("usage: mailvet gate [options] --base ZONES --head ZONES [DOMAIN...]\n\n");
	options_print_for(&choice);
	printf(
	    "\nExit status: 0 nothing new or worse at or above --fail-on, 1 something is, 2 usage\n"
	    "or unreadable input, 3 what the base let be known cannot be known after the "
	    "change.\n");
}

static int
check_usage(const struct check_options *o)
{
	const struct gate_options *go = &o->gate;
	const char *why = NULL;

	if (go->head == NULL)
		why = "--head is wanted: the zones after the change";
	else if (go->base == NULL && go->baseline == NULL && go->write_baseline == NULL)
		why = "--base is wanted: the zones before the change; or --baseline, a file of "
		      "findings that are accepted";
	else if (go->changed_only && go->base == NULL)
		why = "--changed-only: without --base nothing is known to change";
	else if (strcmp(go->head, LIVE) == 0)
		why = "--head live: what is published is no change; it can be the base";
	else if (go->base != NULL && strcmp(go->base, LIVE) == 0 && o->resolvers.n == 0 &&
		 o->replay == NULL)
		why = "--base live: name a server to ask with --resolver, or a recording with "
		      "--replay";
	else if (o->replay != NULL && o->resolvers.n > 0)
		why = shared_refuse_sources(o);
	else if (go->changed_only && go->write_baseline != NULL)
		why = "--write-baseline: would lack the domains that --changed-only leaves out";
	if (why == NULL)
		return guard_outputs(o);
	audit_warn("gate: %s", why);
	return AUDIT_EUSAGE;
}

/* What a change may bring, named as if it were above it. */
static int
check_trust(const struct gate_run *g)
{
	const char *const files[] = { g->o->config, g->o->gate.baseline };
	static const char *const names[] = { "config", "baseline" };

	for (size_t i = 0; i < ARRAY_LEN(files) && !g->o->gate.trust_head; i++)
		if (files[i] != NULL && side_holds(&g->head, files[i]) &&
		    !side_holds(&g->base, files[i])) {
			audit_warn("--%s %s: stands in the head, where the change itself may edit "
				   "it; give the one of the base, or --trust-head",
			    names[i], files[i]);
			return AUDIT_EUSAGE;
		}
	return AUDIT_OK;
}

/* The configuration that lies in the zones of a side, if there is one; owned by A. */
static const char *
config_of(const struct side *s, struct arena *a)
{
	struct stat st;
	struct buf b;
	const char *path;

	if (s->path == NULL || stat(s->path, &st) != 0 || !S_ISDIR(st.st_mode))
		return NULL;
	buf_init(&b, PATH_MAX);
	buf_adds(&b, s->path);
	buf_adds(&b, "/" CONFIG_NAME);
	path = arena_str(a, buf_str(&b)).p;
	buf_free(&b);
	return access(path, R_OK) == 0 ? path : NULL;
}

/* The configuration in the base, as git has it: what the head makes of it has no say. */
static int
read_config_of_revision(struct gate_run *g, struct config *config)
{
	struct buf path, bytes;
	int rc = AUDIT_OK;

	if (g->base.path == NULL || !gitrev_is(g->base.path))
		return AUDIT_OK;
	buf_init(&path, PATH_MAX);
	buf_init(&bytes, MAX_YAML_BYTES);
	buf_adds(&path, g->base.path);
	buf_adds(&path, "/" CONFIG_NAME);
	buf_addc(&path, '\0');
	if (!path.over && gitrev_file(g->base.path, CONFIG_NAME, &bytes)) {
		rc = config_take(config, buf_str(&bytes), path.p);
		g->config = config;
	}
	buf_free(&path);
	buf_free(&bytes);
	return rc;
}

static enum feed_reply
next_domain(void *ctx, struct subject *out, struct arena *a)
{
	struct gate_run *g = ctx;

	if (g->rc != AUDIT_OK || g->next == g->n_domains)
		return FEED_END;
	gate_subject(g, &g->head, &g->domains[g->next++].name, out, a);
	return FEED_ONE;
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct gate_run *g = ctx;

	if (g->rc == AUDIT_OK)
		gate_domain_done(g, r);
}

/* The domains of the command line; whatever the zones hold of them. */
static int
take_named(struct gate_run *g)
{
	struct names names;
	struct name n;
	size_t cap = 0;
	bool bad;

	names_init_args(&names, g->o->names, g->o->n_names);
	g->n_domains = 0;
	g->domains = NULL;
	while (names_next(&names, &n) == FEED_ONE) {
		struct gate_domain *d =
		    arena_grow(&g->arena, &g->domains, g->n_domains, &cap, sizeof(*g->domains));

		d->name = n;
		d->in_base = g->base.live || g->base.zones->ops->owns(g->base.zones, &n);
		d->in_head = g->head.zones->ops->owns(g->head.zones, &n);
		g->n_domains++;
	}
	bad = names.bad > 0;
	names_free(&names);
	return bad ? AUDIT_EUSAGE : AUDIT_OK;
}

static int
take_domains(struct gate_run *g)
{
	bool over = false;

	if (g->o->n_names > 0)
		return take_named(g);
	g->n_domains = gate_domains(&g->arena, g->base.zones, g->head.zones, &g->domains, &over);
	for (size_t i = 0; i < g->n_domains && g->base.live; i++)
		g->domains[i].in_base = true; /* whatever is published of it, if anything */
	if (over)
		audit_warn(
		    "more than %d mail domains: the others are not looked at", MAX_GATE_DOMAINS);
	return AUDIT_OK;
}

/* Where answers come from, in a few words for reports. */
static struct str
answers_named(const struct check_options *o)
{
	if (o->resolvers.n > 0)
		return STR("the zones given, then live DNS");
	if (o->replay != NULL)
		return STR("the zones given, then a recording");
	return STR("the zones given alone");
}

/* Whether PATH is a file that is not there: the change may be what brings it. */
static bool
is_absent(const char *path)
{
	struct stat st;

	if (strncmp(path, "git:", 4) == 0 || stat(path, &st) == 0 || errno != ENOENT)
		return false;
	audit_warn("%s: there is no such file: all that the head holds is new", path);
	return true;
}

static int
load_sides(struct gate_run *g)
{
	const struct gate_options *go = &g->o->gate;
	int rc = AUDIT_OK;

	/* a plan brings its own base */
	if (go->base != NULL && strcmp(go->base, go->head) == 0 && zonefile_is_plan(go->head))
		return side_load_plan(&g->base, &g->head, go->head);
	if (go->base == NULL)
		side_none(&g->base);
	else if (strcmp(go->base, LIVE) == 0)
		side_live(&g->base, go->base);
	else if (is_absent(go->base))
		side_empty(&g->base, go->base);
	else if ((rc = side_load(&g->base, go->base)) == AUDIT_EEMPTY)
		rc = AUDIT_OK; /* there was nothing yet: all is new */
	if (rc == AUDIT_OK)
		rc = side_load(&g->head, go->head);
	return rc;
}

/* A file that is there is written over only when it is a baseline: not a zone, by a slip. */
static int
check_written(const char *path)
{
	struct baseline b;
	struct stat st;
	int rc = AUDIT_OK;

	if (path == NULL || stat(path, &st) != 0 || st.st_size == 0)
		return AUDIT_OK;
	baseline_init(&b);
	if (!S_ISREG(st.st_mode) || baseline_read(&b, path) != AUDIT_OK) {
		audit_warn("--write-baseline %s: is there and is no baseline", path);
		rc = AUDIT_EUSAGE;
	}
	baseline_free(&b);
	return rc;
}

/* The configuration, the baseline, and the judges who go by them. */
static int
read_rules(struct gate_run *g, struct config *config)
{
	const struct check_options *o = g->o;
	const char *path = o->config;
	int rc;

	if ((rc = check_trust(g)) != AUDIT_OK ||
	    (rc = check_written(o->gate.write_baseline)) != AUDIT_OK)
		return rc;
	if (path == NULL)
		path = config_of(o->gate.trust_head ? &g->head : &g->base, &g->arena);
	if (path != NULL && (rc = config_read(config, path)) != AUDIT_OK)
		return rc;
	g->config = path != NULL ? config : NULL;
	if (path == NULL && !o->gate.trust_head &&
	    (rc = read_config_of_revision(g, config)) != AUDIT_OK)
		return rc;
	if (o->gate.baseline != NULL && (rc = baseline_read(&g->baseline, o->gate.baseline)) != 0)
		return rc;
	config_judge(g->config, o, g->run.now, &g->judge);
	config_judge(g->config, o, g->run.now, &g->before);
	g->before.n_waivers = 0; /* what was accepted before is compared like all else */
	g->suppress = (struct suppress){ .base = &g->base,
		.head = &g->head,
		.baseline = &g->baseline,
		.trust_head = o->gate.trust_head,
		.now = g->run.now };
	suppress_init(&g->suppress);
	return AUDIT_OK;
}

static int
end_run(struct gate_run *g)
{
	int rc = AUDIT_OK;

	suppress_tell(&g->suppress, &g->judge, g->o->n_names == 0 && !g->o->gate.changed_only);
	progress_clear(&g->progress);
	judge_run(&g->judge, &g->run);
	g->run.undetermined = g->unknown;
	if (outputs_end(&g->outputs, &g->run) != AUDIT_OK)
		rc = AUDIT_EWRITE;
	if (rc == AUDIT_OK && g->o->gate.write_baseline != NULL)
		rc = baseline_write(g->o->gate.write_baseline, buf_str(&g->accepted));
	return rc;
}

static int
audit_all(struct gate_run *g)
{
	const struct check_options *o = g->o;
	struct engine_options eo = { .in_flight = o->in_flight,
		.timeout_ms = o->timeout_ms,
		.in_order = true,
		.wanted = options_want,
		.wanted_ctx = o };
	struct engine_feed feed = { .next = next_domain, .done = on_done, .ctx = g };
	int rc, end;

	if ((rc = outputs_open(&g->outputs, o, &g->run, NULL)) != AUDIT_OK)
		return rc;
	progress_init(&g->progress, o->progress, g->n_domains);
	rc = engine_run(g->head.world, g->loop, &eo, &feed);
	end = end_run(g);
	if (rc == AUDIT_OK)
		rc = g->rc;
	return rc != AUDIT_OK ? rc : end;
}

static int
run_gate(struct gate_run *g, struct config *config)
{
	int rc = load_sides(g);

	if (rc == AUDIT_OK)
		rc = setup_world(g->o, &g->loop, &g->rest);
	if (rc != AUDIT_OK)
		return rc;
	setup_run(g->o, g->rest, &g->run);
	g->run.answers = answers_named(g->o);
	g->run.compared = true;
	g->pinned = pinned_new(g->rest);
	side_open(&g->base, g->loop, g->pinned, g->run.now);
	side_open(&g->head, g->loop, g->pinned, g->run.now);
	world_set_base(g->head.world, g->base.world);
	if ((rc = read_rules(g, config)) == AUDIT_OK && (rc = take_domains(g)) == AUDIT_OK)
		rc = audit_all(g);
	return rc;
}

static int
status_of(const struct gate_run *g)
{
	if (g->o->gate.write_baseline != NULL)
		return 0; /* all that was found is accepted now */
	return g->fails ? 1 : g->unknown ? 3 : 0;
}

static int
gate(const struct check_options *o)
{
	struct gate_run g = { .o = o };
	struct config config = { .n_domains = 0 };
	int status = 2;

	judge_init(&g.judge);
	judge_init(&g.before);
	baseline_init(&g.baseline);
	arena_init(&g.arena, 0);
	arena_init(&g.scratch, 0);
	buf_init(&g.accepted, MAX_ACCEPTED);
	if (run_gate(&g, &config) == AUDIT_OK)
		status = status_of(&g);
	suppress_free(&g.suppress);
	baseline_free(&g.baseline);
	judge_free(&g.judge);
	judge_free(&g.before);
	side_free(&g.head);
	side_free(&g.base);
	pinned_free(g.pinned);
	world_free(g.rest);
	loop_free(g.loop);
	config_free(&config);
	arena_free(&g.arena);
	arena_free(&g.scratch);
	buf_free(&g.accepted);
	return status;
}

int
command_gate(int argc, char **argv)
{
	struct check_options o;

	if (options_parse_for(&o, &choice, argc, argv) != AUDIT_OK)
		return 2;
	if (o.help) {
		print_usage();
		return 0;
	}
	o.profile = "ci";
	/* a fork's pull request has no network to speak of: live answers are asked for by name */
	o.offline = o.resolvers.n == 0;
	o.gate.base = shared_from_here(o.gate.base);
	o.gate.head = shared_from_here(o.gate.head);
	for (size_t i = 0; i < o.zones.n; i++)
		o.zones.v[i] = shared_from_here(o.zones.v[i]);
	if (o.gate.base == NULL && o.gate.head != NULL && zonefile_is_plan(o.gate.head))
		o.gate.base = o.gate.head; /* a plan brings its own base */
	return check_usage(&o) == AUDIT_OK ? gate(&o) : 2;
}
