"""The short half of the soak: enough to notice a handle or a process that stays."""

from __future__ import annotations

import asyncio

from tests.soak.soak import faults_of, many_broken_off, many_runs, own_scratch


def test_eight_runs_leave_nothing_behind() -> None:
    with own_scratch():
        warm, ended, _ = asyncio.run(many_runs(8))
    assert faults_of(warm, ended) == []


def test_three_runs_broken_off_leave_nothing_here_or_on_the_server() -> None:
    with own_scratch():
        before, after, left, slowest = asyncio.run(many_broken_off(3))
    assert faults_of(before, after, left) == []
    assert slowest < 30  # ssh is given two seconds to end by itself; a slow machine takes its time
