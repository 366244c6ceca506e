"""The office's proxy: what is set is understood, the way through it is bounded, and its login stays with it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.clients.http import HttpClient
from core.clients.journal import Journal
from core.clients.proxy import Proxy, connect_through, proxy_for
from core.clients.proxy_settings import kind_of, proxy_kind, switched_on
from core.clients.reroute import Reroute
from core.errors import CheckError


@asynccontextmanager
async def proxy_saying(answer: bytes, heard: list[bytes]) -> AsyncIterator[Proxy]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if answer.startswith(b"HTTP/1.1 200"):
            writer.write((await reader.readline()).upper())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield Proxy("127.0.0.1", server.sockets[0].getsockname()[1], "taro:geheim")
    finally:
        server.close()


async def test_the_way_through_carries_bytes_and_only_the_proxy_hears_the_login() -> None:
    heard: list[bytes] = []
    async with proxy_saying(b"HTTP/1.1 200 Connection established\r\n\r\n", heard) as proxy:
        wire = await connect_through(proxy, "rdap.example", 443)
        await wire.write(b"hello\n")
        assert await wire.read() == b"HELLO\n"
        wire.close()
    assert heard[0].startswith(b"CONNECT rdap.example:443 HTTP/1.1\r\nHost: rdap.example:443\r\n")
    assert base64.b64encode(b"taro:geheim") in heard[0]
    assert "geheim" not in repr(proxy) + proxy.name
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "http.proxy_wants_login"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "http.proxy_refused"),
        (b"SSH-2.0-nothing of the kind\r\n\r\n", "http.proxy_refused"),
        (b"", "http.proxy_refused"),
        (b"HTTP/1.1 200 " + b"x" * 100_000, "http.proxy_refused"),
        (b"HTTP/1.1 200 ok\r\n\r\nbytes nobody asked for", "http.proxy_refused"),
    ],
)
async def test_every_other_answer_is_could_not_look(answer: bytes, code: str) -> None:
    async with proxy_saying(answer.replace(b"HTTP/1.1 200", b"HTTP/1.0 200"), []) as proxy:
        with pytest.raises(CheckError) as caught:
            await connect_through(proxy, "rdap.example", 443)
    assert caught.value.code == code and "geheim" not in str(caught.value.values)
    await asyncio.sleep(0)


@pytest.mark.parametrize("host", ["127.0.0.1", "a..b", "x" * 70])
async def test_a_proxy_that_is_not_there_is_named(host: str) -> None:
    with pytest.raises(CheckError) as caught:
        await connect_through(Proxy(host, 1), "rdap.example", 443)
    assert (caught.value.code, caught.value.values["proxy"]) == ("http.proxy_silent", f"{host}:1")


@pytest.mark.parametrize(
    ("setting", "proxy"),
    [
        ("http://proxy.example:3128", Proxy("proxy.example", 3128)),
        ("proxy.example:3128", Proxy("proxy.example", 3128)),
        ("http://taro:p%40ss@proxy.example:3128/", Proxy("proxy.example", 3128, "taro:p@ss")),
        ("http://proxy.example", Proxy("proxy.example", 8080)),
    ],
)
def test_settings_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch, setting: str, proxy: Proxy) -> None:
    monkeypatch.setenv("https_proxy", setting)
    monkeypatch.setenv("no_proxy", "intra.example")
    assert proxy_for("rdap.example") == proxy and proxy_kind() == "http"
    assert proxy_for("www.intra.example") is None


@pytest.mark.parametrize("setting", ["https://proxy.example", "http://:99999999", "http://"])
def test_a_proxy_of_another_kind_is_could_not_look(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("https_proxy", setting)
    with pytest.raises(CheckError, match=r"http\.proxy_unusable"):
        proxy_for("rdap.example")


@pytest.mark.parametrize("name", ["ALL_PROXY", "https_proxy", "socks_proxy"])
def test_a_socks_proxy_is_said_so_and_nothing_goes_beside_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "socks5h://proxy.example:1080")
    monkeypatch.setenv("no_proxy", "intra.example")
    assert proxy_kind() == "socks" and HttpClient(None, Reroute(), Journal()).behind_proxy
    with pytest.raises(CheckError, match=r"http\.proxy_socks"):
        proxy_for("rdap.example")
    assert proxy_for("www.intra.example") is None


def test_of_several_the_one_that_carries_https_counts() -> None:
    assert kind_of({"https": "http://p.example:3128", "socks": "socks5://p.example"}) == "http"
    assert kind_of({"socks": "http://p.example:1080"}) == "socks", "as macOS writes it"
    assert kind_of({"http": "socks4://p.example", "https": "socks4://p.example"}) == "socks", "as Windows writes it"
    assert kind_of({"no": "localhost"}) is kind_of({}) is None
    assert kind_of({"auto": "http://wpad.example/proxy.pac"}) == "script"


_PRINTED = """<dictionary> {{
  ExceptionsList : <array> {{
    0 : *.local
    1 : 169.254/16
  }}
  FTPPassive : 1
  HTTPEnable : 0
  ProxyAutoConfigEnable : {pac}
  ProxyAutoConfigURLString : http://ProxyAutoConfigEnable : 1/proxy.pac
  ProxyAutoDiscoveryEnable : {wpad}
  SOCKSEnable : 0
}}
"""


@pytest.mark.parametrize(("pac", "wpad", "on"), [(0, 0, False), (1, 0, True), (0, 1, True)])
def test_what_macos_prints_of_its_proxies_is_understood(pac: int, wpad: int, on: bool) -> None:
    """The form is that of Apple's System Configuration keys; no Mac was at hand."""
    assert switched_on(_PRINTED.format(pac=pac, wpad=wpad)) == on
    assert not switched_on("")


async def test_where_a_script_chooses_what_is_not_reached_says_nothing_of_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The script is not asked for: whoever waits at its address hears nothing."""
    heard: list[bytes] = []
    async with proxy_saying(b"", heard) as where:
        monkeypatch.setenv("auto_proxy", f"http://127.0.0.1:{where.port}/proxy.pac")
        client = HttpClient(None, Reroute(), Journal())
        with pytest.raises(CheckError) as caught:
            await client.get("https://rdap.example/domain/x", "*/*")
    assert (caught.value.code, heard) == ("http.proxy_script", [])
    assert client.proxy_kind == "script"


def test_practice_knows_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert not HttpClient(None, Reroute(closed=True), Journal()).behind_proxy
    assert HttpClient(None, Reroute(), Journal()).behind_proxy
