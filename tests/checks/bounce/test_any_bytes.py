# ruff: noqa: E501  (replies are quoted on one line, as they are sent)
"""Any bytes in: a result or a clean refusal out, soon and in little memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.checks.bounce import CHECK, bounce_summary, read_bounce

PIECES = st.sampled_from(
    [b"From: MAILER-DAEMON@x.jp\n", b"To: a@b.jp\n", b"Subject: failure notice\n", b"Content-Type: multipart/report; boundary=b\n", b"\n",
     b"--b\n", b"Content-Type: message/delivery-status\n", b"Final-Recipient: rfc822; x@y.jp\n", b"Diagnostic-Code: smtp; 550 5.1.1 no\n",
     b"Action: failed\n", b"<x@y.jp>:\n", b"550 5.1.1 <x@y.jp> unknown\n", b"\x1b$B%\n", b"\xff\xfe", b"=?iso-2022-jp?B?GyRC?=", b"\x00", b"--b--",
     b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/plain; charset=utf-7\n", b"+AGE-"]
)  # fmt: skip


@settings(max_examples=300, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=3000), st.lists(PIECES, max_size=60).map(b"".join), st.text(max_size=2000)))
def test_never_raises(data: bytes | str) -> None:
    facts = read_bounce(data)
    assert CHECK.judge(facts)
    assert bounce_summary(facts)["is_bounce"] is facts.is_bounce


HEAD = b"From: MAILER-DAEMON@x.jp\nTo: a@b.jp\nSubject: failure notice\n"
NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000))
HOSTILE = {
    "nested 2000 deep": HEAD + NESTED,
    "200,000 headers": HEAD + b"X-A: b\n" * 200_000,
    "20,000 addresses": HEAD + b"\n" + b"<x@y.jp>: 550 no such user\n" * 20_000,
    "one long line": HEAD + b"\n" + b"550 5.7.1 " + b"rejected a@b " * 80_000,
    "blanks": HEAD + b"\n" + b" " * 1_000_000,
    "brackets": HEAD + b"\n" + b"<" * 500_000 + b"@" * 500_000,
    "open tags": HEAD + b"Content-Type: text/html\n\n" + b"<style><br " * 90_000,
    "encoded words": HEAD + b"X-B: " + b"=?utf-8?q?" * 90_000 + b"\n\n",
    "colons": HEAD + b"\n" + b"550 1:2:3:4:" * 80_000,
    "zip": b"PK\x03\x04" + bytes(range(256)) * 8000,
    "garbage date": HEAD + b"Date: \xff\xff\nMessage-ID: <<<[\n\n550 no such user <x@y.jp>",
    "outlook item": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "550 5.1.1 User unknown <x@y.jp> ".encode("utf-16-le") * 15_000,
    "utf-16": b"\xff\xfe" + "550 5.1.1 User unknown".encode("utf-16-le"),
    "dots and codes": b"550 5.7.1 " + b"your ip address has the blocked recipient mailbox " * 20_000,
    "many reports": HEAD + b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822; x@y.jp\nAction: failed\nDiagnostic-Code: smtp; 550 your host is mail address rejected\n\n" * 8_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_read_within_a_second(name: str) -> None:
    read_bounce("550 5.1.1 User unknown")
    start = time.process_time()
    assert CHECK.judge(read_bounce(HOSTILE[name]))
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_needs_little_memory(name: str) -> None:
    tracemalloc.start()
    try:
        read_bounce(HOSTILE[name][:300_000])
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_f06_an_undeclared_utf_16_file_is_read() -> None:
    assert read_bounce(HOSTILE["utf-16"]).recipients[0].reason == "user_unknown"
