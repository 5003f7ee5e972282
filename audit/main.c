/* SPDX-License-Identifier: ISC */
/*
 * main.c - finds the command; nothing else.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "audit/commands/commands.h"
#include "audit/error.h"
#include "audit/sources/receiver_child.h"
#include "checks/core/str.h"
#include "config.h"

/* clang-format off */
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
	{ "check", command_check, "audit sending domains" },
	{ "config", command_config, "whether a configuration is well-formed" },
	{ "evaluate", command_evaluate, "what a receiver concludes about one sender" },
	{ "explain", command_explain, "why mail was refused: logs and bounces, counted" },
	{ "gate", command_gate, "judge a change to zones before it is published" },
	{ "message", command_message, "judge sample messages" },
	{ "report", command_report, "merge the outputs of checks into one report" },
	{ "rules", command_rules, "the catalogue of findings" },
	{ "senders", command_senders, "who sends as you, by DMARC aggregate reports" },
	{ "verify", command_verify, "whether every name server serves these zones" },
};
/* clang-format on */

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: mailvet COMMAND [options] ...\n\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  mailvet %-8s %s\n", commands[i].name, commands[i].about);
	fprintf(to, "\nmailvet COMMAND --help lists the options; mailvet(1) has the rest.\n");
}

static int
run(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("mailvet %s\n", MAILVET_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	audit_warn("%s: no such command (mailvet --help lists them)", argv[1]);
	return 2;
}

/*
 * A standard stream that is closed stays unusable: otherwise the next file we
 * open would take its number, and be read or written in its place.
 */
static bool
hold_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

int
main(int argc, char **argv)
{
	int status;

	if (argc == 2 && strcmp(argv[1], RECEIVER_CHILD_ARGUMENT) == 0)
		return receiver_child(true); /* started by mailvet: its input is a socket */
	if (!hold_streams())
		return 2;
	(void)signal(SIGPIPE, SIG_IGN); /* a reader that went away is a write error */
	status = run(argc, argv);
	if (fflush(stdout) != 0) {
		(void)audit_write_failed("standard output");
		return 2;
	}
	return status;
}
