"""The proxy chosen in the settings of a Linux desktop: GNOME's (GSettings) and its relatives', KDE's (kioslaverc).

GNOME's is read by its own small program, for half a second at most; KDE's is a file. A desktop that does not say its
name (XDG_CURRENT_DESKTOP) is not asked. The keys are those of GNOME's schema `org.gnome.system.proxy` and of KDE's
`kioslaverc`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

_LIKE_GNOME = frozenset({"gnome", "unity", "cinnamon", "x-cinnamon", "budgie", "pantheon", "mate", "deepin", "ukui"})
_SCHEMA = "org.gnome.system.proxy"
_GSETTINGS_SECONDS = 0.5  # it takes some hundredths; the window waits meanwhile
_KEPT_SECONDS = 5  # so long an answer counts, also none: else a desktop that hangs holds the window up again and again
_MOST_BYTES = 64 * 1024
_QUOTED = re.compile(r"'([^']*)'")
_PORT_BEHIND_SPACE = re.compile(r"[ \t]+(\d{1,5})/?$")  # as KDE writes it
_KINDS = ("http", "https", "socks")


def desktop_proxies() -> dict[str, str]:
    """What is set, by kind of address as `urllib.request.getproxies` has it; "auto" for a script. Empty: nothing."""
    desktops = frozenset(os.environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":"))
    if "kde" in desktops:
        return kde_proxies(_kioslaverc(), os.environ)
    return gnome_proxies(_gsettings()) if desktops & _LIKE_GNOME else {}


def gnome_proxies(printed: str) -> dict[str, str]:
    """From what `gsettings list-recursively org.gnome.system.proxy` prints: SCHEMA KEY VALUE."""
    told: dict[str, str] = {}
    for line in printed.splitlines():
        schema, _, rest = line.partition(" ")
        name, _, value = rest.partition(" ")
        told[f"{schema.removeprefix(_SCHEMA)}.{name}".lstrip(".")] = value.strip()
    mode = _unquoted(told.get("mode", ""))
    if mode == "auto":
        return {"auto": _unquoted(told.get("autoconfig-url", "")) or "wpad"}
    if mode != "manual":
        return {}
    found = {kind: _gnome_address(told, kind) for kind in _KINDS}
    if not found["https"] and told.get("use-same-proxy") != "false":
        found["https"] = found["http"]
    return _with_exceptions(found, _QUOTED.findall(told.get("ignore-hosts", "")))


def kde_proxies(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """From the group [Proxy Settings] of kioslaverc; where it names variables, what stands in `environment`."""
    kind = settings.get("ProxyType", "0")
    if kind in ("2", "3"):  # a script by its address, or one that is searched for
        return {"auto": settings.get("Proxy Config Script", "") or "wpad"}
    # With the exceptions turned round the proxy is for the named hosts alone: none of those we ask.
    if kind not in ("1", "4") or settings.get("ReversedException", "").lower() == "true":
        return {}
    told = {name: settings.get(f"{name}Proxy", "") for name in _KINDS}
    exceptions = settings.get("NoProxyFor", "")
    if kind == "4":
        told = {name: environment.get(variable, "") for name, variable in told.items()}
        exceptions = environment.get(exceptions, "")
    found = {name: _PORT_BEHIND_SPACE.sub(r":\1", value.strip()) for name, value in told.items()}
    return _with_exceptions(found, exceptions.split(","))


def _gnome_address(told: Mapping[str, str], kind: str) -> str:
    host, port = _unquoted(told.get(f"{kind}.host", "")), told.get(f"{kind}.port", "0")
    if not host:
        return ""
    login = ""
    if kind == "http" and told.get("http.use-authentication") == "true":
        names = ("http.authentication-user", "http.authentication-password")
        login = ":".join(quote(_unquoted(told.get(name, "")), safe="") for name in names) + "@"
    host = f"[{host}]" if ":" in host else host
    return f"http://{login}{host}" + (f":{port}" if port.isdigit() and port != "0" else "")


def _with_exceptions(found: Mapping[str, str], exceptions: list[str]) -> dict[str, str]:
    """Only what is set; the exceptions as `no_proxy` has them: "*.example" is ".example" there."""
    chosen = {kind: address for kind, address in found.items() if address}
    names = ",".join(name.strip().removeprefix("*") or "*" for name in exceptions if name.strip())
    return {**chosen, "no": names} if chosen and names else chosen


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _gsettings() -> str:
    """What GNOME's program prints; "" when it is not there or does not tell. One look asks for it many times over."""
    program = shutil.which("gsettings")
    return printed_by(program, int(time.monotonic() / _KEPT_SECONDS)) if program else ""


@lru_cache(maxsize=1)
def printed_by(program: str, _now: int) -> str:
    """What `program` prints about the proxy; `_now` changes when it is to be asked again."""
    command = [program, "list-recursively", _SCHEMA]
    try:
        told = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_GSETTINGS_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout[:_MOST_BYTES].decode("utf-8", "replace")


def _kioslaverc() -> dict[str, str]:
    """The user's settings over those the office's administrator laid down."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    system = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    settings: dict[str, str] = {}
    for folder in (*map(Path, reversed(system)), home):
        settings.update(_group(_text_of(folder / "kioslaverc"), "[Proxy Settings]"))
    return settings


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:  # the usual case: nothing was ever set
        return ""


def _group(text: str, head: str) -> dict[str, str]:
    """The keys of one group; what stands in brackets behind a key (`[$e]`, `[$i]`) is no part of it."""
    found: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.strip() == head
        elif inside and "=" in line:
            name, _, value = line.partition("=")
            found[name.partition("[")[0].strip()] = value.strip()
    return found
