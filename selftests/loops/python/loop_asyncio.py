# SPDX-License-Identifier: GPL-2.0-only
"""asyncio: add_reader, add_writer and streams, on non-blocking channels."""

import asyncio
import os
import sys

import channel
from tap import is_equal


async def ready(add, remove, fd):
    """Wait for the loop's callback: add_reader or add_writer."""
    future = asyncio.get_running_loop().create_future()
    add(fd, lambda: future.done() or future.set_result(None))
    try:
        await future
    finally:
        remove(fd)


async def recv(fd, size=8):
    """The result of os.read once data is available."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return os.read(fd, size)
        except BlockingIOError:
            await ready(loop.add_reader, loop.remove_reader, fd)


async def send(fd, element):
    loop = asyncio.get_running_loop()
    while True:
        try:
            return os.write(fd, element)
        except BlockingIOError:
            await ready(loop.add_writer, loop.remove_writer, fd)


async def let_others_run():
    """Run the loop until each task waits: a step of a task takes one round."""
    for _ in range(10):
        await asyncio.sleep(0)


async def G1_elements_arrive_whole_and_in_order():
    size, count = 24, 300
    fd = channel.make(size, 4)

    async def produce():
        for i in range(count):
            is_equal(size, await send(fd, bytes([i % 256]) * size))
        channel.close(fd)

    producer = asyncio.ensure_future(produce())
    seen = []
    while data := await recv(fd, 3 * size + 1):
        is_equal(0, len(data) % size)
        seen += [data[at:at + size] for at in range(0, len(data), size)]
    await producer
    is_equal([bytes([i % 256]) * size for i in range(count)], seen)
    is_equal((0, 0), (channel.info(fd).send_parks, channel.info(fd).recv_parks))


async def G9_writer_waits_for_room():
    fd = channel.make(8, 3)
    sent = []

    async def produce():
        for i in range(5):
            await send(fd, channel.number(i))
            sent.append(i)

    producer = asyncio.ensure_future(produce())
    await let_others_run()
    is_equal([0, 1, 2], sent)
    is_equal(channel.number(0), os.read(fd, 8))
    await let_others_run()
    is_equal([0, 1, 2, 3], sent)
    is_equal(channel.number(1), os.read(fd, 8))
    await producer


async def G9_a_loop_serves_several_channels():
    fds = [channel.make(8, 1) for _ in range(8)]

    async def produce(fd, base):
        for i in range(20):
            await send(fd, channel.number(base + i))

    async def consume(fd):
        return [await recv(fd) for _ in range(20)]

    results = await asyncio.gather(*(consume(fd) for fd in fds),
                                   *(produce(fd, 100 * i) for i, fd in enumerate(fds)))
    for i, result in enumerate(results[:len(fds)]):
        is_equal([channel.number(100 * i + j) for j in range(20)], result)


async def G6_close_wakes_every_reader():
    fd = channel.make(8, 0)
    fds = [channel.dup(fd, channel.RECV) for _ in range(3)]
    for each in fds:
        os.set_blocking(each, False)
    readers = [asyncio.ensure_future(recv(each)) for each in fds]
    await let_others_run()
    is_equal([False] * 3, [reader.done() for reader in readers])
    channel.close(fd)
    is_equal([b""] * 3, await asyncio.gather(*readers))


async def G4_reader_that_is_cancelled_takes_nothing():
    fd = channel.make(8, 1)
    reader = asyncio.ensure_future(recv(fd))
    await let_others_run()
    reader.cancel()
    is_equal([True], [isinstance(result, asyncio.CancelledError)
                      for result in await asyncio.gather(reader, return_exceptions=True)])
    os.write(fd, channel.number(1))
    await let_others_run()
    is_equal(1, channel.info(fd).len)
    is_equal(channel.number(1), await recv(fd))


async def G11_process_produces_until_it_ends():
    fd = channel.make(8, 2)
    sends, receives = channel.dup(fd, channel.SEND), channel.dup(fd, channel.RECV)
    os.set_blocking(receives, False)
    os.close(fd)
    program = f"import os\nfor i in range(50): os.write({sends}, i.to_bytes(8, 'little'))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program,
                                                   pass_fds=[sends])
    os.close(sends)
    seen = []
    while data := await recv(receives):
        seen.append(data)
    is_equal([channel.number(i) for i in range(50)], seen)
    is_equal(0, await process.wait())


async def G1_streams_move_whole_elements():
    loop = asyncio.get_running_loop()
    fd = channel.make(8, 3)
    # A stream closes its descriptor, so each has its own; it must be of /dev/chan itself.
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader),
                                 os.fdopen(os.dup(fd), "rb", 0))
    transport, protocol = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(os.dup(fd), "wb", 0))
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    writer.write(b"".join(channel.number(i) for i in range(40)))
    for i in range(40):
        is_equal(channel.number(i), await reader.readexactly(8))
    await writer.drain()
    channel.close(fd)
    is_equal(b"", await reader.read())


TESTS = (
    G1_elements_arrive_whole_and_in_order,
    G9_writer_waits_for_room,
    G9_a_loop_serves_several_channels,
    G6_close_wakes_every_reader,
    G4_reader_that_is_cancelled_takes_nothing,
    G11_process_produces_until_it_ends,
    G1_streams_move_whole_elements,
)


def tests():
    return [(f"asyncio.{test.__name__}", lambda test=test: asyncio.run(test()))
            for test in TESTS]
