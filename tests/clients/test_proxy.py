"""The office's proxy: what is set is understood, the way through it is bounded, and its login stays with it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.clients.http import HttpClient
from core.clients.journal import Journal
from core.clients.proxy import Proxy, connect_through, proxy_for, proxy_is_set
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
    assert proxy_for("rdap.example") == proxy and proxy_is_set()
    assert proxy_for("www.intra.example") is None


@pytest.mark.parametrize(
    "setting", ["socks5://proxy.example:1080", "https://proxy.example", "http://:99999999", "http://"]
)
def test_a_proxy_of_another_kind_is_could_not_look(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("https_proxy", setting)
    with pytest.raises(CheckError, match=r"http\.proxy_unusable"):
        proxy_for("rdap.example")


def test_practice_knows_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert not HttpClient(None, Reroute(closed=True), Journal()).behind_proxy
    assert HttpClient(None, Reroute(), Journal()).behind_proxy
