"""Hostile and broken logs: never an exception, never much time or memory, nothing invisible in what is shown."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.checks.mail_log import LogReader, judge, log_summary, masked, read_text
from core.errors import UsageError
from core.report.json_file import finding_to_json
from core.saved_run.write import plain
from core.texts import Texts
from tests.patience import little_work

NOW = datetime(2026, 12, 31, tzinfo=UTC)
_HEADS = st.sampled_from(
    [
        "Nov 22 01:28:43 mail postfix/smtpd[227]: ",
        "Nov 22 01:28:43 mail postfix/qmgr[2]: ",
        "Nov 22 01:28:43 mail postfix/smtp[2]: ",
        "Nov 22 01:28:43 mail postfix/pickup[2]: ",
        "Nov 22 01:28:43 mail postfix/cleanup[2]: ",
        "Feb 29 01:28:43 m sendmail[9]: ",
        "2026-11-22T01:28:54.799674+00:00 h smtpd[83]: 96554c693d28401a ",
        "2026-11-22 01:28:43 1xUwNn-00005J-1d ",
        "2026-11-22 01:28:43 ",
        "@40000000655f0a1b0badcafe ",
        "Nov 22 01:28:43 mail dovecot: auth: ",
        "Nov 22 01:28:43 mail fail2ban.actions[1]: ",
        '{"__REALTIME_TIMESTAMP":"1795000000000000","SYSLOG_IDENTIFIER":"postfix/smtpd","MESSAGE":"',
        "message repeated 9 times: [ ",
        "",
    ]
)
_PARTS = st.sampled_from(
    [
        "ABC123: ",
        "NOQUEUE: ",
        "client=a[192.0.2.1]",
        ", sasl_username=x@example.jp",
        "uid=33 from=<www-data>",
        "from=<a@b.example>, size=1, nrcpt=9",
        "from=<",
        "to=<x@y.example>",
        ", relay=mx[198.51.100.1]:25",
        ", dsn=5.0.0",
        ", status=bounced (",
        ", status=sent (",
        "queued as ABC123)",
        "reject: RCPT from a[192.0.2.1]: 554 ",
        "blocked using zen.spamhaus.org",
        "<= a@b.example H=h [192.0.2.1] P=esmtpsa A=x:y",
        "=> ",
        "** ",
        "== ",
        "defer (-44): ",
        "stat=Sent",
        "stat=",
        "ruleset=check_rcpt, reject=",
        "AUTH=server, relay=[192.0.2.1], authid=u",
        "smtp envelope evpid=aabbccdd00112233 ",
        "mta delivery evpid=aabbccdd00112233 ",
        'result="Ok"',
        "info msg 1: bytes 2 from <a> qp 3 uid 33",
        "starting delivery 1: msg 1 to remote a@b",
        "delivery 1: failure: x/",
        "warning: ",
        "SASL LOGIN authentication failed: ",
        "auth failed, rip=192.0.2.1, user=<a>",
        "Ban 192.0.2.1",
        "removed",
        "\0",
        "\x1b[2J",
        "\u202e",
        "\ud800",
        "日本",
        "=" * 50,
        "[" * 40,
        "]: ",
        '"',
        "\\",
    ]
)
_LINE = st.builds(
    lambda head, parts, junk: head + "".join(parts) + junk, _HEADS, st.lists(_PARTS, max_size=8), st.text(max_size=20)
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_LINE, min_size=1, max_size=30))
def test_no_lines_break_the_reader_and_all_it_says_is_clean_json(lines):
    try:
        facts = read_text("\n".join(lines), NOW)
    except UsageError as error:
        assert error.code in ("mail_log.no_text", "mail_log.unknown_format")
        return
    plain(facts)
    log_summary(masked(facts))
    for finding in judge(facts):
        for language in ("ja", "en"):
            said = finding_to_json(finding, Texts(language))
            words = f"{said['title']} {said['meaning']}"
            assert not any(sign in words for sign in "\0\x1b\u202e"), words


@settings(max_examples=30, deadline=None)
@given(st.lists(_LINE, min_size=2, max_size=30), st.integers(1, 29))
def test_where_a_block_ends_does_not_matter(lines, size):
    def read(step):
        reader = LogReader(NOW, UTC)
        for start in range(0, len(lines), step):
            reader.feed(lines[start : start + step])
        try:
            facts = reader.facts()
        except UsageError as error:
            return error.code
        return (
            facts.sent,
            facts.delivered_outside,
            facts.deferred,
            facts.bounced,
            facts.rejected,
            facts.senders,
            facts.brute_force.failures,
            [(each.word, each.count) for each in facts.troubles],
            sorted((each.kind, each.name, each.messages, each.recipients) for each in facts.identities),
        )

    assert read(len(lines)) == read(size)


@pytest.mark.parametrize(
    "head",
    [
        "Nov 22 01:28:43 mail postfix/smtpd[227]: ABC: client=a[",
        "Nov 22 01:28:43 mail postfix/smtp[1]: A: to=<",
        "2026-11-22 01:28:43 1xUwNn-00005J-1d <= ",
        "Nov 22 01:28:43 mail sendmail[1]: A: to=<",
        "Nov 22 01:28:43 mail smtpd[1]: 96554c693d28401a mta delivery evpid=",
        "@40000000655f0a1b0badcafe delivery 1: failure: ",
        "Nov 22 01:28:43 mail dovecot: auth: ",
    ],
)
@pytest.mark.parametrize(
    "filling", ["a", "<", "[", ",to=<a@b.example>", ' T="\\', "a=", "\0", " ", "message repeated 3 times: ["]
)
def test_a_line_of_ten_megabytes_costs_little(head, filling):
    line = head + filling * (10_000_000 // len(filling))
    tracemalloc.start()
    try:
        with little_work(3):
            reader = LogReader(NOW, UTC)
            reader.feed([line, "Nov 22 01:28:44 mail postfix/qmgr[2]: ABC: removed"])
            facts = reader.facts()
            judge(facts)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60_000_000
    assert len(str(plain(facts))) < 100_000


def test_a_log_made_to_fill_every_table_stays_small():
    def lines(part):
        for n in range(part * 5000, part * 5000 + 5000):
            ip = f"192.0.{n // 250 % 250}.{n % 250}"
            yield f"Nov 22 01:28:43 mail postfix/smtpd[1]: {n:08X}: client=a[{ip}], sasl_username=u{n}@example.jp"
            yield f"Nov 22 01:28:43 m postfix/qmgr[1]: {n:08X}: from=<s{n}@x{n}.example>, size=1, nrcpt=1 (x)"
            yield (
                f"Nov 22 01:28:43 m postfix/smtp[1]: {n:08X}: to=<r@d{n}.test>, relay=mx{n}[198.51.100.{n % 250}]:2, "
                f"dsn=5.0.0, status=bounced (host mx{n} said: 550 word{n} {n:x})"
            )
            yield f"Nov 22 01:28:43 mail postfix/smtpd[1]: warning: a[{ip}]: SASL LOGIN authentication failed: x"

    tracemalloc.start()
    try:
        reader = LogReader(NOW, UTC)
        for part in range(2):
            reader.feed(list(lines(part)))
        facts = reader.facts()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 80_000_000
    assert len(facts.identities) <= 200 and len(facts.refusals) <= 60
    assert facts.bounced == 10_000


def test_lines_that_claim_to_be_repeated_a_million_times_cost_no_more_than_they_may() -> None:
    head = "Nov 22 01:28:43 mail postfix/smtpd[2]: "
    said = "warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: x"
    claimed = [f"{head}message repeated 999999 times: [ {said}]"] * 500
    facts = read_text("\n".join([head + "connect from mx[8.8.8.8]", *claimed]), NOW)
    assert facts.brute_force.failures == 100_000 + 400, "a thousand each, then each line once"


@pytest.mark.parametrize("again", ["message repeated", "mesmessage repeatedsage repeated", ""])
def test_a_repeated_line_inside_a_repeated_line_is_read_no_deeper(again: str) -> None:
    head, claim = "Nov 22 01:28:43 mail postfix/smtpd[2]: ", "message repeated 999 times: [ "
    said = "warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: x"
    line = head + claim + (again + claim) * 5 + said
    facts = read_text("\n".join([head + "connect from mx[8.8.8.8]", line]), NOW)
    assert facts.brute_force.failures == 0
