"""A list of senders nobody can use: a line to copy where that takes no decision, else what there is to decide."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest

from core.checks.sender_auth import CHECK
from core.checks.sender_auth.spf_repair import spellings
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.spf import SpfDoor
from core.model import AddressSource, Context, Finding, SendingAddress, Target
from core.texts import LANGUAGES, Texts
from tests.servers.dns_server import DnsServer, Reply, always

DOMAIN, ADDRESS, HANDED = "midori.example", "203.0.113.25", "redirect=spf.sender.example"


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as one:
        one.add("spf.sender.example", "TXT", '"v=spf1 ip4:198.51.100.0/24 -all"')
        one.add("two.sender.example", "TXT", '"v=spf1 -all"', '"v=spf1 +all"')
        one.add("slip.sender.example", "TXT", '"v=spf1 ip4:198.51.100.999 -all"')
        for number in range(11):
            one.add(f"i{number}.sender.example", "TXT", '"v=spf1 ip4:198.51.100.1 -all"')
        one.add(
            "big.sender.example", "TXT", '"v=spf1 ' + " ".join(f"include:i{n}.sender.example" for n in range(5)) + '"'
        )
        yield one


async def findings(server: DnsServer, *records: str, source: AddressSource = "ssh") -> dict[str, Finding]:
    parts = [[record[at : at + 250] for at in range(0, len(record), 250)] for record in records]
    server.add(DOMAIN, "TXT", *(" ".join(f'"{part}"' for part in record) for record in parts))
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    context = Context(Target(domain=DOMAIN), addresses=(SendingAddress(ADDRESS, source),))
    found = CHECK.judge(await CHECK.measure(context, clients))
    for one in found:
        assert set(one.values) == set(CHECK.codes[one.code]), one.code
    return {one.code.removeprefix("sender_auth."): one for one in found}


@pytest.mark.parametrize(
    ("record", "proposed"),
    [
        ("v=spf1 ipv4:203.0.113.25 -all", "v=spf1 ip4:203.0.113.25 -all"),
        ("v=spf1 ip:203.0.113.25 -all", "v=spf1 ip4:203.0.113.25 -all"),
        ("v=spf1 203.0.113.25 -all", "v=spf1 ip4:203.0.113.25 -all"),
        ("v=spf1 ip4:203.0.113.25, -all", "v=spf1 ip4:203.0.113.25 -all"),
        ("v=spf1 ip4: 203.0.113.25 -all", "v=spf1 ip4:203.0.113.25 -all"),
        ("v=spf1 ip4:203.0.113.25 ip4:2001:db8::5 ~all", "v=spf1 ip4:203.0.113.25 ip6:2001:db8::5 ~all"),
        ("v=spf1 mx include=spf.sender.example ~ all", f"v=spf1 ip4:{ADDRESS} mx include:spf.sender.example ~all"),
        ("v=spf1 ip4:203.0.113.25 \\226\\128\\147all", "v=spf1 ip4:203.0.113.25 -all"),  # a dash of print
        ("v=spf1 ip4:198.51.100.1, -all", f"v=spf1 ip4:{ADDRESS} ip4:198.51.100.1 -all"),  # our address was missing too
        (f"v=spf1 {HANDED} {HANDED}", f"v=spf1 ip4:{ADDRESS} {HANDED}"),
    ],
)  # fmt: skip
async def test_a_slip_of_the_pen_has_its_line(server: DnsServer, record: str, proposed: str) -> None:
    found = (await findings(server, record))["spf_permerror"]
    assert (found.values["proposed"], found.values["steps"]) == (proposed, "sender_auth.spf_way.line")
    door = SpfDoor(Resolver(server.address, Reroute(), Journal(), 4.0))
    result = await door.check(ADDRESS, f"postmaster@{DOMAIN}", "", record=proposed)
    assert result.result == "pass", "what is proposed works"
    for language in LANGUAGES:
        assert Texts(language).steps("sender_auth.spf_permerror", found.values)[0].endswith(proposed)


@pytest.mark.parametrize(
    ("record", "proposed", "dropped"),
    [
        ("v=spf1 mx:gone.example ip4:203.0.113.25 include:none.example -all",
         "v=spf1 mx:gone.example ip4:203.0.113.25 -all",
         ["include:none.example"]),
        ("v=spf1 include:midori.example ip4:203.0.113.25 -all", "v=spf1 ip4:203.0.113.25 -all",
         ["include:midori.example"]),
        ("v=spf1 a:n1.example a:n2.example mx:n3.example ip4:203.0.113.25 -all", "v=spf1 ip4:203.0.113.25 -all",
         ["a:n1.example", "a:n2.example", "mx:n3.example"]),
        ("v=spf1 ip4:203.0.113.25 redirect=none.example", "v=spf1 ip4:203.0.113.25 ~all", ["redirect=none.example"]),
        ("v=spf1 include:none.example -all", "v=spf1 ip4:203.0.113.25 ~all", ["include:none.example"]),
    ],
)  # fmt: skip
async def test_what_allows_nobody_may_go(server: DnsServer, record: str, proposed: str, dropped: list[str]) -> None:
    values = (await findings(server, record))["spf_permerror"].values
    assert (values["proposed"], values["dropped"]) == (proposed, dropped)
    assert values["steps"] == "sender_auth.spf_way.shorter" and values["term"] in (*dropped, "n3.example")


async def test_with_two_faults_the_place_is_that_of_the_one_told(server: DnsServer) -> None:
    values = (await findings(server, "v=spf1 include:none.example ipv4:203.0.113.25 -all"))["spf_permerror"].values
    assert (values["problem"], values["term"]) == ("syntax", "ipv4:203.0.113.25")
    assert (values["proposed"], values["dropped"]) == ("v=spf1 ip4:203.0.113.25 -all", ["include:none.example"])


async def test_which_service_to_give_up_is_for_people(server: DnsServer) -> None:
    rest = " ".join(f"include:i{number}.sender.example" for number in range(5, 10))
    values = (await findings(server, f"v=spf1 {rest} include:big.sender.example -all"))["spf_permerror"].values
    assert values["problem"] == "too_many_lookups" and values["proposed"] is None
    costs = values["costs"]
    assert isinstance(costs, list) and costs[0] == "include:big.sender.example (6)" and len(costs) == 6
    assert values["steps"] == "sender_auth.spf_way.decide"


@pytest.mark.parametrize("name", ["two.sender.example", "slip.sender.example"])
async def test_a_fault_in_the_list_of_others_is_theirs(server: DnsServer, name: str) -> None:
    values = (await findings(server, f"v=spf1 include:spf.sender.example include:{name} -all"))["spf_permerror"].values
    assert (values["proposed"], values["steps"]) == (None, "sender_auth.spf_way.theirs")
    assert values["term"] == f"include:{name}"


@pytest.mark.parametrize("term", ["ip4:203.0.113.300", "moo", "ip4:203.0.113.25/64", "all:mx", "mail.midori.example"])
async def test_a_slip_that_may_mean_several_things_is_shown_and_not_guessed(server: DnsServer, term: str) -> None:
    values = (await findings(server, f"v=spf1 {term} -all"))["spf_permerror"].values
    assert (values["term"], values["proposed"], values["steps"]) == (term, None, None)
    assert term in Texts("ja").steps("sender_auth.spf_permerror", values)[0]


async def test_two_lists_joined_are_tried_out_first(server: DnsServer) -> None:
    lists = f"v=spf1 include:spf.sender.example ip4:{ADDRESS} -all", "v=spf1 include:none.example ip4:198.51.100.7 ~all"
    values = (await findings(server, *lists))["spf_two_records"].values
    expected = {"v=spf1", "include:spf.sender.example", f"ip4:{ADDRESS}", "ip4:198.51.100.7", "~all"}
    assert set(str(values["proposed"]).split(" ")) == expected and str(values["proposed"]).endswith(" ~all")
    assert (values["dropped"], values["steps"]) == (["include:none.example"], "sender_auth.spf_way.joined_shorter")


async def test_two_lists_that_cannot_be_joined_are_told_apart(server: DnsServer) -> None:
    halves = [" ".join(f"include:i{number}.sender.example" for number in half) for half in (range(6), range(5, 11))]
    values = (await findings(server, *(f"v=spf1 {half} -all" for half in halves)))["spf_two_records"].values
    assert values["steps"] == "sender_auth.spf_way.joined" and len(values["costs"] or ()) == 11  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 a mx ip4:192.0.2.0/24 include:spf.example.jp exists:%{i}.example exp=why.example -all",
        "v=spf1 mx/24//64 a:mail.example/28 ptr ?all",
        "v=spf1 redirect=_spf.example",
    ],
)
def test_a_sound_record_stays_as_it_is(record: str) -> None:
    assert spellings(record) == record


async def test_name_servers_that_take_their_time_cost_only_the_proposal(
    server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["core.checks.sender_auth.measure"], "REPAIR_LIMIT", 0.3)
    server.script("slow.example", always(Reply((("TXT", '"v=spf1 -all"'),), delay=0.6)))
    record = "v=spf1 " + " ".join(f"include:{number}.slow.example" for number in range(8)) + " moo -all"
    values = (await findings(server, record))["spf_permerror"].values
    assert values["proposed"] is None and values["term"] == "moo"


async def test_a_line_that_could_not_be_tried_out_is_not_proposed(server: DnsServer) -> None:
    server.script("failing.example", always(Reply(rcode="SERVFAIL")))
    found = await findings(server, "v=spf1 ip4:203.0.113.25, ipv4:198.51.100.1 include:failing.example -all")
    assert found["spf_permerror"].values["proposed"] is None


async def test_lists_that_joined_are_longer_than_a_record_may_be_have_no_line(server: DnsServer) -> None:
    halves = [" ".join(f"ip4:198.51.{half}.{number}" for number in range(200)) for half in (100, 101)]
    values = (await findings(server, *(f"v=spf1 {half} -all" for half in halves)))["spf_two_records"].values
    assert values["steps"] == "sender_auth.spf_way.joined"


def long_record(ending: str = "-all") -> str:
    return "v=spf1 " + " ".join(f"ip4:198.51.100.{number}" for number in range(80)) + f" {ending}"


async def test_a_long_line_is_proposed_whole(server: DnsServer) -> None:
    found = await findings(server, long_record())
    assert found["spf_fail"].values["proposed"] == long_record().replace("v=spf1", f"v=spf1 ip4:{ADDRESS}")


async def test_a_long_line_with_a_slip_is_repaired_whole(server: DnsServer) -> None:
    slip = long_record().replace("ip4:198.51.100.7 ", "ipv4:198.51.100.7 ")
    expected = long_record().replace("v=spf1", f"v=spf1 ip4:{ADDRESS}")
    assert (await findings(server, slip))["spf_permerror"].values["proposed"] == expected


async def test_a_long_open_line_is_closed_whole(server: DnsServer) -> None:
    opened = (await findings(server, long_record("+all")))["spf_too_open"].values["proposed"]
    assert opened == long_record("~all").replace("v=spf1", f"v=spf1 ip4:{ADDRESS}")


async def test_long_lists_are_joined_whole(server: DnsServer) -> None:
    joined = await findings(server, long_record(), "v=spf1 ip4:192.0.2.9 -all")
    assert str(joined["spf_two_records"].values["proposed"]).split(" ").count("ip4:198.51.100.79") == 1


async def test_many_lists_are_joined_without_losing_one(server: DnsServer) -> None:
    lists = [f"v=spf1 ip4:198.51.100.{number} -all" for number in range(9)]
    proposed = str((await findings(server, *lists))["spf_two_records"].values["proposed"])
    assert proposed == " ".join(["v=spf1", *(f"ip4:198.51.100.{number}" for number in range(9)), "-all"])


@pytest.mark.parametrize("record", ["v=spf1 ipv4:198.51.100.1 -all", "v=spf1 include:none.example ~all"])
@pytest.mark.parametrize("source", ["bounce", "header"])
async def test_who_wrote_the_pasted_mail_does_not_write_himself_onto_the_list(
    server: DnsServer, record: str, source: AddressSource
) -> None:
    values = (await findings(server, record, source=source))["spf_permerror"].values
    assert ADDRESS not in str(values["proposed"])


async def test_a_line_that_lets_everybody_send_is_no_repair(server: DnsServer) -> None:
    values = (await findings(server, "v=spf1 ipv4:0.0.0.0/0 -all"))["spf_permerror"].values
    assert values["proposed"] is None and values["term"] == "ipv4:0.0.0.0/0"


async def test_what_stood_behind_everybody_still_counts_in_the_closed_list(server: DnsServer) -> None:
    values = (await findings(server, "v=spf1 +all include:spf.sender.example"))["spf_too_open"].values
    assert values["proposed"] == f"v=spf1 ip4:{ADDRESS} include:spf.sender.example ~all"
