"""What the SPF record and its evaluation mean (RFC 7208 section 2.6 and 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.checks.sender_auth.facts import Facts, SpfCheck
from core.checks.sender_auth.records import (
    almost_spf,
    merged_spf,
    new_spf,
    publishable,
    spf_records,
    with_addresses,
)
from core.checks.sender_auth.spf_way_out import JOINED, blamed, way_out
from core.checks.sender_auth.spf_words import problem_word
from core.clean import clean
from core.knowledge.hosts import hosts_of
from core.model import Evidence, Finding, Severity, Table, Value

LONGEST = 1_000  # characters of a record shown


def judge_spf(facts: Facts, signed: bool) -> Iterator[Finding]:
    """`signed`: a usable DKIM key was seen, so mail without SPF still has one proof."""
    records = spf_records(facts.txt.records)
    if facts.txt.error:
        yield _finding(facts, "spf_unknown", Severity.UNKNOWN, reason=_unasked(facts.txt.rcode, facts.txt.error))
    elif len(records) > 1:
        yield _two_records(facts, records)
    elif records:
        yield from _evaluated(facts, records[0])
    elif wrong := almost_spf(facts.txt.records):
        record = clean(wrong[0], LONGEST)
        yield _finding(facts, "spf_unreadable", Severity.CRITICAL, record=record, proposed=_first(facts))
    else:
        severity = Severity.WARNING if signed else Severity.CRITICAL
        yield _finding(facts, "spf_missing", severity, proposed=_first(facts))
    yield from _helo(facts)


def spf_result(facts: Facts) -> str:
    """The worst result of an address that our mail surely leaves from; "" when there is none."""
    results = [one.result for one in envelope(facts) if one.proven]
    order = ("permerror", "fail", "softfail", "neutral", "none", "temperror", "pass")
    return next((result for result in order if result in results), "")


def envelope(facts: Facts) -> list[SpfCheck]:
    """The checks of the envelope's sender: those receivers act on."""
    return [one for one in facts.checks if one.identity == "mailfrom"]


def _first(facts: Facts) -> str:
    """A first record: our senders, and the include of the company that runs our mail."""
    companies = hosts_of(facts.mail_servers, "mx")
    includes = [host.spf_include for host in companies if host.spf_include]
    return new_spf([one.address for one in envelope(facts)], includes)


def _closed(facts: Facts, record: str) -> str | None:
    """The same list without "everybody"; where that stands hidden in a network or include, a list of what we know."""
    terms = [term for term in record.split(" ")[1:] if term]
    kept = [term for term in terms if term.lower() not in ("all", "+all")]
    if not kept or kept == terms:
        return _first(facts)
    if not any(term.lower().lstrip("-~?") == "all" for term in kept):
        kept.append("~all")  # last: what stands behind it counts for nothing
    ours = [one.address for one in envelope(facts) if one.proven]
    return publishable(with_addresses(" ".join(["v=spf1", *kept]), ours))


def _evaluated(facts: Facts, record: str) -> Iterator[Finding]:
    """One record (whole), and what it says about each address."""
    checks, stranger, shown = envelope(facts), facts.stranger, clean(record, LONGEST)
    nobody = [stranger] if stranger else []
    broken = [one for one in [*checks, *nobody] if one.result == "permerror"]
    passed = [one.address for one in checks if one.result == "pass"]
    if broken:
        severity = Severity.WARNING if passed else Severity.CRITICAL
        yield _permerror(facts, record, broken[0], severity)
    for one in checks:
        yield from _not_passed(facts, record, one)
    yield from _ipv6_alone(facts, record, checks)
    unsure = [one for one in checks or nobody if one.result == "temperror"]
    if unsure:
        yield _finding(facts, "spf_unknown", Severity.UNKNOWN, reason=_temperror(unsure[0]))
    if stranger and stranger.result == "pass":
        values: dict[str, Value] = {"record": shown, "term": clean(stranger.mechanism, 200)}
        yield _finding(facts, "spf_too_open", Severity.WARNING, **values, proposed=_closed(facts, record))
    elif passed and not broken:
        lookups = max(one.lookups for one in [*checks, *nobody])
        yield _finding(facts, "spf_pass", Severity.OK, addresses=passed, record=shown, lookups=lookups)
    elif not checks and not broken and not unsure:
        yield _without_address(facts, shown)


def _without_address(facts: Facts, record: str) -> Finding:
    if record.lower().split() == ["v=spf1", "-all"]:
        return _finding(facts, "spf_sends_nothing", Severity.WARNING, record=record)
    lookups = facts.stranger.lookups if facts.stranger else 0
    return _finding(facts, "spf_not_evaluated", Severity.UNKNOWN, record=record, lookups=lookups)


