// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Select with a timeout: a question is answered, refused, or times out. The deadline is an
 * absolute time, so a repeated call after a signal does not extend it.
 */
#include "example.h"

static void serve(int questions, int answers, int refusals)
{
	int root, n;

	while (check(chan_recv(questions, &n, sizeof(n))) == 1) {
		if (n < 0)
			check(chan_send(refusals, &n, sizeof(n)));
		for (root = 0; root * root < n; root++)
			continue;
		/* For any other number, it finds no root and sends nothing. */
		if (root * root == n)
			check(chan_send(answers, &root, sizeof(root)));
	}
	exit(0);
}

static void ask(int questions, int answers, int refusals, int n, uint64_t patience)
{
	int root, ret;
	struct chan_case cases[] = {
		chan_case_recv(answers, &root, sizeof(root)),
		chan_case_recv(refusals, &n, sizeof(n)),
	};

	check(chan_send(questions, &n, sizeof(n)));
	ret = chan_select_until(cases, 2, chan_deadline(patience));
	if (ret == -ETIMEDOUT)
		printf("the root of %d: no answer\n", n);
	else if (check(ret) == 0)
		printf("the root of %d: %d\n", n, root);
	else
		printf("the root of %d: refused\n", n);
}

int main(void)
{
	int questions = check(chan_make(sizeof(int), 0, 0));
	int answers = check(chan_make(sizeof(int), 0, 0));
	int refusals = check(chan_make(sizeof(int), 0, 0));

	if (start() == 0)
		serve(questions, answers, refusals);

	ask(questions, answers, refusals, 49, MINUTE);
	ask(questions, answers, refusals, 50, 20 * MILLISECOND);
	ask(questions, answers, refusals, -1, MINUTE);
	check(chan_close(questions));
	join();
	return 0;
}
