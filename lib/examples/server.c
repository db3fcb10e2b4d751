// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Server: one loop that waits for new clients, requests on their sockets, results from its
 * workers, and the request to quit. It never waits for anything else. A client with a request
 * at the workers is not polled, and each client has capacity for one request.
 */
#include "example.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#define CLIENTS	4
#define WORKERS	2

enum { QUIT, DONE, LISTENER, CLIENT };	/* Cases of the select; a client is at CLIENT + n. */

struct job {
	int client;
	int number;
};

CHAN_TYPE(jobs, struct job);

static void work(struct jobs jobs, struct jobs done)
{
	struct job job;

	while (check(jobs_recv(jobs, &job)) == 1) {
		job.number *= job.number;
		check(jobs_send(done, &job));
	}
	exit(0);
}

/* Pass on the request of the client, or notice that it has left. */
static void hear_client(struct chan_case *client, int index, struct jobs jobs)
{
	struct job job = { .client = index };

	if (recv(client->fd, &job.number, sizeof(job.number), 0) <= 0)
		close(client->fd);
	else
		check(jobs_send(jobs, &job));
	client->fd = -1;
}

static void serve(int listener, struct jobs jobs, struct jobs done, int quit)
{
	int sockets[CLIENTS], clients = 0, i;
	struct chan_case cases[CLIENT + CLIENTS];
	struct job job;

	cases[QUIT] = chan_case_recv(quit, NULL, 0);
	cases[DONE] = jobs_case_recv(done, &job);
	cases[LISTENER] = chan_case_poll(listener, POLLIN);
	while ((i = check(chan_select(cases, CLIENT + clients))) != QUIT) {
		if (i == DONE) {
			i = sockets[job.client];
			/* The next read shows whether the client has left. */
			send(i, &job.number, sizeof(job.number), MSG_NOSIGNAL);
			cases[CLIENT + job.client].fd = i;
		} else if (i == LISTENER) {
			sockets[clients] = check_errno(accept(listener, NULL, NULL));
			cases[CLIENT + clients] = chan_case_poll(sockets[clients], POLLIN);
			/* Total number of clients to serve. */
			if (++clients == CLIENTS)
				cases[LISTENER].fd = -1;
		} else {
			hear_client(&cases[i], i - CLIENT, jobs);
		}
	}
	exit(0);
}

/* Ask twice, to show that the connection persists. */
static void ask(const struct sockaddr_un *address, socklen_t len, int *number)
{
	int fd = check_errno(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)), i;

	check_errno(connect(fd, (const struct sockaddr *)address, len));
	for (i = 0; i < 2; i++) {
		check_errno(send(fd, number, sizeof(*number), 0));
		check_errno(recv(fd, number, sizeof(*number), 0));
	}
	exit(0);
}

int main(void)
{
	int listener = check_errno(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(address);
	struct jobs jobs = jobs_make(CLIENTS, 0), done = jobs_make(CLIENTS, 0);
	int quit = check(chan_make(0, 0, 0)), *numbers = share(CLIENTS * sizeof(int)), i;
	pid_t clients[CLIENTS];

	check(jobs.fd);
	check(done.fd);
	/* Without a name, the kernel picks the address. */
	check_errno(bind(listener, (struct sockaddr *)&address, sizeof(address.sun_family)));
	check_errno(getsockname(listener, (struct sockaddr *)&address, &len));
	check_errno(listen(listener, CLIENTS));

	for (i = 0; i < WORKERS; i++) {
		if (start() == 0)
			work(jobs, done);
	}
	if (start() == 0)
		serve(listener, jobs, done, quit);
	for (i = 0; i < CLIENTS; i++) {
		numbers[i] = i + 2;
		clients[i] = start();
		if (clients[i] == 0)
			ask(&address, len, &numbers[i]);
	}

	for (i = 0; i < CLIENTS; i++) {
		check_errno(waitpid(clients[i], NULL, 0));
		printf("%d to the fourth: %d\n", i + 2, numbers[i]);
	}
	check(chan_close(quit));
	check(chan_close(jobs.fd));
	join();
	return 0;
}
