"""同じ故障、違うサーバー。 The same troubles on other makes, in other words, or seen with less."""

from __future__ import annotations

import pytest

from tests.stories.company import CUSTOMERS, OpenCompany, refused
from tests.stories.test_stolen_password import burst
from tests.stories.test_turned_away import TOO_FAST, after_answers_of, letters, returned_mail

pytestmark = [pytest.mark.story, pytest.mark.slow]
BLOCKED = {
    "icloud.com": "550 5.7.1 [CS01] Message rejected due to local policy. Please visit "
    "https://support.apple.com/en-us/HT204137",
    "gmail.com": "550 5.7.1 [{client}] Our system has detected that this message is likely suspicious due to the "
    "very low reputation of the sending IP address. To best protect our users from spam, the message has been "
    "blocked. gsmtp",
    "outlook.com": "550 5.7.606 Access denied, banned sending IP [{client}]. To request removal from this list please "
    "visit https://sender.office.com/ and follow the directions.",
}
SLOWED = {
    "yahoo.com": "421 4.7.0 [TSS04] Messages from {client} temporarily deferred due to unexpected volume or user "
    "complaints",
    "icloud.com": "421 4.7.1 Messages to {to} deferred due to excessive volume. Try again later",
    "outlook.com": "451 4.7.500 Server busy. Please try again later from [{client}]. (AS77712344)",
}


@pytest.mark.parametrize("kind", ["ex-closed", "sm-closed", "os-closed"])
def test_gmail_slows_down_another_make(company: OpenCompany, kind: str) -> None:
    """Exim, Sendmail and OpenSMTPD write the same answer down in words of their own."""
    office = company(kind)
    office.world.answers({"gmail.com": refused("RCPT", TOO_FAST, after=1)})
    office.server_sends(letters("gmail.com", 6))
    office.server.wait_for(office.server.kind.product.deferred, lambda text: int(text or 0) >= 4, 90)
    told = office.check("--symptom", "not_delivered")
    told.first_is("rate_limited", "likely|confirmed", "wait")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl")


@pytest.mark.parametrize("domain", BLOCKED)
def test_one_provider_has_a_list_of_its_own(company: OpenCompany, domain: str) -> None:
    told = after_answers_of(company("pf-closed"), domain, refused("RCPT", BLOCKED[domain]), count=5)
    told.first_is("provider_blocked", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl")


@pytest.mark.parametrize("domain", SLOWED)
def test_one_provider_asks_for_patience(company: OpenCompany, domain: str) -> None:
    told = after_answers_of(company("pf-closed"), domain, refused("RCPT", SLOWED[domain]), "status=deferred", 5)
    told.first_is("rate_limited", "likely|confirmed", "wait")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl")


@pytest.mark.parametrize("kind", ["sm-closed", "ex-closed", "os-closed"])
def test_the_disk_of_another_make_is_full(company: OpenCompany, kind: str) -> None:
    """The whole of /var is one disk, and the web server's log has eaten it."""
    office = company(kind)
    spool = {"sm-closed": "mqueue", "ex-closed": "exim4", "os-closed": "smtpd"}[kind]
    office.server.shell(
        f"cp -a /var/spool/{spool} /var/kept; mount -t tmpfs -o size=12m small /var/spool/{spool}; "
        f"cp -a /var/kept/. /var/spool/{spool}/; chown --reference=/var/kept /var/spool/{spool}; "
        f"chmod --reference=/var/kept /var/spool/{spool}; cd /var/spool/{spool}; "
        "free=$(df -P . | awk 'NR == 2 { print $4 }'); head -c $(((free - 40) * 1024)) /dev/zero > core"
    )
    office.gets_mail()
    told = office.check("--symptom", "not_received")
    told.first_is("disk_full", "confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth")


@pytest.mark.parametrize("kind", ["sm-closed", "os-closed"])
def test_port_25_is_closed_for_another_make(company: OpenCompany, kind: str) -> None:
    from tests.stories.test_broken_on_the_server import provider_closes_25

    office = company(kind)
    provider_closes_25(office)
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:4])])
    told = office.check("--symptom", "not_delivered")
    told.first_is("outbound_25_blocked", "likely|confirmed", "hosting_company")
    told.well("smtp_banner", "open_relay", "dns_health", "dnsbl", "sender_auth")


def test_a_theft_is_suspected_though_nobody_may_read_the_log(company: OpenCompany) -> None:
    """The helper's account may see the queue and nothing else; what waits there is enough for a suspicion."""
    office = company("pf-login", listed=True)
    to = [f"{name}@{domain}" for name in ("grey", "broken") for domain in CUSTOMERS]
    office.staff_sends(to, "sales")
    office.server.wait_for(office.server.kind.product.deferred, lambda text: int(text or 0) >= 110, 60)
    office.server.shell("chmod 600 /var/log/mail.log")
    office.account = "admin"
    told = office.check("--symptom", "not_delivered")
    assert set(told.causes[:2]) == {"account_hijacked", "address_listed"}, told.summary
    assert told.result("mail_log")["severity"] == "unknown", told.summary


def test_the_returned_mail_tells_of_the_missing_name_without_any_login(company: OpenCompany) -> None:
    """逆引きがない、を一通のメールから。"""
    from tests.stories.test_turned_away import NAMELESS

    office = company("pf-login", reverse="")
    office.world.answers({"gmail.com": refused("RCPT", NAMELESS)})
    office.server_sends(letters("gmail.com", 1))
    told = office.check("--symptom", "not_delivered", "--bounce", str(returned_mail(office)), login=False)
    told.first_is("ptr_or_helo_wrong", "confirmed", "hosting_company")


def test_a_newsletter_is_no_theft(company: OpenCompany) -> None:
    """月例のお知らせ。 news@ writes to 200 customers from the office, as every month. Nobody is accused."""
    office = company("pf-login")
    office.staff_sends([f"reader{number}@{CUSTOMERS[number % 60]}" for number in range(200)], name="news")
    told = office.check("--symptom", "checkup")
    assert not told.critical, told.summary
    assert "account_hijacked" not in told.causes, told.summary


def test_a_day_of_password_guessing_is_no_theft(company: OpenCompany) -> None:
    """辞書攻撃の毎日。 Strangers try passwords all day, as on every server of the internet; none fits."""
    from tests.stories.company import STRANGERS

    office = company("pf-login")
    jobs = [
        (STRANGERS[n % 16], f"{('sales', 'taro', 'admin')[n % 3]}@example.jp", f"guess{n}", "x@far.example",
         ["a@far.example"], "x@far.example")
        for n in range(40)
    ]  # fmt: skip
    assert office.send(office.lab.outside, jobs)["login_failed"] == 40
    told = office.check("--symptom", "checkup")
    assert not told.critical, told.summary
    assert "account_hijacked" not in told.causes, told.summary


def test_guesses_and_then_the_theft(company: OpenCompany) -> None:
    """The list shows it, the log shows it; the symptom the person gave was only "slow"."""
    office = company("pf-login", listed=True)
    burst(office, 90)
    told = office.check("--symptom", "slow")
    told.first_is("account_hijacked", "confirmed", "you")
