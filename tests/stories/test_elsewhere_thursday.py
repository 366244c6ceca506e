"""よその会社の木曜日。 A fourth batch of companies, invented from the list of causes alone by somebody who had not read
the rules; and pairs of troubles that hide each other."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from tests.servers.lab import SILENT
from tests.stories.company import BIG, CUSTOMERS, ONE_OF_EACH, STRANGERS, Company, OpenCompany, World, refused
from tests.stories.restarts import EXIM_AGAIN, POSTFIX_AGAIN
from tests.stories.test_broken_on_the_server import _SMALL_DISK
from tests.stories.test_doors import CERTIFICATE, KEY, encrypts, guarded, new_certificate, puts
from tests.stories.test_names_that_ended import FOR_RENT, WHOIS, registry
from tests.stories.test_strange_but_healthy import at_peace
from tests.stories.test_turned_away import BIG_6, ipv6, letters

pytestmark = pytest.mark.story
_SLOW = pytest.mark.slow
RECEIVING = ("--symptom", "not_received")


@contextmanager
def line_refuses_25(office: Company) -> Iterator[None]:
    """The router at home does not swallow calls to port 25: it says no."""
    network = ["nsenter", "--target", str(office.lab.outside.pid), "--net", "nft"]
    chain = "chain o { type filter hook output priority 0; tcp dport 25 reject with icmpx admin-prohibited; }"
    subprocess.run([*network, f"table inet op25r {{ {chain}; }}"], check=True)
    try:
        yield
    finally:
        subprocess.run([*network, "delete table inet op25r"], check=True)


def test_the_line_at_home_says_no_to_port_25(company: OpenCompany) -> None:
    """A company's guest network refuses port 25 in so many words, to whomever. The server is well."""
    office = company("pf-closed")
    with line_refuses_25(office):
        told = office.check(*RECEIVING, login=False)
    told.first_is("port_25_blocked_here", "possible|likely", "you")
    assert not told.critical, told.summary


@_SLOW
def test_the_filter_is_gone_and_nobody_can_log_in_either(company: OpenCompany) -> None:
    """Seen from outside alone: the server greets, and asks each caller to come again later."""
    office = company("pf-closed")
    office.server.shell("postconf -e smtpd_milters=inet:127.0.0.1:11332 milter_default_action=tempfail; postfix reload")
    told = office.check(*RECEIVING, login=False, consent=True)
    told.first_is("helper_down", "possible|likely", "you")


@_SLOW
def test_there_is_no_room_as_seen_from_the_street(company: OpenCompany) -> None:
    """452, says the door; nobody has the password of the server."""
    office = company("pf-closed")
    office.server.shell(f"{_SMALL_DISK.format(limit='size=24m')}; head -c 15M /dev/zero > /var/spool/postfix/x; true")
    told = office.check(*RECEIVING, login=False, consent=True)
    told.first_is("disk_full", "likely", "you")


@_SLOW
def test_a_list_of_senders_that_answers_nobody(company: OpenCompany) -> None:
    """A list of domains, asked through a large resolver, says "not for you", and Postfix takes it for "listed"."""
    office = company("pf-closed", more_zones={"dbl.spamhaus.org": "* A 127.255.255.254\n*.example A 127.255.255.254\n"})
    office.server.shell(
        "postconf -e smtpd_recipient_restrictions='permit_mynetworks, reject_unauth_destination, "
        f"reject_rhsbl_sender dbl.spamhaus.org'; {POSTFIX_AGAIN}"
    )
    assert office.strangers_write()["refused"] == len(ONE_OF_EACH)
    told = office.check(*RECEIVING)
    told.first_is("own_filter_rejects_all", "possible|likely|confirmed", "you")


@_SLOW
def test_the_seller_s_page_is_enough_without_the_registry(company: OpenCompany) -> None:
    """The network lets no WHOIS out; the name servers are those of "this domain has expired"."""
    office = company("pf-closed", more_zones={"example.jp": FOR_RENT})
    told = office.check("--symptom", "not_delivered")
    told.first_is("domain_expired", "likely|confirmed", "domain_company")


