"""Loads what the first window does not need, a piece at a time, so that the window answers between two pieces.

No thread: while one loads, every stroke of the window's drawing would wait for Python's lock.
"""

from __future__ import annotations

import asyncio
from importlib import import_module

# What a run needs, then what an answer does; each is quick once those before it are there.
FOR_A_RUN = (
    "core.model", "email.message", "email.policy", "http.client", "dns.name", "dns.rdatatype", "dns.message",
    "dns.query", "dns.asyncquery", "dns.asyncresolver", "cryptography.x509", "cryptography.hazmat.primitives.hashes",
    "core.clients.opened", "core.clients.resolver", "core.clients.smtp", "core.clients.remote_script",
    "core.clients.ssh", "core.clients.tls", "core.clients.spf", "core.clients.whois", "core.clients.http",
    "core.knowledge.reply_rules", "core.knowledge.dnsbl", "core.survey", "core.checks.bounce",
    "core.checks.mail_queue", "core.checks.mail_log", "core.checks.server_health", "core.checks.smtp_banner",
    "core.checks.open_relay", "core.checks.dnsbl", "core.checks.dns_health", "core.checks.sender_auth",
    "core.checks.hosting", "core.checks.domain_life", "core.checks.tls_health", "core.diagnosis", "core.run",
    "core.practice", "core.practice.dns_server", "sqlite3", "core.notebook", "core.again", "core.delisting",
    "gui.aftercare", "gui.pages.running",
)  # fmt: skip
FOR_AN_ANSWER = ("core.report.layout", "core.first_aid", "core.letters", "gui.widgets.finding", "gui.pages.answer")
_PAUSE = 0.02  # seconds for the window between two pieces


async def load_in_steps(names: tuple[str, ...] = FOR_A_RUN, pause: float = 0.0) -> None:
    """Import `names` one after the other; the loop goes round in between, after `pause` seconds."""
    for name in names:
        import_module(name)
        await asyncio.sleep(pause)


async def load_ahead() -> None:
    """While the person reads the first page: everything the next ones need."""
    await load_in_steps((*FOR_A_RUN, *FOR_AN_ANSWER), _PAUSE)
