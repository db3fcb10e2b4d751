// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * What the compiler must refuse. This file compiles as it stands, as C and as C++;
 * with each of the WRONG_* macros defined it must not.
 */
#include <chan.h>

struct job {
	uint64_t id;
	char name[24];
};

struct result {
	uint64_t id;
};

struct huge {
	char bytes[CHAN_ELEM_MAX + 1];
};

struct name_of_31_bytes_in_full {
	int x;
};

struct name_with_32_bytes_in_all {
	int x;
};

CHAN_TYPE(jobs, struct job);
CHAN_TYPE(results, struct result);
CHAN_TYPE(bytes, unsigned char);
CHAN_TYPE(longest, struct name_of_31_bytes_in_full);

#ifdef WRONG_ELEM_TOO_LARGE
CHAN_TYPE(huges, struct huge);
#endif
#ifdef WRONG_NAME_TOO_LONG
CHAN_TYPE(long_name, struct name_with_32_bytes_in_all);
#endif
#if defined(WRONG_CXX_NOT_PLAIN) && defined(__cplusplus)
struct not_plain {
	~not_plain() {}
};
CHAN_TYPE(not_plains, struct not_plain);
#endif

int use(struct jobs jobs, struct results results, struct job *job, struct result *result);

int use(struct jobs jobs, struct results results, struct job *job, struct result *result)
{
	struct chan_case cases[2];
	int ret;

	jobs_send(jobs, job);
	jobs_sendv(jobs, job, 1);
	results_recv(results, result);
	results_recvv(results, result, 1);
	jobs_try_sendv(jobs, job, 1);
	jobs_sendv_until(jobs, job, 1, CHAN_DEADLINE_NONE);
	results_try_recvv(results, result, 1);
	results_recvv_until(results, result, 1, CHAN_DEADLINE_NONE);
	cases[0] = jobs_case_send(jobs, job);
	cases[1] = results_case_recv(results, result);
	while (results_next(results, result))
		chan_select(cases, 2);

#ifdef WRONG_SEND_TYPE
	jobs_send(jobs, result);
#endif
#ifdef WRONG_RECV_TYPE
	results_recv(results, job);
#endif
#ifdef WRONG_TRY_TYPE
	jobs_try_send(jobs, result);
#endif
#ifdef WRONG_UNTIL_TYPE
	jobs_recv_until(jobs, result, CHAN_DEADLINE_NONE);
#endif
#ifdef WRONG_BATCH_TYPE
	jobs_sendv(jobs, result, 1);
#endif
#ifdef WRONG_TRY_BATCH_TYPE
	jobs_try_sendv(jobs, result, 1);
#endif
#ifdef WRONG_BATCH_UNTIL_TYPE
	results_recvv_until(results, job, 1, CHAN_DEADLINE_NONE);
#endif
#ifdef WRONG_CASE_SEND_TYPE
	cases[0] = jobs_case_send(jobs, result);
#endif
#ifdef WRONG_CASE_RECV_TYPE
	cases[0] = results_case_recv(results, job);
#endif
#ifdef WRONG_CASE_CHANNEL
	cases[0] = jobs_case_send(results, job);
#endif
#ifdef WRONG_CASE_BARE_FD
	cases[0] = results_case_recv(results.fd, result);
#endif
#ifdef WRONG_CASE_RECV_INTO_CONST
	cases[0] = results_case_recv(results, (const struct result *)result);
#endif
#ifdef WRONG_NEXT_TYPE
	while (results_next(results, job))
		;
#endif
#ifdef WRONG_SEND_WITHOUT_SIZE
	chan_send(jobs.fd, job);
#endif
#ifdef WRONG_FOREACH_WITHOUT_TYPE
	chan_foreach(jobs.fd, (void *)job)
		;
#endif
#ifdef WRONG_CHANNEL
	jobs_send(results, job);
#endif
#ifdef WRONG_BARE_FD
	jobs_send(jobs.fd, job);
#endif
#ifdef WRONG_RECV_INTO_CONST
	jobs_recv(jobs, (const struct job *)job);
#endif
#ifdef WRONG_ELEM_BY_VALUE
	jobs_send(jobs, *job);
#endif
	chan_foreach(jobs.fd, job)
		if (!job->id)
			break;
	chan_foreach_result(jobs.fd, job, ret) {
		if (!job->id)
			continue;
	}
	return ret;
}
