"""The built-in practice company: a mail server, a DNS and a stand-in for ssh, all on this laptop.

The very same checks and clients run on it: documentation addresses are mapped to loopback inside the clients, and
the map is closed, so that nothing leaves the laptop. Change the incident's greeting, listing or queue and the
findings change.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.clients import Doors
from core.clients.journal import let_sockets_close
from core.clients.list_keys import ListKeys
from core.clients.reroute import Reroute
from core.model import Pasted, Target, Vantage
from core.practice import smtp_server, ssh_stand_in
from core.practice.incident import INCIDENTS, Incident
from core.practice.story import is_repaired, story_now

__all__ = ["INCIDENTS", "Incident", "PracticeCompany", "is_repaired", "practice_company", "story_now"]


@dataclass(frozen=True)
class PracticeCompany:
    """A running practice company: what its clerk would answer, and the doors that lead to it."""

    target: Target
    doors: Doors


@asynccontextmanager
async def practice_company(incident: str | Incident = "relay-2004") -> AsyncIterator[PracticeCompany]:
    """Open the practice company; closing it leaves nothing running and no file behind."""
    from core.practice import dns_server  # loads dnspython: only for who opens the company

    story = INCIDENTS[incident] if isinstance(incident, str) else incident
    mail = await smtp_server.serve(story)
    dns, dns_port = await dns_server.serve(story)
    with tempfile.TemporaryDirectory(prefix="mail-first-aid-practice-") as folder:
        answers = Path(folder) / "server.json"
        answers.write_text(json.dumps(ssh_stand_in.sections(story, datetime.now(UTC))), encoding="utf-8")
        try:
            yield PracticeCompany(_target(story), _doors(story, mail.sockets[0].getsockname()[1], dns_port, answers))
        finally:
            dns.close()
            mail.close()
            await mail.wait_closed()
            await let_sockets_close()


def _target(story: Incident) -> Target:
    return Target(
        symptom=story.symptom,
        domain=story.domain,
        mail_host=story.mail_host if story.resolves else None,
        ssh=f"nakamura@{story.mail_host}" if story.login else None,
        bounce=Pasted("bounce", story.bounce) if story.bounce else None,
        own_server=True,
        affected="everyone",
        direction="receiving" if story.symptom == "not_received" else "sending",
        recipients="all",
    )


def _doors(story: Incident, smtp_port: int, dns_port: int, answers: Path) -> Doors:
    table = {
        (story.address, 25): ("127.0.0.1", smtp_port),
        ("127.0.0.1", dns_port): ("127.0.0.1", dns_port),
    }
    if story.name_server_address:
        table[story.name_server_address, 53] = ("127.0.0.1", dns_port)
    return Doors(
        resolver=f"127.0.0.1:{dns_port}",
        reroute=Reroute(table, closed=True),
        ssh_program=(*_own_command(), "practice-ssh", str(answers)),
        vantage=Vantage("outside", story.client_address),
        list_keys=ListKeys(),  # nobody's real key is needed here
    )


def _own_command() -> tuple[str, ...]:
    """How this program is started again: the frozen program itself, else Python with our command line."""
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "core")
