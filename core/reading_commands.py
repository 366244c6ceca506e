"""The commands `read-queue`, `read-bounce` and `read-log`: explain what somebody pasted or saved."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.clean import clean
from core.clients.files import FileContent, read_file
from core.command_output import USAGE_STATUS, problem_line, tell_cut, write_json
from core.errors import CheckError
from core.model import Finding, Severity, headline
from core.read_log_command import add_read_log, explain_log, log_window
from core.report.json_file import finding_to_json
from core.texts import Texts

AddCommand = Callable[..., argparse.ArgumentParser]


def add_reading(command: AddCommand, commands: Any) -> None:
    """Add the three commands to the parser; `command` gives each the options that all share."""
    for name, run in (("read-queue", _read_queues), ("read-bounce", _read_bounces)):
        reader = command(commands, name, run)
        reader.add_argument("files", nargs="+", metavar="FILE")
    add_read_log(command, commands, _read_logs)


def _read_queues(arguments: argparse.Namespace, texts: Texts) -> int:
    from core.checks.mail_queue import judge, queue_summary, read_queue  # each reader needs its own part alone
    from core.exchange_command import exchange_part

    def read(path: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        content = _content(path, texts)
        text = content.text()
        facts = read_queue(text, datetime.now(UTC))
        facts = replace(facts, complete=facts.complete and not content.cut)
        return queue_summary(facts), (*judge(facts), *exchange_part(text))

    return _read_all(arguments, texts, read)


def _read_bounces(arguments: argparse.Namespace, texts: Texts) -> int:
    from core.checks.bounce import bounce_summary, read_bounce
    from core.checks.bounce.judge import judge
    from core.report.playbook import with_playbooks

    def read(path: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        facts = read_bounce(_content(path, texts).data)
        return with_playbooks(bounce_summary(facts), texts), judge(facts)

    return _read_all(arguments, texts, read)


def _content(path: str, texts: Texts) -> FileContent:
    content = read_file(path)
    if content.cut:
        tell_cut(content.name, texts)
    return content


def _read_logs(arguments: argparse.Namespace, texts: Texts) -> int:
    window = log_window(arguments)
    return _read_all(arguments, texts, lambda path: explain_log(path, window))


def _read_all(
    arguments: argparse.Namespace,
    texts: Texts,
    read: Callable[[str], tuple[dict[str, Any], tuple[Finding, ...]]],
) -> int:
    """Explain each file; the exit status is the worst severity, 64 only if no input could be understood."""
    severities: list[Severity] = []
    several = len(arguments.files) > 1
    for path in arguments.files:
        try:
            summary, findings = read(path)
        except CheckError as error:
            _tell_unreadable(path, error, arguments, texts, several)
            continue
        if summary.get("is_bounce", True):
            severities.append(headline([finding.severity for finding in findings]))
        _tell_read(path, summary, findings, arguments, texts, several)
    return headline(severities).exit_code if severities else USAGE_STATUS


def _tell_unreadable(path: str, error: CheckError, arguments: argparse.Namespace, texts: Texts, several: bool) -> None:
    line = problem_line(error, texts)
    if arguments.json:
        write_json({"file": path, "error": line}, "lines" if several else arguments.json)
    print(f"{clean(path)}: {line}", file=sys.stderr)


def _tell_read(
    path: str,
    summary: dict[str, Any],
    findings: tuple[Finding, ...],
    arguments: argparse.Namespace,
    texts: Texts,
    several: bool,
) -> None:
    worded = [finding_to_json(finding, texts) for finding in findings]
    if arguments.json:
        of_first = ("title", "meaning", "steps")
        words = (
            {key: value for key, value in worded[0].items() if key in of_first or key.startswith("playbook_")}
            if "is_bounce" in summary and worded
            else {}
        )
        severity = headline([finding.severity for finding in findings]).value
        whole = {**({"file": path} if several else {}), **summary, **words, "severity": severity, "findings": worded}
        write_json(whole, "lines" if several else arguments.json)
        return
    from core.report.text_file import findings_text  # brings the whole report along: not for JSON

    if several:
        print(f"== {clean(path)}")
    print(findings_text(findings, texts))
