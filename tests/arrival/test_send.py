"""One message and never another: the consents, the limits, the forms in turn; a server that follows a script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.arrival import Plan, judge_started, send_test
from core.arrival.plan import checked_mailbox
from core.arrival.send import ArrivalDoors, NoConsentError, Sent
from core.clients.arrival_ledger import ArrivalLedger, Test
from core.clients.journal import Journal
from core.clients.relay_ledger import RelayLedger
from core.clients.reroute import Reroute
from core.clients.smtp import SmtpClient
from core.errors import CheckError, UsageError
from core.model import MailHost
from core.texts import Texts
from tests.servers.hostile_smtp import Script, Send, hostile_server

ADDRESS = "203.0.113.25"
BOTH = frozenset({"own_server", "own_mailbox"})
OK = (Send(b"250 2.1.5 Ok\r\n"),)
TAKES: Script = {"RCPT": OK, "DATA": (Send(b"354 go on\r\n"),)}


def plan(purpose: str = "relay", mailbox: str = "me@far.example", host: str = "mail.example.jp") -> Plan:
    sender = "sales@example.jp" if purpose == "send" else ""
    return Plan(purpose, mailbox, MailHost(host, addresses=(ADDRESS,)), "example.jp", sender)  # type: ignore[arg-type]


async def sent(
    script: Script, planned: Plan, doors: ArrivalDoors | None = None, **more: object
) -> tuple[Sent, Sequence[str]]:
    async with hostile_server(script) as server:
        reroute = Reroute({(ADDRESS, 25): ("127.0.0.1", server.port)}, closed=True)
        smtp = SmtpClient(reroute, Journal(), 2.0, 2.0)
        used = doors or ArrivalDoors(smtp, ArrivalLedger(), RelayLedger())
        used.smtp = smtp
        consents = more.get("consents", BOTH)
        return await send_test(planned, consents, used, Texts("en")), server.received  # type: ignore[arg-type]


async def test_nothing_is_sent_without_both_consents() -> None:
    for given in (frozenset(), frozenset({"own_server"}), frozenset({"own_mailbox"})):
        with pytest.raises(NoConsentError):
            await sent(TAKES, plan(), consents=given)


@pytest.mark.parametrize(
    "mailbox",
    ["me", "me@", "a@b", "me@far.example\r\nRCPT TO:<x@y.example>", "me@far.example>", '"a b"@far.example',
     "ä@far.example", "a@far.example,b@far.example", "a@-far.example", "@far.example:a@b.example",
     "a%b@far.example", "a" * 260 + "@far.example"],
)  # fmt: skip
def test_only_one_plain_mailbox_is_taken(mailbox: str) -> None:
    with pytest.raises(UsageError, match="bad_mailbox"):
        checked_mailbox(mailbox)


async def test_a_mailbox_of_the_company_itself_is_refused() -> None:
    for mailbox in ("hanako@example.jp", "hanako@sub.example.jp"):
        with pytest.raises(UsageError, match="mailbox_inside"):
            await sent(TAKES, plan(mailbox=mailbox))


async def test_a_providers_server_gets_nothing() -> None:
    result, received = await sent(TAKES, plan(host="aspmx.l.google.com"))
    assert judge_started(result).code == "arrival.hosted"
    assert list(received) == []


async def test_the_default_forms_are_tried_in_turn_and_all_aim_at_the_mailbox() -> None:
    result, received = await sent({}, plan())
    assert [line for line in received if line.startswith("RCPT")] == [
        *["RCPT TO:<me@far.example>"] * 3, "RCPT TO:<me%far.example@example.jp>"
    ]  # fmt: skip
    assert "MAIL FROM:<me@far.example>" in received
    assert not [line for line in received if line == "DATA"]
    finding = judge_started(result)
    assert (finding.code, finding.severity.value) == ("arrival.relay_refused", "ok")


async def test_come_back_later_is_no_verdict_and_is_not_pressed() -> None:
    result, received = await sent({"MAIL": (Send(b"451 4.7.1 later\r\n"),)}, plan())
    assert received.count("MAIL FROM:<me@far.example>") == 1
    assert judge_started(result).code == "arrival.not_taken"


async def test_a_refusal_at_data_is_not_taken() -> None:
    result, _ = await sent({"RCPT": OK, "DATA": (Send(b"554 5.7.1 no\r\n"),)}, plan())
    assert (judge_started(result).code, result.test) == ("arrival.not_taken", None)


async def test_limits_hold_over_runs(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    kept = ArrivalLedger(tmp_path / "a.json")
    for number in range(3):
        kept.note(Test(f"MFA-{number}", "relay", "me@far.example", now, "h", ADDRESS))
    doors = ArrivalDoors(None, ArrivalLedger(tmp_path / "a.json"), RelayLedger())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="too_many"):
        await sent(TAKES, plan(), doors)
    refused = RelayLedger()
    refused.note_refusals(ADDRESS, 4, now - timedelta(minutes=5))
    with pytest.raises(UsageError, match="held_back"):
        await sent(TAKES, plan(), ArrivalDoors(None, ArrivalLedger(), refused))  # type: ignore[arg-type]


async def test_a_host_without_address_is_named() -> None:
    with pytest.raises(CheckError, match="mail_host_not_found"):
        await send_test(
            Plan("relay", "me@far.example", MailHost("mail.example.jp"), "example.jp"),
            BOTH, ArrivalDoors(None, ArrivalLedger(), RelayLedger()), Texts("en"),  # type: ignore[arg-type]
        )  # fmt: skip


def test_the_record_survives_and_a_broken_one_is_set_aside(tmp_path: Path) -> None:
    path, at = tmp_path / "a.json", datetime.now(UTC)
    test = Test("MFA-ABCDEFGHJK", "relay", "me@far.example", at, "h", ADDRESS, ("h", ADDRESS), "outside", "plain-same")
    ArrivalLedger(path).note(test)
    assert path.stat().st_mode & 0o777 == 0o600
    assert ArrivalLedger(path).find("mfa-abcdefghjk") == test
    again = ArrivalLedger(path)
    again.arrived(test.token, at)
    assert ArrivalLedger(path).relayed_since(ADDRESS, at - timedelta(hours=1)) is not None
    assert ArrivalLedger(path).relayed_since("203.0.113.26", at - timedelta(hours=1)) is None
    for raw in (b"{", b'{"form": 1, "tests": [{"token": 3}]}', b"\xff" * 400_000):
        path.write_bytes(raw)
        assert ArrivalLedger(path).latest() is None
        assert path.with_name("a.json.bad").read_bytes() == raw
