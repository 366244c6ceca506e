"""The command line: the same checks as the window; text, JSON and PDF out; the exit status is the severity.

The commands, options, JSON and exit statuses are a public interface that scripts rely on.
Standard output holds the result alone; messages and progress go to standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import sys
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, cast

from core import __version__
from core.arrival_command import add_arrival, run_arrival
from core.blacklists_command import add_blacklists, run_blacklists, states_text
from core.checks import ALL
from core.checks.bounce import bounce_summary, read_bounce
from core.checks.bounce.judge import judge as judge_bounce
from core.checks.mail_queue import judge as judge_queue
from core.checks.mail_queue import queue_summary, read_queue
from core.clean import clean
from core.clients.files import read_file
from core.clients.log_file import log_text
from core.errors import CheckError, UsageError
from core.exchange_command import add_exchange_block, exchange_part
from core.fix_command import add_fix, fix_json, fix_result, fix_text
from core.guide import is_host_and_port, is_host_name
from core.incident_commands import add_incident_commands
from core.model import Finding, Pasted, Report, Severity, Target, headline
from core.notebook import Notebook
from core.notebook.settings_history import with_settings_changes
from core.practice import INCIDENTS, practice_company
from core.read_log_command import add_read_log, explain_log
from core.report.explain_text import explanation_text
from core.report.json_file import finding_to_json, json_text, report_from_text, report_to_json
from core.report.playbook import with_playbooks
from core.report.text_file import findings_text, report_text
from core.report.words import check_name
from core.run import CheckFinished, CheckStarted, Run, RunFinished
from core.terminal import terminal_prompter
from core.texts import LANGUAGES, Texts, system_language

USAGE_STATUS = 64  # EX_USAGE of sysexits.h
INTERRUPTED_STATUS = 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise SystemExit(self._say(message))

    def _say(self, message: str) -> int:
        print(f"{self.prog}: {message}", file=sys.stderr)
        return USAGE_STATUS


def main(argv: Sequence[str]) -> int:
    """Run one command; returns its exit status."""
    try:
        arguments = _parser().parse_args(_explicit_json(argv))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE_STATUS
    texts = Texts(arguments.lang or system_language())
    command = cast(Callable[[argparse.Namespace, Texts], int], arguments.command)
    try:
        return command(arguments, texts)
    except UsageError as error:
        print(_problem_line(error, texts), file=sys.stderr)
        return USAGE_STATUS
    except CheckError as error:
        print(_problem_line(error, texts), file=sys.stderr)
        return Severity.UNKNOWN.exit_code
    except KeyboardInterrupt:
        print(texts.text("cli.interrupted"), file=sys.stderr)
        return INTERRUPTED_STATUS


def _explicit_json(argv: Sequence[str]) -> list[str]:
    """`--json` alone never takes the next word: a reader's FILE would be overwritten."""
    return ["--json=-" if word == "--json" else word for word in argv]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mail-first-aid", description="First aid for company mail. Without arguments: the window.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_check(commands)
    for name, help_text, run in (
        ("read-queue", "explain pasted mailq listings", _read_queues),
        ("read-bounce", "explain bounce messages or single rejection lines", _read_bounces),
    ):
        reader = _command(commands, name, help_text, run)
        reader.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for standard input")
    add_read_log(_command, commands, _read_logs)
    add_exchange_block(commands)
    add_blacklists(_command, commands).set_defaults(command=_blacklists)
    add_fix(_command, commands).set_defaults(command=_fix)
    add_arrival(_command, commands).set_defaults(command=_arrival)
    practice = _command(commands, "practice", "run the check on the built-in practice company", _practice)
    practice.add_argument("incident", nargs="?", default="relay-2004", choices=sorted(INCIDENTS))
    add_incident_commands(commands, _run_again)
    report = _command(commands, "report", "print a saved run again", _report_again)
    report.add_argument("run", metavar="RUN.json")
    for parser_with_answer in (commands.choices["check"], practice, report):
        parser_with_answer.add_argument("--explain", action="store_true", help="why this cause and not the others")
    stand_in = commands.add_parser("practice-ssh")  # the practice company's stand-in for ssh; not for people
    stand_in.add_argument("words", nargs=argparse.REMAINDER)
    stand_in.set_defaults(command=_practice_ssh, lang="en")
    return parser


