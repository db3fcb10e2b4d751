// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "channel.h"
#include "operation.h"
#include "stage.h"
#include "task.h"

/* An actor that has looked so often has not only looked before it slept. */
#define LOOKS	3

struct stage *stage;

void stage_make(unsigned int cap, unsigned int flags)
{
	stage->ch = chan_make(8, cap, flags);
	if (stage->ch < 0)
		give_up("chan_make: %s", strerror(-stage->ch));
}

void stage_open(void (*script)(void))
{
	pid_t pid;

	stage = shared_alloc(sizeof(*stage));
	if (pipe(stage->curtain))
		give_up("no pipe");
	pid = fork();
	if (pid) {
		stage->pid = pid;
		close(stage->curtain[0]);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(stage->curtain[1]);
	stage_make(0, CHAN_F_DEADLOCK);
	script();
	exit(0);
}

void stage_draw_curtain(void)
{
	close(stage->curtain[1]);
}

bool stage_actor_done(int i)
{
	return __atomic_load_n(&stage->actors[i].done, __ATOMIC_ACQUIRE);
}

int stage_result(int i)
{
	wait_until(stage_actor_done(i));
	return stage->actors[i].result;
}

static bool actor_parked(int i)
{
	const pid_t tid = __atomic_load_n(&stage->actors[i].tid, __ATOMIC_ACQUIRE);

	return tid && task_sleeps_on(tid, stage->ch);
}

void stage_await_parked(int i)
{
	wait_until(actor_parked(i));
}

bool stage_stays_parked(int i)
{
	unsigned long sleeps;

	wait_until(stage_actor_done(i) || actor_parked(i));
	if (stage_actor_done(i))
		return false;
	sleeps = task_sleeps(stage->actors[i].tid);
	wait_until(stage_actor_done(i) || task_sleeps(stage->actors[i].tid) >= sleeps + LOOKS);
	return !stage_actor_done(i);
}

void stage_act(int i, int (*deed)(int ch))
{
	struct actor *actor = &stage->actors[i];

	__atomic_store_n(&actor->tid, gettid(), __ATOMIC_RELEASE);
	actor->result = deed(stage->ch);
	__atomic_store_n(&actor->done, true, __ATOMIC_RELEASE);
}

struct part {
	int index;
	int (*deed)(int ch);
};

static void *play(void *data)
{
	const struct part *part = data;

	stage_act(part->index, part->deed);
	return NULL;
}

void stage_enter(int i, int (*deed)(int ch))
{
	struct part *part = malloc(sizeof(*part));
	pthread_t thread;

	*part = (struct part){ i, deed };
	if (pthread_create(&thread, NULL, play, part))
		give_up("no thread");
}

int stage_recv(int ch)
{
	uint64_t value;

	return chan_recv(ch, &value);
}

int stage_send(int ch)
{
	const uint64_t value = 1;

	return chan_send(ch, &value);
}

int stage_wait_for_curtain(int ch)
{
	char byte;

	return read(stage->curtain[0], &byte, 1);
}
