"""紙切れ一枚から。 Little is left of the incident: some lines of a log, a few rows of a queue, what the DNS says. The
machine has no way to the internet, and no other trouble than what its papers tell."""

from __future__ import annotations

import pytest

from tests.stories.by_hand import (
    RECEIVING,
    SENDING,
    Evidence,
    again,
    arrived,
    letter,
    lines,
    refused,
    waiting,
)  # fmt: skip
from tests.stories.company import OpenCompany
from tests.stories.test_turned_away import OURS_6

pytestmark = pytest.mark.story
GMAIL, OUTLOOK = "gmail-smtp-in.l.google.com[192.0.2.40]", "outlook-com.olc.protection.outlook.com[192.0.2.41]"
NAMELESS = "550-5.7.25 [{address}] The IP address sending this message does not have a PTR record setup"
UNPROVEN = "550-5.7.26 This mail has been blocked because the sender is unauthenticated."
FORWARDED = f"{UNPROVEN} 550-5.7.26 SPF [customer7.example] with ip: [203.0.113.9] = did not pass"
S3150 = (
    "550 5.7.1 Unfortunately, messages from [203.0.113.9] weren't sent. Please contact your Internet service provider "
    "since part of their network is on our block list (S3150)."
)
SLOW_DOWN = "421-4.7.28 Gmail has detected an unusual rate of mail originating from your IP address."
DMARC = (
    "550 5.7.509 Access denied, sending domain EXAMPLE.JP does not pass DMARC verification and has a policy of reject."
)
NOT_OURS = {"spf": "v=spf1 ip4:198.51.100.200 -all"}
SIX = {"zone": f"mail AAAA {OURS_6}\n", "spf": f"v=spf1 mx ip6:{OURS_6} -all"}
ENDED = (
    "dovecot: imap-login: Disconnected: Connection closed: SSL_read failed: error:14094415:SSL routines:"
    "ssl3_read_bytes:sslv3 alert certificate expired: SSL alert number 45 (no auth attempts in 0 secs): user=<>"
)


def thief(queued: bool) -> str:
    """One account from thirty addresses; many a log tells of the logins alone."""
    rows = []
    for n in range(100):
        client = f"unknown[{('192.0.2', '198.51.100', '203.0.113')[n % 3]}.{60 + n % 30}]"
        login = f"client={client}, sasl_method=PLAIN, sasl_username=info@example.jp"
        rows.append((1800 - n * 12, f"postfix/smtpd[900]: 5D{n:05X}: {login}"))
        if queued:
            sent = "from=<info@example.jp>, size=4000, nrcpt=50 (queue active)"
            rows.append((1799 - n * 12, f"postfix/qmgr[100]: 5D{n:05X}: {sent}"))
    return lines(rows)


def home_page() -> str:
    """The web server's account hands in a hundred letters in ten minutes."""
    rows = []
    for n in range(100):
        rows.append((901 - n * 6, f"postfix/pickup[77]: 3C{200 + n:05X}: uid=33 from=<www-data>"))
        to, at = f"v{n}@customer{n % 50 + 1}.example", 900 - n * 6
        sent = letter(
            200 + n, to, "sent", "2.0.0", "250 ok", relay="mx[198.51.100.30]:25", sender="www-data@example.jp"
        )
        rows += [(at - place, text) for place, (_, text) in enumerate(sent)]
    return lines(rows)


def strangers() -> str:
    """Nine addresses outside hand in mail for strangers, and it leaves."""
    rows = []
    for n in range(40):
        rows.append((901 - n, f"postfix/smtpd[9]: 3C{n:05X}: client=unknown[192.0.2.{n % 9 + 20}]"))
        to, sender = f"v{n}@customer{n % 30 + 1}.example", f"offer{n % 7}@bank.example"
        sent = letter(n, to, "sent", "2.0.0", "250 ok", relay="mx[198.51.100.30]:25", sender=sender)
        rows += [(900 - n - place / 9, text) for place, (_, text) in enumerate(sent)]
    return lines(rows)


def unknown_names() -> str:
    """Nobody's name is found any more."""
    rows = []
    for n, name in enumerate(["gmail.com", "outlook.com", "docomo.ne.jp", "customer1.example", "yahoo.com"] * 2):
        said = f"Host or domain name not found. Name service error for name={name} type=MX: Host not found, try again"
        rows += letter(n, f"g@{name}", "deferred", "4.4.3", said, relay="none", sender="taro@example.jp")
    return lines(rows)


