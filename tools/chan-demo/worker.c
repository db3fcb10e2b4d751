// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker receives paths, hashes the files, and sends the results, until there are no more
 * paths or the quit channel is closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "demo.h"
#include "print.h"

/* Returns 0, or a negative errno value; -EIO if the library failed. */
static int hash_open_file(int fd, EVP_MD_CTX *context, const EVP_MD *sha256,
			  unsigned char *hash)
{
	static char buffer[65536];
	ssize_t n;

	if (!EVP_DigestInit_ex(context, sha256, NULL))
		return -EIO;
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		if (!EVP_DigestUpdate(context, buffer, n))
			return -EIO;
	}
	if (n < 0)
		return -errno;
	return EVP_DigestFinal_ex(context, hash, NULL) ? 0 : -EIO;
}

static int hash_file(int directory, const char *name, EVP_MD_CTX *context,
		     const EVP_MD *sha256, unsigned char *hash)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = hash_open_file(fd, context, sha256, hash);
	close(fd);
	return err;
}

static int work(struct demo *demo, uint32_t worker, enum worker_fate fate, int directory,
		EVP_MD_CTX *context, const EVP_MD *sha256)
{
	struct path *path = &demo->board->held[worker];
	struct result result;
	struct chan_case cases[] = {
		path_channel_case_recv(demo->paths, path),
		chan_case_recv(demo->quit, NULL, 0),
	};
	int ret;

	while ((ret = chan_select(cases, 2)) == 0 && cases[0].result == 1) {
		if (fate == WORKER_STOPS)
			raise(SIGSTOP);
		result.number = path->number;
		result.worker = worker;
		memcpy(result.name, path->name, sizeof(result.name));
		ret = hash_file(directory, path->name, context, sha256, result.hash);
		if (ret < 0)
			return complain(path->name, ret);
		ret = result_channel_send(demo->results, &result);
		if (ret < 0)
			return complain("cannot send a result", ret);
	}
	return ret < 0 ? complain("cannot receive a path", ret) : 0;
}

/**
 * worker_run() - a worker process
 * @demo: inherited from its parent
 * @worker: its number
 * @fate: its behaviour after the first path
 *
 * Return: exit status.
 */
int worker_run(struct demo *demo, uint32_t worker, enum worker_fate fate)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	int directory, ret;

	if (!context || !sha256)
		return complain("no SHA-256", -ENOMEM);
	directory = open(demo->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return complain(demo->directory, -errno);
	ret = demo_narrow(&demo->paths.fd, CHAN_RIGHT_RECV);
	if (!ret)
		ret = demo_narrow(&demo->results.fd, CHAN_RIGHT_SEND);
	if (!ret && demo->quit >= 0)
		ret = demo_narrow(&demo->quit, CHAN_RIGHT_RECV);
	if (ret)
		return complain("a worker has no channel", ret);

	ret = work(demo, worker, fate, directory, context, sha256);
	EVP_MD_free(sha256);
	EVP_MD_CTX_free(context);
	return ret;
}
