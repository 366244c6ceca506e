"""A mail program in a container (mailcow and the like): whether it is the one at work, and its queue.

Programs in containers stand among the server's own in `ps`, but their tools do not stand on the server.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from core.checks.mail_queue.facts import QueueFacts, Refusal
from core.checks.mail_queue.notices import refusal
from core.checks.mail_queue.serving import holding_port_25

if TYPE_CHECKING:
    from core.clients.ssh import ServerReading

SECTION, LIST = "container_queue", "containers"
COMMAND = "docker exec … postqueue -j"
_ROW = re.compile(r"[0-9a-f]{12,64} \S")
_MAILCOW = "marker /opt/mailcow-dockerized"


def at_work(reading: ServerReading) -> bool:
    """Whether mail is in a container's hands: one runs or belongs here, and no program of the server's own, whose
    queue could be read, holds port 25."""
    if SECTION not in reading.sections or not (_running(reading) or _MAILCOW in reading.lines("mta")):
        return False
    return not any(f"{mta}_queue" in reading.sections for mta in holding_port_25(reading))


def stopped_or_hidden(reading: ServerReading, read_at: datetime) -> QueueFacts | None:
    """The facts when no container's queue can be read; None when one runs."""
    if _running(reading):
        return None
    said = [word for word in map(refusal, reading.lines(LIST)) if word]
    refused: Refusal = said[0] if said else "daemon_down"
    return QueueFacts("postfix", read_at, refused=refused, complete=False, command="docker ps")


def as_container(facts: QueueFacts) -> QueueFacts:
    """The listing's facts, said to be a container's that runs."""
    return replace(facts, command=COMMAND, running=True)


def _running(reading: ServerReading) -> bool:
    section = reading.sections.get(LIST)
    return section is not None and any(map(_ROW.match, section.lines))
