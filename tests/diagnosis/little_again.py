# ruff: noqa: E501  (the texts stand as they arrive)
"""A second handful of scenes with little to go on, written after the rules had been mended for the first."""

from __future__ import annotations

from typing import Any

from tests.diagnosis.little_scene import IN, OURS, OUT, Scene, ago

NAMES = ("nishi.example", "kita.example", "minami.example", "gmail.com", "yahoo.co.jp", "docomo.ne.jp")
HEAD = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"
EXIM_DAY = "%Y-%m-%d %H:%M:%S"
# The company's mail is kept at Microsoft.
MICROSOFT: dict[str, Any] = {
    "mx": "aoba-example.mail.protection.outlook.com",
    "address": "203.0.113.120",
    "spf": "v=spf1 include:spf.protection.outlook.com -all",
    "greeting": "x.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready",
    "records": (("spf.protection.outlook.com", "TXT", '"v=spf1 ip4:203.0.113.0/24 -all"'),),
}


def waiting(reason: str, names: tuple[str, ...] = NAMES) -> str:
    """Postfix's list: one letter for each, all put off for this reason."""
    each = [
        f"4Xk1Q{n}m2Zz0z9v     4120 {ago(90 - n, '%a %b %e %H:%M:%S')}  sato@aoba.example\n({reason.format(name=name)})\n"
        f"                                         somu@{name}\n\n"
        for n, name in enumerate(names)
    ]
    return HEAD + "".join(each) + f"-- 25 Kbytes in {len(names)} Requests.\n"


