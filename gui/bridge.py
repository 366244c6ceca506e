"""The one seam between asyncio and Qt: the loop, the run and the look-up.

Only here does the window touch `core.run`. Whatever
does the work (checks, DNS, the practice company) is loaded when it is first wanted: the window stands before that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from core.clients import Doors
from core.clients.journal import Journal, let_sockets_close
from core.model import MailHost, Report, Target
from core.run_events import CheckFinished, CheckStarted, ContextFound, Event, RunFinished, RunStarted
from gui.loading import load_in_steps
from gui.tasks import Tasks
from gui.turns import taking_turns

if TYPE_CHECKING:
    from core.blacklists import ListState
    from core.checks.bounce import BounceFacts
    from core.clients.askpass import Prompter
    from core.run import Run

__all__ = ["CheckFinished", "CheckStarted", "ContextFound", "Event", "RunFinished", "RunStarted", "Tasks"]

_SIGNAL_MS = 200  # Python notices Ctrl-C only when Python code runs


class RunHandle:
    """The run now going on: heard through `hear`, one check at a time can be skipped."""

    def __init__(self, doors: Doors, prompter: Prompter, hear: Callable[[Event], None]) -> None:
        self._doors, self._prompter, self._hear = doors, prompter, hear
        self._run: Run | None = None

    async def check(self, target: Target, only: frozenset[str] | None = None) -> Report:
        """Run all checks on `target`, or `only` these. Cancelling leaves nothing running."""
        await load_in_steps()
        from core.run import Run

        return await self._follow(Run(target, only=only, doors=self._doors, prompter=self._prompter))

    async def practise(self, incident: str = "relay-2004", only: frozenset[str] | None = None) -> Report:
        """The same checks on the built-in company; nothing leaves the laptop."""
        await load_in_steps()
        from core.practice import practice_company
        from core.run import Run

        async with practice_company(incident) as company:
            return await self._follow(Run(company.target, only=only, doors=company.doors))

    def skip(self, check_id: str) -> None:
        """End one check now."""
        if self._run:
            self._run.skip_check(check_id)

    async def _follow(self, run: Run) -> Report:
        self._run = run
        async with aclosing(run.events()) as events:
            async for event in events:
                self._hear(event)
                if isinstance(event, RunFinished):
                    report = event.report
        return report


async def look_up_mail_hosts(domain: str, doors: Doors) -> tuple[MailHost, ...]:
    """The servers that take the domain's mail. Raises `CheckError` when DNS could not be asked."""
    from core.clients.resolver import Resolver
    from core.clients.resolver_mail import find_mail_hosts

    resolver = Resolver(doors.resolver, doors.reroute.for_one_run(), Journal())
    await resolver.learn_line()
    return await find_mail_hosts(resolver, domain)


async def lists_alive(doors: Doors, given: Mapping[str, str]) -> tuple[tuple[ListState, ...], str, tuple[str, ...]]:
    """The state of every list, the DNS server that was asked, and whose keys stayed in a shut keychain."""
    from core.blacklists import blacklist_states
    from core.clients.list_keys import KeychainKeys
    from core.clients.resolver import Resolver

    keys = doors.list_keys or KeychainKeys(given)
    known = {**await keys.all(), **given}
    resolver = Resolver(doors.resolver, doors.reroute, Journal())
    try:
        return await blacklist_states(resolver, known), resolver.address, keys.unread
    finally:
        await let_sockets_close()


async def explain_bounce(text: str) -> BounceFacts:
    """Read a refusal beside the window's own work; never raises, at most a moment."""
    from core.checks.bounce import read_bounce

    return await asyncio.to_thread(read_bounce, text)


def run_on_qt(app: QApplication, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `main` on asyncio inside Qt's own loop, to its end; returns its exit status."""
    app.setQuitOnLastWindowClosed(False)  # else closing the window would stop the loop under our feet
    ticking = QTimer()
    ticking.timeout.connect(lambda: None)
    ticking.start(_SIGNAL_MS)
    with taking_turns(), asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(main())
