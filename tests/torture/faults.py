"""Makes the n-th outside operation fail, whatever asked for it: below our clients, at the edge of Python itself.

with Faults(fail_at=17) as faults:
    ...
faults.seen        # how many operations there were
faults.failed      # ("connect", "Connection refused"), or None when the run ended before
"""

from __future__ import annotations

import asyncio.unix_events
import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

# Operation -> (where it stands, its name there, what it fails with)
_INTERNET = (socket.AF_INET, socket.AF_INET6)
SOCKET_CALLS = {
    "connect": ("connect", errno.ECONNREFUSED),
    "read": ("recv", errno.ECONNRESET),
    "read_into": ("recv_into", errno.ECONNRESET),
    "read_packet": ("recvfrom", errno.EHOSTUNREACH),
    "write": ("send", errno.EPIPE),
    "write_packet": ("sendto", errno.ENETUNREACH),
}
FILE_CALLS = {
    "open": (os, "open", errno.EMFILE),
    "fsync": (os, "fsync", errno.EIO),
    "rename": (os, "replace", errno.ENOSPC),
    "mkdir": (os, "mkdir", errno.ENOSPC),
    "unlink": (os, "unlink", errno.EACCES),
}


class Faults:
    """Counts outside operations and fails one of them (`lasting`: and every later one); `fail_at` None only counts."""

    def __init__(self, fail_at: int | None = None, *, files: bool = False, lasting: bool = False) -> None:
        self.fail_at, self.files, self.lasting = fail_at, files, lasting
        self.seen = 0
        self.failed: tuple[str, str] | None = None
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Faults:
        for kind, (name, number) in SOCKET_CALLS.items():
            self._wrap(socket.socket, name, kind, number, lambda args: args[0].family in _INTERNET)
        self._wrap(socket, "getaddrinfo", "resolve", errno.EAGAIN, lambda args: True)
        self._wrap(subprocess, "Popen", "spawn", errno.ENOMEM, lambda args: True)
        for kind, name in (("pipe_read", "read"), ("pipe_write", "write")):
            self._wrap(os, name, kind, errno.EIO, _from_the_loop)
        if self.files:
            for kind, (place, name, number) in FILE_CALLS.items():
                self._wrap(place, name, kind, number, _ours)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for undo in reversed(self._undo):
            undo()

    def _wrap(self, place: Any, name: str, kind: str, number: int, counts: Callable[[tuple[Any, ...]], bool]) -> None:
        inherited = name not in vars(place)
        real = getattr(place, name)

        def wrapped(*args: Any, **more: Any) -> Any:
            if counts(args):
                self._operation(kind, number)
            return real(*args, **more)

        setattr(place, name, wrapped)
        self._undo.append((lambda: delattr(place, name)) if inherited else (lambda: setattr(place, name, real)))

    def _operation(self, kind: str, number: int) -> None:
        self.seen += 1
        if self.fail_at and (self.seen == self.fail_at or (self.lasting and self.seen > self.fail_at)):
            self.failed = (kind, os.strerror(number))
            if kind == "resolve":
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            raise OSError(number, os.strerror(number))


def _from_the_loop(_: tuple[Any, ...]) -> bool:
    """Pipes of programs we started; not what Python itself reads while it starts one."""
    return sys._getframe(2).f_globals.get("__name__") == asyncio.unix_events.__name__


def _ours(args: tuple[Any, ...]) -> bool:
    """Files outside the program: not modules that Python loads, nor the program's own data."""
    path = args[0] if args and isinstance(args[0], str | bytes | os.PathLike) else ""
    text = os.fsdecode(path) if path else ""
    own = str(Path(__file__).resolve().parents[2])
    return not text.startswith((own, sys.prefix, sys.base_prefix, "/usr", "/proc", "/dev"))
