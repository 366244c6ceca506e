"""sales のパスワードが盗まれた。 Somebody far away logs in as our sales account, and writes to everybody."""

from __future__ import annotations

import pytest

from tests.servers.lab_kinds import EXIM_LOGIN
from tests.stories.company import CUSTOMERS, STRANGERS, Company, OpenCompany

pytestmark = pytest.mark.story


def burst(office: Company, count: int = 120) -> None:
    """Spam with sales@'s own password, from sixteen addresses in four networks, the senders forged."""
    jobs = []
    for number in range(count):
        names = ("nobody", "listed", f"person{number}")
        to = [f"{names[number % 3]}@{CUSTOMERS[number % 60]}", f"p{number}@{CUSTOMERS[(number + 7) % 60]}"]
        author = f"bank{number % 12}@far.example"
        jobs.append((STRANGERS[number % 16], "sales@example.jp", "secret-sales", author, to, author))
    done = office.send(office.lab.outside, jobs)
    assert done["accepted"] == count, done


def test_a_stolen_password_is_named_before_the_listing_it_caused(company: OpenCompany) -> None:
    """「取引先からメールが届かないと言われた」。 The address is on a blacklist since this morning; but the listing is
    the consequence. The account is the cause, and the admin can change its password at once."""
    office = company("pf-login", listed=True)
    office.staff_sends([f"person@{name}" for name in CUSTOMERS[:3]])
    burst(office)
    told = office.check("--symptom", "not_delivered")
    told.first_is("account_hijacked", "confirmed", "you")
    assert told.first["values"]["sender"].startswith("sales"), told.first
    assert "address_listed" in told.causes
    told.well("server_health", "smtp_banner", "open_relay", "dns_health")


@pytest.mark.slow
def test_before_any_list_has_noticed(company: OpenCompany) -> None:
    """The same night, an hour after it began: no list knows it yet, only the log."""
    office = company("pf-login")
    burst(office)
    told = office.check()
    told.first_is("account_hijacked", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl")


_DOVECOT_SAYS = (
    "logger -p mail.info -t 'dovecot' 'imap-login: Login: user=<taro>, method=PLAIN, rip=203.0.113.2, "
    "lip=203.0.113.10, mpid=812, TLS, session=<x{number}>'"
)


@pytest.mark.slow
def test_exim_keeps_a_log_of_its_own_beside_dovecot_s(company: OpenCompany) -> None:
    """Exim と Dovecot。 In mail.log stand only people who fetch their mail; the theft stands in Exim's own log."""
    office = company("ex-closed", listed=True)
    office.server.shell(EXIM_LOGIN)
    office.server.shell("\n".join(_DOVECOT_SAYS.format(number=number) for number in range(30)))
    office.wait_for_log("imap-login", 30)
    burst(office)
    told = office.check("--symptom", "not_delivered")
    told.first_is("account_hijacked", "confirmed", "you")
    assert told.result("mail_log")["facts"]["product"] == "exim"
    told.well("server_health", "smtp_banner", "open_relay", "dns_health")
