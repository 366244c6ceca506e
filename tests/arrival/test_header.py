"""What a pasted header proves, and what it does not: real programs' forms, damaged pastes, hostile ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.arrival import judge_confirmed, judge_missing, read_header
from core.arrival.header import passed
from core.clients.arrival_ledger import Test
from core.model import Severity

TOKEN = "MFA-ABCDEFGHJK"
AT = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
RELAY = Test(
    TOKEN,
    "relay",
    "me@far.example",
    AT,
    "mail.example.jp",
    "203.0.113.10",
    ("mail.example.jp", "203.0.113.10"),
    "outside",
)
ARRIVED = f"""Return-Path: <me@far.example>
Received: from mail.example.jp (mail.example.jp [203.0.113.10])
\tby mx.far.example (Postfix) with ESMTPS id 4F3A21C
\tfor <me@far.example>; Sun, 22 Nov 2026 08:40:07 +0000 (UTC)
Received: from [198.51.100.7] (client.far.example [198.51.100.7])
\tby mail.example.jp (Postfix) with ESMTP id 1A2B3C
\tfor <me@far.example>; Sun, 22 Nov 2026 08:40:05 +0000 (UTC)
From: me@far.example
Subject: Mail First Aid {TOKEN}
Message-ID: <{TOKEN}@mail-first-aid.invalid>

text
"""
RETURNED = f"""Received: by mail.example.jp (Postfix)
\tid 9; Sun, 22 Nov 2026 08:41:00 +0000 (UTC)
From: MAILER-DAEMON@mail.example.jp (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

Final-Recipient: rfc822; me@far.example
Action: failed

Received: from [198.51.100.7] by mail.example.jp (Postfix) with ESMTP id 1A2B3C; Sun, 22 Nov 2026 08:40:05 +0000
Subject: Mail First Aid {TOKEN}
"""


def code(text: str, test: Test | None = RELAY) -> tuple[str, Severity]:
    finding = judge_confirmed(read_header(text), test)
    return finding.code, finding.severity


def test_our_servers_line_and_the_word_confirm_it() -> None:
    facts = read_header(ARRIVED)
    assert facts.tokens == (TOKEN,)
    assert [one.by_part for one in facts.received] == ["mx.far.example (Postfix)", "mail.example.jp (Postfix)"]
    assert len(passed(facts, RELAY.names)) == 2
    assert code(ARRIVED) == ("arrival.relay_confirmed", Severity.CRITICAL)


@pytest.mark.parametrize(
    "damaged",
    [
        ARRIVED.replace("\t", ""),  # a paste that lost its leading blanks
        "\n\n" + ARRIVED.replace("\n", "\r\n"),
        ARRIVED.replace("\n", "\n> ").replace("Return", "> Return", 1),
        ARRIVED.lower(),
        ARRIVED.replace(f"Subject: Mail First Aid {TOKEN}", "Subject: =?utf-8?B?TUZBLUFCQ0RFRkdISks=?="),
        ARRIVED.replace("Message-ID: <" + TOKEN, "Message-ID: <x"),
    ],
)
def test_a_damaged_paste_is_still_read(damaged: str) -> None:
    assert code(damaged)[0] == "arrival.relay_confirmed"


@pytest.mark.parametrize(
    ("relation", "expected"), [("inside", "arrival.relay_inside"), ("unknown", "arrival.relay_unknown_place")]
)
def test_from_a_trusted_or_unknown_place_it_proves_nothing(relation: str, expected: str) -> None:
    assert code(ARRIVED, replace(RELAY, relation=relation)) == (expected, Severity.UNKNOWN)  # type: ignore[arg-type]


def test_a_returned_message_with_our_header_inside_is_no_arrival() -> None:
    assert code(RETURNED) == ("arrival.returned", Severity.UNKNOWN)


@pytest.mark.parametrize("name", ["xmail.example.jp", "mail.example.jp.evil.example", "mail.example.jpn"])
def test_a_host_that_only_looks_like_ours_is_not_ours(name: str) -> None:
    other = ARRIVED.replace("mail.example.jp", name).replace("203.0.113.10", "203.0.113.100")
    assert code(other) == ("arrival.other_way", Severity.UNKNOWN)


def test_without_a_received_line_or_word_nothing_is_proven() -> None:
    assert code(f"Mail First Aid {TOKEN}")[0] == "arrival.no_header"
    assert code(f"Subject: {TOKEN}\n\nx")[0] == "arrival.no_header"
    assert code(ARRIVED.replace(TOKEN, "MFA-AAAAAAAAAA"))[0] == "arrival.no_header"
    assert code(ARRIVED, None) == ("arrival.no_token", Severity.UNKNOWN)


@pytest.mark.parametrize(
    "text", ["", "\0" * 1000, "Received:\n" * 50_000, ":" * 400_000, "Received: by " * 30_000, "é\ud800"]
)
def test_anything_may_be_pasted(text: str) -> None:
    assert code(text)[0] == "arrival.no_header"


def test_missing_is_never_an_all_clear() -> None:
    soon, late = AT.replace(minute=45), AT.replace(hour=9)
    assert judge_missing(RELAY, soon).code == "arrival.wait"
    assert judge_missing(RELAY, late).severity is Severity.UNKNOWN
    assert judge_missing(replace(RELAY, purpose="send"), late).code == "arrival.missing_send"
    assert judge_missing(replace(RELAY, purpose="receive"), late).severity is Severity.WARNING
    assert judge_missing(None, late).code == "arrival.no_token"
