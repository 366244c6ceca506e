"""Which kind of server a run was about, from what was seen: inside it first, then who keeps the mail, then greetings.

A saved run read back holds its facts as plain mappings, a fresh one as dataclasses: both are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from core.knowledge.fixes import KINDS, ServerKind
from core.model import Finding, Report

_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,3}")

# Words of our other data for the same kinds.
_SAME: Mapping[str, ServerKind] = {
    "exchange_online": "microsoft_365",
    "google": "google_workspace",
    "iis_smtp": "exchange",
    "zimbra": "zimbra",
}
_MARKERS: Mapping[str, ServerKind] = {
    "/opt/zimbra": "zimbra",
    "/etc/iredmail-release": "iredmail",
    "/opt/mailcow-dockerized": "mailcow",
    "/usr/local/psa/version": "plesk",
    "/usr/local/cpanel/version": "cpanel",
}


def server_kind(report: Report) -> ServerKind:
    """The kind of the server the report is about; "unknown" when nothing told it."""
    return next(iter((*_inside(report), *_company(report), *_greeting(report))), "unknown")


def server_version(report: Report, kind: ServerKind) -> str:
    """The version of that mail program, as it told inside or in its greeting; "" when nothing told it."""
    inside = [
        _part(_part(host, "inside"), "version")
        for result in report.results if result.check_id == "smtp_banner"
        for host in _items(_part(result.facts, "hosts"))
        if kind in _known(_part(_part(host, "inside"), "product"))
    ]  # fmt: skip
    greeted = [
        finding.values.get("version")
        for result in report.results
        for finding in result.findings
        if finding.code.startswith("smtp_banner.") and kind in _known(_product(finding))
    ]
    found = (_VERSION.match(word) for word in (*inside, *greeted) if isinstance(word, str))
    return next((match[0] for match in found if match), "")


def kind_in_listing(lines: Iterable[str]) -> ServerKind | None:
    """The product whose own file stands on the server: section `mta` of the reading ("marker PATH")."""
    found = (line.partition("marker ")[2].strip() for line in lines if line.startswith("marker "))
    return next((_MARKERS[path] for path in found if path in _MARKERS), None)


def _inside(report: Report) -> Iterator[ServerKind]:
    for result in report.results:
        if result.check_id == "smtp_banner":
            for host in _items(_part(result.facts, "hosts")):
                yield from _known(_part(_part(host, "inside"), "product"))
    for result in report.results:
        if result.check_id == "mail_queue":
            yield from _known(_part(result.facts, "mta"))


def _company(report: Report) -> Iterator[ServerKind]:
    """A company keeps the mail: the finding says so; which one the names in the data tell."""
    for finding in (finding for result in report.results for finding in result.findings):
        if finding.code == "hosting.hosted":
            name = str(finding.values.get("company", "")).lower()
            yield "microsoft_365" if "microsoft" in name else "google_workspace" if "google" in name else "hosted"


def _greeting(report: Report) -> Iterator[ServerKind]:
    for finding in (finding for result in report.results for finding in result.findings):
        if finding.code.startswith("smtp_banner."):
            yield from _known(_product(finding))


def _product(finding: Finding) -> str:
    return str(finding.values.get("product") or "").lower().replace(" ", "_")


def _known(word: object) -> Iterator[ServerKind]:
    if isinstance(word, str) and (word in _SAME or word in KINDS):
        yield _SAME.get(word, cast(ServerKind, word))


def _part(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _items(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()
