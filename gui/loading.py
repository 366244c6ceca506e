"""Loads what the first window does not need, a piece at a time, so that the window answers between two pieces.

No thread: while one loads, every stroke of the window's drawing would wait for Python's lock.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.guide import PageName
    from gui.pages.page import Page

# What a run needs, then what an answer does; each is quick once those before it are there.
FOR_A_RUN = (
    "core.model", "email.message", "email.policy", "http.client", "dns.name", "dns.rdatatype", "dns.message",
    "dns.query", "dns.asyncquery", "dns.asyncresolver", "cryptography.x509", "cryptography.hazmat.primitives.hashes",
    "core.clients.opened", "core.clients.resolver", "core.clients.smtp", "core.clients.remote_script",
    "core.clients.ssh", "core.clients.tls", "core.clients.spf", "core.clients.whois", "core.clients.http",
    "core.knowledge.reply_rules", "core.knowledge.dnsbl", "core.checks.bounce", "core.checks.server_health",
    "core.survey", "core.checks.mail_queue", "core.checks.mail_log", "core.checks.smtp_banner",
    "core.checks.open_relay", "core.checks.dnsbl", "core.checks.dns_health", "core.checks.sender_auth",
    "core.checks.hosting", "core.checks.domain_life", "core.checks.tls_health", "core.diagnosis", "core.run",
    "core.practice", "core.practice.dns_server", "sqlite3", "core.notebook", "core.again", "core.delisting",
    "gui.aftercare", "gui.pages.running",
)  # fmt: skip
FOR_AN_ANSWER = ("core.report.layout", "core.first_aid", "core.letters", "gui.widgets.finding", "gui.pages.answer")
# To load a page's parts and to make it are two pieces.
FOR_THE_NEXT_PAGES = ("gui.pages.questions", "gui.pages.server", "gui.pages.inside", "gui.pages.consent")
# Data that is read once and kept: module and function.
READ_ONCE = (
    ("core.knowledge.dates", "newest_data"), ("core.knowledge.fixes", "load_fixes"),
    ("core.knowledge.dkim_selectors", "usual_selectors"), ("core.knowledge.dnsbl", "keyed_lists"),
    ("core.knowledge.dnsbl", "load_lists"), ("core.knowledge.log_troubles", "log_troubles"),
    ("core.knowledge.relay_forms", "relay_data"), ("core.knowledge.queue_reasons", "queue_reasons"),
    ("core.knowledge.reply_rules", "rule_files"), ("core.knowledge.glossary", "terms"),
)  # fmt: skip
_NEXT: tuple[PageName, ...] = ("questions", "server", "inside", "consent", "running", "answer")
_PAUSE = 0.02  # seconds for the window between two pieces


async def load_in_steps(names: tuple[str, ...] = (*FOR_A_RUN, *FOR_AN_ANSWER), pause: float = 0.0) -> None:
    """Import `names` one after the other; the loop goes round in between, after `pause` seconds."""
    for name in names:
        if name not in sys.modules:
            import_module(name)
            await asyncio.sleep(pause)


async def load_ahead(pages: Mapping[PageName, Page]) -> None:
    """While the person reads the first page: everything the next ones need, and those that come most often."""
    await load_in_steps((*FOR_A_RUN, *FOR_AN_ANSWER, *FOR_THE_NEXT_PAGES), _PAUSE)
    for module, reader in READ_ONCE:
        getattr(import_module(module), reader)()
        await asyncio.sleep(_PAUSE)
    for name in _NEXT:
        assert pages[name]  # to ask for it is to make it
        await asyncio.sleep(_PAUSE)
