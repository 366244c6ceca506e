"""What the blacklists' answers mean for us: never a listing, never an all-clear, that was not proven."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.checks.dnsbl.dead import dead_findings
from core.checks.dnsbl.facts import Asked, Facts
from core.checks.dnsbl.outcomes import Outcome, blamed, outcomes_of
from core.knowledge.dnsbl import WEIGHTS
from core.knowledge.public_resolvers import public_resolver_name
from core.model import Evidence, Finding, Severity, Table, Value

# Sources that prove that mail leaves from this address; an MX or SPF entry only makes it likely.
_PROVEN = ("bounce", "header", "ssh", "given")
# How lists treat the servers of Google, Cloudflare and others: openly refused, or made to look empty or broken.
_AS_PUBLIC_SERVERS_ARE_TREATED = (
    "public_resolver",
    "refused",
    "too_many_queries",
    "test_entry_missing",
    "server_failed",
)
_ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.OK)


def judge(facts: Facts) -> tuple[Finding, ...]:
    """Listings first, then what could not be asked, or the all-clear."""
    if facts.resolver_test.return_codes:
        evidence = (_evidence(facts, facts.resolver_test),)
        values: dict[str, Value] = {"resolver": facts.resolver, "answer": list(facts.resolver_test.return_codes)}
        return (*dead_findings(facts), Finding("dnsbl.resolver_rewrites", Severity.UNKNOWN, values, evidence))
    outcomes = outcomes_of(facts)
    findings = [_listed(facts, one) for one in outcomes if one.reading.state == "listed"]
    findings += _unasked_or_clean(facts, outcomes, bool(_bad(findings)))
    findings += _without_address(facts)
    findings += dead_findings(facts)
    if facts.keys_unread:
        findings.append(_keys_unread(facts, outcomes))
    findings.sort(key=lambda finding: _ORDER.index(finding.severity))
    if findings and outcomes:
        findings[0] = replace(findings[0], table=_table(facts))
    return tuple(findings)


def _without_address(facts: Facts) -> list[Finding]:
    """What no list could be asked: an address of the office's own network, or none known at all."""
    if facts.private_given:
        return [Finding("dnsbl.private_given", Severity.UNKNOWN, {"addresses": list(facts.private_given)})]
    return [] if facts.addresses else [Finding("dnsbl.no_public_address", Severity.UNKNOWN)]


def _bad(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.OK]


def _listed(facts: Facts, one: Outcome) -> Finding:
    source = next((subject.source for subject in facts.addresses if subject.address == one.asked.subject), "")
    code, severity = _weighed(one, source)
    codes, blacklist = one.reading.codes, one.blacklist
    worst = codes[0]
    values: dict[str, Value] = {
        "zone": blacklist.zone,
        "list_name": blacklist.name,
        "parts": [listed.part for listed in codes if listed.part],
        "return_codes": list(one.asked.return_codes),
        "reasons": list(dict.fromkeys(listed.meaning for listed in codes)),
        "weight": _weight(one),
        "removal": worst.removal or blacklist.removal,
        "wait": worst.wait or blacklist.wait,
        "lookup_page": blacklist.lookup_page,
    }
    subject = {"dnsbl.listed": "address", "dnsbl.domain_listed": "domain"}.get(code, "subject")
    values[subject] = one.asked.subject
    if code == "dnsbl.listed":
        values["source"] = source
    return Finding(code, severity, values, (_evidence(facts, one.asked),))


def _weight(one: Outcome) -> str:
    return min((code.weight or one.blacklist.weight for code in one.reading.codes), key=WEIGHTS.index)


def _weighed(one: Outcome, source: str) -> tuple[str, Severity]:
    """Which finding a listing is, and how bad: by the list's reach and by what it says, never by counting lists."""
    weight, tier = _weight(one), one.blacklist.tier
    if one.blacklist.white:
        return "dnsbl.well_known", Severity.OK
    if tier == "D":
        return "dnsbl.neighbours_listed", Severity.OK
    if weight == "none":
        return "dnsbl.listed_without_weight", Severity.OK
    if weight == "minor" or tier == "C":
        return "dnsbl.listed_minor", Severity.WARNING
    code = "dnsbl.listed" if one.blacklist.kind == "addresses" else "dnsbl.domain_listed"
    if not one.blacklist.important or (weight == "policy" and source not in _PROVEN):
        return code, Severity.WARNING
    return code, Severity.CRITICAL