def _command(commands: Any, name: str, help_text: str, run: Callable[..., int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
    parser.set_defaults(command=run)
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--json", metavar="FILE", help="JSON on standard output; with =FILE into that file")
    parser.add_argument("--pdf", metavar="FILE", help="also write the report as PDF")
    return parser


def _add_check(commands: Any) -> None:
    check = _command(commands, "check", "run checks, print the findings", _check)
    add = check.add_argument
    add("--domain", metavar="NAME", help="the mail domain, example.co.jp")
    add("--also-domain", metavar="NAME", action="append", default=[], help="another domain this server takes mail for")
    add("--mail-host", metavar="HOST[:PORT]", help="the server; without it, the domain's MX")
    add("--address", metavar="IP", action="append", default=[], type=_address, help="an address our mail leaves from")
    add("--symptom", choices=("not_delivered", "not_received", "slow", "complaint", "checkup"))
    add("--affected", choices=("one", "everyone"))
    add("--direction", choices=("sending", "receiving", "both"))
    add("--recipients", choices=("one", "all"))
    add("--since", metavar="TEXT")
    add("--ssh", metavar="[USER@]HOST[:PORT]", help="read the server itself")
    add("--ssh-config", metavar="FILE", help="ssh settings to use instead of your own")
    add("--sudo", choices=("no", "passwordless", "password"), default="no", help="read it as administrator, by sudo")
    add(
        "--outside", metavar="[USER@]HOST[:PORT]", help="a machine outside your network to test the relay from (ssh -W)"
    )
    add("--resolver", metavar="IP[:PORT]", help="the DNS server to ask; without it, the system's")
    add("--bounce", metavar="FILE")
    add("--queue", metavar="FILE")
    add("--log", metavar="FILE", help="a mail log: plain, .gz, .bz2, .xz or .zip")
    add("--own-server", action="store_true", help='"this is my server": without it no relay test is made')
    add(
        "--thorough",
        action="store_true",
        help="every relay form (may get your line shut out for a while, and fills the server's log) and every list",
    )
    add("--only", metavar="ID,ID", type=_check_ids)
    add("--skip", metavar="ID,ID", type=_check_ids, default=frozenset())


def _address(word: str) -> str:
    try:
        return str(ipaddress.ip_address(word))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not an IP address") from None


def _check_ids(words: str) -> frozenset[str]:
    known = {check.id for check in ALL}
    ids = frozenset(word.strip() for word in words.split(",") if word.strip())
    if unknown := ids - known:
        raise argparse.ArgumentTypeError(
            f"unknown check {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
        )
    return ids


def _target(arguments: argparse.Namespace) -> Target:
    return Target(
        symptom=arguments.symptom,
        domain=arguments.domain,
        also_domain=tuple(arguments.also_domain),
        mail_host=arguments.mail_host,
        address=tuple(arguments.address),
        ssh=arguments.ssh,
        ssh_config=arguments.ssh_config,
        sudo=arguments.sudo,
        outside=arguments.outside,
        resolver=arguments.resolver,
        bounce=_evidence(arguments.bounce),
        queue=_evidence(arguments.queue),
        log=_log_evidence(arguments.log),
        own_server=arguments.own_server,
        thorough=arguments.thorough,
        affected=arguments.affected,
        direction=arguments.direction,
        recipients=arguments.recipients,
        since=arguments.since,
    )


def _evidence(path: str | None) -> Pasted | None:
    if path is None:
        return None
    content = read_file(path)
    return Pasted(content.name, content.text())


def _log_evidence(path: str | None) -> Pasted | None:
    return Pasted(Path(path).name, log_text(path)[0]) if path else None


def _check(arguments: argparse.Namespace, texts: Texts) -> int:
    target = _target(arguments)
    given = (target.domain, target.mail_host, target.ssh, target.address, target.bounce, target.queue, target.log)
    if not any(given):
        raise UsageError("cli.nothing_to_check")
    for name in filter(None, (target.domain, *target.also_domain)):
        if not is_host_name(name):
            raise UsageError("cli.bad_domain", name=clean(name, 80))
    if target.mail_host and not is_host_and_port(target.mail_host):
        raise UsageError("cli.bad_mail_host", name=clean(target.mail_host, 80))
    run = Run(target, only=arguments.only, skip=arguments.skip, prompter=terminal_prompter(texts))
    report = _save(asyncio.run(_follow(run, texts)), texts)
    return _deliver(report, arguments, texts)


def _practice(arguments: argparse.Namespace, texts: Texts) -> int:
    report = asyncio.run(_practised(arguments.incident, None, texts))
    _save(report, texts, practice=arguments.incident)
    return _deliver(report, arguments, texts)


async def _practised(incident: str, only: frozenset[str] | None, texts: Texts) -> Report:
    async with practice_company(incident) as company:
        return await _follow(Run(company.target, only=only, doors=company.doors), texts)


def _run_again(target: Target, only: frozenset[str], practice: str, texts: Texts) -> Report:
    """A run of some checks, on the practice company where the incident is one of practice."""
    if practice not in ("", *INCIDENTS):
        raise UsageError("cli.no_such_practice", name=clean(practice, 60), known=sorted(INCIDENTS))
    if practice:
        return asyncio.run(_practised(practice, only, texts))
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
    """Keep the run; returned is what it says beside the earlier one: which settings of the server have changed."""
    try:
        with Notebook() as notebook:
            report = report if practice else with_settings_changes(report, notebook)
            notebook.save_run(report, practice=practice)
    except CheckError as error:
        print(_problem_line(error, texts), file=sys.stderr)
    return report


def _deliver(report: Report, arguments: argparse.Namespace, texts: Texts) -> int:
    if arguments.json:
        _write_json(report_to_json(report, texts), arguments.json)
    if arguments.json != "-":
        print(report_text(report, texts))
    if arguments.explain:
        stream = sys.stderr if arguments.json == "-" else sys.stdout  # standard output holds the JSON alone
        print(f"\n{explanation_text(report, texts)}", file=stream)
    if arguments.pdf:
        from core.report.pdf_file import write_pdf  # pulls in the PDF engine, which only this needs

        try:
            write_pdf(report, texts.language, Path(arguments.pdf))
        except OSError as error:
            raise UsageError("file.unwritable", name=arguments.pdf, reason=error.strerror or "") from error
        print(texts.text("cli.pdf_written", path=arguments.pdf), file=sys.stderr)
    return report.severity.exit_code


def _write_json(value: dict[str, Any], where: str) -> None:
    text = json_text(value, None if where == "lines" else 2)
    if where in ("-", "lines"):
        print(text)
        return
    try:
        Path(where).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError("file.unwritable", name=where, reason=error.strerror or "") from error


def _report_again(arguments: argparse.Namespace, texts: Texts) -> int:
    return _deliver(report_from_text(read_file(arguments.run).text()), arguments, texts)


def _fix(arguments: argparse.Namespace, texts: Texts) -> int:
    cards = fix_result(arguments)
    if arguments.json:
        _write_json(fix_json(cards, texts), arguments.json)
    if arguments.json != "-":
        print(fix_text(cards, arguments, texts))
    return 0


def _blacklists(arguments: argparse.Namespace, texts: Texts) -> int:
    result = run_blacklists(arguments, texts, lambda error: print(_problem_line(error, texts), file=sys.stderr))
    if arguments.json:
        _write_json(result, arguments.json)
    if arguments.json != "-":
        print(states_text(result, texts))
    return Severity(result["severity"]).exit_code


def _arrival(arguments: argparse.Namespace, texts: Texts) -> int:
    try:
        finding = run_arrival(arguments, texts)
    except UsageError:
        raise
    except CheckError as error:
        print(_problem_line(error, texts), file=sys.stderr)
        return Severity.UNKNOWN.exit_code
    if arguments.json:
        _write_json(finding_to_json(finding, texts), arguments.json)
    if arguments.json != "-":
        print(findings_text((finding,), texts))
    return finding.severity.exit_code


def _read_queues(arguments: argparse.Namespace, texts: Texts) -> int:
    def read(path: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        text = read_file(path).text()
        facts = read_queue(text, datetime.now(UTC))
        return queue_summary(facts), (*judge_queue(facts), *exchange_part(text))

    return _read_all(arguments, texts, read)


def _read_bounces(arguments: argparse.Namespace, texts: Texts) -> int:
    def read(path: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        facts = read_bounce(read_file(path).data)
        return with_playbooks(bounce_summary(facts), texts), judge_bounce(facts)

    return _read_all(arguments, texts, read)


def _read_logs(arguments: argparse.Namespace, texts: Texts) -> int:
    return _read_all(arguments, texts, lambda path: explain_log(path, arguments))


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
    line = _problem_line(error, texts)
    if arguments.json:
        _write_json({"file": path, "error": line}, "lines" if several else arguments.json)
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
        _write_json(whole, "lines" if several else arguments.json)
        return
    if several:
        print(f"== {clean(path)}")
    print(findings_text(findings, texts))


def _problem_line(error: CheckError, texts: Texts) -> str:
    parts = [f"problem.{error.code}.title", f"problem.{error.code}.meaning"]
    return clean(" ".join(texts.text(key, error.values) for key in parts if texts.has(key)) or str(error), keep="\n")


def _practice_ssh(arguments: argparse.Namespace, texts: Texts) -> int:
    from core.practice.ssh_stand_in import answer

    return answer(arguments.words)
