"""Lines in which a queue tool says why it does not answer. Some tools do so with exit status 0."""

from __future__ import annotations

import re

from core.checks.mail_queue.facts import Refusal

_TOOL = (
    r"^(?:\S{0,99}/)?(?:postqueue|postfix/postqueue|mailq|sendmail|exim4?|smtpctl|qmail-q(?:read|stat)|sudo|su|doas): "
)
_NOTICES: tuple[tuple[Refusal, re.Pattern[str]], ...] = (
    (
        "daemon_down",
        re.compile(_TOOL + r".*mail system is down|^Cannot connect to the Docker daemon at ", re.IGNORECASE),
    ),
    (
        "permission_denied",
        re.compile(
            r"^You are not permitted to see the queue|^permission denied while trying to connect to the Docker|"
            # Sendmail without special rights, qmail's qmail-qread, and find(1) in qmail-qstat.
            r"^Program mode requires special privileges|^can not chdir\(/\S{0,99}\): Permission denied|"
            r"^fatal: unable to (?:chdir|opendir [a-z0-9/]{1,40}): (?:access|permission) denied$|"
            r"^find: \S?queue/(?:mess|todo)\S{0,20}: Permission denied|"
            + _TOOL
            + r".*(?:permission denied|not allowed to view the mail queue|need root privileges|"
            r"reserved for the superuser|you must be root|a password is required|not in the sudoers)",
            re.IGNORECASE,
        ),
    ),
    (
        "not_found",
        re.compile(
            r"(?:^|: |‘|'|`)(?:\S{0,99}/)?(?:postqueue|mailq|sendmail|exim4?|smtpctl|qmail-q(?:read|stat))['’]?"
            r":? (?:command )?(?:not found|No such file or directory)|^Unknown command:?",
            re.IGNORECASE,
        ),
    ),
)
_TOOL_MTA = (
    ("postqueue:", "postfix"),
    ("smtpctl:", "opensmtpd"),
    ("exim:", "exim"),
    ("exim4:", "exim"),
    ("qmail-q", "qmail"),
)


def refusal(line: str) -> Refusal | None:
    """What kind of refusal this line is; None if it is something else."""
    if len(line) > 2000:
        return None
    return next((word for word, pattern in _NOTICES if pattern.search(line)), None)


def speaker(line: str) -> str | None:
    """The mail program whose tool speaks in this line, as far as the tool's name tells."""
    name = line.rpartition("/")[2] if line.startswith("/") else line
    return next((mta for start, mta in _TOOL_MTA if name.startswith(start)), None)
