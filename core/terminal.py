"""On the terminal: what is said before a login, and the questions of ssh (password, passphrase, fingerprint)."""

from __future__ import annotations

import asyncio
import getpass
import sys

from core.clean import clean
from core.clients.askpass import Prompt, Prompter
from core.clients.remote_script import SECTIONS
from core.model import Target
from core.texts import Texts


def tell_before_login(target: Target, texts: Texts) -> None:
    """Say on standard error what a login will do, before it does so; nothing when there will be none."""
    if target.ssh is None:
        return
    print(texts.text("ssh.before.commands", host=clean(target.ssh, 100), count=len(SECTIONS)), file=sys.stderr)
    if target.sudo != "no":
        print(texts.text("ssh.before.sudo"), file=sys.stderr)


def terminal_prompter(texts: Texts) -> Prompter | None:
    """A prompter for a person at a terminal; None where nobody can answer, so that ssh never waits."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    async def ask(prompt: Prompt) -> str | None:
        return await asyncio.to_thread(_ask, prompt, texts)

    return ask


def _ask(prompt: Prompt, texts: Texts) -> str | None:
    words = texts.text("ssh.sudo_password", host=prompt.host) if prompt.kind == "sudo" else clean(prompt.text)
    print(words, file=sys.stderr)
    if prompt.kind == "host_key":
        print(texts.text("cli.paste_fingerprint"), file=sys.stderr)
        return input("> ").strip() or None
    try:
        return getpass.getpass(texts.text("cli.secret_prompt"), stream=sys.stderr)
    except EOFError:
        return None
