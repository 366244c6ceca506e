"""The version as the server's own programs tell it over ssh: a greeting may hide it, be edited or be old."""

from __future__ import annotations

import re

from core.checks.smtp_banner.facts import InsideVersion
from core.clients.ssh import ServerReading
from core.knowledge.mta import distributions

# Section of the reading, product, and what its line looks like.
_SOURCES = (
    ("postfix_version", "postfix", re.compile(r"^mail_version\s*=\s*(\d+\.\d+(?:\.\d+)?)")),
    ("exim_version", "exim", re.compile(r"^Exim version (4\.\d+(?:[._]\d+)*)")),
    ("sendmail_version", "sendmail", re.compile(r"^Version (8\.\d+(?:\.\d+)*)")),
    ("opensmtpd_version", "opensmtpd", re.compile(r"OpenSMTPD (\d+\.\d+(?:\.\d+)?)")),
)
# ID of /etc/os-release -> the name our data uses; the rebuilds of RHEL share its dates.
_SYSTEMS = {
    "rhel": "rhel", "centos": "rhel", "almalinux": "rhel", "rocky": "rhel", "ol": "rhel", "amzn": "amazon",
    "debian": "debian", "ubuntu": "ubuntu", "sles": "sles",
}  # fmt: skip


def versions_in(reading: ServerReading) -> tuple[InsideVersion, ...]:
    """Every mail program the reading names with a version."""
    system = _distribution(reading.lines("system"))
    found = []
    for section, product, pattern in _SOURCES:
        for line in reading.lines(section)[:200]:
            match = pattern.search(line[:500])
            if match:
                found.append(InsideVersion(product, match[1], system, line[:200]))
                break
    return tuple(found)


def fitting(found: tuple[InsideVersion, ...], greeted_as: str | None) -> InsideVersion | None:
    """Of several installed programs the one that greets; when the greeting names none, only a lone one counts."""
    if greeted_as is not None:
        return next((version for version in found if version.product == greeted_as), None)
    return found[0] if len(found) == 1 else None


def _distribution(lines: tuple[str, ...]) -> str | None:
    told = dict(line.partition("=")[::2] for line in lines[:200])
    name = _SYSTEMS.get(told.get("ID", "").strip("\"' ").lower())
    number = told.get("VERSION_ID", "").strip("\"' ")
    candidates = (f"{name}-{number}", f"{name}-{number.split('.')[0]}")
    return next((candidate for candidate in candidates if candidate in distributions()), None)
