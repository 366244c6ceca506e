"""The proxy of a Linux desktop: read as GNOME and KDE write it, never waited for, never over the environment."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from core.clients.desktop_proxy import desktop_proxies, gnome_proxies, kde_proxies, printed_by
from core.clients.proxy import Proxy, proxy_for
from core.clients.proxy_settings import proxy_kind
from core.errors import CheckError

_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "socks_proxy", "no_proxy", "auto_proxy", "ftp_proxy")
MANUAL = """[Proxy Settings][$i]
ignored=1

[Proxy Settings]
ProxyType=1
NoProxyFor=localhost,.intra.example
httpProxy[$e]=http://proxy.example 3128
httpsProxy=http://proxy.example 3129
socksProxy=

[Other]
ProxyType=0
"""
GNOME = """org.gnome.system.proxy autoconfig-url '{pac}'
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.intra.example']
org.gnome.system.proxy mode '{mode}'
org.gnome.system.proxy use-same-proxy {same}
org.gnome.system.proxy.http authentication-password 'p@ss'
org.gnome.system.proxy.http authentication-user 'taro'
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host 'proxy.example'
org.gnome.system.proxy.http port 3128
org.gnome.system.proxy.http use-authentication {login}
org.gnome.system.proxy.https host '{https}'
org.gnome.system.proxy.https port 3129
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
"""


def gnome(mode: str = "manual", https: str = "", same: str = "true", login: str = "false", pac: str = "") -> str:
    return GNOME.format(mode=mode, https=https, same=same, login=login, pac=pac)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home of its own, without proxy variables; the folder of its settings."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))
    printed_by.cache_clear()
    return tmp_path


def test_kde_is_read_from_its_file(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (office / "kioslaverc").write_text(MANUAL, encoding="utf-8")
    assert proxy_kind() is None, "no desktop says its name"
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    assert proxy_kind() == "http" and proxy_for("rdap.example") == Proxy("proxy.example", 3129)
    assert proxy_for("www.intra.example") is None
    monkeypatch.setenv("https_proxy", "http://mine.example:8080")
    assert proxy_for("rdap.example") == Proxy("mine.example", 8080), "the environment goes first"


def test_what_the_administrator_of_kde_laid_down_counts(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    (office / "system").mkdir()
    (office / "system" / "kioslaverc").write_text(MANUAL, encoding="utf-8")
    assert proxy_for("rdap.example") == Proxy("proxy.example", 3129)
    (office / "kioslaverc").write_text("[Proxy Settings]\nProxyType=0\n", encoding="utf-8")
    assert proxy_for("rdap.example") is None and proxy_kind() is None


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {}),
        ({"ProxyType": "0", "httpsProxy": "http://p.example 1"}, {}),
        ({"ProxyType": "2", "Proxy Config Script": "http://wpad.example/p.pac"}, {"auto": "http://wpad.example/p.pac"}),
        ({"ProxyType": "3"}, {"auto": "wpad"}),
        ({"ProxyType": "1", "socksProxy": "socks://p.example 1080"}, {"socks": "socks://p.example:1080"}),
        ({"ProxyType": "1", "httpsProxy": "http://p.example:8080"}, {"https": "http://p.example:8080"}),
        ({"ProxyType": "4", "httpsProxy": "OFFICE", "NoProxyFor": "NOT"}, {"https": "http://p:1", "no": "*"}),
        ({"ProxyType": "1", "httpsProxy": "http://p.example 1", "ReversedException": "true"}, {}),
    ],
)
def test_what_kde_writes_is_understood(settings: dict[str, str], expected: dict[str, str]) -> None:
    assert kde_proxies(settings, {"OFFICE": "http://p:1", "NOT": "*"}) == expected


def test_what_gnome_prints_is_understood() -> None:
    exceptions = "localhost,127.0.0.0/8,.intra.example"
    one = {"http": "http://proxy.example:3128", "https": "http://proxy.example:3128", "no": exceptions}
    assert gnome_proxies(gnome()) == one
    assert gnome_proxies(gnome(https="s.example"))["https"] == "http://s.example:3129"
    assert "https" not in gnome_proxies(gnome(same="false"))
    assert gnome_proxies(gnome(login="true"))["https"] == "http://taro:p%40ss@proxy.example:3128"
    assert gnome_proxies(gnome("none")) == gnome_proxies("") == gnome_proxies("No such schema\n") == {}
    assert gnome_proxies(gnome("auto", pac="http://w.example/p.pac")) == {"auto": "http://w.example/p.pac"}
    assert gnome_proxies(gnome("auto")) == {"auto": "wpad"}


@pytest.mark.skipif(shutil.which("gsettings") is None, reason="GNOME's program is not here")
def test_gnome_is_asked_by_its_own_program(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With GLib's own backend that keeps its settings in a text file."""
    monkeypatch.setenv("GSETTINGS_BACKEND", "keyfile")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    kept = office / "glib-2.0" / "settings"
    kept.mkdir(parents=True)
    path = "[system/proxy"
    (kept / "keyfile").write_text(
        f"{path}]\nmode='manual'\n{path}/http]\nhost='proxy.example'\nport=3128\n", encoding="utf-8"
    )
    if not desktop_proxies():
        pytest.skip("GNOME's schemas are not here, or this GLib keeps no such file")
    assert proxy_kind() == "http" and proxy_for("rdap.example") == Proxy("proxy.example", 3128)
    (kept / "keyfile").write_text(f"{path}]\nmode='auto'\n", encoding="utf-8")
    printed_by.cache_clear()
    assert proxy_kind() == "script" and proxy_for("rdap.example") is None
    (kept / "keyfile").write_text(f"{path}]\nmode='manual'\n{path}/socks]\nhost='s.example'\n", encoding="utf-8")
    printed_by.cache_clear()
    with pytest.raises(CheckError, match=r"http\.proxy_socks"):
        proxy_for("rdap.example")


def test_a_program_of_gnomes_that_hangs_is_not_waited_for(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = office / "gsettings"
    stand_in.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{office}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    begun = time.monotonic()
    assert proxy_kind() is None
    assert time.monotonic() - begun < 30
