"""向こう側の事情。 Our server is in order; the mail stops further on: a full mailbox, a careful server, a wrong
password."""

from __future__ import annotations

import pytest

from tests.stories.company import CUSTOMERS, Company, OpenCompany, World, refused
from tests.stories.test_turned_away import UNPROVEN, letters, returned_mail

pytestmark = pytest.mark.story
_SLOW = pytest.mark.slow
_SMALL_BOXES = """
sed -i '/^auth_verbose/a mail_plugins = quota' /etc/dovecot/dovecot.conf
printf 'plugin {\\n quota = maildir:User quota\\n quota_rule = *:storage=1K\\n}\\n' >> /etc/dovecot/dovecot.conf
postconf -e 'mailbox_command=/usr/lib/dovecot/dovecot-lda -e -f "$SENDER" -a "$RECIPIENT"'
postfix reload
"""


@_SLOW
def test_one_letter_to_a_full_mailbox(company: OpenCompany) -> None:
    """田中さんにだけ届かない。 A customer was on leave for a month, and her mailbox is full. Only she can empty it."""
    office = company("pf-login")
    office.server_sends(["full@customer1.example", "person@customer2.example"])
    bounce = str(returned_mail(office))
    told = office.check("--symptom", "not_delivered", "--recipients", "one", "--bounce", bounce)
    told.first_is("mailbox_full", "confirmed", "recipient")
    told.well("server_health", "mail_queue", "smtp_banner", "open_relay", "dns_health", "dnsbl", "sender_auth")


@_SLOW
def test_our_own_mailbox_is_full(company: OpenCompany) -> None:
    """Taro keeps every picture since 2012. Whoever writes to him gets his letter back, and tells him so by
    telephone."""
    office = company("pf-login")
    office.server.shell(_SMALL_BOXES)
    office.strangers_write([f"person{number}@far.example" for number in range(6)], "taro@example.jp")
    office.wait_for_log("status=bounced", 2)
    told = office.check("--symptom", "not_received", "--affected", "one")
    told.first_is("mailbox_full", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl", "sender_auth")


@_SLOW
def test_what_we_pass_on_is_taken_for_forged(company: OpenCompany) -> None:
    """転送先で消えるメール。 info@ goes on to the owner's private Gmail. Gmail sees customers' letters come from a
    server that their domains do not name. Our own letters arrive; our own records are in order."""
    office = company("pf-closed")
    office.world.answers({"gmail.com": refused("DATA", UNPROVEN)})
    office.server.shell("echo 'info: owner.of.the.shop@gmail.com' >> /etc/aliases; newaliases")
    office.strangers_write([f"buyer@{customer}" for customer in CUSTOMERS[:6]], "info@example.jp")
    office.server_sends(letters("customer9.example", 3))
    office.wait_for_log("status=bounced", 6)
    told = office.check("--symptom", "not_delivered")
    told.first_is("forwarding_breaks_auth", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl", "sender_auth")


def leaves_through(office: Company, address: str, password: str) -> None:
    """All mail goes out through the provider's server, with a login."""
    relay = f"[{address}]:587"
    office.server.shell(
        f"echo '{relay} sales@example.jp:{password}' > /etc/postfix/login; chmod 600 /etc/postfix/login; "
        f"postconf -e 'relayhost={relay}' smtp_sasl_auth_enable=yes "
        "smtp_sasl_password_maps=texthash:/etc/postfix/login smtp_sasl_security_options=noanonymous "
        "smtp_tls_security_level=encrypt; postfix reload"
    )


@_SLOW
def test_the_provider_changed_its_passwords(company: OpenCompany, world: World) -> None:
    """パスワード一斉変更のお知らせ。 The provider forced new passwords on everybody last night, and said so by mail, in
    March. Our server still shows the old one, and no letter leaves."""
    provider = world.lab.server("pf-login")
    try:
        office = company("pf-guarded")
        leaves_through(office, provider.address, "the-old-one")
        office.server_sends([f"person@{name}" for name in CUSTOMERS[:4]])
        office.wait_for_log("status=deferred", 4)
        told = office.check("--symptom", "not_delivered")
    finally:
        provider.stop()
    told.first_is("relayhost_login_failing", "confirmed", "you")
    assert provider.address in told.first["values"]["relayhost"]
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl", "sender_auth")


@_SLOW
def test_a_careful_customer_lets_new_senders_wait(company: OpenCompany, world: World) -> None:
    """初めての取引先。 The new customer's server runs postgrey: whoever comes for the first time is told to come
    again in five minutes. A telephone call later the letter is there. Nothing is to be repaired."""
    customer = world.lab.server("pf-guarded")
    try:
        customer.shell(
            "postgrey --inet=127.0.0.1:10023 -d; "
            "postconf -e myhostname=mx.careful.example mydestination=careful.example local_recipient_maps= "
            "smtpd_recipient_restrictions='reject_unauth_destination, check_policy_service inet:127.0.0.1:10023'; "
            "postfix reload"
        )
        careful = {"careful.example": f"@ MX 10 mx\nmx A {customer.address}\n"}
        office = company("pf-closed", more_zones=careful)
        office.server_sends(letters("careful.example", 4))
        office.wait_for_log("status=deferred", 4)
        told = office.check("--symptom", "slow")
    finally:
        customer.stop()
    told.first_is("greylisted_wait", "possible|likely", "wait")
    assert not told.critical, told.summary


@_SLOW
def test_a_letter_too_few(company: OpenCompany) -> None:
    """「届かない」と三日怒られて、宛先の打ち間違い。 One address was typed from a business card, with an o for a 0. The
    other server says so in English, in a mail that nobody dared to open."""
    office = company("pf-login")
    office.server_sends(["nobody@customer3.example", "person@customer4.example"])
    bounce = str(returned_mail(office))
    told = office.check("--symptom", "not_delivered", "--recipients", "one", "--bounce", bounce, login=False)
    told.first_is("recipient_side", "likely|confirmed", "recipient")
    assert not told.critical, told.summary


@_SLOW
def test_one_customer_s_server_is_switched_off(company: OpenCompany) -> None:
    """Letters to one customer wait since this morning; all others arrive. Their server does not answer: not ours to
    repair."""
    office = company("pf-closed")
    office.server_sends([*letters("far.example", 5), *letters("customer1.example", 5)])
    office.wait_for_log("status=deferred", 5)
    told = office.check("--symptom", "not_delivered", "--recipients", "one")
    told.first_is("recipient_side", "possible|likely", "recipient")
    assert not told.critical, told.summary
