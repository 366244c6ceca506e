"""よその会社の水曜日。 More companies, invented after the others were understood: none of them was known when the rules
were made."""

from __future__ import annotations

import pytest

from tests.stories.company import CUSTOMERS, STRANGERS, OpenCompany, refused
from tests.stories.restarts import EXIM_AGAIN, SENDMAIL_AGAIN
from tests.stories.test_broken_on_the_server import provider_closes_25
from tests.stories.test_turned_away import NAMELESS, letters

pytestmark = [pytest.mark.story, pytest.mark.slow]


def test_sendmail_s_smart_host_does_not_know_us(company: OpenCompany) -> None:
    """The provider takes mail from customers who log in. Our Sendmail never has; "Relay access denied", it says."""
    office = company("sm-closed")
    relay = office.lab.server("pf-closed")
    try:
        relay.shell("postconf -e myhostname=gate.provider.example; service postfix stop; service postfix start")
        line = f"define(\\`SMART_HOST', \\`[{relay.address}]')dnl"
        office.server.shell(
            f'cd /etc/mail; sed -i "0,/^MAILER(/s/^MAILER(/{line}\\n&/" sendmail.mc; make -s all; {SENDMAIL_AGAIN}'
        )
        office.server_sends([f"person@{name}" for name in CUSTOMERS[:4]])
        office.wait_for_log("Relay access denied", 4)
        told = office.check("--symptom", "not_delivered", "--recipients", "all")
    finally:
        relay.stop()
    told.first_is("relayhost_login_failing", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_opensmtpd_cannot_reach_any_port_25(company: OpenCompany) -> None:
    """A cloud machine: port 25 is closed until one asks for it. The person answers "receiving", since no answers
    come."""
    office = company("os-closed")
    provider_closes_25(office)
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:5])])
    told = office.check("--symptom", "not_delivered", "--direction", "both")
    told.first_is("outbound_25_blocked", "likely|confirmed", "hosting_company")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_exim_s_own_reverse_name_leads_nowhere(company: OpenCompany) -> None:
    """The reverse name is old.example.jp, which was removed from the DNS with the old server."""
    office = company("ex-closed", reverse="old.example.jp.")
    office.world.answers({"gmail.com": refused("RCPT", NAMELESS)})
    office.server_sends([*letters("gmail.com", 5), *letters("customer1.example", 2)])
    office.server.wait_for("cat /var/log/exim4/mainlog", lambda text: text.count("PTR record") >= 5, 40)
    told = office.check("--symptom", "not_delivered")
    told.first_is("ptr_or_helo_wrong", "confirmed", "hosting_company")
    told.well("server_health", "smtp_banner", "dnsbl")


def test_two_spf_records(company: OpenCompany) -> None:
    """The newsletter company said "add this record", and so there are two. Microsoft refuses what Sendmail brings."""
    office = company("sm-closed", zone='@ TXT "v=spf1 include:spf.news.example ~all"\n')
    said = "550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 5.7.1 permerror"
    office.world.answers({"outlook.com": refused("RCPT", said)})
    office.server_sends([*letters("outlook.com", 4), *letters("customer1.example", 2)])
    office.wait_for_log("Sender Policy Framework", 4)
    told = office.check("--symptom", "not_delivered")
    told.first_is("sender_auth_failing", "likely|confirmed", "domain_company")
    told.well("server_health", "smtp_banner", "dnsbl")


