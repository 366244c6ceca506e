"""The resolver against a DNS server that misbehaves: a failing server is never "no record", and time is kept."""

from __future__ import annotations

import asyncio
import socket

import dns.name
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clients.dns_message import absolute_name
from core.clients.dns_servers import parse_server
from core.clients.dns_wire import _response
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.resolver_mail import find_mail_hosts
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError, UsageError
from tests.patience import HANG, NEVER
from tests.servers.dns_server import DnsServer, Reply, always, answers, table


def resolver_at(server: DnsServer, lifetime: float = 2.0) -> Resolver:
    return Resolver(server.address, Reroute(), Journal(), lifetime)


async def test_records_come_in_their_own_forms() -> None:
    async with DnsServer() as server:
        server.add("example.jp", "MX", "10 mx.example.jp.", "20 192.0.2.1.")
        server.add("example.jp", "TXT", '"v=spf1 " "-all"')
        server.add("mx.example.jp", "A", "192.0.2.7")
        server.add("7.2.0.192.in-addr.arpa", "PTR", "mx.example.jp.")
        resolver = resolver_at(server)
        assert sorted((await resolver.query("Example.JP", "MX")).records) == ["10 mx.example.jp.", "20 192.0.2.1."]
        assert (await resolver.query("example.jp", "TXT")).records == ("v=spf1 -all",)
        answer = await resolver.query("mx.example.jp", "A")
        assert (answer.records, answer.rcode, answer.ttl) == (("192.0.2.7",), "NOERROR", 60)
        assert (await resolver.reverse("192.0.2.7")).records == ("mx.example.jp.",)


async def test_no_name_and_no_record_are_answers() -> None:
    async with DnsServer() as server:
        server.add("mx.example.jp", "A", "192.0.2.7")
        resolver = resolver_at(server)
        assert (await resolver.query("nowhere.jp", "A")).rcode == "NXDOMAIN"
        empty = await resolver.query("mx.example.jp", "AAAA")
        assert (empty.rcode, empty.records) == ("NOERROR", ())


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"])
async def test_d02_a_failing_server_is_an_error_after_two_tries(rcode: str) -> None:
    async with DnsServer() as server:
        server.script("", always(Reply(rcode=rcode)))
        with pytest.raises(CheckError) as caught:
            await resolver_at(server).query("example.jp", "MX")
        assert (caught.value.code, caught.value.values["rcode"]) == ("dns.server_failed", rcode)
        assert [over for _, _, over in server.asked] == ["udp", "tcp"]


async def test_d02_a_referral_is_not_no_record() -> None:
    async with DnsServer() as server:
        server.script("", always(Reply(referral=True)))
        with pytest.raises(CheckError, match=r"dns\.server_failed"):
            await resolver_at(server).query("example.jp", "MX")


@pytest.mark.parametrize(
    "reply",
    [Reply(silent=True), Reply(raw=b"\x00"), Reply(raw=b"GET / HTTP/1.0\r\n\r\n" * 9), Reply(wrong_id=True)],
    ids=["silent", "one byte", "garbage", "wrong id"],
)
async def test_d03_no_answer_ends_in_time(reply: Reply) -> None:
    async with asyncio.timeout(HANG), DnsServer() as server:
        server.script("", always(reply))
        with pytest.raises(CheckError) as caught:
            await resolver_at(server, 0.6).query("example.jp", "A")
        assert caught.value.code in ("dns.timed_out", "dns.broken_answer")


async def test_d03_silence_is_a_timeout() -> None:
    async with DnsServer() as server:
        server.script("", always(Reply(silent=True)))
        with pytest.raises(CheckTimeoutError, match=r"dns\.timed_out"):
            await resolver_at(server, 0.3).query("example.jp", "A")


