"""One run of ssh: starts it, hands it the script, collects the frames, and ends it when a limit is reached.

Two clocks: `idle_limit` seconds without a byte, `overall_limit` seconds in all. Both stand still while a question is
open before the person. Standard input stays open until the script has said its last word: its end is what tells
the server that nobody listens any more (the dead-man switch of the script).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from core.clients.askpass import Askpass
from core.clients.program import Program, start_program
from core.clients.remote_frames import FrameParser
from core.clients.ssh_sudo import SudoGate
from core.clients.ssh_system import System

_WIRE_BYTES = 100_000_000
_STDERR_BYTES = 64_000
_TICK = 0.1
_GRACE = 2.0  # seconds between asking ssh to end and ending it
_LAST_WORDS = 5.0  # seconds ssh has to end by itself after the script's end


@dataclass(frozen=True)
class Limits:
    """Seconds."""

    idle: float
    overall: float


@dataclass
class Outcome:
    """What one run brought. `stopped_by`: "idle", "overall", "flood" or "person" when we ended it, else None."""

    exit_status: int | None = None
    stderr: str = ""
    stopped_by: str | None = None
    silent_for: float = 0.0  # seconds between the last byte and the end


class SshRun:
    """Used once."""

    def __init__(
        self, system: System, parser: FrameParser, limits: Limits, askpass: Askpass | None, gate: SudoGate
    ) -> None:
        self._system, self._parser, self._limits, self._askpass = system, parser, limits, askpass
        self._gate = gate
        self._stderr = bytearray()
        self._received = 0
        self._last_byte = 0.0
        self._paused = 0.0

    async def run(self, argv: list[str], script: bytes, environment: Mapping[str, str]) -> Outcome:
        """Raises OSError when ssh cannot be started. Cancelling ends ssh first."""
        options = self._system.start_options()
        process = await start_program(argv, environment, options, threaded=self._system.threaded)
        try:
            stopped_by = await self._watched(process, script)
        finally:
            await self._end(process)
        status = None if stopped_by else process.returncode
        errors = self._stderr.decode("utf-8", "backslashreplace")
        return Outcome(status, errors, stopped_by, time.monotonic() - self._last_byte)

    async def _watched(self, process: Program, script: bytes) -> str | None:
        talk = asyncio.ensure_future(self._talk(process, script))
        sudo = asyncio.ensure_future(self._pass_sudo(process))
        errors = asyncio.ensure_future(self._listen_errors(process))
        clock = asyncio.ensure_future(self._clock())
        try:
            await asyncio.wait({talk, clock}, return_when=asyncio.FIRST_COMPLETED)
            if not talk.done():
                return clock.result()
            if talk.result():
                return "flood"
            # Output has ended: ssh now says why, and ends by itself. A clock that stopped us still counts.
            last_words = asyncio.ensure_future(_both(process.wait(), errors))
            await asyncio.wait((last_words, clock), timeout=_LAST_WORDS, return_when=asyncio.FIRST_COMPLETED)
            last_words.cancel()
            await asyncio.gather(last_words, return_exceptions=True)
            return clock.result() if clock.done() and not self._parser.ended else None
        finally:
            for task in (talk, sudo, errors, clock):
                task.cancel()
            await asyncio.gather(talk, sudo, errors, clock, return_exceptions=True)

    async def _talk(self, process: Program, script: bytes) -> bool:
        """Send the script, take what comes until its end. True when more came than we take."""
        sent = self._gate.open
        if sent:
            process.write(script)
        while chunk := await _next(process.read_output):
            self._last_byte = time.monotonic()
            self._received += len(chunk)
            chunk = self._gate.take_output(chunk)
            if self._gate.open and not sent:
                process.write(script)
                sent = True
            self._parser.feed(chunk)
            if self._parser.ended:
                break
            if self._received > _WIRE_BYTES or self._parser.over_budget:
                return True
        process.close_input()
        return False

    async def _pass_sudo(self, process: Program) -> None:
        if self._askpass is not None and not self._gate.open:
            await self._gate.answer(process, self._askpass)

    async def _listen_errors(self, process: Program) -> None:
        """Keep the first part of standard error and read on, so that ssh never waits for us."""
        while chunk := await _next(process.read_errors):
            self._stderr += chunk[: _STDERR_BYTES - len(self._stderr)]
            self._gate.take_errors(bytes(self._stderr))

    async def _clock(self) -> str:
        """Returns why it is time to stop."""
        begun = self._last_byte = last = time.monotonic()
        while True:
            await asyncio.sleep(_TICK)
            now = time.monotonic()
            if self._askpass is not None and self._askpass.stopped.is_set():
                return "person"
            if self._askpass is not None and self._askpass.pending:
                self._paused += now - last
                self._last_byte += now - last
            last = now
            if now - self._last_byte > self._limits.idle:
                return "idle"
            if now - begun - self._paused > self._limits.overall:
                return "overall"

    async def _end(self, process: Program) -> None:
        """Leave nothing running here: ask ssh and its children to end, then end them."""
        if process.returncode is None:
            self._system.end(process, by_force=False)
            try:
                async with asyncio.timeout(_GRACE):
                    await process.wait()
            except TimeoutError:
                self._system.end(process, by_force=True)
                await process.wait()
        self._system.end(process, by_force=True)  # what a ProxyCommand left behind in the group
        process.release()


async def _next(read: Callable[[], Awaitable[bytes]]) -> bytes:
    """The next bytes of a pipe. One that breaks has ended: what is missing is seen by the script's marks."""
    try:
        return await read()
    except OSError:
        return b""


async def _both(first: Awaitable[int], second: Awaitable[None]) -> None:
    await first
    await second
