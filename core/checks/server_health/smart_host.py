"""The server all mail leaves through, where the settings name one: Postfix's relayhost, others' smart host. Pure."""

from __future__ import annotations

import re

from core.checks.server_health.settings import postfix
from core.clients.ssh import ServerReading

_LONGEST = 200
# Debian's questions about Exim: dc_smarthost='smtp.provider.example::587'.
_EXIM = re.compile(r"^dc_(eximconfig_configtype|smarthost)=['\"]?([^'\"]*)")
_SENDMAIL = re.compile(r"^\s*define\(`SMART_HOST',\s*`([^']{1,255})'\)")
_OPENSMTPD = re.compile(r"^\s*action\b.*\brelay\b.*?\bhost\s+\"?(?:[a-z+]+://)?(?:[^@\"\s]*@)?([^\"\s<]{1,255})")


def smart_host(reading: ServerReading) -> tuple[str | None, bool | None]:
    """HOST[:PORT], and whether we log in there (None: cannot be told). The first mail program that names one."""
    values = postfix(reading)
    name = values.get("relayhost", "")
    if name and "$" not in name:
        return name[:_LONGEST], values.get("smtp_sasl_auth_enable", "no").lower() == "yes"
    for line in reading.lines("opensmtpd_relay"):
        if found := _OPENSMTPD.match(line[:1000]):
            return found[1][:_LONGEST], " auth " in line
    return _exim(reading) or _sendmail(reading), None


def _exim(reading: ServerReading) -> str | None:
    found = [match for line in reading.lines("exim_options") if (match := _EXIM.match(line[:1000]))]
    told: dict[str, str] = {match[1]: match[2] for match in found}
    host = told.get("smarthost", "").split(";")[0].strip()
    if told.get("eximconfig_configtype") not in ("smarthost", "satellite") or not host:
        return None
    return host.replace("::", ":")[:_LONGEST]


def _sendmail(reading: ServerReading) -> str | None:
    found = [match[1] for line in reading.lines("sendmail_files") if (match := _SENDMAIL.match(line[:1000]))]
    return found[-1].rpartition(":")[2].strip("[]")[:_LONGEST] if found else None