def _not_passed(facts: Facts, record: str, one: SpfCheck) -> Iterator[Finding]:
    """Receivers refuse a "fail" and distrust the others; it is sure to hurt only where our mail surely leaves."""
    if one.result not in ("fail", "softfail", "neutral"):
        return
    severity = Severity.CRITICAL if one.proven and one.result == "fail" else Severity.WARNING
    values: dict[str, Value] = {
        "address": one.address,
        "source": one.source,
        "record": clean(record, LONGEST),
        "term": clean(one.mechanism, 200) if one.mechanism else None,
        "proposed": publishable(with_addresses(record, [one.address])),
    }
    yield _finding(facts, f"spf_{one.result}", severity, **values)


def _ipv6_alone(facts: Facts, record: str, checks: list[SpfCheck]) -> Iterator[Finding]:
    """Mail over IPv4 passes and mail over IPv6 does not: it fails only where both sides speak IPv6, so now and then."""
    old = [one for one in checks if ":" not in one.address]
    good: list[str] = [one.address for one in old if one.result == "pass"]
    bad = [one for one in checks if ":" in one.address and one.result in ("fail", "softfail", "neutral")]
    if bad and good and len(good) == len(old):
        addresses: list[str] = [one.address for one in bad]
        severity = Severity.CRITICAL if any(one.proven and one.result == "fail" for one in bad) else Severity.WARNING
        proposed = publishable(with_addresses(record, addresses))
        yield _finding(facts, "ipv6_path_bad", severity, addresses=addresses, good=good, proposed=proposed)


def _two_records(facts: Facts, records: Sequence[str]) -> Finding:
    """Joined into one line; when that line would not work either, what each part costs."""
    values, shown = way_out(facts.spf_repair, several=True), [clean(record, LONGEST) for record in records[:5]]
    line = values["proposed"] or publishable(merged_spf(records))
    if line is None:  # too long to be published: how it begins
        line, values["steps"] = clean(merged_spf(records), LONGEST), JOINED
    return _finding(facts, "spf_two_records", Severity.CRITICAL, **{**values, "records": list(shown), "proposed": line})


def _permerror(facts: Facts, record: str, one: SpfCheck, severity: Severity) -> Finding:
    values: dict[str, Value] = {
        "record": clean(record, LONGEST),
        "problem": problem_word(one.problem),
        "term": _at_fault(facts, record, one),
        "lookups": one.lookups,
        "void_lookups": one.void_lookups,
        **way_out(facts.spf_repair),
    }
    return _finding(facts, "spf_permerror", severity, **values)


def _at_fault(facts: Facts, record: str, one: SpfCheck) -> str | None:
    """The term of the domain's own record; the library may name one of a record that ours takes in."""
    named = clean(one.term, 200)
    return (named if named in record.split(" ") else blamed(facts.spf_repair) or named) or None


def _helo(facts: Facts) -> Iterator[Finding]:
    for one in facts.checks:
        if one.identity == "helo" and one.result in ("fail", "permerror"):
            values: dict[str, Value] = {"name": clean(one.name, 255), "address": one.address, "result": one.result}
            yield _finding(facts, "spf_helo_fail", Severity.WARNING, **values)


def _unasked(rcode: str, error: str) -> str:
    if rcode == "REFUSED":
        return "refused"
    return "silent" if error in ("timed_out", "unreachable") else "server_failed"


def _temperror(one: SpfCheck) -> str:
    if one.problem in ("too_long", "too_many_questions"):
        return one.problem
    silent = one.problem in ("timed_out", "dns.timed_out", "dns.unreachable")
    return "silent" if silent else "server_failed"


def _finding(facts: Facts, code: str, severity: Severity, **values: Value) -> Finding:
    txt = facts.txt
    answered = "\n".join(txt.records) or txt.rcode or txt.error
    asked = Evidence(f"{txt.name} {txt.rdtype} @{facts.resolver}", answered, facts.measured_at)
    found = [Evidence(f"SPF {one.address} {one.identity} {one.name}", _said(one)) for one in facts.checks]
    everything: dict[str, Value] = {"domain": facts.domain, **values}
    return Finding(f"sender_auth.{code}", severity, everything, (asked, *found), _table(facts))


def _said(one: SpfCheck) -> str:
    return " ".join(word for word in (one.result, one.mechanism, one.problem, one.term) if word)


def _table(facts: Facts) -> Table:
    """Every address checked, and how the check went."""
    rows = [
        (one.address, f"{one.identity} {one.name}", one.result, one.mechanism, f"{one.lookups}/{one.void_lookups}")
        for one in facts.checks
    ]
    return Table(("address", "identity", "result", "mechanism", "lookups"), tuple(rows))
