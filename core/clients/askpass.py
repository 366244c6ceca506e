"""Answers the questions ssh asks on its way in: a password, a key's passphrase, whether a new host key is right.

ssh starts our helper (`core.askpass_client`) with the question; the helper brings it here over a local socket in a
folder only we can enter, and must prove a key made for this run. Whoever started the door answers through a
`Prompter`. At most six questions a run. A question that is none of the known ones is the server's own text: it is
never answered by the program, and a host key is accepted by its fingerprint, which ssh compares itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core import askpass_client
from core.clean import clean
from core.clients.ssh_system import System
from core.errors import CheckError

PromptKind = Literal["host_key", "password", "passphrase", "pin", "sudo", "other"]
_MOST_QUESTIONS = 6
_PROOF_SECONDS = 10.0
_LINE_LIMIT = 65_536
_FINGERPRINT = re.compile(r"(?:SHA256:[A-Za-z0-9+/]{20,60}=?|MD5(?::[0-9a-f]{2}){16})")
_KEY_TYPE = re.compile(r"^(\S+) key fingerprint is ", re.MULTILINE)


@dataclass(frozen=True)
class Prompt:
    """One question of ssh. `text` is cleaned but otherwise as asked; `fingerprint` stands for a host key only."""

    kind: PromptKind
    text: str
    fingerprint: str | None = None
    host: str = ""
    key_type: str | None = None  # "ED25519"


# Gives the answer, or None to stop the login. For a host key: the fingerprint the person got from the server's
# admin (compared here and by ssh), or "yes" to go on without having compared.
Prompter = Callable[[Prompt], Awaitable[str | None]]


def prompt_of(text: str, host: str) -> Prompt:
    """What kind of question ssh's `text` is. Unknown wording is "other": the server asks, not ssh."""
    fingerprint = _FINGERPRINT.search(text)
    shown = clean(text, 2000, keep="\n")
    # By their first words: what a server asks by itself begins with "(user@host) " (since 8.5), whatever it imitates.
    if text.startswith(("The authenticity of host '", "Please type 'yes'")):
        kind = _KEY_TYPE.search(text)
        return Prompt("host_key", shown, fingerprint and fingerprint.group(), host, kind and kind.group(1))
    if text.startswith("Enter passphrase for key '"):
        return Prompt("passphrase", shown, host=host)
    if text.startswith("Enter PIN for"):
        return Prompt("pin", shown, host=host)
    if re.fullmatch(r"[^\n]{1,300}'s password: ?", text):
        return Prompt("password", shown, host=host)
    return Prompt("other", shown, host=host)


