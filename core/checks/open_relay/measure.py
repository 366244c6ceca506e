"""Ask each mail server, as a stranger, to pass on mail to a stranger: up to RCPT, never further.

At most four refusals a server in one run, one connection at a time with a pause between, an end at the first sign
that the server has had enough. Servers of big providers are never asked.
"""

from __future__ import annotations

import asyncio
import ipaddress
from datetime import UTC, datetime

from core.checks.open_relay.facts import OpenRelayFacts, ProbeResult, ServerProbes
from core.checks.open_relay.probing import Attempt, attempt
from core.clients import Clients
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError
from core.knowledge.relay_forms import Places, Probe, is_hosted, probes, relay_data
from core.knowledge.vantage import relation_of
from core.model import Context, MailHost, Relation

MOST_SERVERS = 3
_HAD_ENOUGH = frozenset({"rate_limited", "client_blocked", "greylisted"})
_NO_CONNECTION = frozenset({"smtp.connect_timed_out", "smtp.connection_refused", "smtp.unreachable"})


async def measure(context: Context, clients: Clients) -> OpenRelayFacts:
    """Probe the servers in turn. Raises the client's error when not one of them could be reached."""
    servers: list[ServerProbes] = []
    for host in context.mail_hosts[:MOST_SERVERS]:
        if host.addresses and host.addresses[0] not in {server.address for server in servers}:
            servers.append(await _one_server(host, context, clients))
    if not servers:
        raise CheckError("run.mail_host_not_found", host=context.mail_hosts[0].name if context.mail_hosts else "")
    tried = [server for server in servers if not server.hosted]
    if tried and all(_unreached(server) for server in tried):
        raise _connection_error(tried[0])
    return OpenRelayFacts(datetime.now(UTC), tuple(servers))


async def _one_server(host: MailHost, context: Context, clients: Clients) -> ServerProbes:
    address = host.addresses[0]
    if is_hosted(host.name):
        return ServerProbes(host.name, address, host.port, hosted=True)
    thorough = context.target.thorough
    results: list[ProbeResult] = []
    going: Attempt | None = None
    seen: str | None = None
    for probe in probes(places_of(host, context), thorough):
        if _enough(results, thorough):
            results.append(Attempt(probe, stage="").result("not_tried"))
            continue
        if going is not None and not going.on_loopback and not thorough:
            await asyncio.sleep(relay_data().pause_seconds)
        going, result = await attempt(clients.smtp, address, host.port, probe)
        seen = seen or going.seen_address
        results.append(result)
    relation = _relation(context.vantage.relation, going, address, seen)
    local = going.local_address if going else ""
    return ServerProbes(host.name, address, host.port, relation, seen, local, False, tuple(results))


def _enough(results: list[ProbeResult], thorough: bool) -> bool:
    """Whether to stop: the server shows it has had enough, cannot be reached, said yes, or refused often enough."""
    if any(result.outcome in _HAD_ENOUGH or result.error in _NO_CONNECTION for result in results):
        return True
    if thorough:
        return False
    said_no = sum(1 for result in results if result.reply_code is not None and result.outcome != "accepted")
    certain = any(r.outcome == "accepted" and r.control != "accepted" for r in results)
    return certain or said_no >= relay_data().most_refusals


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


def _relation(told: Relation, going: Attempt | None, address: str, seen: str | None) -> Relation:
    """What was found before the checks, sharpened by the server's own word; a rerouted socket tells nothing."""
    if going is None or going.rerouted:
        return told
    shown = relation_of(going.local_address, address, seen)
    return "inside" if "inside" in (told, shown) else shown if told == "unknown" else told


def _unreached(server: ServerProbes) -> bool:
    return bool(server.probes) and server.probes[0].error in _NO_CONNECTION


def _connection_error(server: ServerProbes) -> CheckError:
    code = server.probes[0].error or ""
    kind = CheckTimeoutError if code == "smtp.connect_timed_out" else CheckConnectionError
    return kind(code, address=server.address, port=server.port)


def probes_for(host: MailHost, context: Context) -> tuple[Probe, ...]:
    """What would be sent to this server, for showing before consent is given."""
    return probes(places_of(host, context), context.target.thorough)
