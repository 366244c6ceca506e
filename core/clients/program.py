"""A program we started, with its three pipes: one interface, made from asyncio's subprocesses or from threads.

asyncio can start programs only where the running loop supports it. On Windows the loop of the window does not do so
dependably (and a selector loop not at all), so there a `Popen` with one thread for each pipe does the same.
Reading is bounded: a program that prints without end waits until somebody takes what it printed.
"""

from __future__ import annotations

import asyncio
import os
import queue
import subprocess
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, Protocol

CHUNK = 65_536
_END_TICK = 0.02  # seconds between two looks at whether a program has ended
_CHUNKS_AHEAD = 4  # read before somebody asks for them


class Program(Protocol):
    """A running program. `returncode` is None as long as nobody has seen it end."""

    @property
    def pid(self) -> int:
        """Its process id."""

    @property
    def returncode(self) -> int | None:
        """Its exit status; negative: ended by that signal."""

    async def read_output(self) -> bytes:
        """The next bytes of standard output; b"" at its end."""

    async def read_errors(self) -> bytes:
        """The next bytes of standard error; b"" at its end."""

    def write(self, data: bytes) -> None:
        """Send to standard input, without waiting. Nothing happens when the program does not read any more."""

    def close_input(self) -> None:
        """End standard input, after all that was written."""

    async def wait(self) -> int:
        """Wait for its end; the exit status."""

    def kill(self) -> None:
        """End it. Raises ProcessLookupError when it is gone already."""

    def release(self) -> None:
        """Let go of the pipes, read to their end or not. The program must have ended."""


async def start_program(
    argv: Sequence[str], environment: Mapping[str, str], options: Mapping[str, Any], *, threaded: bool = False
) -> Program:
    """Start `argv` (no shell). `options`: further keyword arguments of Popen. Raises OSError when it cannot start.

    Threads are used if `threaded` says so, or if the running loop cannot start programs.
    """
    surroundings = {**os.environ, **environment}
    if not threaded:
        try:
            started = await asyncio.create_subprocess_exec(
                *argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=surroundings, **options
            )
        except NotImplementedError:
            pass
        else:
            return AsyncioProgram(started)
    # Starting takes milliseconds; handed to a thread, a program could come to life after we were cancelled.
    return ThreadedProgram(_started(argv, surroundings, options), asyncio.get_running_loop())


def _started(argv: Sequence[str], environment: dict[str, str], options: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(argv, env=environment, bufsize=0, stdin=PIPE, stdout=PIPE, stderr=PIPE, **options)


async def end_of(process: Process) -> int:
    """Wait for the end of a process of asyncio's; its exit status.

    Python 3.11's own `wait` also waits for the end of all pipes, which never comes where a flood is left unread.
    """
    while (status := process.returncode) is None:  # noqa: ASYNC110 - asyncio tells it nowhere else
        await asyncio.sleep(_END_TICK)
    return status


class AsyncioProgram:
    """Made from asyncio's own subprocess."""

    def __init__(self, process: Process) -> None:
        self._process = process
        # Until 3.11.4 asyncio logs "exception was never retrieved" when a program ends with its input unread.
        closed: asyncio.Future[None] = process.stdin._protocol._get_close_waiter(process.stdin)  # type: ignore[union-attr]
        closed.add_done_callback(lambda future: future.cancelled() or future.exception())

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    async def read_output(self) -> bytes:
        assert self._process.stdout is not None
        return await self._process.stdout.read(CHUNK)

    async def read_errors(self) -> bytes:
        assert self._process.stderr is not None
        return await self._process.stderr.read(CHUNK)

    def write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)

    def close_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def wait(self) -> int:
        return await end_of(self._process)

    def kill(self) -> None:
        self._process.kill()

    def release(self) -> None:
        # asyncio closes the pipes only when all were read to their end, which a flood never is.
        self._process._transport.close()  # type: ignore[attr-defined]


class ThreadedProgram:
    """Made from Popen: a thread reads each pipe, one writes, one waits. All end with the program."""

    def __init__(self, process: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop) -> None:
        assert process.stdin and process.stdout and process.stderr
        self._process, self._loop = process, loop
        self._ended = asyncio.Event()
        self._to_write: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._output, self._errors = _Reader(process.stdout, loop), _Reader(process.stderr, loop)
        _in_thread(self._wait_for_end)
        _in_thread(self._write_on)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    async def read_output(self) -> bytes:
        return await self._output.read()

    async def read_errors(self) -> bytes:
        return await self._errors.read()

    def write(self, data: bytes) -> None:
        self._to_write.put(data)

    def close_input(self) -> None:
        self._to_write.put(None)

    async def wait(self) -> int:
        await self._ended.wait()
        return self._process.wait()

    def kill(self) -> None:
        self._process.kill()

    def release(self) -> None:
        self.close_input()
        self._output.release()
        self._errors.release()

    def _wait_for_end(self) -> None:
        self._process.wait()
        _tell(self._loop, self._ended.set)

    def _write_on(self) -> None:
        stream = self._process.stdin
        assert stream is not None
        with stream:
            while (data := self._to_write.get()) is not None:
                try:
                    while data:  # a raw pipe may take a part only
                        data = data[os.write(stream.fileno(), data) :]
                except OSError:  # the program reads no more: why, it says on its other pipes
                    return


class _Reader:
    """A pipe read ahead by a few chunks."""

    def __init__(self, stream: IO[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._stream, self._loop = stream, loop
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = threading.Semaphore(_CHUNKS_AHEAD)
        self._released = self._ended = False
        _in_thread(self._read_on)

    async def read(self) -> bytes:
        """The next chunk; b"" at the end, also if asked again."""
        if self._ended:
            return b""
        chunk = await self._chunks.get()
        self._room.release()
        self._ended = not chunk
        return chunk

    def release(self) -> None:
        """Nobody will read any more."""
        self._released = True
        self._room.release()

    def _read_on(self) -> None:
        with self._stream:
            chunk = b"-"
            while chunk:
                self._room.acquire()
                if self._released:
                    return
                chunk = os.read(self._stream.fileno(), CHUNK)
                if not _tell(self._loop, self._chunks.put_nowait, chunk):
                    return


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> bool:
    """Have the loop call something; False when it has ended, so that nobody is interested any more."""
    try:
        loop.call_soon_threadsafe(call, *arguments)
    except RuntimeError:
        return False
    return True


def _in_thread(work: Callable[[], None]) -> None:
    # A daemon: a child of ssh that kept a pipe open must not keep the app from ending.
    threading.Thread(target=work, daemon=True).start()
