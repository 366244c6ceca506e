"""A way to a mail server from a machine outside our network: `ssh -W` carries the bytes, nothing runs there.

    tunnel = SshTunnel("me@outside.example", None, journal)
    wire = await tunnel.connect("203.0.113.25", 25)

Only keys and the agent log in: each connection is a login of its own, and nobody wants to type a password for each.
ssh says why a way is closed on standard error only, after the fact; so it is the first read that fails.
"""

from __future__ import annotations

import asyncio
import os
import re
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from core.clients import ssh_command, ssh_states
from core.clients.journal import Journal
from core.clients.program import end_of
from core.clients.ssh_detour import WayTo, detour
from core.clients.ssh_system import System, not_started, remove_folder, run_folder, this_system, usable_ssh
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError

_CHUNK = 65_536
_BUFFER_LIMIT = 128 * 1024  # bytes waiting unread before ssh is left waiting
_STDERR_BYTES = 64_000
_LAST_WORDS = 5.0  # seconds ssh has to say why it ended
# What sshd says about the way from the outside machine to the mail server (RFC 4254 5.1).
_OPEN_FAILED = re.compile(r"^channel \d+: open failed: (\w[\w ]*): ?(.*)$", re.MULTILINE)


class SshTunnel:
    """One machine outside. Raises `UsageError` for a destination or settings file that cannot be used."""

    def __init__(
        self,
        destination: str,
        config: str | None,
        journal: Journal,
        program: tuple[str, ...] | None = None,
        way_to: WayTo | None = None,
    ) -> None:
        self._to = ssh_command.destination(destination)
        settings = ssh_command.settings_text(ssh_command.own_settings(config), asks=False)
        self._settings = ssh_command.tunnel_settings(settings)
        self._journal, self._program, self._system, self._way_to = journal, program, this_system(), way_to
        self._wires: list[PipeWire] = []

    async def connect(self, address: str, port: int) -> PipeWire:
        """Start ssh. Whether the way is open shows at the first read. Raises `ssh.program_missing` and the like."""
        program = self._program or (str(await asyncio.to_thread(usable_ssh, self._system)),)
        self._journal.note_contact(self._to.host, self._to.port or 22, "ssh -W")
        folder = run_folder(self._to.host)
        try:
            settings = folder / "settings"
            settings.touch(0o600)
            settings.write_text(self._settings, encoding="utf-8")
            question = ssh_command.question_argv(program, settings, self._to)
            options = await detour(question, self._system, self._way_to)
            argv = ssh_command.tunnel_argv(program, settings, self._to, address, port, options)
            surroundings = {**os.environ, "SSH_ASKPASS_REQUIRE": "never"}
            process = await asyncio.create_subprocess_exec(
                *argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=surroundings, **self._system.start_options()
            )
        except OSError as error:
            remove_folder(folder)
            raise not_started(error, self._to.host, self._system) from error
        except BaseException:
            remove_folder(folder)
            raise
        wire = PipeWire(process, folder, self._system, (self._to.host, address, port))
        self._wires.append(wire)
        return wire

    async def close(self) -> None:
        """End every ssh that still runs and wait until all are gone. May be called more than once."""
        for wire in self._wires:
            wire.close()
        await asyncio.gather(*(wire.gone() for wire in self._wires))


class PipeWire:
    """A `Wire` (see `tls`) over the pipes of one ssh."""

    on_loopback = False

    def __init__(self, process: Process, folder: Path, system: System, where: tuple[str, str, int]) -> None:
        self._process, self._folder, self._system = process, folder, system
        self._host, self._address, self._port = where
        self._stderr = bytearray()
        self._buffer = bytearray()
        self._arrived, self._room = asyncio.Event(), asyncio.Event()
        self._heard = self._ended = False
        self._tasks = [asyncio.ensure_future(self._listen()), asyncio.ensure_future(self._listen_errors())]
        self._closed = False

    @property
    def local_address(self) -> str:
        """The outside machine: its address without brackets, or its name. What we greet with."""
        return self._host

    async def read(self) -> bytes:
        """Some bytes, or b"" when the other side has closed. Raises why when the way was closed from the start."""
        while not self._buffer and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._buffer and not self._heard:
            raise await self._why()
        return self.pending()

    def pending(self) -> bytes:
        """Take what has arrived already."""
        data = bytes(self._buffer)
        self._buffer.clear()
        self._room.set()
        return data

    async def write(self, data: bytes) -> None:
        """Send; waits while ssh takes nothing."""
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        await self._process.stdin.drain()

    def close(self) -> None:
        """End ssh at once; `gone` waits for it."""
        if self._closed:
            return
        self._closed = True
        if self._process.returncode is None:
            self._system.end(self._process, by_force=True)
        remove_folder(self._folder)
        self._tasks.append(asyncio.ensure_future(self._gather()))

    async def gone(self) -> None:
        """After `close`: until ssh has ended."""
        await asyncio.wait(self._tasks)

    async def _gather(self) -> None:
        await end_of(self._process)
        for task in self._tasks[:2]:
            task.cancel()
        await asyncio.wait(self._tasks[:2])
        # asyncio closes the pipes only when all were read to their end.
        self._process._transport.close()  # type: ignore[attr-defined]

    async def _listen(self) -> None:
        """Take what comes into a buffer of ours, at most a few chunks of it."""
        assert self._process.stdout is not None
        while chunk := await self._process.stdout.read(_CHUNK):
            self._heard = True
            self._buffer += chunk
            self._arrived.set()
            while len(self._buffer) > _BUFFER_LIMIT:
                self._room.clear()
                await self._room.wait()
        self._ended = True
        self._arrived.set()

    async def _listen_errors(self) -> None:
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(_CHUNK):
            self._stderr += chunk[: _STDERR_BYTES - len(self._stderr)]

    async def _why(self) -> CheckError:
        await asyncio.wait({self._tasks[1]}, timeout=_LAST_WORDS)
        said = self._stderr.decode("utf-8", "backslashreplace").replace("\r", "")
        if (found := _OPEN_FAILED.search(said)) is not None:
            return self._no_way(found[1], found[2])
        status = self._process.returncode if self._process.returncode is not None else 255
        return ssh_states.error_of(ssh_states.Ending(self._host, status, said))

    def _no_way(self, kind: str, reason: str) -> CheckError:
        where: dict[str, str | int] = {"address": self._address, "port": self._port}
        if kind == "administratively prohibited":
            return CheckError("ssh.forwarding_forbidden", host=self._host)
        if "refused" in reason:
            return CheckConnectionError("smtp.connection_refused", **where)
        if "timed out" in reason:
            return CheckTimeoutError("smtp.connect_timed_out", **where)
        return CheckConnectionError("smtp.unreachable", **where)
