/* SPDX-License-Identifier: ISC */
/*
 * receiver_child.c - locks itself in, then reads questions and writes replies.
 */
#define _GNU_SOURCE /* close_range() */
#include "audit/sources/receiver_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <seccomp.h>

#include "audit/sources/receiver_libspf2.h"
#include "checks/core/arena.h"

/* Sanitizers map terabytes, and open files when they report. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define MAX_MEMORY ((rlim_t)256 << 20) /* with all libraries it is some 60 MiB */
#define MAX_CPU_S 120 /* of its life; mailvet ends it after a second without reply */
#define MAX_FD 65536  /* of what may have been inherited, where the kernel cannot tell */
#define SOCKET STDIN_FILENO

/* Close every descriptor from FROM on: none of mailvet's belongs here. */
static void
close_from(unsigned from)
{
	if (close_range(from, ~0u, 0) == 0)
		return;
	for (unsigned fd = from; fd < MAX_FD; fd++) /* Linux before 5.9 */
		(void)close((int)fd);
}

/* Standard output and error lead nowhere: what glibc says when it aborts is not for the user. */
static bool
hush(void)
{
	int null = open("/dev/null", O_WRONLY);

	return null >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0;
}

static bool
set_limits(void)
{
	static const struct rlimit none = { 0, 0 }, cpu = { MAX_CPU_S, MAX_CPU_S },
				   memory = { MAX_MEMORY, MAX_MEMORY };

	return setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
	       setrlimit(RLIMIT_NOFILE, &none) == 0 && setrlimit(RLIMIT_CPU, &cpu) == 0 &&
	       setrlimit(RLIMIT_AS, &memory) == 0;
}

/*
 * What is left: the socket, memory that is not code, the clock where the C library
 * cannot read it by itself, and the end.
 */
static bool
set_filter(void)
{
	static const int plain[] = { SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
		SCMP_SYS(madvise), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
		SCMP_SYS(restart_syscall), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
		SCMP_SYS(time) };
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool ok = ctx != NULL;

	for (size_t i = 0; ok && i < ARRAY_LEN(plain); i++)
		ok = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, plain[i], 0) == 0;
	ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
		       SCMP_A0(SCMP_CMP_EQ, SOCKET, 0)) == 0;
	ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
		       SCMP_A0(SCMP_CMP_EQ, SOCKET, 0)) == 0;
	ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
	ok = ok && seccomp_load(ctx) == 0;
	if (ctx != NULL)
		seccomp_release(ctx);
	return ok;
}

/* A key at the terminal is mailvet's affair; when mailvet is gone, so is this. */
static bool
follow_parent(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP };

	for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return false;
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}

static bool
lock_in(void)
{
	if (!hush() || !follow_parent())
		return false;
	close_from(STDERR_FILENO + 1);
	if (SANITIZED)
		return true;
	return prctl(PR_SET_DUMPABLE, 0) == 0 && set_limits() && set_filter();
}

/* Read N octets into TO; false at the end of the socket. */
static bool
read_all(char *to, size_t n)
{
	while (n > 0) {
		ssize_t got = read(SOCKET, to, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

static bool
write_all(const char *from, size_t n)
{
	while (n > 0) {
		ssize_t put = write(SOCKET, from, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		from += put;
		n -= (size_t)put;
	}
	return true;
}

/* One question; false = there are no more. */
static bool
serve(struct libspf2 *l, struct arena *a, char *data)
{
	char out[4 + MAX_RECEIVER_REPLY];
	struct receiver_reply reply = { .word = REPLY_REFUSED };
	struct receiver_case c;
	uint8_t head[4];
	size_t n;

	if (!read_all((char *)head, sizeof(head)))
		return false;
	n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	if (n > MAX_RECEIVER_DATA || !read_all(data, n))
		return false;
	arena_reset(a);
	if (receiver_case_parse(a, data, n, &c))
		libspf2_ask(l, a, &c, &reply);
	n = receiver_reply_put(&reply, out + 4);
	memcpy(out, (const char[]){ 0, 0, (char)(n >> 8), (char)(n & 0xff) }, 4);
	return write_all(out, 4 + n);
}

int
receiver_child(bool guarded)
{
	static const char ready = RECEIVER_CHILD_READY;
	static char data[MAX_RECEIVER_DATA];
	struct libspf2 *l = libspf2_open(guarded);
	struct arena a;

	arena_init(&a, 0);
	if (l == NULL || !lock_in() || !write_all(&ready, 1))
		return 1;
	while (serve(l, &a, data))
		;
	_exit(0); /* what runs at exit may need what was given up */
}