@_SLOW
def test_one_letter_waits_for_a_greylist(company: OpenCompany) -> None:
    """The person only knows that "something is stuck"."""
    office = company("sm-closed")
    said = "451 4.7.1 Greylisting in action, please come back in 00:05:00"
    office.world.answers({"docomo.ne.jp": refused("RCPT", said)})
    office.server_sends([*letters("docomo.ne.jp", 2), *letters("customer1.example", 3)])
    office.wait_for_waiting(2)
    told = office.check()
    told.first_is("greylisted_wait", "possible|likely", "wait")
    assert not told.critical, told.summary


@_SLOW
def test_a_rented_place_under_our_own_name(company: OpenCompany) -> None:
    """Our MX is our own name, but the address is called sv12.big-hosting.example, and that company may send for us."""
    company_s = "v=spf1 include:spf.big-hosting.example -all"
    office = company("pf-closed", reverse="sv12.big-hosting.example.", spf=company_s, listed=True)
    address = office.server.address
    zones = {**office.dns.zones, "big-hosting.example": f'sv12 A {address}\nspf TXT "v=spf1 ip4:{address} -all"\n'}
    with office.lab.dns(zones) as dns:
        told = office.person("--domain", "example.jp", "--resolver", dns.server, "--symptom", "not_delivered")
    told.first_is("shared_host_listed", "likely|confirmed", "hosting_company")


@_SLOW
def test_the_thief_sits_in_two_networks(company: OpenCompany) -> None:
    """Six addresses in one hour, and a quarter of the recipients is unknown."""
    office = company("pf-login")
    jobs = [
        (STRANGERS[n % 6], "sales@example.jp", "secret-sales", "sales@example.jp",
         [f"{'nobody' if n % 4 == 0 else f'person{n}'}@{CUSTOMERS[n % 60]}"], "sales@example.jp")
        for n in range(80)
    ]  # fmt: skip
    assert office.send(office.lab.outside, jobs)["accepted"] == 80
    office.wait_for_log("status=", 80, 60)
    told = office.check("--symptom", "complaint")
    told.first_is("account_hijacked", "possible|likely|confirmed", "you")


