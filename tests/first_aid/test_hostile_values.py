"""What a hostile server, mail or DNS says never becomes part of an administrator's command."""

from __future__ import annotations

import re
import shlex
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.first_aid import (
    Card,
    card_for,
    cards_for,
    filled,
    kind_in_listing,
    made_out,
    server_kind,
    typed_value,
)  # fmt: skip
from core.knowledge.fixes import KINDS, PLACEHOLDERS, load_fixes
from core.model import Cause, CheckResult, Finding, Report, Severity, Target
from core.report.fix_card import card_text
from core.texts import LANGUAGES, Texts

HOSTILE = (
    "a@b.example; rm -rf /", "$(reboot)", "`id`", "x' ; reboot #", "a@b.example\nreboot", "-rf", "--help", "../../etc",
    "a@b.example' > /etc/passwd", 'a"b', "a|b", "a&b", "a@exa mple.jp", "{backup}", "\x1b]0;x\x07", "ａ@ｂ.example",
    "a\u202eb@example.jp", "-a@example.jp", "a@-b.example", "192.0.2.1; reboot", "192.0.2.1/24", "fe80::1%eth0",
    "root@[192.0.2.1]", "a" * 500, "", "/root/mail-first-aid-20261122-0840-x/../..", "%s", "a@b.example/e",
    "*@b.example",
)  # fmt: skip
NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)


def report(
    *causes: Cause, findings: tuple[Finding, ...] = (), check: str = "smtp_banner", facts: object = None
) -> Report:
    result = CheckResult(check, NOW, NOW, facts, findings)
    target = Target(domain="midori-shoji.example", mail_host="mail.midori-shoji.example:25")
    return Report(target, (result,), causes, NOW, NOW, "1", "2026-11-22")


@pytest.mark.parametrize("name", sorted(PLACEHOLDERS))
def test_a_value_of_another_form_is_not_filled_in(name: str) -> None:
    assert [value for value in HOSTILE if filled(name, value) is not None] == []


