"""The blacklists' data files: readable, complete, and their own examples hold."""

from __future__ import annotations

import ipaddress

import pytest

from core.knowledge.dnsbl import (
    LISTED_6,
    MOST_ANSWERS,
    UNLISTED_6,
    Blacklist,
    dead_list_of,
    dead_lists,
    keyed_lists,
    list_by_zone,
    load_lists,
    parse_list,
    reversed_address,
)

LISTS = (*load_lists(), *keyed_lists())
EXAMPLES = [(one, example) for one in LISTS for example in one.examples]


@pytest.mark.parametrize(("one", "example"), EXAMPLES, ids=lambda value: getattr(value, "zone", ""))
def test_every_example_is_read_as_it_says(one: Blacklist, example) -> None:
    reading = one.read(example.answers)
    assert reading.state == example.state
    assert tuple(code.meaning for code in reading.codes) == example.meanings
    assert reading.reason == example.reason


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.zone)
def test_every_list_can_test_itself_in_each_family(one: Blacklist) -> None:
    families = one.families if one.kind == "addresses" else (0,)
    assert families
    for family in families:
        tests = one.tests_for(family)
        assert any(test.answers for test in tests), "no entry that must be listed"
        assert any(not test.answers for test in tests), "no entry that must not be"
        for test in tests:
            answer = one.read(test.answers, also_listed=test.answers)
            assert answer.state == ("listed" if test.answers else "not_listed")
    assert one.lookup_page.startswith("https://")


def test_no_living_list_is_in_the_table_of_the_dead() -> None:
    assert [one.zone for one in LISTS if dead_list_of(one.zone)] == []


def test_the_dead_are_known_with_their_sub_zones() -> None:
    assert dead_list_of("web.dnsbl.sorbs.net").name == "SORBS"  # type: ignore[union-attr]
    assert dead_list_of("IX.dnsbl.manitu.net.").died == "2025-01-16"  # type: ignore[union-attr]
    assert dead_list_of("zen.spamhaus.org") is None
    assert dead_list_of("notrbl.jp") is None
    assert len(dead_lists()) >= 40


def test_tier_a_is_the_four_that_matter() -> None:
    assert {one.zone for one in LISTS if one.tier == "A"} == {
        "zen.spamhaus.org",
        "dbl.spamhaus.org",
        "b.barracudacentral.org",
        "bl.spamcop.net",
    }


def test_names_of_addresses_are_those_of_rfc_5782() -> None:
    assert reversed_address("192.0.2.99") == "99.2.0.192"
    nibbles = reversed_address("2001:db8:1:2:3:4:567:89ab")
    assert nibbles == "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2"
    # The test entries are written out, yet they are what the standard computes.
    for nibbled, text in ((LISTED_6, "::ffff:7f00:2"), (UNLISTED_6, "::ffff:7f00:1")):
        assert nibbled == ".".join(reversed(ipaddress.IPv6Address(text).exploded.replace(":", "")))


def test_a_hundred_records_are_no_listing() -> None:
    zen = list_by_zone("zen.spamhaus.org")
    assert zen is not None
    many = [f"127.0.0.{number}" for number in range(2, 4 + MOST_ANSWERS)]
    assert zen.read(many).state == "unasked"


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(TypeError):
        parse_list({"zone": "x.example", "surprise": 1, "code": [], "test": [], "example": []})


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.zone)
def test_the_test_entries_are_those_of_rfc_5782_section_5(one: Blacklist) -> None:
    asked = {(test.family, test.query): bool(test.answers) for test in one.tests}
    if 4 in one.families:
        assert asked[4, "2.0.0.127"] and not asked[4, "1.0.0.127"]
    if 6 in one.families:
        assert asked[6, LISTED_6] and not asked[6, UNLISTED_6]
    if one.kind == "domains" and "spameatingmonkey" not in one.zone:  # its operator names entries of its own
        assert asked[0, "invalid"] is False
    assert {family for family, _ in asked} == set(one.families or (0,))


def test_the_examples_of_rfc_5782_are_asked_as_it_writes_them() -> None:
    def name(subject: str) -> str:
        return f"{reversed_address(subject)}.bad.example.com"

    assert name("192.0.2.99") == "99.2.0.192.bad.example.com"  # section 2.1
    assert name("127.0.0.2") == "2.0.0.127.bad.example.com"  # section 2.1, the test entry
    nibbles = "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2"
    assert name("2001:db8:1:2:3:4:567:89ab") == f"{nibbles}.bad.example.com"  # section 2.4
    assert name("2001:DB8:1:2:3:4:567:89AB") == name("2001:0db8:0001:0002:0003:0004:0567:89ab")


def test_only_a_keyed_list_has_a_key_in_its_zone() -> None:
    zen = next(one for one in keyed_lists() if one.replaces == "zen.spamhaus.org")
    assert zen.question("2.0.0.127", "abc") == "2.0.0.127.abc.zen.dq.spamhaus.net"
    assert zen.important and not any(one.service or "{" in one.zone for one in load_lists())
