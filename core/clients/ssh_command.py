"""The command line of ssh and the settings file made for one run.

Nothing a person typed or a server said reaches a shell: host, user and port are checked against a narrow pattern
before a process starts, stand as list items, and the host follows `--`. The settings file is handed on to the ssh
of a jump host too, which options on the command line are not. In ssh_config(5) the first value wins, so what keeps
us safe stands before the person's own settings and mere defaults after them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from core.clients.remote_script import REMOTE_SHELL
from core.errors import UsageError

_HOST = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,252}")
_ZONE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,63}")
_LONGEST = 400

# An older ssh ends at an option it does not know unless this stands first.
_NEWER = "SessionType,StdinNull,ForkAfterAuthentication,UpdateHostKeys,PermitRemoteOpen,CanonicalizePermittedCNAMEs"
_SAFETY = (
    ("NumberOfPasswordPrompts", "1"),
    ("ConnectionAttempts", "1"),
    ("ConnectTimeout", "15"),
    ("ServerAliveInterval", "5"),
    ("ServerAliveCountMax", "3"),
    ("LogLevel", "ERROR"),  # hides what a server says before the login
    ("RequestTTY", "no"),
    ("EscapeChar", "none"),
    ("ForwardAgent", "no"),
    ("ForwardX11", "no"),
    ("ClearAllForwardings", "yes"),
    ("PermitLocalCommand", "no"),
    ("RemoteCommand", "none"),
    ("Tunnel", "no"),
    ("ControlMaster", "no"),
    ("ControlPath", "none"),
    ("UpdateHostKeys", "no"),
    ("VerifyHostKeyDNS", "no"),
    ("CheckHostIP", "no"),
    ("SessionType", "default"),
    ("StdinNull", "no"),
    ("ForkAfterAuthentication", "no"),
)


@dataclass(frozen=True)
class Destination:
    """[USER@]HOST[:PORT] taken apart and found harmless. Without a port or user, ssh's own settings decide."""

    host: str
    user: str | None = None
    port: int | None = None


def destination(text: str) -> Destination:
    """Take `text` apart. Raises `UsageError` "ssh.bad_host", "ssh.bad_user" or "ssh.bad_port"."""
    if len(text) > _LONGEST:
        raise UsageError("ssh.bad_host", host=text[:60])
    user, at, rest = text.strip().rpartition("@")
    if at and (not _USER.fullmatch(user) or user.endswith("\\")):
        raise UsageError("ssh.bad_user", user=user)
    host, port = _split_port(rest)
    return Destination(_checked_host(host), user or None, port)


