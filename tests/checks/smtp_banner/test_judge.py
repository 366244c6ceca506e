"""What greetings mean on a given day: no network, no clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.smtp_banner import CHECK, judge
from core.checks.smtp_banner.facts import HostPorts, InsideVersion, PortAnswer, PortState, SmtpBannerFacts
from core.checks.smtp_banner.inside import fitting, versions_in
from core.clients.ssh import Section, ServerReading
from core.model import Finding, Severity
from core.texts import Texts

TODAY = datetime(2026, 11, 22, tzinfo=UTC)


def _answer(text: str = "", state: PortState = "answered", code: int | None = 220, port: int = 25) -> PortAnswer:
    return PortAnswer("mx.example.jp", "203.0.113.25", port, False, state, None, code, text)


def _judged(*answers: PortAnswer, at: datetime = TODAY, inside: InsideVersion | None = None) -> tuple[Finding, ...]:
    found = judge(SmtpBannerFacts(at, (HostPorts("mx.example.jp", 25, answers, inside),)))
    for finding in found:
        assert set(finding.values) == set(CHECK.codes[finding.code]), finding.code
    return found


def _product(greeting: str, at: datetime = TODAY, inside: InsideVersion | None = None) -> Finding:
    return _judged(_answer(greeting), at=at, inside=inside)[1]


@pytest.mark.parametrize(
    ("year", "ja", "en"),
    [(2026, "27年9か月", "27 years 9 months"), (2031, "32年9か月", "32 years 9 months")],
)
def test_sendmail_8_9_3_is_as_old_as_the_day_of_measuring_says(year: int, ja: str, en: str) -> None:
    finding = _product("mx.example.jp ESMTP Sendmail 8.9.3/3.7W; x", TODAY.replace(year=year))
    assert (finding.code, finding.severity) == ("smtp_banner.unsupported", Severity.WARNING)
    assert finding.values["released"] == "1999-02-04"
    assert ja in Texts("ja").text(f"{finding.code}.meaning", finding.values)
    assert en in Texts("en").text(f"{finding.code}.meaning", finding.values)
    assert "4 Feb 1999" in Texts("en").text(f"{finding.code}.title", finding.values)


@pytest.mark.parametrize(
    ("greeting", "code", "severity"),
    [
        ("mx ESMTP Exim 4.100.1 x", "supported", Severity.OK),
        ("mx ESMTP Exim 4.96 x", "old_number", Severity.WARNING),
        ("mx ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2+deb12u2; x", "old_number", Severity.UNKNOWN),
        ("mx ESMTP Postfix", "version_hidden", Severity.UNKNOWN),
        ("mx ESMTP", "product_unknown", Severity.UNKNOWN),
        ("mx ESMTP MDaemon 24.0.1; x", "support_unknown", Severity.UNKNOWN),
        ("mx ESMTP MDaemon 23.5.3; x", "support_unknown_dated", Severity.UNKNOWN),
        ("mx ESMTP hMailServer 4.4.1", "unsupported_undated", Severity.WARNING),
        ("***************", "behind_filter", Severity.UNKNOWN),
        ("mx.google.com ESMTP x - gsmtp", "hosted", Severity.OK),
    ],
)
def test_programs(greeting: str, code: str, severity: Severity) -> None:
    finding = _product(greeting)
    assert (finding.code, finding.severity) == (f"smtp_banner.{code}", severity)


def test_the_version_read_inside_beats_the_greeting() -> None:
    debian = InsideVersion("postfix", "3.7.11", "debian-12", "mail_version = 3.7.11")
    finding = _product("mx ESMTP Postfix (Debian/GNU)", inside=debian)
    assert (finding.code, finding.severity) == ("smtp_banner.repaired_by_system", Severity.OK)
    assert finding.values["system"] == "Debian 12"
    later = _product("mx ESMTP Postfix", datetime(2029, 1, 1, tzinfo=UTC), debian)
    assert (later.code, later.severity) == ("smtp_banner.unsupported", Severity.WARNING)


def test_the_version_inside_comes_from_the_program_that_greets() -> None:
    sections = {
        "system": Section("system", ("Linux mx 6.1", "ID=debian", 'VERSION_ID="12"'), 0, True),
        "postfix_version": Section("postfix_version", ("mail_version = 3.7.11",), 0, True),
        "exim_version": Section("exim_version", ("Exim version 4.96 #2 built 15-Nov-2023",), 0, True),
    }
    reading = ServerReading(sections, True, TODAY)
    found = versions_in(reading)
    assert [(v.product, v.version, v.distribution) for v in found] == [
        ("postfix", "3.7.11", "debian-12"),
        ("exim", "4.96", "debian-12"),
    ]
    assert fitting(found, "exim") == found[1]
    assert fitting(found, None) is None
    assert fitting(found[:1], None) == found[0]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        (("timed_out",), "no_answer"),
        (("unreachable",), "no_answer"),
        (("refused",), "refused"),
        (("timed_out", "refused"), "refused"),
        (("refused", "silent"), "silent"),
        (("timed_out", "not_smtp"), "not_smtp"),
    ],
)
def test_silence_is_not_refusal(states: tuple[PortState, ...], code: str) -> None:
    (finding,) = _judged(*(_answer(state=state, code=None) for state in states))
    assert finding.code == f"smtp_banner.{code}"


def test_a_quiet_465_or_587_is_no_fault() -> None:
    found = _judged(_answer("mx ESMTP Exim 4.100.1 x"), _answer(state="refused", code=None, port=465))
    assert [finding.severity for finding in found] == [Severity.OK, Severity.OK]


def test_one_dead_server_of_two_is_a_warning_only() -> None:
    dead = HostPorts("mx2.example.jp", 25, (_answer(state="refused", code=None),))
    alive = HostPorts("mx1.example.jp", 25, (_answer("mx1 ESMTP Exim 4.100.1 x"),))
    found = judge(SmtpBannerFacts(TODAY, (alive, dead)))
    assert [(f.code, f.severity) for f in found][-1] == ("smtp_banner.refused", Severity.WARNING)


def test_hostile_words_are_cleaned() -> None:
    finding = _product("mx \x1b]52;c;x\x07 \u202e ESMTP")
    assert "\x1b" not in str(finding.values["said"]) and "\u202e" not in str(finding.values["said"])
