"""Nobody can log in: what the doors, the DNS and the registry say is all there is, and which cause it leads to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.diagnosis import diagnose
from core.model import Cause, CheckResult, Context, Finding, MailHost, SendingAddress, Severity, Target, Value
from core.report.words import words_for
from core.texts import LANGUAGES, Texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OURS = "203.0.113.25"
CRITICAL, WARNING, UNKNOWN = Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN
HOSTS = (MailHost("mail.aoba.example", preference=10, addresses=(OURS,)),)


def door(code: str, said: str = "") -> Finding:
    return Finding(f"smtp_banner.{code}", UNKNOWN, {"host": "mail.aoba.example", "port": 25, "said": said})


def name(code: str, severity: Severity = CRITICAL, **values: Value) -> Finding:
    return Finding(code, severity, values)


def causes(*findings: Finding, **answers: object) -> tuple[Cause, ...]:
    target = Target(**{"domain": "aoba.example", "symptom": "not_received", **answers})  # type: ignore[arg-type]
    context = Context(target, mail_hosts=HOSTS, addresses=(SendingAddress(OURS, "mx"),))
    well = Finding("dnsbl.clean", Severity.OK)  # something could be looked at
    results = [CheckResult("x", NOW, NOW, findings=findings), CheckResult("dnsbl", NOW, NOW, findings=(well,))]
    return diagnose(results, context)


@pytest.mark.parametrize(
    ("door_says", "answers", "first", "words"),
    [
        (door("silent"), {}, "mail_service_stopped", "instead.door_silent"),
        (door("silent"), {"symptom": "checkup"}, "mail_service_stopped", "instead.door_silent"),
        (door("silent_line_open"), {}, "mail_service_stopped", "instead.door_unanswered"),
        (door("silent_line_open"), {"affected": "one"}, "self_banned", None),
        (door("busy", "421 4.3.2 closing"), {}, "mail_service_stopped", "instead.door_busy"),
        (door("busy", "421 4.3.2 closing"), {"symptom": "checkup"}, "nothing_found", None),
        (door("busy", "554 not you"), {}, "self_banned", "instead.door_refuses"),
        (door("busy", "554 not you"), {"symptom": "checkup"}, "nothing_found", None),
        (door("busy", "554 blocked using PBL"), {}, "port_25_blocked_here", "instead.line_distrusted"),
    ],
)
def test_a_door_without_a_greeting(door_says: Finding, answers: dict[str, str], first: str, words: str | None) -> None:
    cause = causes(door_says, **answers)[0]
    assert (cause.code, cause.values.get("words")) == (first, words)
    assert cause.certainty == "possible" or first == "nothing_found"


def test_one_door_that_greets_is_enough() -> None:
    assert causes(door("silent"), door("answers"))[0].code == "nothing_found"


def test_a_name_nobody_knows_is_a_spelling_to_check() -> None:
    (cause,) = causes(name("domain_life.not_registered"), name("dns_health.no_such_domain"))
    assert (cause.code, cause.certainty) == ("domain_expired", "possible")
    assert "spelling" in words_for(Texts("en"), f"cause.{cause.code}", cause.values).title


def test_a_name_that_a_refusal_names_as_well_is_spelt_right() -> None:
    told = Finding("bounce.domain_cannot_receive", WARNING, {"recipients": ["info@aoba.example"]})
    found = causes(name("domain_life.not_registered"), name("dns_health.no_such_domain"), told)
    assert (found[0].code, found[0].certainty, found[0].values) == ("domain_expired", "confirmed", {})


@pytest.mark.parametrize(("symptom", "first"), [("slow", "domain_expired"), ("checkup", "nothing_found")])
def test_a_registry_that_dropped_a_name_others_still_remember(symptom: str, first: str) -> None:
    assert causes(name("domain_life.contradicted", WARNING), symptom=symptom)[0].code == first


@pytest.mark.parametrize(("severity", "certainty"), [(UNKNOWN, "possible"), (WARNING, "likely")])
def test_the_dns_fails_for_our_domain_alone(severity: Severity, certainty: str) -> None:
    (cause,) = causes(name("dns_health.domain_fails_alone", severity))
    assert (cause.code, cause.certainty, cause.who_acts) == ("dns_moved", certainty, "domain_company")
    assert causes(name("dns_health.domain_fails_alone", severity), symptom="checkup")[0].code == "nothing_found"


def test_a_domain_that_takes_no_mail_on_purpose() -> None:
    """An empty MX beside "nothing leaves from here either" is a web page's domain; who misses mail hears of it."""
    empty = name("dns_health.null_mx", WARNING)
    assert causes(empty, symptom="checkup")[0].code == "nothing_found"
    assert causes(empty)[0].code == causes(name("dns_health.null_mx"), symptom="checkup")[0].code == "dns_moved"


def test_an_mx_that_cannot_be_right_stands_before_the_door_it_leads_to() -> None:
    found = causes(door("refused"), name("dns_health.mx_is_address"))
    assert [one.code for one in found] == ["dns_moved", "mail_service_stopped"]


def test_broken_encryption_is_a_certificates_matter() -> None:
    (cause,) = causes(Finding("tls_health.failed", WARNING, {"host": "mail.aoba.example"}))
    assert (cause.code, cause.values["words"]) == ("certificate_expired", "instead.tls_fails")


def test_only_the_ipv6_address_is_listed() -> None:
    listed = Finding("dnsbl.listed", CRITICAL, {"address": "2001:db8:25::25", "list_name": "Spamhaus ZEN"})
    assert [one.code for one in causes(listed, symptom="not_delivered")] == ["ipv6_path_bad", "address_listed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_words_have_their_steps_and_are_filled(language: str) -> None:
    texts = Texts(language)  # type: ignore[arg-type]
    values: dict[str, Value] = {"said": "421 no", "hosts": ["mail.aoba.example"]}
    keys = [key for key in list(texts.keys()) if key.startswith("instead.")]
    prefixes = {key.removesuffix(".title") for key in keys if key.endswith(".title")}
    assert len(prefixes) >= 8
    for prefix in prefixes:
        told = words_for(texts, "cause.dns_moved", {**values, "words": prefix})
        own = words_for(texts, "cause.dns_moved", values)
        assert told.title != own.title and told.meaning != own.meaning and told.steps != own.steps
        assert "{" not in told.title + told.meaning


def test_words_nobody_has_change_nothing() -> None:
    texts = Texts("en")
    own = words_for(texts, "cause.dns_moved", {})
    assert words_for(texts, "cause.dns_moved", {"words": "instead.of_nothing"}) == own


def test_who_is_sent_to_a_refusals_own_page_is_warned_of_fraud() -> None:
    """A forged returned mail names a page of its writer's."""
    frauds = {"en": "asks for a password", "ja": "パスワードやお金を求めるもの"}
    for language in LANGUAGES:
        words = words_for(Texts(language), "cause.provider_blocked", {"providers": ["gmail"]})
        assert any(frauds[language] in step for step in words.steps)
