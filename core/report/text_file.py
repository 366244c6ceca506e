"""A Report as plain text, for a terminal, a mail or a chat: the same words as the PDF, shapes instead of colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.incident import Incident
from core.model import Finding, Report
from core.report.layout import by_weight, is_practice, lay_out
from core.report.line_breaks import columns, wrapped
from core.report.options import ReportOptions
from core.report.playbook import playbook_of, refusal_lines
from core.report.words import mark_of, phrase, words_for
from core.texts import Texts

_NARROWEST = 40


def report_text(
    report: Report,
    texts: Texts,
    width: int = 78,
    *,
    details: bool = False,
    incident: Incident | None = None,
    options: ReportOptions | None = None,
) -> str:
    """The report in lines of at most `width` columns (a full-width character counts two), without a last newline.

    `details` adds the appendix: every finding with its evidence, the commands run, the hosts contacted. Evidence
    keeps its own lines, however long.
    """
    page = _Page(max(width, _NARROWEST))
    data = lay_out(report, texts, incident, options)
    if is_practice(report):
        page.write(data["head"]["title"])
        page.gap()
    _verdict(data, page)
    _next(data, page)
    _decide(data, page)
    _looked_at(data, page)
    if data["incident"]:
        _incident(data["incident"], page)
        _timeline(data, page)
    if details:
        _meanings(data, page)
        _appendix(data["appendix"], page)
    return page.text()


def findings_text(findings: Sequence[Finding], texts: Texts, width: int = 78) -> str:
    """Findings alone, the worst first: what the readers of pasted texts print."""
    page = _Page(max(width, _NARROWEST))
    for finding in by_weight(tuple(findings)):
        light, words = mark_of(finding.severity.value, texts), words_for(texts, finding.code, finding.values)
        page.gap()
        page.write(words.title, f"{_light(light)}  ", "    ")
        _meaning_and_steps(words.meaning, (), page)
        for line in refusal_lines(finding.values, texts):
            page.write(line, "    ")
        _meaning_and_steps("", words.steps, page)
        _playbook(finding, texts, page)
    return page.text()


def _playbook(finding: Finding, texts: Texts, page: _Page) -> None:
    found = playbook_of(finding.values, texts)
    if not found:
        return
    page.gap()
    page.write(phrase(texts, "refusal.playbook", title=found.title), "    ■ ")
    _meaning_and_steps("", found.steps, page)
    if found.link:
        page.raw([phrase(texts, "refusal.link", link=found.link)], "    ")
    if found.letter:
        page.write(phrase(texts, "refusal.letter"), "    ■ ")
        page.raw(found.letter.split("\n"), "      ")  # whole lines: it is to be copied


class _Page:
    """Lines so far; long ones are broken at the width, the following lines indented like the first word."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        return "\n".join(self.lines).strip("\n")

    def heading(self, text: str) -> None:
        self.gap()
        self.write(text, "■ ")

    def write(self, text: str, first: str = "", rest: str | None = None) -> None:
        """`text` after the lead `first`; further lines after `rest` (as many blanks, unless said)."""
        rest = " " * columns(first) if rest is None else rest
        lead = first
        for paragraph in text.split("\n"):
            for line in wrapped(paragraph, self.width - max(columns(first), columns(rest))):
                self.lines.append((lead + line).rstrip())
                lead = rest

    def raw(self, lines: list[str], lead: str) -> None:
        self.lines.extend(f"{lead}{line}" for line in lines)


def _light(item: dict[str, Any]) -> str:
    return f"{item['mark']} {item['word']}"


def _verdict(data: dict[str, Any], page: _Page) -> None:
    verdict = data["verdict"]
    page.write(f"{verdict['label']}", f"{verdict['mark']} ")
    page.write(verdict["sentence"], "  ")
    if verdict["meaning"]:
        page.write(verdict["meaning"], "  ")
    page.gap()
    for row in data["summary"]:
        page.write(row["text"], f"  {row['name']}: ")


def _meaning_and_steps(meaning: str, steps: Sequence[str], page: _Page) -> None:
    if meaning:
        page.write(meaning, "    ")
    for number, step in enumerate(steps, 1):
        page.write(step, f"    {number}. ")


def _next(data: dict[str, Any], page: _Page) -> None:
    if data["steps"]["items"]:
        page.heading(data["steps"]["heading"])
        for number, step in enumerate(data["steps"]["items"], 1):
            page.write(step, f"  {number}. ")
    if data["others"]["items"]:
        page.heading(data["others"]["heading"])
        for line in data["others"]["items"]:
            page.write(line, "  - ")


def _looked_at(data: dict[str, Any], page: _Page) -> None:
    page.heading(data["checks"]["heading"])
    for row in data["checks"]["rows"]:
        page.write(f"{_light(row)}  {row['name']}", "  ")
        page.write(row["text"], "      ")
    if data["unseen"]["rows"]:
        page.heading(data["unseen"]["heading"])
        for row in data["unseen"]["rows"]:
            page.write(f"{row['name']}: {row['text']}", "  - ")
            if row["way"]:
                page.write(row["way"], "    ")


def _incident(part: dict[str, Any], page: _Page) -> None:
    for section in part["sections"]:
        page.heading(section["heading"])
        for line in section["lines"]:
            page.write(line, "  ")
        for row in section["rows"]:
            page.write("  ".join(cell for cell in row if cell), "  ", "    ")


def _timeline(data: dict[str, Any], page: _Page) -> None:
    page.heading(data["timeline"]["heading"])
    for at, what in data["timeline"]["rows"]:
        page.write(what, f"  {at}  ", "    ")


def _decide(data: dict[str, Any], page: _Page) -> None:
    page.heading(data["decide"]["heading"])
    for line in data["decide"]["items"]:
        page.write(line, "  - ")


def _meanings(data: dict[str, Any], page: _Page) -> None:
    page.heading(data["found"]["heading"])
    for row in data["found"]["rows"]:
        page.write(row["title"], f"  {_light(row)}  ", "    ")
        page.write(row["meaning"], "    ")
    if data["found"]["cut"]:
        page.write(data["found"]["cut"], "  ")


def _appendix(appendix: dict[str, Any], page: _Page) -> None:
    for finding in appendix["findings"]["items"]:
        page.gap()
        page.write(finding["title"], f"{_light(finding)}  ", "    ")
        _meaning_and_steps(finding["meaning"], finding["steps"], page)
        for exchange in finding["evidence"]:
            page.gap()
            page.raw(exchange["asked"], "  > ")
            page.raw(exchange["answered"], "  < ")
        page.write(f"[{finding['code']}]", "  ")
    for cut in (appendix["findings"]["cut"], appendix["evidence_cut"]):
        if cut:
            page.gap()
            page.write(cut, "  ")
    for item in appendix["lists"]:
        page.heading(item["heading"])
        for entry in item["items"]:
            page.write(entry, "  - ")
        if item["cut"]:
            page.write(item["cut"], "  ")
