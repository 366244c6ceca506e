"""What happens while the checks run, told one by one.

In a module of their own: who only listens (a page of the window) need not load the checks.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.model import CheckResult, Context, Report


@dataclass(frozen=True)
class RunStarted:
    """The checks that were chosen, in the order people see."""

    checks: tuple[str, ...]


@dataclass(frozen=True)
class ContextFound:
    """Mail hosts, sending addresses and vantage are known (as far as they can be)."""

    context: Context


@dataclass(frozen=True)
class CheckStarted:
    """A check began to measure; it takes `most_seconds` at most, or ends without a look."""

    check_id: str
    most_seconds: float


@dataclass(frozen=True)
class CheckFinished:
    """A check brought its result home."""

    result: CheckResult


@dataclass(frozen=True)
class RunFinished:
    """All is done; the last event."""

    report: Report


Event = RunStarted | ContextFound | CheckStarted | CheckFinished | RunFinished