async def test_d04_a_cut_answer_is_fetched_over_tcp() -> None:
    async with DnsServer() as server:
        server.add("example.jp", "TXT", *(f'"{number} {"x" * 200}"' for number in range(150)))
        server.script("cut.jp", always(Reply((("A", "192.0.2.1"),), truncated=True)))
        resolver = resolver_at(server)
        assert len((await resolver.query("example.jp", "TXT")).records) == 150
        assert (await resolver.query("cut.jp", "A")).records == ("192.0.2.1",)


async def test_d04_cut_and_closed_over_tcp_is_a_broken_answer() -> None:
    async with DnsServer() as server:
        server.script("", always(Reply(truncated=True, empty_tcp=True)))
        with pytest.raises(CheckError, match=r"dns\.broken_answer"):
            await resolver_at(server).query("example.jp", "A")


async def test_d01_a_loop_of_aliases_is_a_broken_answer() -> None:
    loop = [
        dns.rrset.from_text("a.jp.", 60, "IN", "CNAME", "b.jp."),
        dns.rrset.from_text("b.jp.", 60, "IN", "CNAME", "a.jp."),
    ]
    chain = [dns.rrset.from_text(f"n{n}.jp.", 60, "IN", "CNAME", f"n{n + 1}.jp.") for n in range(40)]
    async with DnsServer() as server:
        server.script("a.jp", always(Reply(rrsets=tuple(loop))))
        server.script("n0.jp", always(Reply(rrsets=tuple(chain))))
        for name in ("a.jp", "n0.jp"):
            with pytest.raises(CheckError, match=r"dns\.broken_answer"):
                await resolver_at(server).query(name, "A")


async def test_an_answer_in_a_name_that_does_not_exist_is_broken() -> None:
    async with DnsServer() as server:
        server.script("", always(Reply((("A", "127.0.0.2"),), rcode="NXDOMAIN")))
        with pytest.raises(CheckError, match=r"dns\.broken_answer"):
            await resolver_at(server).query("2.0.0.127.zen.spamhaus.org", "A")


async def test_d05_many_and_long_records_are_bounded() -> None:
    async with DnsServer() as server:
        server.script("many.jp", always(answers(*(f"127.0.{n // 250}.{n % 250 + 1}" for n in range(1000)))))
        server.add("long.jp", "TXT", " ".join(f'"{"y" * 250}"' for _ in range(100)))
        many = await resolver_at(server).query("many.jp", "A")
        long = await resolver_at(server).query("long.jp", "TXT")
        assert len(many.records) == 200 and many.cut
        assert len(long.records[0]) == 10_000 and long.cut


async def test_d06_bytes_that_are_no_text_are_shown_as_codes() -> None:
    async with DnsServer() as server:
        server.add("example.jp", "TXT", r'"\255\000\027[31m"')
        assert (await resolver_at(server).query("example.jp", "TXT")).records == ("\\xff\x00\x1b[31m",)


@pytest.mark.parametrize(
    "name", ["", " ", "a b.jp", "a..jp", "x" * 64 + ".jp", "a." * 130 + "jp", "mail\u202e.jp", "a\n.jp", "\x00.jp"]
)
async def test_d11_a_bad_name_is_never_sent(name: str) -> None:
    async with DnsServer() as server:
        with pytest.raises(UsageError, match=r"dns\.bad_name"):
            await resolver_at(server).query(name, "A")
        assert server.asked == []


async def test_d10_a_japanese_domain_is_asked_in_its_wire_form() -> None:
    async with DnsServer() as server:
        server.add("xn--wgv71a119e.jp", "A", "192.0.2.5")
        assert (await resolver_at(server).query("日本語.jp", "A")).records == ("192.0.2.5",)


async def test_a_closed_port_is_said_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(CheckConnectionError, match=r"dns\.unreachable"):
        async with asyncio.timeout(HANG):
            await Resolver(f"127.0.0.1:{port}", Reroute(), Journal(), NEVER).query("example.jp", "A")


