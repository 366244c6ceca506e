"""The companies that run mail for others: each file's own examples, and no name taken for another company's."""

from __future__ import annotations

import re
import tomllib

import pytest

from core.knowledge.hosts import SIGNS, Example, Host, host_of, hosted_by, hosts_of, load_hosts, parse_host
from core.resources import resources_dir

EXAMPLES = [(host, example) for host in load_hosts() for example in host.examples]


def test_the_companies_people_use_are_there() -> None:
    ids = {host.id for host in load_hosts()}
    assert {"google_workspace", "microsoft_365", "sakura", "xserver", "lolipop", "heteml", "onamae", "kagoya"} <= ids
    assert {"ocn", "iij", "cpi", "webarena", "zoho", "proofpoint", "mimecast", "barracuda", "trend_micro"} <= ids
    assert {"fastmail", "amazon"} <= ids


@pytest.mark.parametrize(
    ("host", "example"), EXAMPLES, ids=lambda value: value.name if isinstance(value, Example) else value.id
)
def test_an_example_is_read_as_its_company(host: Host, example: Example) -> None:
    signs = ("ptr_shared", "ptr_own") if example.sign.startswith("ptr") else (example.sign,)
    assert host_of(example.name, *signs) == (host, example.sign)
    assert host_of(f"{example.name.upper()}.", *signs) == (host, example.sign)


@pytest.mark.parametrize("host", load_hosts(), ids=lambda host: host.id)
def test_a_company_has_an_example_and_a_page(host: Host) -> None:
    assert host.examples
    assert re.fullmatch(r"https://[a-z0-9.-]+/\S*", host.support)
    suffixes = [suffix for sign in SIGNS for suffix in host.suffixes(sign)]
    assert suffixes and all(re.fullmatch(r"[a-z0-9_*-]+(\.[a-z0-9*-]+)+", suffix) for suffix in suffixes)
    assert not host.spf_include or host in hosts_of([host.spf_include], "spf")


@pytest.mark.parametrize(
    "name",
    ["mail.midori-shoji.example", "notgoogle.com", "aspmx.l.google.com.example", "sakura.ne.jp.example", "com", ""],
)
def test_a_stranger_is_nobody(name: str) -> None:
    assert host_of(name, *SIGNS) is None


def test_no_suffix_belongs_to_two_companies() -> None:
    for sign in SIGNS:
        suffixes = [suffix for host in load_hosts() for suffix in host.suffixes(sign)]
        assert len(suffixes) == len(set(suffixes)), sign


def test_a_rented_machine_is_no_shared_server() -> None:
    assert host_of("ik1-123-45678.vs.sakura.ne.jp", "ptr_shared", "ptr_own")[1] == "ptr_own"  # type: ignore[index]
    assert host_of("www1234.sakura.ne.jp", "ptr_shared", "ptr_own")[1] == "ptr_shared"  # type: ignore[index]


def test_unknown_words_are_refused() -> None:
    path = resources_dir() / "data" / "hosts" / "sakura.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(TypeError):
        parse_host("x", {**raw, "phone": "0"})
    for key, value in (("can", ["fly"]), ("cannot", ["fly"]), ("roles", ["friend"]), ("roles", [])):
        with pytest.raises(ValueError, match="unknown"):
            parse_host("x", {**raw, key: value})


@pytest.mark.parametrize(
    ("servers", "company"),
    [
        (["aspmx.l.google.com", "alt1.aspmx.l.google.com"], "google_workspace"),
        (["midori-example.sakura.ne.jp"], "sakura"),
        (
            ["mx1.example.iphmx.com", "midori-jp.mail.protection.outlook.com"],
            "microsoft_365",
        ),  # a filter, then a keeper
        (["mx1.example.iphmx.com"], None),
        (["mail.midori-shoji.example"], None),
        (["ik1-123-45678.vs.sakura.ne.jp"], None),
        ([], None),
    ],
)
def test_who_keeps_the_mail(servers: list[str], company: str | None) -> None:
    found = hosted_by(servers)
    assert (found.id if found else None) == company
