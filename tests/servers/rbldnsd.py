"""rbldnsd, the DNS server that most blacklists run on, serving lists of ours under their real names.

with Rbldnsd({"zen.spamhaus.org": [("ip4set", "127.0.0.2", ("203.0.113.25",))]}) as dns: ... dns.server
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.dns_program import DnsProgram
from tests.servers.nsd import free_port

# Kind of data (ip4set, ip6trie, dnset), the answer, and who is listed with it.
Data = tuple[str, str, Sequence[str]]


class Rbldnsd(DnsProgram):
    """On a port of the loopback."""

    def __init__(self, lists: Mapping[str, Sequence[Data]]) -> None:
        self._lists, self.port = lists, free_port()

    def command(self, folder: Path) -> list[str]:
        """With the lists written."""
        folder.chmod(0o755)  # it gives up root's rights before it reads them
        words = []
        for zone, sets in self._lists.items():
            for number, (kind, answer, listed) in enumerate(sets):
                file = folder / f"{zone}-{number}"
                file.write_text(f":{answer}:listed\n" + "".join(f"{one}\n" for one in listed), encoding="ascii")
                words.append(f"{zone}:{kind}:{file}")
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        return ["rbldnsd", "-n", *user, "-b", f"127.0.0.1/{self.port}", *words]

    def ready(self, said: str) -> bool:
        """It answers about its first list."""
        return self.answers(0.5, f"2.0.0.127.{next(iter(self._lists))}", "A")
