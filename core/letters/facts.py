"""What a letter may say: taken from the incident's runs and ticks, cleaned; nothing is claimed that was not seen or
ticked. Received words (a server's refusal, a name in DNS) are shortened and can never start a line of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.again import Repair, repairs_of
from core.clean import clean
from core.delisting import desk
from core.first_aid import DnsLine, dns_lines, pasted_alone, sending_address
from core.incident import Incident
from core.knowledge.causes import nature_of
from core.model import Cause, Report
from core.since import zoned
from core.texts import Texts

_WORD = 120  # characters of one value
_REFUSED = re.compile(r"\b(5\d\d)[ -](.{0,160})")
_ADDRESSES = re.compile(r"<[^>]*>(?:\.{3})?:?\s*")
# Sendmail's own remarks about our client, behind its refusal: no part of what it says of relaying.
_REMARKS = re.compile(r"[.,;:]?\s*(?:IP name (?:possibly forged|lookup failed)\b.*|\(may be forged\))", re.I)
_PROVES_CLOSED = ("open_relay.closed", "open_relay.closed_thorough")


@dataclass(frozen=True)
class Sender:
    """Who writes; "" where nobody said. `contact` is a way to be reached that does not need the broken mail."""

    company: str = ""
    name: str = ""
    phone: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Facts:
    """One incident as letters see it; "" where nothing is known."""

    domain: str
    host: str
    address: str
    cause: Cause | None
    repair: Repair | None  # of that cause
    found_at: datetime | None
    first: Report | None  # the run that began it: since when the trouble lasts
    lists: tuple[str, ...]
    refusal: str  # with which the server now refuses to relay
    lines: tuple[DnsLine, ...]  # what the domain company is asked to register
    only: str  # "sending" or "receiving" where only that suffers, else ""


def facts_of(incident: Incident, main: str | None = None) -> Facts:
    """The facts. `main`: the cause to speak of; without it the first that is not a mere consequence."""
    first, latest = incident.first, incident.latest
    causes = incident.causes
    cause = next((one for one in causes if one.code == main), causes[0] if causes and main is None else None)
    repairs = {repair.cause: repair for repair in repairs_of(incident.runs)}
    return Facts(
        domain=_clean(latest.target.domain if latest else ""),
        host=_clean(_host(incident)),
        address=_clean(_address(incident)),
        cause=cause,
        repair=repairs.get(cause.code) if cause else None,
        found_at=first.started_at if first else None,
        first=first,
        lists=_lists(incident),
        refusal=_refusal(incident),
        lines=_dns_lines(incident, cause),
        only=_only(first, cause),
    )


def _address(incident: Incident) -> str:
    """As the newest run knew it that did: one repeated in part may not."""
    return next((found for run in reversed(incident.runs) if (found := sending_address(run.report))), "")


def pasted_alone_in(incident: Incident) -> list[str]:
    """Addresses that nothing but a returned mail calls ours, in no run of the incident."""
    told, ours = set[str](), set[str]()
    for report in (run.report for run in incident.runs):
        alone = pasted_alone(report)
        told |= alone
        ours |= {one.address for one in report.addresses} - alone
        ours.update(report.target.address)
    return sorted(told - ours)


def _dns_lines(incident: Incident, cause: Cause | None) -> tuple[DnsLine, ...]:
    """Of the newest run that proposed any for this cause."""
    made = (dns_lines(cause.code, run.report) for run in reversed(incident.runs)) if cause else ()
    return next((lines for lines in made if lines), ())


def _only(first: Report | None, cause: Cause | None) -> str:
    """Which way alone suffers: as the person said, else as the cause has it."""
    told = first.target.direction if first else None
    if told in ("sending", "receiving"):
        return told
    stops = nature_of(cause.code).stops if cause and told is None else frozenset()
    return "sending" if stops == {"out"} else "receiving" if stops == {"in"} else ""


def _host(incident: Incident) -> str:
    """The server's own name, as the newest run knew it that did: a run repeated in part may not. "" where only the
    domain is known: that is no name of a machine."""
    for run in reversed(incident.runs):
        domain = (run.report.target.domain or "").rstrip(".").lower()
        for name in _host_names(run.report):
            found = re.sub(r"^\[|\](?::\d+)?$|(?<=[^:]):\d+$", "", name).rstrip(".")
            if found and found.lower() != domain:
                return found
    return ""


def _host_names(report: Report) -> Iterator[str]:
    """As the person said, as the MX says that was asked, as it was logged in to."""
    yield report.target.mail_host or ""
    for result in report.results:
        for finding in result.findings:
            if finding.code.startswith("smtp_banner.") and isinstance(host := finding.values.get("host"), str):
                yield host
    login = (report.target.ssh or "").rpartition("@")[2]
    if "." in login and not re.fullmatch(r"[\d.]+", login):  # an alias of ssh's settings, or an address, is no name
        yield login


def _lists(incident: Incident) -> tuple[str, ...]:
    """The lists that matter and still name us, as far as the newest look at each tells."""
    names = [line.name for line in desk(incident) if line.matters and not line.is_provider and line.state != "removed"]
    return tuple(dict.fromkeys(_clean(name) for name in names))


def _refusal(incident: Incident) -> str:
    """The newest refusal of a stranger's mail that the relay test got: "550 5.7.1 Relaying denied"."""
    for run in reversed(incident.runs):
        for result in run.report.results:
            for finding in result.findings:
                if finding.code in _PROVES_CLOSED and finding.table:
                    return next((said for row in finding.table.rows if (said := _said(row[-1]))), "")
    return ""


def _said(answer: str) -> str:
    found = _REFUSED.search(answer)
    return clean(f"{found[1]} {_REMARKS.sub('', _ADDRESSES.sub('', found[2]))}".strip(), 80) if found else ""


def _clean(text: str | None) -> str:
    return clean(text, _WORD) if text else ""


def moment(at: datetime | None, texts: Texts) -> str:
    """A time a reader in another country understands; "" where it is not known."""
    return zoned(at, texts) if at else ""
