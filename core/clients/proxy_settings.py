"""What kind of go-between (proxy) this computer is told to use: one for the web, a SOCKS one, or a script that chooses.

From the environment; else from the system's settings (Windows, macOS) or the desktop's (`desktop_proxy`). A script
(PAC, WPAD) is never fetched and never run: it is somebody's program, and only a browser's machinery says what it would
choose. The forms of the system's answers are those of Microsoft's and Apple's documentation.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Literal

# "http": a proxy that carries https; "socks": one that carries connections; "script": whatever a script chooses.
ProxyKind = Literal["http", "socks", "script"]
_SCUTIL_SECONDS = 0.5  # it asks a service of this computer; the window waits meanwhile
_SWITCHES = re.compile(r"^\s*(?:ProxyAutoConfigEnable|ProxyAutoDiscoveryEnable) : 1\s*$", re.MULTILINE)
_WINDOWS_KEY = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"


def proxy_settings() -> dict[str, str]:
    """What is set, by kind of address ("https", "all", "socks" ...), as other programs take it."""
    from urllib.request import getproxies  # loaded by the first look that needs it

    found = getproxies()
    if sys.platform in ("win32", "darwin") or kind_of(found):
        return found
    from core.clients.desktop_proxy import desktop_proxies

    chosen = desktop_proxies()
    exceptions = ",".join(filter(None, (chosen.get("no"), found.get("no"))))
    return {**found, **chosen, "no": exceptions} if exceptions else {**found, **chosen}


def goes_directly(host: str, settings: Mapping[str, str]) -> bool:
    """Whether `host` is one of the exceptions. On Windows and macOS the system itself is asked."""
    from urllib import request

    if sys.platform in ("win32", "darwin"):
        return bool(request.proxy_bypass(host))
    return bool(request.proxy_bypass_environment(host, settings))  # type: ignore[attr-defined]


def proxy_kind() -> ProxyKind | None:
    """The kind of go-between in use; None when none is set. Of several the one that carries https counts."""
    return kind_of(proxy_settings()) or ("script" if _script_is_set() else None)


def kind_of(settings: Mapping[str, str]) -> ProxyKind | None:
    """The kind among what is set by name; a script may be set besides (`auto_proxy` is one by name)."""
    for name in ("https", "http", "all"):
        if text := settings.get(name):
            return "socks" if is_socks(text) else "http"
    if settings.get("socks"):
        return "socks"
    return "script" if settings.get("auto") else None


def is_socks(setting: str) -> bool:
    """socks://, socks4://, socks4a://, socks5:// and socks5h:// are written."""
    return setting.lower().startswith("socks")


def switched_on(printed: str) -> bool:
    """Whether `scutil --proxy` (macOS) printed that a script, or the search for one, is switched on."""
    return _SWITCHES.search(printed) is not None


def _script_is_set() -> bool:
    if sys.platform == "win32":
        return _windows_script()
    return sys.platform == "darwin" and switched_on(_scutil())


def _scutil() -> str:
    """The system's proxy settings of this moment; "" when it does not tell them."""
    command = ["/usr/sbin/scutil", "--proxy"]
    try:
        told = subprocess.run(command, capture_output=True, timeout=_SCUTIL_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.decode("utf-8", "replace")


def _windows_script() -> bool:
    """`AutoConfigURL` of the user's internet settings. The search for one (WPAD) is on by default: it says nothing."""
    if sys.platform != "win32":
        return False
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _WINDOWS_KEY) as key:
            return bool(winreg.QueryValueEx(key, "AutoConfigURL")[0])
    except OSError:  # no such key or value
        return False
