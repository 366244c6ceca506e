"""The command line: the same checks as the window; text, JSON and PDF out; the exit status is the severity.

The commands, options, JSON and exit statuses are a public interface that scripts rely on.
Standard output holds the result alone; messages and progress go to standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn, cast

from core import __version__
from core.command_output import USAGE_STATUS, problem_line, write_json
from core.errors import CheckError, UsageError
from core.model import Severity
from core.texts import LANGUAGES, Language, Texts, system_language
from core.usage_errors import language_asked, usage_error

_PROGRAM = "mail-first-aid"
INTERRUPTED_STATUS = 130
UNREAD_STATUS = 141  # as a shell reports a program ended by SIGPIPE


class _Parser(argparse.ArgumentParser):
    """Says what is wrong, and what there is, in `language`."""

    def __init__(self, *, language: Language, **more: Any) -> None:
        super().__init__(**more)
        self._language = language

    def add_subparsers(self, **more: Any) -> Any:
        """The parsers of commands speak the same language."""
        return super().add_subparsers(parser_class=partial(_Parser, language=self._language), **more)  # type: ignore[call-overload]

    def format_help(self) -> str:
        """The help text; its words are looked up only now."""
        from core.command_help import say_help, with_headings

        texts = Texts(self._language)
        say_help(self, texts)
        return with_headings(super().format_help(), texts)

    def error(self, message: str) -> NoReturn:
        words = [action for action in self._actions if not action.option_strings]
        raise usage_error(message, {str(word.metavar or word.dest): tuple(word.choices or ()) for word in words})


def main(argv: Sequence[str]) -> int:
    """Run one command; returns its exit status."""
    try:
        return _run_command(argv)
    except KeyboardInterrupt:  # before the command began
        return INTERRUPTED_STATUS


def _run_command(argv: Sequence[str]) -> int:
    first, language = argv[0] if argv else "", language_asked(argv)
    try:
        arguments = _parser(first, language).parse_args(_explicit_json(argv))
    except SystemExit as stop:  # help or the version was asked for
        return stop.code if isinstance(stop.code, int) else USAGE_STATUS
    except UsageError as error:
        return _not_understood(error, first, Texts(language))
    texts = Texts(arguments.lang or system_language())
    command = cast(Callable[[argparse.Namespace, Texts], int], arguments.command)
    try:
        status = command(arguments, texts)
        if sys.stdout:  # a program without a console has none
            sys.stdout.flush()  # here, where a reader that has gone can be told from a fault
        return status
    except UsageError as error:
        print(problem_line(error, texts), file=sys.stderr)
        return USAGE_STATUS
    except CheckError as error:
        print(problem_line(error, texts), file=sys.stderr)
        return Severity.UNKNOWN.exit_code
    except KeyboardInterrupt:
        print(texts.text("cli.interrupted"), file=sys.stderr)
        return INTERRUPTED_STATUS
    except BrokenPipeError:
        return _nobody_reads()


def _not_understood(error: UsageError, first: str, texts: Texts) -> int:
    known = any(first in names for names, _ in _COMMANDS)
    print(problem_line(error, texts), file=sys.stderr)
    print(texts.text("cli.see_help", command=f"{_PROGRAM} {first}" if known else _PROGRAM), file=sys.stderr)
    return USAGE_STATUS


def _nobody_reads() -> int:
    """Whoever read our output has gone (`... | head`): nothing to tell, and nowhere to tell it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # what is still to be written at the end goes there
    os.close(nowhere)
    return UNREAD_STATUS


def _explicit_json(argv: Sequence[str]) -> list[str]:
    """`--json` alone never takes the next word: a reader's FILE would be overwritten."""
    return ["--json=-" if word == "--json" else word for word in argv]


