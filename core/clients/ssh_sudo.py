"""The script as administrator, through sudo(8), and only when the person chose so: a refused `sudo -n` mails root.

With a password, two marks made for this run keep it where it belongs: sudo asks with the first one on standard error,
and only then is the password sent; the shell says the second one on standard output, and only then does the script
follow. Without them a server that wants no password would be handed the password as a command.
"""

from __future__ import annotations

import asyncio
import re
import secrets

from core.clients.askpass import Askpass, Prompt
from core.clients.program import Program
from core.clients.remote_script import REMOTE_SHELL
from core.errors import CheckError
from core.model import Sudo

_NOISE_BYTES = 100_000

# (whole line of sudo's, state). LC_ALL is the account's: some servers answer in their own language, see `sudo_state`.
_LINES: tuple[tuple[str, str], ...] = (
    (r".* is not in the sudoers file\..*", "sudo_not_allowed"),
    (r"Sorry, user .* (?:is not allowed to execute|may not run sudo).*", "sudo_not_allowed"),
    (r"sudo: sorry, you must have a tty to run sudo", "sudo_not_allowed"),
    (r"sudo: a password is required", "sudo_needs_password"),
    (r"sudo: a terminal is required .*", "sudo_needs_password"),
    (r"sudo: \d+ incorrect password attempts?", "sudo_wrong_password"),
    (r"(?:.*[ :])?sudo: (?:command )?not found.*", "sudo_missing"),
    (r"(?:.*[ :])?sudo: Command not found\.?", "sudo_missing"),
    (r"fish: Unknown command: sudo", "sudo_missing"),
    (r"exec: sudo: .*", "sudo_missing"),
)
_COMPILED = tuple((re.compile(pattern), state) for pattern, state in _LINES)


class SudoGate:
    """One way through sudo, for one run. Used once."""

    def __init__(self, sudo: Sudo, host: str) -> None:
        self._sudo, self._host = sudo, host
        self._token = secrets.token_hex(16)
        self._seen = b""
        self._grew = asyncio.Event()
        self._asked = 0
        self.open = sudo == "no"

    @property
    def noise(self) -> bytes:
        """What standard output brought before the second mark."""
        return b"" if self.open else self._seen

    @property
    def remote_command(self) -> str:
        """What ssh shall run there; a constant but for the marks."""
        if self._sudo == "no":
            return REMOTE_SHELL
        shell = f"sh -c 'echo UP-{self._token}; {REMOTE_SHELL}'"
        if self._sudo == "passwordless":
            return f"exec sudo -n {shell}"
        return f"exec sudo -k -S -p PW-{self._token} {shell}"

    def take_output(self, chunk: bytes) -> bytes:
        """Look for the second mark; what follows it, once it is there."""
        if self.open:
            return chunk
        mark = f"UP-{self._token}\n".encode("ascii")
        before, found, after = (self._seen + chunk).partition(mark)
        self._seen, self.open = before[-_NOISE_BYTES:], bool(found)
        return after

    def take_errors(self, everything: bytes) -> None:
        """Look for the first mark in all that standard error has brought so far."""
        asked = everything.count(f"PW-{self._token}".encode("ascii"))
        if asked != self._asked:
            self._asked = asked
            self._grew.set()

    async def answer(self, program: Program, askpass: Askpass) -> None:
        """Send the person's password when sudo asks; when it asks again, the password was wrong: no second try."""
        while self._asked == 0:
            await self._grew.wait()
        text = f"[sudo] {self._host}"
        password = await askpass.ask(Prompt("sudo", text, host=self._host))
        if password is None:
            return
        program.write(password.encode("utf-8") + b"\n")
        self._grew.clear()
        while self._asked < 2:
            await self._grew.wait()
        askpass.stop(CheckError("ssh.sudo_wrong_password", host=self._host))


def sudo_state(stderr: str, exit_status: int | None) -> str:
    """Why sudo did not let us through; where its words are not English, only that it did not."""
    lines = [line.rstrip("\r") for line in stderr.split("\n")]
    found = next((state for pattern, state in _COMPILED if any(map(pattern.fullmatch, lines))), None)
    return found or ("sudo_missing" if exit_status == 127 else "sudo_refused")
