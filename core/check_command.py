"""The commands `check`, `practice` and `report`, and the run that `again` repeats."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from core.checks import ALL
from core.clean import clean
from core.clients.files import read_file
from core.clients.log_file import log_text
from core.command_output import problem_line, tell_cut, write_json
from core.errors import CheckError, UsageError
from core.guide import remote_commands
from core.model import Pasted, Report, Target
from core.notebook import Notebook
from core.notebook.history import beside_earlier
from core.practice import INCIDENTS, practice_company
from core.report.explain_text import explanation_text
from core.report.json_file import report_from_text, report_to_json
from core.report.text_file import report_text
from core.report.words import check_name
from core.report_files import add_report_options, report_options, write_report_files
from core.run import CheckFinished, CheckStarted, Run, RunFinished
from core.terminal import tell_before_login, terminal_prompter
from core.texts import Texts
from core.typed_names import is_host_and_port, is_host_name, mail_domain

AddCommand = Callable[..., argparse.ArgumentParser]


def add_check(command: AddCommand, commands: Any) -> None:
    """Add `check` to the parser; `command` gives it the options that all share."""
    check = command(commands, "check", _check)
    add = check.add_argument
    add("--domain", metavar="NAME")
    add("--also-domain", metavar="NAME", action="append", default=[])
    add("--mail-host", metavar="HOST[:PORT]")
    add("--address", metavar="IP", action="append", default=[])
    add("--symptom", choices=("not_delivered", "not_received", "slow", "complaint", "checkup"))
    add("--affected", choices=("one", "everyone"))
    add("--direction", choices=("sending", "receiving", "both"))
    add("--recipients", choices=("one", "all"))
    add("--since", metavar="TEXT")
    add("--ssh", metavar="[USER@]HOST[:PORT]")
    add("--ssh-config", metavar="FILE")
    add("--show-commands", action="store_true")
    add("--sudo", choices=("no", "passwordless", "password"), default="no")
    add("--outside", metavar="[USER@]HOST[:PORT]")
    add("--resolver", metavar="IP[:PORT]")
    add("--bounce", metavar="FILE")
    add("--queue", metavar="FILE")
    add("--log", metavar="FILE")
    add("--own-server", action="store_true")
    add("--thorough", action="store_true")
    add("--only", metavar="ID,ID")
    add("--skip", metavar="ID,ID", default="")
    _add_explain(check)


def add_practice(command: AddCommand, commands: Any) -> None:
    """Add `practice` to the parser."""
    practice = command(commands, "practice", _practice)
    practice.add_argument("incident", nargs="?", default="relay-2004", choices=sorted(INCIDENTS))
    _add_explain(practice)


def add_report(command: AddCommand, commands: Any) -> None:
    """Add `report` to the parser."""
    report = command(commands, "report", _report_again)
    report.add_argument("run", metavar="RUN.json")
    _add_explain(report)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    add_report_options(parser)
    parser.add_argument("--explain", action="store_true")


def _address(word: str) -> str:
    try:
        return str(ipaddress.ip_address(word))
    except ValueError:
        raise UsageError("usage.bad_address", value=clean(word, 80)) from None


def _check_ids(words: str) -> frozenset[str]:
    known = {check.id for check in ALL}
    ids = frozenset(word.strip() for word in words.split(",") if word.strip())
    if unknown := ids - known:
        raise UsageError(
            "usage.unknown_check", names=[clean(name, 80) for name in sorted(unknown)], known=sorted(known)
        )
    return ids


def _target(arguments: argparse.Namespace, texts: Texts) -> Target:
    return Target(
        symptom=arguments.symptom,
        domain=mail_domain(arguments.domain) if arguments.domain else None,
        also_domain=tuple(mail_domain(name) for name in arguments.also_domain),
        mail_host=arguments.mail_host,
        address=tuple(map(_address, arguments.address)),
        ssh=arguments.ssh,
        ssh_config=arguments.ssh_config,
        sudo=arguments.sudo,
        outside=arguments.outside,
        resolver=arguments.resolver,
        bounce=_evidence(arguments.bounce, texts),
        queue=_evidence(arguments.queue, texts),
        log=_log_evidence(arguments.log, texts),
        own_server=arguments.own_server,
        thorough=arguments.thorough,
        affected=arguments.affected,
        direction=arguments.direction,
        recipients=arguments.recipients,
        since=arguments.since,
    )


def _evidence(path: str | None, texts: Texts) -> Pasted | None:
    if path is None:
        return None
    content = read_file(path)
    return _told_if_cut(Pasted(content.name, content.text(), content.cut), texts)


def _log_evidence(path: str | None, texts: Texts) -> Pasted | None:
    if path is None:
        return None
    text, cut, _ = log_text(path)
    return _told_if_cut(Pasted(Path(path).name, text, cut), texts)


def _told_if_cut(pasted: Pasted, texts: Texts) -> Pasted:
    if pasted.cut:
        tell_cut(pasted.name, texts)
    return pasted


def _check(arguments: argparse.Namespace, texts: Texts) -> int:
    if arguments.show_commands:
        for command, why_code in remote_commands():
            print(f"{texts.text(why_code)}\n    {command}")
        return 0
    target, skip = _target(arguments, texts), _check_ids(arguments.skip)
    only = None if arguments.only is None else _check_ids(arguments.only)
    given = (target.domain, target.mail_host, target.ssh, target.address, target.bounce, target.queue, target.log)
    if not any(given):
        raise UsageError("cli.nothing_to_check")
    for name in filter(None, (target.domain, *target.also_domain)):
        if not is_host_name(name):
            raise UsageError("cli.bad_domain", name=clean(name, 80))
    if target.mail_host and not is_host_and_port(target.mail_host):
        raise UsageError("cli.bad_mail_host", name=clean(target.mail_host, 80))
    tell_before_login(target, texts)
    run = Run(target, only=only, skip=skip, prompter=terminal_prompter(texts))
    report = _save(asyncio.run(_follow(run, texts)), texts)
    return _deliver(report, arguments, texts)


def _practice(arguments: argparse.Namespace, texts: Texts) -> int:
    report = asyncio.run(_practised(arguments.incident, None, texts))
    _save(report, texts, practice=arguments.incident)
    return _deliver(report, arguments, texts)


async def _practised(incident: str, only: frozenset[str] | None, texts: Texts) -> Report:
    async with practice_company(incident) as company:
        return await _follow(Run(company.target, only=only, doors=company.doors), texts)


def run_again(target: Target, only: frozenset[str], practice: str, texts: Texts) -> Report:
    """A run of some checks, on the practice company where the incident is one of practice.

    Raises UsageError "cli.no_such_practice".
    """
    if practice not in ("", *INCIDENTS):
        raise UsageError("cli.no_such_practice", name=clean(practice, 60), known=sorted(INCIDENTS))
    if practice:
        return asyncio.run(_practised(practice, only, texts))
    tell_before_login(target, texts)
    return asyncio.run(_follow(Run(target, only=only, prompter=terminal_prompter(texts)), texts))


async def _follow(run: Run, texts: Texts) -> Report:
    """Drive the run and tell its progress on standard error."""
    async with aclosing(run.events()) as events:
        async for event in events:
            if isinstance(event, CheckStarted):
                print(f"… {texts.text(f'check.{event.check_id}.doing')}", file=sys.stderr, flush=True)
            elif isinstance(event, CheckFinished):
                name = check_name(texts, event.result.check_id)
                print(f"  {name}: {texts.text(f'severity.{event.result.state}')}", file=sys.stderr, flush=True)
            elif isinstance(event, RunFinished):
                return event.report
    raise AssertionError("a run always ends with its report")


def _save(report: Report, texts: Texts, practice: str = "") -> Report:
    """Keep the run; returned is what it says beside earlier ones: settings that changed, encryption that is gone."""
    try:
        with Notebook() as notebook:
            report = report if practice else beside_earlier(report, notebook)
            notebook.save_run(report, practice=practice)
    except CheckError as error:
        print(problem_line(error, texts), file=sys.stderr)
    return report


def _deliver(report: Report, arguments: argparse.Namespace, texts: Texts) -> int:
    if arguments.json:
        write_json(report_to_json(report, texts), arguments.json)
    if arguments.json != "-":
        print(report_text(report, texts, details=arguments.details, options=report_options(arguments)))
    if arguments.explain:
        stream = sys.stderr if arguments.json == "-" else sys.stdout  # standard output holds the JSON alone
        print(f"\n{explanation_text(report, texts)}", file=stream)
    write_report_files(report, arguments, texts)
    return report.severity.exit_code


def _report_again(arguments: argparse.Namespace, texts: Texts) -> int:
    return _deliver(report_from_text(read_file(arguments.run).text()), arguments, texts)
