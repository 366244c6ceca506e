"""Runs the checks side by side, each within its time limit, and tells what happens as it happens.

The only place where an exception becomes a `Problem`. A check that fails never stops another.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core import __version__
from core.check import Check
from core.checks import ALL
from core.clients import Clients, Doors
from core.clients.arrival_ledger import ArrivalLedger, arrivals_path
from core.clients.askpass import Prompter
from core.clients.http import HttpClient
from core.clients.journal import Journal, let_sockets_close
from core.clients.list_keys import KeychainKeys
from core.clients.relay_ledger import RelayLedger, ledger_path
from core.clients.smtp import SmtpClient
from core.clients.ssh import SshDoor
from core.clients.ssh_detour import WayTo
from core.clients.ssh_tunnel import SshTunnel
from core.clients.tls_door import TlsDoor
from core.clients.whois import WhoisClient
from core.clock_doubt import clock_doubt, held_back
from core.diagnosis import diagnose
from core.diagnosis.hosted import with_company
from core.errors import CheckError
from core.knowledge.dates import data_checked_on, newest_data
from core.model import CheckResult, Context, Port25, Problem, Report, Target, Vantage
from core.pauses import Pauses
from core.run_events import CheckFinished, CheckStarted, ContextFound, Event, RunFinished, RunStarted
from core.survey import Survey, first_survey, second_survey, ways_to

__all__ = [
    "CheckFinished", "CheckStarted", "ContextFound", "Event", "Run", "RunFinished", "RunStarted", "chosen_checks",
    "open_clients",
]  # fmt: skip
log = logging.getLogger(__name__)
Clocks = tuple[Callable[[], float], Callable[[], float]]  # seconds: the calendar's, and one that only ever goes on
REMEMBER_SECONDS = 30.0  # so long an answer of the DNS stands within one run
_SLEPT = 30.0  # seconds by which the calendar ran ahead: the computer slept, or its clock was set


def open_clients(target: Target, doors: Doors, prompter: Prompter | None) -> Clients:
    """The doors of one run. Opens no connection yet."""
    from core.clients.resolver import Resolver  # loads dnspython: the window can open before that

    journal = Journal()
    resolver = Resolver(doors.resolver or target.resolver, doors.reroute, journal, remember=REMEMBER_SECONDS)
    ssh = None
    if target.ssh:
        ssh = SshDoor(
            target.ssh, target.ssh_config, journal, prompter, doors.ssh_program,
            sudo=target.sudo, way_to=_way_of_ssh(resolver.way_to, doors),
        )  # fmt: skip
    way = (doors.reroute, journal)
    return Clients(
        resolver, SmtpClient(*way), ssh, journal, doors.list_keys or KeychainKeys(),
        TlsDoor(*way), WhoisClient(resolver, *way), HttpClient(resolver, *way),
    )  # fmt: skip


def _way_of_ssh(way_to: WayTo, doors: Doors) -> WayTo | None:
    """For ssh, on a line without IPv4; a stand-in for ssh (practice) connects to nobody."""
    return None if doors.ssh_program else way_to


def _add_relay_doors(clients: Clients, target: Target, doors: Doors) -> None:
    """What only the relay test needs: a way from outside, and the record of earlier tests (none when practising)."""
    if target.outside:
        tunnel = SshTunnel(
            target.outside, target.ssh_config, clients.journal, doors.ssh_program,
            _way_of_ssh(clients.resolver.way_to, doors),
        )  # fmt: skip
        clients.outside = SmtpClient(doors.reroute, clients.journal, connect_limit=30.0, way=tunnel)
    if not doors.reroute.closed:
        clients.relay_ledger = RelayLedger(ledger_path())
        clients.arrivals = ArrivalLedger(arrivals_path())


def chosen_checks(
    checks: tuple[Check[Any], ...], only: frozenset[str] | None, skip: frozenset[str]
) -> tuple[Check[Any], ...]:
    """The checks of this run, in the order people see."""
    return tuple(check for check in checks if (only is None or check.id in only) and check.id not in skip)


class Run:
    """One run: `events()` once; `skip_check` while it goes on."""

    def __init__(
        self,
        target: Target,
        *,
        only: frozenset[str] | None = None,
        skip: frozenset[str] = frozenset(),
        doors: Doors | None = None,
        prompter: Prompter | None = None,
        checks: tuple[Check[Any], ...] = ALL,
        clocks: Clocks = (time.time, time.monotonic),
    ) -> None:
        self.target = target
        self._clocks, self._pauses = clocks, Pauses(clocks)
        self.checks = chosen_checks(checks, only, skip)
        self._doors = doors or Doors()
        self._prompter = prompter
        self._ways: tuple[str | None, ...] | None = None  # into which network the first survey looked
        self._skipped: set[str] = set()
        self._tasks: dict[str, asyncio.Task[CheckResult]] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    def skip_check(self, check_id: str) -> None:
        """End this check now; its result is "could not look"."""
        self._skipped.add(check_id)
        if (task := self._tasks.get(check_id)) is not None:
            task.cancel()

    async def events(self) -> AsyncGenerator[Event, None]:
        """What happens, as it happens. Closing this early cancels everything and leaves nothing running."""
        driver = asyncio.create_task(self._drive())
        try:
            while (event := await self._events.get()) is not None:
                yield event
            await driver  # a bug in the driver itself must be heard
        finally:
            driver.cancel()
            await asyncio.gather(driver, return_exceptions=True)

    async def _drive(self) -> None:
        try:
            await self._whole_run()
        finally:
            self._events.put_nowait(None)

    async def _whole_run(self) -> None:
        started_at = _now()
        self._tell(RunStarted(tuple(check.id for check in self.checks)))
        self._doors = replace(self._doors, reroute=self._doors.reroute.for_one_run())
        clients = open_clients(self.target, self._doors, self._prompter)
        _add_relay_doors(clients, self.target, self._doors)
        watch = asyncio.create_task(self._pauses.watch())
        login = asyncio.create_task(self._log_in(clients))  # beside the DNS: nothing there is needed for it
        early = [asyncio.create_task(self._early(check, clients)) for check in self.checks]
        try:
            first = await self._first(clients)
            self._ways = ways_to(first.context.mail_hosts) if self._doors.vantage is None else None
            self._tell(ContextFound(first.context))
            results, context = await self._surveyed_run(first, clients)
        finally:
            for beside in (login, watch, *early):
                beside.cancel()
            await asyncio.gather(login, watch, *early, return_exceptions=True)
            if clients.outside:
                await clients.outside.close()
            if clients.ssh:
                await clients.ssh.close()
            await let_sockets_close()
        self._tell(RunFinished(self._report(started_at, results, context, clients)))

    async def _log_in(self, clients: Clients) -> None:
        """Begin to read the server if a check of this run will; they await the same reading and report its failure."""
        if clients.ssh and any(check.uses_server or ("ssh" in sum(check.needs, ())) for check in self.checks):
            with suppress(CheckError):
                await clients.ssh.reading()

    async def _surveyed_run(self, first: Survey, clients: Clients) -> tuple[tuple[CheckResult, ...], Context]:
        """The checks, and beside them the reading of the server that some of them wait for."""
        second = asyncio.create_task(self._second(first, clients))
        try:
            async with asyncio.TaskGroup() as group:
                for check in self.checks:
                    self._tasks[check.id] = group.create_task(self._one(check, first, second, clients))
            results = tuple(self._tasks[check.id].result() for check in self.checks)
            return results, (await second).context
        finally:
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)

    async def _first(self, clients: Clients) -> Survey:
        """A survey that fails by a fault of ours leaves its needs unknown; the run goes on with the rest."""
        try:
            return await first_survey(self.target, clients, self._doors)
        except Exception:
            log.exception("the first survey failed by a fault of its own")
            unknown = {need: CheckError("run.bug") for need in ("mail_hosts", "addresses")}
            return Survey(Context(self.target), unknown)

    async def _early(self, check: Check[Any], clients: Clients) -> None:
        """Nothing waits for this: what it did not get to know the check asks itself, and tells why it failed."""
        if check.early is None:
            return
        try:
            await check.early(self.target, clients)
        except Exception:
            log.exception("%s asked early and failed by a fault of its own", check.id)

    async def _second(self, first: Survey, clients: Clients) -> Survey:
        """What failed here is told by the checks that read the server themselves; it must not end the others."""
        if not any(check.uses_server for check in self.checks):
            return first
        try:
            survey = await second_survey(first, clients, self._doors)
        except Exception:
            log.exception("the second survey failed by a fault of its own")
            return first
        if survey != first:
            self._tell(ContextFound(survey.context))
        return survey

    async def _one(
        self, check: Check[Any], first: Survey, second: asyncio.Task[Survey], clients: Clients
    ) -> CheckResult:
        started_at, pauses = _now(), self._pauses.count
        try:
            survey = first
            if check.uses_server:
                survey = await asyncio.shield(second)
            if check.id in self._skipped:
                raise asyncio.CancelledError
            result = await self._measured(check, survey, clients, started_at)
            if result.applies and self._pauses.count != pauses:
                result = _failed(check, started_at, Problem("run.interrupted"))
        except asyncio.CancelledError:
            if check.id not in self._skipped:
                raise
            asyncio.current_task().uncancel()  # type: ignore[union-attr]
            result = _failed(check, started_at, Problem("run.skipped"))
        result = self._in_good_time(result, clients)
        self._tell(CheckFinished(result))
        return result

    def _in_good_time(self, result: CheckResult, clients: Clients) -> CheckResult:
        """Nothing is called valid or expired by a clock that is in doubt."""
        now = datetime.fromtimestamp(self._clocks[0](), UTC)
        return held_back(result, clock_doubt(clients.journal.clocks, now, newest_data()))

    async def _measured(self, check: Check[Any], survey: Survey, clients: Clients, started_at: datetime) -> CheckResult:
        missing = _missing_needs(check, survey.context)
        if missing:
            return _not_measured(check, survey, missing, started_at)
        most = check.limit_on(self.target)
        self._tell(CheckStarted(check.id, most))
        lead = self._lead()
        try:
            async with asyncio.timeout(most) as limit:
                facts = await check.measure(survey.context, clients)
            if abs(self._lead() - lead) > _SLEPT:
                return _failed(check, started_at, Problem("run.interrupted"))
            if check.one_network and self._moved(survey.context):
                return _failed(check, started_at, Problem("run.network_changed"))
            return CheckResult(check.id, started_at, _now(), facts, check.judge(facts))
        except CheckError as error:
            return _failed(check, started_at, Problem(error.code, error.values))
        except TimeoutError:
            if not limit.expired():
                return _failed(check, started_at, _bug(check))
            return _failed(check, started_at, Problem("run.timed_out", {"seconds": most}))
        except Exception:  # noqa: BLE001  the one place where a bug becomes "could not look"
            return _failed(check, started_at, _bug(check))

    def _lead(self) -> float:
        """By how much the calendar is ahead of the steady clock: it changes when the computer sleeps."""
        calendar, steady = self._clocks
        return calendar() - steady()

    def _moved(self, context: Context) -> bool:
        """Whether this computer reaches the mail servers out of another network than when the run began."""
        return self._ways is not None and ways_to(context.mail_hosts) != self._ways

    def _tell(self, event: Event) -> None:
        self._events.put_nowait(event)

    def _report(
        self, started_at: datetime, results: tuple[CheckResult, ...], context: Context, clients: Clients
    ) -> Report:
        results = tuple(self._in_good_time(result, clients) for result in results)
        moved = self._moved(context)
        vantage = Vantage() if moved else replace(context.vantage, port_25=_port_25(results))
        context = replace(context, vantage=vantage)
        checked = data_checked_on()
        causes = diagnose(results, context)
        return Report(
            target=self.target,
            results=with_company(results, causes, self.target),
            causes=causes,
            started_at=started_at,
            finished_at=_now(),
            app_version=__version__,
            data_checked_on=checked.isoformat() if checked else "",
            addresses=context.addresses,
            vantage=vantage,
            contacted=tuple(clients.journal.contacted),
            commands=tuple(clients.journal.commands),
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _bug(check: Check[Any]) -> Problem:
    log.exception("check %s failed by a fault of its own", check.id)
    return Problem("run.bug", trace=traceback.format_exc())


def _failed(check: Check[Any], started_at: datetime, problem: Problem) -> CheckResult:
    return CheckResult(check.id, started_at, _now(), problem=problem)


def _missing_needs(check: Check[Any], context: Context) -> tuple[str, ...]:
    """The first group of alternatives of which nothing was told or found."""
    for group in check.needs:
        if not any(getattr(context, need, None) or getattr(context.target, need, None) for need in group):
            return group
    return ()


def _not_measured(check: Check[Any], survey: Survey, missing: tuple[str, ...], started_at: datetime) -> CheckResult:
    """Not told: does not apply. Told, but could not be found out: could not look."""
    for need in missing:
        if (error := survey.problems.get(need)) is not None:
            return _failed(check, started_at, Problem(error.code, error.values))
    problem = Problem("run.needs", {"needs": list(missing)})
    return CheckResult(check.id, started_at, _now(), problem=problem, applies=False)


def _port_25(results: tuple[CheckResult, ...]) -> Port25:
    """Open when any mail server answered us on port 25; one that did not says nothing yet."""
    codes = {finding.code for result in results for finding in result.findings}
    if "smtp_banner.line_blocked" in codes:
        return "blocked"
    if codes & {"smtp_banner.answers", "open_relay.accepted", "open_relay.closed"}:
        return "open"
    return "unknown"
