"""The servers on which the cards for the machine and for the parts around are tried, and what both do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from core.knowledge.fixes import ServerKind
from tests.servers.lab_around import has_mailboxes
from tests.servers.lab_server import Server

Running = Callable[[str], AbstractContextManager[Server]]
FULL: dict[ServerKind, str] = {
    "postfix": "pf-guarded", "sendmail": "sm-full", "exim": "ex-full", "opensmtpd": "os-full",
}  # fmt: skip
PLAIN: dict[ServerKind, str] = {
    "postfix": "pf-closed", "sendmail": "sm-closed", "exim": "ex-closed", "opensmtpd": "os-closed",
}  # fmt: skip
EVERY = pytest.mark.parametrize("kind", FULL)
BUT_POSTFIX = pytest.mark.parametrize("kind", list(FULL)[1:])
DOOR = "timeout 5 bash -c 'exec 3<>/dev/tcp/{}/25; read -r l <&3; echo $l; echo QUIT >&3'"
CERT, KEY = "/etc/ssl/mail.pem", "/etc/ssl/mail.key"
BOXES: dict[ServerKind, str] = {**FULL, "postfix": "pf-full"}


@contextmanager
def with_mailboxes(running: Running, kind: ServerKind) -> Iterator[Server]:
    with running(BOXES[kind]) as server:
        has_mailboxes(server, kind)
        yield server


def gets(server: Server, name: str, size: int = 100) -> None:
    """One message to `name`@example.jp from the server itself."""
    server.run(
        ["sendmail", "-f", "root@example.jp", f"{name}@example.jp"],
        input="Subject: to you\n\n" + "a line\n" * (size // 7),
    )
