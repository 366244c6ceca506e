"""The hostile-input cases of the SMTP client, by their numbers."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence

import pytest

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.smtp import SmtpClient
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError, UsageError
from tests.patience import HANG, NEVER
from tests.servers.hostile_smtp import Action, Close, Endless, Reset, Send, Silence, StartTls, hostile_server

MakeClient = Callable[..., SmtpClient]


async def _error_at_connect(client: SmtpClient, actions: Sequence[Action], deadline: float = NEVER) -> CheckError:
    async with asyncio.timeout(HANG), hostile_server({"connect": actions}) as server:
        with pytest.raises(CheckError) as caught:
            await client.open("127.0.0.1", server.port, deadline=deadline)
    return caught.value


async def test_s01_silence_after_connect_ends_at_the_limit(make_client: MakeClient) -> None:
    error = await _error_at_connect(make_client(reply_limit=0.3), [Silence(NEVER)], deadline=NEVER)
    assert isinstance(error, CheckTimeoutError)
    assert (error.code, error.values["state"]) == ("smtp.reply_timed_out", "greeting")


async def test_s02_endless_greeting_lines_stop_at_the_line_cap(make_client: MakeClient) -> None:
    error = await _error_at_connect(make_client(), [Endless(b"220-hello\r\n" * 100)])
    assert error.code == "smtp.too_much"
    assert len(error.transcript[-1].answered) <= 4000


@pytest.mark.parametrize("data", [b"2" * 4096, b"220-" + b"x" * 3000 + b"\r\n"])
async def test_s03_a_line_without_end_stops_at_the_byte_cap(make_client: MakeClient, data: bytes) -> None:
    error = await _error_at_connect(make_client(), [Endless(data)])
    assert error.code == "smtp.too_much"


async def test_s03_a_short_line_without_newline_ends_at_the_limit(make_client: MakeClient) -> None:
    error = await _error_at_connect(make_client(reply_limit=0.3), [Send(b"220 mx"), Silence()])
    assert error.code == "smtp.reply_timed_out"
    assert "220 mx" in error.transcript[-1].answered


async def test_s04_one_byte_at_a_time_meets_the_overall_deadline(make_client: MakeClient) -> None:
    dripping = Send(b"220 mx.example.jp ESMTP" * 400, every=0.05)  # for seven minutes
    error = await _error_at_connect(make_client(reply_limit=NEVER), [dripping], deadline=0.6)
    assert error.code == "smtp.reply_timed_out"


async def test_s04_a_reply_that_has_begun_has_a_shorter_time_than_one_that_is_awaited() -> None:
    """A greeting may be long in coming (postscreen, dead reverse DNS); one that drips is no greeting."""
    drip, late = [Send(b"220 mx.example.jp ESMTP\r\n", every=0.2)], [Silence(1.2), Send(b"220 mx.example.jp\r\n")]
    client = SmtpClient(Reroute(), Journal(), 2.0, reply_limit=60.0, trickle_limit=0.6)
    error = await _error_at_connect(client, drip, deadline=60)
    assert error.code == "smtp.reply_timed_out"
    (said,) = error.transcript
    assert said.answered.startswith("2")  # what came is kept
    async with (
        hostile_server({"connect": late}) as server,
        await client.open("127.0.0.1", server.port, deadline=60) as session,
    ):
        assert session.greeting.code == 220


@pytest.mark.parametrize("code", [421, 554])
async def test_s05_a_refusing_greeting_is_a_reply_not_an_error(make_client: MakeClient, code: int) -> None:
    line = f"{code} mx.example.jp no service now\r\n".encode()
    async with (
        hostile_server({"connect": [Send(line), Close()]}) as server,
        await make_client().open("127.0.0.1", server.port, deadline=60) as session,
    ):
        assert (session.greeting.code, session.greeting.positive) == (code, False)


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n", b"SSH-2.0-OpenSSH_9.2p1\r\n"])
async def test_s06_something_else_is_not_a_mail_server(make_client: MakeClient, said: bytes) -> None:
    error = await _error_at_connect(make_client(), [Send(said), Silence()])
    assert error.code == "smtp.not_smtp"
    assert error.values["said"] == said.decode().strip()


async def test_s06_tls_alert_bytes_end_at_the_limit(make_client: MakeClient) -> None:
    error = await _error_at_connect(make_client(reply_limit=0.3), [Send(b"\x15\x03\x01\x00\x02\x02\x46"), Silence()])
    assert error.code == "smtp.reply_timed_out"


@pytest.mark.parametrize("reply", [b"999 what\r\n", b"hello there\r\n", b"250-one\r\n550 two\r\n"])
async def test_s07_a_broken_reply_is_quoted(make_client: MakeClient, reply: bytes) -> None:
    async with hostile_server({"EHLO": [Send(reply)]}) as server:
        session = await make_client().open("127.0.0.1", server.port, deadline=60)
        with pytest.raises(CheckError) as caught:
            await session.ehlo("[127.0.0.1]")
    assert caught.value.code == "smtp.broken_reply"
    assert str(caught.value.values["said"]) in reply.decode()
    assert not session.usable


async def test_s08_five_thousand_capabilities_stop(make_client: MakeClient) -> None:
    async with hostile_server({"EHLO": [Send(b"250-X\r\n" * 5000 + b"250 END\r\n")]}) as server:
        session = await make_client().open("127.0.0.1", server.port, deadline=60)
        with pytest.raises(CheckError, match="too_much"):
            await session.ehlo("[127.0.0.1]")


async def test_s09_ehlo_unknown_falls_back_to_helo_without_claims(make_client: MakeClient) -> None:
    async with (
        hostile_server({"EHLO": [Send(b"502 unimplemented\r\n")]}) as server,
        await make_client().open("127.0.0.1", server.port, deadline=60) as session,
    ):
        hello = await session.ehlo("[127.0.0.1]")
    assert (hello.extended, hello.capabilities, hello.offers("STARTTLS")) == (False, (), False)
    assert server.received[:2] == ["EHLO [127.0.0.1]", "HELO [127.0.0.1]"]


async def test_s10_bare_lf_is_read_and_noted_bare_cr_is_inert(make_client: MakeClient) -> None:
    async with (
        hostile_server({"connect": [Send(b"220-a\rb\n220 mx.example.jp\n")]}) as server,
        await make_client().open("127.0.0.1", server.port, deadline=60) as session,
    ):
        assert session.greeting.lines == ("a\rb", "mx.example.jp")
        assert session.bare_lf


async def test_s11_wild_bytes_survive_as_text(make_client: MakeClient) -> None:
    wild = b"220 \x00\x1b]52;c;x\x07 \xff\xfe " + "\u202e".encode() + b"\r\n"
    async with (
        hostile_server({"connect": [Send(wild)]}) as server,
        await make_client().open("127.0.0.1", server.port, deadline=60) as session,
    ):
        assert "\\xff\\xfe" in session.greeting.text
        assert "\u202e" in session.greeting.text


async def test_s12_a_reply_nobody_asked_for_stops_the_session(make_client: MakeClient) -> None:
    async with hostile_server({"MAIL": [Send(b"250 Ok\r\n250 and another\r\n")]}) as server:
        session = await make_client().open("127.0.0.1", server.port, deadline=60)
        await session.command("MAIL FROM:<>")
        with pytest.raises(CheckError) as caught:
            await session.command("RCPT TO:<relaytest@example.net>")
        assert (caught.value.code, caught.value.values["said"]) == ("smtp.out_of_turn", "250 and another\r\n")
    assert not any(line.startswith("RCPT") for line in server.received)


async def test_s12_a_421_out_of_turn_is_the_answer(make_client: MakeClient) -> None:
    async with hostile_server({"MAIL": [Send(b"250 Ok\r\n421 too many errors\r\n"), Close()]}) as server:
        session = await make_client().open("127.0.0.1", server.port, deadline=60)
        await session.command("MAIL FROM:<>")
        reply = await session.command("RCPT TO:<relaytest@example.net>")
        session.close()
    assert reply.code == 421
    assert not session.usable


@pytest.mark.parametrize("late", [0.0, 0.2])
async def test_s13_plain_text_after_starttls_is_an_attack(
    make_client: MakeClient, server_tls: ssl.SSLContext, late: float
) -> None:
    script = {"STARTTLS": [Send(b"220 Ready\r\n"), Silence(late), Send(b"250 injected\r\n"), Silence(1)]}
    if not late:
        script["STARTTLS"] = [Send(b"220 Ready\r\n250 injected\r\n"), Silence(1)]
    async with hostile_server(script, server_tls) as server:
        session = await make_client().open("127.0.0.1", server.port, deadline=60)
        await session.ehlo("[127.0.0.1]")
        with pytest.raises(CheckError) as caught:
            await session.starttls()
    assert caught.value.code == "smtp.injected"
    assert "250 injected" in str(caught.value.values["said"])


@pytest.mark.parametrize(
    ("actions", "code"),
    [
        ([Send(b"454 4.7.0 TLS not available\r\n")], "smtp.starttls_refused"),
        ([Reset()], "smtp.connection_lost"),
        ([Send(b"220 Ready\r\n"), Reset()], "smtp.connection_lost"),
        ([Send(b"220 Ready\r\n"), Silence()], "smtp.reply_timed_out"),
        ([Send(b"220 Ready\r\n"), Close()], "smtp.connection_lost"),
        (
            [
                Send(b"220 Ready\r\n\x15\x03\x01\x00\x02\x02\x46"[:11]),
                Silence(0.2),
                Send(b"\x15\x03\x01\x00\x02\x02\x46"),
            ],
            "smtp.tls_failed",
        ),
    ],
)
async def test_s14_starttls_that_fails_ends_the_session(
    make_client: MakeClient, actions: Sequence[Action], code: str
) -> None:
    async with hostile_server({"STARTTLS": actions}) as server:
        session = await make_client(reply_limit=0.5).open("127.0.0.1", server.port, deadline=60)
        with pytest.raises(CheckError) as caught:
            await session.starttls()
    assert caught.value.code == code
    assert not session.usable


async def test_starttls_works_with_a_certificate_nobody_trusts(
    make_client: MakeClient, server_tls: ssl.SSLContext
) -> None:
    async with (
        hostile_server({"STARTTLS": [Send(b"220 Ready\r\n"), StartTls()]}, server_tls) as server,
        await make_client().open("127.0.0.1", server.port, deadline=60) as session,
    ):
        facts = await session.starttls()
        hello = await session.ehlo("[127.0.0.1]")
    assert facts.version.startswith("TLSv1.") and facts.certificate
    assert hello.offers("PIPELINING")
    assert server.received == ["STARTTLS", "EHLO [127.0.0.1]", "QUIT"]


async def test_implicit_tls_reads_the_greeting_encrypted(make_client: MakeClient, server_tls: ssl.SSLContext) -> None:
    async with hostile_server({}, server_tls, implicit_tls=True) as server:
        client = make_client()
        async with await client.open("127.0.0.1", server.port, tls=True, server_name="mx.example.jp", deadline=60) as s:
            assert s.greeting.code == 220
            assert s.tls is not None


async def test_s25_plain_text_on_the_tls_port_is_named(make_client: MakeClient) -> None:
    async with hostile_server() as server:
        with pytest.raises(CheckError) as caught:
            await make_client().open("127.0.0.1", server.port, tls=True, deadline=60)
    assert caught.value.code == "smtp.plain_on_tls_port"
    assert str(caught.value.values["said"]).startswith("220 mx.example.jp")


@pytest.mark.parametrize("moment", ["EHLO", "MAIL", "RCPT", "RSET"])
async def test_s17_a_reset_names_where_it_happened(make_client: MakeClient, moment: str) -> None:
    async with hostile_server({moment: [Reset()]}) as server:
        session = await make_client().open("127.0.0.1", server.port, deadline=60)
        with pytest.raises(CheckConnectionError) as caught:
            for line in ("EHLO x", "MAIL FROM:<>", "RCPT TO:<relaytest@example.net>", "RSET"):
                await session.command(line)
    assert (caught.value.code, caught.value.values["state"]) == ("smtp.connection_lost", moment)


async def test_s17_a_reset_at_quit_changes_nothing(make_client: MakeClient) -> None:
    async with (
        hostile_server({"QUIT": [Reset()]}) as server,
        await make_client().open("127.0.0.1", server.port, deadline=60) as session,
    ):
        reply = await session.command("RSET")
    assert reply.code == 250


async def test_s17_a_reset_at_the_banner(make_client: MakeClient) -> None:
    error = await _error_at_connect(make_client(), [Reset()])
    assert (error.code, error.values["state"]) == ("smtp.connection_lost", "greeting")


async def test_s20_a_tarpit_can_be_cancelled_at_once(make_client: MakeClient) -> None:
    async with asyncio.timeout(HANG), hostile_server({"MAIL": [Silence(NEVER)]}) as server:
        session = await make_client(reply_limit=NEVER).open("127.0.0.1", server.port, deadline=NEVER)
        task = asyncio.create_task(session.command("MAIL FROM:<>"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not session.usable


@pytest.mark.parametrize("line", ["RCPT TO:<a\r\nDATA>", "RCPT TO:<a\n>", "RCPT TO:<a\x00>", "RCPT TO:<" + "a" * 600])
async def test_s24_our_own_unsafe_command_is_never_sent(make_client: MakeClient, line: str) -> None:
    async with hostile_server() as server, await make_client().open("127.0.0.1", server.port, deadline=60) as session:
        with pytest.raises(UsageError, match="bad_command"):
            await session.command(line)
        assert (await session.command("RSET")).code == 250
    assert server.received == ["RSET", "QUIT"]


async def test_after_a_timeout_the_session_is_never_used_again(make_client: MakeClient) -> None:
    async with hostile_server({"MAIL": [Silence()]}) as server:
        session = await make_client(reply_limit=0.2).open("127.0.0.1", server.port, deadline=60)
        with pytest.raises(CheckTimeoutError):
            await session.command("MAIL FROM:<>")
        with pytest.raises(CheckError):
            await session.command("RSET")
    assert server.received == ["MAIL FROM:<>"]


async def test_a_closed_port_is_refused(make_client: MakeClient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening
        with pytest.raises(CheckConnectionError, match="connection_refused"):
            await make_client().open("127.0.0.1", taken.getsockname()[1], deadline=60)


async def test_the_way_and_the_journal_show_the_address_the_person_knows() -> None:
    journal = Journal()
    async with hostile_server() as server:
        reroute = Reroute({("203.0.113.25", 25): ("127.0.0.1", server.port)}, closed=True)
        client = SmtpClient(reroute, journal)
        async with await client.open("203.0.113.25", 25, deadline=60) as session:
            assert (session.peer_address, session.rerouted) == ("203.0.113.25", True)
        with pytest.raises(CheckConnectionError, match="connection_refused"):
            await client.open("203.0.113.26", 25, deadline=60)
    assert journal.contacted[0] == "203.0.113.25:25 (SMTP)"
    assert session.transcript[0].asked == "(connect 203.0.113.25:25)"
    assert session.transcript[-1].asked == "QUIT"


async def test_a_host_name_is_no_address(make_client: MakeClient) -> None:
    with pytest.raises(UsageError, match="bad_address"):
        await make_client().open("mx.example.jp", 25, deadline=60)