def test_docomo_s_people_get_nothing(company: OpenCompany) -> None:
    """ドコモだけ届かない。 A carrier refuses the whole address for its reputation; everybody else takes our mail."""
    office = company("os-closed")
    said = "550 5.7.1 Service refused; your IP address [{client}] has a poor reputation on our network"
    office.world.answers({"docomo.ne.jp": refused("RCPT", said)})
    office.server_sends([*letters("docomo.ne.jp", 5), *letters("customer1.example", 3)])
    office.wait_for_log("poor reputation", 5)
    told = office.check("--symptom", "not_delivered", "--recipients", "one")
    told.first_is("provider_blocked", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl")


def test_sendmail_only_keeps_what_it_is_given(company: OpenCompany) -> None:
    """DeliveryMode=queue, and the daemon was started without -q. Two people find the queue "a bit long"."""
    office = company("sm-closed")
    office.server.shell(
        "sed -i 's/^O DeliveryMode=.*/O DeliveryMode=queue/' /etc/mail/sendmail.cf; "
        "pkill -x sendmail || pkill -f 'sendmail: MTA'; sleep 1; /usr/sbin/sendmail -bd"
    )
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:12])])
    office.server.shell('sed -i "s/^T[0-9]*/T$(($(date +%s) - 7200))/" /var/spool/mqueue/qf*')
    told = office.check("--symptom", "slow")
    told.first_is("mail_service_stopped", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_dovecot_s_disk_is_another_one_and_full(company: OpenCompany) -> None:
    """Exim delivers into /var/mail, which is full; the door says yes and everything waits."""
    office = company("ex-closed")
    office.server.shell(
        "useradd --create-home taro; "
        "mount -t tmpfs -o size=2m,mode=1777 boxes /var/mail; head -c 3M /dev/zero > /var/mail/old 2>/dev/null || true"
    )
    office.strangers_write([f"p{n}@far.example" for n in range(4)], "taro@example.jp")
    office.wait_for_waiting(3)
    told = office.check("--symptom", "not_received")
    told.first_is("disk_full", "likely|confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth", "smtp_banner")


def test_the_only_name_server_of_exim_answers_for_nobody_else(company: OpenCompany) -> None:
    """resolv.conf names the company's own name server, which since its update speaks of our own domain only."""
    office = company("ex-closed")
    own = office.lab.dns({"example.jp": office.dns.zones["example.jp"]})
    own.zones = {"example.jp": office.dns.zones["example.jp"]}
    with own:
        office.server.shell(f"printf 'nameserver {own.address}\\noptions timeout:1 attempts:1\\n' > /etc/resolv.conf")
        office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:4])])
        office.wait_for_waiting(3)
        told = office.check("--symptom", "not_delivered")
    told.first_is("resolver_broken", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_a_list_holds_the_exim_server(company: OpenCompany) -> None:
    """Three customers refuse Exim's mail and name Spamhaus; nothing else is wrong. The person does not know since
    when."""
    office = company("ex-closed", listed=True)
    office.server_sends([f"listed@{name}" for name in CUSTOMERS[:5]])
    office.server.wait_for("cat /var/log/exim4/mainlog", lambda text: text.count("blocked using") >= 5, 40)
    told = office.check("--symptom", "complaint")
    told.first_is("address_listed", "confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health")


def test_the_policy_program_of_exim_is_dead(company: OpenCompany) -> None:
    """Exim asks greylistd about every letter, and puts off all mail when nobody answers."""
    office = company("ex-closed")
    office.server.shell(
        "sed -i '/^acl_check_rcpt:/a \\  defer condition = ${readsocket{/run/greylistd/socket}{x}{5s}}\\n"
        f"    message = come again later' /etc/exim4/exim4.conf.template; {EXIM_AGAIN}"
    )
    assert office.gets_mail(4)["refused"] == 4
    told = office.check("--symptom", "not_received")
    told.first_is("helper_down", "possible|likely|confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth", "smtp_banner")


def test_strangers_relay_through_a_sendmail_that_trusts_every_name(company: OpenCompany) -> None:
    """The access table says that whoever claims to be from example.jp may relay. Spammers claim it."""
    office = company("sm-localfrom", listed=True)
    jobs = [
        (STRANGERS[n % 16], "", "", f"offer{n % 5}@example.jp", [f"{('nobody', 'p')[n % 2]}@{CUSTOMERS[n]}"],
         f"offer{n % 5}@example.jp")
        for n in range(60)
    ]  # fmt: skip
    assert office.send(office.lab.outside, jobs)["accepted"] == 60
    told = office.check("--symptom", "not_delivered", consent=True)
    told.first_is("open_relay", "possible|likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health")


def test_a_certificate_of_another_name_at_exim_s_door(company: OpenCompany) -> None:
    """Healthy: the snakeoil certificate of the installation stands on port 25 only, where nobody looks."""
    office = company("ex-closed")
    told = office.check("--symptom", "checkup", "--mail-host", "mail.example.jp")
    assert not told.critical, told.summary
    assert told.first["code"] == "nothing_found" or told.first["certainty"] == "possible", told.summary
