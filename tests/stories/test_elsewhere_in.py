"""よその会社の火曜日。 Mail that does not come in, and people who cannot get in, at companies unlike ours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.servers.lab import OUTSIDE, REFUSES
from tests.servers.refusing_smtp import GREETS
from tests.stories.company import BIG, ONE_OF_EACH, OpenCompany
from tests.stories.restarts import EXIM_AGAIN, OPENSMTPD_AGAIN, SENDMAIL_AGAIN
from tests.stories.test_doors import encrypts, gets_banned, guarded, new_certificate
from tests.stories.test_filters_in_front import ORDB
from tests.stories.test_names_that_ended import OWN, WHOIS, registry
from tests.stories.test_turned_away import returned_mail

pytestmark = [pytest.mark.story, pytest.mark.slow]


# Signposts.


def test_the_old_provider_still_takes_our_mail(company: OpenCompany) -> None:
    """届いているのに、よそに。 The MX still leads to the provider we left in spring. Its server is well and takes
    everything, into mailboxes that nobody opens."""
    office = company("pf-closed")
    zone = f"@ MX 10 old\nold A {GREETS}\nmail A {office.server.address}\n"
    zones = {**office.dns.zones, "example.jp": f'{zone}@ TXT "v=spf1 a:mail.example.jp -all"\n'}
    with office.lab.dns(zones) as dns:
        told = office.check("--symptom", "not_received", "--resolver", dns.server)
    told.first_is("dns_moved", "possible|likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "mail_log", "dnsbl")


def test_the_second_server_of_long_ago_is_the_first_one_now(company: OpenCompany) -> None:
    """A backup server of the old provider stands before ours in the MX records: somebody mixed up 5 and 50."""
    office = company("ex-closed", zone=f"@ MX 5 backup\nbackup A {GREETS}\n")
    told = office.check("--symptom", "not_received")
    told.first_is("dns_moved", "possible|likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "mail_log", "dnsbl")


def test_the_domain_says_that_it_takes_no_mail(company: OpenCompany) -> None:
    """「メールを受け取りません」という宣言。 A security adviser set a null MX on every domain without a web page."""
    office = company("os-closed")
    zone = f'@ MX 0 .\nmail A {office.server.address}\n@ TXT "v=spf1 a:mail.example.jp -all"\n'
    with office.lab.dns({**office.dns.zones, "example.jp": zone}) as dns:
        told = office.check("--direction", "receiving", "--affected", "everyone", "--resolver", dns.server)
    told.first_is("dns_moved", "likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "smtp_banner", "dnsbl")


def test_two_letters_changed_places(company: OpenCompany) -> None:
    """MX 10 mial.example.jp, typed on a telephone. The person thinks her own letters do not arrive: nobody answers."""
    office = company("sm-closed")
    zone = f'@ MX 10 mial\nmail A {office.server.address}\n@ TXT "v=spf1 a:mail.example.jp -all"\n'
    with office.lab.dns({**office.dns.zones, "example.jp": zone}) as dns:
        told = office.check("--symptom", "not_received", "--direction", "both", "--resolver", dns.server)
    told.first_is("dns_moved", "likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "smtp_banner", "dnsbl")


def test_one_name_server_knows_nothing_of_us_any_more(company: OpenCompany) -> None:
    """名義変更のあとで。 After the change of registrar one of the two name servers refuses to speak of our domain."""
    office = company("pf-closed")
    first, second = office.lab.dns(office.dns.zones), office.lab.dns(office.dns.zones)
    text = office.dns.zones["example.jp"] + "@ SOA ns1 admin 9 3600 600 86400 60\n@ NS ns1\n@ NS ns2\n"
    first.zones["example.jp"] = f"{text}ns1 A {first.address}\nns2 A {second.address}\n"
    del second.zones["example.jp"]
    with first, second:
        told = office.check("--symptom", "not_received", "--resolver", first.server)
    told.first_is("dns_moved", "possible|likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "smtp_banner", "dnsbl")


def test_the_registry_has_stopped_us_and_some_still_remember_the_name(company: OpenCompany) -> None:
    """まだ見える人もいる。 The domain is suspended since an hour; the office's DNS server remembers it till evening.
    Mail comes "only from some", and the person says that it is slow."""
    office = company("pf-closed", more_zones=WHOIS)
    with registry(office, days=-2, state="Suspended", servers=OWN):
        told = office.check("--symptom", "slow", "--since", "this morning")
    told.first_is("domain_expired", "likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "smtp_banner", "dnsbl")


# Room.


def test_only_the_mailboxes_disk_is_full(company: OpenCompany) -> None:
    """The disk of the mailboxes is another one than that of the queue. The door says yes; nothing is put away."""
    office = company("pf-login")
    office.server.shell(
        "mount -t tmpfs -o size=2m,mode=1777 boxes /var/mail; head -c 3M /dev/zero > /var/mail/old 2>/dev/null || true"
    )
    office.strangers_write([f"p{n}@far.example" for n in range(4)], "taro@example.jp")
    office.wait_for_log("status=deferred", 4)
    told = office.check("--symptom", "not_received", "--affected", "everyone")
    told.first_is("disk_full", "likely|confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth", "smtp_banner")


def test_sendmail_has_room_and_no_place_for_a_file(company: OpenCompany) -> None:
    """Half a million session files stand beside Sendmail's queue. The person answers "sending", which fails as well."""
    office = company("sm-closed")
    office.server.shell(
        "cp -a /var/spool/mqueue /var/kept; mount -t tmpfs -o size=32m,nr_inodes=2000 small /var/spool/mqueue; "
        "chown --reference=/var/kept /var/spool/mqueue; chmod --reference=/var/kept /var/spool/mqueue; "
        "cd /var/spool/mqueue; mkdir sessions; cd sessions; seq 3000 | xargs touch 2>/dev/null || true"
    )
    office.gets_mail()
    told = office.check("--symptom", "not_delivered", "--direction", "sending")
    told.first_is("disk_full", "likely|confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth")