def _unasked_or_clean(facts: Facts, outcomes: tuple[Outcome, ...], listed: bool) -> list[Finding]:
    unasked = [one for one in outcomes if one.reading.state == "unasked"]
    all_unasked = bool(unasked) and len(unasked) == len(outcomes)
    if all_unasked or listed or any(one.blacklist.important for one in unasked):
        return _unasked(facts, unasked, all_unasked)
    if not facts.addresses:
        return []
    return [_clean(facts, outcomes, _names(unasked), _reasons(unasked))]


def _unasked(facts: Facts, unasked: list[Outcome], all_unasked: bool) -> list[Finding]:
    """A public DNS server explains every refusal at once; what is left is told by its reason."""
    company = public_resolver_name(facts.resolver)
    refused = [one for one in unasked if company and one.reading.reason in _AS_PUBLIC_SERVERS_ARE_TREATED]
    rest = [one for one in unasked if one not in refused]
    found = [_public_resolver(facts, refused, company)] if refused else []
    if all_unasked and not refused:
        by_list = {one.blacklist.zone: one.reading.reason for one in rest}
        reasons: list[str] = list(dict.fromkeys(blamed(tuple(by_list.values()))))
        values: dict[str, Value] = {"lists": _names(rest), "reasons": reasons, "resolver": facts.resolver}
        return [Finding("dnsbl.could_not_ask", Severity.UNKNOWN, values, _all_evidence(facts, rest))]
    return found + [_partly_unasked(facts, rest, reason) for reason in _reasons(rest)]


def _public_resolver(facts: Facts, refused: list[Outcome], company: str) -> Finding:
    values: dict[str, Value] = {
        "resolver": facts.resolver,
        "company": company,
        "lists": _names(refused),
        "lookup_pages": _pages(refused),
    }
    return Finding("dnsbl.public_resolver", Severity.UNKNOWN, values, _all_evidence(facts, refused))


def _keys_unread(facts: Facts, outcomes: tuple[Outcome, ...]) -> Finding:
    """The open lists were asked instead: when they answered, nothing is missing."""
    missing = any(one.blacklist.important and one.reading.state == "unasked" for one in outcomes)
    values: dict[str, Value] = {"services": list(facts.keys_unread)}
    return Finding("dnsbl.keys_unread", Severity.UNKNOWN if missing else Severity.OK, values)


def _clean(facts: Facts, outcomes: tuple[Outcome, ...], unasked: list[str], reasons: list[str]) -> Finding:
    """Every list of tier A that covers our addresses answered "not listed"; smaller ones may have stayed silent."""
    subjects = [subject.address for subject in facts.addresses] + list(facts.domains)
    answered = [name for name in _names(outcomes) if name not in unasked]
    values: dict[str, Value] = {"count": len(answered), "lists": answered, "subjects": subjects}
    if not unasked:
        return Finding("dnsbl.clean", Severity.OK, values)
    return Finding("dnsbl.clean_major", Severity.OK, {**values, "unasked": unasked, "reasons": reasons})


def _partly_unasked(facts: Facts, unasked: list[Outcome], reason: str) -> Finding:
    these = [one for one in unasked if one.reading.reason == reason]
    values: dict[str, Value] = {"lists": _names(these), "reason": reason, "lookup_pages": _pages(these)}
    return Finding("dnsbl.partly_unasked", Severity.UNKNOWN, values, _all_evidence(facts, these))


def _names(outcomes: Iterable[Outcome]) -> list[str]:
    return list(dict.fromkeys(one.blacklist.name for one in outcomes))


def _reasons(outcomes: Iterable[Outcome]) -> list[str]:
    return list(dict.fromkeys(one.reading.reason for one in outcomes))


def _pages(outcomes: Iterable[Outcome]) -> list[str]:
    return list(dict.fromkeys(one.blacklist.lookup_page for one in outcomes))


def _all_evidence(facts: Facts, outcomes: Iterable[Outcome]) -> tuple[Evidence, ...]:
    """Every question put to these lists, tests included: the test shows why a list was not believed."""
    zones = {one.blacklist.zone for one in outcomes}
    return tuple(_evidence(facts, asked) for zone in facts.zones if zone.zone in zones for asked in zone.asked)


def _evidence(facts: Facts, asked: Asked) -> Evidence:
    return Evidence(f"{asked.query_name}. A @{facts.resolver}", _answer(asked), facts.measured_at)


def _answer(asked: Asked) -> str:
    return " ".join(asked.return_codes) or asked.rcode or asked.error


def _table(facts: Facts) -> Table:
    rows = []
    for zone in facts.zones:
        tests = " / ".join(_answer(asked) for asked in zone.asked if asked.purpose.endswith("_test"))
        for asked in zone.asked:
            if asked.purpose in ("address", "domain"):
                rows.append((zone.zone, asked.subject, _answer(asked), tests))
    return Table(("zone", "subject", "answer", "self_test"), tuple(rows))
