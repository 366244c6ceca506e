"""Probes against a server that answers as the script says; the verdicts that follow."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from core.checks.open_relay import CHECK, judge, measure, pacing
from core.clients import Clients
from core.clients.arrival_ledger import Test
from core.errors import CheckConnectionError, CheckError
from core.knowledge.relay_forms import relay_data
from core.model import Context, Finding, MailHost, Severity, Target
from tests.servers.hostile_smtp import Close, HostileServer, Reset, Script, Send, Silence, hostile_server

ADDRESS = "203.0.113.25"
MakeClients = Callable[[int], Clients]
MakeContext = Callable[..., Context]
YES = (Send(b"250 2.1.5 Ok\r\n"),)


@pytest.fixture
def run(make_clients: MakeClients) -> Callable[..., object]:
    async def run(script: Script, context: Context) -> tuple[Finding, HostileServer]:
        async with hostile_server(script) as server:
            facts = await measure(context, make_clients(server.port))
        json.dumps(asdict(facts), default=str)
        (finding,) = judge(facts)
        assert set(finding.values) == set(CHECK.codes[finding.code])
        assert not any(line.upper().startswith(("DATA", "BDAT")) for line in server.received)
        return finding, server

    return run


async def test_a_closed_server_refuses_four_forms_on_four_connections(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, server = await run({}, make_context())
    assert (finding.code, finding.severity) == ("open_relay.closed", Severity.OK)
    assert finding.values["count"] == server.connections == 4
    assert server.received[-2:] == ["RSET", "QUIT"]
    assert [row[0] for row in finding.table.rows] == ["plain", "helo-H-from-D", "null-prefix-D", "pct-D"]
    assert "EHLO mx.example.jp" in server.received


async def test_an_open_server_is_found_at_once_and_left_alone(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, server = await run({"RCPT": YES}, make_context())
    assert (finding.code, finding.severity) == ("open_relay.accepted", Severity.CRITICAL)
    assert server.connections == 1
    assert any(line.asked == "RCPT TO:<relaytest@example.net>" for line in finding.evidence)


async def test_the_same_yes_from_inside_is_no_answer(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, _ = await run({"RCPT": YES}, make_context("inside"))
    assert (finding.code, finding.severity) == ("open_relay.not_testable_here", Severity.UNKNOWN)


async def test_the_same_yes_from_an_unknown_place_is_no_alarm(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, _ = await run({"RCPT": YES}, make_context("unknown"))
    assert (finding.code, finding.severity) == ("open_relay.accepted_unknown_vantage", Severity.UNKNOWN)


async def test_a_refusal_from_inside_is_worded_as_probable(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, _ = await run({}, make_context("inside"))
    assert finding.code == "open_relay.refused_inside"
    assert finding.severity is Severity.UNKNOWN  # likely closed, but nobody looked from outside


@pytest.mark.parametrize(
    "hole",
    [
        {"MAIL FROM:<spamtest@example.jp>": YES, "RCPT TO:<relaytest@example.jp.example.net>": YES},
        {"RCPT TO:<relaytest%example.net@example.jp>": YES},
    ],
)
async def test_a_hole_in_one_form_only_is_found(run, make_context: MakeContext, hole: Script) -> None:  # type: ignore[no-untyped-def]
    finding, _ = await run(hole, make_context())
    assert finding.code == "open_relay.accepted"


async def test_s22_a_server_that_takes_every_local_name_is_no_relay(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    catch_all = {
        "RCPT TO:<relaytest%example.net@example.jp>": YES,
        "RCPT TO:<relaytest-no-such-user@example.jp>": YES,
    }
    finding, _ = await run(catch_all, make_context())
    assert (finding.code, finding.severity) == ("open_relay.ambiguous", Severity.UNKNOWN)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"RCPT": [Send(b"450 4.2.0 Greylisted, try later\r\n")]}, "greylisted"),
        ({"MAIL": [Send(b"421 4.7.0 too many errors\r\n"), Close()]}, "rate_limited"),
        ({"connect": [Send(b"554 no service\r\n"), Close()]}, "client_blocked"),
        ({"RCPT": [Send(b"554 5.7.1 Client host blocked using zen.spamhaus.org\r\n")]}, "client_blocked"),
        ({"MAIL": [Send(b"530 5.7.0 Must issue a STARTTLS command first\r\n")]}, "tls_required"),
        ({"RCPT": [Reset()]}, "failed"),
        ({"RCPT": [Send(b"550 5.1.1 User unknown\r\n")]}, "bad_recipient"),
    ],
)
async def test_s21_a_refusal_of_something_else_is_no_verdict(  # type: ignore[no-untyped-def]
    run, make_context: MakeContext, script: Script, reason: str
) -> None:
    finding, server = await run(script, make_context())
    assert (finding.code, finding.severity) == ("open_relay.incomplete", Severity.UNKNOWN)
    assert reason in finding.values["reasons"]
    if reason in ("greylisted", "rate_limited", "client_blocked"):
        assert server.connections == 1  # it has had enough


async def test_a_bad_outside_sender_is_made_good_by_the_own_domain_form(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    script = {"MAIL FROM:<spamtest@example.org>": [Send(b"553 5.1.8 Domain of sender address does not exist\r\n")]}
    finding, _ = await run(script, make_context())
    assert finding.code == "open_relay.incomplete"  # pct-D has that sender too
    assert finding.values["tested"] == 3  # plain is answered by the refusal of helo-H-from-D


async def test_s17_a_reset_at_rset_keeps_the_answer(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, _ = await run({"RSET": [Reset()]}, make_context())
    assert finding.code == "open_relay.closed"


async def test_the_seen_address_is_recorded(make_clients: MakeClients, make_context: MakeContext) -> None:
    hello = {"EHLO": [Send(b"250 mx.example.jp Hello x [198.51.100.7], pleased to meet you\r\n")]}
    async with hostile_server(hello) as server:
        facts = await measure(make_context(), make_clients(server.port))
    assert facts.servers[0].seen_address == "198.51.100.7"


async def test_a_provider_is_never_asked(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, server = await run({}, make_context(name="aspmx.l.google.com"))
    assert finding.code == "open_relay.hosted"
    assert server.connections == 0


async def test_thorough_tries_every_form_it_has_names_for(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    finding, server = await run({}, make_context(thorough=True))
    assert finding.code == "open_relay.closed_thorough"
    assert finding.values["count"] >= 45
    assert finding.values["count"] / 3 <= server.connections <= finding.values["count"] / 2
    assert server.received.count("QUIT") == server.connections


async def test_no_connection_is_an_error(make_clients: MakeClients, make_context: MakeContext) -> None:
    async with hostile_server() as server:
        port = server.port
    with pytest.raises(CheckConnectionError, match="connection_refused"):
        await measure(make_context(), make_clients(port))


async def test_an_answer_too_many_is_never_taken_for_a_yes(run, make_context: MakeContext) -> None:  # type: ignore[no-untyped-def]
    late = [Send(b"250 2.1.0 Ok\r\n"), Silence(0.05), Send(b"250 and one more\r\n")]
    finding, _ = await run({"MAIL": late}, make_context())
    assert finding.code == "open_relay.incomplete"


async def test_a_host_without_address_is_named(make_clients: MakeClients) -> None:
    context = Context(Target(own_server=True), (MailHost("mx.example.jp"),))
    with pytest.raises(CheckError, match="mail_host_not_found"):
        await measure(context, make_clients(9))


async def test_where_no_server_is_known_no_name_is_made_up(make_clients: MakeClients) -> None:
    """With a login, and a DNS that was silent, "the mail server  cannot be found" had been said."""
    with pytest.raises(CheckError, match="no_mail_host_known"):
        await measure(Context(Target(own_server=True, ssh="mail")), make_clients(9))


async def test_after_four_refusals_the_next_run_waits(make_clients: MakeClients, make_context: MakeContext) -> None:
    async with hostile_server() as server:
        clients = make_clients(server.port)
        clients.relay_ledger.note_refusals(ADDRESS, 3, datetime.now(UTC) - timedelta(minutes=9))
        facts = await measure(make_context(), clients)
        assert server.connections == 1
    (finding,) = judge(facts)
    assert (finding.code, finding.values["reasons"]) == ("open_relay.incomplete", ["held_back"])
    assert clients.relay_ledger.consented_at(ADDRESS) is not None


async def test_refusals_of_a_quarter_of_an_hour_ago_no_longer_count(
    make_clients: MakeClients, make_context: MakeContext
) -> None:
    async with hostile_server() as server:
        clients = make_clients(server.port)
        clients.relay_ledger.note_refusals(ADDRESS, 4, datetime.now(UTC) - timedelta(minutes=15))
        (finding,) = judge(await measure(make_context(), clients))
    assert finding.code == "open_relay.closed"


async def test_thorough_a_crowded_server_is_given_a_rest(
    make_clients: MakeClients, make_context: MakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = replace(relay_data().thorough, rest_seconds=0.3)
    monkeypatch.setattr(pacing, "relay_data", lambda: replace(relay_data(), thorough=shorter))
    crowded = [Send(b"421 4.3.2 Connection rate limit exceeded\r\n"), Close()]
    async with hostile_server({"connect": crowded}) as server:
        clients = make_clients(server.port)
        (finding,) = judge(await measure(make_context(thorough=True), clients))
        assert 4 <= server.connections <= 16  # three rests, at most four connections each
    assert (finding.code, finding.values["reasons"]) == ("open_relay.incomplete", ["rate_limited"])


async def test_thorough_a_server_that_shuts_us_out_is_left_alone(
    make_clients: MakeClients, make_context: MakeContext
) -> None:
    async with hostile_server({"connect": [Send(b"554 5.7.1 no service for you\r\n"), Close()]}) as server:
        (finding,) = judge(await measure(make_context(thorough=True), make_clients(server.port)))
        assert server.connections <= 4
    assert finding.code == "open_relay.incomplete"


async def test_a_message_that_came_through_yesterday_counts_while_the_server_still_says_yes(
    make_clients: MakeClients, make_context: MakeContext
) -> None:
    seen = datetime.now(UTC) - timedelta(hours=20)
    proof = Test(
        "MFA-ABCDEFGHJK", "relay", "me@far.example", seen, "mx", ADDRESS, ("mx",), "outside", "plain-same", seen
    )
    for script, expected in (({"RCPT": YES}, ["accepted", "arrived"]), ({}, ["closed"])):
        async with hostile_server(script) as server:
            clients = make_clients(server.port)
            clients.arrivals.note(proof)
            found = judge(await measure(make_context(), clients))
        assert [finding.code for finding in found] == [f"open_relay.{code}" for code in expected]
        for finding in found:
            assert set(finding.values) == set(CHECK.codes[finding.code])
