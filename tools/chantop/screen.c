// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "draw.h"
#include "screen.h"

#define SECOND		UINT64_C(1000000000)
#define MILLISECOND	1000000
#define ESCAPE		27
#define DELAY_MOST	(3600 * SECOND)

/**
 * struct screen - an interactive view
 * @view: view of @samples
 * @status: state of the display
 * @filter: processes to scan
 * @signals: a signalfd
 * @help: show help instead of the view
 * @quit: the user wants to quit
 * @signal: signal that ends the program, or 0
 */
struct screen {
	struct view *view;
	struct samples samples;
	struct status status;
	const struct filter *filter;
	int signals;
	bool help;
	bool quit;
	int signal;
};

static void screen_scroll(struct screen *screen, long by)
{
	const long last = (long)screen->view->count - (long)draw_capacity();
	long first = (long)screen->status.first + by;

	if (first > last)
		first = last;
	screen->status.first = first > 0 ? first : 0;
}

static void screen_draw(struct screen *screen)
{
	screen_scroll(screen, 0);
	if (screen->help)
		draw_help();
	else
		draw_view(screen->view, &screen->status);
	refresh();
}

static int screen_sample(struct screen *screen)
{
	const int err = samples_take(&screen->samples, screen->filter);

	return err ? err : view_fill(screen->view, &screen->samples);
}

static void screen_sort(struct screen *screen, enum field field)
{
	screen->view->sort = field;
	screen->status.first = 0;
}

static void screen_edit(struct screen *screen, int key)
{
	char *filter = screen->view->filter;
	const size_t length = strlen(filter);

	if (key == ESCAPE)
		*filter = 0;
	if (key == ESCAPE || key == '\n' || key == KEY_ENTER)
		screen->status.editing = false;
	else if ((key == KEY_BACKSPACE || key == '\b' || key == 127) && length)
		filter[length - 1] = 0;
	else if (key >= ' ' && key < 127 && length < FILTER_SIZE - 1)
		strcpy(filter + length, (const char[]){ key, 0 });
}

static void screen_move(struct screen *screen, int key)
{
	const long page = draw_capacity();

	if (key == KEY_UP)
		screen_scroll(screen, -1);
	else if (key == KEY_DOWN)
		screen_scroll(screen, 1);
	else if (key == KEY_PPAGE)
		screen_scroll(screen, -page);
	else if (key == KEY_NPAGE)
		screen_scroll(screen, page);
}

static void screen_set_delay(struct screen *screen, int key)
{
	uint64_t *delay = &screen->status.delay;

	if (key == '+' && *delay < DELAY_MOST)
		*delay += SECOND;
	else if (key == '-' && *delay >= 2 * SECOND)
		*delay -= SECOND;
}

static void screen_take_key(struct screen *screen, int key)
{
	static const struct {
		int key;
		enum field field;
	} sorts[] = {
		{ 's', FIELD_SENDS },
		{ 'r', FIELD_RECVS },
		{ 'd', FIELD_LEN },
		{ 'p', FIELD_OLDEST },
		{ 'i', FIELD_ID },
	};
	size_t i;

	for (i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
		if (sorts[i].key == key)
			screen_sort(screen, sorts[i].field);
	}
	if (key == '<' || key == '>')
		screen_sort(screen, draw_neighbour(screen->view->sort, key == '<' ? -1 : 1));
	else if (key == 'R')
		screen->view->reverse ^= true;
	else if (key == '/')
		screen->status.editing = true;
	else if (key == ' ')
		screen->status.paused ^= true;
	else if (key == 'h' || key == '?')
		screen->help ^= true;
	else if (key == 'q')
		screen->quit = true;
	screen_set_delay(screen, key);
	screen_move(screen, key);
}

/* Returns 0 or -ENOMEM. */
static int screen_take_keys(struct screen *screen)
{
	int key;

	while (!screen->quit && (key = getch()) != ERR) {
		if (screen->status.editing)
			screen_edit(screen, key);
		else
			screen_take_key(screen, key);
	}
	return view_fill(screen->view, &screen->samples);
}

static void screen_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

/* Returns whether to sample immediately. */
static bool screen_take_signal(struct screen *screen)
{
	struct signalfd_siginfo info;

	if (read(screen->signals, &info, sizeof(info)) != sizeof(info))
		return false;
	switch (info.ssi_signo) {
	case SIGUSR1:
		return true;
	case SIGWINCH:
		screen_resize();
		return false;
	case SIGINT:
		break;
	default:
		screen->signal = info.ssi_signo;
	}
	screen->quit = true;
	return false;
}

/* Wait until the next sample is due, or another event. */
static int screen_wait(struct screen *screen, struct pollfd events[2])
{
	struct timespec now;
	uint64_t time, next = screen->samples.now.time + screen->status.delay;
	int timeout = -1;

	clock_gettime(CLOCK_MONOTONIC, &now);
	time = now.tv_sec * SECOND + now.tv_nsec;
	if (!screen->status.paused)
		timeout = next > time ? (next - time + MILLISECOND - 1) / MILLISECOND : 0;
	return poll(events, 2, timeout);
}

static int screen_loop(struct screen *screen)
{
	struct pollfd events[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = screen->signals, .events = POLLIN },
	};
	int err = screen_sample(screen), ready;

	while (!err && !screen->quit) {
		screen_draw(screen);
		ready = screen_wait(screen, events);
		if (!ready)
			err = screen_sample(screen);
		if (ready <= 0)
			continue;
		if (events[1].revents && screen_take_signal(screen))
			err = screen_sample(screen);
		if (!err && events[0].revents & POLLIN)
			err = screen_take_keys(screen);
		else if (events[0].revents)
			screen->quit = true;
	}
	return err;
}

static void block_signals(sigset_t *signals, sigset_t *before)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGUSR1 };
	size_t i;

	sigemptyset(signals);
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(signals, taken[i]);
	sigprocmask(SIG_BLOCK, signals, before);
}

static int screen_start(struct screen *screen)
{
	SCREEN *terminal = newterm(NULL, stdout, stdin);
	int err;

	if (!terminal)
		return SCREEN_UNKNOWN;
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	draw_init();
	err = screen_loop(screen);
	endwin();
	delscreen(terminal);
	return err;
}

int screen_run(struct view *view, const struct filter *filter, uint64_t delay)
{
	struct screen screen = { .view = view, .filter = filter, .status.delay = delay };
	sigset_t signals, before;
	int err;

	block_signals(&signals, &before);
	screen.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	err = screen.signals < 0 ? -errno : screen_start(&screen);
	samples_free(&screen.samples);
	if (screen.signals >= 0)
		close(screen.signals);
	if (screen.signal) {
		/* ncurses has a handler of its own. */
		signal(screen.signal, SIG_DFL);
		raise(screen.signal);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
