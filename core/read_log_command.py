"""The command `read-log`: explain mail logs of any size, plain or compressed, as a stream."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.checks.mail_log import LogReader, Window, log_summary
from core.checks.mail_log import judge as judge_log
from core.clean import clean
from core.clients.log_file import LogFile
from core.errors import UsageError
from core.model import Finding

AddCommand = Callable[..., argparse.ArgumentParser]
Explained = tuple[dict[str, Any], tuple[Finding, ...]]


def add_read_log(add: AddCommand, commands: Any, run: Callable[..., int]) -> None:
    """Describe the command to the argument parser."""
    reader = add(commands, "read-log", run)
    reader.add_argument("files", nargs="+", metavar="FILE")
    reader.add_argument("--from", dest="since", metavar="TIME")
    reader.add_argument("--to", dest="until", metavar="TIME")


def log_window(arguments: argparse.Namespace) -> Window:
    """The hours asked for. Raises UsageError "usage.bad_time"."""
    return Window(_moment(arguments.since), _moment(arguments.until))


def explain_log(path: str, window: Window) -> Explained:
    """Read one log. Raises UsageError "file.*", "log_file.*" or "mail_log.*"."""
    log = LogFile(path)
    reader: LogReader | None = None
    for lines in log.chunks():
        if reader is None:  # the file's own time is known once it is open
            reader = LogReader(log.modified.astimezone(), None, window)
        reader.feed(lines)
    reader = reader or LogReader(log.modified.astimezone())
    facts = reader.facts(log.name, complete=not (log.cut or log.damaged))
    # Who hands over a log of old days asks about those days: it is not called old.
    facts = replace(facts, read_at=facts.last or facts.read_at)
    return log_summary(facts), judge_log(facts)


def _moment(word: str | None) -> datetime | None:
    if word is None:
        return None
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise UsageError("usage.bad_time", value=clean(word, 80)) from None
    return moment if moment.tzinfo else moment.astimezone()
