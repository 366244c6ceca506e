"""The quick way through a Postfix log tells exactly what the plain way tells: on real logs, and on any lines."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from core.checks.mail_log import LogReader
from core.errors import UsageError
from tests.bench.log import ordinary_log
from tests.checks.mail_log.conftest import RealLogs

NOW = datetime(2026, 12, 31, tzinfo=UTC)


def facts(lines: list[str], quick: bool, ends: Iterable[int] = ()) -> dict[str, Any] | str:
    """All that is read, but for the sample that tells the product; blocks end at `ends`."""
    reader = LogReader(NOW, UTC, quick=quick)
    places = [0, *(end for end in ends if 0 < end < len(lines)), len(lines)]
    for start, end in pairwise(places):
        reader.feed(lines[start:end])
    try:
        return {**dataclasses.asdict(reader.facts()), "understood": None, "product": None}
    except UsageError as error:
        return error.code


@pytest.mark.parametrize("name", RealLogs.names)
@pytest.mark.parametrize("size", [40, 100_000])
def test_a_real_log_tells_the_same_both_ways(real: RealLogs, name: str, size: int) -> None:
    lines = real.lines(name)
    ends = range(size, len(lines), size)
    assert facts(lines, True, ends) == facts(lines, False, ends)


def test_an_ordinary_month_tells_the_same_both_ways() -> None:
    lines = [line.rstrip("\n") for line in ordinary_log(6000)]
    plain = facts(lines, False)
    assert plain == facts(lines, True, range(1000, 6000, 1000))
    assert isinstance(plain, dict)
    assert plain["sent"] > 700 and plain["deferred"] > 80 and plain["rejected"] > 40


_IDS = [
    *["4A00001EEF", "4A00003DCE", "4hsvBL2Wk8z1xYq", "ABC123"] * 5, "A" * 70, "B" * 130, "", "warning",
    "C]: D", "AB, status=x", "ABC123: from=<x",
]  # fmt: skip
_HOSTS = [
    "a.far.example[8.8.8.8]", "unknown[192.0.2.9]", "office.example.jp[9.9.9.10]", "localhost[127.0.0.1]",
    "unknown[unknown]", "pc[192.168.1.5]", "v6.far.example[2a00:1450::1]",
]  # fmt: skip
_PEOPLE = [
    *["a@far.example", "B@Far.Example", "taro@example.jp", "root", "odd, >, relay=x@y.example", ""] * 2,
    "山田@例え.example", "nrcpt=9 x@y.example", "queued as x@y.example", "a@b@example.jp", ": to=<z@y.example",
]  # fmt: skip
_RELAYS = [
    "mx.far.example[8.8.4.4]:25", "mx2.far.example[9.9.9.9]:25", "local", "local", "none", "127.0.0.1[127.0.0.1]:10024",
    "mail[private/dovecot-lmtp]", "mx[8.8.4.4", "x, status=sent (", "none[8.8.4.4]:25", "a,b[8.8.4.4]:25",
    "mx.far.example[2a00:1450::2]:25, conn_use=2",
]  # fmt: skip
_STATUSES = [
    "sent (250 2.0.0 Ok: queued as 4F3A21C)", "sent (250 Ok: queued as 4A00003DCE)", "sent (delivered to mailbox)",
    "sent (delivered to mailbox)", "sent (forwarded as ABC123)", "sent",
    "deferred (connect to mx[8.8.4.4]:25: Connection timed out)",
    "deferred (host mx[8.8.4.4] said: 450 4.2.0 <a@b>: Greylisted)", "bounced (host mx said: 550 5.1.1 User unknown)",
    "bounced (it says , status=sent (250)", "undeliverable (x)",
    "deferred (Host or domain name not found. Name service error for name=x type=MX: Host not found, try again)",
]  # fmt: skip
_WORDS = ["a", "]: connect from x", "disconnect from", "b: client=c", "removed", ": message-id=", "日本"]
_SMTPD = [
    *["{id}: client={host}"] * 6,
    *["{id}: client={host}, sasl_method=PLAIN, sasl_username={who}"] * 4,
    "connect from {host}", "disconnect from {host} ehlo=1", "{word}", "NOQUEUE: client={host}",
    "NOQUEUE: reject: RCPT from {host}: 554 5.7.1 <{who}>: Relay access denied; from=<> helo=<x]: connect from y>",
    "NOQUEUE: reject: RCPT from {host}: 554 5.7.1 blocked using zen.spamhaus.org; see {word}",
    "warning: {host}: SASL LOGIN authentication failed: x, sasl_username={word}",
    "warning: connect to Milter service inet:127.0.0.1:8891: Connection refused",
    "{id}: client={host}, orig_client=" + "x" * 700,
]  # fmt: skip
_QMGR = [
    *["{id}: from=<{who}>, size=1, nrcpt={few} (queue active)"] * 4,
    "{id}: from=<{who}>, status=expired, returned to sender",
    "{id}: removed", "{id}: removed", "{id}: removed {word}", "{id}: from=<", "{word}", "warning: {id}: removed",
    "{id}: from=<>, size=1, nrcpt=1 (queue active)", "{id}: from=<{who}>, size=1, nrcpt=1 (queue active))", ": removed",
]  # fmt: skip
_CLEANUP = [
    "{id}: message-id=<{word}>", "{id}: resent-message-id=<x>", "warning: {word}", "{word}",
    "{id}: reject: header A{word} from a[192.0.2.1]: 5.7.1 x",
    "{id}: milter-reject: END-OF-MESSAGE from a[192.0.2.1]: 4.7.1 Service unavailable",
]  # fmt: skip
_DELIVERY = [
    *["{id}: to=<{who}>, relay={relay}, delay=1, delays=0/0/0/1, dsn=2.0.0, status={status}"] * 8,
    "{id}: to=<{who}>, orig_to=<{who}>, relay={relay}, delay=1, delays=0/0/0/1, dsn=2.0.0, status={status}",
    "{id}: to=<{who}>, relay={relay}, status={status}", "warning: {word}", "{word}",
    "{id}: to=<{who}>, relay={relay}, delay=1, queued as {id}, dsn=2.0.0, status={status}",
    "{id}: to=<{who}>, relay={relay}, status={status}, delay=1, dsn=2.0.0, status=sent (delivered to mailbox)",
]  # fmt: skip
_SERVICES = [
    *[("smtpd", _SMTPD)] * 4, ("submission/smtpd", _SMTPD), ("smtps/smtpd", _SMTPD), *[("qmgr", _QMGR)] * 4,
    ("cleanup", _CLEANUP), *[("smtp", _DELIVERY)] * 3, *[("local", _DELIVERY)] * 2, ("lmtp", _DELIVERY),
    ("virtual", _DELIVERY), ("pipe", _DELIVERY), ("error", _DELIVERY), ("relay/smtp", _DELIVERY),
    ("pickup", ["{id}: uid=33 from=<{who}>", "{id}: uid=0 from=<{who}>"]),
    ("bounce", ["{id}: sender non-delivery notification: ABC123"]), ("anvil", _SMTPD), ("postscreen", _SMTPD),
]  # fmt: skip
_STAMPS = [
    *["Nov 22 01:28:43", "Nov 22 01:28:44", "Nov 22 02:00:01", "Nov 23 00:00:00"] * 3,
    "Nov 22 01:28:60", "Oct  1 23:59:59",  # a line without a readable stamp has that of the one read before it
]  # fmt: skip
_ENDS = [*[""] * 12, "\r", "\0", " ", ")", "]", "\x1b[2J"]


def _any_line(dice: random.Random) -> str:
    service, texts = dice.choice(_SERVICES)
    queue_id = dice.choice(_IDS) or ("ABC" if service == "cleanup" else "")
    text = dice.choice(texts).format(
        id=queue_id, host=dice.choice(_HOSTS), who=dice.choice(_PEOPLE), relay=dice.choice(_RELAYS),
        status=dice.choice(_STATUSES), word=dice.choice(_WORDS), few=dice.choice([1, 1, 1, 2, 12, "", "x"]),
    )  # fmt: skip
    if dice.random() < 0.1:
        text = f"message repeated {dice.randrange(1, 5)} times: [ {text}{dice.choice([']', ']', ''])}"
    number = dice.choice([700, 700, 700, dice.randrange(1, 99_999), "7"])
    host = dice.choice(["mail"] * 19 + ["mx"])
    return f"{dice.choice(_STAMPS)} {host} postfix/{service}[{number}]: {text}{dice.choice(_ENDS)}"


_ODD = [
    "", "Nov 22 01:28:43 mail dovecot: auth: x", "\0", "postfix/qmgr[1]: ",
    "Nov 22 01:28:43 mail postfix/qmgr[1: removed",
    "\0\0\0Nov 22 01:28:43 mail postfix/qmgr[1]: ABC123: removed", "2026-11-22T01:28:54.799674+00:00 mail postfix/qmgr",
    "Nov 22 01:28:43 mail postfix/smtp[2]: ABC123: to=<" + "x" * 1000, "Nov 22 01:28:43 mail postfix/qmgr[1]:",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_any_lines_tell_the_same_both_ways_wherever_a_block_ends(seed: int) -> None:
    dice = random.Random(seed)
    lines = [_any_line(dice) for _ in range(400)]
    for odd in dice.sample(_ODD, 3):
        lines[dice.randrange(400)] = odd
    ends = sorted(dice.sample(range(400), 3))
    assert facts(lines, True, ends) == facts(lines, False, ends)


def test_mail_that_waited_behind_ten_thousand_others_still_has_its_stranger() -> None:
    head = "Nov 22 01:28:43 mail postfix"
    first = [
        f"{head}/smtpd[5]: AAAA{n:04X}: client=spam.example[8.8.4.{n}]" for n in range(40)
    ] + [
        f"{head}/qmgr[7]: AAAA{n:04X}: from=<spam@far.example>, size=1, nrcpt=1 (queue active)" for n in range(40)
    ]  # fmt: skip
    between = [line.rstrip("\n") for line in ordinary_log(30_000)]
    last = [
        f"{head}/smtp[6]: AAAA{n:04X}: to=<v@d{n}.example>, relay=mx[9.9.9.9]:25, delay=1, status=sent (250 Ok)"
        for n in range(40)
    ]
    lines = [*first, *between, *last]
    read = facts(lines, True, range(2000, len(lines), 2000))
    assert isinstance(read, dict)
    passed = [each for each in read["identities"] if each["kind"] == "relay"]
    assert sum(each["messages"] for each in passed) == 40
    assert {each["sender_domains"] for each in passed} == {("far.example",)}


_TO = "4A00001EEF: to=<{to}>, relay={relay}, delay=1, delays=0/0/0/1, dsn=2.0.0, status={status}"
_REPEATED = {
    "smtp, taken": ("smtp", _TO.format(to="a@far.example", relay=_RELAYS[0], status="sent (250 Ok)"), "sent"),
    "smtp, put off": ("smtp", _TO.format(to="a@far.example", relay=_RELAYS[0], status="deferred (450 x)"), "deferred"),
    "smtp, refused": ("smtp", _TO.format(to="a@far.example", relay=_RELAYS[0], status="bounced (550 x)"), "bounced"),
    "local": ("local", _TO.format(to="taro@example.jp", relay="local", status="sent (delivered to mailbox)"), "sent"),
    "smtpd": ("smtpd", "NOQUEUE: reject: RCPT from a[192.0.2.1]: 554 5.7.1 <a@b>: Relay access denied", "rejected"),
    "postscreen": ("postscreen", "NOQUEUE: reject: RCPT from [192.0.2.1]:4711: 550 5.7.1 blocked", "rejected"),
}


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("name", _REPEATED)
def test_a_line_that_was_repeated_counts_as_often_whoever_wrote_it(name: str, quick: bool) -> None:
    service, text, counter = _REPEATED[name]
    head = f"Nov 22 01:28:43 mail postfix/{service}[77]: "
    read = facts([head + text, f"{head}message repeated 3 times: [ {text}]", head + text], quick)
    assert isinstance(read, dict)
    assert read[counter] == 5


@pytest.mark.parametrize("quick", [True, False])
def test_a_repeated_line_that_is_read_first_counts_as_often(quick: bool) -> None:
    service, text, counter = _REPEATED["local"]
    read = facts([f"Nov 22 01:28:43 mail postfix/{service}[77]: message repeated 3 times: [ {text}]"], quick)
    assert isinstance(read, dict)
    assert read[counter] == 3


def test_a_new_year_within_the_log_is_the_same_year_both_ways() -> None:
    dice = random.Random(5)
    stamps = [f"Dec 31 23:{n // 10:02}:{n % 10:02}" for n in range(300)]
    stamps += [f"Jan  1 00:{n // 10:02}:{n % 10:02}" for n in range(300)]
    lines = [stamp + _any_line(dice)[15:] for stamp in stamps]
    plain = facts(lines, False, [100, 350])
    assert isinstance(plain, dict)
    assert (plain["first"].year, plain["last"].year) == (2025, 2026)
    assert facts(lines, True, [100, 350]) == plain
