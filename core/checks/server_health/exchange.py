"""What the block for the Exchange Management Shell told: builds, and receive connectors anyone may relay through.

A build counts as it was told by the setup program's file, which shows security updates; the other number does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from core.clean import clean
from core.knowledge.mta import Identity, numbers, support_of
from core.knowledge.vulnerabilities import holes_of
from core.model import Finding, Severity, Value

KIND = "mail-first-aid/exchange"
_MOST = 50
_EVERYWHERE = re.compile(r"^(?:0\.0\.0\.0-255\.255\.255\.255|::-ffff:.*|0\.0\.0\.0/0|::/0)$", re.IGNORECASE)


def exchange_findings(text: str, today: date) -> tuple[Finding, ...]:
    """The findings of a pasted block; none when the text is something else."""
    start = text.find("{")
    if start < 0 or KIND not in text:
        return ()
    try:
        told, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return ()
    if not isinstance(told, dict) or told.get("kind") != KIND:
        return ()
    return (*_relaying(told), *_builds(told, today))


def _relaying(told: Mapping[str, Any]) -> Iterator[Finding]:
    """A connector with the right for nobody in particular: open from everywhere, or for the addresses it names."""
    for row in _rows(told, "connectors"):
        if row.get("anyone") is not True or row.get("enabled") is False:
            continue
        ranges = _words(row.get("from"))
        values: dict[str, Value] = {"connector": clean(str(row.get("name", "?")), 100)}
        if not ranges or any(_EVERYWHERE.match(each) for each in ranges):
            yield Finding("server_health.exchange_open_relay", Severity.CRITICAL, values)
        else:
            values["ranges"] = [clean(each, 60) for each in ranges[:10]]
            yield Finding("server_health.exchange_relay_for", Severity.OK, values)


def _builds(told: Mapping[str, Any], today: date) -> Iterator[Finding]:
    servers = _rows(told, "servers")
    exact = _number(str(told.get("setup", ""))) if len(servers) == 1 else None
    for row in servers:
        build = exact or _number(str(row.get("build", "")))
        if build is None:
            continue
        values: dict[str, Value] = {"server": clean(str(row.get("name", "?")), 60), "build": build}
        support = support_of(Identity("exchange", build), today)
        if support.state == "unsupported":
            ended = support.ended.isoformat() if support.ended else None
            yield Finding("server_health.exchange_ended", Severity.WARNING, {**values, "ended": ended})
        # Only the setup file's number shows security updates: the other one would accuse a repaired server.
        if exact and (known := holes_of("exchange", build)):
            ids: list[str] = [f"{hole.id} ({hole.also[0]})" if hole.also else hole.id for hole in known]
            yield Finding("server_health.exchange_holes", Severity.CRITICAL, {**values, "ids": ids})


def _number(text: str) -> str | None:
    """ "Version 15.1 (Build 2507.6)" and "15.01.2507.037" -> 15.1.2507.6 and 15.1.2507.37."""
    found = re.search(r"(\d+)\.(\d+)(?: \(Build |\.)(\d+)\.(\d+)", text[:200])
    return ".".join(str(number) for number in numbers(".".join(found.groups()))) if found else None


def _rows(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = told.get(name)
    rows = [rows] if isinstance(rows, dict) else rows
    return [row for row in rows[:_MOST] if isinstance(row, dict)] if isinstance(rows, list) else []


def _words(value: object) -> list[str]:
    words = [value] if isinstance(value, str) else value
    return [each for each in words if isinstance(each, str)] if isinstance(words, list) else []
