"""Do our mails prove their sender, as Gmail, Yahoo (2024) and Outlook.com (2025) require?

Everybody: SPF or DKIM. Who sends a lot: SPF and DKIM, and a DMARC record. A signature that was not found is no fault:
its key may stand under any name.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.sender_auth.facts import DkimKey, Facts
from core.checks.sender_auth.message_verdict import judge_message
from core.checks.sender_auth.records import Dmarc, dmarc_records, key_state, read_dmarc
from core.checks.sender_auth.spf_verdict import judge_spf, spf_result
from core.clean import clean
from core.lookup import Lookup
from core.model import Evidence, Finding, Severity, Value


def judge(facts: Facts) -> tuple[Finding, ...]:
    """SPF, DKIM and DMARC in this order; a domain that does not exist has none of them."""
    if facts.txt.rcode == "NXDOMAIN" and not facts.txt.error:
        values: dict[str, Value] = {"domain": facts.domain}
        return (Finding("sender_auth.no_such_domain", Severity.UNKNOWN, values, _evidence(facts, [facts.txt])),)
    signed = any(_state(key) in ("usable", "weak") for key in facts.keys)
    findings = [*judge_spf(facts, signed), *_dkim(facts), *_dmarc(facts), *_strict_policy(facts, signed)]
    record = _record(facts)
    findings += judge_message(facts, record, _policy(facts, record) if record else "")
    if {"spf_pass", "dkim_key_found", "dmarc_ok"} == {one.code.partition(".")[2] for one in findings}:
        findings.insert(0, Finding("sender_auth.requirements_met", Severity.OK, {"domain": facts.domain}))
    return tuple(findings)


def _state(key: DkimKey) -> str:
    return key_state(key.txt.records)


def _dkim(facts: Facts) -> Iterator[Finding]:
    """Faults of the keys that a signature names count fully; of the others only what is plainly wrong."""
    faults = list(_key_faults(facts))
    yield from faults
    usable = [key.selector for key in facts.keys if _state(key) == "usable"]
    if usable:
        keys = [key.txt for key in facts.keys if key.selector in usable]
        values: dict[str, Value] = {"domain": facts.domain, "selectors": usable}
        yield Finding("sender_auth.dkim_key_found", Severity.OK, values, _evidence(facts, keys))
    elif not faults and not _message_tells(facts):
        asked = [key for key in facts.keys if not key.txt.error]
        values = {"domain": facts.domain, "asked": len(asked)}
        yield Finding("sender_auth.dkim_unknown", Severity.UNKNOWN, values)


def _message_tells(facts: Facts) -> bool:
    """A message of ours that arrived shows whether we sign: better than names tried at a venture."""
    message = facts.message
    return message is not None and message.ours and message.travelled


def _key_faults(facts: Facts) -> Iterator[Finding]:
    for key in facts.keys:
        state = _state(key)
        values: dict[str, Value] = {"domain": facts.domain, "name": clean(key.txt.name, 255)}
        evidence = _evidence(facts, [key.txt])
        worst = Severity.CRITICAL if key.from_message else Severity.WARNING
        if state in ("broken", "weak"):
            yield Finding(f"sender_auth.dkim_key_{state}", worst, values, evidence)
        elif key.from_message and key.txt.error:
            yield Finding("sender_auth.dkim_not_asked", Severity.UNKNOWN, values, evidence)
        elif key.from_message and state in ("none", "revoked"):
            code = "missing" if state == "none" else "revoked"
            yield Finding(f"sender_auth.dkim_key_{code}", Severity.CRITICAL, values, evidence)


def _where(facts: Facts) -> Lookup:
    """The answer that decides about DMARC: the registered domain's when the domain has no record of its own."""
    return facts.dmarc_parent or facts.dmarc


def _record(facts: Facts) -> Dmarc | None:
    found = dmarc_records(_where(facts).records)
    return read_dmarc(found[0]) if len(found) == 1 else None


def _dmarc(facts: Facts) -> Iterator[Finding]:
    where = _where(facts)
    found, evidence = dmarc_records(where.records), _evidence(facts, [where])
    proposed = f"v=DMARC1; p=none; rua=mailto:postmaster@{facts.domain}"
    values: dict[str, Value] = {"domain": facts.domain, "name": where.name, "proposed": proposed}
    if where.error:
        values = {"domain": facts.domain, "reason": _reason(where)}
        yield Finding("sender_auth.dmarc_unknown", Severity.UNKNOWN, values, evidence)
    elif not found:
        values["name"] = facts.dmarc.name
        yield Finding("sender_auth.dmarc_missing", Severity.WARNING, values, evidence)
    elif len(found) > 1:
        values = {**values, "record": clean(" / ".join(found), 600), "faults": ["two_records"]}
        yield Finding("sender_auth.dmarc_broken", Severity.WARNING, values, evidence)
    else:
        yield from _one_dmarc(facts, read_dmarc(found[0]), values, evidence)


def _one_dmarc(
    facts: Facts, record: Dmarc, values: dict[str, Value], evidence: tuple[Evidence, ...]
) -> Iterator[Finding]:
    shown = clean(record.record, 600)
    if record.faults:
        values = {**values, "record": shown, "faults": list(record.faults)}
        yield Finding("sender_auth.dmarc_broken", Severity.WARNING, values, evidence)
        return
    policy = _policy(facts, record)
    values = {"domain": facts.domain, "policy": policy, "record": shown, "reports": list(record.reports) or None}
    yield Finding("sender_auth.dmarc_ok", Severity.OK, values, evidence)
    refused = [one for one in facts.report_permissions if not one.error and not dmarc_records(one.records)]
    for one in refused:
        takes = clean(one.name.rpartition("._report._dmarc.")[2], 255)
        values = {"domain": facts.domain, "receiver": takes, "name": clean(one.name, 255), "proposed": "v=DMARC1;"}
        yield Finding("sender_auth.dmarc_reports_refused", Severity.WARNING, values, _evidence(facts, [one]))


def _policy(facts: Facts, record: Dmarc) -> str:
    return record.subdomain_policy if facts.dmarc_parent else record.policy


def _strict_policy(facts: Facts, signed: bool) -> Iterator[Finding]:
    """Our own DMARC record asks others to refuse mail that proves nothing, and ours proves nothing."""
    record = _record(facts)
    policy = _policy(facts, record) if record else ""
    failing = spf_result(facts) in ("fail", "softfail", "neutral", "none", "permerror")
    if policy in ("quarantine", "reject") and failing and not signed:
        values: dict[str, Value] = {"domain": facts.domain, "policy": policy}
        yield Finding("sender_auth.dmarc_against_us", Severity.CRITICAL, values, _evidence(facts, [_where(facts)]))


def _reason(lookup: Lookup) -> str:
    if lookup.rcode == "REFUSED":
        return "refused"
    return {"timed_out": "silent", "unreachable": "silent"}.get(lookup.error, "server_failed")


def _evidence(facts: Facts, lookups: list[Lookup]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            f"{one.name} {one.rdtype} @{facts.resolver}",
            "\n".join(one.records) or one.rcode or one.error,
            facts.measured_at,
        )
        for one in lookups
    )
