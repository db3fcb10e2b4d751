// SPDX-License-Identifier: GPL-2.0-only
/* Task calls of programs, and calls that manipulate the memory of other calls. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/chan.h>

#include "buffer.h"
#include "calls.h"

/* Elements that the child receives or sends are not tracked. */
static void child_run(struct fuzz_task *task, enum fuzz_child what, uint64_t address,
		      size_t size)
{
	int fd = fuzz_task_fd(task, 0);

	switch (what) {
	case FUZZ_CHILD_EXEC:
		execl("/bin/true", "true", NULL);
		break;
	case FUZZ_CHILD_STAY:
		pause();
		break;
	case FUZZ_CHILD_SEND:
		ioctl(fd, CHAN_IOC_SEND(size), address);
		break;
	case FUZZ_CHILD_RECV:
		ioctl(fd, CHAN_IOC_RECV(size), address);
		break;
	default:
		break;
	}
	_exit(0);
}

int64_t fuzz_call_fork(struct fuzz_task *task)
{
	struct fuzz_values *values = &task->shared->values;
	enum fuzz_child what = fuzz_task_value(task, FUZZ_SET_CHILD, 0);
	struct chan_info info = fuzz_fd_info(fuzz_task_fd(task, 0));
	struct fuzz_memory memory = fuzz_buffer_new(task, info.elemsize);
	pid_t pid;

	if (what == FUZZ_CHILD_SEND && info.id && info.elemsize <= memory.size) {
		fuzz_element_fill(memory.content, info.elemsize, task->call, 0);
		fuzz_values_offer(values, task->call, 0, 1, info.id);
	}
	if (what == FUZZ_CHILD_SEND)
		values->unknown |= !info.id;
	if (what == FUZZ_CHILD_RECV)
		values->killed = 1;
	fuzz_buffer_publish(task);
	pid = fork();
	if (!pid)
		child_run(task, what, memory.address, info.elemsize);
	task->shared->children[task->call] = pid;
	return pid < 0 ? -errno : 0;
}

int64_t fuzz_call_signal(struct fuzz_task *task)
{
	static const int signals[FUZZ_SIGNALS] = { SIGUSR1, SIGUSR2, SIGSTOP, SIGCONT, SIGKILL };
	enum fuzz_signal which = fuzz_task_value(task, FUZZ_SET_SIGNAL, 0);
	unsigned int target = fuzz_task_value(task, FUZZ_SET_TASK, 0);
	int tid = __atomic_load_n(&task->shared->tids[target], __ATOMIC_ACQUIRE);

	if (!tid || task->shared->finished[target])
		return -ESRCH;
	if (which == FUZZ_SIGNAL_KILL)
		task->shared->values.killed = 1;
	return fuzz_task_syscall(task, SYS_tgkill, task->shared->pids[target], tid, signals[which],
				 0, 0);
}

int64_t fuzz_call_unmap(struct fuzz_task *task)
{
	fuzz_buffer_unmap(task, fuzz_task_value(task, FUZZ_SET_CALL, 0));
	return 0;
}

int64_t fuzz_call_protect(struct fuzz_task *task)
{
	fuzz_buffer_protect(task, fuzz_task_value(task, FUZZ_SET_CALL, 0));
	return 0;
}

int64_t fuzz_call_release(struct fuzz_task *task)
{
	fuzz_buffer_release(task->machine, fuzz_task_value(task, FUZZ_SET_CALL, 0),
			    task->shared->faults[task->process]);
	return 0;
}
