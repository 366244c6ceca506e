"""The short half of the torture: operations spread over the run, and all that is kept afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from core.clients import Doors
from core.model import Report, Target
from tests.torture.practice_server import practice_server
from tests.torture.torture import WAITING, finished, own_scratch, torture_keeping, tortured

World = tuple[Target, Doors, Report]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with own_scratch(), practice_server("relay-2004", WAITING) as (target, doors):
        yield target, doors, asyncio.run(finished(target, doors))


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fail_at", [1, 3, 47, 53, 60, 120, 250])
def test_one_operation_fails(world: World, fail_at: int) -> None:
    assert tortured(*world, fail_at, lasting=False).failed


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fail_at", [1, 25])
def test_the_line_goes_and_stays_away(world: World, fail_at: int) -> None:
    assert tortured(*world, fail_at, lasting=True).failed


def test_what_is_kept_is_the_old_or_the_new_whatever_fails() -> None:
    with own_scratch():
        tally = torture_keeping()
    assert tally.faults == [] and tally.runs > 5
