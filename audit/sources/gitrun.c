/* SPDX-License-Identifier: ISC */
/*
 * gitrun.c - runs git, and reads what it prints.
 */
#define _GNU_SOURCE /* pipe2() */
#include "audit/sources/gitrun.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "checks/core/arena.h"

#define MAX_ARGUMENTS 24
#define MAX_KEPT 3 /* variables of the environment that git gets as they are */

/* clang-format off */
/* What keeps git from running anything, and from asking anybody. */
static const char *const before[] = {
	"git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
};
static const char *const settings[] = {
	"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1",
	"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_LITERAL_PATHSPECS=1",
};
/* Where git is, and which repositories its user trusts (safe.directory). */
static const char *const kept[MAX_KEPT] = { "PATH", "HOME", "XDG_CONFIG_HOME" };
/* clang-format on */

/* A run: all that the child needs is made before there is one. */
struct run {
	const char *argv[MAX_ARGUMENTS];
	const char *env[ARRAY_LEN(settings) + MAX_KEPT + 1];
	char *made[MAX_KEPT]; /* of env, from the heap */
	char git[PATH_MAX];
	int to, from; /* our ends */
	pid_t pid;
};

/* The first git in an absolute folder of PATH. */
static bool
find_git(char out[PATH_MAX])
{
	struct str path = str_of(getenv("PATH"));

	for (size_t at = 0; at < path.n;) {
		size_t end = str_find(path, at, ':');

		if (end > at && path.p[at] == '/' && end - at < PATH_MAX - 5) {
			(void)snprintf(out, PATH_MAX, "%.*s/git", (int)(end - at), path.p + at);
			if (access(out, X_OK) == 0)
				return true;
		}
		at = end + 1;
	}
	return false;
}

static void
set_words(struct run *r, const char *const *arguments)
{
	size_t n = 0, e = 0;

	for (; n < ARRAY_LEN(before); n++)
		r->argv[n] = before[n];
	for (; *arguments != NULL && n + 1 < MAX_ARGUMENTS; arguments++)
		r->argv[n++] = *arguments;
	for (; e < ARRAY_LEN(settings); e++)
		r->env[e] = settings[e];
	for (size_t i = 0; i < MAX_KEPT; i++) {
		const char *value = getenv(kept[i]);
		size_t room;

		if (value == NULL)
			continue;
		room = str_of(kept[i]).n + str_of(value).n + 2;
		r->made[i] = xmalloc(room);
		(void)snprintf(r->made[i], room, "%s=%s", kept[i], value);
		r->env[e++] = r->made[i];
	}
}

/* In the child: only what may be called between fork and exec. */
static _Noreturn void
become_git(const struct run *r, int in, int out)
{
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(null, STDERR_FILENO) >= 0)
		/* execve() takes them as if it wrote to them, which it does not */
		(void)execve(
		    r->git, (char *const *)(uintptr_t)r->argv, (char *const *)(uintptr_t)r->env);
	_exit(127);
}

static bool
start(struct run *r)
{
	int in[2], out[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
		return false;
	if (pipe2(out, O_CLOEXEC) != 0) {
		(void)close(in[0]);
		(void)close(in[1]);
		return false;
	}
	r->pid = fork();
	if (r->pid == 0)
		become_git(r, in[1], out[1]);
	(void)close(in[1]);
	(void)close(out[1]);
	r->to = in[0];
	r->from = out[0];
	return r->pid > 0;
}

/* Some of INPUT, as much as goes; what is left.  At its end the socket is closed. */
static struct str
feed(struct run *r, struct str input)
{
	if (input.n > 0) {
		ssize_t put = send(r->to, input.p, input.n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (put < 0 && errno != EAGAIN && errno != EINTR)
			input.n = 0; /* it ended: its status says why */
		else if (put > 0)
			input = str_sub(input, (size_t)put, input.n);
	}
	if (input.n == 0) {
		(void)close(r->to);
		r->to = -1;
	}
	return input;
}

/* Until git has said all; false when it is silent or says too much. */
static bool
talk(struct run *r, struct str input, struct buf *out)
{
	char chunk[65536];

	for (;;) {
		struct pollfd p[2] = { { .fd = r->from, .events = POLLIN },
			{ .fd = r->to, .events = POLLOUT } };
		ssize_t got;
		int n = poll(p, 2, MAX_GIT_SECONDS * 1000);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (r->to >= 0 && p[1].revents != 0)
			input = feed(r, input);
		if (p[0].revents == 0)
			continue;
		got = read(r->from, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		buf_add(out, (struct str){ chunk, (size_t)got });
		if (out->over)
			return false;
	}
}

bool
gitrun(const char *const *arguments, struct str input, struct buf *out)
{
	struct run r = { .to = -1, .from = -1, .pid = -1 };
	int status = 1;
	bool ok = false;

	if (!find_git(r.git))
		return false;
	set_words(&r, arguments);
	ok = start(&r) && talk(&r, input, out);
	if (r.to >= 0)
		(void)close(r.to);
	if (r.from >= 0)
		(void)close(r.from);
	if (r.pid > 0) {
		if (!ok)
			(void)kill(r.pid, SIGKILL);
		while (waitpid(r.pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	for (size_t i = 0; i < MAX_KEPT; i++)
		free(r.made[i]);
	return ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