def _split_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        host, bracket, tail = text[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise UsageError("ssh.bad_host", host=text)
        return host, _port(tail[1:]) if tail else None
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, _port(port)
    return text, None


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise UsageError("ssh.bad_port", port=text)
    return int(text)


def _checked_host(host: str) -> str:
    address, percent, zone = host.partition("%")
    if ":" in address:
        return _checked_ipv6(host, address, zone if percent else None)
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")  # ssh itself knows no such names
    except UnicodeError as error:
        raise UsageError("ssh.bad_host", host=host) from error
    if not _HOST.fullmatch(name):
        raise UsageError("ssh.bad_host", host=host)
    return name


def _checked_ipv6(host: str, address: str, zone: str | None) -> str:
    try:
        ip_address(address)
    except ValueError as error:
        raise UsageError("ssh.bad_host", host=host) from error
    if zone is not None and not _ZONE.fullmatch(zone):
        raise UsageError("ssh.bad_host", host=host)
    return host


def argv(
    program: tuple[str, ...],
    settings: Path,
    to: Destination,
    remote_command: str = REMOTE_SHELL,
    options: tuple[str, ...] = (),
) -> list[str]:
    """The whole command line; the script then goes to standard input. `options`: ours, for this server alone."""
    port = ["-p", str(to.port)] if to.port is not None else []
    user = ["-l", to.user] if to.user is not None else []
    return [*program, "-F", str(settings), "-T", "-x", "-a", *options, *port, *user, "--", to.host, remote_command]


def tunnel_argv(
    program: tuple[str, ...], settings: Path, to: Destination, address: str, port: int, options: tuple[str, ...] = ()
) -> list[str]:
    """The command line that carries bytes to `address`:`port` as seen from `to` (`-W`), and runs nothing there."""
    where = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    whole = argv(program, settings, to, options=options)[:-1]
    return [*whole[:-2], "-W", where, *whole[-2:]]


def tunnel_settings(text: str) -> str:
    """Settings for `-W`: it clears other forwardings itself, and tells only at INFO why a way is closed."""
    kept = [line for line in text.split("\n") if line.strip() != "ClearAllForwardings yes"]
    return "\n".join(kept).replace("LogLevel ERROR", "LogLevel INFO")


def question_argv(program: tuple[str, ...], settings: Path, to: Destination) -> list[str]:
    """The command line that makes ssh print its settings for `to` (`-G`) without connecting."""
    return [part if part != "-T" else "-G" for part in argv(program, settings, to)[:-1]]


@dataclass(frozen=True)
class Way:
    """Where ssh's own settings lead: the address it connects to, and whether through another server.

    `has_alias`: the host key is kept under another name (HostKeyAlias).
    """

    host: str
    port: int
    proxied: bool
    has_alias: bool = False


def way(printed: str) -> Way | None:
    """The way in what `-G` printed; None when it printed none."""
    found = dict(line.split(" ", 1) for line in printed.splitlines() if " " in line)
    if "hostname" not in found or not found.get("port", "").isdigit():
        return None
    proxied = any(found.get(name, "none") != "none" for name in ("proxycommand", "proxyjump"))
    return Way(found["hostname"], int(found["port"]), proxied, "hostkeyalias" in found)


def own_settings(config: str | None) -> tuple[Path, ...]:
    """The settings files ssh shall read: the one named, else the person's and the system's, where they exist.

    Raises `UsageError` "ssh.bad_config" when the named file cannot be read.
    """
    if config is not None:
        path = Path(config).expanduser().absolute()
        if not path.is_file():
            raise UsageError("ssh.bad_config", path=config)
        return (path,)
    usual = (Path("~/.ssh/config").expanduser(), Path("/etc/ssh/ssh_config"))
    return tuple(path for path in usual if path.is_file())


def settings_text(include: tuple[Path, ...], *, asks: bool, known_hosts: Path | None = None) -> str:
    """The generated settings. `asks`: there is somebody to ask for a password or about a new host key.

    `known_hosts`: an own file for confirmed host keys, where the included settings name none.
    Raises `UsageError` "ssh.bad_config" for a path ssh's settings cannot express.
    """
    safety = (("BatchMode", "no" if asks else "yes"), *_SAFETY)
    lines = [f"IgnoreUnknown {_NEWER}", "Host *", *(f"  {name} {value}" for name, value in safety)]
    lines += [f"Include {_quoted(path)}" for path in include]
    defaults = [f"StrictHostKeyChecking {'ask' if asks else 'yes'}", "Compression yes"]
    if known_hosts is not None:
        defaults.append(f"UserKnownHostsFile {_quoted(known_hosts, tokens=True)} ~/.ssh/known_hosts")
    return "\n".join([*lines, "Host *", *("  " + line for line in defaults), ""])


def _quoted(path: Path, *, tokens: bool = False) -> str:
    """`path` as a value of ssh_config: in quotes for blanks; "%" begins a token in file options only."""
    text = str(path)
    if re.search(r'["\x00-\x1f\x7f]', text) or "${" in text:
        raise UsageError("ssh.bad_config", path=text)
    if not tokens and re.search(r"[*?\[\]\\]", text) and "/" in text:
        raise UsageError("ssh.bad_config", path=text)  # Include would read it as a pattern
    return '"' + (text.replace("%", "%%") if tokens else text) + '"'
