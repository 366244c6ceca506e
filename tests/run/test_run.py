"""The run: every exception becomes a Problem, a skip is "could not look", and nothing is left behind."""

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.check import Check
from core.clients import Clients, Doors
from core.clients.reroute import Reroute
from core.errors import CheckError
from core.model import CheckResult, Context, Finding, Report, Severity, Target
from core.run import CheckFinished, CheckStarted, Run, RunFinished
from tests.patience import HANG, NEVER

NOWHERE = Doors(resolver="127.0.0.1:9", reroute=Reroute(closed=True))
Measure = Callable[[Context, Clients], Awaitable[str]]


def check(
    measure: Measure, *, id: str = "x", needs: tuple[tuple[str, ...], ...] = (), limit: float = 5.0
) -> Check[str]:
    def judge(facts: str) -> tuple[Finding, ...]:
        return (Finding(f"{id}.{facts}", Severity.OK),)

    return Check(id=id, needs=needs, codes={}, time_limit=limit, measure=measure, judge=judge)


async def fine(context: Context, clients: Clients) -> str:
    return "fine"


async def never(context: Context, clients: Clients) -> str:
    await asyncio.sleep(NEVER)
    return "late"


async def finished(*checks: Check[str], target: Target | None = None) -> Report:
    async for event in Run(target or Target(), doors=NOWHERE, checks=checks).events():
        if isinstance(event, RunFinished):
            return event.report
    raise AssertionError("no report")


async def only_result(check: Check[str], target: Target | None = None) -> CheckResult:
    (result,) = (await finished(check, target=target)).results
    return result


async def test_a_check_that_hangs_ends_at_its_limit_as_could_not_look() -> None:
    result = await asyncio.wait_for(only_result(check(never, limit=0.2)), HANG)
    assert result.problem is not None
    assert (result.problem.code, result.severity) == ("run.timed_out", Severity.UNKNOWN)


async def test_a_fault_of_ours_is_told_and_stops_no_other_check(caplog: pytest.LogCaptureFixture) -> None:
    async def faulty(context: Context, clients: Clients) -> str:
        raise ZeroDivisionError("ours")

    with caplog.at_level(logging.CRITICAL, logger="core.run"):
        report = await finished(check(faulty, id="a"), check(fine, id="b"))
    first, second = report.results
    assert first.problem is not None and first.problem.code == "run.bug" and "ZeroDivisionError" in first.problem.trace
    assert second.severity is Severity.OK
    assert report.severity is Severity.UNKNOWN  # one fine result does not make the whole fine


async def test_a_built_in_time_out_inside_a_check_is_not_mistaken_for_its_limit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def impatient(context: Context, clients: Clients) -> str:
        raise TimeoutError

    with caplog.at_level(logging.CRITICAL, logger="core.run"):
        result = await only_result(check(impatient))
    assert result.problem is not None and result.problem.code == "run.bug"


async def test_a_check_error_keeps_its_code_and_values() -> None:
    async def refused(context: Context, clients: Clients) -> str:
        raise CheckError("ssh.refused", host="mx.example.jp", port=22)

    result = await only_result(check(refused))
    assert result.problem is not None
    assert (result.problem.code, dict(result.problem.values)) == ("ssh.refused", {"host": "mx.example.jp", "port": 22})


async def test_what_was_not_told_does_not_apply_and_is_never_fine() -> None:
    result = await only_result(check(fine, needs=(("ssh", "queue"),)))
    assert (result.applies, result.state) == (False, "not_applicable")


async def test_what_was_told_but_could_not_be_found_out_is_could_not_look() -> None:
    result = await only_result(check(fine, needs=(("mail_hosts",),)), Target(domain="example.jp"))
    assert result.applies and result.problem is not None
    assert result.problem.code.startswith("dns."), result.problem


async def test_skipping_ends_only_that_check() -> None:
    run = Run(Target(), doors=NOWHERE, checks=(check(never, id="slow"), check(fine, id="quick")))
    report = None
    async for event in run.events():
        if isinstance(event, CheckStarted) and event.check_id == "slow":
            run.skip_check("slow")
        if isinstance(event, RunFinished):
            report = event.report
    assert report is not None
    slow, quick = report.results
    assert slow.problem is not None and slow.problem.code == "run.skipped"
    assert quick.severity is Severity.OK


async def test_leaving_the_run_early_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    events = Run(Target(), doors=NOWHERE, checks=(check(never), check(fine, id="y"))).events()
    async for event in events:
        if isinstance(event, CheckFinished):
            break
    await events.aclose()
    assert asyncio.all_tasks() == before


async def test_a_run_that_is_cancelled_cancels_its_checks() -> None:
    ended = asyncio.Event()

    async def watched(context: Context, clients: Clients) -> str:
        try:
            return await never(context, clients)
        finally:
            ended.set()

    task = asyncio.create_task(finished(check(watched)))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(ended.wait(), HANG)


async def test_a_login_that_this_computer_cannot_begin_ends_no_other_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No room for the login's own folder: could not look, and the run still ends with its report."""

    async def reads(context: Context, clients: Clients) -> str:
        assert clients.ssh is not None
        await clients.ssh.reading()
        return "read"

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    doors = replace(NOWHERE, ssh_program=("/bin/true",))
    checks = (replace(check(reads, id="inside"), uses_server=True), check(fine, id="other"))
    async for event in Run(Target(ssh="mx.example.jp"), doors=doors, checks=checks).events():
        if isinstance(event, RunFinished):
            inside, other = event.report.results
    assert inside.problem is not None and inside.problem.code == "ssh.not_started"
    assert other.severity is Severity.OK


@pytest.mark.parametrize("reads_server", [True, False])
async def test_only_a_run_that_reads_the_server_logs_in(tmp_path: Path, reads_server: bool) -> None:
    """The login begins beside the first look-ups, and not at all where no check needs it."""
    knocked = tmp_path / "knocked"
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\ntouch {knocked}\nexit 255\n")
    program.chmod(0o755)
    doors = replace(NOWHERE, ssh_program=(str(program),))
    one = replace(check(fine, id="one"), uses_server=reads_server)
    async for _ in Run(Target(ssh="mx.example.jp"), doors=doors, checks=(one,)).events():
        pass
    assert knocked.exists() is reads_server


@pytest.mark.parametrize(("slept", "code"), [(31.0, "run.interrupted"), (-3600.0, "run.interrupted"), (5.0, None)])
async def test_y04_a_computer_that_slept_meanwhile_judges_nothing(slept: float, code: str | None) -> None:
    """Closed lid, or a clock that was set: half an answer from before and half from after is none."""
    clock = {"calendar": 1000.0, "steady": 50.0}

    async def sleeps(context: Context, clients: Clients) -> str:
        clock["calendar"] += slept + 1
        clock["steady"] += 1
        return "fine"

    run = Run(
        Target(), doors=NOWHERE, checks=(check(sleeps),), clocks=(lambda: clock["calendar"], lambda: clock["steady"])
    )
    async for event in run.events():
        if isinstance(event, RunFinished):
            (result,) = event.report.results
    assert (result.problem and result.problem.code) == code
    assert result.severity is (Severity.UNKNOWN if code else Severity.OK)
