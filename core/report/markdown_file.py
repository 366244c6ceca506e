"""A Report as Markdown (CommonMark 0.31, tables of GitHub's): for a ticket, a wiki or a chat; the words of the PDF.

What a mail server said can become no markup: every character that could is escaped, evidence stands in fenced blocks
whose fence is longer than any run of backticks within.
"""

from __future__ import annotations

import re
from typing import Any

from core.incident import Incident
from core.model import Report
from core.report.layout import lay_out
from core.report.options import ReportOptions
from core.texts import Texts

# Markup inside a line; what starts an autolink (GitHub's extension) is taken apart.
_INLINE = re.compile(r"[\\`*_{}\[\]<>|~&$]|:(?=//)|@|(?<=\bwww)\.|(?<=\bWWW)\.")
_OPENS_BLOCK = re.compile(r"^(\s*)([-+=#:]|\d{1,9}(?=[.)]))")
_TICKS = re.compile(r"`+")


def report_markdown(
    report: Report, texts: Texts, incident: Incident | None = None, options: ReportOptions | None = None
) -> str:
    """The whole report with its appendix; ends with one newline."""
    data = lay_out(report, texts, incident, options)
    page = _Page()
    _page_one(data, page)
    _details(data, page)
    _appendix(data["appendix"], data["head"]["masked"], page)
    return "\n".join(page.lines).strip("\n") + "\n"


def escaped(text: str) -> str:
    """`text` as one line that reads as it stands."""
    line = _INLINE.sub(lambda found: "\\" + found.group(), " ".join(text.split("\n")))
    return _OPENS_BLOCK.sub(_opening, line)


def _opening(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


class _Page:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def block(self, *lines: str) -> None:
        """Lines with a blank one before."""
        self.lines += ["", *lines]

    def heading(self, level: int, text: str) -> None:
        self.block("#" * level + " " + escaped(text))

    def items(self, texts: list[str], numbered: bool = False) -> None:
        if texts:
            self.block(*(f"{f'{n}.' if numbered else '-'} {escaped(text)}" for n, text in enumerate(texts, 1)))

    def note(self, text: str) -> None:
        if text:
            self.block(escaped(text))

    def table(self, columns: list[str], rows: list[list[str]]) -> None:
        if rows:
            lines = [columns, ["---"] * len(columns), *([escaped(cell) for cell in row] for row in rows)]
            self.block(*("| " + " | ".join(line) + " |" for line in lines))

    def raw(self, lines: list[str]) -> None:
        longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
        fence = "`" * max(3, longest + 1)
        self.block(fence + "text", *lines, fence)


def _page_one(data: dict[str, Any], page: _Page) -> None:
    head, verdict = data["head"], data["verdict"]
    page.heading(1, head["title"])
    page.note(" / ".join(word for word in (head["company"], head["about"], head["confidential"]) if word))
    page.note(f"{head['date']} / {head['app']}")
    page.block(f"**{verdict['mark']} {escaped(verdict['label'])}**", "", f"**{escaped(verdict['sentence'])}**")
    page.note(verdict["meaning"])
    page.block(*(f"- **{escaped(row['name'])}**: {escaped(row['text'])}" for row in data["summary"]))
    if data["way"]:
        page.heading(2, data["way"]["heading"])
        page.note(data["way"]["alt"])
    page.heading(2, data["work"]["heading"])
    page.table(data["work"]["columns"], data["work"]["rows"])
    page.note(data["work"]["cut"])
    if data["others"]["items"]:
        page.heading(2, data["others"]["heading"])
        page.items(data["others"]["items"])
    page.heading(2, data["decide"]["heading"])
    page.items(data["decide"]["items"])


def _details(data: dict[str, Any], page: _Page) -> None:
    if data["steps"]["repeat"]:
        page.heading(2, data["steps"]["heading"])
        page.items(data["steps"]["items"], numbered=True)
    for section in data["incident"]["sections"] if data["incident"] else []:
        page.heading(2, section["heading"])
        page.items(section["lines"])
        page.table(section["columns"], section["rows"])
    page.heading(2, data["checks"]["heading"])
    rows = [[row["name"], _light(row), row["text"]] for row in data["checks"]["rows"]]
    page.table(data["checks"]["columns"], rows)
    if data["found"]["rows"]:
        page.heading(2, data["found"]["heading"])
        rows = [[one["name"], _light(one), f"{one['title']} — {one['meaning']}"] for one in data["found"]["rows"]]
        page.table(data["found"]["columns"], rows)
        page.note(data["found"]["cut"])
    if data["charts"]["items"]:
        page.heading(2, data["charts"]["heading"])
        page.items([one["alt"] for one in data["charts"]["items"]])
    if data["unseen"]["rows"]:
        page.heading(2, data["unseen"]["heading"])
        rows = [[row["name"], f"{row['text']} — {row['way']}"] for row in data["unseen"]["rows"]]
        page.table(data["unseen"]["columns"], rows)
    page.heading(2, data["timeline"]["heading"])
    page.table(data["timeline"]["columns"], data["timeline"]["rows"])


def _appendix(part: dict[str, Any], masked: str, page: _Page) -> None:
    page.heading(1, part["heading"])
    page.note(masked)
    for finding in part["findings"]["items"]:
        page.heading(3, f"{_light(finding)} {finding['title']}")
        page.note(finding["meaning"])
        page.items(finding["refusal"])
        page.items(finding["steps"], numbered=True)
        if finding["playbook"]:
            _playbook(finding["playbook"], page)
        if finding["table"]:
            page.table([escaped(name) for name in finding["table"]["columns"]], finding["table"]["rows"])
            page.note(finding["table"]["cut"])
        for exchange in finding["evidence"]:
            page.raw([f"> {line}" for line in exchange["asked"]] + [f"< {line}" for line in exchange["answered"]])
        page.note(f"{finding['check']} · {finding['code']}")
    for cut in (part["findings"]["cut"], part["evidence_cut"]):
        page.note(cut)
    for item in part["lists"]:
        page.heading(2, item["heading"])
        page.items(item["items"])
        page.note(item["cut"])
    for trace in part["traces"]["items"]:
        page.heading(2, trace["name"])
        page.raw(trace["lines"])


def _playbook(playbook: dict[str, Any], page: _Page) -> None:
    page.heading(4, playbook["title"])
    page.items(playbook["steps"], numbered=True)
    page.note(playbook["link"])
    if playbook["letter"]:
        page.note(playbook["letter_title"])
        page.raw(playbook["letter"])


def _light(row: dict[str, Any]) -> str:
    return f"{row['mark']} {row['word']}"
