// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Fetcher: pages are fetched over TCP at a limited rate by a fixed number of processes, which
 * bounds the number of concurrent fetches. The processes share one ticker, and each tick goes
 * to one of them.
 */
#include "example.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#define FETCHERS	3
#define PAGES		8
#define PERIOD		(5 * MILLISECOND)

struct result {
	uint64_t due;
	int page;
	int size;
};

CHAN_TYPE(results, struct result);

/* The server: page N has 1000 * N bytes. It ends when @quit is closed. */
static void serve(int listener, int quit)
{
	static const char body[1000 * PAGES];
	unsigned char page;
	struct chan_case cases[] = {
		chan_case_poll(listener, POLLIN),
		chan_case_recv(quit, NULL, 0),
	};

	while (check(chan_select(cases, 2)) == 0) {
		int fd = check_errno(accept(listener, NULL, NULL));

		check_errno(recv(fd, &page, 1, 0));
		check_errno(send(fd, body, 1000 * page, MSG_NOSIGNAL));
		close(fd);
	}
	exit(0);
}

/* Returns the size of the page in bytes. */
static int fetch(const struct sockaddr_in *server, unsigned char page)
{
	int fd = check_errno(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	int n, size = 0;
	char part[4096];

	check_errno(connect(fd, (const struct sockaddr *)server, sizeof(*server)));
	check_errno(send(fd, &page, 1, MSG_NOSIGNAL));
	while ((n = check_errno(recv(fd, part, sizeof(part), 0))) > 0)
		size += n;
	close(fd);
	return size;
}

static void fetch_all(int pages, int tick, const struct sockaddr_in *server, struct results results)
{
	struct result result;

	while (check(chan_recv(pages, &result.page, sizeof(result.page))) == 1) {
		check(chan_recv(tick, &result.due, sizeof(result.due)));
		result.size = fetch(server, result.page);
		check(results_send(results, &result));
	}
	exit(0);
}

/* A socket that listens on a free local port; @server is its address. */
static int listen_somewhere(struct sockaddr_in *server)
{
	int listener = check_errno(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	socklen_t len = sizeof(*server);

	server->sin_family = AF_INET;
	server->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->sin_port = 0;
	check_errno(bind(listener, (struct sockaddr *)server, len));
	check_errno(getsockname(listener, (struct sockaddr *)server, &len));
	check_errno(listen(listener, FETCHERS));
	return listener;
}

int main(void)
{
	int pages = check(chan_make(sizeof(int), PAGES, 0)), tick = check(chan_tick(PERIOD));
	int quit = check(chan_make(0, 0, 0)), sizes[PAGES + 1], page, i, listener;
	struct results results = results_make(0, 0);
	uint64_t first = UINT64_MAX, last = 0;
	struct sockaddr_in server = { 0 };
	struct result result;

	check(results.fd);
	listener = listen_somewhere(&server);
	if (start() == 0)
		serve(listener, quit);
	for (i = 0; i < FETCHERS; i++) {
		if (start() == 0)
			fetch_all(pages, tick, &server, results);
	}
	for (page = 1; page <= PAGES; page++)
		check(chan_send(pages, &page, sizeof(page)));
	check(chan_close(pages));

	for (i = 0; i < PAGES; i++) {
		check(results_recv(results, &result));
		sizes[result.page] = result.size;
		first = result.due < first ? result.due : first;
		last = result.due > last ? result.due : last;
	}
	for (page = 1; page <= PAGES; page++)
		printf("page %d: %d bytes\n", page, sizes[page]);
	if (last - first >= (PAGES - 1) * PERIOD)
		printf("at most one in each period\n");
	check(chan_close(quit));
	join();
	return 0;
}
