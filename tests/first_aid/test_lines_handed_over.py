"""A forged returned mail names its writer's address: the line that lets it in says so wherever it is handed on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.first_aid import Card, card_for, dns_lines
from core.incident import Incident, KeptRun
from core.letters import letter
from core.model import Cause, CheckResult, Finding, Report, SendingAddress, Severity, Target
from core.report.fix_card import card_text, tell_text
from core.report.layout import line_steps
from core.texts import LANGUAGES, Texts

NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
THEIRS, OURS, DOMAIN = "203.0.113.66", "203.0.113.25", "midori-shoji.example"
CAUSE = Cause("sender_auth_failing", "likely", "domain_company", ("sender_auth.spf_fail", "sender_auth.spf_missing"))
REFUSED = Finding("bounce.ip_blocked", Severity.CRITICAL, {"sending_address": THEIRS})


def not_passed(source: str, address: str = THEIRS) -> Finding:
    record = f"v=spf1 ip4:{OURS} -all"
    values = {"domain": DOMAIN, "address": address, "source": source, "record": record, "term": "-all"}
    return Finding(
        "sender_auth.spf_fail", Severity.CRITICAL, {**values, "proposed": f"v=spf1 ip4:{address} ip4:{OURS} -all"}
    )


def missing() -> Finding:
    values = {"domain": DOMAIN, "proposed": f"v=spf1 ip4:{THEIRS} ip4:{OURS} ~all"}
    return Finding("sender_auth.spf_missing", Severity.CRITICAL, dict(values))


def report(*findings: Finding, told: tuple[str, ...] = (), known: tuple[SendingAddress, ...] = ()) -> Report:
    result = CheckResult("sender_auth", NOW, NOW, None, findings)
    return Report(Target(domain=DOMAIN, address=told), (result,), (CAUSE,), NOW, NOW, "1", "2026-11-22", known)


@pytest.mark.parametrize(
    "run",
    [
        report(not_passed("bounce")),
        report(not_passed("header")),
        report(missing(), REFUSED),
        report(missing(), known=(SendingAddress(THEIRS, "bounce"), SendingAddress(OURS, "mx"))),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_only_a_pasted_mail_names_is_to_be_made_sure_of(run: Report, language: str) -> None:
    texts = Texts(language)
    (line,) = dns_lines(CAUSE.code, run)
    assert line.doubtful == (THEIRS,)
    first = texts.text("fix.line.doubtful", addresses=[THEIRS])
    assert line_steps(run, CAUSE, texts)[0] == first
    card = card_for(CAUSE.code, "unknown", run)
    assert isinstance(card, Card)
    assert first in tell_text(card, texts)
    assert THEIRS in card_text(card, texts).partition(line.name)[0]
    written = letter("dns", Incident(1, NOW, runs=(KeptRun(1, run),)), texts)
    assert texts.text("letters.line.doubtful", addresses=[THEIRS]) in written.body


@pytest.mark.parametrize("run", [report(not_passed("bounce"), told=(THEIRS,)), report(not_passed("ssh"))])
def test_an_address_the_person_or_the_server_told_is_not_doubted(run: Report) -> None:
    (line,) = dns_lines(CAUSE.code, run)
    assert line.doubtful == () and len(line_steps(run, CAUSE, Texts("en"))) == 1


def test_our_own_incoming_server_s_address_is_not_doubted() -> None:
    """Its name stands in our MX record: that the returned mail names it too takes nothing away."""
    (line,) = dns_lines(CAUSE.code, report(not_passed("bounce"), known=(SendingAddress(THEIRS, "bounce", ("mx",)),)))
    assert line.doubtful == ()


def test_an_address_the_list_holds_already_is_not_doubted() -> None:
    (line,) = dns_lines(CAUSE.code, report(not_passed("ssh"), Finding("x", Severity.OK, {"sending_address": OURS})))
    assert line.doubtful == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_for_the_domain_company_speaks_of_no_server_and_no_trial(language: str) -> None:
    texts = Texts(language)
    theirs = card_for(CAUSE.code, "postfix", report(missing()))
    own = card_for("open_relay", "postfix", report())
    assert isinstance(theirs, Card)
    assert isinstance(own, Card)
    for key in ("fix.server", "fix.tried"):
        assert texts.text(key) not in card_text(theirs, texts)
        assert texts.text(key) in card_text(own, texts)
