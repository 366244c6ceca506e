"""The command `exchange-block`: prints what to paste into the Exchange Management Shell; it only reads."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from core.checks.server_health.exchange import exchange_findings
from core.model import Finding
from core.resources import resources_dir
from core.texts import LANGUAGES, Texts


def add_exchange_block(commands: Any) -> None:
    """Describe the command to the argument parser."""
    block = commands.add_parser("exchange-block", help="")
    block.add_argument("--lang", choices=LANGUAGES)
    block.set_defaults(command=_print_block)


def _print_block(arguments: Any, texts: Texts) -> int:
    # Beside the block, so that a file made of it holds the block alone.
    print(texts.text("exchange_block.how"), file=sys.stderr, flush=True)
    print(exchange_block(), end="")
    return 0


def exchange_block() -> str:
    """The block itself, plain ASCII."""
    return (resources_dir() / "exchange" / "block.ps1").read_text(encoding="ascii")


def exchange_part(text: str) -> tuple[Finding, ...]:
    """What a pasted block says beside its queues."""
    return exchange_findings(text, datetime.now(UTC).date())