@_SLOW
def test_the_certificate_is_that_of_another_shop(company: OpenCompany) -> None:
    """Everybody's program warns of a strange name; the person says that no mail can be fetched."""
    office = company("pf-login")
    now = datetime.now(UTC)
    leaf = trustme.CA().issue_cert(
        "www.old-shop.example", not_before=now - timedelta(days=5), not_after=now + timedelta(days=80)
    )
    puts(office, CERTIFICATE, b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    puts(office, KEY, leaf.private_key_pem.bytes())
    encrypts(office)
    told = office.check("--mail-host", "mail.example.jp", *RECEIVING, login=False)
    told.first_is("certificate_expired", "possible|likely", "you")


@_SLOW
def test_our_relay_host_is_ourselves(company: OpenCompany, world: World) -> None:
    """The new gateway was copied from our server, name and all: mail for it "loops back to myself"."""
    relay = world.lab.server("pf-closed")
    try:
        office = company("pf-closed")
        office.server.shell(f"postconf -e 'relayhost=[{relay.address}]'; postfix reload")
        office.server_sends([f"person@{name}" for name in CUSTOMERS[:5]])
        office.wait_for_log("loops back to myself", 5)
        told = office.check("--symptom", "not_delivered")
    finally:
        relay.stop()
    told.first_is("relayhost_login_failing", "possible|likely|confirmed", "you")


@_SLOW
def test_taro_s_forward_file(company: OpenCompany) -> None:
    """Exim passes on what Taro gets, to his private box, which wants proof of the customers."""
    office = company("ex-closed")
    said = "550 5.7.26 This mail has been blocked because the sender is unauthenticated. SPF [customer2.example] = no"
    office.world.answers({"gmail.com": refused("DATA", said)})
    office.server.shell(
        "useradd --create-home taro; echo taro.private@gmail.com > /home/taro/.forward; chown taro /home/taro/.forward"
    )
    office.strangers_write([f"b{n}@customer2.example" for n in range(5)], "taro@example.jp")
    office.server.wait_for("cat /var/log/exim4/mainlog", lambda text: text.count("unauthenticated") >= 5, 40)
    told = office.check("--symptom", "complaint")
    told.first_is("forwarding_breaks_auth", "likely|confirmed", "you")


@_SLOW
def test_an_ipv6_address_nobody_knew_of(company: OpenCompany) -> None:
    """It stands nowhere in the DNS; Gmail sees it all the same."""
    gmail = {"l.google.com": f"gmail-smtp-in A {BIG}\ngmail-smtp-in AAAA {BIG_6}\n"}
    office = company("pf-login", more_zones=gmail)
    said = "550 5.7.25 [{client}] The IP address sending this message does not have a PTR record setup"
    with ipv6(office):
        office.world.answers({"gmail.com": refused("RCPT", said)})
        office.server_sends([*letters("gmail.com", 3), *letters("customer1.example", 5)])
        office.wait_for_log("status=bounced", 3)
        told = office.check("--symptom", "not_delivered")
    told.first_is("ipv6_path_bad", "likely|confirmed", "you")


# One hides the other.


@_SLOW
def test_the_domain_has_ended_and_so_has_the_certificate(company: OpenCompany) -> None:
    """Both were due in the same week."""
    office = company("pf-login", more_zones={**WHOIS, "example.jp": None})
    new_certificate(office, timedelta(days=-5))
    encrypts(office)
    with registry(office, days=-9, state="Suspended"):
        told = office.check(*RECEIVING)
    told.first_is("domain_expired", "confirmed", "domain_company")


@_SLOW
def test_without_names_the_lists_cannot_be_asked_either(company: OpenCompany) -> None:
    """Incoming mail waits for a list, outgoing mail for a name; one DNS server is at the bottom of both."""
    office = company("pf-closed")
    office.server.shell(
        f"printf 'nameserver {SILENT}\\noptions timeout:1 attempts:1\\n' > /etc/resolv.conf; postconf -e "
        "smtpd_recipient_restrictions='permit_mynetworks, reject_unauth_destination, reject_rbl_client "
        f"zen.spamhaus.org, reject_unknown_sender_domain'; {POSTFIX_AGAIN}"
    )
    office.gets_mail(3)
    office.server_sends([f"p{n}@{name}" for n, name in enumerate(CUSTOMERS[:5])])
    office.wait_for_log("status=deferred", 5, 60)
    told = office.check(*RECEIVING, "--direction", "both")
    told.first_is("resolver_broken", "likely|confirmed", "you")


# Nothing is wrong.


@_SLOW
def test_a_theft_that_was_stopped_five_days_ago(company: OpenCompany) -> None:
    """The log still tells of it; the password was changed at once, and the lists have let go."""
    office = company("pf-login")
    jobs = [
        (STRANGERS[n % 16], "sales@example.jp", "secret-sales", "win@bank.example", [f"p{n}@{CUSTOMERS[n % 60]}"],
         "win@bank.example")
        for n in range(90)
    ]  # fmt: skip
    office.send(office.lab.outside, jobs)
    office.wait_for_log("status=", 90, 60)
    then = (datetime.now(UTC) - timedelta(days=5)).strftime("%b %e")
    office.server.shell(f"sed -i 's/^....../{then}/' /var/log/mail.log; sed -i s/secret-sales/new/ /etc/dovecot/users")
    office.staff_sends([f"p@{name}" for name in CUSTOMERS[:5]])
    told = office.check("--symptom", "checkup")
    assert not told.critical, told.summary


@_SLOW
def test_the_guard_bans_others_all_day(company: OpenCompany) -> None:
    """fail2ban does its work; none of those are ours."""
    office = guarded(company)
    stranger = "x@far.example"
    office.send(office.lab.outside, [(STRANGERS[3], "", "", stranger, ["p@customer1.example"], stranger)] * 8)
    office.gets_mail(3)
    time.sleep(2)
    at_peace(office.check("--symptom", "checkup"))


@_SLOW
def test_an_exim_that_forwards_inside_its_own_house(company: OpenCompany) -> None:
    """Aliases among colleagues are no forwarding."""
    office = company("ex-closed")
    office.server.shell(f"useradd --create-home taro; echo 'info: taro' >> /etc/aliases; {EXIM_AGAIN}")
    office.strangers_write(to="info@example.jp")
    at_peace(office.check("--symptom", "checkup"))
