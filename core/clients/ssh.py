"""The door into the mail server: one login with the system's own OpenSSH, one script that only reads, one reading.

    door = SshDoor("admin@mail.example.co.jp", None, journal, prompter=ask_the_person)
    reading = await door.reading()          # logs in once; every caller gets the same reading or the same error
    reading.lines("postfix_queue")
    await door.close()

Without a prompter nothing is ever asked: only keys and the agent can log in, and only to a server whose host key is
known. `program` replaces ssh as a whole (the practice company does so): it is started with the same arguments
(`-F <file> -T -x -a [-p PORT] [-l USER] -- HOST 'exec sh -s'`), gets the script on standard input, whose first line
is `# frame <nonce>`, and answers with the frames of `core.clients.remote_frames`.

All errors are `CheckError`s "ssh.<state>"; an incomplete reading is one too: half an answer is
never judged. Such an error says what the server was doing when it stopped (`doing`: a text `command.<doing>`).
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from core.clients import remote_script, ssh_command, ssh_states
from core.clients.askpass import Askpass as Askpass
from core.clients.askpass import Prompt as Prompt
from core.clients.askpass import Prompter as Prompter
from core.clients.journal import Journal
from core.clients.remote_frames import FrameParser
from core.clients.remote_frames import Section as Section
from core.clients.server_clock import time_in_reading
from core.clients.server_reading import ServerReading as ServerReading
from core.clients.ssh_detour import WayTo, detour, lacking_family, printed_way
from core.clients.ssh_run import Limits, Outcome, SshRun
from core.clients.ssh_sudo import SudoGate
from core.clients.ssh_system import System, not_started, remove_folder, run_folder, this_system, usable_ssh
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError
from core.model import Sudo

_PEEK_SECONDS = 6.0  # some mail servers greet only after five


class SshDoor:
    """One server, one login for the whole run.

    `idle_limit`, `overall_limit`: seconds; both stand still while the person is asked something. `known_hosts`: an
    own file for confirmed host keys, instead of ssh's usual one. `sudo`: whether the script is run as administrator,
    and whether sudo(8) will ask for the account's password; never tried unasked. `system`: another way to start
    programs than this system's. `way_to`: where an IPv4 address is reached on a line without IPv4. Raises `UsageError`
    for a destination or a settings file that cannot be used, before anything is started.
    """

    def __init__(
        self,
        destination: str,
        config: str | None,
        journal: Journal,
        prompter: Prompter | None = None,
        program: tuple[str, ...] | None = None,
        idle_limit: float = 30.0,
        overall_limit: float = 60.0,
        known_hosts: Path | None = None,
        sudo: Sudo = "no",
        system: System | None = None,
        way_to: WayTo | None = None,
    ) -> None:
        self._to = ssh_command.destination(destination)
        self._settings = ssh_command.settings_text(
            ssh_command.own_settings(config), asks=prompter is not None, known_hosts=known_hosts
        )
        self._journal, self._prompter, self._program = journal, prompter, program
        self._limits = Limits(idle_limit, overall_limit)
        self._system = system or this_system()
        self._sudo: Sudo = sudo
        self._way_to = way_to
        self._task: asyncio.Task[ServerReading] | None = None
        self._closed = False

    async def reading(self) -> ServerReading:
        """The reading; the first call logs in, later ones share its result or its error.

        A caller that is cancelled does not take the login away from the others; `close` ends it.
        """
        if self._task is None:
            if self._closed:
                raise CheckError("ssh.closed", host=self._to.host)
            self._task = asyncio.ensure_future(self._read())
        # `wait` leaves the task alone when its caller is cancelled.
        await asyncio.wait({self._task})
        if self._task.cancelled():
            raise CheckError("ssh.closed", host=self._to.host)
        return self._task.result()

    async def close(self) -> None:
        """End ssh if it still runs, and wait until it and its files are gone. May be called more than once."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            if not self._task.cancelled():
                self._task.exception()  # an error nobody came for is no bug

    async def _read(self) -> ServerReading:
        if self._sudo == "password" and self._prompter is None:
            raise CheckError("ssh.sudo_needs_password", host=self._to.host)
        program = self._program or (str(await asyncio.to_thread(usable_ssh, self._system)),)
        folder = run_folder(self._to.host)
        try:
            return await self._read_in(folder, program)
        finally:
            remove_folder(folder)

    async def _read_in(self, folder: Path, program: tuple[str, ...]) -> ServerReading:
        """`folder` is this run's own (0700) and gone after it."""
        settings = folder / "settings"
        nonce = remote_script.new_nonce()
        parser = FrameParser(nonce, remote_script.limits())
        askpass = Askpass(self._prompter, folder, self._to.host, self._system) if self._prompter else None
        gate = SudoGate(self._sudo, self._to.host)
        run = SshRun(self._system, parser, self._limits, askpass, gate)
        self._note()
        try:
            settings.touch(0o600)
            settings.write_text(self._settings, encoding="utf-8")
            environment = await askpass.start() if askpass else {"SSH_ASKPASS_REQUIRE": "never"}
            question = ssh_command.question_argv(program, settings, self._to)
            options = await detour(question, self._system, self._way_to)
            argv = ssh_command.argv(program, settings, self._to, gate.remote_command, options)
            outcome = await run.run(argv, remote_script.script(nonce), environment)
        except OSError as error:
            raise not_started(error, self._to.host, self._system) from error
        finally:
            if askpass:
                await askpass.close()
        if outcome.exit_status == 255 and not parser.started:
            await self._raise_if_elsewhere(outcome, question)
        reading = self._result(outcome, parser, askpass, gate)
        self._journal.note_clock(self._to.host, time_in_reading(reading.lines("system")))
        return reading

    async def _raise_if_elsewhere(self, outcome: Outcome, argv: list[str]) -> None:
        """ssh's words for a way that is closed are the same behind a jump host; and it waits in vain for a mail
        server to speak ssh without showing what that said instead. Both need a second look.
        """
        state = ssh_states.state_of(outcome.stderr)
        if state not in ssh_states.NO_WAY:
            return
        way = await printed_way(argv, self._system)
        if way is not None and way.proxied:
            raise CheckConnectionError("ssh.jump_failed", host=self._to.host)
        if way is not None and state == "unreachable" and (family := lacking_family(way.host)):
            raise CheckConnectionError("ssh.no_family", host=self._to.host, family=family)
        if way is not None and state == "silent" and await _speaks_first(way.host, way.port):
            raise CheckError("ssh.not_ssh", host=self._to.host)

    def _note(self) -> None:
        self._journal.note_contact(self._to.host, self._to.port or 22, "ssh")
        for command in remote_script.SECTIONS:
            self._journal.note_command(command.command)

    def _result(self, outcome: Outcome, parser: FrameParser, askpass: Askpass | None, gate: SudoGate) -> ServerReading:
        if askpass and askpass.error is not None:
            raise askpass.error
        if parser.ended:
            return _reading(parser, askpass)
        raise self._error(outcome, parser, askpass, gate)

    def _error(self, outcome: Outcome, parser: FrameParser, askpass: Askpass | None, gate: SudoGate) -> CheckError:
        host, doing = self._to.host, _doing(parser)
        if outcome.stopped_by == "flood":
            return CheckError("ssh.flooded", host=host, doing=doing)
        if outcome.stopped_by is not None:
            seconds = self._limits.idle if outcome.stopped_by == "idle" else self._limits.overall
            if parser.started:
                return CheckTimeoutError("ssh.stalled", host=host, seconds=seconds, doing=doing)
            return CheckTimeoutError("ssh.timed_out", host=host, seconds=seconds)
        ending = ssh_states.Ending(
            host,
            outcome.exit_status,
            outcome.stderr,
            parser.started,
            parser.noise or gate.noise,
            password_given=askpass is not None and askpass.password_given,
            silent_for=outcome.silent_for,
            behind_sudo=not gate.open,
            doing=doing,
        )
        return ssh_states.error_of(ending)


