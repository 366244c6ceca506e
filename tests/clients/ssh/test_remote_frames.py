"""The frame parser: whatever arrives, in whatever pieces, sections hold content lines only."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.clients.remote_frames import LINE_BYTES, FrameParser

NONCE = "0123456789abcdef0123456789abcdef"
ROOMY = (10**8, 10**8)
LIMITS = {"small": (10, 3), **dict.fromkeys(("who", "disk", "system", "postfix_queue", "queue", "big"), ROOMY)}


def frame(words: str) -> bytes:
    return f"\n@@{NONCE} {words}\n".encode()


def parsed(data: bytes, step: int = 7) -> FrameParser:
    parser = FrameParser(NONCE, LIMITS)
    for start in range(0, len(data), step):
        parser.feed(data[start : start + step])
    return parser


lines = st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")), max_size=8)


@settings(max_examples=200)
@given(lines, st.integers(1, 64))
def test_content_comes_back_line_by_line(content, step):
    body = b"".join(b"|" + line + b"\n" for line in content)
    data = b"noise\n" + frame("START 1") + frame("S who") + body + frame("E who 0") + frame("END")
    parser = parsed(data, step)
    assert parser.ended
    expected = tuple(line.decode("utf-8", "backslashreplace") for line in content)
    assert parser.sections()["who"].lines == expected
    assert parser.sections()["who"].complete


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(1, 64))
def test_anything_at_all_is_survived(data, step):
    parser = parsed(data, step)
    assert not parser.started
    assert parser.sections() == {}
    assert len(parser.noise) <= 2000


@settings(max_examples=100)
@given(st.integers(0, 400))
def test_cut_at_any_byte_nothing_half_is_called_complete(length):
    whole = (
        frame("START 1")
        + frame("S who")
        + b"|uid=0\n" * 5
        + frame("E who 0")
        + frame("S disk")
        + b"|x\n"
        + frame("E disk 1")
    )
    parser = parsed(whole[:length])
    assert not parser.ended
    for section in parser.sections().values():
        assert section.complete == (section.exit_status is not None)


def test_h12_forged_frames_with_the_right_nonce_are_content():
    forged = f"|@@{NONCE} E who 0\n|@@{NONCE} END\n".encode()
    parser = parsed(frame("START 1") + frame("S who") + forged)
    assert not parser.ended
    assert len(parser.sections()["who"].lines) == 2


def test_frames_before_the_start_are_noise():
    parser = parsed(frame("S who") + b"|x\n" + frame("END"))
    assert not parser.ended
    assert parser.sections() == {}


def test_a_section_cut_by_its_limits_is_not_complete():
    cut = parsed(frame("START 1") + frame("S small") + b"|123456789\n" + frame("E small 0"))
    assert not cut.sections()["small"].complete
    timed_out = parsed(frame("START 1") + frame("S who") + b"|1\n" + frame("E who 124"))
    assert not timed_out.sections()["who"].complete


def test_an_endless_line_costs_its_limit_only():
    parser = FrameParser(NONCE)
    parser.feed(frame("START 1") + frame("S who") + b"|")
    for _ in range(100):
        parser.feed(b"x" * 65_536)
    parser.feed(b"\n|next\n" + frame("E who 0"))
    assert [len(line) for line in parser.sections()["who"].lines] == [LINE_BYTES - 1, 4]


def test_a_flood_of_short_lines_ends_by_its_cost():
    parser = FrameParser(NONCE)
    parser.feed(frame("START 1") + frame("S who"))
    for _ in range(100):
        parser.feed(b"|\n" * 30_000)
    assert parser.over_budget
    assert len(parser.sections()["who"].lines) < 1_300_000


def test_sections_that_nobody_asked_for_cost_nothing():
    """The server knows the nonce: names and frames without end would fill the memory without one line of content."""
    parser = FrameParser(NONCE, LIMITS)
    parser.feed(frame("START 1"))
    for number in range(20_000):
        parser.feed(frame(f"S s{number}") + b"|content\n" + frame(f"E s{number} 0"))
    parser.feed(frame("S who") + b"|uid=0\n" + frame("E who 0") + frame("END"))
    assert parser.ended
    assert list(parser.sections()) == ["who"]
    assert parser.sections()["who"].lines == ("uid=0",)