def test_taro_s_box_may_not_grow(company: OpenCompany) -> None:
    """Postfix itself holds each mailbox to a size; Taro's has reached it, and he alone gets nothing."""
    office = company("pf-login")
    office.server.shell(
        "postconf -e mailbox_size_limit=40000 message_size_limit=30000; postfix reload; "
        "head -c 39900 /dev/zero | tr '\\0' x > /var/mail/taro; chown taro /var/mail/taro; chmod 600 /var/mail/taro"
    )
    office.strangers_write([f"p{n}@far.example" for n in range(4)], "taro@example.jp")
    office.wait_for_log("to=<taro@", 4)
    told = office.check("--symptom", "not_received", "--affected", "one")
    told.first_is("mailbox_full", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl", "sender_auth")


# Helpers.


def test_opensmtpd_cannot_hand_over_to_dovecot(company: OpenCompany) -> None:
    """Dovecot was taken off the list of what starts with the machine. OpenSMTPD keeps the mail and tries again."""
    office = company("os-closed")
    office.server.shell(
        'sed -i \'s|^action "local".*|action "local" lmtp "/run/dovecot/lmtp" alias <aliases>|\' /etc/smtpd.conf; '
        f"{OPENSMTPD_AGAIN}"
    )
    office.gets_mail(4)
    office.wait_for_log("result=", 4)
    told = office.check("--symptom", "not_received")
    told.first_is("helper_down", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_sendmail_s_filter_is_gone(company: OpenCompany) -> None:
    """clamav-milter was removed with the antivirus contract; the line in sendmail.mc says to refuse without it."""
    office = company("sm-closed")
    line = "INPUT_MAIL_FILTER(\\`clamav', \\`S=inet:8892@127.0.0.1, F=T, T=S:4m;R:4m')dnl"
    office.server.shell(
        f'cd /etc/mail; sed -i "0,/^MAILER(/s/^MAILER(/{line}\\n&/" sendmail.mc; make -s all; {SENDMAIL_AGAIN}'
    )
    assert office.gets_mail(4)["refused"] == 4
    told = office.check("--symptom", "not_received")
    told.first_is("helper_down", "likely|confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth")


def test_the_virus_scanner_takes_nothing_and_all_mail_waits_before_it(company: OpenCompany) -> None:
    """Amavis died; Postfix goes on taking mail and keeps it. "It is slow," everybody says."""
    office = company("pf-closed")
    office.server.shell("postconf -e content_filter=smtp:[127.0.0.1]:10024; postfix reload")
    office.gets_mail(12)
    office.wait_for_log("status=deferred", 12)
    told = office.check("--symptom", "slow")
    told.first_is("helper_down", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_saslauthd_does_not_run(company: OpenCompany) -> None:
    """Postfix with Cyrus SASL: the program that knows the passwords did not come back, and every login fails."""
    office = company("pf-guarded")
    office.server.shell(
        "mkdir -p /etc/postfix/sasl; printf 'pwcheck_method: saslauthd\\nmech_list: PLAIN LOGIN\\n' "
        "> /etc/postfix/sasl/smtpd.conf; postconf -e smtpd_sasl_auth_enable=yes smtpd_sasl_type=cyrus "
        "smtpd_sasl_path=smtpd cyrus_sasl_config_path=/etc/postfix/sasl; postfix reload"
    )
    job = (
        "203.0.113.2",
        "taro@example.jp",
        "secret-taro",
        "taro@example.jp",
        ["p@customer1.example"],
        "taro@example.jp",
    )
    assert office.send(office.lab.neighbour, [job] * 4)["login_failed"] == 4
    told = office.check("--symptom", "not_delivered", "--direction", "sending", "--affected", "everyone")
    told.first_is("helper_down", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_the_table_of_addresses_cannot_be_asked(company: OpenCompany) -> None:
    """データベースが落ちた。 Postfix looks every recipient up in a database; it does not answer, and everybody outside
    is told to come later."""
    office = company("pf-closed")
    office.server.shell("postconf -e virtual_alias_maps=tcp:127.0.0.1:10099; postfix reload")
    assert office.gets_mail(4)["refused"] == 4
    told = office.check("--symptom", "not_received", "--recipients", "all")
    told.first_is("helper_down", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


# Filters of our own.


def test_exim_asks_the_dead_list(company: OpenCompany) -> None:
    """The ghost of a list of 2006, in an Exim."""
    office = company("ex-closed", more_zones=ORDB)
    office.server.shell(
        "sed -i '/^acl_check_rcpt:/a \\  deny dnslists = relays.ordb.org\\n    message = listed at "
        f"$dnslist_domain' /etc/exim4/exim4.conf.template; {EXIM_AGAIN}"
    )
    assert office.gets_mail(6)["refused"] == 6
    told = office.check("--symptom", "not_received")
    told.first_is("own_filter_rejects_all", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "mail_queue", "dns_health", "sender_auth")


def test_the_provider_s_dns_finds_every_name_there_is_not(company: OpenCompany) -> None:
    """存在しない名前にも広告を。 The new line's DNS server answers every unknown name with its own search page. Each
    blacklist now "knows" each caller."""
    office = company("pf-closed", more_zones={"zen.spamhaus.org": f"* A {BIG}\n", "bl.spamcop.net": f"* A {BIG}\n"})
    office.server.shell(
        "postconf -e smtpd_recipient_restrictions='permit_mynetworks, reject_unauth_destination, "
        "reject_rbl_client zen.spamhaus.org, reject_rbl_client bl.spamcop.net'; postfix reload"
    )
    assert office.gets_mail(5)["refused"] == 5
    told = office.check("--symptom", "not_received", "--affected", "everyone")
    told.first_is("own_filter_rejects_all", "likely|confirmed", "you")
    assert "address_listed" not in told.causes, told.summary
    told.well("smtp_banner", "mail_queue", "dns_health", "sender_auth")


def test_a_rule_against_one_sender_fits_everybody(company: OpenCompany) -> None:
    """全部はじく一行。 A line against one spammer, with a dot too many: it fits every sender there is."""
    office = company("pf-closed")
    office.server.shell(
        "echo '/.*@*/ REJECT no more of this' > /etc/postfix/senders; "
        "postconf -e smtpd_sender_restrictions='permit_mynetworks, check_sender_access regexp:/etc/postfix/senders'; "
        "postfix reload"
    )
    assert office.strangers_write([*ONE_OF_EACH, *ONE_OF_EACH])["refused"] == 2 * len(ONE_OF_EACH)
    told = office.check("--symptom", "not_received")
    told.first_is("own_filter_rejects_all", "possible|likely|confirmed", "you")
    told.well("smtp_banner", "mail_queue", "dns_health", "sender_auth")


def test_the_server_has_forgotten_its_own_domain(company: OpenCompany) -> None:
    """「中継はお断りします」と自分宛てに。 An update put back the settings of the first day; the server no longer knows
    that example.jp is its own, and refuses its mail as a stranger's."""
    office = company("pf-closed")
    office.server.shell("postconf -e mydestination=localhost; postfix reload")
    assert office.strangers_write()["refused"] == len(ONE_OF_EACH)
    told = office.check("--symptom", "not_received")
    told.first_is("own_filter_rejects_all", "possible|likely|confirmed", "you")
    told.well("smtp_banner", "mail_queue", "dns_health", "sender_auth")


# Doors.


def test_nobody_can_send_since_the_certificate_ended(company: OpenCompany) -> None:
    """送信できません。 The certificate of port 587 ended in the night. The staff's programs refuse to log in there;
    what people say is "nothing can be sent", and that is what the person answers."""
    office = company("pf-login")
    new_certificate(office, timedelta(hours=-8))
    encrypts(office)
    told = office.check(
        "--mail-host", "mail.example.jp", "--symptom", "not_delivered", "--direction", "sending",
        "--affected", "everyone",
    )  # fmt: skip
    told.first_is("certificate_expired", "likely|confirmed", "you")
    told.well("server_health", "mail_queue", "smtp_banner", "dns_health", "dnsbl")


def test_banned_and_the_person_says_that_sending_fails(company: OpenCompany) -> None:
    """It is true: with the office's address banned nobody there can send."""
    office = guarded(company)
    gets_banned(office)
    told = office.check("--symptom", "not_delivered", "--direction", "sending")
    told.first_is("self_banned", "likely|confirmed", "you")
    assert told.first["values"]["addresses"] == [OUTSIDE]
    told.well("mail_queue", "dns_health", "dnsbl", "sender_auth")


@pytest.mark.parametrize("kind", ["ex-closed", "sm-closed"])
def test_after_the_update_it_listens_to_itself_only(company: OpenCompany, kind: str) -> None:
    """The package's own settings came back, and with them "127.0.0.1 only"."""
    office = company(kind)
    again = {
        "ex-closed": "sed -i \"s/^dc_local_interfaces=.*/dc_local_interfaces='127.0.0.1'/\" "
        "/etc/exim4/update-exim4.conf.conf; update-exim4.conf; pkill -x exim4; sleep 0.5; (/usr/sbin/exim4 -bd -q30m)",
        "sm-closed": "cd /etc/mail; sed -i 's/Addr=0.0.0.0/Addr=127.0.0.1/' sendmail.mc; make -s all; "
        + SENDMAIL_AGAIN,
    }  # fmt: skip
    office.server.shell(again[kind])
    told = office.check("--symptom", "not_received")
    told.first_is("mail_service_stopped", "likely|confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth")


def test_only_the_door_for_customers_is_left(company: OpenCompany) -> None:
    """Somebody closed "the insecure port" in master.cf. People can still send on 587; nobody outside gets in."""
    office = company("pf-closed")
    office.server.shell("postconf -M# smtp/inet; service postfix stop; service postfix start")
    told = office.check("--symptom", "not_received")
    told.first_is("mail_service_stopped", "likely|confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth", "mail_queue")


def test_a_letter_to_a_domain_that_is_not(company: OpenCompany) -> None:
    """取引先のドメインを打ち間違えた。 custmoer1.example does not exist; the returned mail says so in the words of the
    DNS, which sound as if our own server were broken."""
    office = company("pf-login")
    office.server_sends(["person@custmoer1.example"])
    bounce = str(returned_mail(office))
    told = office.check("--symptom", "not_delivered", "--recipients", "one", "--bounce", bounce)
    told.first_is("recipient_side", "likely|confirmed", "recipient")
    assert not told.critical, told.summary


def test_the_name_server_and_the_old_host_both_lead_nowhere(company: OpenCompany) -> None:
    """The MX names a machine that was returned to the leasing company; only the domain is known to the person."""
    office = company("os-closed")
    zone = f'@ MX 10 old\nold A {REFUSES}\nmail A {office.server.address}\n@ TXT "v=spf1 a:mail.example.jp -all"\n'
    with office.lab.dns({**office.dns.zones, "example.jp": zone}) as dns:
        known = ["--domain", "example.jp", "--resolver", dns.server, *office.ssh]
        told = office.person(*known, "--symptom", "not_received")
    told.first_is("dns_moved", "possible|likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "dnsbl")
