"""The practice company's DNS: its own names, and every blacklist's test entries, on one loopback UDP port.

What it does not hold does not exist (NXDOMAIN), so that nothing practised here ever asks the real DNS.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.reversename
import dns.rrset

from core.knowledge.dnsbl import load_lists
from core.practice.incident import Incident

Records = dict[tuple[dns.name.Name, str], list[str]]
TTL = 60
_DKIM_KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # the public key of RFC 8463's example


async def serve(incident: Incident) -> tuple[asyncio.DatagramTransport, int]:
    """Start the server on a free port of 127.0.0.1; returns its transport and port."""
    table = records(incident)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Server(table), local_addr=("127.0.0.1", 0))
    return transport, int(transport.get_extra_info("sockname")[1])


def records(incident: Incident) -> Records:
    """Everything this DNS holds."""
    table: Records = {}

    def add(name: str, kind: str, value: str) -> None:
        table.setdefault((dns.name.from_text(name), kind), []).append(value)

    _add_company(incident, add)
    for blacklist in load_lists():
        for query, answers in blacklist.positive_tests():
            for answer in answers:
                add(f"{query}.{blacklist.zone}", "A", answer)
    for zone, codes in incident.listed.items():
        octets = ".".join(reversed(str(ipaddress.IPv4Address(incident.address)).split(".")))
        for code in codes:
            add(f"{octets}.{zone}", "A", code)
    return table


def _add_company(incident: Incident, add: Callable[[str, str, str], None]) -> None:
    """The company's own zone, and its address's name."""
    for server in incident.name_servers:
        add(incident.domain, "NS", f"{server}.")
        if incident.name_server_address:
            add(server, "A", incident.name_server_address)
    if incident.name_server_address:
        first = f"{incident.name_servers[0]}. hostmaster.{incident.domain}."
        add(incident.domain, "SOA", f"{first} 2026112201 3600 900 1209600 {TTL}")
    if incident.resolves:
        add(incident.domain, "MX", f"10 {incident.mail_host}.")
        add(incident.mail_host, "A", incident.address)
    if "spf" in incident.proof:
        add(incident.domain, "TXT", f'"v=spf1 ip4:{incident.address} -all"')
    if "dmarc" in incident.proof:
        add(f"_dmarc.{incident.domain}", "TXT", f'"v=DMARC1; p=none; rua=mailto:postmaster@{incident.domain}"')
    if "dkim" in incident.proof:
        add(f"default._domainkey.{incident.domain}", "TXT", f'"v=DKIM1; k=ed25519; p={_DKIM_KEY}"')
    if incident.ptr:
        add(dns.reversename.from_address(incident.address).to_text(), "PTR", f"{incident.ptr}.")


class _Server(asyncio.DatagramProtocol):
    def __init__(self, table: Records) -> None:
        self._table = table
        self._names = {name for name, _ in table}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            response = self._answer(dns.message.from_wire(data))
        except dns.exception.DNSException:
            return  # not a DNS question; silence is what a real server gives
        self._transport.sendto(response.to_wire(), addr)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA | dns.flags.AA
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        values = self._table.get((question.name, kind))
        if values:
            response.answer.append(dns.rrset.from_text(question.name, TTL, "IN", kind, *values))
        elif not any(name.is_subdomain(question.name) for name in self._names):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response
