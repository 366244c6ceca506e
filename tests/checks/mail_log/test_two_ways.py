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


_IDS = [*["4A00001EEF", "4A00003DCE", "4hsvBL2Wk8z1xYq", "ABC123"] * 5, "A" * 70]
_HOSTS = [
    "a.far.example[8.8.8.8]", "unknown[192.0.2.9]", "office.example.jp[9.9.9.10]", "localhost[127.0.0.1]",
    "unknown[unknown]", "pc[192.168.1.5]", "v6.far.example[2a00:1450::1]",
]  # fmt: skip
_PEOPLE = ["a@far.example", "B@Far.Example", "taro@example.jp", "root", "odd, >, relay=x@y.example", ""]
_RELAYS = [
    "mx.far.example[8.8.4.4]:25", "mx2.far.example[9.9.9.9]:25", "local", "local", "none", "127.0.0.1[127.0.0.1]:10024",
    "mail[private/dovecot-lmtp]", "mx[8.8.4.4", "x, status=sent (",
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
    "{id}: removed", "{id}: removed", "{id}: removed {word}", "{id}: from=<", "{word}",
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
]  # fmt: skip
_SERVICES = [
    *[("smtpd", _SMTPD)] * 4, ("submission/smtpd", _SMTPD), ("smtps/smtpd", _SMTPD), *[("qmgr", _QMGR)] * 4,
    ("cleanup", _CLEANUP), *[("smtp", _DELIVERY)] * 3, *[("local", _DELIVERY)] * 2, ("lmtp", _DELIVERY),
    ("virtual", _DELIVERY), ("pipe", _DELIVERY), ("error", _DELIVERY), ("relay/smtp", _DELIVERY),
    ("pickup", ["{id}: uid=33 from=<{who}>", "{id}: uid=0 from=<{who}>"]),
    ("bounce", ["{id}: sender non-delivery notification: ABC123"]), ("anvil", _SMTPD), ("postscreen", _SMTPD),
]  # fmt: skip
_STAMPS = ["Nov 22 01:28:43", "Nov 22 01:28:44", "Nov 22 02:00:01", "Nov 23 00:00:00"]


def _any_line(dice: random.Random) -> str:
    service, texts = dice.choice(_SERVICES)
    text = dice.choice(texts).format(
        id=dice.choice(_IDS), host=dice.choice(_HOSTS), who=dice.choice(_PEOPLE), relay=dice.choice(_RELAYS),
        status=dice.choice(_STATUSES), word=dice.choice(_WORDS), few=dice.choice([1, 1, 1, 2, 12, "", "x"]),
    )  # fmt: skip
    host = dice.choice(["mail"] * 19 + ["mx"])
    return f"{dice.choice(_STAMPS)} {host} postfix/{service}[{dice.randrange(1, 99_999)}]: {text}"


@pytest.mark.parametrize("seed", range(40))
def test_any_lines_tell_the_same_both_ways_wherever_a_block_ends(seed: int) -> None:
    dice = random.Random(seed)
    lines = [_any_line(dice) for _ in range(400)]
    lines[dice.randrange(400)] = dice.choice(["", "Nov 22 01:28:43 mail dovecot: auth: x", "\0", "postfix/qmgr[1]: "])
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