@given(name=st.sampled_from(sorted(PLACEHOLDERS)), value=st.text(max_size=80))
def test_whatever_is_filled_in_means_nothing_to_a_shell(name: str, value: str) -> None:
    found = filled(name, value)
    if found is not None:
        assert found.isascii() and not found.startswith("-")
        assert not set(found) & set("'\"`$;&|<>(){}[]*?!#~%^\n\t\r")
        if name not in ("connector", "networks"):  # the one stands between quotes of PowerShell, the other has blanks
            assert found == shlex.quote(found)
        if name != "connector":
            assert "\\" not in found


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("sender", "Sales+1@Example.JP", "Sales+1@example.jp"),
        ("mail_host", "Mail.Example.jp.", "mail.example.jp"),
        ("address", "2001:DB8::25", "2001:db8::25"),
        ("web_account", "www-data", "www-data"),
        ("queue_id", "4F1B2C3D4E", "4F1B2C3D4E"),
        ("queue_id", "1tEXab-0001Yz-3A", "1tEXab-0001Yz-3A"),
        ("zone", "zen.spamhaus.org", "zen.spamhaus.org"),
        ("big_file", "/var/log/mail.log.1", "/var/log/mail.log.1"),
        ("big_file", "/opt/zimbra/log/mailbox.log", "/opt/zimbra/log/mailbox.log"),
        ("form_file", "/home/web/public_html/contact.php", "/home/web/public_html/contact.php"),
        ("networks", "192.168.1.0/24  10.1.2.3/32", "192.168.1.0/24 10.1.2.3"),
        ("networks", "203.0.113.0/24", "203.0.113.0/24"),
        ("connector", "MAIL01\\Default Frontend MAIL01", "MAIL01\\Default Frontend MAIL01"),
        ("helper", "clamav-daemon", "clamav-daemon"),
        ("resolver", "192.0.2.53", "192.0.2.53"),
    ],
)
def test_ordinary_values_are_filled_in(name: str, value: str, said: str) -> None:
    assert filled(name, value) == said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("networks", "0.0.0.0/0"), ("networks", "0.0.0.0"), ("networks", "8.0.0.0/8"), ("networks", "203.0.113.0/16"),
        ("networks", "10.0.0.0/7"), ("networks", "192.168.1.0/25"), ("networks", "192.168.1.0/24;reboot"),
        ("networks", "192.168.1.1 x"), ("networks", " ".join(["10.0.0.1"] * 21)), ("networks", ""),
        ("big_file", "/var/lib/mysql/ibdata1"), ("big_file", "/var/mail/taro"), ("big_file", "/"),
        ("big_file", "/var/log/../lib/x"), ("big_file", "/var/log/.hidden"), ("big_file", "/var/log"),
        ("big_file", "var/log/x"), ("form_file", "/var/www/a b.php"), ("form_file", "//x"), ("form_file", "/x/"),
        ("form_file", "/x/-rf"), ("form_file", "/x/$(id)"), ("form_file", "/" + "a" * 300),
        ("resolver", "0.0.0.0"), ("resolver", "224.0.0.1"), ("resolver", "dns.example"), ("resolver", "::"),
        ("connector", "a'; Remove-Item x; '"), ("connector", "a\\b\\c"), ("connector", "$(x)"), ("connector", "a\nb"),
        ("jail", "-x"), ("helper", "x y"), ("relay_user", "a:b"), ("recipient", "taro"),
    ],
)  # fmt: skip
def test_a_typed_value_of_another_form_is_refused_with_an_example(name: str, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed_value(name, value)
    assert refused.value.code == "fix.bad_value"
    for language in LANGUAGES:
        texts = Texts(language)
        said = texts.text("problem.fix.bad_value.meaning", refused.value.values)
        assert texts.text(f"fix.example.{name}") in said


@pytest.mark.parametrize("name", ["x", "backup;", "", "__class__"])
def test_a_blank_that_no_card_has_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed_value(name, "x")
    assert refused.value.code == "fix.unknown_blank"


def test_an_example_has_the_form_it_is_the_example_of() -> None:
    for language in LANGUAGES:
        for name in PLACEHOLDERS:
            shown = re.split(r"（| \(| または | or ", Texts(language).text(f"fix.example.{name}"))[0]
            assert filled(name, shown) == shown, name


def test_typed_values_come_before_what_the_run_saw_and_complete_every_command() -> None:
    typed = {name: re.split(r" \(| or ", Texts("en").text(f"fix.example.{name}"))[0] for name in PLACEHOLDERS}
    run = report(Cause("account_hijacked", "confirmed", "you", (), {"sender": "boss@midori-shoji.example"}))
    for cause in load_fixes():
        for kind in KINDS:
            card = card_for(cause, kind, run, typed={name: typed_value(name, value) for name, value in typed.items()})
            if isinstance(card, Card):
                assert card.blanks == () and "boss@" not in card_text(card, Texts("en"))
                assert all(step.ready for step in card.steps if step.command)


@pytest.mark.parametrize("cause", ["account_hijacked", "web_form_abused"])
def test_mail_in_the_name_of_root_never_locks_root_out(cause: str) -> None:
    run = report(Cause(cause, "likely", "you", (), {"sender": "root@midori-shoji.example"}))
    for kind in KINDS:
        card = card_for(cause, kind, run)
        steps = card.steps if isinstance(card, Card) else ()
        assert not [step.command for step in steps if re.search(r"(passwd -l|!|reuid=) ?root", step.command)]


def test_a_hostile_sender_leaves_a_blank_that_cannot_be_run() -> None:
    run = report(Cause("account_hijacked", "possible", "you", (), {"sender": "x' ; touch /tmp/owned #@example.jp"}))
    for kind in KINDS:
        card = card_for("account_hijacked", kind, run)
        assert "owned" not in card_text(card, Texts("en"))
        if isinstance(card, Card):
            blanked = [step for step in card.steps if {"account", "sender", "account_name"} & set(step.blanks)]
            assert not any(step.ready for step in blanked)


def test_every_command_with_its_values_is_sound_shell() -> None:
    values = {"backup": "/root/mail-first-aid-20261122-0840-x", "sender": "a@b.example", "account": "a@b.example",
              "account_name": "a", "zone": "bl.example.org", "mail_host": "mx.example.jp", "domain": "example.jp",
              "address": "192.0.2.1", "client_address": "192.0.2.2", "web_account": "www-data"}  # fmt: skip
    for fix in load_fixes().values():
        for kind in KINDS:
            card = made_out(fix, kind, values)
            if kind == "exchange" or not isinstance(card, Card):
                continue
            for step in card.steps:
                shell = step.with_blanks(dict.fromkeys(step.blanks, "blank"))
                done = subprocess.run(
                    ["sh", "-n"], input=shell, text=True, capture_output=True, timeout=10, check=False
                )
                assert done.returncode == 0, f"{fix.cause} on {kind}: {shell}\n{done.stderr}"


def test_the_cards_of_a_run_follow_its_causes_each_once() -> None:
    run = report(
        Cause("open_relay", "confirmed", "you"),
        Cause("account_hijacked", "possible", "you", (), {"sender": "sales@midori-shoji.example"}),
        Cause("nothing_found", "confirmed", "you"),
    )
    cards = cards_for(run, "postfix")
    assert [card.cause for card in cards] == ["open_relay", "queue_cleanup", "account_hijacked"]
    cleanup = cards[1]
    assert isinstance(cleanup, Card) and cleanup.values["sender"] == "sales@midori-shoji.example"
    assert isinstance(cards[0], Card) and cards[0].values["mail_host"] == "mail.midori-shoji.example"


def test_the_kind_of_server_comes_from_inside_then_the_company_then_the_greeting() -> None:
    greeting = Finding("smtp_banner.supported", Severity.OK, {"product": "Exim", "host": "mx"})
    hosted = Finding("hosting.hosted", Severity.OK, {"company": "Google Workspace"})
    shared = Finding("hosting.hosted", Severity.OK, {"company": "Sakura Internet"})
    inside = {"hosts": [{"inside": {"product": "sendmail"}}]}
    assert server_kind(report()) == "unknown"
    assert server_kind(report(findings=(greeting,))) == "exim"
    assert server_kind(report(findings=(greeting, hosted))) == "google_workspace"
    assert server_kind(report(findings=(shared,))) == "hosted"
    assert server_kind(report(findings=(hosted,), facts=inside)) == "sendmail"
    assert server_kind(report(check="mail_queue", facts={"mta": "opensmtpd"})) == "opensmtpd"
    assert server_kind(report(check="mail_queue", facts={"mta": "x"})) == "unknown"


def test_a_card_tried_on_a_much_newer_version_says_so() -> None:
    old = {"hosts": [{"inside": {"product": "sendmail", "version": "8.9.3"}}]}
    new = {"hosts": [{"inside": {"product": "sendmail", "version": "8.18.1; reboot"}}]}
    for facts, tried, version in ((old, "older", "8.9.3"), (new, "yes", "8.18.1"), ({}, "yes", "")):
        card = card_for("open_relay", "sendmail", report(facts=facts))
        assert isinstance(card, Card) and (card.tried, card.version) == (tried, version)
        assert "reboot" not in card_text(card, Texts("en"))


def test_a_product_is_known_by_the_file_it_leaves() -> None:
    lines = ("program /usr/sbin/postconf", "marker /etc/postfix/main.cf", "marker /opt/zimbra")
    assert kind_in_listing(lines) == "zimbra"
    assert kind_in_listing(lines[:2]) is None
