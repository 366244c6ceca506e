"""Anybody can write a returned mail. What nothing else agrees with is never called confirmed, however much it says."""

from datetime import UTC, datetime

import pytest

from core.checks.mail_log.facts import LogFacts, Refusal
from core.diagnosis import diagnose
from core.model import (
    AddressSource,
    Cause,
    CheckResult,
    Context,
    Finding,
    MailHost,
    SendingAddress,
    Severity,
    Target,
    Value,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FORGED, OURS = "198.51.100.66", "203.0.113.25"
FORGED_6, OURS_6 = "2001:db8:66::66", "2001:db8:25::25"
CRITICAL, WARNING, OK = Severity.CRITICAL, Severity.WARNING, Severity.OK


def sign(code: str, severity: Severity = CRITICAL, **values: Value) -> Finding:
    return Finding(code, severity, values)


def first(*found: Finding, named_by: tuple[AddressSource, ...] = (), log: LogFacts | None = None) -> Cause:
    """The first cause, where a returned mail calls two addresses ours. `named_by`: what else names them."""
    addresses = [SendingAddress(one, "bounce", named_by) for one in (FORGED, FORGED_6)]
    context = Context(
        Target(domain="example.jp", symptom="not_delivered"),
        (MailHost("mail.example.jp", preference=10, addresses=(OURS, OURS_6)),),
        (*addresses, SendingAddress(OURS, "mx"), SendingAddress(OURS_6, "mx")),
    )
    results = [CheckResult("x", NOW, NOW, findings=found), CheckResult("mail_log", NOW, NOW, facts=log)]
    return diagnose(results, context)[0]


FORGERIES = [
    (
        "ptr_or_helo_wrong",
        [
            sign("bounce.reverse_dns_missing", WARNING, sending_address=FORGED),
            sign("dns_health.ptr_missing", address=FORGED, source="bounce"),
        ],
    ),
    ("address_listed", [sign("dnsbl.listed", zone="zen", list_name="Zen", address=FORGED, source="bounce")]),
    (
        "sender_auth_failing",
        [
            sign("bounce.sender_auth_failed", WARNING, sending_address=FORGED),
            sign("sender_auth.spf_fail", address=FORGED, source="bounce"),
            sign("sender_auth.dmarc_against_us", domain="example.jp"),
        ],
    ),
    (
        "ipv6_path_bad",
        [
            sign("bounce.reverse_dns_missing", WARNING, sending_address=FORGED_6),
            sign("dns_health.ipv6_path_bad", addresses=[FORGED_6]),
        ],
    ),
    (
        "provider_blocked",
        [
            sign("bounce.ip_blocked", WARNING, provider="microsoft", sending_address=FORGED),
            sign("dnsbl.clean", OK),
        ],
    ),
]


@pytest.mark.parametrize(("code", "signs"), FORGERIES, ids=[code for code, _ in FORGERIES])
def test_a_forged_address_confirms_nothing(code: str, signs: list[Finding]) -> None:
    cause = first(*signs)
    assert (cause.code, cause.certainty) == (code, "likely")


@pytest.mark.parametrize(("code", "signs"), FORGERIES, ids=[code for code, _ in FORGERIES])
@pytest.mark.parametrize("named_by", ["ssh", "given", "spf", "mx"])
def test_an_address_that_something_else_names_too_does(
    code: str, signs: list[Finding], named_by: AddressSource
) -> None:
    cause = first(*signs, named_by=(named_by,))
    assert (cause.code, cause.certainty) == (code, "confirmed")


def test_the_mx_record_names_it_though_the_address_is_known_from_the_mail() -> None:
    cause = first(
        sign("bounce.reverse_dns_missing", WARNING, sending_address=OURS),
        sign("dns_health.ptr_missing", address=OURS, source="bounce"),
    )
    assert (cause.code, cause.certainty) == ("ptr_or_helo_wrong", "confirmed")


def test_a_key_that_only_the_mail_names_and_a_record_of_ours() -> None:
    refused = sign("bounce.sender_auth_failed", WARNING)
    missing = sign("sender_auth.dkim_key_missing", name="nobody._domainkey.example.jp")
    assert first(refused, missing).certainty == "likely"
    assert first(refused, sign("sender_auth.message_not_aligned")).certainty == "likely"
    assert first(refused, missing, sign("sender_auth.spf_two_records")).certainty == "confirmed"
    assert first(sign("mail_log.refused_sender_auth"), missing).certainty == "confirmed"


def test_two_refusals_in_one_mail_are_one_mail() -> None:
    one, other = (sign("bounce.rate_limited", WARNING, recipients=[name]) for name in ("a@gmail.com", "b@gmail.com"))
    assert first(one, other).certainty == "likely"
    assert first(one, sign("mail_log.refused_rate", WARNING)).certainty == "confirmed"


def test_a_full_mailbox_that_our_log_knows_too() -> None:
    told = sign("bounce.mailbox_full", WARNING, recipients=["sato@customer.example"])
    assert first(told).certainty == "likely"
    refusal = Refusal("them", "mailbox_full", 1, "552 5.2.2 mailbox full")
    assert first(told, log=LogFacts("postfix", 9, NOW, refusals=(refusal,))).certainty == "confirmed"


def test_a_stolen_account_is_no_surer_by_a_list_that_names_a_stranger() -> None:
    abused = sign("mail_log.account_abused", name="sales")
    listed = sign("dnsbl.listed", zone="zen", list_name="Zen", address=FORGED, source="bounce")
    assert first(abused, listed).certainty == "likely"
    assert first(abused, listed, named_by=("ssh",)).certainty == "confirmed"


def test_a_refusal_that_names_no_address_is_no_more_than_its_own_word() -> None:
    told = sign("bounce.ip_blocked", WARNING, provider="microsoft", sending_address=None)
    cause = first(told, sign("dnsbl.clean", OK))
    assert (cause.code, cause.certainty) == ("provider_blocked", "likely")
