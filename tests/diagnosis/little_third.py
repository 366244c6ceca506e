# ruff: noqa: E501  (the texts stand as they arrive)
"""A third handful, written after every kind of refusal had got its cause."""

from __future__ import annotations

from tests.diagnosis.little_again import EXIM_DAY, NAMES, waiting
from tests.diagnosis.little_scene import IN, OUT, Scene, ago

SCENES: dict[str, Scene] = {
    "a ministry asks barracuda": Scene(
        "address_listed", answers=OUT, listed=("b.barracudacentral.org",),
        bounce="<t@ministry.example>: host mx.ministry.example[198.51.100.91] said: 554 Service unavailable; Client host [mail.aoba.example] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=203.0.113.25 (in reply to RCPT TO command)"),
    "trend micro keeps us out": Scene(
        "provider_blocked", answers={},
        bounce="<t@nishi.example>: host in.hes.trendmicro.co.jp[18.208.22.64] said: 550 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using Trend Micro Email Reputation Service. Please see http://www.mail-abuse.com/cgi-bin/lookup?ip_address=203.0.113.25 (in reply to RCPT TO command)"),
    "microsoft throttles a new address": Scene(
        "provider_blocked|rate_limited", answers={"symptom": "slow"},
        queue=waiting("host outlook-com.olc.protection.outlook.com[52.101.68.20] said: 451 4.7.650 The mail server [203.0.113.25] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://aka.ms/postmaster (S775) (in reply to MAIL FROM command)", ("outlook.jp", "hotmail.com", "live.jp"))),
    "the signature is broken and gmail says both fail": Scene(
        "sender_auth_failing", answers={}, spf="v=spf1 ip4:203.0.113.99 -all",
        bounce="550-5.7.26 Your email has been blocked because the sender is unauthenticated. Authentication results: DKIM = did not pass SPF [aoba.example] with ip: [203.0.113.25] = did not pass"),
    "gmail could not confirm our name": Scene(
        "ptr_or_helo_wrong", answers={}, reverse="old.provider.example",
        records=(("old.provider.example", "A", "203.0.113.199"),),
        bounce="550-5.7.1 [203.0.113.25] The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not point to the sending IP."),
    "their server calls its own people strangers": Scene(
        "recipient_side", who="recipient", answers={"recipients": "one"},
        bounce="<t@nishi.example>: host mx.nishi.example[198.51.100.91] said: 554 5.7.1 <t@nishi.example>: Relay access denied (in reply to RCPT TO command)"),
    "the provider wants a login": Scene(
        "relayhost_login_failing", answers=OUT,
        bounce="<t@nishi.example>: host mail.provider.example[198.51.100.60] said: 554 5.7.1 <t@nishi.example>: Relay access denied (in reply to RCPT TO command)"),
    "the attachment is too big": Scene(
        "recipient_side", answers={"affected": "one"},
        bounce="次の宛先へのメールは送信できませんでした。\n<t@nishi.example>\n552 5.3.4 Message size exceeds fixed limit"),
    "our address cannot be looked up": Scene(
        "dns_moved", answers=OUT, mx=None, address=None,
        bounce="<t@nishi.example>: host mx.nishi.example[198.51.100.91] said: 450 4.1.8 <sato@aoba.example>: Sender address rejected: Domain not found (in reply to RCPT TO command)"),
    "a customer waited five days for our door": Scene(
        "mail_service_stopped", answers=IN, greeting=None,
        bounce="このメールは配信できませんでした。\n<info@aoba.example>: connect to mail.aoba.example[203.0.113.25]:25: Connection timed out"),
    "exim's list: the provider's password": Scene(
        "relayhost_login_failing", answers={}, greeting="mail.aoba.example ESMTP Exim 4.98",
        log=lambda: "".join(
            f"{ago(40 - n, EXIM_DAY)} 1w{n:04d}-00000000abc-1234 == somu@{name} R=smarthost T=remote_smtp_smarthost defer (-42) H=mail.provider.example [198.51.100.60]: login_server authenticator failed: 535 5.7.8 Error: authentication failed\n"
            for n, name in enumerate(NAMES * 3))),
    "the milter is not there, says postfix's log": Scene(
        "helper_down", answers=IN,
        log=lambda: "".join(
            f"{ago(40 - n)} mail postfix/smtpd[{900 + n}]: warning: connect to Milter service unix:/run/opendkim/opendkim.sock: No such file or directory\n"
            f"{ago(40 - n)} mail postfix/smtpd[{900 + n}]: NOQUEUE: milter-reject: CONNECT from mx.nishi.example[198.51.100.91]: 451 4.7.1 Service unavailable - try again later; proto=SMTP\n"
            for n in range(12))),
    "sorbs turns everybody away, says exim's log": Scene(
        "own_filter_rejects_all", answers=IN, greeting="mail.aoba.example ESMTP Exim 4.98",
        log=lambda: "".join(
            f"{ago(40 - n / 2, EXIM_DAY)} H=mx.nishi{n}.example [198.51.100.{n + 1}] F=<ono@nishi{n}.example> rejected RCPT <info@aoba.example>: 198.51.100.{n + 1} is listed at dnsbl.sorbs.net\n"
            for n in range(40))),
    "one person's box here is full, says dovecot's log": Scene(
        "mailbox_full", who="you", answers={"affected": "one"},
        log=lambda: "".join(
            f"{ago(40 - n)} mail dovecot: lmtp(taro@aoba.example)<811><abc>: Error: save failed to INBOX: Quota exceeded (mailbox for user is full)\n"
            f"{ago(40 - n)} mail postfix/lmtp[{900 + n}]: 4Zk1Q{n}m2Zz0z9v: to=<taro@aoba.example>, relay=mail.aoba.example[private/dovecot-lmtp], delay=1, delays=0.1/0/0.5/0.4, dsn=5.2.2, status=bounced (host mail.aoba.example[private/dovecot-lmtp] said: 552 5.2.2 <taro@aoba.example> Quota exceeded (mailbox for user is full) (in reply to end of DATA command))\n"
            for n in range(8))),
}  # fmt: skip