def _doing(parser: FrameParser) -> str:
    """What the server was at. Section names come from there: one that is not on our list has no words."""
    known = next((command for command in remote_script.SECTIONS if command.section == parser.at), None)
    return (known.why_code if known else "command.login.why").removeprefix("command.")


def _reading(parser: FrameParser, askpass: Askpass | None) -> ServerReading:
    hidden = {command.section for command in remote_script.SECTIONS if command.masked}
    sections = {name: _masked(section) if name in hidden else section for name, section in parser.sections().items()}
    complete = parser.ended and all(section.complete for section in sections.values())
    return ServerReading(sections, complete, datetime.now(UTC), askpass.host_key if askpass else "known")


def _masked(section: Section) -> Section:
    lines = tuple(map(remote_script.masked, section.lines))
    return Section(section.name, lines, section.exit_status, section.complete)


async def _speaks_first(address: str, port: int) -> bool:
    """Whether a port that would not speak ssh greets like another service (a mail server says "220 ...")."""
    writer = None
    try:
        async with asyncio.timeout(_PEEK_SECONDS):
            reader, writer = await asyncio.open_connection(address, port)
            greeting = await reader.read(64)
    except OSError:
        return False
    finally:
        if writer is not None:
            writer.close()
    return bool(greeting) and not greeting.startswith(b"SSH-")
