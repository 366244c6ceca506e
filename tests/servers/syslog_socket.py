"""The other end of a lab server's /dev/log: keeps what its programs log, as a syslog daemon would."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path
from typing import Self

from tests.servers.lab_server import Server

_PRIORITY = re.compile(rb"^<\d{1,3}>")


class SyslogSocket:
    """`with SyslogSocket(server) as log: ...; log.lines`. The stamps are the traditional ones the programs set."""

    def __init__(self, server: Server, host: str = "mail") -> None:
        self._path = Path(f"/proc/{server.pid}/root/dev/log")
        self._host = host
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._path))
        self._path.chmod(0o666)
        self._socket.settimeout(0.2)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._socket.close()

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                continue
            text = _PRIORITY.sub(b"", data).decode("utf-8", "backslashreplace").rstrip("\n\0")
            # "Nov 22 00:54:47 prog[1]: text": the daemon puts the host's name between.
            self.lines.append(f"{text[:15]} {self._host} {text[16:]}")
