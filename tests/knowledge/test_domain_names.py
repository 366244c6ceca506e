"""Which part of a name is somebody's: held against the Public Suffix List itself, and what it does not know."""

from __future__ import annotations

import tomllib
from pathlib import Path

import publicsuffixlist
import pytest

from core.knowledge.domain_names import dns_form, registrable_domain
from core.resources import resources_dir

DATA = tomllib.loads((resources_dir() / "data" / "public_suffixes.toml").read_text(encoding="utf-8"))
SOURCE = Path(publicsuffixlist.__file__).with_name("public_suffix_list.dat").read_text(encoding="utf-8")
ICANN = SOURCE.partition("===BEGIN ICANN DOMAINS===")[2].partition("===END ICANN DOMAINS===")[0]


@pytest.mark.parametrize("example", DATA["example"], ids=lambda example: example["name"])
def test_the_examples_of_the_data(example: dict[str, str]) -> None:
    assert registrable_domain(example["name"]) == example["registered"]


def test_every_rule_of_the_registries_as_the_list_itself_has_it() -> None:
    """Against the library's own evaluation. Under lg.jp we know better; see below."""
    reference = publicsuffixlist.PublicSuffixList(only_icann=True)
    rules = [line.strip().lstrip("!").replace("*", "any") for line in ICANN.splitlines() if line and line[:2] != "//"]
    names = [f"{below}{rule}" for rule in rules for below in ("", "example.", "mail.example.") if rule != "lg.jp"]
    wanted = {name: own for name in names if (own := reference.privatesuffix(name))}
    assert len(wanted) > 10_000
    assert {name: own for name, own in wanted.items() if registrable_domain(name) != dns_form(own)} == {}


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("www.city.kyoto.lg.jp", "city.kyoto.lg.jp"),
        ("mail.pref.osaka.lg.jp", "pref.osaka.lg.jp"),
        ("metro.tokyo.lg.jp", "metro.tokyo.lg.jp"),
        ("www.j-lis.lg.jp", "j-lis.lg.jp"),
        ("www.pref.osaka.jp", "pref.osaka.jp"),
        ("mail.city.yokohama.jp", "city.yokohama.jp"),
        ("mail.soumu.go.jp", "soumu.go.jp"),
        ("Mail.Example.CO.JP.", "example.co.jp"),
        ("mail.日本語.jp", "xn--wgv71a119e.jp"),
        ("mail.xn--wgv71a119e.jp", "xn--wgv71a119e.jp"),
        ("www.例え.大阪.jp", "xn--r8jz45g.xn--pssu33l.jp"),
        ("mail.example.みんな", "example.xn--q9jyb4c"),
        ("mail.example.tokyo", "example.tokyo"),
        ("localhost", "localhost"),
        ("co.jp", "co.jp"),
        ("", ""),
        ("a" * 70 + ".例え" * 5 + ".jp", "xn--r8jz45g.jp"),
    ],
)
def test_names_as_companies_have_them(name: str, own: str) -> None:
    assert registrable_domain(name) == own
