"""Why this cause and not the others: every cause is accounted for, and blindness is not "no sign"."""

from datetime import UTC, datetime

from core.diagnosis.explain import Weighing, weigh
from core.knowledge.causes import natures
from core.model import Cause, CheckResult, Finding, Problem, Report, Severity, Target
from core.report.explain_text import explanation_text
from core.texts import Texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CAUSES = (
    Cause("open_relay", "confirmed", "you", ("open_relay.config_open",)),
    Cause("address_listed", "confirmed", "you", ("dnsbl.listed",)),
    Cause("dns_moved", "likely", "domain_company", ("dns_health.no_mx",)),
)


def looked(check_id: str) -> CheckResult:
    return CheckResult(check_id, NOW, NOW, findings=(Finding(f"{check_id}.ok", Severity.OK),))


def report(*results: CheckResult) -> Report:
    return Report(Target(symptom="not_delivered"), results, CAUSES, NOW, NOW, "0", "2026-11-22")


def weighing(code: str, *results: CheckResult) -> Weighing:
    return next(weighing for weighing in weigh(report(*results)) if weighing.code == code)


def test_every_cause_is_accounted_for_and_the_answer_comes_first() -> None:
    found = weigh(report(looked("dnsbl")))
    assert sorted(weighing.code for weighing in found) == sorted(natures())
    assert [weighing.standing for weighing in found[:3]] == ["first", "behind", "behind"]


def test_what_follows_and_what_does_not_fit_say_so() -> None:
    assert weighing("address_listed").follows_from == ("open_relay",)
    assert not weighing("dns_moved").fits


def test_a_check_that_failed_was_blind_and_its_cause_is_not_called_absent() -> None:
    failed = CheckResult("domain_life", NOW, NOW, problem=Problem("run.timed_out", {"seconds": 9}))
    assert weighing("domain_expired").standing == "not_looked"
    assert weighing("domain_expired", failed, looked("dns_health")).standing == "part_looked"
    assert weighing("domain_expired", looked("domain_life"), looked("dns_health")).standing == "no_sign"


def test_the_text_names_every_cause_in_both_languages() -> None:
    for language in ("ja", "en"):
        text = explanation_text(report(looked("dnsbl")), Texts(language))
        assert not [code for code in natures() if f"[{code}]" not in text]
        assert "explain." not in text
