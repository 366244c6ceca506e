"""Registrations alive, running out, stopped and gone, in the registries' own shapes; hostile and broken answers."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta

import pytest

from core.checks.domain_life.rdap import read_rdap
from core.checks.domain_life.whois_text import read_whois
from core.errors import CheckError
from core.knowledge.registries import parking_kind, registry_of
from core.model import Severity
from core.resources import resources_dir

OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN
JPRS, VERISIGN = "whois.jprs.jp", "rdap.verisign.com"
BANNER = """[ JPRS database provides information on network administration. Its use is    ]
[ restricted to network administration purposes. For further information,     ]
[ use 'whois -h whois.jprs.jp help'. To suppress Japanese output, add'/e'     ]
[ at the end of command, e.g. 'whois -h whois.jprs.jp xxx/e'.                 ]
"""


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def jp(days: float = 200, state: str = "Active", servers: tuple[str, ...] = ("ns1.midori.jp", "ns2.midori.jp")) -> str:
    names = "".join(f"[Name Server]                   {server}\n" for server in servers)
    return (
        f"{BANNER}Domain Information:\n[Domain Name]                   MIDORI.JP\n\n"
        f"[Registrant]                    Midori Trading Co., Ltd.\n\n{names}[Signing Key]                   \n\n"
        f"[Created on]                    2001/03/26\n[Expires on]                    {in_days(days):%Y/%m/%d}\n"
        f"[Status]                        {state}\n[Last Updated]                  2026/04/01 01:05:04 (JST)\n\n"
        "Contact Information:\n[Name]                          Midori Trading Co., Ltd.\n[Email]     x@midori.jp\n"
    )


def jp_in_japanese(days: float) -> bytes:
    text = (
        f"{BANNER}Domain Information: [ドメイン情報]\n[ドメイン名]                    MIDORI.JP\n\n"
        "[登録者名]                      株式会社みどり商事\n[Registrant]                    Midori Trading\n\n"
        "[Name Server]                   ns1.midori.jp\n\n[登録年月日]                    2001/03/26\n"
        f"[有効期限]                      {in_days(days):%Y/%m/%d}\n[状態]                          Active\n"
        "[最終更新]                      2026/04/01 01:05:04 (JST)\n\nContact Information: [公開連絡窓口]\n"
    )
    return text.encode("iso2022_jp")


def co_jp(days: float = 200, state: str = "Connected", japanese: bool = False) -> bytes:
    label = "[状態]                         " if japanese else "[State]                        "
    text = (
        f"{BANNER}Domain Information:\na. [Domain Name]                MIDORI.CO.JP\n"
        "g. [Organization]               Midori Trading Co., Ltd.\nl. [Organization Type]          corporation\n"
        "m. [Administrative Contact]     AB12345JP\nn. [Technical Contact]          CD67890JP\n"
        "p. [Name Server]                ns1.midori.co.jp\ns. [Signing Key]                \n"
        f"{label} {state} ({in_days(days):%Y/%m/%d})\n[Registered Date]               1999/03/15\n"
        "[Connected Date]                1999/03/16\n[Last Update]                   2026/04/01 01:02:03 (JST)\n"
    )
    return text.encode("iso2022_jp")


def rdap(days: float | None = 200, status: tuple[str, ...] = ("client transfer prohibited",), **more: object) -> bytes:
    events = [{"eventAction": "registration", "eventDate": "1998-05-02T04:00:00Z"}]
    if days is not None:
        events.append({"eventAction": "expiration", "eventDate": in_days(days).strftime("%Y-%m-%dT%H:%M:%SZ")})
    document = {
        "objectClassName": "domain",
        "handle": "1234_DOMAIN_COM-VRSN",
        "ldhName": "MIDORI.COM",
        "status": list(status),
        "events": events,
        "nameservers": [{"objectClassName": "nameserver", "ldhName": "NS1.MIDORI.COM"}],
        "entities": [
            {
                "objectClassName": "entity",
                "roles": ["registrar"],
                "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Sample Registrar, Inc."]]],
                "entities": [
                    {
                        "roles": ["abuse"],
                        "vcardArray": ["vcard", [["tel", {"type": "voice"}, "uri", "tel:+81.312345678"]]],
                    }
                ],
            }
        ],
        **more,
    }
    return http(200, json.dumps(document).encode())


def http(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/rdap+json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (200, ("ok", OK)),
        (32, ("ok", OK)),
        (25, ("expires_this_month", WARNING)),
        (5, ("expires_this_week", WARNING)),
        (0.5, ("expires_today", WARNING)),
        (-3, ("expired", CRITICAL)),
    ],
)
async def test_how_long_it_still_runs(ask, days: float, said: tuple[str, Severity]) -> None:
    assert (await ask("midori.com", VERISIGN, rdap(days)))[0] == [said]


async def test_the_one_to_call_is_named(ask) -> None:
    _, found = await ask("midori.com", VERISIGN, rdap(-3))
    assert found[0].values["registrar"] == "Sample Registrar, Inc."
    assert found[0].values["phone"] == "+81.312345678"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("client hold", "on_hold"),
        ("server hold", "on_hold"),
        ("redemption period", "being_deleted"),
        ("pending delete", "being_deleted"),
    ],
)
async def test_states_that_stop_a_domain(ask, status: str, code: str) -> None:
    assert (await ask("midori.com", VERISIGN, rdap(status=(status,))))[0] == [(code, CRITICAL)]


async def test_states_that_only_lock_it_are_fine(ask) -> None:
    locked = ("client delete prohibited", "server transfer prohibited", "auto renew period", "active")
    assert (await ask("midori.com", VERISIGN, rdap(status=locked)))[0] == [("ok", OK)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (jp().encode(), ("ok", OK)),
        (jp(20).encode(), ("expires_this_month", WARNING)),
        (jp(-5).encode(), ("expired", CRITICAL)),
        (jp_in_japanese(200), ("ok", OK)),
        (jp_in_japanese(4), ("expires_this_week", WARNING)),
        (jp(state="Suspended").encode(), ("on_hold", CRITICAL)),
        (jp(state="To be suspended").encode(), ("being_deleted", CRITICAL)),
        (f"{BANNER}No match!!\n\nJPRS WHOIS\n".encode(), ("not_registered", CRITICAL)),
    ],
)
async def test_jp(ask, answer: bytes, said: tuple[str, Severity]) -> None:
    asked: list[bytes] = []
    assert (await ask("midori.jp", JPRS, answer, asked))[0] == [said]
    assert asked == [b"midori.jp/e\r\n"]


@pytest.mark.parametrize("japanese", [False, True])
async def test_co_jp_has_its_date_in_its_state(ask, japanese: bool) -> None:
    said, found = await ask("mail.midori.co.jp", JPRS, co_jp(20, japanese=japanese))
    assert said == [("expires_this_month", WARNING)]
    assert found[0].values["domain"] == "midori.co.jp"
    assert str(found[0].values["expires"]).endswith("23:59:59+09:00")


async def test_not_registered_by_rdap(ask) -> None:
    said, _ = await ask("midori.com", VERISIGN, http(404, b'{"errorCode":404,"title":"Not Found"}'))
    assert said == [("not_registered", CRITICAL)]


@pytest.mark.parametrize(
    ("server", "said"),
    [("ns1.midori.jp.", [("contradicted", WARNING)]),
     ("ns1.sedoparking.com.", [("parked", CRITICAL), ("contradicted", WARNING)])],
)  # fmt: skip
async def test_d13_a_plain_text_no_against_a_living_dns_is_no_proof(ask, dns, server: str, said: list[object]) -> None:
    """WHOIS can be answered by whoever owns the network: it must not raise the alarm alone."""
    dns.add("midori.jp", "NS", server)
    assert (await ask("midori.jp", JPRS, f"{BANNER}No match!!\n".encode()))[0] == said


@pytest.mark.parametrize(
    ("domain", "server", "answer"),
    [
        ("midori.jp", JPRS, jp(-5).replace("MIDORI.JP", "MIDORI-SHOP.JP").encode()),
        ("midori.jp", JPRS, jp(200).replace("MIDORI.JP", "MIDORI.JP.EVIL.EXAMPLE").encode()),
        ("midori.com", VERISIGN, rdap(-5, ldhName="MIDORI-SHOP.COM")),
    ],
)
async def test_an_answer_about_another_domain_tells_nothing(ask, domain: str, server: str, answer: bytes) -> None:
    said, found = await ask(domain, server, answer)
    assert said == [("other_domain", UNKNOWN)]
    assert found[0].values["domain"] == domain and str(found[0].values["other"]).lower().startswith("midori")


async def test_an_answer_about_another_domain_does_not_hide_a_parked_one(ask, dns) -> None:
    dns.add("midori.jp", "NS", "ns1.sedoparking.com.")
    said, _ = await ask("midori.jp", JPRS, jp().replace("MIDORI.JP", "OTHER.JP").encode())
    assert said == [("parked", CRITICAL), ("other_domain", UNKNOWN)]


@pytest.mark.parametrize("written", ["みどり.jp", "みどり.JP", "XN--P9J0B8A.JP", "xn--p9j0b8a.jp."])
async def test_a_name_in_japanese_letters_is_the_same_however_it_is_written(ask, written: str) -> None:
    answer = jp().replace("[Domain Name]                   MIDORI.JP", f"[Domain Name]                   {written}")
    assert (await ask("みどり.jp", JPRS, answer.encode()))[0] == [("ok", OK)]


async def test_parked(ask, dns) -> None:
    dns.add("midori.com", "NS", "ns1.sedoparking.com.", "ns2.sedoparking.com.")
    said, found = await ask("midori.com", VERISIGN, rdap())
    assert said == [("parked", CRITICAL)]
    assert found[0].values["kind"] == "for_sale"


async def test_one_strange_name_server_is_no_parking(ask, dns) -> None:
    dns.add("midori.com", "NS", "ns1.sedoparking.com.", "ns1.midori.com.")
    assert (await ask("midori.com", VERISIGN, rdap()))[0] == [("ok", OK)]


async def test_an_unknown_top_level_domain_is_said_so(ask) -> None:
    assert (await ask("midori.invalid", "whois.nowhere.example", None))[0] == [("unknown_registry", UNKNOWN)]


async def test_a_registry_that_gives_no_date(ask) -> None:
    text = b"Domain: midori.de\nNserver: ns1.midori.de\nStatus: connect\nChanged: 2024-05-11T10:00:00+02:00\n"
    assert (await ask("midori.de", "whois.denic.de", text))[0] == [("ok_undated", OK)]
    free = b"Domain: midori.de\nStatus: free\n"
    assert (await ask("midori.de", "whois.denic.de", free))[0] == [("not_registered", CRITICAL)]


@pytest.mark.parametrize(
    "answer",
    [
        http(200, b"not json"),
        http(200, b"[" * 60_000),
        http(200, b'{"objectClassName":"entity"}'),
        http(429, b"slow down"),
        http(302, b""),
        http(200, b'{"objectClassName":"domain","events":7,"entities":[1,{"roles":"registrar"}],"status":[{}]}'),
    ],
)
async def test_answers_that_cannot_be_read_are_no_verdict(ask, answer: bytes) -> None:
    said, _ = await ask("midori.com", VERISIGN, answer)
    assert said in ([("unreadable", UNKNOWN)], [("ok_undated", OK)])


@pytest.mark.parametrize("answer", [b"", b"\x1b]52;c;x\x07" * 100, b"quota exceeded, try later\n", b"\xff" * 200_000])
async def test_whois_that_says_nothing_useful(ask, answer: bytes) -> None:
    said, found = await ask("midori.jp", JPRS, answer)
    assert said == [("unreadable", UNKNOWN)]
    assert "\x1b" not in str(found[0])


@pytest.mark.parametrize(("domain", "server"), [("midori.com", VERISIGN), ("midori.jp", JPRS)])
async def test_a_closed_registry_is_could_not_look(ask, domain: str, server: str) -> None:
    with pytest.raises(CheckError):
        await ask(domain, server, None)


async def test_a_parked_name_is_told_without_the_registry(ask, dns) -> None:
    dns.add("midori.com", "NS", "ns1.sedoparking.com.", "ns2.sedoparking.com.")
    assert (await ask("midori.com", VERISIGN, None))[0] == [("parked", CRITICAL)]


async def test_a_registry_with_a_strangers_certificate_is_not_believed(ask, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(CheckError) as caught:
        await ask("midori.com", VERISIGN, rdap())
    assert caught.value.code == "http.not_trusted"


async def test_an_endless_answer_is_cut(ask) -> None:
    with pytest.raises(CheckError) as caught:
        await ask("midori.com", VERISIGN, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000)
    assert caught.value.code == "http.too_much"


def test_other_registries_shapes() -> None:
    uk = "Domain Name: midori.kr\nRegistrar: Sample\nExpiration Date             : 2027. 08. 01.\nStatus: ok\n"
    found = read_whois(uk)
    assert found and found.expires == datetime(2027, 8, 1, tzinfo=UTC) and found.registrar == "Sample"
    hold = "   Domain Name: MIDORI.IO\n   Domain Status: clientHold https://icann.org/epp#clientHold\n"
    found = read_whois(hold)
    assert found and found.statuses == ("clienthold",)


def test_rdap_that_is_no_object() -> None:
    assert [read_rdap(thing) for thing in (None, [], "x", 7, {})] == [None] * 5


def test_the_data_files_own_examples() -> None:
    for name in ("registries.toml", "parking.toml"):
        for example in tomllib.loads((resources_dir() / "data" / name).read_text(encoding="utf-8"))["example"]:
            if "domain" in example:
                found = registry_of(example["domain"])
                assert (found.rdap, found.whois) == (example.get("rdap"), example.get("whois"))
            else:
                assert parking_kind(example["name_server"]) == example.get("kind")