async def test_a_documentation_address_is_rerouted_and_reported_as_such() -> None:
    journal = Journal()
    async with DnsServer() as server:
        server.add("mx.example.jp", "A", "192.0.2.7")
        reroute = Reroute({("192.0.2.53", 53): ("127.0.0.1", server.port)}, closed=True)
        resolver = Resolver("192.0.2.53", reroute, journal)
        assert (await resolver.query("mx.example.jp", "A")).records == ("192.0.2.7",)
    assert (resolver.address, journal.contacted) == ("192.0.2.53:53", ["192.0.2.53:53 (DNS)"])


@pytest.mark.parametrize("server", [None, "192.0.2.53", "127.0.0.1:5353"])
async def test_a_closed_map_never_touches_the_network(server: str | None) -> None:
    journal = Journal()
    with pytest.raises(CheckError):
        await Resolver(server, Reroute({}, closed=True), journal).query("example.jp", "A")
    assert journal.contacted == []


async def test_cancelling_is_not_swallowed_and_leaves_no_socket() -> None:
    async with DnsServer() as server:
        server.script("", always(Reply(silent=True)))
        task = asyncio.ensure_future(resolver_at(server, 30).query("example.jp", "A"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_mail_hosts_by_preference_ipv4_first() -> None:
    async with DnsServer() as server:
        server.add("example.jp", "MX", "20 two.example.jp.", "10 one.example.jp.")
        server.add("one.example.jp", "AAAA", "2001:db8::1")
        server.add("one.example.jp", "A", "192.0.2.1")
        server.script("two.example.jp", always(Reply(rcode="SERVFAIL")))
        hosts = await find_mail_hosts(resolver_at(server), "example.jp")
    assert [(host.name, host.preference, host.addresses) for host in hosts] == [
        ("one.example.jp", 10, ("192.0.2.1", "2001:db8::1")),
        ("two.example.jp", 20, ()),
    ]


async def test_d12_mail_hosts_without_mx_null_mx_and_a_hundred() -> None:
    async with DnsServer() as server:
        server.add("bare.jp", "A", "192.0.2.9")
        server.add("null.jp", "MX", "0 .")
        server.add("many.jp", "MX", *(f"{n} m{n}.jp." for n in range(100)))
        resolver = resolver_at(server)
        assert [host.addresses for host in await find_mail_hosts(resolver, "bare.jp")] == [("192.0.2.9",)]
        assert await find_mail_hosts(resolver, "null.jp") == ()
        assert await find_mail_hosts(resolver, "gone.jp") == ()
        assert len(await find_mail_hosts(resolver, "many.jp")) == 10
        server.script("broken.jp", table({}, Reply(rcode="SERVFAIL")))
        with pytest.raises(CheckError, match=r"dns\.server_failed"):
            await find_mail_hosts(resolver, "broken.jp")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
    ],
)
def test_servers_are_read(text: str, expected: tuple[str, int]) -> None:
    assert parse_server(text) == expected


@pytest.mark.parametrize(
    "text", ["dns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "[::1", "1:2:3", "[::1]x"]
)
def test_what_is_no_server_is_said(text: str) -> None:
    with pytest.raises(UsageError, match=r"dns\.bad_server"):
        parse_server(text)


@given(st.binary(max_size=600))
@settings(max_examples=200, deadline=None)
def test_any_packet_is_an_answer_or_nothing(packet: bytes) -> None:
    query = dns.message.make_query("example.jp", "A")
    _response(packet, query)
    reply = dns.message.make_response(query).to_wire()
    _response(reply[:12] + packet, query)
    _response(reply + packet, query)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        name = absolute_name(text)
    except UsageError:
        return
    assert name.is_absolute() and len(name.to_wire()) <= 255


@given(st.text(alphabet="0123456789abcdef.:[]%x-", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_server_or_refused(text: str) -> None:
    try:
        _, port = parse_server(text)
    except UsageError:
        return
    assert 0 < port < 65536
