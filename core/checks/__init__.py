"""The checks, in the order people see them: what waits, who answers, can it be abused, who blocks it, is it found."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from core.check import Check

if TYPE_CHECKING:
    ALL: tuple[Check[Any], ...]


def __getattr__(name: str) -> Any:
    # Loaded when somebody asks for all: who only reads one pasted text needs one check, not all of them.
    if name == "ALL":
        return _all()
    raise AttributeError(name)


@cache
def _all() -> tuple[Check[Any], ...]:
    # Each by its name, so that the build finds them.
    from core.checks import (
        bounce,
        dns_health,
        dnsbl,
        domain_life,
        hosting,
        mail_log,
        mail_queue,
        open_relay,
        sender_auth,
        server_health,
        smtp_banner,
        tls_health,
    )

    return (
        bounce.CHECK,
        mail_queue.CHECK,
        mail_log.CHECK,
        server_health.CHECK,
        smtp_banner.CHECK,
        open_relay.CHECK,
        dnsbl.CHECK,
        dns_health.CHECK,
        sender_auth.CHECK,
        hosting.CHECK,
        domain_life.CHECK,
        tls_health.CHECK,
    )
