"""Greetings as they were really seen, and how old a version is on a given day."""

from __future__ import annotations

from datetime import date

import pytest

from core.knowledge.mta import Example, Identity, distributions, identify, matches, numbers, products, support_of

TODAY = date(2026, 11, 22)
EXAMPLES = [(product.id, example) for product in products().values() for example in product.examples]


@pytest.mark.parametrize(("product", "example"), EXAMPLES, ids=lambda value: str(value)[:60])
def test_each_example_is_read_by_its_own_product_alone(product: str, example: Example) -> None:
    expected = Identity(product, example.version, example.config_version, example.distribution)
    assert matches(example.greeting) == [expected]


@pytest.mark.parametrize("greeting", ["mx.example.jp ESMTP", "", "mx.example.jp ESMTP ready", "sendmail.example.jp hi"])
def test_a_greeting_that_names_nothing_is_never_guessed(greeting: str) -> None:
    assert identify(greeting) is None


def test_every_shipped_version_names_a_known_distribution() -> None:
    for product in products().values():
        assert set(product.shipped) <= set(distributions()), product.id


def test_versions_compare_as_numbers() -> None:
    assert numbers("4.100.1") > numbers("4.99.5")
    assert numbers("4.84_2") == numbers("4.84.2")


@pytest.mark.parametrize(
    ("greeting", "state", "released"),
    [
        ("mx ESMTP Sendmail 8.9.3/8.9.3; x", "unsupported", date(1999, 2, 4)),
        ("mx ESMTP Sendmail 8.12.10/8.12.10; x", "unsupported", date(2003, 9, 17)),
        ("mx ESMTP Sendmail 8.18.2/8.18.2; x", "supported", date(2025, 12, 27)),
        ("mx ESMTP Sendmail 8.17.1.9/8.17.1.9; x", "old_number", date(2021, 8, 17)),
        ("mx ESMTP Sendmail 8.14.4/8.14.4/Debian-4+deb7u1; x", "unsupported", date(2009, 12, 30)),
        ("mx ESMTP Exim 4.96 x", "old_number", date(2022, 6, 25)),
        ("mx ESMTP Exim 4.100.1 x", "supported", date(2026, 9, 22)),
        ("mx ESMTP Exim 4.76 x", "unsupported", date(2011, 5, 9)),
        ("mx ESMTP Postfix (2.7.1)", "unsupported", date(2010, 2, 13)),
        ("mx ESMTP Postfix (3.10.13)", "supported", date(2026, 8, 9)),
        ("mx ESMTP Postfix (3.7.11)", "old_number", date(2022, 2, 5)),
        ("mx ESMTP Postfix", "hidden", None),
        ("mx Microsoft Exchange Internet Mail Service 5.5.2653.13 ready", "unsupported", date(2000, 11, 1)),
        ("mx ESMTP MDaemon 20.0.3; x", "unknown", None),
        ("mx ESMTP hMailServer 4.4.1-B273", "unsupported", None),
    ],
)
def test_support_on_the_day_of_the_sheet(greeting: str, state: str, released: date | None) -> None:
    identity = identify(greeting)
    assert identity is not None
    support = support_of(identity, TODAY)
    assert (support.state, support.released) == (state, released)


@pytest.mark.parametrize(
    ("build", "state"), [("15.1.2507.39", "unsupported"), ("15.2.2562.46", "supported"), ("14.3.513.0", "unsupported")]
)
def test_exchange_builds(build: str, state: str) -> None:
    assert support_of(Identity("exchange", build), TODAY).state == state


def test_support_changes_with_the_day() -> None:
    identity = Identity("postfix", "3.7.0")
    assert support_of(identity, date(2025, 1, 1)).state == "supported"
    assert support_of(identity, date(2026, 11, 22)).state == "old_number"
    assert support_of(identity, date(2031, 1, 1)).state == "unsupported"
