# SPDX-License-Identifier: GPL-2.0-only
"""Channels as plain file descriptors: os.read and os.write move the elements."""

import collections
import fcntl
import os
import struct
import time

SEND, RECV, CLOSE = 1, 2, 4

_NONE, _WRITE, _READ = 0, 1, 2

Info = collections.namedtuple(
    "Info",
    "id elemsize cap flags len closed rights senders receivers sendq recvq requeued maxlen"
    " sends_handoff sends_ring sends_park recvs_handoff recvs_ring recvs_park"
    " requeues send_parks recv_parks type")
_INFO = struct.Struct("=Q12I9Q32s")


def _command(direction, number, size):
    return direction << 30 | size << 16 | 0xE8 << 8 | number


def make(elemsize, cap):
    """A new non-blocking channel."""
    fd = os.open("/dev/chan", os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
    argument = struct.pack("=4I32x", elemsize, cap, 0, 0)
    fcntl.ioctl(fd, _command(_WRITE, 1, len(argument)), argument)
    return fd


def dup(fd, rights):
    """Another file of the same channel, in blocking mode."""
    # fcntl.ioctl returns the result of the system call only with a mutable argument.
    argument = bytearray(struct.pack("=2I", rights, 0))
    return fcntl.ioctl(fd, _command(_WRITE, 2, len(argument)), argument)


def close(fd):
    fcntl.ioctl(fd, _command(_NONE, 3, 0))


def info(fd):
    result = fcntl.ioctl(fd, _command(_READ, 4, _INFO.size), bytes(_INFO.size))
    return Info._make(_INFO.unpack(result))


def number(value):
    """An element of 8 bytes."""
    return struct.pack("=Q", value)


def wait_until(condition):
    """Poll for a condition; the alarm of the test is the timeout."""
    while not condition():
        time.sleep(0.001)


def start(function, *arguments):
    """Run a function in its own process."""
    pid = os.fork()
    if pid == 0:
        try:
            function(*arguments)
        finally:
            os._exit(0)
    return pid
