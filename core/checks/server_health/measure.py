"""One reading of the server, taken apart into facts. Asks nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

from core.checks.server_health import certificates, machine, network, services, settings
from core.checks.server_health.facts import Resolving, ServerHealthFacts
from core.checks.server_health.smart_host import smart_host
from core.clients import Clients
from core.clients.ssh import ServerReading
from core.errors import CheckError
from core.model import Context

_LARGEST_MESSAGE = 10_240_000  # Postfix's own default
_OWN_WORDS = ("localhost", "localdomain")


async def measure(context: Context, clients: Clients) -> ServerHealthFacts:
    """The facts of the one login. Raises the ssh door's errors."""
    if clients.ssh is None:
        raise CheckError("run.needs", needs=["ssh"])
    reading = await clients.ssh.reading()
    facts = from_reading(reading, reading.client_address or context.vantage.address)
    own = {name.lower().rstrip(".") for name in (context.target.domain, *context.target.also_domain) if name}
    here = reading.server_address in {address for host in context.mail_hosts for address in host.addresses}
    names = await _looked_up_here(facts.resolving, clients)
    return replace(facts, takes_mail_here=here, forwards=_outside(reading, own), resolving=names)


async def _looked_up_here(told: Resolving | None, clients: Clients) -> Resolving | None:
    """Where the server found none of the names: the same question from this computer. A network without a way out
    knows none of them, and then the server's DNS may be as good as ours."""
    if told is None or told.answered or "?" in told.failed:  # a look-up that was cut off was given no answer
        return told
    known: list[bool] = []
    for name in told.failed:
        try:
            known.append(bool((await clients.resolver.query(name, "A")).records))
        except CheckError:
            return told  # no answer here either: nothing is learned of the server by it
        if known[-1]:
            break
    return replace(told, known_here=any(known))


def from_reading(reading: ServerReading, our_address: str | None) -> ServerHealthFacts:
    """What the reading alone tells."""
    values = settings.postfix(reading)
    relayhost, login = smart_host(reading)
    return ServerHealthFacts(
        read_at=reading.read_at,
        server_clock=machine.clock(reading),
        space=machine.space(reading, values),
        largest_message=_largest(values),
        services=services.services(reading),
        ports=services.port_25(reading),
        in_containers=any("|running|" in line for line in reading.lines("container_states")),
        units=services.units_down(reading),
        helpers=services.helpers(reading, values),
        unexamined_passes=values.get("milter_default_action", "").lower() == "accept",
        resolving=network.resolving(reading),
        outbound=network.outbound(reading),
        own_lists=network.own_lists(reading),
        certificate_files=certificates.files(reading),
        served=certificates.served(reading),
        bans=network.bans(reading, our_address),
        programs=machine.programs(reading),
        closed_settings=_closed(values),
        system=machine.system(reading),
        load=machine.load(reading),
        relayhost=relayhost,
        relayhost_login=login,
        full_mailboxes=_full_mailboxes(reading),
        panels=machine.panels(reading),
        containers_down=machine.containers_down(reading),
        settings=settings.copied(reading),
    )


def _largest(values: dict[str, str]) -> int | None:
    """Postfix refuses mail while less than one and a half times this is free."""
    if not values:
        return None
    told = values.get("message_size_limit", "")
    return int(told) if re.fullmatch(r"\d{1,15}", told) else _LARGEST_MESSAGE


def _closed(values: dict[str, str]) -> tuple[str, ...]:
    name = "smtpd_forbid_bare_newline"
    return (name,) if values.get(name, "no").lower() in ("yes", "normalize", "reject", "note") else ()


def _full_mailboxes(reading: ServerReading) -> int | None:
    """Mailboxes at 95 % of their room or more; None when the administrator alone may ask, or there is no limit."""
    section = reading.sections.get("quota")
    if section is None:
        return None
    rows = [line.split("\t") for line in section.lines]
    used = [int(row[1]) for row in rows if len(row) == 2 and row[0] in ("STORAGE", "MESSAGE") and row[1].isdigit()]
    return sum(percent >= 95 for percent in used) if used else None


def _outside(reading: ServerReading, own: set[str]) -> tuple[tuple[str, int], ...] | None:
    """Domains mail is passed on to that are not ours, most frequent first. Without our domain nothing is foreign."""
    section = reading.sections.get("forwards")
    if section is None or not own:
        return None
    found: dict[str, int] = {}
    for line in section.lines[:500]:
        row = re.fullmatch(r"\s*(\d{1,6}) @([\w.-]{3,253})", line)
        domain = row[2].lower().rstrip(".") if row else ""
        if row and "." in domain and not domain.endswith(_OWN_WORDS) and not _is_ours(domain, own):
            found[domain] = found.get(domain, 0) + int(row[1])
    return tuple(sorted(found.items(), key=lambda each: -each[1]))[:20]


def _is_ours(domain: str, own: set[str]) -> bool:
    return any(domain == name or domain.endswith(f".{name}") for name in own)
