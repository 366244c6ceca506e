"""Reads what runs: the mail programs, the parts systemd keeps, and the helpers the settings rely on. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from core.checks.server_health.facts import Helper, HelperRole, Service, Unit
from core.clients.remote_frames import Section
from core.clients.ssh import ServerReading

MOST = 30  # no server has more helpers or stopped parts than these to tell of
# A section that is there only when the program is installed -> the program and its names in ps(1).
_PROGRAMS = {
    "postfix_version": ("postfix", {"master"}),
    "exim_version": ("exim", {"exim", "exim4"}),
    "sendmail_version": ("sendmail", {"sendmail", "sendmail-mta"}),
    "opensmtpd_version": ("opensmtpd", {"smtpd"}),
    "qmail_queue": ("qmail", {"qmail-send"}),
}
_ROLES: dict[str, HelperRole] = {
    "smtpd_milters": "milter", "non_smtpd_milters": "milter", "content_filter": "content_filter",
    "smtpd_proxy_filter": "content_filter", "virtual_transport": "delivery", "mailbox_transport": "delivery",
    "local_transport": "delivery", "smtpd_sasl_path": "login",
}  # fmt: skip
_SETTING = re.compile(r"\b(" + "|".join(_ROLES) + r")\s*=\s*(.*)")
_LISTING = re.compile(r"^(?:Netid|State|Active) |\bLISTEN", re.MULTILINE)
_MOST_TEXT = 100_000
_POLICY = re.compile(r"check_policy_service[\s,{]+(\S+?)(?=[,\s}]|$)")
_UNIX = re.compile(r"^(?:\w[\w-]*:)?(?:unix|local):(/?[\w./@+-]+)")
_INET = re.compile(r"^(?:[\w-]+:)?(?:inet6?:)?(?:(\d{1,5})@([\w.:-]+)|\[?([\w.:-]*?)\]?:(\d{1,5}))$")
_HERE = ("127.0.0.1", "localhost", "::1", "")


def services(reading: ServerReading) -> tuple[Service, ...] | None:
    """The installed mail programs; None when the account may not see what runs."""
    names = reading.processes()
    if names is None:
        return None
    found = []
    for section, (product, programs) in _PROGRAMS.items():
        if section in reading.sections:
            runs = bool(names & programs)
            found.append(Service(product, runs, "qmgr" in names if product == "postfix" and runs else None))
    return tuple(found)


def port_25(reading: ServerReading) -> tuple[str, ...] | None:
    """The server's own addresses on which port 25 waits; "*" stands for all of them."""
    section = reading.sections.get("listening")
    if section is None or section.exit_status != 0:
        return None
    return tuple(dict.fromkeys(address for address, port in _listening(section.lines) if port == "25"))


def _listening(lines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Local address and port of every line of ss or netstat that listens."""
    for line in lines[:2000]:
        if "LISTEN" not in line.upper():
            continue
        found = next(filter(None, (re.fullmatch(r"(.*)[:.](\d{1,5})", word) for word in line.split())), None)
        if found:
            address = found[1].strip("[]").partition("%")[0]
            yield ("*" if address in ("0.0.0.0", "::", "*", "") else address), found[2]


def units_down(reading: ServerReading) -> tuple[Unit, ...] | None:
    """Parts that have failed, or that are to start with the machine and do not run; None without systemd."""
    section = reading.sections.get("units")
    if section is None or section.exit_status != 0:
        return None
    found: list[Unit] = []
    for block in "\n".join(section.lines).split("\n\n"):
        told = dict(line.partition("=")[::2] for line in block.splitlines())
        name, state = told.get("Id", "").removesuffix(".service"), told.get("ActiveState", "")
        wanted = told.get("LoadState") == "loaded" and told.get("UnitFileState") in ("enabled", "enabled-runtime")
        if name and (state == "failed" or (wanted and state == "inactive")):
            found.append(Unit(name[:60], state))
    return tuple(dict.fromkeys(found))[:MOST]


def helpers(reading: ServerReading, settings: dict[str, str]) -> tuple[Helper, ...] | None:
    """Every program the settings of Postfix, Sendmail or OpenSMTPD hand mail or questions to.

    None when what listens on this machine cannot be seen at all.
    """
    sockets, listening = reading.sections.get("sockets"), reading.sections.get("listening")
    if sockets is None or listening is None:
        return None
    if not (_believed(sockets) and _believed(listening)):
        return None
    paths = [word for line in sockets.lines for word in line.split() if "/" in word]
    ports = frozenset(int(port) for _, port in _listening(listening.lines))
    found = [*_postfix(reading, settings), *_sendmail(reading), *_opensmtpd(reading)]
    first = list(dict.fromkeys(found))[:MOST]
    return tuple(Helper(role, where, name, _alive(where, paths, ports)) for role, name, where in first)


def _believed(listed: Section) -> bool:
    """A list of what listens, known by its heading or its lines. Anything else is no list, and shows no gap in it."""
    words = _LISTING.search("\n".join(listed.lines)[:_MOST_TEXT])
    return listed.exit_status == 0 and (not listed.lines or words is not None)


def _postfix(reading: ServerReading, settings: dict[str, str]) -> Iterator[tuple[HelperRole, str, str]]:
    dovecot = settings.get("smtpd_sasl_type") == "dovecot"
    for line in (*reading.lines("postfix_settings"), *reading.lines("postfix_services")):
        for policy in _POLICY.findall(line[:8000]):
            yield "policy", "check_policy_service", policy
        found = _SETTING.search(line[:8000])
        if not found or (found[1] == "smtpd_sasl_path" and not dovecot):
            continue
        for word in re.split(r"[,\s]+", found[2].replace("{", " ").replace("}", " ")):
            where = f"unix:{word}" if found[1] == "smtpd_sasl_path" and ":" not in word and "/" in word else word
            if _UNIX.match(where) or _INET.match(where):
                yield _ROLES[found[1]], found[1], where


def _sendmail(reading: ServerReading) -> Iterator[tuple[HelperRole, str, str]]:
    for line in reading.lines("sendmail_helpers"):
        if found := re.search(r"\bS=(?:local:|unix:)?(/[\w./@+-]+)|\bS=inet6?:(\d{1,5}@[\w.-]+)", line[:1000]):
            yield "milter", "INPUT_MAIL_FILTER", f"unix:{found[1]}" if found[1] else f"inet:{found[2]}"


def _opensmtpd(reading: ServerReading) -> Iterator[tuple[HelperRole, str, str]]:
    for line in reading.lines("opensmtpd_relay"):
        if found := re.match(r'\s*action\b.*\blmtp\s+"?(/[\w./@+-]+)', line[:1000]):
            yield "delivery", "lmtp", f"unix:{found[1]}"


def _alive(where: str, paths: list[str], ports: frozenset[int]) -> bool | None:
    """Whether something waits there; None for another machine, or for what is not understood."""
    if found := _UNIX.match(where):
        wanted = found[1].lstrip("/")
        # A program in a cage of its own has its socket under another beginning; Postfix names its own without one.
        return any(path.endswith("/" + wanted) or path == wanted or f"/{wanted}".endswith("/" + path) for path in paths)
    found = _INET.match(where)
    if not found:
        return None
    host, port = (found[2], found[1]) if found[1] else (found[3], found[4])
    return int(port) in ports if host in _HERE or _is_loopback(host) else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
