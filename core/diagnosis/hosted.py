"""When a company keeps the mail, what lies inside its server is not ours to repair: it is asked, with a text to send.

Pure. Findings, problems and causes keep their codes; they get other steps (`Texts.steps_key`) and the company's values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.model import Cause, CheckResult, Finding, Problem, Severity, Target, Value

STEPS = "hosting.hosted"  # phone the company, and the text to read out
SHORT_STEPS = "hosting.inside"
ADDRESS_STEPS = "hosting.address"  # the same, and what to do when it says that the address is not its own
LETTER = "letter.hosting_noticed"  # in place of the plain one when there is something to tell
# Causes that lie inside the server. Nobody at a customer's can follow their steps.
_INSIDE = frozenset({
    "certificate_expired", "mail_service_stopped", "server_unsupported", "disk_full", "helper_down", "self_banned",
    "resolver_broken", "outbound_25_blocked", "own_filter_rejects_all", "open_relay",
})  # fmt: skip
# Causes that lie with the address mail leaves from: the company's, unless some machine of ours sends as well.
_ADDRESS = frozenset({"address_listed", "shared_host_listed", "provider_blocked", "ptr_or_helo_wrong", "ipv6_path_bad"})
# Whether we reach the company's door from here says nothing about our mail.
_BESIDE = frozenset({"port_25_blocked_here"})
# Checks that look at the server's doors, and findings of others about its address.
_DOORS = ("smtp_banner.", "open_relay.", "tls_health.")
_OURS = ("tls_health.mta_sts", "tls_health.dane", "tls_health.tls_rpt")  # records of our own domain
_ADDRESS_FINDINGS = (
    "dnsbl.no_public_address",
    "dnsbl.private_given",
    "dnsbl.listed",
    "dns_health.ptr",
    "dns_health.ipv6_path_bad",
)
_NEEDS_INSIDE = frozenset({"ssh", "own_server"})
_VALUES = ("domain", "company", "hosts", "support", "symptom", "since", "letter", "noticed")
# What the letter says we noticed: words of `hosting.noticed`.
_TOLD = (
    "certificate_expired", "mail_service_stopped", "server_unsupported", "address_listed", "shared_host_listed",
    "provider_blocked", "ptr_or_helo_wrong", "ipv6_path_bad", "open_relay", "rate_limited",
)  # fmt: skip


def keeper(findings: Sequence[Finding], target: Target) -> Finding | None:
    """What `hosting` found when a company keeps the mail; None when the person has a server of their own beside it."""
    return _company(findings, target, "hosting.hosted")


def _company(findings: Sequence[Finding], target: Target, *codes: str) -> Finding | None:
    if target.ssh or target.own_server or target.mail_host:
        return None
    return next((one for one in findings if one.code in codes), None)


def to_the_point(causes: Sequence[Cause], findings: Sequence[Finding], target: Target) -> tuple[Cause, ...]:
    """The causes without those about a door that is another company's, its filter in front of our server included."""
    theirs = _company(findings, target, "hosting.hosted", "hosting.filter_in_front")
    return tuple(one for one in causes if theirs is None or one.code not in _BESIDE)


def handed_over(causes: Sequence[Cause], company: Finding | None) -> tuple[Cause, ...]:
    """The causes with the company in charge of those that are its own."""
    if company is None:
        return tuple(causes)
    telling = _telling(company, causes)
    return tuple(_cause(one, telling) for one in causes)


def _telling(company: Finding, causes: Sequence[Cause]) -> Finding:
    """The company's finding, with what its letter is to say we noticed."""
    noticed: list[str] = [one.code for one in causes if one.code in _TOLD]
    return replace(company, values={**company.values, "noticed": noticed, "letter": LETTER}) if noticed else company


def _cause(cause: Cause, company: Finding) -> Cause:
    if cause.code in _INSIDE:
        return replace(cause, who_acts="hosting_company", values={**_asking(company, STEPS), **cause.values})
    if cause.code in _ADDRESS:
        return replace(cause, who_acts="hosting_company", values={**_asking(company, ADDRESS_STEPS), **cause.values})
    return cause


def with_company(results: Sequence[CheckResult], causes: Sequence[Cause], target: Target) -> tuple[CheckResult, ...]:
    """The results with steps that a customer can follow; as they are when no company keeps the mail."""
    company = keeper([one for result in results for one in result.findings], target)
    if company is None:
        return tuple(results)
    telling = _telling(company, causes)
    return tuple(_result(one, telling) for one in results)


def _result(result: CheckResult, company: Finding) -> CheckResult:
    findings = tuple(_finding(one, company) for one in result.findings)
    problem = _problem(result.problem, company) if result.problem else None
    return replace(result, findings=findings, problem=problem)


def _finding(finding: Finding, company: Finding) -> Finding:
    code = finding.code
    if code == company.code:
        return replace(finding, values=company.values)
    if code.startswith(_ADDRESS_FINDINGS):
        return replace(finding, values={**finding.values, **_in_short(company)})
    if finding.severity is Severity.OK or not code.startswith(_DOORS) or code.startswith(_OURS):
        return finding
    return replace(finding, values={**finding.values, **_in_short(company)})


def _problem(problem: Problem, company: Finding) -> Problem:
    needs = problem.values.get("needs")
    if problem.code != "run.needs" or not isinstance(needs, list) or not _NEEDS_INSIDE & set(map(str, needs)):
        return problem
    return replace(problem, values={"needs": ["company"], **_in_short(company)})


def _in_short(company: Finding) -> dict[str, Value]:
    """Whom to ask, without the letter: it stands with the cause and with the company's own finding."""
    return {"steps": SHORT_STEPS, **{name: company.values.get(name) for name in ("company", "support")}}


def _asking(company: Finding, steps: str) -> dict[str, Value]:
    """What the company's steps and letter are filled with."""
    return {"steps": steps, **{name: company.values[name] for name in _VALUES if name in company.values}}