SCENES: dict[str, Scene] = {
    "au does not know the number": Scene(
        "recipient_side", who="recipient", answers={"recipients": "one"},
        bounce="<taro.y@au.com>: host lsean.ezweb.ne.jp[27.86.113.7] said: 550 <taro.y@au.com>: User unknown (in reply to RCPT TO command)"),
    "softbank does not know the person": Scene(
        "recipient_side", answers={},
        bounce="<mei@i.softbank.jp>: host mx.i.softbank.jp[117.46.6.1] said: 550 5.1.1 Invalid recipient: <mei@i.softbank.jp> (in reply to RCPT TO command)"),
    "docomo finds it too much": Scene(
        "rate_limited", answers=OUT,
        queue=waiting("host mfsmax.docomo.ne.jp[203.138.181.112] said: 421 4.7.0 Too many messages from your IP address, try again later (in reply to MAIL FROM command)", ("docomo.ne.jp",) * 5)),
    "gmail slows what has no proof": Scene(
        "sender_auth_failing", spf=None, answers={},
        queue=waiting("host gmail-smtp-in.l.google.com[142.250.0.26] said: 421-4.7.26 Your email has been rate limited because the sender is unauthenticated. (in reply to end of DATA command)", ("gmail.com",) * 6)),
    "gmail thinks it is unsolicited": Scene(
        "provider_blocked", answers=OUT,
        bounce="""  kumi@gmail.com
    host gmail-smtp-in.l.google.com [142.250.0.26]
    SMTP error from remote mail server after end of data:
    550-5.7.1 [203.0.113.25      12] Gmail has detected that this message is
    550-5.7.1 likely unsolicited mail. To reduce the amount of spam sent to Gmail,
    550-5.7.1 this message has been blocked. For more information, go to
    550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError
""", greeting="mail.aoba.example ESMTP Exim 4.98"),
    "gmail thinks little of our name": Scene(
        "provider_blocked", answers={},
        bounce="550-5.7.1 [203.0.113.25 19] Gmail has detected that this message is likely suspicious due to the very low reputation of the sending domain. To best protect our users from spam, the message has been blocked."),
    "outlook asks spamhaus": Scene(
        "address_listed", answers={"symptom": "not_received"}, listed=("zen.spamhaus.org",),
        bounce="""この組織のメール サーバーによってメッセージが拒否されました。
koji@hotmail.com
Remote Server returned '550 5.7.1 Service unavailable, Client host [203.0.113.25] blocked using Spamhaus. To request removal from this list see https://www.spamhaus.org/query/ip/203.0.113.25 (AS3130). [TYBP286MB1234.JPNP286.PROD.OUTLOOK.COM]'
"""),
    "the new line is not in our record": Scene(
        "sender_auth_failing", answers={},
        bounce="550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 SPF check failed: domain aoba.example does not designate 203.0.113.77 as permitted sender"),
    "microsoft says access denied to one": Scene(
        "recipient_side", answers={"symptom": "not_delivered", "recipients": "one"},
        bounce="<kanri@nishi.example>: host nishi-example.mail.protection.outlook.com[52.101.132.1] said: 550 5.4.1 Recipient address rejected: Access denied. [OSA0EPF000000C6.apcprd02.prod.outlook.com] AS(201806281) (in reply to RCPT TO command)"),
    "the copier logs in the old way": Scene(
        "relayhost_login_failing", answers={"symptom": "not_delivered", "affected": "one"}, reverse=None, **MICROSOFT,
        bounce="535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [TYAPR01CA0123.jpnprd01.prod.outlook.com]"),
    "the copier does not start with encryption": Scene(
        "relayhost_login_failing", answers={},
        bounce="530 5.7.0 Must issue a STARTTLS command first. For more information, go to https://support.google.com/a/answer/3221692 - gsmtp"),
    "gmail itself cannot be reached": Scene(
        "outbound_25_blocked", answers=OUT,
        bounce="<kumi@gmail.com>: connect to gmail-smtp-in.l.google.com[142.250.0.26]:25: Connection timed out"),
    "gmail's name cannot be found": Scene(
        "resolver_broken", answers=OUT,
        bounce="<kumi@gmail.com>: Host or domain name not found. Name service error for name=gmail.com type=MX: Host not found, try again"),
    "it says that its name is localhost": Scene(
        "ptr_or_helo_wrong", who="you", answers={},
        bounce="<b@nishi.example>: host mx.nishi.example[198.51.100.90] said: 504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname (in reply to RCPT TO command)"),
    "exim passed a bank's letter on": Scene(
        "forwarding_breaks_auth", answers={}, greeting="mail.aoba.example ESMTP Exim 4.98",
        bounce="""From: Mail Delivery System <Mailer-Daemon@mail.aoba.example>
To: news@bank.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  shacho.aoba@gmail.com
    (generated from shacho@aoba.example)
    host gmail-smtp-in.l.google.com [142.250.0.26]
    SMTP error from remote mail server after end of data:
    550-5.7.26 Unauthenticated email from bank.example is not accepted due to
    550-5.7.26 domain's DMARC policy.
"""),
    "a delay, told in japanese": Scene(
        "greylisted_wait", answers={"symptom": "slow"},
        bounce="""件名: 配信遅延: 見積書

次の受信者へのメッセージの配信が遅れています。再送信の必要はありません。配信は引き続き試行されます。

b@nishi.example
451 4.7.1 Greylisting in action, please come back later
"""),
    # --- a company keeps the mail
    "xserver's limit for an hour": Scene(
        "rate_limited", mx="sv8123.xserver.jp", address="203.0.113.81", reverse="sv8123.xserver.jp", answers={},
        spf="v=spf1 +a:sv8123.xserver.jp -all", greeting="sv8123.xserver.jp ESMTP",
        bounce="450 4.7.1 <info@aoba.example>: Sender address rejected: too many messages sent, hourly sending limit exceeded"),
    "the box at sakura is full": Scene(
        "mailbox_full", who="you", mx="aoba.sakura.ne.jp", address="203.0.113.82", reverse="www1234.sakura.ne.jp", answers=IN,
        spf="v=spf1 a:www1234.sakura.ne.jp mx ~all", greeting="www1234.sakura.ne.jp ESMTP Sendmail",
        bounce="<info@aoba.example>: host aoba.sakura.ne.jp[203.0.113.82] said: 552 5.2.2 <info@aoba.example>: Over quota (in reply to RCPT TO command)"),
    "the domain was never finished at microsoft": Scene(
        "dns_moved", mx="ms12345678.msv1.invalid", address=None, reverse=None, answers=IN
    ),
    "all is well at microsoft": Scene(
        "nothing_found", reverse="mail-ty1.outbound.protection.outlook.com", answers={}, **MICROSOFT),
    # --- what customers sent on
    "a customer's server does not believe our certificate": Scene(
        "certificate_expired", answers=IN,
        bounce="<info@aoba.example>: Cannot start TLS: certificate verification failed for mail.aoba.example[203.0.113.25]:25: certificate has expired"),
    "a customer's address is on zen and our server says so": Scene(
        "own_filter_rejects_all|recipient_side", answers={},
        bounce="<info@aoba.example>: host mail.aoba.example[203.0.113.25] said: 554 5.7.1 Service unavailable; Client host [198.51.100.91] blocked using zen.spamhaus.org; Error: open resolver; https://check.spamhaus.org/returnc/pub/198.51.100.91/ (in reply to RCPT TO command)"),
    "exim's filter at our door is dead": Scene(
        "helper_down", answers={}, greeting="mail.aoba.example ESMTP Exim 4.98",
        bounce="""  info@aoba.example
    host mail.aoba.example [203.0.113.25]
    SMTP error from remote mail server after end of data:
    451 Temporary local problem - please try later
"""),
    # --- lists of waiting mail
    "the virus program is not there, says the list": Scene(
        "helper_down", answers={}, queue=waiting("connect to 127.0.0.1[127.0.0.1]:10024: Connection refused")
    ),
    "sendmail finds no names": Scene(
        "resolver_broken", answers={}, greeting="mail.aoba.example ESMTP Sendmail 8.18.1/8.18.1",
        queue=f"\t\t/var/spool/mqueue ({len(NAMES)} requests)\n-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------\n"
        + "".join(f"5AM1BHq401234{n}     5120 {ago(90, '%a %b %e %H:%M')} <sato@aoba.example>\n                 (Deferred: Name server: {name}.: host name lookup failure)\n\t\t\t\t\t <somu@{name}>\n" for n, name in enumerate(NAMES))
        + f"\t\tTotal requests: {len(NAMES)}\n"),
    "our own box is full, says the list": Scene(
        "mailbox_full", who="you", answers=IN,
        queue=waiting("host mail.aoba.example[private/dovecot-lmtp] said: 452 4.2.2 <shacho@aoba.example> Quota exceeded (mailbox for user is full) (in reply to end of DATA command)", ("aoba.example",) * 4)),
    "one letter is asked to come again": Scene(
        "greylisted_wait", answers={},
        queue=waiting("host mx.{name}[198.51.100.90] said: 451 4.7.1 Greylisting in action, please come back in 00:04:58 (in reply to RCPT TO command)", ("nishi.example",))),
    # --- lines of a log
    "opensmtpd's log: nothing answers": Scene(
        "outbound_25_blocked", answers={}, greeting="mail.aoba.example ESMTP OpenSMTPD",
        log=lambda: "".join(
            f"{ago(40 - n)} mail smtpd[811]: {n:016x} mta delivery evpid={n:08x}f7a1c2d3 from=<sato@aoba.example> to=<somu@{name}> rcpt=<-> source=\"-\" relay=\"mx.{name} (198.51.100.{n + 1})\" delay=9m{n}s result=\"TempFail\" stat=\"Connection timeout\"\n"
            for n, name in enumerate(NAMES * 5))),
    "exim's log: nothing answers": Scene(
        "outbound_25_blocked", answers={"symptom": "slow"}, greeting="mail.aoba.example ESMTP Exim 4.98",
        log=lambda: "".join(
            f"{ago(40 - n, EXIM_DAY)} 1w{n:04d}-00000000abc-1234 H=mx.{name} [198.51.100.{n + 1}] Connection timed out\n"
            f"{ago(40 - n, EXIM_DAY)} 1w{n:04d}-00000000abc-1234 == somu@{name} R=dnslookup T=remote_smtp defer (110) H=mx.{name} [198.51.100.{n + 1}]: Connection timed out\n"
            for n, name in enumerate(NAMES * 5))),
    "dovecot's log: no room for mail": Scene(
        "disk_full", answers=IN,
        log=lambda: "".join(f"{ago(40 - n)} mail dovecot: lmtp(taro)<811><abc>: Error: Mailbox INBOX: write(/home/taro/Maildir/tmp/1795.M{n}P8.mail) failed: No space left on device\n" for n in range(15))),
    "postfix's log: strangers to strangers": Scene(
        "open_relay", answers={"symptom": "complaint"},
        log=lambda: "".join(
            f"{ago(50 - n / 5)} mail postfix/smtpd[{2000 + n}]: 4Zk{n:04d}Zz0z9: client=unknown[198.51.100.{n % 20 + 100}]\n"
            f"{ago(50 - n / 5)} mail postfix/qmgr[800]: 4Zk{n:04d}Zz0z9: from=<win{n % 7}@prize.example>, size=2911, nrcpt=1 (queue active)\n"
            f"{ago(50 - n / 5)} mail postfix/smtp[{900 + n}]: 4Zk{n:04d}Zz0z9: to=<p{n}@stranger{n}.example>, relay=mx.stranger{n}.example[198.51.100.5]:25, delay=1, delays=0.1/0/0.5/0.4, dsn=2.0.0, status=sent (250 OK)\n"
            for n in range(120))),
    "sendmail's log: taro everywhere": Scene(
        "account_hijacked", answers={}, greeting="mail.aoba.example ESMTP Sendmail 8.18.1/8.18.1",
        log=lambda: "".join(
            f"{ago(50 - n / 5)} mail sm-mta[{2000 + n}]: AUTH=server, relay=[198.51.{100 + n % 40}.{n % 250 + 1}], authid=taro, mech=LOGIN, bits=0\n"
            f"{ago(50 - n / 5)} mail sm-mta[{2000 + n}]: 5AM{n:04d}Aq01: from=<taro@aoba.example>, size=2911, class=0, nrcpts=1, msgid=<{n}@x>, proto=ESMTPSA, daemon=MTA, relay=[198.51.{100 + n % 40}.{n % 250 + 1}]\n"
            f"{ago(50 - n / 5)} mail sm-mta[{2100 + n}]: 5AM{n:04d}Aq01: to=<p{n}@stranger{n}.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30000, relay=mx.stranger{n}.example. [198.51.100.5], dsn=2.0.0, stat=Sent (OK)\n"
            for n in range(200))),
    "exim's log: the home page writes": Scene(
        "web_form_abused", answers=OUT, greeting="mail.aoba.example ESMTP Exim 4.98",
        log=lambda: "".join(
            f"{ago(50 - n / 8, EXIM_DAY)} 1w{n:04d}-00000000abc-1234 <= www-data@mail.aoba.example U=www-data P=local S=1911 for p{n}@stranger{n}.example\n"
            f"{ago(50 - n / 8, EXIM_DAY)} 1w{n:04d}-00000000abc-1234 => p{n}@stranger{n}.example R=dnslookup T=remote_smtp H=mx.stranger{n}.example [198.51.100.5] C=\"250 OK\"\n"
            for n in range(300))),
    "an exchange nobody repairs any more": Scene(
        "server_unsupported", answers={"symptom": "checkup"},
        greeting="mail.aoba.example Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675 ready at  Sun, 22 Nov 2026 10:00:00 +0900"),
    "the registrar's pages stand there now": Scene(
        "domain_expired", answers=IN, mx=None, spf=None, address=None,
        records=(("aoba.example", "NS", "ns1.renewyourname.net."), ("aoba.example", "NS", "ns2.renewyourname.net."), ("aoba.example", "A", "203.0.113.200"))),
    "no signpost, only a home page": Scene(
        "dns_moved", answers=IN, mx=None, address=None, spf=f"v=spf1 ip4:{OURS} -all",
        records=(("aoba.example", "A", "203.0.113.201"),)),
}  # fmt: skip
