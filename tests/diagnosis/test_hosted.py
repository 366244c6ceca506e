"""A company keeps the mail: nobody is told to log in to its server; it is to be phoned, with a text to read out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.diagnosis import diagnose
from core.diagnosis.hosted import with_company
from core.model import CheckResult, Context, Finding, Problem, Severity, Target, Values
from core.texts import LANGUAGES, Language, Texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
COMPANY: Values = {
    "domain": "midori.example", "company": "Sample Hosting", "hosts": ["mx.sample.example"],
    "support": "https://sample.example/help/", "can": ["passwords"], "cannot": ["repair"], "signs": ["mx"],
    "symptom": "not_delivered", "since": "yesterday", "letter": "letter.hosting",
}  # fmt: skip
TARGET = Target(domain="midori.example", symptom="not_delivered")


def result(check: str, *findings: Finding, problem: Problem | None = None, applies: bool = True) -> CheckResult:
    return CheckResult(check, NOW, NOW, findings=findings, problem=problem, applies=applies)


def finding(code: str, severity: Severity = Severity.CRITICAL, **values: str | list[str] | int) -> Finding:
    return Finding(code, severity, values)


HOSTED = result("hosting", Finding("hosting.hosted", Severity.OK, COMPANY))
LISTED = result(
    "bounce",
    finding("bounce.ip_blocked", provider="spamhaus", sending_address="203.0.113.77", recipients=["a@b.example"]),
)
REFUSED = result("smtp_banner", finding("smtp_banner.refused", host="mx.sample.example", port=25))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("trouble", [LISTED, REFUSED], ids=["listed", "refused"])
def test_the_first_cause_tells_to_phone_the_company(language: Language, trouble: CheckResult) -> None:
    cause = diagnose([HOSTED, trouble], Context(TARGET))[0]
    steps = Texts(language).steps(f"cause.{cause.code}", cause.values)
    noticed = Texts(language).text(f"hosting.noticed.{cause.code}")
    assert cause.who_acts == "hosting_company"
    assert "Sample Hosting" in steps[0] and "https://sample.example/help/" in steps[0]
    for told in ("midori.example", "Sample Hosting", "mx.sample.example", "yesterday", noticed):
        assert told in steps[-1], f"the letter names {told}"


def test_a_blocked_line_says_nothing_about_mail_kept_elsewhere() -> None:
    blocked = result("smtp_banner", finding("smtp_banner.line_blocked", Severity.UNKNOWN))
    assert [cause.code for cause in diagnose([HOSTED, blocked], Context(TARGET))] == ["nothing_found"]
    assert [cause.code for cause in diagnose([blocked], Context(TARGET))] == ["port_25_blocked_here"]
    in_front = result("hosting", Finding("hosting.filter_in_front", Severity.OK, {**COMPANY, "behind": None}))
    assert [cause.code for cause in diagnose([in_front, blocked], Context(TARGET))] == ["nothing_found"]


@pytest.mark.parametrize(
    "target",
    [
        Target(domain="midori.example", ssh="mail.midori.example"),
        Target(domain="midori.example", mail_host="mail.midori.example"),
        Target(domain="midori.example", own_server=True),
    ],
    ids=["ssh", "mail_host", "own_server"],
)
def test_who_has_a_server_beside_it_keeps_the_steps_for_it(target: Target) -> None:
    causes = diagnose([HOSTED, LISTED], Context(target))
    assert causes[0].who_acts == "you" and "steps" not in causes[0].values
    assert with_company([HOSTED, REFUSED], causes, target) == (HOSTED, REFUSED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_login_to_a_server_that_is_not_ours(language: Language) -> None:
    texts = Texts(language)
    open_relay = result("open_relay", problem=Problem("run.needs", {"needs": ["own_server", "ssh"]}), applies=False)
    bounce = result("bounce", problem=Problem("run.needs", {"needs": ["bounce"]}), applies=False)
    old = result(
        "smtp_banner", finding("smtp_banner.old_number", Severity.WARNING, product="Sendmail", version="8.15.2")
    )
    address = result("dnsbl", finding("dnsbl.no_public_address", Severity.UNKNOWN))
    looked = [HOSTED, open_relay, bounce, old, address]
    _, relay, pasted, banner, lists = with_company(looked, diagnose(looked, Context(TARGET)), TARGET)
    assert relay.problem and pasted.problem
    told = texts.steps("problem.run.needs", relay.problem.values)
    told += [
        step for one in (banner, lists) for found in one.findings for step in texts.steps(found.code, found.values)
    ]
    assert len(told) == 3 and all("Sample Hosting" in step for step in told)
    assert texts.text("need.ssh") not in texts.text("problem.run.needs.meaning", relay.problem.values)
    assert pasted == bounce, "a returned mail can be pasted all the same"
