# SPDX-License-Identifier: GPL-2.0-only
"""Run each test in its own process, and print the results as TAP."""

import os
import signal
import sys
import traceback

TEST_SECONDS = 30


def is_equal(expected, seen):
    if expected != seen:
        raise AssertionError(f"expected {expected!r}, but there is {seen!r}")


def _run_here(function):
    """Run a test in its own process group, which ends with the test."""
    os.setpgid(0, 0)
    signal.alarm(TEST_SECONDS)
    try:
        function()
    except BaseException:
        for line in traceback.format_exc().splitlines():
            print("#", line)
        sys.stdout.flush()
        os._exit(1)
    os._exit(0)


def _passes(function):
    pid = os.fork()
    if pid == 0:
        _run_here(function)
    # WNOWAIT: the group's number stays allocated until the group has been killed.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status < 0:
        print("# killed by signal", -status)
    return status == 0


def run(tests):
    """Run (name, function) pairs; return the exit status."""
    failed = 0
    print("TAP version 13")
    print(f"1..{len(tests)}", flush=True)
    for number, (name, function) in enumerate(tests, 1):
        passed = _passes(function)
        failed += not passed
        print("ok" if passed else "not ok", number, name, flush=True)
    return 1 if failed else 0
