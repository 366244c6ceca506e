"""Which part of a host name is the one somebody registered.

A short table instead of the whole public suffix list: the country domains that sell names one level down, as far as
companies use them (Japan's in full). An unknown suffix gives a name too short, never one of another company's.
"""

from __future__ import annotations

_SECOND_LEVEL_WORDS = "ac ad co com ed edu gen geek go gob gov gr gv id lg ltd me mil ne net nom or org plc sch"
_PREFECTURE_WORDS = (
    "aichi akita aomori chiba ehime fukui fukuoka fukushima gifu gunma hiroshima hokkaido hyogo ibaraki ishikawa iwate "
    "kagawa kagoshima kanagawa kawasaki kitakyushu kobe kochi kumamoto kyoto mie miyagi miyazaki nagano nagasaki "
    "nagoya nara niigata oita okayama okinawa osaka saga saitama sapporo sendai shiga shimane shizuoka tochigi "
    "tokushima tokyo tottori toyama wakayama yamagata yamaguchi yamanashi yokohama"
)
_SECOND_LEVEL = frozenset(_SECOND_LEVEL_WORDS.split())
_PREFECTURES = frozenset(_PREFECTURE_WORDS.split())


def plain_domain(name: str) -> str:
    """Lower case, without the final dot."""
    return name.strip().rstrip(".").lower()


def registrable_domain(name: str) -> str:
    """ "mail.example.co.jp" -> "example.co.jp", "www.example.com" -> "example.com"."""
    labels = plain_domain(name).split(".")
    return ".".join(labels[-_registrable_length(labels) :])


def _registrable_length(labels: list[str]) -> int:
    if len(labels) < 3 or len(labels[-1]) != 2:
        return 2
    if labels[-1] == "jp" and labels[-2] in _PREFECTURES:
        # Geographic names: example.chiyoda.tokyo.jp, but also the newer example.tokyo.jp.
        return 4 if len(labels) >= 4 else 3
    return 3 if labels[-2] in _SECOND_LEVEL else 2
