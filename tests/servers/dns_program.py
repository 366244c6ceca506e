"""A DNS server of Debian's in the foreground, started on entering and ended on leaving: NSD, Unbound, rbldnsd."""

from __future__ import annotations

import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from dns import exception, message, query

_PATIENCE = 10.0  # seconds until it must be ready


class DnsProgram(ABC):
    """Give the command and when it is ready; it ends too if we are killed."""

    address = "127.0.0.1"
    port: int
    ended = False  # then its address may be given to another

    @property
    def server(self) -> str:
        """IP:PORT, as --resolver takes it."""
        return f"{self.address}:{self.port}"

    @abstractmethod
    def command(self, folder: Path) -> list[str]:
        """The command line, once its files stand in this folder."""

    @abstractmethod
    def ready(self, said: str) -> bool:
        """Whether it can be asked; `said` is its log so far."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="dns-")
        folder = Path(self._folder.name)
        argv = ["setpriv", "--pdeathsig", "TERM", *self.command(folder)]
        self._log = (folder / "log").open("w+")
        self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.ended = True
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._log.close()
        self._folder.cleanup()

    def _wait(self) -> None:
        end = time.monotonic() + _PATIENCE
        while not self.ready(said := Path(self._log.name).read_text(encoding="utf-8", errors="replace")):
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(f"{type(self).__name__} on {self.server} did not start:\n{said}")
            time.sleep(0.05)

    def answers(self, seconds: float, name: str = ".", kind: str = "SOA") -> bool:
        """Whether it says anything to this question."""
        try:
            query.udp(message.make_query(name, kind), self.address, port=self.port, timeout=seconds)
        except (exception.DNSException, OSError):
            return False
        return True
