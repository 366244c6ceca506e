"""名前をなくした会社。 The server is well and nobody finds it: the domain has ended, or its DNS leads elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.servers import whois_server
from tests.servers.lab import REFUSES
from tests.stories.company import BIG, Company, OpenCompany
from tests.stories.company import _running as running

pytestmark = pytest.mark.story
_SLOW = pytest.mark.slow
REGISTRY = "198.51.100.43"
PARKED = ("ns1.onamae-expired.com", "ns2.onamae-expired.com")
OWN = ("ns1.example.jp", "ns2.example.jp")
# The seller's page "this domain has expired": any name leads there, and there are no other records.
FOR_RENT = (
    "@ SOA ns1.onamae-expired.com. admin.onamae-expired.com. 1 3600 600 86400 60\n@ NS ns1.onamae-expired.com.\n"
    f"@ NS ns2.onamae-expired.com.\n@ A {BIG}\n* A {BIG}\n"
)


@contextmanager
def registry(office: Company, days: float, state: str = "Active", servers: tuple[str, ...] = OWN) -> Iterator[None]:
    """The registry of .jp, and what it says of example.jp."""
    answer = office.folder / "whois.txt"
    answer.write_text(whois_server.jprs_answer("example.jp", days, state, servers), encoding="ascii")
    office.lab.outside.run(["ip", "address", "replace", f"{REGISTRY}/32", "dev", "eth0"])
    with running(office.lab.outside, [whois_server.__file__, REGISTRY, str(answer)]):
        yield


WHOIS = {"jprs.jp": f"whois A {REGISTRY}\n"}


@_SLOW
def test_nobody_paid_for_the_domain(company: OpenCompany) -> None:
    """更新はがきは前任者の机の中。 The renewal letter went to somebody who left in spring. Since last night the name
    does not exist any more: no mail, no web page. The server hums along and knows nothing of it."""
    office = company("pf-closed", more_zones={**WHOIS, "example.jp": None})
    with registry(office, days=-9, state="Suspended"):
        told = office.check("--symptom", "not_received")
    told.first_is("domain_expired", "confirmed", "domain_company")
    told.well("server_health", "mail_queue", "mail_log", "smtp_banner", "dnsbl")


@_SLOW
def test_the_seller_shows_a_page_of_advertisements_in_our_name(company: OpenCompany) -> None:
    """An expired name whose seller keeps it for a month. No MX, and no SPF record either: that is no second fault, the
    records left with the name."""
    office = company("pf-closed", more_zones={**WHOIS, "example.jp": FOR_RENT})
    with registry(office, days=-3, servers=PARKED):
        told = office.check("--symptom", "not_delivered")
    told.first_is("domain_expired", "confirmed", "domain_company")
    assert "domain_life.parked" in told.first["findings"]
    assert "sender_auth_failing" in told.causes[:3], told.summary
    told.well("server_health", "mail_queue", "mail_log", "smtp_banner", "dnsbl")


@_SLOW
def test_the_registry_is_silent_and_the_name_is_gone(company: OpenCompany) -> None:
    """The hotel's network lets no WHOIS out. That the name does not exist can still be seen, and is said with care."""
    office = company("pf-closed", more_zones={"example.jp": None})
    told = office.check("--symptom", "not_received")
    told.first_is("domain_expired", "possible|likely", "domain_company")
    told.well("server_health", "mail_queue", "smtp_banner", "dnsbl")


@_SLOW
def test_ten_days_before_the_end_is_no_alarm(company: OpenCompany) -> None:
    """Not yet: the app says by when to pay, and does not call it the cause."""
    office = company("pf-closed", more_zones=WHOIS)
    with registry(office, days=10.5):
        told = office.check("--symptom", "checkup")
    assert told.result("domain_life")["severity"] == "warning"
    assert not told.critical and "domain_expired" not in told.causes, told.summary


@_SLOW
def test_the_web_company_moved_the_dns_and_left_the_mail_behind(company: OpenCompany) -> None:
    """新しいホームページの日から。 The web design company took over the DNS. It copied the pages' records, not the
    MX."""
    web = '@ A 198.51.100.40\nwww A 198.51.100.40\n@ TXT "v=spf1 -all"\n'
    office = company("pf-closed", more_zones={"example.jp": web})
    told = office.check("--symptom", "not_received")
    told.first_is("dns_moved", "likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "mail_log", "smtp_banner", "open_relay", "dnsbl")


@_SLOW
def test_the_mx_leads_to_the_server_of_before(company: OpenCompany) -> None:
    """The new DNS company restored a copy of 2019. Its MX names the old server, which nobody has switched on since."""
    old = f"@ MX 10 old\nold A {REFUSES}\nwww A {BIG}\n"
    office = company("pf-closed", more_zones={"example.jp": f'{old}@ TXT "v=spf1 ip4:203.0.113.0/24 -all"\n'})
    known = ["--domain", "example.jp", "--resolver", office.dns.server, *office.ssh, "--own-server"]
    told = office.person(*known, "--symptom", "not_received")
    told.first_is("dns_moved", "likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "mail_log", "dnsbl")


@_SLOW
def test_two_name_servers_tell_two_stories(company: OpenCompany) -> None:
    """届くメールと届かないメール。 The second name server still answers with the records of last year: half of the
    world sends to a machine that has been scrapped."""
    office = company("pf-closed")
    first, second = office.lab.dns(office.dns.zones), office.lab.dns(office.dns.zones)
    head = "@ SOA ns1 admin {serial} 3600 600 86400 60\n@ NS ns1\n@ NS ns2\n"
    names = f'ns1 A {first.address}\nns2 A {second.address}\n_dmarc TXT "v=DMARC1; p=none"\n@ TXT "v=spf1 mx -all"\n'
    first.zones["example.jp"] = f"{head.format(serial=9)}{names}@ MX 10 mail\nmail A {office.server.address}\n"
    second.zones["example.jp"] = f"{head.format(serial=4)}{names}@ MX 10 old\nold A {REFUSES}\n"
    with first, second:
        told = office.check("--symptom", "not_received", "--resolver", first.server)
    told.first_is("dns_moved", "likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "mail_log", "smtp_banner", "dnsbl")
