"""Reads the certificate files the settings name, and what the server shows on its own ports (openssl(1)). Pure."""

from __future__ import annotations

import re
from datetime import datetime

from core.checks.server_health.facts import CertificateFile, ServedCertificate
from core.clients.ssh import ServerReading
from core.english_dates import month_number

MOST_FILES = 8  # the command lists no more
_UNTIL = re.compile(r"notAfter=(\w{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4}) GMT")
_FINGERPRINT = re.compile(r"(?i)sha256 fingerprint=([0-9A-F:]{95})")


def files(reading: ServerReading) -> tuple[CertificateFile, ...] | None:
    """The files; `until` None where one could not be read."""
    if "certificate_files" not in reading.sections:
        return None
    found: list[CertificateFile] = []
    for line in reading.lines("certificate_files")[:200]:
        if head := re.match(r"file (mail|boxes) (/.{1,300})", line):
            if len(found) == MOST_FILES:
                break
            found.append(CertificateFile(head[1], head[2], None, None))
        elif found:
            last = found[-1]
            until, fingerprint = moment(line) or last.until, mark(line) or last.fingerprint
            found[-1] = CertificateFile(last.door, last.path, until, fingerprint)
    return tuple(found)


def served(reading: ServerReading) -> tuple[ServedCertificate, ...] | None:
    """What its own ports show; a port that is shut or shows none is left out."""
    if "certificates_served" not in reading.sections:
        return None
    ports: dict[int, tuple[datetime | None, str | None]] = {}
    port = 0
    for line in reading.lines("certificates_served")[:100]:
        if head := re.fullmatch(r"port (\d{1,5})", line):
            port = int(head[1])
        elif port:
            until, fingerprint = ports.get(port, (None, None))
            ports[port] = (moment(line) or until, mark(line) or fingerprint)
    return tuple(ServedCertificate(port, until, name) for port, (until, name) in ports.items() if until and name)


def moment(line: str) -> datetime | None:
    """The time of a line "notAfter=Aug  3 10:00:00 2026 GMT"."""
    found = _UNTIL.search(line)
    try:
        return found and datetime.fromisoformat(
            f"{found[4]}-{month_number(found[1]):02}-{int(found[2]):02} {found[3]}+00:00"
        )
    except ValueError:
        return None


def mark(line: str) -> str | None:
    """The fingerprint of a line "SHA256 Fingerprint=AB:CD:..."."""
    found = _FINGERPRINT.search(line)
    return found[1].upper() if found else None
