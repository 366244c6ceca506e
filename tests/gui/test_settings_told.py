"""In the window too, a later run of the same server tells which settings have changed since the one before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from core.checks.server_health.facts import ServerHealthFacts
from core.checks.server_health.judge import judge
from core.model import CheckResult, Report, Target
from core.notebook import Notebook
from core.texts import LANGUAGES
from gui.widgets.hint import HintLabel

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def _run(networks: str, at: datetime) -> Report:
    facts = ServerHealthFacts(at, settings=(("main.cf: mynetworks", networks),))
    result = CheckResult("server_health", at, at, facts, judge(facts))
    target = Target(ssh="admin@mail.example.jp", domain="example.jp", symptom="slow")
    return Report(target, (result,), (), at, at, "1", "2026-11-22")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_changed_since_the_last_run_is_told_before_the_answer(
    open_wizard: Callable[..., Any], tmp_path: Path, language: str
) -> None:
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(_run("127.0.0.0/8", START))
    wizard = await open_wizard(language)
    report = await wizard.aftercare.beside_earlier(_run("0.0.0.0/0", START + timedelta(days=1)))
    (told,) = [each for each in report.results[0].findings if each.code == "server_health.settings_changed"]
    assert told.table is not None
    assert ("main.cf: mynetworks", "127.0.0.0/8", "0.0.0.0/0") in told.table.rows
    await wizard.aftercare.keep_run(report)
    await wizard.aftercare.show_answer(wizard.aftercare.incident.id)
    labels = wizard.answer.findChildren(QLabel)
    shown = "\n".join(each.plain if isinstance(each, HintLabel) else each.text() for each in labels)
    assert wizard.texts.text("server_health.settings_changed.title", told.values) in shown
    assert wizard.texts.text("server_health.settings_changed.title", told.values)