def one_is_down() -> str:
    """Five letters to one partner wait."""
    said = "connect to mx.partner.example[192.0.2.77]:25: Connection refused"
    rows = arrived()
    for n in range(60, 65):
        rows += letter(n, "yamada@partner.example", "deferred", "4.4.1", said, relay="none", sender="taro@example.jp")
    return lines(rows)


NO_ROOM = "postfix/smtpd[9]: NOQUEUE: reject: MAIL from unknown[192.0.2.{n}]: 452 4.3.1 Insufficient system storage"
MILTER = "postfix/smtpd[9]: warning: connect to Milter service inet:127.0.0.1:8891: Connection refused"
LISTED = (
    "postfix/smtpd[9]: NOQUEUE: reject: RCPT from mx[192.0.2.{n}]: 554 5.7.1 Service unavailable; Client host "
    "[192.0.2.{n}] blocked using zen.spamhaus.org; Error: open resolver; https://check.spamhaus.org/returnc/pub/; "
    "from=<a{n}@customer{n}.example> to=<taro@example.jp> proto=ESMTP helo=<a>"
)
QUOTA = (
    "postfix/lmtp[7]: 3C0000{n}: to=<taro@example.jp>, relay=mx1[private/dovecot-lmtp], delay=1, delays=0/0/0/1, "
    "dsn=5.2.2, status=bounced (host mx1[private/dovecot-lmtp] said: 552 5.2.2 <taro@example.jp> Quota exceeded "
    "(mailbox for user is full) (in reply to end of DATA command))"
)
LOGIN = (
    "SASL authentication failed; server smtp.provider.example[192.0.2.44] said: 535 5.7.8 Error: authentication failed"
)
JAIL = """cat > /usr/bin/fail2ban-client <<'END'
#!/bin/sh
echo "[{{'postfix-sasl': ['{here}']}}]"
END"""
QUICK = {
    "names in a world without the internet": Evidence("", lambda: lines(arrived()), told=("--symptom", "checkup")),
    "the filter is gone": Evidence("helper_down", lambda: lines(again(6, MILTER)), told=RECEIVING),
    "one partner's server is down": Evidence("recipient_side", one_is_down, told=(*SENDING, "--recipients", "one")),
}
SCENES = {
    "a stolen password": Evidence("account_hijacked", lambda: thief(True)),
    "a stolen password, the logins alone": Evidence("account_hijacked", lambda: thief(False)),
    "the home page": Evidence("web_form_abused", home_page, told=()),
    "the home page's queue": Evidence(
        "web_form_abused", told=("--symptom", "complaint"),
        queue=lambda: [waiting(n, "www-data@mx1.example.jp", f"v{n}@{('gmail.com', 'yahoo.com')[n % 2]}",
                               "host mx[192.0.2.40] said: 421 4.7.0 Try again later") for n in range(130)],
    ),
    "an open door": Evidence("open_relay", strangers, shell="postconf -e mynetworks=0.0.0.0/0; postfix reload"),
    "outlook's own list": Evidence(
        "provider_blocked", lambda: lines(arrived() + refused(OUTLOOK, S3150, "guest@hotmail.com"))
    ),
    "slower, please": Evidence(
        "rate_limited", lambda: lines(arrived() + refused(GMAIL, SLOW_DOWN, "g@gmail.com", count=5, status="deferred"))
    ),
    "au's hour is full": Evidence("rate_limited", lambda: lines(arrived() + refused(
        "lsean.au.com[192.0.2.46]", "452 4.2.1 Too many recipients received this hour from 203.0.113.9", "g@au.com",
        count=6, status="deferred",
    ))),
    "no proof": Evidence(
        "sender_auth_failing", lambda: lines(arrived() + refused(GMAIL, UNPROVEN, "g@gmail.com")), bent=NOT_OURS
    ),
    "against our own rule": Evidence(
        "sender_auth_failing", lambda: lines(arrived() + refused(OUTLOOK, DMARC, "g@outlook.com", count=4)),
        bent=NOT_OURS,
    ),
    "no name": Evidence(
        "ptr_or_helo_wrong",
        lambda: lines(arrived() + refused(GMAIL, NAMELESS.format(address="203.0.113.9"), "g@gmail.com")),
        bent={"reverse": ""},
    ),
    "a greeting nobody finds": Evidence("ptr_or_helo_wrong", lambda: lines(arrived() + refused(
        "mx.customer9.example[192.0.2.9]", "550 5.7.1 <mail.localdomain>: Helo command rejected: Host not found",
        "g@customer9.example", count=4,
    )), shell="postconf -e smtp_helo_name=mail.localdomain; postfix reload"),
    "ipv6 without a name": Evidence(
        "ipv6_path_bad", lambda: lines(arrived() + refused(GMAIL, NAMELESS.format(address=OURS_6), "g@gmail.com")),
        bent=SIX,
    ),
    "no way out": Evidence("outbound_25_blocked", queue=lambda: [
        waiting(n, "taro@example.jp", f"p@customer{n}.example",
                f"connect to mx.customer{n}.example[192.0.2.{n}]:25: Connection timed out") for n in range(1, 9)
    ]),
    "no names": Evidence("resolver_broken", unknown_names),
    "no room this morning": Evidence("disk_full", lambda: lines(again(9, NO_ROOM)), told=RECEIVING),
    "a list that wants no questions": Evidence(
        "own_filter_rejects_all", lambda: lines(again(12, LISTED)), told=RECEIVING
    ),
    "the domain is gone": Evidence("domain_expired", zones={"example.jp": None}, told=RECEIVING),
    "the MX has no address": Evidence("dns_moved", zones={"example.jp": "@ MX 10 mx9\n"}, told=RECEIVING),
    "telephones say that it ended": Evidence("certificate_expired", lambda: lines(again(8, ENDED)), told=RECEIVING),
    "the guard's word": Evidence("self_banned", kind="pf-guarded", shell=JAIL, told=RECEIVING),
    "taro's box": Evidence("mailbox_full", lambda: lines(arrived() + again(4, QUOTA)), told=RECEIVING),
    "what info@ passes on": Evidence("forwarding_breaks_auth", lambda: lines(arrived() + refused(
        GMAIL, FORWARDED, "owner@gmail.com", sender="buyer@customer7.example", alias="info@example.jp"
    ))),
    "the provider's no": Evidence("relayhost_login_failing", lambda: lines([
        row for n in range(1, 5)
        for row in letter(n, f"p@customer{n}.example", "deferred", "4.7.8", LOGIN,
                          relay="smtp.provider.example[192.0.2.44]:587", sender="taro@example.jp")
    ]), shell="postconf -e 'relayhost=[smtp.provider.example]:587'; postfix reload"),
    "come again in five minutes": Evidence("greylisted_wait", lambda: lines(arrived() + refused(
        "mx.customer9.example[192.0.2.9]", "450 4.2.0 <p@customer9.example>: Recipient address rejected: Greylisted",
        "p@customer9.example", status="deferred",
    )), told=("--symptom", "slow")),
    "docomo knows no yamada": Evidence("recipient_side", lambda: lines(arrived() + refused(
        "mfsmax.docomo.ne.jp[192.0.2.45]", "550 Unknown user yamada@docomo.ne.jp", "yamada@docomo.ne.jp", count=1
    )), told=(*SENDING, "--recipients", "one")),
    "Red Hat 5": Evidence("server_unsupported", told=("--symptom", "checkup"), shell=(
        "rm -f /etc/os-release; echo 'Red Hat Enterprise Linux Server release 5.11 (Tikanga)' > /etc/redhat-release"
    )),
    "an empty queue and no log": Evidence("", queue=list, told=()),
}  # fmt: skip


@pytest.mark.parametrize("scene", QUICK.values(), ids=list(QUICK))
def test_a_few_lines_tell(company: OpenCompany, scene: Evidence) -> None:
    """Part of `make test`."""
    tells(company, scene)


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES.values(), ids=list(SCENES))
def test_many_lines_tell(company: OpenCompany, scene: Evidence) -> None:
    """The others."""
    tells(company, scene)


def tells(company: OpenCompany, scene: Evidence) -> None:
    """The cause stands first; where there is none, nothing is called critical or the cause."""
    told = scene.play(company)
    if scene.cause:
        told.first_is(scene.cause)
        return
    assert not told.critical, told.summary
    assert told.first["code"] == "nothing_found", told.summary