def _parser(first: str, language: Language) -> argparse.ArgumentParser:
    """The parser for a command line that begins with `first`.

    Each command brings the modules it works with, so that only the one that is asked for is described; all of them
    for a help text or an unknown word.
    """
    parser = _Parser(prog=_PROGRAM, language=language)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for names, add in () if first == "--version" else _COMMANDS:
        if first in names or not any(first in others for others, _ in _COMMANDS):
            add(commands)
    return parser


def _command(commands: Any, name: str, run: Callable[..., int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help="")
    parser.set_defaults(command=run)
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--pdf", metavar="FILE")
    return parser


def _add_check(commands: Any) -> None:
    from core.check_command import add_check

    add_check(_command, commands)


def _add_reading(commands: Any) -> None:
    from core.reading_commands import add_reading

    add_reading(_command, commands)


def _add_exchange_block(commands: Any) -> None:
    from core.exchange_command import add_exchange_block

    add_exchange_block(commands)


def _add_blacklists(commands: Any) -> None:
    from core.blacklists_command import add_blacklists

    add_blacklists(_command, commands).set_defaults(command=_blacklists)


def _add_fix(commands: Any) -> None:
    from core.fix_command import add_fix

    add_fix(_command, commands).set_defaults(command=_fix)


def _add_arrival(commands: Any) -> None:
    from core.arrival_command import add_arrival

    add_arrival(_command, commands).set_defaults(command=_arrival)


def _add_practice(commands: Any) -> None:
    from core.check_command import add_practice

    add_practice(_command, commands)


def _add_incident_commands(commands: Any) -> None:
    from core.check_command import run_again
    from core.incident_commands import add_incident_commands

    add_incident_commands(commands, run_again)


def _add_report(commands: Any) -> None:
    from core.check_command import add_report

    add_report(_command, commands)


def _add_practice_ssh(commands: Any) -> None:
    """The practice company's stand-in for ssh; not for people."""
    stand_in = commands.add_parser("practice-ssh")
    stand_in.add_argument("words", nargs=argparse.REMAINDER)
    stand_in.set_defaults(command=_practice_ssh, lang="en")


def _fix(arguments: argparse.Namespace, texts: Texts) -> int:
    from core.fix_command import fix_json, fix_result, fix_text

    cards = fix_result(arguments)
    if arguments.json:
        write_json(fix_json(cards, texts), arguments.json)
    if arguments.json != "-":
        print(fix_text(cards, arguments, texts))
    return 0


def _blacklists(arguments: argparse.Namespace, texts: Texts) -> int:
    from core.blacklists_command import run_blacklists, states_text

    result = run_blacklists(arguments, texts, lambda error: print(problem_line(error, texts), file=sys.stderr))
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        print(states_text(result, texts))
    return Severity(result["severity"]).exit_code


def _arrival(arguments: argparse.Namespace, texts: Texts) -> int:
    from core.arrival_command import run_arrival
    from core.report.json_file import finding_to_json
    from core.report.text_file import findings_text

    try:
        finding = run_arrival(arguments, texts)
    except UsageError:
        raise
    except CheckError as error:
        print(problem_line(error, texts), file=sys.stderr)
        return Severity.UNKNOWN.exit_code
    if arguments.json:
        write_json(finding_to_json(finding, texts), arguments.json)
    if arguments.json != "-":
        print(findings_text((finding,), texts))
    return finding.severity.exit_code


def _practice_ssh(arguments: argparse.Namespace, texts: Texts) -> int:
    from core.practice.ssh_stand_in import answer

    return answer(arguments.words)


# In the order of the help text.
_COMMANDS: tuple[tuple[tuple[str, ...], Callable[[Any], None]], ...] = (
    (("check",), _add_check),
    (("read-queue", "read-bounce", "read-log"), _add_reading),
    (("exchange-block",), _add_exchange_block),
    (("blacklists",), _add_blacklists),
    (("fix",), _add_fix),
    (("arrival",), _add_arrival),
    (("practice",), _add_practice),
    (("notebook", "checklist", "again", "delist", "letter"), _add_incident_commands),
    (("report",), _add_report),
    (("practice-ssh",), _add_practice_ssh),
)
