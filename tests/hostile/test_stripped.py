"""STARTTLS that is not there any more (S18): seen beside an earlier run, told as a question, in either language."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.checks import tls_health
from core.clients import Doors
from core.clients.reroute import Reroute
from core.model import Finding, Report, Severity, Target
from core.notebook import Notebook, incident_file, incident_from_text
from core.notebook.history import beside_earlier
from core.report.text_file import report_text
from core.run import Run, RunFinished
from core.texts import LANGUAGES, Texts
from tests.servers.tls_server import self_signed, server_context, smtp_starttls

SERVER = "203.0.113.25"


async def looked_at(encrypts: bool, host: str = SERVER) -> Report:
    """A run of our encryption check on one server, which offers STARTTLS or does not."""
    context = server_context(self_signed("mx.example.jp")) if encrypts else None
    async with smtp_starttls(context) as port:
        doors = Doors(resolver="127.0.0.1:9", reroute=Reroute({(host, 25): ("127.0.0.1", port)}, closed=True))
        run = Run(Target(mail_host=host), only=frozenset({"tls_health"}), doors=doors)
        async with asyncio.timeout(60):
            async for event in run.events():
                if isinstance(event, RunFinished):
                    return event.report
    raise AssertionError("no report")


def gone(report: Report) -> Finding | None:
    (result,) = report.results
    return next((one for one in result.findings if one.code == "tls_health.starttls_gone"), None)


async def test_s18_encryption_an_earlier_run_had_is_missed(tmp_path: Path) -> None:
    before, between, now = await looked_at(True), await looked_at(False), await looked_at(False)
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(before)
        first = beside_earlier(between, notebook)
        notebook.save_run(first)
        told = beside_earlier(now, notebook)  # a run without it in between does not make it forgotten
    for report in (first, told):
        finding = gone(report)
        assert finding is not None and finding.severity is Severity.WARNING
        assert dict(finding.values) == {"hosts": [SERVER], "ports": [25], "since": before.started_at.isoformat()}
        assert set(finding.values) == set(tls_health.CHECK.codes[finding.code])
        assert report.results[0].findings[0] is finding  # before "not offered", which alone is no alarm
    for language in LANGUAGES:
        assert Texts(language).text(f"{finding.code}.title") in report_text(told, Texts(language))


async def test_s18_nothing_is_missed_that_never_was_or_still_is(tmp_path: Path) -> None:
    bare, good = await looked_at(False), await looked_at(True)
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        assert beside_earlier(bare, notebook) is bare  # nothing to compare with
        notebook.save_run(bare)
        assert beside_earlier(bare, notebook) is bare
        notebook.save_run(good)
        assert beside_earlier(good, notebook) is good
        other = replace(bare, target=replace(bare.target, domain="other.example"))
        assert beside_earlier(other, notebook) is other  # another company's server


async def test_s18_another_server_is_another_server(tmp_path: Path) -> None:
    good = replace(await looked_at(True, "203.0.113.26"), target=Target(mail_host=SERVER))
    bare = await looked_at(False)
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(good)
        assert gone(beside_earlier(bare, notebook)) is None


DOOR = {"host": SERVER, "port": 25, "starttls": True, "state": "encrypted"}
WILD: list[object] = [
    None, {}, {"ports": None}, {"ports": 5}, {"ports": [5, None, "x"]}, {"ports": {"a": DOOR}}, [DOOR],
    *({"ports": [{**DOOR, name: wild}]} for name in DOOR for wild in (None, "25x", 2.5, [], {})),
]  # fmt: skip


async def test_s18_a_run_out_of_somebodys_file_is_no_witness(tmp_path: Path) -> None:
    good, bare = await looked_at(True), await looked_at(False)
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(good)
        (kept,) = notebook.incidents()
        text = json.dumps(incident_file(notebook.incident(kept.id), mask=False, now=good.started_at))
        assert gone(beside_earlier(bare, notebook)) is not None
        notebook.delete_incident(kept.id)
        notebook.import_incident(incident_from_text(text))
        assert beside_earlier(bare, notebook) is bare


@pytest.mark.parametrize("facts", WILD)
async def test_s18_an_old_or_foreign_run_is_no_witness(facts: object, tmp_path: Path) -> None:
    bare = await looked_at(False)
    foreign = replace(bare, results=(replace(bare.results[0], facts=facts),))
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(foreign)
        assert beside_earlier(bare, notebook) is bare
