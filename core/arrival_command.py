"""The command `arrival`: send the one message of the proof by arrival, and read the header that is pasted back."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from typing import Any

from core.arrival.plan import Consent
from core.arrival_run import Wish, arrivals, confirm_arrival, missing_arrival, start_arrival, start_by_hand
from core.clients import Doors
from core.clients.files import read_file
from core.errors import UsageError
from core.model import Finding, Target
from core.texts import Texts
from core.typed_names import is_host_and_port, is_host_name, mail_domain


def add_arrival(command: Callable[..., argparse.ArgumentParser], commands: Any) -> argparse.ArgumentParser:
    """Add the command's words to the parser."""
    parser = command(commands, "arrival", None)
    add = parser.add_argument
    add("action", choices=("send", "by-hand", "confirm", "missing"))
    add("file", nargs="?", metavar="FILE")
    add("--purpose", choices=("relay", "send", "receive"), default="relay")
    add("--mailbox", metavar="ADDRESS", default="")
    add("--sender", metavar="ADDRESS", default="")
    add("--domain", metavar="NAME")
    add("--mail-host", metavar="HOST[:PORT]")
    add("--outside", metavar="[USER@]HOST[:PORT]")
    add("--ssh-config", metavar="FILE")
    add("--resolver", metavar="IP[:PORT]")
    add("--own-server", action="store_true")
    add("--own-mailbox", action="store_true")
    add("--token", metavar="WORD", default="")
    return parser


def run_arrival(arguments: argparse.Namespace, texts: Texts) -> Finding:
    """Do it; what came of it. Raises `UsageError` and the clients' errors."""
    kept = arrivals(Doors())
    if arguments.action == "confirm":
        return confirm_arrival(read_file(arguments.file or "-").text(), kept)
    if arguments.action == "missing":
        return missing_arrival(kept, arguments.token)
    if arguments.action == "by-hand":
        if arguments.purpose == "relay":
            raise UsageError("arrival.not_by_hand")
        return start_by_hand(arguments.purpose, arguments.mailbox, kept)[1]
    if arguments.purpose == "receive":
        raise UsageError("arrival.only_by_hand")
    return asyncio.run(start_arrival(_wish(arguments), Doors(), texts, kept))[1]


def _wish(arguments: argparse.Namespace) -> Wish:
    domain = arguments.domain or mail_domain(arguments.sender) or None
    if not domain and not arguments.mail_host:
        raise UsageError("arrival.no_server")
    if domain and not is_host_name(domain):
        raise UsageError("cli.bad_domain", name=domain[:80])
    if arguments.mail_host and not is_host_and_port(arguments.mail_host):
        raise UsageError("cli.bad_mail_host", name=arguments.mail_host[:80])
    given: dict[Consent, bool] = {"own_server": arguments.own_server, "own_mailbox": arguments.own_mailbox}
    target = Target(
        domain=domain, mail_host=arguments.mail_host, outside=arguments.outside, ssh_config=arguments.ssh_config,
        resolver=arguments.resolver,
    )  # fmt: skip
    consents = frozenset(name for name, said in given.items() if said)
    return Wish(arguments.purpose, arguments.mailbox, target, arguments.sender, consents)
