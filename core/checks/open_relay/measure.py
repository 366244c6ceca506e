"""Ask each mail server, as a stranger, to pass on mail to a stranger: up to RCPT, never further.

Only with the person's word that the server is theirs, which is kept with its date; servers of big providers are
never asked. What the settings say is read over ssh beside it and needs no probe.
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

from core.checks.open_relay.facts import OpenRelayFacts, ServerProbes, SettingsRead
from core.checks.open_relay.pacing import Job, Thorough, careful, jobs_of, said_no
from core.checks.open_relay.probing import NOBODY_THERE, Door, Visit
from core.checks.open_relay.sections import settings_in
from core.clients import Clients
from core.clients.resolver_mail import nowhere_to_knock
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError
from core.knowledge.relay_forms import Places, is_hosted, probes, relay_data
from core.knowledge.vantage import relation_of
from core.model import Context, MailHost, Relation

MOST_SERVERS = 3
_SUBMISSION = (465, 587)


async def measure(context: Context, clients: Clients) -> OpenRelayFacts:
    """Read the settings, then probe the servers in turn.

    Raises the client's error when not one server could be reached and the settings told nothing either.
    """
    settings, unread = await _settings(clients)
    servers: list[ServerProbes] = []
    for host in context.mail_hosts[:MOST_SERVERS] if context.target.own_server else ():
        if host.addresses and host.addresses[0] not in {server.address for server in servers}:
            servers.append(await _one_server(host, context, clients))
    if not settings:
        _raise_if_nothing(context, servers, unread)
    return OpenRelayFacts(datetime.now(UTC), tuple(servers), settings)


async def _settings(clients: Clients) -> tuple[tuple[SettingsRead, ...], CheckError | None]:
    if clients.ssh is None:
        return (), None
    try:
        return settings_in(await clients.ssh.reading()), None
    except CheckError as error:
        return (), error


def _raise_if_nothing(context: Context, servers: list[ServerProbes], unread: CheckError | None) -> None:
    if not context.target.own_server and unread is not None:
        raise unread
    if not servers and context.target.own_server:
        raise nowhere_to_knock(context.mail_hosts)
    tried = [server for server in servers if not server.hosted]
    if tried and all(_unreached(server) for server in tried):
        raise _connection_error(tried[0])


async def _one_server(host: MailHost, context: Context, clients: Clients) -> ServerProbes:
    door = Door(host.addresses[0], host.port)
    if is_hosted(host.name):
        return ServerProbes(host.name, door.address, host.port, hosted=True)
    clients.relay_ledger.note_consent(door.address, datetime.now(UTC))
    smtp = clients.outside or clients.smtp
    thorough = context.target.thorough
    last: Visit | None
    if thorough:
        run = Thorough(smtp, thorough_jobs(host, context))
        results = await run.run()
        last, seen = run.last, run.seen_address
    else:
        chosen = probes(places_of(host, context), False)
        results, last = await careful(smtp, door, chosen, _refused_lately(clients, door.address))
        seen = last.seen_address if last else None
    if not (last and last.on_loopback):
        clients.relay_ledger.note_refusals(door.address, sum(map(said_no, results)), datetime.now(UTC))
    relation = _relation(context, last, door.address, seen, through=clients.outside is not None)
    local, through = last.local_address if last else "", context.target.outside if clients.outside else None
    proof = clients.arrivals.relayed_since(door.address, datetime.now(UTC) - timedelta(days=1))
    return ServerProbes(
        host.name, door.address, host.port, relation, seen, local, False, thorough, through, tuple(results),
        proof.arrived_at if proof else None,
    )  # fmt: skip


def _refused_lately(clients: Clients, server: str) -> int:
    since = datetime.now(UTC) - timedelta(seconds=relay_data().window_seconds)
    return clients.relay_ledger.refusals_since(server, since)


def thorough_jobs(host: MailHost, context: Context) -> list[Job]:
    """Every form at the mail port; the default ones at the other family's address and where mail programs log in."""
    places = places_of(host, context)
    jobs = jobs_of(Door(host.addresses[0], host.port), probes(places, True))
    few = [probe for probe in probes(places, True) if probe.form.default]
    version = ipaddress.ip_address(host.addresses[0]).version
    other = next((a for a in host.addresses if ipaddress.ip_address(a).version != version), None)
    if other is not None:
        jobs += jobs_of(Door(other, host.port, beside=True), few)
    if host.port == 25:
        for port in _SUBMISSION:
            jobs += jobs_of(Door(host.addresses[0], port, beside=True), few)
    return jobs


def places_of(host: MailHost, context: Context) -> Places:
    """The names the forms are filled with. Without a domain the host's own parent stands for it."""
    domain = context.target.domain or _parent(host.name)
    name = domain if _is_address(host.name) else host.name.rstrip(".")
    backup = next(iter(context.target.also_domain), None)
    return Places(name, domain.rstrip("."), host.addresses[0], backup)


def _parent(name: str) -> str:
    if _is_address(name):
        return f"[IPv6:{name}]" if ":" in name else f"[{name}]"
    labels = name.rstrip(".").split(".")
    return ".".join(labels[1:]) if len(labels) > 2 else ".".join(labels)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _relation(context: Context, last: Visit | None, address: str, seen: str | None, through: bool) -> Relation:
    """What was found before the checks, sharpened by the server's own word; a rerouted socket tells nothing.

    Through a machine the person calls outside, only the server's word can say otherwise.
    """
    told = context.vantage.relation
    if last is None or (last.rerouted and not through):
        return told
    shown = relation_of(last.local_address, address, seen)
    if through:
        return "inside" if shown == "inside" else "outside"
    return "inside" if "inside" in (told, shown) else shown if told == "unknown" else told


def _unreached(server: ServerProbes) -> bool:
    return bool(server.probes) and server.probes[0].error in NOBODY_THERE


def _connection_error(server: ServerProbes) -> CheckError:
    code = server.probes[0].error or ""
    if code == "smtp.no_family":
        family = "IPv6" if ":" in server.address else "IPv4"
        return CheckConnectionError(code, address=server.address, port=server.port, family=family)
    kind = CheckTimeoutError if code == "smtp.connect_timed_out" else CheckConnectionError
    return kind(code, address=server.address, port=server.port)
