"""The lines of the desk: one a list (or provider) and address, from all runs and what was done since.

A list that was asked in a later run and no longer names the address counts as left; one that could not be asked
keeps its last state. Nothing here asks a list: the runs did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from core.delisting.places import WAYS, How, Who, places
from core.errors import UsageError
from core.incident import DELISTING_STATES, Entry, Incident, Reminder, reminder_content
from core.knowledge.dnsbl import list_by_zone
from core.knowledge.replies import explain_reply
from core.knowledge.reply_rules import playbook_links
from core.model import CheckResult, Finding, Report, Value
from core.since import readable_time

LineState = Literal["listed", "asked", "answered", "refused", "said_removed", "removed", "listed_again"]
WayOff = Literal["none", "ask", "asked", "by_itself"]
_LISTED = ("dnsbl.listed", "dnsbl.domain_listed", "dnsbl.listed_minor", "dnsbl.neighbours_listed")
# Findings that name lists which gave no answer, under this value.
_UNASKED = {
    "dnsbl.partly_unasked": "lists",
    "dnsbl.could_not_ask": "lists",
    "dnsbl.public_resolver": "lists",
    "dnsbl.clean_major": "unasked",
}
_BLOCKED = ("bounce.ip_blocked", "bounce.bad_reputation")
# What a log's refusals say of it, and how long after the last of them it still counts.
_BLOCKED_IN_LOG = ("mail_log.refused_listed", "mail_log.refused_reputation")
_BLOCKED_REASONS = ("ip_blocked", "bad_reputation")
_RECENT = timedelta(days=3)
_LONGEST_REPLY = 1000  # characters
_PUBLIC = ("spamhaus", "spamcop", "barracuda")  # their lists have lines of their own
_POLICY = "line_not_for_mail"


@dataclass(frozen=True)
class DeskLine:
    """One request that can be made, or that need not be.

    `zone`: the list's, or the provider's id (`is_provider`). `removal`, `wait`, `reasons`: words with texts
    `dnsbl.removal.*` and so on ("" for a provider). `matters`: its reach is more than small. `page`: where the form
    or the contact is; `mail`: where a mail goes, "" without one.
    """

    zone: str
    name: str
    subject: str
    who: Who
    how: How
    page: str
    mail: str = ""
    removal: str = ""
    wait: str = ""
    reasons: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    playbook: str = ""
    is_provider: bool = False
    matters: bool = True
    needs_repair: bool = True
    state: LineState = "listed"
    seen_at: datetime | None = None  # the newest look that could tell
    entries: tuple[Entry, ...] = ()

    @property
    def look_again_at(self) -> datetime | None:
        """When to look whether it has gone: the list's own time after the request, else after it was seen there."""
        asked = [one.at for one in self.entries if one.word("state") == "asked"]
        start = asked[-1] if asked else self.seen_at
        return start + timedelta(hours=places().hours.get(self.wait, 24)) if start else None

    @property
    def can_ask(self) -> bool:
        """Whether there is a request to write now: by us, or by the hosting company at our word."""
        wanted = self.who != "nobody" and self.state in ("listed", "listed_again", "refused", "answered")
        return wanted and self.how != "nothing"


def desk(incident: Incident) -> tuple[DeskLine, ...]:
    """Every line of the incident: what matters most first, what has gone last."""
    theirs = _shared_addresses(incident)
    found: dict[tuple[str, str], DeskLine] = {}
    for run in incident.runs:
        for line in _lines(run.report, theirs):
            known = found.get((line.zone, line.subject))
            again = known is not None and known.state in ("removed", "listed_again")
            found[line.zone, line.subject] = replace(line, state="listed_again" if again else "listed")
        for key, line in found.items():
            if not line.is_provider and _is_gone(line, run.report):
                found[key] = replace(line, state="removed", seen_at=run.report.started_at)
    lines = [_with_entries(line, incident) for line in found.values()]
    return tuple(sorted(lines, key=lambda one: (one.state == "removed", not one.matters, one.who == "nobody")))


def _lines(report: Report, theirs: frozenset[str]) -> Iterator[DeskLine]:
    for result in report.results:
        for finding in result.findings:
            if finding.code in _LISTED:
                yield _of_list(finding, report.started_at, theirs)
            elif finding.code in _BLOCKED and (line := _of_provider(finding, report)):
                yield line
        if result.check_id == "mail_log":
            yield from _of_log(result, report)


def _of_list(finding: Finding, at: datetime, theirs: frozenset[str]) -> DeskLine:
    values = finding.values
    zone, removal, wait = _word(values, "zone"), _word(values, "removal"), _word(values, "wait")
    subject = next((_word(values, name) for name in ("address", "domain", "subject") if values.get(name)), "")
    who, how = WAYS.get(removal, ("you", "form"))
    if subject in theirs and who == "you":
        who, how = "hosting_company", "mail"
    blacklist = list_by_zone(zone)
    reasons = _words(values, "reasons")
    return DeskLine(
        zone=zone,
        name=_word(values, "list_name") or zone,
        subject=subject,
        who=who,
        how=how,
        # Never a page that only a saved file names: a stranger may have written it.
        page=places().forms.get(zone, blacklist.lookup_page if blacklist else ""),
        removal=removal,
        wait=wait if wait in places().hours else "",
        reasons=reasons,
        parts=_words(values, "parts"),
        matters=finding.code in ("dnsbl.listed", "dnsbl.domain_listed"),
        needs_repair=how != "nothing" and set(reasons) != {_POLICY},
        seen_at=at,
    )


def _of_provider(finding: Finding, report: Report) -> DeskLine | None:
    """A provider's own list, known only by its refusal; nothing when the refusal names a public list."""
    values = finding.values
    subject = _word(values, "sending_address")
    return _line_of_provider(_word(values, "provider"), _word(values, "playbook"), subject, report)


