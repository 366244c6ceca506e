"""What to paste into a mail to support: versions, system, the codes of what went wrong. Nothing of the person's own.

No path (it holds the user's name), no host name of the laptop, no value of a problem (it may hold an address or a
line of a server). Whose server it was is added only when the person chose so. The words are the same in every
language, since a stranger reads them.
"""

from __future__ import annotations

import locale
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime

from core import __version__
from core.clean import clean
from core.clients.proxy_settings import proxy_kind
from core.knowledge.dates import data_checked_on
from core.model import CheckResult, Report

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "socks_proxy", "auto_proxy")
_FRAME = re.compile(r'File "[^"]*?((?:core|gui)[/\\][^"]+)", line (\d+)')
_MOST_FRAMES = 8
_LONGEST_NAME = 200  # characters of a name the person entered


def support_details(
    report: Report | None = None, *, more: Mapping[str, str] | None = None, with_addresses: bool = False
) -> str:
    """Lines of "name: value". `more`: what the window knows (Qt, scaling), never free text.

    `report`: the last run, for its problem codes. `with_addresses`: also the domain and server the person entered.
    """
    lines = [*_of_the_program(), *(f"{name}: {clean(value)}" for name, value in (more or {}).items())]
    if report is not None:
        lines += _of_the_run(report)
        if with_addresses:
            lines += _of_the_target(report)
    return "\n".join(lines) + "\n"


def _of_the_program() -> Iterator[str]:
    checked = data_checked_on()
    yield f"mail-first-aid: {__version__}{' (built)' if getattr(sys, 'frozen', False) else ''}"
    yield f"knowledge checked on: {checked.isoformat() if checked else 'unknown'}"
    yield f"system: {platform.system()} {platform.release()} {platform.machine()}"
    yield f"python: {platform.python_version()}"
    yield f"character set: {locale.getpreferredencoding(False)}"
    yield f"time zone: UTC{datetime.now().astimezone():%z}"
    proxies = [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.upper())]
    yield f"proxy variables set: {', '.join(proxies) or 'none'}"
    yield f"kind of proxy in use: {proxy_kind() or 'none'}"


def _of_the_run(report: Report) -> Iterator[str]:
    yield f"last run: {report.started_at.astimezone():%Y-%m-%d %H:%M}, {report.severity.value}"
    yield f"causes: {', '.join(cause.code for cause in report.causes) or 'none'}"
    for result in report.results:
        yield f"check {result.check_id}: {result.state}{_problem(result)}"


def _problem(result: CheckResult) -> str:
    if result.problem is None:
        return ""
    frames = [f"{path}:{line}".replace("\\", "/") for path, line in _FRAME.findall(result.problem.trace)]
    return f" {result.problem.code}" + (f" at {' > '.join(frames[-_MOST_FRAMES:])}" if frames else "")


def _of_the_target(report: Report) -> Iterator[str]:
    target = report.target
    yield f"domain: {clean(target.domain or 'not given', _LONGEST_NAME)}"
    yield f"mail server: {clean(target.mail_host or 'not given', _LONGEST_NAME)}"
    yield f"sending addresses: {clean(', '.join(each.address for each in report.addresses) or 'unknown', 1000)}"
