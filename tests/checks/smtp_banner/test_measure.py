"""Knocking at doors that answer, refuse, stay silent or are no mail server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import pytest

from core.checks.smtp_banner import judge, measure
from core.clients import Clients
from core.model import Context, Severity
from tests.servers.hostile_smtp import Reset, Script, Send, Silence, hostile_server

MakeClients = Callable[[int], Clients]
MakeContext = Callable[..., Context]


async def test_greeting_capabilities_and_the_two_other_ports(
    make_clients: MakeClients, make_context: MakeContext
) -> None:
    async with hostile_server({"connect": [Send(b"220 mx.example.jp ESMTP Sendmail 8.9.3/8.9.3; x\r\n")]}) as server:
        facts = await measure(make_context(), make_clients(server.port))
    json.dumps(asdict(facts), default=str)
    answers = {answer.port: answer for answer in facts.hosts[0].answers}
    assert answers[25].capabilities == ("PIPELINING", "8BITMIME")
    assert (answers[465].state, answers[587].state) == ("refused", "refused")
    assert server.received == ["EHLO [127.0.0.1]", "QUIT"]
    assert [finding.code for finding in judge(facts)] == ["smtp_banner.answers", "smtp_banner.unsupported"]


@pytest.mark.parametrize(
    ("script", "code", "severity"),
    [
        ({"connect": [Silence()]}, "silent", Severity.WARNING),
        ({"connect": [Reset()]}, "silent", Severity.WARNING),
        ({"connect": [Send(b"SSH-2.0-OpenSSH_9.2p1\r\n")]}, "not_smtp", Severity.WARNING),
        ({"connect": [Send(b"421 4.3.2 too busy\r\n")]}, "busy", Severity.UNKNOWN),
        ({"connect": [Send(b"554 go away\r\n")]}, "busy", Severity.UNKNOWN),
        ({"EHLO": [Reset()]}, "answers", Severity.OK),
    ],
)
async def test_doors_that_do_not_behave(
    make_clients: MakeClients, make_context: MakeContext, script: Script, code: str, severity: Severity
) -> None:
    async with hostile_server(script) as server:
        facts = await measure(make_context(), make_clients(server.port))
    first = judge(facts)[0]
    assert (first.code, first.severity) == (f"smtp_banner.{code}", severity)


async def test_a_closed_door_is_a_fact(make_clients: MakeClients, make_context: MakeContext) -> None:
    async with hostile_server() as server:
        port = server.port
    (finding,) = judge(await measure(make_context(), make_clients(port)))
    assert (finding.code, finding.severity) == ("smtp_banner.refused", Severity.CRITICAL)
