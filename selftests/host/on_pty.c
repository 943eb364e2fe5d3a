// SPDX-License-Identifier: GPL-2.0-only
/*
 * on_pty STREAMS COMMAND...: runs COMMAND with a terminal as its standard output
 * ("1"), standard error ("2") or both ("12"), and prints what comes to it. The
 * other one is ours. Exits as COMMAND does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(127);
}

/* As wide as any table, and newlines come as they are. */
static int open_terminal(int pty)
{
	struct winsize size = { .ws_row = 50, .ws_col = 400 };
	struct termios t;
	int fd;

	if (grantpt(pty) || unlockpt(pty))
		die("pty");
	fd = open(ptsname(pty), O_RDWR | O_NOCTTY);
	if (fd < 0 || ioctl(fd, TIOCSWINSZ, &size) || tcgetattr(fd, &t))
		die("terminal");
	t.c_oflag &= ~OPOST;
	if (tcsetattr(fd, TCSANOW, &t))
		die("terminal");
	return fd;
}

static void run(int terminal, char **argv)
{
	if (strchr(argv[1], '1'))
		dup2(terminal, STDOUT_FILENO);
	if (strchr(argv[1], '2'))
		dup2(terminal, STDERR_FILENO);
	close(terminal);
	execvp(argv[2], argv + 2);
	die(argv[2]);
}

int main(int argc, char **argv)
{
	int pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), terminal, status;
	char buf[4096];
	ssize_t n;
	pid_t pid;

	if (argc < 3 || pty < 0)
		die("on_pty");
	terminal = open_terminal(pty);
	pid = fork();
	if (!pid)
		run(terminal, argv);
	close(terminal);
	/* EIO: nobody has it open any more */
	while ((n = read(pty, buf, sizeof(buf))) > 0) {
		if (write(STDOUT_FILENO, buf, n) != n)
			die("stdout");
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("child");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
