"""The command `blacklists`: which lists live, as a table or JSON, and the keys of those that want one.

A key is read from the terminal without echo, or from standard input; never from the command line, where every
program of this computer could read it.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from core.blacklists import ListState, blacklist_states, verdict_of
from core.clean import clean
from core.clients.journal import Journal
from core.clients.list_keys import KeychainKeys, checked_key, forget_key, save_key
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.errors import CheckError
from core.knowledge.dnsbl import key_services
from core.knowledge.public_resolvers import public_resolver_name
from core.model import Severity
from core.report.line_breaks import columns
from core.texts import Texts

_LONGEST_KEY = 1000  # characters of the line a key is read from


def add_blacklists(command: Callable[..., argparse.ArgumentParser], commands: Any) -> argparse.ArgumentParser:
    """Add the command's words to the parser."""
    parser = command(commands, "blacklists", None)
    parser.add_argument("--resolver", metavar="IP[:PORT]")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--set-key", choices=key_services())
    key.add_argument("--forget-key", choices=key_services())
    return parser


def run_blacklists(arguments: argparse.Namespace, texts: Texts, tell: Callable[[CheckError], None]) -> dict[str, Any]:
    """Do what the options say and test the lists; the JSON of the result. `tell` says why a keychain stayed shut."""
    resolver = Resolver(arguments.resolver, Reroute(), Journal())
    given = {arguments.set_key: _read_key(texts)} if arguments.set_key else {}
    return asyncio.run(_tested(resolver, given, arguments.forget_key, texts, tell))


async def _tested(
    resolver: Resolver,
    given: Mapping[str, str],
    forgotten: str | None,
    texts: Texts,
    tell: Callable[[CheckError], None],
) -> dict[str, Any]:
    if forgotten:
        await forget_key(forgotten)
        _say(texts.text("blacklists.key_forgotten", service=forgotten))
    for service, key in given.items():
        try:
            await save_key(service, key)
            _say(texts.text("blacklists.key_kept", service=service))
        except CheckError as error:  # the key still serves for this run
            tell(error)
    keys = KeychainKeys(given)
    known = await keys.all()
    if keys.unread:
        _say(texts.text("blacklists.keys_unread", services=list(keys.unread)))
    _say(texts.text("blacklists.doing"))
    return states_to_json(await blacklist_states(resolver, known), resolver.address, texts)


def _read_key(texts: Texts) -> str:
    if sys.stdin.isatty():
        return checked_key(getpass.getpass(texts.text("cli.secret_prompt"), stream=sys.stderr))
    return checked_key(sys.stdin.readline(_LONGEST_KEY))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def states_to_json(states: tuple[ListState, ...], resolver: str, texts: Texts) -> dict[str, Any]:
    """The table for scripts: codes and words side by side. `severity` "ok" needs every list that matters."""
    failed = [state.name for state in states if state.important and state.state != "alive"]
    return {
        "schema": "mail-first-aid/1",
        "asked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "resolver": resolver,
        "public_resolver": public_resolver_name(resolver) or None,
        "severity": (Severity.UNKNOWN if failed or not states else Severity.OK).value,
        "failed": failed,
        "lists": [_row(state, texts) for state in states],
    }


def _row(state: ListState, texts: Texts) -> dict[str, Any]:
    return {
        "zone": state.zone,
        "name": state.name,
        "tier": state.tier,
        "important": state.important,
        "state": state.state,
        "state_text": texts.text(f"blacklists.state.{state.state}"),
        "reason": state.reason or None,
        "reason_text": texts.text(f"dnsbl.unasked.{state.reason}") if state.reason else None,
        "checked": state.checked.isoformat(),
        "self_test": [
            {"asked": asked.query_name, "answered": " ".join(asked.return_codes) or asked.rcode or asked.error}
            for asked in state.asked
        ],
    }


def states_text(result: Mapping[str, Any], texts: Texts) -> str:
    """The table for people: the verdict, then a line a list."""
    count = sum(1 for row in result["lists"] if row["important"])
    verdict = verdict_of([(row["state"], row["reason"] or "", row["important"]) for row in result["lists"]])
    lines = [texts.text(f"blacklists.verdict.{verdict}", lists=result["failed"], count=count)]
    lines.append(texts.text("blacklists.asked", resolver=clean(result["resolver"]) or "—", at=result["asked_at"]))
    if result["public_resolver"] and any(row["state"] != "alive" for row in result["lists"]):
        lines.append(texts.text("blacklists.public_resolver", company=result["public_resolver"]))
    lines.append("")
    cells = [_cells(row, texts) for row in result["lists"]]
    widths = [max(columns(cell[number]) for cell in cells) for number in range(len(cells[0]))]
    for cell, row in zip(cells, result["lists"], strict=True):
        padded = [text + " " * (width - columns(text)) for text, width in zip(cell, widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
        if row["reason_text"] and verdict != "blind":
            lines.append(f"    {row['reason_text']}")
    return "\n".join(lines)


def _cells(row: Mapping[str, Any], texts: Texts) -> tuple[str, ...]:
    mark = {"alive": "●", "broken": "▲"}.get(row["state"], "？" if texts.language == "ja" else "?")
    checked = texts.text("blacklists.checked", checked=row["checked"])
    return f"{mark} {row['state_text']}", row["name"], row["zone"], checked
