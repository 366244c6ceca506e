"""One whole run with secrets in it, as a program of its own with a home of its own.

Standard input: one JSON object (target, answers of the person, a list's key, the DNS server). Nothing of it is on the
command line or in the environment. Then everything a person can keep is kept: settings, notebook, report, masked file.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.clients import Doors
from core.clients.askpass import Prompt
from core.clients.list_keys import ListKeys
from core.model import Pasted, Report, Target
from core.notebook import Notebook
from core.report.json_file import json_text, report_to_json
from core.report.pdf_file import write_pdf
from core.report.text_file import report_text
from core.run import Run, RunFinished
from core.settings import Settings, save_settings
from core.texts import LANGUAGES, Texts


def main() -> None:
    """Read what to do, do it, keep it all in HOME."""
    told = json.load(sys.stdin)
    home = Path.home()
    logging.basicConfig(filename=home / "log.txt", level=logging.DEBUG)
    report = asyncio.run(_run(told))
    # What was pasted stays in memory only; everything else of the report is looked at as it is.
    told_least = replace(report.target, bounce=None, log=None)
    (home / "events.txt").write_text(repr(replace(report, target=told_least)), encoding="utf-8")
    keep(report, home)


async def _run(told: dict[str, Any]) -> Report:
    answers = list(told["answers"])

    async def person(prompt: Prompt) -> str | None:
        return answers.pop(0) if answers else None

    pasted = {name: Pasted(name, text) for name, text in told["pasted"].items()}
    target = Target(**told["target"], **pasted)
    doors = Doors(resolver=told["resolver"], list_keys=ListKeys({"spamhaus": told["key"]}))
    async for event in Run(target, skip=frozenset({"domain_life"}), doors=doors, prompter=person).events():
        if isinstance(event, RunFinished):
            return event.report
    raise AssertionError("no report")


def keep(report: Report, home: Path) -> None:
    """Every form in which a run can be kept or handed on."""
    save_settings(Settings("ja", {"domain": report.target.domain or ""}))
    with Notebook() as notebook:
        notebook.save_run(report)
    for language in LANGUAGES:
        texts = Texts(language)
        (home / f"report.{language}.txt").write_text(report_text(report, texts), encoding="utf-8")
        (home / f"report.{language}.json").write_text(json_text(report_to_json(report, texts)), encoding="utf-8")
        write_pdf(report, language, home / f"report.{language}.pdf")


if __name__ == "__main__":
    main()
