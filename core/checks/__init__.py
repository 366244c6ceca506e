"""The checks, in the order people see them: what waits, who answers, can it be abused, who blocks it, is it found."""

from __future__ import annotations

from typing import Any

from core.check import Check
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

ALL: tuple[Check[Any], ...] = (
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
