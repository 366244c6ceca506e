"""The reply reader against anything at all."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clients.smtp_reply import REPLY_LINE_LIMIT, Reply, ReplyError, ReplyReader


def _read(*lines: bytes) -> Reply | None:
    reader = ReplyReader()
    return [reader.feed(line) for line in lines][-1]


@pytest.mark.parametrize(
    ("lines", "reply"),
    [
        ([b"220 mx.example.jp ESMTP\r\n"], Reply(220, None, ("mx.example.jp ESMTP",))),
        ([b"250\r\n"], Reply(250, None, ("",))),
        ([b"250-a\r\n", b"250 b\r\n"], Reply(250, None, ("a", "b"))),
        ([b"454 4.7.1 denied\r\n"], Reply(454, "4.7.1", ("4.7.1 denied",))),
        ([b"550 2.1.0 odd\r\n"], Reply(550, None, ("2.1.0 odd",))),
        ([b"550 5.7.1234 odd\r\n"], Reply(550, None, ("5.7.1234 odd",))),
    ],
)
def test_replies(lines: list[bytes], reply: Reply) -> None:
    assert _read(*lines) == reply


def test_raw_is_what_stood_on_the_wire() -> None:
    reply = _read(b"250-a\r\n", b"250-b\r\n", b"250 c\r\n")
    assert reply is not None
    assert reply.raw == "250-a\n250-b\n250 c"


@given(st.binary(max_size=200))
def test_any_line_gives_a_reply_or_a_reply_error(line: bytes) -> None:
    with suppress(ReplyError):
        reply = ReplyReader().feed(line + b"\r\n")
        assert reply is None or 200 <= reply.code <= 599


@given(st.lists(st.binary(max_size=30).map(lambda text: b"250-" + text.replace(b"\n", b"") + b"\r\n"), max_size=300))
def test_no_reply_grows_beyond_its_limit(lines: list[bytes]) -> None:
    reader = ReplyReader()
    fed = 0
    with suppress(ReplyError):
        for line in lines:
            reader.feed(line)
            fed += 1
    assert fed <= REPLY_LINE_LIMIT
