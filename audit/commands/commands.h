/* SPDX-License-Identifier: ISC */
/*
 * commands.h - one function a command; each returns the exit status.
 */
#ifndef AUDIT_COMMANDS_COMMANDS_H
#define AUDIT_COMMANDS_COMMANDS_H

/* ARGV are the words behind the command. */
int command_check(int argc, char **argv);
int command_config(int argc, char **argv);
int command_evaluate(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_gate(int argc, char **argv);
int command_message(int argc, char **argv);
int command_report(int argc, char **argv);
int command_rules(int argc, char **argv);
int command_senders(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif
