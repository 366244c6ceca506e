"""rbldnsd, the DNS server that most blacklists run on, serving lists of ours under their real names.

with Rbldnsd({"zen.spamhaus.org": [("ip4set", "127.0.0.2", ("203.0.113.25",))]}) as dns: ... dns.server
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import dns.exception
import dns.message
import dns.query

from tests.servers.lab_machine import DIES_WITH_US
from tests.servers.nsd import free_port

# Kind of data (ip4set, ip6trie, dnset), the answer, and who is listed with it.
Data = tuple[str, str, Sequence[str]]


class Rbldnsd:
    """In the foreground, on loopback; ended on leaving."""

    def __init__(self, lists: Mapping[str, Sequence[Data]]) -> None:
        self._lists, self.port = lists, free_port(socket.SOCK_DGRAM)

    @property
    def server(self) -> str:
        """IP:PORT, as --resolver takes it."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="rbldnsd-")
        folder = Path(self._folder.name)
        folder.chmod(0o755)
        words = []
        for zone, sets in self._lists.items():
            for number, (kind, answer, listed) in enumerate(sets):
                file = folder / f"{zone}-{number}"
                file.write_text(f":{answer}:listed\n" + "".join(f"{one}\n" for one in listed), encoding="ascii")
                words.append(f"{zone}:{kind}:{file}")
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        argv = [*DIES_WITH_US, "rbldnsd", "-n", *user, "-b", f"127.0.0.1/{self.port}", *words]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        end = time.monotonic() + 10
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError("rbldnsd did not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(5)
        if self._process.stderr:
            self._process.stderr.close()
        self._folder.cleanup()

    def _answers(self) -> bool:
        zone = next(iter(self._lists))
        try:
            dns.query.udp(dns.message.make_query(f"2.0.0.127.{zone}", "A"), "127.0.0.1", 0.5, self.port)
        except (OSError, dns.exception.DNSException):
            return False
        return True
