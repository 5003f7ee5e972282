/* SPDX-License-Identifier: ISC */
/*
 * test_gitrev.c - zones of a git revision: files, folders, includes, links; what is not
 * there; and that nothing of the repository's own configuration is run.
 */
#include "audit/sources/gitrev.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>
#include "audit/error.h"
#include "audit/sources/zonefile.h"

static char dir[] = "/tmp/mailvet-git-XXXXXX";

/* clang-format off */
/* A repository with a second state on the disk; what its configuration names leaves a mark. */
static const char script[] =
    "set -e; exec >/dev/null 2>&1; cd \"$1\"; export HOME=$PWD GIT_CONFIG_NOSYSTEM=1; mkdir repo; cd repo; git init -q .\n"
    "git config user.email a@example.com; git config user.name a\n"
    "mkdir -p zones/parts 'zones/example.net.'\n"
    "printf '$ORIGIN example.com.\\n@ TXT \"old\"\\n$INCLUDE parts/mx\\n$INCLUDE ../secret\\n' >zones/example.com.zone\n"
    "printf '@ MX 10 mx.example.net.\\n' >zones/parts/mx\n"
    "printf '@ TXT secret\\n' >secret\n"
    "printf \"'':\\n  type: TXT\\n  value: split\\n\" >'zones/example.net./$example.net.yaml'\n"
    "ln -s example.com.zone zones/linked.zone; ln -s /etc/passwd zones/out.zone; ln -s loop.zone zones/loop.zone\n"
    "printf 'providers:\\n  c: {class: octodns.provider.yaml.YamlProvider, directory: ./zones}\\nzones: {\"*\": {}}\\n' >octo.yaml\n"
    "git add -A; git commit -qm one\n"
    "printf '$ORIGIN example.com.\\n@ TXT \"new\"\\n' >zones/example.com.zone; git commit -qam two\n"
    "printf '$ORIGIN example.com.\\n@ TXT \"disk\"\\n' >zones/example.com.zone\n"
    "printf '* diff=x filter=x\\n' >.gitattributes\n"
    "for k in core.fsmonitor core.pager core.editor diff.x.textconv filter.x.smudge core.sshCommand; do git config $k \"touch $1/ran\"; done\n"
    "git clone -q --depth 1 \"file://$PWD\" ../shallow\n";

static const struct {
	const char *repo, *spec;
	int rc;
	const char *name, *want; /* the first TXT there; NULL = none */
} rows[] = {
	{ "repo", "git:HEAD:zones", AUDIT_OK, "example.com", "new" },
	{ "repo", "git:HEAD:./zones/", AUDIT_OK, "example.com", "new" },
	{ "repo", "git:HEAD~1:zones", AUDIT_OK, "example.com", "old" },
	{ "repo", "git:HEAD~1:zones/example.com.zone", AUDIT_OK, "example.com", "old" },
	{ "repo", "git:HEAD~1:zones", AUDIT_OK, "example.net", "split" },
	{ "repo", "git:HEAD~1:zones/linked.zone", AUDIT_OK, "example.com", "old" },
	{ "repo", "git:HEAD~1:octo.yaml", AUDIT_OK, "example.net", "split" },
	{ "repo", "git:HEAD~1:zones/out.zone", AUDIT_EEMPTY, "example.com", NULL },
	{ "repo", "git:HEAD~1:zones/loop.zone", AUDIT_EEMPTY, "example.com", NULL },
	{ "repo", "git:HEAD:none", AUDIT_EEMPTY, "example.com", NULL },
	{ "repo", "git:HEAD:../zones", AUDIT_EREAD, "example.com", NULL },
	{ "repo", "git:none:zones", AUDIT_EREAD, "example.com", NULL },
	{ "repo", "git:--help:zones", AUDIT_EUSAGE, "example.com", NULL },
	{ "repo", "git::zones", AUDIT_EUSAGE, "example.com", NULL },
	{ "repo", "git:HEAD", AUDIT_EEMPTY, "example.com", NULL },
	{ "shallow", "git:HEAD:zones", AUDIT_OK, "example.com", "new" },
	{ "shallow", "git:HEAD~1:zones", AUDIT_EREAD, "example.com", NULL },
	{ ".", "git:HEAD:zones", AUDIT_EREAD, "example.com", NULL },
};
/* clang-format on */

static struct answer *
ask(struct source *s, const char *name, uint16_t type)
{
	struct ticket t = { .q = { .kind = ASK_DNS, .type = type } };
	struct answer *a;

	assert_int_equal(name_parse(str_of(name), &t.q.name), NAME_OK);
	return s->ops->ask(s, &t, &a) == SOURCE_ANSWERED ? a : NULL;
}

static void
test_a_revision_is_read_as_a_folder_is(void **state)
{
	char path[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source *s = zonefile_new();
		struct answer *a;
		int rc;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, rows[i].repo);
		assert_int_equal(chdir(path), 0);
		rc = zonefile_load(s, rows[i].spec);
		if (rc != rows[i].rc)
			fail_msg("%s %s: %d", rows[i].repo, rows[i].spec, rc);
		a = ask(s, rows[i].name, RR_TXT);
		if ((a != NULL && a->n_rr > 0) != (rows[i].want != NULL) ||
		    (rows[i].want != NULL && !str_eq(a->rr[0].text, str_of(rows[i].want))))
			fail_msg("%s %s: not '%s'", rows[i].repo, rows[i].spec, rows[i].want);
		answer_unref(a);
		s->ops->free(s);
	}
	(void)snprintf(path, sizeof(path), "%s/ran", dir);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
test_includes_stay_in_the_folder(void **state)
{
	struct source *s = zonefile_new();
	struct answer *a;
	char path[100];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/repo", dir);
	assert_int_equal(chdir(path), 0);
	assert_int_equal(zonefile_load(s, "git:HEAD~1:zones"), AUDIT_OK);
	a = ask(s, "example.com", RR_MX);
	assert_int_equal(a->n_rr, 1);
	assert_true(str_eq(a->rr[0].file, STR("zones/parts/mx")));
	assert_int_equal(a->rr[0].line, 1);
	answer_unref(a);
	a = ask(s, "example.com", RR_TXT);
	assert_int_equal(a->n_rr, 1); /* ../secret is in the revision, and outside the folder */
	answer_unref(a);
	s->ops->free(s);
}

static int
set_up(void **state)
{
	char command[sizeof(script) + 100];

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(
	    command, sizeof(command), "sh -c '%s' sh %s", "exec git --version >/dev/null", dir);
	if (system(command) != 0)
		return -1;
	assert_int_equal(setenv("script", script, 1), 0);
	assert_int_equal(setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1), 0);
	(void)snprintf(command, sizeof(command), "sh -c 'eval \"$script\"' sh %s", dir);
	return system(command) == 0 ? 0 : -1;
}

static int
tear_down(void **state)
{
	char command[100];

	(void)state;
	(void)snprintf(command, sizeof(command), "cd /; rm -rf %s", dir);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_revision_is_read_as_a_folder_is),
		cmocka_unit_test(test_includes_stay_in_the_folder),
	};

	if (system("git --version >/dev/null 2>&1") != 0) {
		print_message("git is not there: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
