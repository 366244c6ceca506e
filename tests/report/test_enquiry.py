"""A company keeps the mail: the report says whom to call and gives the text, unless others must act."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.model import Cause, CheckResult, Finding, Report, Severity, Target, WhoActs
from core.report.layout import lay_out
from core.texts import LANGUAGES, Language, Texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
VALUES = {
    "domain": "midori.example", "company": "Sample Hosting", "hosts": ["mx.sample.example"],
    "support": "https://sample.example/help/", "can": ["passwords"], "cannot": ["repair"], "signs": ["mx"],
    "symptom": "not_delivered", "since": "", "letter": "letter.hosting",
}  # fmt: skip


def items(language: Language, code: str, who: WhoActs | None, severity: Severity = Severity.WARNING) -> list[str]:
    hosting = CheckResult("hosting", NOW, NOW, findings=(Finding(code, Severity.OK, VALUES),))
    trouble = CheckResult("dns_health", NOW, NOW, findings=(Finding("dns_health.nothing_public", severity),))
    causes = (
        (Cause("rate_limited", "likely", who),)
        if who
        else (Cause("nothing_found", "confirmed", "you", (), {"count": 2, "unknown": 0, "topic": "sending"}),)
    )
    report = Report(Target(domain="midori.example"), (hosting, trouble), causes, NOW, NOW, "0", "2026-11-22")
    found: list[str] = lay_out(report, Texts(language))["steps"]["items"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["hosting_company", "you", None])
def test_whom_to_call_and_what_to_say(language: Language, who: WhoActs | None) -> None:
    found = items(language, "hosting.hosted", who)
    assert any("https://sample.example/help/" in step for step in found[:-1])
    assert "mx.sample.example" in found[-1] and "midori.example" in found[-1] and "Sample Hosting" in found[-1]
    assert "{" not in found[-1] and "hosting." not in found[-1]


@pytest.mark.parametrize(
    ("code", "who", "severity"),
    [
        ("hosting.hosted", "domain_company", Severity.WARNING),
        ("hosting.hosted", "recipient", Severity.WARNING),
        ("hosting.hosted", "wait", Severity.WARNING),
        ("hosting.own", "hosting_company", Severity.WARNING),
        ("hosting.hosted", None, Severity.OK),
    ],
)
def test_nobody_is_called_in_vain(code: str, who: WhoActs | None, severity: Severity) -> None:
    assert not any("Sample Hosting" in step for step in items("en", code, who, severity))
