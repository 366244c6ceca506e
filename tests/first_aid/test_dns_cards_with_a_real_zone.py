"""The cards that somebody else carries out in the DNS, played with a real zone: the line that the check hands over is
published word for word, the check is repeated as the card says, and the old line is put back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

from core.first_aid import Card, card_for
from tests.servers.nsd import Nsd, free_port

pytestmark = [pytest.mark.story, pytest.mark.slow]
ADDRESS, HOST, DOMAIN = "203.0.113.10", "mail.example.jp", "example.jp"
MAIL = f"@ MX 10 mail\nmail A {ADDRESS}\n"
REVERSE, PTR = "113.0.203.in-addr.arpa", f"10 PTR {HOST}.\n"
Found = dict[str, dict[str, object]]


def look(zones: Mapping[str, str], check: str) -> tuple[Found, list[str]]:
    """The findings of the one check by their code, and the causes."""
    with Nsd(zones, "127.0.0.1", free_port()) as dns:
        options = {"domain": DOMAIN, "address": ADDRESS, "mail-host": HOST, "resolver": dns.server, "only": check}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        argv = [sys.executable, "-m", "core", "check", *words, "--json"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)
    told = json.loads(done.stdout)
    found = {one["code"]: one["values"] for result in told["results"] for one in result["findings"]}
    return found, [cause["code"] for cause in told["causes"]]


def verifying(cause: str) -> str:
    """The check that the card of this cause has the app repeat."""
    card = card_for(cause, "postfix")
    assert isinstance(card, Card) and card.of_part("backup") and card.of_part("undo")
    return next(step.app for step in card.of_part("verify") if step.app)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("", "sender_auth.spf_missing"),
        ('@ TXT "v=spf1 -all"\n', "sender_auth.spf_fail"),
        ('@ TXT "v=spf1 mx ~all"\n@ TXT "v=spf1 a -all"\n', "sender_auth.spf_two_records"),
    ],
)
def test_the_handed_over_line_repairs_the_list_of_senders(lines: str, code: str) -> None:
    check, reverse = verifying("sender_auth_failing"), {REVERSE: PTR}
    before, causes = look({DOMAIN: MAIL + lines, **reverse}, check)
    assert code in before and causes == ["sender_auth_failing"]
    spf, dmarc = before[code]["proposed"], before["sender_auth.dmarc_missing"]["proposed"]
    repaired = f'{MAIL}@ TXT "{spf}"\n_dmarc TXT "{dmarc}"\n'
    after, causes = look({DOMAIN: repaired, **reverse}, check)
    assert not [each for each in after if ".spf_" in each and each != "sender_auth.spf_pass"] and causes != [
        "sender_auth_failing"
    ]
    assert "sender_auth.dmarc_missing" not in after
    undone, _ = look({DOMAIN: MAIL + lines, **reverse}, check)
    assert code in undone


@pytest.mark.parametrize(
    ("cause", "broken"),
    [
        ("dns_moved", {DOMAIN: f"@ MX 10 gone\nmail A {ADDRESS}\n", REVERSE: PTR}),
        ("ptr_or_helo_wrong", {DOMAIN: MAIL, REVERSE: "10 PTR old.example.net.\n"}),
    ],
)
def test_what_the_company_is_asked_for_repairs_the_signpost_and_the_name(cause: str, broken: dict[str, str]) -> None:
    check = verifying(cause)
    assert cause in look(broken, check)[1]
    assert cause not in look({DOMAIN: MAIL, REVERSE: PTR}, check)[1]
    assert cause in look(broken, check)[1]
