"""Logs of real servers: the right name, account, counts and times; nobody accused on innocent days."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.mail_log import LogReader, Window, judge, log_summary, suspects
from core.model import Severity

SPAM = {"account_abused", "account_suspicious", "script_abused", "program_sends_much", "machine_sends_much",
        "strangers_relayed", "stranger_relayed"}  # fmt: skip


def _codes(facts):
    return {finding.code.removeprefix("mail_log."): finding for finding in judge(facts)}


def _bad(facts):
    return {code for code, each in _codes(facts).items() if each.severity in (Severity.CRITICAL, Severity.WARNING)}


@pytest.mark.parametrize("name", ["postfix-stolen-password", "exim-stolen-password"])
def test_a_stolen_password_is_named_with_its_account_its_numbers_and_its_times(real, name):
    facts, done = real.facts(name), real.done(name)
    found = suspects(facts)
    assert [(each.kind, each.name) for each in found] == [("account", "sales@example.jp")]
    sales = found[0]
    own = 4  # what sales@ really sent that day
    assert sales.messages == done["burst"]["accepted"] + own
    assert sales.recipients == done["burst"]["recipients"] + own
    assert len(sales.addresses) == 15 + 1
    assert sales.networks_in_a_day == 5 + 1
    assert sales.lines and all("sales@example.jp" in line for line in sales.lines)
    assert sales.first and sales.last and facts.first and facts.last
    assert facts.first <= sales.first < sales.last <= facts.last
    finding = _codes(facts)["account_abused"]
    assert finding.severity is Severity.CRITICAL
    assert finding.values["name"] == "sales@example.jp"
    assert not SPAM - {"account_abused"} & set(_codes(facts))


@pytest.mark.parametrize("name", ["postfix-web-form", "sendmail-web-form", "exim-web-form"])
def test_an_abused_web_form_is_named_as_a_program_not_as_a_person(real, name):
    facts, done = real.facts(name), real.done(name)
    found = suspects(facts)
    assert [(each.kind, each.name) for each in found] == [("script", "www-data")]
    assert found[0].messages == done["messages"]
    assert found[0].domains == 60
    assert SPAM & set(_codes(facts)) == {"script_abused"}


@pytest.mark.parametrize(
    "name", ["postfix-open-relay", "sendmail-open-relay", "exim-open-relay", "opensmtpd-open-relay"]
)
def test_mail_taken_for_strangers_is_an_open_relay_with_its_clients(real, name):
    facts, done = real.facts(name), real.done(name)
    found = suspects(facts)
    assert {each.kind for each in found} == {"relay"}
    passed = sum(each.messages for each in found)
    if name.startswith("opensmtpd"):  # keeps most of it back for minutes: those are seen when they leave
        assert 20 <= passed <= done["burst"]["accepted"]
    else:
        assert passed == done["burst"]["accepted"]
    assert {each.name for each in found} <= {"192.0.2.101", "192.31.196.101", "192.52.193.101"}
    assert len(found) >= 2
    assert SPAM & set(_codes(facts)) == {"strangers_relayed"}
    assert _codes(facts)["strangers_relayed"].values["count"] == passed


def test_a_newsletter_accuses_nobody(real):
    facts = real.facts("postfix-newsletter")
    assert suspects(facts) == ()
    assert _bad(facts) == set()
    mailing = _codes(facts)["mailing"]
    assert (mailing.values["name"], mailing.values["recipients"]) == ("news@example.jp", 300)
    assert mailing.severity is Severity.OK


def test_an_ordinary_week_accuses_nobody_and_finds_nothing(real):
    facts = real.facts("postfix-ordinary-week")
    assert facts.first and facts.last and (facts.last - facts.first).days == 6
    assert suspects(facts) == ()
    assert _bad(facts) == set()
    assert "ordinary" in _codes(facts)


def test_failed_logins_alone_are_no_break_in(real):
    facts, done = real.facts("postfix-brute-force"), real.done("postfix-brute-force")
    assert facts.brute_force.failures >= done["guesses"]["login_failed"] > 100
    assert facts.brute_force.distinct_addresses == 15
    assert facts.brute_force.names == 5
    assert suspects(facts) == ()
    assert _bad(facts) == set()
    assert _codes(facts)["failed_logins"].severity is Severity.OK


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("postfix-disk-full", "disk_full"),
        ("postfix-resolver-broken", "names_failing"),
        ("postfix-helper-down", "helper_down"),
        ("postfix-blocked-25", "all_timed_out"),
        ("postfix-dead-list", "own_filter_dead"),
        ("postfix-relayhost-login", "relayhost_login"),
    ],
)
def test_what_broke_is_named_alone_and_nobody_is_accused(real, name, code):
    facts = real.facts(name)
    assert _codes(facts)[code].severity is Severity.CRITICAL
    assert _bad(facts) == {code}
    assert suspects(facts) == ()


def test_a_list_that_does_not_answer_is_named(real):
    finding = _codes(real.facts("postfix-dead-list"))["own_filter_dead"]
    assert finding.values["zones"] == ["zen.spamhaus.org"]
    assert finding.values["count"] == real.done("postfix-dead-list")["refused"]["refused"]


def test_what_others_refused_has_the_reason_words_of_bounces_and_the_list(real):
    summary = log_summary(real.facts("postfix-stolen-password"))
    reasons = {(row["by"], row["reason"]): row for row in summary["rejections"]}
    assert reasons["them", "ip_blocked"]["count"] == 80
    assert reasons["them", "user_unknown"]["count"] >= 80
    assert reasons["us", "relay_denied"]["count"] == 1
    assert summary["our_addresses"] == ["203.0.113.10"]


def _iso(line: str, year: int) -> str:
    at = datetime.strptime(f"{year} {line[:15]}", "%Y %b %d %H:%M:%S")
    return f"{at.isoformat()}.123456+09:00{line[15:]}"


@pytest.mark.parametrize("name", ["postfix-stolen-password", "sendmail-web-form", "opensmtpd-open-relay"])
def test_iso_stamps_of_the_same_log_tell_the_same(real, name, read):
    plain, iso = read(real.lines(name)), read([_iso(line, 2026) for line in real.lines(name) if line])
    assert log_summary(iso)["suspects"][0]["first"].endswith("+09:00")
    assert [(each.name, each.messages, each.recipients) for each in suspects(iso)] == [
        (each.name, each.messages, each.recipients) for each in suspects(plain)
    ]
    assert (iso.sent, iso.deferred, iso.bounced, iso.rejected) == (
        plain.sent, plain.deferred, plain.bounced, plain.rejected,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["postfix-stolen-password", "postfix-newsletter", "postfix-ordinary-week"])
def test_leaving_out_what_is_no_news_changes_nothing(real, name, read):
    """Small blocks are read line by line, large ones only where there is news."""
    lines = real.lines(name)
    assert len(lines) > 1000
    whole, slow = read(lines), read(lines, size=500)
    assert suspects(whole) == suspects(slow)
    assert [each.code for each in judge(whole)] == [each.code for each in judge(slow)]
    for field in (
        "sent",
        "delivered_outside",
        "deferred",
        "bounced",
        "rejected",
        "senders",
        "refusals",
        "first",
        "last",
    ):
        assert getattr(whole, field) == getattr(slow, field), field
    assert {each.name: each.recipients for each in whole.identities} == {
        each.name: each.recipients for each in slow.identities
    }


def test_the_other_sides_full_disk_is_not_ours(read):
    line = (
        "Nov 22 01:28:43 m postfix/smtp[2]: ABC1: to=<a@far.example>, relay=mx.far.example[198.51.100.30]:25, delay=1, "
        "delays=0/0/0/1, dsn=4.3.1, status=deferred (host mx.far.example[198.51.100.30] said: 452 4.3.1 Insufficient "
        "system storage (in reply to MAIL FROM command))"
    )
    facts = read([line] * 10)
    assert facts.deferred == 10
    assert facts.troubles == ()
    assert "disk_full" not in _codes(facts)


def test_a_window_shows_its_days_only(real):
    window = Window(datetime(2026, 11, 18, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC))
    reader = LogReader(datetime(2026, 12, 31, tzinfo=UTC), UTC, window)
    reader.feed(real.lines("postfix-ordinary-week"))
    day, week = reader.facts(), real.facts("postfix-ordinary-week")
    assert 0 < day.sent < week.sent / 4
    assert 0 < sum(each.messages for each in day.identities) < sum(each.messages for each in week.identities) / 4
