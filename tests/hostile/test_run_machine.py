"""A run under a person's hands in any order: start, skip, wait, cancel, once more. No order says "fine" too soon.

Checks of the machine's own stand for the real ones; the machine decides when each of them ends and how.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from core.check import Check
from core.clients import Clients, Doors
from core.clients.reroute import Reroute
from core.errors import CheckConnectionError, CheckError
from core.model import CheckResult, Context, Finding, Report, Severity, Target
from core.run import CheckFinished, Event, Run, RunFinished
from tests.patience import HANG

IDS = ("a", "b", "c")
NOWHERE = Doors(resolver="127.0.0.1:9", reroute=Reroute(closed=True))
ROUNDS = 40  # of the event loop after each step: enough for everything that does not wait for the machine


class RunMachine(RuleBasedStateMachine):
    """One run at a time. `told` holds how each check was ended by us."""

    open = Bundle("open")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.begin_anew()

    def begin_anew(self) -> None:
        self.run: Run | None = None
        self.events: AsyncGenerator[Event, None] | None = None
        self.reader: asyncio.Task[None] | None = None
        self.gates: dict[str, asyncio.Future[str | CheckError]] = {}
        self.told: dict[str, str] = {}
        self.results: dict[str, CheckResult] = {}
        self.report: Report | None = None

    def rounds(self) -> None:
        async def some() -> None:
            for _ in range(ROUNDS):
                await asyncio.sleep(0)

        self.loop.run_until_complete(some())

    def check(self, name: str) -> Check[str]:
        async def measure(context: Context, clients: Clients) -> str:
            self.gates[name] = asyncio.get_running_loop().create_future()
            answer = await self.gates[name]
            if isinstance(answer, CheckError):
                raise answer
            return answer

        def judge(facts: str) -> tuple[Finding, ...]:
            return (Finding(f"{name}.{facts}", Severity(facts)),)

        return Check(id=name, needs=(), codes={}, time_limit=60, measure=measure, judge=judge)

    async def _read(self) -> None:
        assert self.events is not None
        async for event in self.events:
            if isinstance(event, CheckFinished):
                assert event.result.check_id not in self.results, "a check ended twice"
                self.results[event.result.check_id] = event.result
            if isinstance(event, RunFinished):
                self.report = event.report

    @precondition(lambda self: self.run is None)
    @rule(target=open, skipped_early=st.sampled_from((None, *IDS)))
    def start(self, skipped_early: str | None) -> str:
        self.run = Run(Target(), doors=NOWHERE, checks=tuple(map(self.check, IDS)))
        if skipped_early:
            self.run.skip_check(skipped_early)
            self.told[skipped_early] = "skipped"
        self.events = self.run.events()
        self.reader = self.loop.create_task(self._read())
        self.rounds()
        return "run"

    def _waits(self, name: str) -> bool:
        gate = self.gates.get(name)
        return gate is not None and not gate.done() and name not in self.told

    @precondition(lambda self: self.run is not None)
    @rule(name=st.sampled_from(IDS), severity=st.sampled_from(("ok", "warning", "critical", "unknown")))
    def answer(self, name: str, severity: str) -> None:
        if self._waits(name):
            self.told[name] = severity
            self.gates[name].set_result(severity)
            self.rounds()

    @precondition(lambda self: self.run is not None)
    @rule(name=st.sampled_from(IDS))
    def lose(self, name: str) -> None:
        if self._waits(name):
            self.told[name] = "lost"
            self.gates[name].set_result(CheckConnectionError("smtp.connection_lost", address="a", port=25))
            self.rounds()

    @precondition(lambda self: self.run is not None)
    @rule(name=st.sampled_from(IDS), twice=st.booleans())
    def skip(self, name: str, twice: bool) -> None:
        assert self.run is not None
        before = self.told.setdefault(name, "skipped")
        self.run.skip_check(name)
        if twice:
            self.run.skip_check(name)
        self.rounds()
        assert self.told[name] == before

    @precondition(lambda self: self.run is not None)
    @rule(_run=consumes(open))
    def cancel(self, _run: str) -> None:
        assert self.reader is not None and self.events is not None
        finished = self.report is not None
        self.reader.cancel()
        self.loop.run_until_complete(asyncio.wait({self.reader}, timeout=HANG))
        self.loop.run_until_complete(self.events.aclose())
        assert not asyncio.all_tasks(self.loop), "left behind"
        assert finished or self.report is None, "a cancelled run reported"
        self.begin_anew()

    @precondition(lambda self: self.report is not None)
    @rule(_run=consumes(open))
    def finish(self, _run: str) -> None:
        assert self.reader is not None
        self.loop.run_until_complete(asyncio.wait_for(self.reader, HANG))
        self.begin_anew()

    @invariant()
    def nothing_is_fine_that_was_not_seen_fine(self) -> None:
        for name, result in self.results.items():
            how = self.told[name]
            expected = "unknown" if how in ("lost", "skipped") else how
            assert result.severity.value == expected, (name, how)
        if self.report is not None:
            assert [one.check_id for one in self.report.results] == list(IDS)
            if self.report.severity is Severity.OK:
                assert set(self.told.values()) == {"ok"}

    @invariant()
    def a_report_comes_when_all_have_ended_and_never_before(self) -> None:
        assert (self.report is not None) == (self.run is not None and set(self.results) == set(IDS))

    def teardown(self) -> None:
        if self.run is not None:
            self.cancel("run")
        self.loop.close()


RunMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestARunInAnyOrder = RunMachine.TestCase
