// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "common/channel.h"
#include "terminal.h"

struct terminal {
	pid_t pid;
	int master;
	int slave;
	int columns;
	bool alternate;
	bool cursor;
	struct termios before;
	VTerm *vterm;
	VTermScreen *screen;
	char line[1024];
};

static int note_property(VTermProp property, VTermValue *value, void *data)
{
	struct terminal *terminal = data;

	if (property == VTERM_PROP_ALTSCREEN)
		terminal->alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		terminal->cursor = value->boolean;
	return 1;
}

static void terminal_make(struct terminal *terminal, int lines, int columns)
{
	static const VTermScreenCallbacks callbacks = { .settermprop = note_property };
	struct winsize size = { .ws_row = lines, .ws_col = columns };

	if (openpty(&terminal->master, &terminal->slave, NULL, NULL, &size) ||
	    tcgetattr(terminal->slave, &terminal->before) ||
	    fcntl(terminal->master, F_SETFL, O_NONBLOCK))
		give_up("openpty: %s", strerror(errno));
	terminal->columns = columns;
	terminal->cursor = true;
	terminal->vterm = vterm_new(lines, columns);
	terminal->screen = vterm_obtain_screen(terminal->vterm);
	vterm_screen_enable_altscreen(terminal->screen, 1);
	vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
	vterm_screen_reset(terminal->screen, 1);
}

struct terminal *terminal_start(int lines, int columns, const char *command)
{
	struct terminal *terminal = calloc(1, sizeof(*terminal));

	if (!terminal)
		give_up("no memory");
	terminal_make(terminal, lines, columns);
	terminal->pid = fork();
	if (terminal->pid < 0)
		give_up("fork: %s", strerror(errno));
	if (!terminal->pid) {
		if (login_tty(dup(terminal->slave)) || setenv("TERM", "xterm", 0))
			give_up("login_tty: %s", strerror(errno));
		execl("/bin/sh", "sh", "-c", command, NULL);
		give_up("sh: %s", strerror(errno));
	}
	return terminal;
}

pid_t terminal_pid(const struct terminal *terminal)
{
	return terminal->pid;
}

/* Read the output written by now. */
static void terminal_pump(struct terminal *terminal)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(terminal->master, bytes, sizeof(bytes))) > 0)
		vterm_input_write(terminal->vterm, bytes, n);
}

const char *terminal_line(struct terminal *terminal, int line)
{
	const VTermRect rect = { line, line + 1, 0, terminal->columns };
	size_t length;

	terminal_pump(terminal);
	length = vterm_screen_get_text(terminal->screen, terminal->line,
				       sizeof(terminal->line) - 1, rect);
	while (length && strchr(" \n", terminal->line[length - 1]))
		length--;
	terminal->line[length] = 0;
	return terminal->line;
}

static bool terminal_shows(struct terminal *terminal, int line, const char *text)
{
	const char *found = terminal_line(terminal, line);

	return !strncmp(found + strspn(found, " "), text, strlen(text));
}

void terminal_wait(struct terminal *terminal, int line, const char *text)
{
	wait_until(terminal_shows(terminal, line, text));
}

void terminal_type(struct terminal *terminal, const char *keys)
{
	if (write(terminal->master, keys, strlen(keys)) != (ssize_t)strlen(keys))
		give_up("cannot type: %s", strerror(errno));
}

void terminal_resize(struct terminal *terminal, int lines, int columns)
{
	const struct winsize size = { .ws_row = lines, .ws_col = columns };

	vterm_set_size(terminal->vterm, lines, columns);
	terminal->columns = columns;
	if (ioctl(terminal->master, TIOCSWINSZ, &size))
		give_up("TIOCSWINSZ: %s", strerror(errno));
}

static bool terminal_program_ended(struct terminal *terminal, int *status)
{
	/* It does not end before its output is read. */
	terminal_pump(terminal);
	return waitpid(terminal->pid, status, WNOHANG) == terminal->pid;
}

int terminal_join(struct terminal *terminal)
{
	int status;

	wait_until(terminal_program_ended(terminal, &status));
	terminal_pump(terminal);
	return status;
}

bool terminal_is_restored(struct terminal *terminal)
{
	struct termios now;

	terminal_pump(terminal);
	return !tcgetattr(terminal->slave, &now) && now.c_lflag == terminal->before.c_lflag &&
	       now.c_iflag == terminal->before.c_iflag && now.c_oflag == terminal->before.c_oflag &&
	       !terminal->alternate && terminal->cursor;
}
