"""The relay test on real mail servers, closed, open and with one hole each, asked from a machine outside.

Which of them is open was found by letting mail really arrive; the names of the kinds say it. All servers of a test
are asked side by side, as different servers of different people would be.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.servers.lab import Lab
from tests.servers.lab_machine import Machine

ROOT = Path(__file__).resolve().parents[3]
CLOSED = ("pf-closed", "sm-closed", "ex-closed", "os-closed")
OPEN = ("pf-open", "sm-open", "ex-open", "os-open")
# One hole each, and the forms of which at least one shows it.
HOLES = {
    "pf-sender": "helo-H-from-D", "pf-helo": "helo-H-from-D", "pf-null": "null", "pf-regexp": "prefix-D",
    "sm-localfrom": "from-D", "sm-mailfrom": "from-D", "ex-percent": "pct-D", "ex-sender": "from-D",
    "ex-helo": "helo-H", "ex-null": "null", "os-sender": "from-D", "os-helo": "helo-H",
}  # fmt: skip
THROUGH_BACKUP = ("pf-untrusted", "sm-loose")
# Closed, or not to be told from closed at RCPT: what they must not be called is open.
HARMLESS = ("pf-backup", "sm-relaydom", "pf-tls", "pf-subnet", "pf-everyname", "pf-grey")
FINE = {"open_relay.closed", "open_relay.closed_thorough"}


def asked(machine: Machine, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the relay test, run on this machine, says about each case."""
    done = machine.run(
        [sys.executable, str(Path(__file__).with_name("probe_many.py"))],
        input=json.dumps(cases), timeout=560, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    for answer in answers:
        assert not [line for line in answer["said"] if line.upper().startswith(("DATA", "BDAT"))]
    return answers


def verdicts(lab: Lab, kinds: Sequence[str], *, thorough: bool, **more: Any) -> dict[str, dict[str, Any]]:
    """The answer for a new server of each kind."""
    servers = {kind: lab.server(kind) for kind in kinds}
    try:
        cases = [{"address": server.address, "thorough": thorough, **more} for server in servers.values()]
        return dict(zip(kinds, asked(lab.outside, cases), strict=True))
    finally:
        for server in servers.values():
            server.stop()


def test_the_default_run_tells_open_from_closed(lab: Lab) -> None:
    found = verdicts(lab, [*CLOSED, *OPEN], thorough=False, also_domain=())
    assert {found[kind]["code"] for kind in CLOSED} == {"open_relay.closed"}
    assert {found[kind]["code"] for kind in OPEN} == {"open_relay.accepted"}
    for answer in found.values():
        refusals = [form for form in answer["forms"] if form[4] is not None and form[3] != "accepted"]
        assert len(refusals) <= 4
        assert answer["relation"] == "outside"


def test_the_thorough_run_calls_no_closed_server_open(lab: Lab) -> None:
    found = verdicts(lab, CLOSED, thorough=True)
    assert {kind: found[kind]["code"] for kind in CLOSED} == dict.fromkeys(CLOSED, "open_relay.closed_thorough")
    for kind in CLOSED:
        assert found[kind]["values"]["count"] >= 40, kind
        assert found[kind]["seconds"] < 120


@pytest.mark.slow
def test_every_hole_is_found_and_nothing_closed_is_called_open(lab: Lab) -> None:
    kinds = [*CLOSED, *OPEN, *HOLES, *THROUGH_BACKUP, *HARMLESS]
    found = verdicts(lab, kinds, thorough=True)
    print_table(found)
    for kind in OPEN:
        assert found[kind]["code"] == "open_relay.accepted", kind
    for kind, form in HOLES.items():
        assert found[kind]["code"] == "open_relay.accepted", kind
        assert form in {row[0] for row in found[kind]["forms"] if row[3] == "accepted"}, kind
    for kind in THROUGH_BACKUP:
        assert found[kind]["code"] == "open_relay.routes_through", kind
    for kind in (*CLOSED, "pf-backup", "sm-relaydom", "pf-tls", "pf-subnet"):
        assert found[kind]["code"] == "open_relay.closed_thorough", kind
    assert found["pf-everyname"]["code"] == "open_relay.ambiguous"
    assert (found["pf-grey"]["code"], found["pf-grey"]["values"]["reasons"]) == (
        "open_relay.incomplete",
        ["greylisted"],
    )


@pytest.mark.slow
def test_the_default_run_finds_every_hole_it_has_a_form_for(lab: Lab) -> None:
    found = verdicts(lab, list(HOLES), thorough=False, also_domain=())
    assert {kind: found[kind]["code"] for kind in HOLES} == dict.fromkeys(HOLES, "open_relay.accepted")
    backups = verdicts(lab, THROUGH_BACKUP, thorough=False)
    assert {answer["code"] for answer in backups.values()} == {"open_relay.routes_through"}


def print_table(found: dict[str, dict[str, Any]]) -> None:
    """Forms down, servers across: the reply code; A: RCPT accepted; m: MAIL or the greeting refused."""
    answers = {kind: {row[0]: row for row in found[kind]["forms"] if row[2] == 25} for kind in found}
    forms = list(dict.fromkeys(form for rows in answers.values() for form in rows))
    width = max(map(len, forms)) + 1
    for number in range(max(map(len, found))):
        print(" " * width + " ".join(f"{kind[number] if number < len(kind) else ' ':>3}" for kind in found))
    for form in forms:
        print(f"{form:{width}}" + " ".join(f"{_cell(answers[kind].get(form)):>3}" for kind in found))
    for kind, answer in found.items():
        print(f"{kind:14} {answer['code']:28} {answer['seconds']:6.1f} s  {answer['values']}")


def _cell(row: list[Any] | None) -> str:
    if row is None or row[4] is None:
        return "-"
    if row[3] == "accepted":
        return "A"
    return str(row[4]) if row[6] == "RCPT" else "m"
