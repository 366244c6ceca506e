"""Single refusals that were written before any rule was looked at: a floor under what strangers' words are read as."""

from __future__ import annotations

from pathlib import Path

from core.checks.bounce import read_bounce

LINES = Path(__file__).parent / "samples" / "unseen" / "lines.tsv"
FLOOR = 0.97


def test_nearly_all_unseen_lines_are_read_rightly() -> None:
    rows = [line.split("\t") for line in LINES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(rows) >= 170
    misses = []
    for wanted, line in rows:
        facts = read_bounce(line.replace("\\n", "\n"))
        got = facts.recipients[0].reason if facts.recipients else facts.kind
        if got not in wanted.split("|"):
            misses.append(f"{line[:100]}: read as {got}, is {wanted}")
    assert len(misses) <= len(rows) * (1 - FLOOR), "\n".join(misses)


def test_a_company_policy_is_not_the_recipients_own_choice() -> None:
    for line in (
        "550 5.7.1 Message rejected by recipient organization policy",
        "550 Refused by recipient domain policy",
    ):
        assert read_bounce(line).recipients[0].reason == "policy_refused"
