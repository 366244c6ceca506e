"""The data's own examples, and the systems' names and ends."""

from __future__ import annotations

from datetime import date

import pytest

from core.knowledge.distributions import brings_along, system_of
from core.knowledge.mta import numbers, products
from core.knowledge.vulnerabilities import DANGERS, examples, holes, holes_of


@pytest.mark.parametrize("example", examples(), ids=lambda each: f"{each.product} {each.version}")
def test_examples(example):
    assert {hole.id for hole in holes_of(example.product, example.version)} == set(example.ids)


def test_every_hole_is_whole():
    for hole in holes():
        assert hole.product in products()
        assert hole.danger in DANGERS
        assert all(numbers(first) <= numbers(last) for first, last in hole.affected)
        assert not hole.concerns(hole.fixed), hole.id


def test_a_setting_closes_a_hole_without_a_new_version():
    assert holes_of("postfix", "3.7.11", {"smtpd_forbid_bare_newline"}) == ()
    assert [hole.id for hole in holes_of("postfix", "3.7.11")] == ["CVE-2023-51764"]


@pytest.mark.parametrize(
    ("lines", "name", "until"),
    [
        (["ID=debian", 'VERSION_ID="12"'], "Debian 12", date(2028, 6, 30)),
        (['ID="centos"', 'VERSION_ID="7"'], "RHEL / CentOS 7", date(2024, 6, 30)),
        (['ID="centos"', 'VERSION_ID="8"'], "CentOS 8", date(2021, 12, 31)),
        (["Linux old 2.6.18", "CentOS release 5.11 (Final)"], "RHEL / CentOS 5", date(2017, 3, 31)),
        (['ID="rocky"', 'VERSION_ID="9.4"'], "RHEL / CentOS 9", date(2032, 5, 31)),
    ],
)
def test_system_of(lines, name, until):
    system = system_of(lines)
    assert system is not None
    assert (system.name, system.until) == (name, until)


def test_a_system_nobody_knows_is_none():
    assert system_of(["ID=arch"]) is None
    assert system_of([]) is None


def test_only_the_shipped_series_is_repaired():
    debian = system_of(["ID=debian", 'VERSION_ID="12"'])
    assert debian is not None
    assert brings_along(debian, "exim", "4.96")
    assert not brings_along(debian, "exim", "4.92")
