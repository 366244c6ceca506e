"""Our own server's settings, read over (a stand-in for) ssh in a whole run: the dead list in them is the cause."""

from __future__ import annotations

import json
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from core.clients import Doors
from core.clients.list_keys import ListKeys
from core.model import Pasted, Report, Severity, Target
from core.run import Run, RunFinished

ADDRESS = "203.0.113.25"
SECTIONS = {
    "who": "uid=0(root)",
    "connection": "198.51.100.7 50022 203.0.113.25 22",
    "mta": "program /usr/sbin/postconf\nmarker /etc/postfix/main.cf",
    "postfix_version": "mail_version = 3.7.11",
}


async def report(lists, folder: Path, restrictions: str, target: Target) -> Report:
    lists.serve()
    answers = folder / "server.json"
    answers.write_text(json.dumps({**SECTIONS, "postfix_effective": f"smtpd_client_restrictions = {restrictions}"}))
    doors = Doors(
        resolver=lists.server.address,
        ssh_program=(sys.executable, "-m", "core", "practice-ssh", str(answers)),
        list_keys=ListKeys(),
    )
    async with aclosing(Run(target, only=frozenset({"dnsbl"}), doors=doors).events()) as events:
        async for event in events:
            if isinstance(event, RunFinished):
                return event.report
    raise AssertionError("a run always ends with its report")


@pytest.mark.parametrize(
    ("restrictions", "severity", "causes"),
    [
        ("permit_mynetworks, reject_rbl_client combined.njabl.org", Severity.CRITICAL, ["own_filter_rejects_all"]),
        ("reject_rbl_client dnsbl.sorbs.net", Severity.WARNING, ["own_filter_rejects_all"]),
        ("reject_rbl_client zen.spamhaus.org=127.0.0.[2..11]", Severity.OK, ["nothing_found"]),
    ],
)
async def test_a_dead_list_in_our_settings_is_found(lists, tmp_path, restrictions, severity, causes) -> None:
    target = Target(address=(ADDRESS,), ssh="root@mail.midori-shoji.example")
    found = await report(lists, tmp_path, restrictions, target)
    (result,) = found.results
    assert result.problem is None
    assert (result.severity, [cause.code for cause in found.causes]) == (severity, causes)


async def test_a_bounce_that_names_a_dead_list_is_the_other_sides_mistake(lists, tmp_path) -> None:
    bounce = f"550 5.7.1 Service unavailable; client [{ADDRESS}] blocked using dnsbl.sorbs.net"
    target = Target(address=(ADDRESS,), bounce=Pasted("bounce.txt", bounce))
    found = await report(lists, tmp_path, "", target)
    (result,) = found.results
    assert [one.code for one in result.findings] == ["dnsbl.dead_list_in_refusal", "dnsbl.clean"]
    assert [(cause.code, cause.who_acts) for cause in found.causes] == [("recipient_side", "recipient")]
