"""Every cause on every kind of server has a card or a reason; every card keeps the rules of the house."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from core.checks import ALL
from core.first_aid import Card, CardStep, NoCard, made_out
from core.knowledge.fixes import (
    CALLS,
    KINDS,
    PLACEHOLDERS,
    Fix,
    FixDataError,
    ServerKind,
    hold_steps,
    load_fixes,
    parse_fix,
)
from core.report.fix_card import card_mail, card_text, command_text, tried_text
from core.texts import LANGUAGES, Texts

ROOT = Path(__file__).resolve().parent.parent.parent
FIXES = load_fixes()
# Verdicts that name nothing to be repaired.
NOTHING_TO_REPAIR = {"nothing_found", "could_not_look"}
# What the list of causes names beyond those a rule can find today.
ALSO = {
    "account_hijacked", "disk_full", "helper_down", "self_banned", "forwarding_breaks_auth", "relayhost_login_failing",
    "ipv6_path_bad",
}  # fmt: skip
# Commands that remove mail for good, and commands that send it off now: never in one card.
DELETES = re.compile(r"postsuper [^|\n]*-d|exim -Mrm|smtpctl remove|Remove-Message|rm -f /var/spool|qmHandle|rm -r")
SENDS = re.compile(
    r"postqueue -[fsi]|postsuper [^|\n]*-[Hr]|sendmail (?!-Q')[^|\n]*-q(?![SQ])|exim -q|exim -M |schedule|Retry-Queue"
)
# "do" commands that change no setting, so that there is nothing to save first.
NO_SETTING = {"service_start", "disk_package_cache", "helper_start", "resolver_restart", "ban_lift", "mailbox_archive"}
FULL = {
    "account": "sales@example.jp", "account_name": "sales", "address": "203.0.113.25",
    "backup": "/root/mail-first-aid-20261122-0840-test", "client_address": "198.51.100.7", "domain": "example.jp",
    "mail_host": "mail.example.jp", "sender": "sales@example.jp", "web_account": "www-data", "zone": "bl.example.org",
}  # fmt: skip


def every_card() -> list[tuple[Fix, ServerKind]]:
    return [(fix, kind) for fix in FIXES.values() for kind in KINDS]


def cards(cause: str = "") -> list[Card]:
    made = [made_out(fix, kind, FULL) for fix, kind in every_card() if cause in ("", fix.cause)]
    return [card for card in made if isinstance(card, Card)]


def named(card: Card) -> str:
    return f"{card.cause} on {card.server}"


def causes_of_the_rules() -> set[str]:
    """Every cause the diagnosis can name: the first words of its `Cause(...)` calls."""
    calls = [
        node
        for path in (ROOT / "core" / "diagnosis").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Cause" and node.args
    ]
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


def test_every_cause_has_its_file() -> None:
    assert len(causes_of_the_rules()) > 15
    assert (causes_of_the_rules() | ALSO) - NOTHING_TO_REPAIR - set(FIXES) == set()


def test_no_cell_is_empty() -> None:
    empty = [f"{fix.cause} on {kind}" for fix, kind in every_card() if fix.for_server(kind) is None]
    assert empty == []


@pytest.mark.parametrize("cause", FIXES)
def test_a_card_says_how_to_verify_and_how_to_undo(cause: str) -> None:
    for card in cards(cause):
        assert card.of_part("do") and card.of_part("verify"), named(card)
        assert card.stop and card.minutes > 0
        firsts = [card.steps.index(steps[0]) for part in ("do", "verify", "undo") if (steps := card.of_part(part))]
        assert firsts == sorted(firsts), named(card)
        touched = [s for s in card.steps if s.part in ("do", "apply") and (s.command or s.open)]
        if [step for step in touched if step.say not in NO_SETTING]:
            assert card.of_part("backup"), f"{named(card)}: something is changed, and nothing was saved"
            assert card.of_part("undo"), f"{named(card)}: something is changed, and nobody says how to put it back"


@pytest.mark.parametrize("cause", FIXES)
def test_nothing_is_deleted_without_a_copy_and_never_beside_sending(cause: str) -> None:
    for card in cards(cause):
        _deletes_with_care(card)


def _deletes_with_care(card: Card) -> None:
    deleting = [number for number, step in enumerate(card.steps) if DELETES.search(step.command)]
    for number in deleting:
        kept = [s for s in card.steps[:number] if s.keeps or s.part == "backup"]
        assert any(s.keeps for s in kept), f"{card.steps[number].say} deletes what was not copied"
        # Only what has its copy goes: the command itself looks at the folder of the copies, or at what was held.
        assert "{backup}" not in card.steps[number].command
    if deleting:
        assert not [step.say for step in card.steps if SENDS.search(step.command)]


def test_the_two_patterns_know_the_real_commands() -> None:
    assert all(map(DELETES.search, ("x | postsuper -d - hold", "xargs -r exim -Mrm", 'smtpctl remove "$id"')))
    assert all(
        map(SENDS.search, ("postqueue -f", "postsuper -r ALL", "postsuper -H ALL", "sendmail -q -v", "exim -qff"))
    )
    assert not SENDS.search("sendmail -Q'x' -qR@")
    assert not SENDS.search("sendmail -Q'x' -qSa@example.jp") and not DELETES.search("postsuper -h -")
    assert sum(1 for card in cards() if any(DELETES.search(step.command) for step in card.steps)) >= 6


def test_commands_are_complete_with_the_values_of_a_run() -> None:
    """Only what nobody but the person can know stays blank."""
    left = {name for card in cards() for name in card.blanks}
    asked = {
        "big_file", "connector", "form_file", "helper", "jail", "networks", "new_certificate", "new_key", "other_disk",
        "recipient", "relay_user", "resolver",
    }  # fmt: skip
    assert left <= asked
    for card in cards():
        for step in card.steps:
            assert not re.search(r"(?<!\.D)\{[a-z_]+\}", step.command) or step.blanks


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_can_be_printed_in_every_language(language: str) -> None:
    texts = Texts(language)  # type: ignore[arg-type]
    for number, (fix, kind) in enumerate(every_card()):
        made = made_out(fix, kind, FULL if number % 2 else {})
        subject, said = card_mail(made, texts)
        assert subject and said
        if isinstance(made, Card) and made.tried != "nothing_to_run":
            assert tried_text(made, texts)[:12] in said.replace("\n  ", "")


def test_a_card_is_printed_in_the_order_it_was_tried_in() -> None:
    for language in LANGUAGES:
        texts = Texts(language)
        for card in cards():
            said, place = card_text(card, texts), 0
            for step in card.steps:
                for line in command_text(step, texts):
                    place = said.index(line, place) + len(line)


def test_a_command_with_a_blank_does_nothing_when_pasted() -> None:
    card = made_out(FIXES["open_relay"], "postfix", {})
    assert card_mail(card, Texts("ja"))[1] == card_text(card, Texts("ja"))
    step = CardStep("do", "resolver_set", "echo {resolver}\nrm x", blanks=("resolver",))
    for language in LANGUAGES:
        assert all(line.startswith("# ") for line in command_text(step, Texts(language)))


def test_what_could_not_be_run_here_says_so() -> None:
    never = {"exchange", "plesk", "cpanel", "zimbra", "mailcow", "iredmail", "qmail", "courier"}
    claimed = [named(card) for card in cards() if card.server in never and card.tried == "yes"]
    assert claimed == []
    ours = {"postfix", "sendmail", "exim", "opensmtpd"}  # what can be built here is tried, all of it
    assert [named(card) for card in cards() if card.server in ours and card.tried == "no"] == []
    assert sum(card.tried == "yes" for card in cards()) >= 75


def test_words_and_codes_of_the_cards_belong_together() -> None:
    wanted: set[str] = set()
    for fix in FIXES.values():
        wanted |= {f"fix.{fix.cause}.title", f"fix.{fix.cause}.what"}
        wanted |= {f"fix.absent.{one.reason}" for one in fix.absent}
        for card in fix.cards:
            wanted |= {f"fix.pause.{card.pause}", f"fix.risk.{card.risk}", f"fix.call.{card.call}"}
            wanted |= {f"fix.stop.{code}" for code in card.stop} | {f"fix.say.{step.say}" for step in card.steps}
    wanted |= {f"fix.say.{step.say}" for kind in KINDS for step in hold_steps(kind)}
    wanted |= {"fix.stop.by_hand"}  # where a card has no command
    wanted |= {f"fix.blank.{name}" for name in PLACEHOLDERS} | {f"fix.kind.{kind}" for kind in KINDS}
    have = {key for key in Texts("ja").keys() if key.startswith("fix.")}  # noqa: SIM118
    assert wanted - have == set()
    lists = ("fix.say.", "fix.stop.", "fix.risk.", "fix.pause.", "fix.absent.", "fix.blank.", "fix.call.")
    unused = {key for key in have - wanted if key.startswith(lists)}
    assert unused <= {f"fix.call.{call}" for call in CALLS}


def test_cards_name_checks_that_exist_and_cards_that_exist() -> None:
    known = {check.id for check in ALL}
    assert {step.app for card in cards() for step in card.steps if step.app} <= known
    assert {code for fix in FIXES.values() for code in fix.then} <= set(FIXES)


def test_where_a_service_has_no_server_of_ours_the_reason_stands() -> None:
    made = made_out(FIXES["open_relay"], "microsoft_365", {})
    assert made == NoCard("open_relay", "microsoft_365", "provider_runs_it")


@pytest.mark.parametrize(
    "wrong",
    [
        {"surprise": 1},
        {"card": [{"servers": ["postfix"], "steps": [{"use": "no_such_step"}]}]},
        {"card": [{"servers": ["postfix"], "steps": [{"part": "do", "say": "x", "run": "echo {typo}"}]}]},
        {"card": [{"servers": ["postfix"], "steps": [{"part": "later", "say": "x"}]}]},
        {"card": [{"servers": ["vms"], "steps": []}]},
        {"card": [{"servers": ["postfix"], "steps": [], "tried": ["exim"]}]},
        {"card": [{"servers": ["postfix"], "steps": []}, {"servers": ["postfix"], "steps": []}]},
    ],
)
def test_a_wrong_data_file_is_refused(wrong: dict[str, object]) -> None:
    shared = {"checked": None, "minutes": 1, "pause": "none", "risk": "x", "stop": ["x"], "call": "builder"}
    with pytest.raises(FixDataError):
        parse_fix("test", {**shared, **wrong}, {})
