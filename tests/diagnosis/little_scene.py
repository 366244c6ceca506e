"""A scene with little to go on, and the report of a whole run in it.

Everything is asked for real, of a DNS server and a mail server on loopback that stand for the scene; nothing else can
be reached.
"""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import dns.reversename

from core.clients import Doors
from core.clients.list_keys import ListKeys
from core.clients.reroute import Endpoint, Reroute
from core.knowledge.dnsbl import load_lists
from core.model import Pasted, Report, Target, Vantage
from core.practice import smtp_server
from core.practice.incident import Incident
from core.run import Run, RunFinished
from tests.servers.dns_server import DnsServer

OURS = "203.0.113.25"
DESK = "198.51.100.7"


def ago(minutes: float, form: str = "%b %e %H:%M:%S") -> str:
    """The time of a log line so long ago."""
    return (datetime.now() - timedelta(minutes=minutes)).strftime(form)


@dataclass(frozen=True)
class Scene:
    """What the world says, what the person tells, and which cause must stand first."""

    cause: str  # one or several, separated by "|"
    domain: str = "aoba.example"
    mx: str | None = "mail.aoba.example"  # where the domain's mail is led to
    address: str | None = OURS  # of that server
    reverse: str | None = "mail.aoba.example"
    spf: str | None = f"v=spf1 ip4:{OURS} -all"
    greeting: str | None = "mail.aoba.example ESMTP Postfix"  # None: nobody listens
    records: tuple[tuple[str, str, str], ...] = ()
    listed: tuple[str, ...] = ()  # zones that name our address
    answers: dict[str, Any] = field(default_factory=dict)  # fields of Target
    bounce: str = ""
    queue: str = ""
    log: Callable[[], str] | None = None
    who: str = ""

    def target(self) -> Target:
        """What the person answers."""
        pasted: dict[str, Any] = {}
        for name, text in (("bounce", self.bounce), ("queue", self.queue), ("log", self.log() if self.log else "")):
            if text:
                pasted[name] = Pasted(f"{name}.txt", text)
        return Target(domain=self.domain, **pasted, **self.answers)


def _fill(dns_server: DnsServer, scene: Scene) -> None:
    if scene.mx:
        dns_server.add(scene.domain, "MX", f"10 {scene.mx}.")
    if scene.mx and scene.address:
        dns_server.add(scene.mx, "A", scene.address)
    if scene.address and scene.reverse:
        dns_server.add(dns.reversename.from_address(scene.address).to_text(), "PTR", f"{scene.reverse}.")
    if scene.spf:
        dns_server.add(scene.domain, "TXT", f'"{scene.spf}"')
        dns_server.add(f"_dmarc.{scene.domain}", "TXT", f'"v=DMARC1; p=none; rua=mailto:root@{scene.domain}"')
    for name, kind, text in scene.records:
        dns_server.add(name, kind, text)
    for one in load_lists():
        for query, records in one.positive_tests():
            for record in records:
                dns_server.add(f"{query}.{one.zone}", "A", record)
    octets = ".".join(reversed(str(ipaddress.IPv4Address(scene.address or OURS)).split(".")))
    for zone in scene.listed:
        dns_server.add(f"{octets}.{zone}", "A", "127.0.0.2")


@asynccontextmanager
async def _world(scene: Scene) -> AsyncIterator[Doors]:
    async with DnsServer() as dns_server:
        _fill(dns_server, scene)
        at = ("127.0.0.1", dns_server.port)
        table: dict[Endpoint, Endpoint] = {at: at}
        door = None
        if scene.greeting and scene.address:
            incident = Incident(scene.greeting, relays=False, domain=scene.domain, mail_host=scene.mx or "mail.example")
            door = await smtp_server.serve(incident)
            table[scene.address, 25] = ("127.0.0.1", door.sockets[0].getsockname()[1])
        reroute = Reroute(table, closed=True)
        try:
            yield Doors(dns_server.address, reroute, vantage=Vantage("outside", DESK), list_keys=ListKeys())
        finally:
            if door:
                door.close()
                await door.wait_closed()


async def told(scene: Scene) -> Report:
    """The report of a whole run in this scene."""
    async with _world(scene) as doors:
        async for event in Run(scene.target(), doors=doors).events():
            if isinstance(event, RunFinished):
                return event.report
    raise AssertionError("the run has no end")


OUT: dict[str, Any] = {"symptom": "not_delivered"}
IN: dict[str, Any] = {"symptom": "not_received"}