class Askpass:
    """The listening end, for one run of ssh. `folder` is the run's own folder, entered by nobody else.

    `pending` counts questions open right now (the door's clocks stand still meanwhile). `stopped` is set, with
    `error` saying why, when the login must not go on: the door then ends ssh *before* the helper is let go, because
    a helper that ends without an answer makes ssh send an empty password.
    """

    def __init__(self, prompter: Prompter, folder: Path, host: str, system: System) -> None:
        self._prompter, self._folder, self._host, self._system = prompter, folder, host, system
        self._nonce = secrets.token_hex(32)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._shown: str | None = None  # the fingerprint first shown
        self.questions = 0
        self.pending = 0
        self.password_given = False
        self.host_key: Literal["known", "confirmed", "unconfirmed"] = "known"
        self.error: BaseException | None = None
        self.stopped = asyncio.Event()

    async def start(self) -> dict[str, str]:
        """Listen; returns what ssh's environment must hold besides."""
        if self._system.local_sockets:
            path = self._folder / "ask"
            self._server = await asyncio.start_unix_server(self._connected, str(path), limit=_LINE_LIMIT)
            address = f"unix:{path}"
        else:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=_LINE_LIMIT)
            address = f"tcp:127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return {
            askpass_client.VARIABLE: f"{address}|{self._nonce}",
            "SSH_ASKPASS": str(helper_program(self._folder)),
            "SSH_ASKPASS_REQUIRE": "force",  # since 8.4; before, a DISPLAY and no terminal are enough
            "DISPLAY": os.environ.get("DISPLAY") or ":0",
        }

    async def close(self) -> None:
        """Let go of every helper and question. Call it after ssh has ended."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            text = await self._proven_question(reader, writer)
            if text is None:
                return
            answer = await self._answer(text)
            if answer is None:
                await asyncio.Event().wait()  # ssh must end before its helper does: close() cancels this
            writer.write(json.dumps({"answer": answer}).encode("utf-8") + b"\n")
            await writer.drain()
        except ConnectionError:
            return  # the helper is gone, and ssh with it
        finally:
            writer.close()

    async def _proven_question(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
        """The helper's question; None from anybody who does not know this run's key."""
        challenge = secrets.token_hex(32).encode("ascii")
        writer.write(challenge + b"\n")
        try:
            async with asyncio.timeout(_PROOF_SECONDS):
                question = json.loads(await reader.readline())
            proof, text = str(question["proof"]), str(question["prompt"])
        except (TimeoutError, ValueError, KeyError, TypeError, RecursionError):
            return None
        expected = hmac.new(self._nonce.encode("ascii"), challenge, hashlib.sha256).hexdigest()
        return text if hmac.compare_digest(proof.encode("utf-8"), expected.encode("ascii")) else None

    async def _answer(self, text: str) -> str | None:
        return await self.ask(prompt_of(text, self._host))

    async def ask(self, prompt: Prompt) -> str | None:
        """Put a question before the person. None: the login must not go on, and `stop` was called."""
        async with self._turn:
            self.questions += 1
            if self.questions > _MOST_QUESTIONS:
                self.stop(CheckError("ssh.too_many_questions", host=self._host))
                return None
            answer = await self._asked(prompt)
            if answer is None:
                self.stop(CheckError("ssh.cancelled", host=self._host))
                return None
            if prompt.kind == "host_key":
                return self._host_key_answer(prompt, answer)
            self.password_given = self.password_given or prompt.kind in ("password", "other")
            return answer.replace("\r", "").replace("\n", "")

    async def _asked(self, prompt: Prompt) -> str | None:
        """What the person says. A prompter that fails stops the login; its exception is the door's to raise."""
        asking = asyncio.ensure_future(self._prompter(prompt))
        self.pending += 1
        try:
            await asyncio.wait({asking})
        finally:
            self.pending -= 1
            asking.cancel()
        if not asking.cancelled() and asking.exception() is not None:
            self.error = self.error or asking.exception()
        return None if asking.cancelled() or asking.exception() is not None else asking.result()

    def _host_key_answer(self, prompt: Prompt, answer: str) -> str | None:
        """ "yes" as it is; anything else must be the fingerprint ssh shows, whatever stands around it."""
        if answer.strip() == "yes":
            self.host_key = "unconfirmed"
            return "yes"
        self._shown = prompt.fingerprint or self._shown
        given = _FINGERPRINT.search(answer)
        if given is None or self._shown is None or given.group().rstrip("=") != self._shown.rstrip("="):
            self.stop(CheckError("ssh.host_key_mismatch", host=self._host, shown=self._shown))
            return None
        if self.host_key == "known":  # with a jump host there are two keys: one unconfirmed leaves the way unconfirmed
            self.host_key = "confirmed"
        return self._shown

    def stop(self, error: CheckError) -> None:
        """Remember why, and tell the door to end ssh."""
        self.error = self.error or error
        self.stopped.set()


def helper_program(folder: Path) -> Path:
    """The program ssh shall start: the frozen app itself, or from source a two-line starter in the run's folder."""
    if getattr(sys, "frozen", False):
        return Path(sys.executable)
    if sys.platform == "win32":  # never a .bat: cmd would read the server's text as commands
        return Path(sys.executable).with_name("mail-first-aid.exe")
    starter = folder / "askpass"
    words = [sys.executable, "-I", askpass_client.__file__]
    starter.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$1"\n', encoding="utf-8")
    starter.chmod(0o700)
    return starter
