/* SPDX-License-Identifier: ISC */
/*
 * bench_time.c - run a command and print how long it took and how much memory
 * it had at most: "milliseconds kibibytes".
 *
 * What the command writes to its standard output is thrown away.  Its exit
 * status is not looked at: a domain with findings is no failure here.
 */
#define _DEFAULT_SOURCE /* ru_maxrss */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now_ms(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1000 + (double)ts.tv_nsec / 1e6;
}

static void
run(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0)
		(void)dup2(null, STDOUT_FILENO);
	(void)execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct rusage used;
	double start = now_ms();
	int status = 0;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_time COMMAND [ARGUMENT...]\n");
		return 2;
	}
	if ((pid = fork()) == 0)
		run(argv + 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || getrusage(RUSAGE_CHILDREN, &used) != 0) {
		perror("bench_time");
		return 1;
	}
	printf("%.1f %ld\n", now_ms() - start, used.ru_maxrss);
	return WIFEXITED(status) && WEXITSTATUS(status) < 126 ? 0 : 1;
}
