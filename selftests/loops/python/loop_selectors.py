# SPDX-License-Identifier: GPL-2.0-only
"""selectors: each test runs with epoll, poll and select."""

import os
import selectors
import signal

import channel
from tap import is_equal

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

# Numbers of epoll_wait, poll, select and pselect6 on x86-64.
WAITS = (232, 7, 23, 270)


def events(selector, timeout=0):
    return {key.fd: mask for key, mask in selector.select(timeout)}


def watch(selector, fd):
    selector.register(fd, READ | WRITE)
    return fd


def sleeps_in_a_selector(pid):
    with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
        word = file.read().split()[0]
    return word.isdigit() and int(word) in WAITS


def G9_element_is_readable_until_it_is_read(selector):
    fd = watch(selector, channel.make(8, 1))
    is_equal({fd: WRITE}, events(selector))
    os.write(fd, channel.number(7))
    is_equal({fd: READ}, events(selector))
    is_equal({fd: READ}, events(selector))
    is_equal(channel.number(7), os.read(fd, 8))
    is_equal({fd: WRITE}, events(selector))


def G9_each_channel_tells_of_its_own_elements(selector):
    fds = [channel.make(8, 1) for _ in range(5)]
    for fd in fds:
        selector.register(fd, READ)
    is_equal({}, events(selector))
    os.write(fds[3], channel.number(3))
    os.write(fds[1], channel.number(1))
    is_equal({fds[1]: READ, fds[3]: READ}, events(selector))


def G9_element_of_a_process_wakes(selector):
    fd = channel.make(8, 1)
    selector.register(fd, READ)
    parent = os.getpid()

    def send_to_a_sleeper():
        channel.wait_until(lambda: sleeps_in_a_selector(parent))
        os.write(fd, channel.number(5))

    channel.start(send_to_a_sleeper)
    is_equal({fd: READ}, events(selector, None))
    is_equal(channel.number(5), os.read(fd, 8))


def G9_rendezvous_is_writable_while_a_task_is_parked_to_receive(selector):
    fd = watch(selector, channel.make(8, 0))
    waits = channel.dup(fd, channel.RECV)
    is_equal({}, events(selector))
    channel.start(os.read, waits, 8)
    channel.wait_until(lambda: channel.info(fd).recvq == 1)
    is_equal({fd: WRITE}, events(selector))
    os.write(fd, channel.number(1))
    is_equal({}, events(selector))


def G9_close_wakes_both_sides(selector):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    fd = channel.make(8, 0)
    sends, receives = channel.dup(fd, channel.SEND), channel.dup(fd, channel.RECV)
    selector.register(sends, WRITE)
    selector.register(receives, READ)
    parent = os.getpid()

    def close_on_a_sleeper():
        channel.wait_until(lambda: sleeps_in_a_selector(parent))
        channel.close(fd)

    channel.start(close_on_a_sleeper)
    # The wakeup of a close reaches both, but the first of the two may be seen alone.
    is_equal(True, bool(events(selector, None)))
    is_equal({sends: WRITE, receives: READ}, events(selector))
    is_equal(b"", os.read(receives, 8))
    try:
        os.write(sends, channel.number(1))
    except BrokenPipeError:
        return
    raise AssertionError("a closed channel took an element")


def G11_death_of_the_last_sender_is_the_end(selector):
    fd = channel.make(8, 4)
    receives = channel.dup(fd, channel.RECV)
    selector.register(receives, READ)
    sender = channel.start(signal.pause)
    os.close(fd)
    is_equal({}, events(selector))
    os.kill(sender, signal.SIGKILL)
    is_equal({receives: READ}, events(selector, None))
    is_equal(b"", os.read(receives, 8))


TESTS = (
    G9_element_is_readable_until_it_is_read,
    G9_each_channel_tells_of_its_own_elements,
    G9_element_of_a_process_wakes,
    G9_rendezvous_is_writable_while_a_task_is_parked_to_receive,
    G9_close_wakes_both_sides,
    G11_death_of_the_last_sender_is_the_end,
)


def tests():
    return [(f"{kind.__name__}.{test.__name__}", lambda test=test, kind=kind: test(kind()))
            for kind in (selectors.DefaultSelector, selectors.PollSelector,
                         selectors.SelectSelector)
            for test in TESTS]
