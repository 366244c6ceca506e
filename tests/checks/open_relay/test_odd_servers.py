"""Servers that answer late, briefly, in another style, or change their mind after RCPT: the right answer to each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.checks.open_relay import judge, measure, pacing
from core.clients import Clients
from core.model import Context, Severity
from tests.checks.open_relay.test_real_servers import verdicts
from tests.servers.hostile_smtp import Close, Script, Send, Silence, hostile_server
from tests.servers.lab import Lab

ROOT = Path(__file__).resolve().parents[3]
COURIER: Script = {
    "EHLO": (Send(b"250-mx.example.jp Ok.\r\n250-XVERP=Courier\r\n250 SIZE\r\n"),),
    "MAIL": (Send(b"250 Ok.\r\n"),),
    "RCPT": (Send(b"513 Relaying denied.\r\n"),),
    "RSET": (Send(b"250 Ok.\r\n"),),
}
OLD: Script = {  # neither EHLO nor PIPELINING nor enhanced codes
    "EHLO": (Send(b"500 Command unrecognized\r\n"),),
    "RCPT": (Send(b"550 relaying mail to example.net is not allowed\r\n"),),
}
TARPIT: Script = {"RCPT": (Silence(1.0), Send(b"554 5.7.1 Relay access denied\r\n"))}
NEVER: Script = {"RCPT": (Silence(30),)}
TOO_MANY: Script = {"RCPT": (Send(b"421 4.7.0 mx.example.jp Error: too many errors\r\n"), Close())}


@pytest.mark.parametrize(
    ("script", "code"),
    [(COURIER, "closed"), (OLD, "closed"), (TARPIT, "closed"), (NEVER, "incomplete"), (TOO_MANY, "incomplete")],
    ids=["courier", "no EHLO, no PIPELINING", "tarpit", "never answers", "error limit"],
)
async def test_a_server_with_manners_of_its_own(
    make_clients: Callable[[int], Clients], make_context: Callable[..., Context], script: Script, code: str
) -> None:
    async with hostile_server(script) as server:
        (finding,) = judge(await measure(make_context(), make_clients(server.port)))
        assert not any(line.upper().startswith("DATA") for line in server.received)
    assert finding.code == f"open_relay.{code}"
    assert finding.severity is (Severity.OK if code == "closed" else Severity.UNKNOWN)


DRIP = {
    "connect": (Send(b"220 mx.example.jp ESMTP Postfix\r\n", every=0.5),),
    "EHLO": (Send(b"250 mx.example.jp\r\n", every=0.5),),
}


@pytest.mark.parametrize(
    "script", [DRIP, {"EHLO": DRIP["EHLO"]}, NEVER], ids=["dripping greeting", "dripping EHLO", "no answer at RCPT"]
)
async def test_a_door_without_whole_answers_is_waited_for_once(
    make_clients: Callable[[int], Clients], make_context: Callable[..., Context], script: Script
) -> None:
    """Not once for each of the four forms."""
    async with hostile_server(script) as server:
        facts = await measure(make_context(), make_clients(server.port))
        assert server.connections == 1
    (probed,) = facts.servers
    assert [probe.outcome for probe in probed.probes] == ["failed", "not_tried", "not_tried", "not_tried"]
    assert {finding.severity for finding in judge(facts)} == {Severity.UNKNOWN}


async def test_all_careful_sessions_share_one_time(
    monkeypatch: pytest.MonkeyPatch, make_clients: Callable[[int], Clients], make_context: Callable[..., Context]
) -> None:
    """A server that answers each time just before our patience ends gets no more for it."""
    monkeypatch.setattr(pacing, "CAREFUL_SECONDS", 1.5)
    async with hostile_server({"RCPT": (Silence(1.0), Send(b"554 5.7.1 Relay access denied\r\n"))}) as server:
        facts = await measure(make_context(), make_clients(server.port))
        assert server.connections == 2
    outcomes = [probe.outcome for probe in facts.servers[0].probes]
    assert outcomes == ["refused", "failed", "not_tried", "not_tried"]


@pytest.mark.slow
def test_real_servers_with_manners_of_their_own(lab: Lab) -> None:
    kinds = ("pf-atdata", "pf-bounce", "pf-strict", "pf-tls", "pf-grey", "pf-subnet")
    found = verdicts(lab, kinds, thorough=False, also_domain=())
    codes = {kind: found[kind]["code"].removeprefix("open_relay.") for kind in kinds}
    assert codes == {
        # A yes at RCPT is a suspicion, whatever they do with the mail later: only the settings or an arrival tell.
        "pf-atdata": "accepted",
        "pf-bounce": "accepted",
        "pf-strict": "closed",  # five seconds before each refusal, an end after three
        "pf-tls": "closed",
        "pf-grey": "incomplete",
        "pf-subnet": "closed",
    }


def test_what_they_do_after_rcpt_shows_when_one_message_is_sent(lab: Lab, tmp_path: Path) -> None:
    server = lab.server("pf-atdata")
    words = ["send", "--mailbox", "admin@far.example", "--domain", "example.jp", "--mail-host", server.address,
             "--own-server", "--own-mailbox", "--json", "--lang", "en"]  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    try:
        done = lab.outside.run([sys.executable, "-m", "core", "arrival", *words], check=False, env=environment)
        queued = server.queue_count()
    finally:
        server.stop()
    finding = json.loads(done.stdout)
    assert (finding["code"], finding["values"]["stage"], queued) == ("arrival.not_taken", "DATA", 0)
