"""Programs started by asyncio and by threads behave alike; the threads are what Windows gets."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest

from core.clients.program import AsyncioProgram, Program, ThreadedProgram, start_program
from tests.patience import HANG

BOTH = pytest.mark.parametrize("threaded", [False, True])


async def started(threaded: bool, *argv: str) -> Program:
    program = await start_program(argv, {"MFA_TEST": "yes"}, {"start_new_session": True}, threaded=threaded)
    assert isinstance(program, ThreadedProgram if threaded else AsyncioProgram)
    return program


async def everything(read) -> bytes:
    found = b""
    while chunk := await read():
        found += chunk
    return found


@BOTH
async def test_all_three_pipes_and_the_end(threaded: bool) -> None:
    program = await started(threaded, "sh", "-c", "echo $MFA_TEST >&2; cat; exit 7")
    program.write(b"x" * 300_000)
    program.write(b"end")
    program.close_input()
    output, errors = await asyncio.gather(everything(program.read_output), everything(program.read_errors))
    assert output == b"x" * 300_000 + b"end"
    assert errors == b"yes\n"
    assert await program.wait() == program.returncode == 7
    assert await program.read_output() == b""
    program.release()


@BOTH
async def test_writing_to_one_that_reads_nothing_does_not_wait(threaded: bool) -> None:
    program = await started(threaded, "sleep", "3600")
    async with asyncio.timeout(HANG):
        program.write(b"x" * 5_000_000)
        program.kill()
        assert await program.wait() == -9
    program.release()


async def test_endless_output_is_not_piled_up_and_the_threads_end() -> None:
    before, held = threading.active_count(), _resident_mb()  # other tests may have left much behind
    program = await started(True, "yes", "x" * 1000)
    assert await program.read_output()
    await asyncio.sleep(0.5)
    assert _resident_mb() - held < 100
    program.kill()
    program.release()
    async with asyncio.timeout(HANG):
        await program.wait()
        while threading.active_count() > before:  # noqa: ASYNC110 - threads tell nobody when they end
            await asyncio.sleep(0.02)


@BOTH
async def test_one_that_floods_can_be_waited_for_with_its_output_unread(threaded: bool) -> None:
    """asyncio stops reading a full pipe, and its own `wait` (Python 3.11) then never comes back."""
    for _ in range(5):
        program = await started(threaded, "yes", "x" * 1000)
        assert await program.read_output()
        await asyncio.sleep(0.1)
        program.kill()
        async with asyncio.timeout(HANG):
            assert await program.wait() == -9
        program.release()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@BOTH
async def test_one_that_is_not_there(threaded: bool) -> None:
    with pytest.raises(FileNotFoundError):
        await started(threaded, "/nowhere/ssh")


async def test_a_loop_that_starts_no_programs_gets_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows' selector loop: it raises NotImplementedError."""

    async def cannot(*_: object, **__: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "subprocess_exec", cannot)
    program = await start_program([sys.executable, "-c", "print('here')"], {}, {})
    assert isinstance(program, ThreadedProgram)
    assert await everything(program.read_output) == b"here\n"
    program.close_input()
    await program.wait()
    program.release()