def _of_log(result: CheckResult, report: Report) -> Iterator[DeskLine]:
    """The same as the log tells it: what a provider's own words call a block of our address, and not long ago."""
    if not any(finding.code in _BLOCKED_IN_LOG for finding in result.findings):
        return
    for one in _refusals(result.facts):
        last = readable_time(one.get("last"))
        recent = last is None or report.started_at - last < _RECENT
        if recent and one.get("by") == "them" and one.get("reason") in _BLOCKED_REASONS:
            provider, said = _word(one, "provider"), _word(one, "example")[:_LONGEST_REPLY]
            if line := _line_of_provider(provider, explain_reply(said).playbook or "", "", report):
                yield line


def _refusals(facts: object) -> Iterator[Mapping[str, Any]]:
    """Of a fresh run a dataclass, of a saved one plain values that anybody may have written."""
    told = facts.get("refusals") if isinstance(facts, Mapping) else getattr(facts, "refusals", ())
    for one in told if isinstance(told, list | tuple) else ():
        if isinstance(one, Mapping):
            yield one
        elif is_dataclass(one) and not isinstance(one, type):
            yield asdict(one)


def _line_of_provider(provider: str, playbook: str, subject: str, report: Report) -> DeskLine | None:
    if not provider or provider in _PUBLIC or not playbook:
        return None
    mail = places().mail.get(provider, "")
    subject = subject or next((one.address for one in report.addresses), "")
    return DeskLine(
        zone=provider,
        name=provider,
        subject=subject,
        who="you",
        how="mail" if mail else "form",
        page=playbook_links().get(playbook, ""),
        mail=mail,
        languages=("ja", "en") if provider in places().reads_japanese else ("en",),
        playbook=playbook,
        is_provider=True,
        seen_at=report.started_at,
    )


def _shared_addresses(incident: Incident) -> frozenset[str]:
    """Addresses of another company's server: only that company is heard."""
    shared = [cause for cause in incident.causes if cause.code == "shared_host_listed"]
    return frozenset(address for cause in shared for address in _words(cause.values, "addresses"))


def _is_gone(line: DeskLine, report: Report) -> bool:
    """Whether this run asked the list about the subject and got a believed "not listed"."""
    findings = [one for result in report.results if result.check_id == "dnsbl" for one in result.findings]
    if any(one.code == "dnsbl.resolver_rewrites" for one in findings):
        return False
    if any(one.code in _LISTED and _is_about(one, line) for one in findings):
        return False
    silent = {name for one in findings for name in _words(one.values, _UNASKED.get(one.code, ""))}
    rows = (row for one in findings if one.table for row in one.table.rows)
    return line.name not in silent and any(row[:3] == (line.zone, line.subject, "NXDOMAIN") for row in rows)


def _is_about(finding: Finding, line: DeskLine) -> bool:
    return finding.values.get("zone") == line.zone and line.subject in (
        finding.values.get(name) for name in ("address", "domain", "subject")
    )


def _with_entries(line: DeskLine, incident: Incident) -> DeskLine:
    """What was done about it since. A look at the list itself is believed before what somebody wrote down."""
    entries = incident.delisting(line.zone, line.subject)
    if not entries or line.state == "removed":
        return replace(line, entries=entries)
    last = entries[-1]
    state: LineState = line.state
    if last.word("state") == "removed":
        looked_since = line.seen_at is not None and line.seen_at > last.at
        state = "listed_again" if looked_since and not line.is_provider else "said_removed"
    elif last.word("state") == "asked":
        state = "asked"
    elif last.word("state") == "answered":
        state = "answered"
    elif last.word("state") == "refused":
        state = "refused"
    return replace(line, state=state, entries=entries)


def asked_entries(line: DeskLine, now: datetime, initials: str, text: str = "") -> list[tuple[str, dict[str, str]]]:
    """The entries that say that we asked, with the reminder to look again after the time the list takes."""
    due = now + timedelta(hours=places().hours.get(line.wait, 24))
    key = f"delisting-{line.zone}-{line.subject}"[:500]
    return [
        ("delisting", _content(line, "asked", initials, text)),
        ("reminder", reminder_content(Reminder(key, due, "delisting", line.zone))),
    ]


def outcome_entry(line: DeskLine, state: str, initials: str, text: str = "") -> list[tuple[str, dict[str, str]]]:
    """The entries that say what the list answered. Raises `UsageError` "delisting.unknown_outcome"."""
    if state not in DELISTING_STATES or state == "asked":
        raise UsageError("delisting.unknown_outcome", state=state[:40])
    done = [("reminder_done", {"key": f"delisting-{line.zone}-{line.subject}"[:500]})] if state == "removed" else []
    return [("delisting", _content(line, state, initials, text)), *done]


def _content(line: DeskLine, state: str, initials: str, text: str) -> dict[str, str]:
    return {"zone": line.zone, "subject": line.subject, "state": state, "text": text, "initials": initials}


def way_off(lines: Sequence[DeskLine]) -> tuple[WayOff, datetime | None]:
    """How what still stands on a list comes off, and when to look: requests are left to make, or were made, or none
    is needed for every list lets go by itself."""
    left = [line for line in lines if line.state != "removed" and line.how != "nothing"]
    if not left or any(line.can_ask for line in left):
        return ("ask" if left else "none"), None
    asked = [line for line in left if line.who != "nobody"]
    times = [at for line in asked or left if (at := line.look_again_at)]
    return ("asked" if asked else "by_itself"), max(times, default=None)


def _word(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _words(values: Mapping[str, Value], name: str) -> tuple[str, ...]:
    value = values.get(name)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()
