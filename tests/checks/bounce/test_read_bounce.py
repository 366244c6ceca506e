# ruff: noqa: E501  (replies are quoted on one line, as they are sent)
"""Whole messages in the styles of the mail programs, written by hand."""

from __future__ import annotations

import pytest

from core.checks.bounce import BounceFacts, bounce_summary, read_bounce

DSN = """Return-Path: <>
From: MAILER-DAEMON@mail.example.co.jp (Mail Delivery System)
To: nakamura@example.co.jp
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1/mail.example.co.jp"

--B1/mail.example.co.jp
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.co.jp.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{to}>: host {host}[198.51.100.9] said: {said}

--B1/mail.example.co.jp
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.co.jp
X-Postfix-Queue-ID: 4F3A
Arrival-Date: Sun, 22 Nov 2026 08:40:00 +0900 (JST)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; {host}
Diagnostic-Code: smtp; {said}

--B1/mail.example.co.jp
Content-Type: message/rfc822

Received: from pc (pc [192.168.0.9]) by mail.example.co.jp; Sun, 22 Nov 2026 08:40:00 +0900
From: nakamura@example.co.jp
To: {to}
Subject: estimate

Hello
--B1/mail.example.co.jp--
"""


def dsn(
    said: str, to: str = "taro@example.jp", host: str = "mx.example.jp", status: str = "5.0.0", action: str = "failed"
) -> str:
    return DSN.format(said=said, to=to, host=host, status=status, action=action)


@pytest.mark.parametrize(
    ("said", "host", "status", "reason", "provider"),
    [
        (
            "550 5.1.1 <taro@example.jp>: Recipient address rejected: User unknown",
            "mx.example.jp",
            "5.1.1",
            "user_unknown",
            None,
        ),
        ("554 5.7.1 <taro@example.jp>: Relay access denied", "mx.example.jp", "5.7.1", "relay_denied", None),
        ("552 5.2.2 <taro@example.jp> Quota exceeded", "mx.example.jp", "5.2.2", "mailbox_full", None),
        ("552 5.3.4 Message size exceeds fixed limit", "mx.example.jp", "5.3.4", "message_too_big", None),
        (
            "550 5.7.1 Client host rejected: cannot find your reverse hostname, [203.0.113.25]",
            "mx.example.jp",
            "5.7.1",
            "reverse_dns_missing",
            None,
        ),
        (
            "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
            "mx.example.jp",
            "5.5.2",
            "helo_refused",
            None,
        ),
        ("550 5.7.0 Reject, id=1-01 - INFECTED: Eicar-Test-Signature", "mx.example.jp", "5.7.0", "virus_found", None),
        (
            "421 4.7.0 mx.example.jp Error: too many connections from 203.0.113.25",
            "mx.example.jp",
            "4.7.0",
            "rate_limited",
            None,
        ),
        ("550 5.7.27 refused", "gmail-smtp-in.l.google.com", "5.7.27", "sender_auth_failed", "gmail"),
        ("550 Unknown user taro@docomo.ne.jp", "mfsmax.docomo.ne.jp", "5.0.0", "user_unknown", "docomo"),
    ],
)
def test_a_delivery_status_notification(said: str, host: str, status: str, reason: str, provider: str | None) -> None:
    facts = read_bounce(dsn(said, host=host, status=status))
    (entry,) = facts.recipients
    assert facts.kind == "bounce"
    assert (entry.final_recipient, entry.reason, entry.provider) == ("taro@example.jp", reason, provider)
    assert entry.diagnostic_code == said
    assert (entry.remote_mta, entry.reporting_mta, entry.refused_by) == (host, "mail.example.co.jp", "remote")


def test_the_sending_address_is_the_one_the_refuser_names() -> None:
    said = "554 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using zen.spamhaus.org"
    facts = read_bounce(dsn(said))
    assert facts.sending_address == "203.0.113.25"
    assert facts.recipients[0].playbook == "spamhaus"


def test_a_delay_notice_is_no_failure_and_waits() -> None:
    facts = read_bounce(dsn("450 4.2.0 Greylisted, please wait", status="4.2.0", action="delayed"))
    (entry,) = facts.recipients
    assert (facts.kind, entry.action, entry.reason, entry.who_acts, entry.permanent) == (
        "delay",
        "delayed",
        "greylisted",
        "wait",
        False,
    )


def test_a_success_report_is_no_bounce() -> None:
    facts = read_bounce(dsn("250 2.0.0 Ok", status="2.0.0", action="delivered"))
    assert (facts.kind, facts.is_bounce) == ("delivered", False)


def mail(
    body: str, subject: str = "failure notice", sender: str = "MAILER-DAEMON@mail.example.co.jp", extra: str = ""
) -> str:
    return f"From: {sender}\nTo: nakamura@example.co.jp\nSubject: {subject}\n{extra}\n{body}"


QMAIL = """Hi. This is the qmail-send program at mail.example.co.jp.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<taro@example.jp>:
198.51.100.9 does not like recipient.
Remote host said: 550 5.1.1 No such user
Giving up on 198.51.100.9.

<hanako@example.net>:
Sorry, I couldn't find any host named example.net. (#5.1.2)

--- Below this line is a copy of the message.

Return-Path: <nakamura@example.co.jp>
To: taro@example.jp
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  taro@example.jp
    host mx.example.jp [198.51.100.9]
    SMTP error from remote mail server after RCPT TO:<taro@example.jp>:
    550 relay not permitted
  hanako@example.net
    Unrouteable address

------ This is a copy of the message, including all the headers. ------
"""
SENDMAIL = """The original message was received at Sun, 22 Nov 2026 08:40:00 +0900
from pc.example.co.jp [192.168.0.9]

   ----- The following addresses had permanent fatal errors -----
<taro@example.jp>
    (reason: 552 5.2.2 Over quota)

   ----- Transcript of session follows -----
... while talking to mx.example.jp.:
>>> DATA
<<< 552 5.2.2 Over quota
554 5.0.0 Service unavailable
"""
EXCHANGE = """Delivery has failed to these recipients or groups:

taro@example.jp
The email address you entered couldn't be found. Please check the recipient's email address.

Diagnostic information for administrators:

Generating server: EX1.example.co.jp

taro@example.jp
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
"""
DOMINO = """Your message

  Subject: estimate

was not delivered to:

  taro@example.jp

because:

  User taro (taro@example.jp) not listed in Domino Directory
"""
COURIER = """UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<taro@example.jp>:
    mx.example.jp [198.51.100.9]:
>>> RCPT TO:<taro@example.jp>
<<< 550 User unknown
"""
OPENSMTPD = """    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

taro@example.jp: 554 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using bl.spamcop.net
"""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (QMAIL, {"taro@example.jp": "user_unknown", "hanako@example.net": "domain_cannot_receive"}),
        (EXIM, {"taro@example.jp": "relay_denied", "hanako@example.net": "domain_cannot_receive"}),
        (SENDMAIL, {"taro@example.jp": "mailbox_full"}),
        (EXCHANGE, {"taro@example.jp": "user_unknown"}),
        (DOMINO, {"taro@example.jp": "user_unknown"}),
        (COURIER, {"taro@example.jp": "user_unknown"}),
        (OPENSMTPD, {"taro@example.jp": "ip_blocked"}),
    ],
    ids=["qmail", "exim", "sendmail", "exchange", "domino", "courier", "opensmtpd"],
)
@pytest.mark.parametrize("whole", [True, False], ids=["mail", "pasted"])
def test_a_bounce_without_machine_readable_part(body: str, found: dict[str, str], whole: bool) -> None:
    facts = read_bounce(mail(body) if whole else body)
    assert facts.kind == "bounce"
    assert {entry.final_recipient: entry.reason for entry in facts.recipients} == found


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "euc_jp", "utf-8"])
@pytest.mark.parametrize("declared", [True, False])
def test_japanese_in_any_encoding(charset: str, declared: bool) -> None:
    text = (
        "次のあて先にメールを配信できませんでした。\n\n<taro@example.jp>:\n  メールボックスの容量が上限を超えています\n"
    )
    header = f"Content-Type: text/plain; charset={charset}\n" if declared else ""
    facts = read_bounce(mail("", extra=header).encode() + text.encode(charset))
    assert [(e.final_recipient, e.reason) for e in facts.recipients] == [("taro@example.jp", "mailbox_full")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("５５０ ５．１．１ ＜taro＠example．jp＞ Ｕｓｅｒ ｕｎｋｎｏｗｎ", "user_unknown"),
        (
            "host mx.example.jp said 550 5.1.1 taro@example.jp\nRecipient address rejected\nUser unknown in\nvirtual mailbox table",
            "user_unknown",
        ),
        ("554 5.7.1 Service unavailable\nClient host 203.0.113.25\nblocked using\nzen.spamhaus.org", "ip_blocked"),
        (
            "to=<taro@example.jp>, relay=none, dsn=4.4.1, status=deferred (connect to mx.example.jp[198.51.100.9]:25: Connection timed out)",
            "unreachable",
        ),
        ("550 このアカウントは停止されています", "address_closed"),
    ],
)
def test_lines_typed_or_copied(line: str, reason: str) -> None:
    facts = read_bounce(line)
    assert facts.is_bounce
    assert facts.recipients[0].reason == reason


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            mail(
                "I am out of the office until Monday.",
                "Automatic reply: estimate",
                "taro@example.jp",
                "Auto-Submitted: auto-replied\n",
            ),
            "auto_reply",
        ),
        (mail("休暇をいただいております。", "自動応答: 見積", "taro@example.jp"), "auto_reply"),
        (mail("Shall we meet at 550 Main Street? The access road is blocked.", "Lunch", "taro@example.jp"), "ordinary"),
        ("お世話になっております。来週の打ち合わせの件、よろしくお願いいたします。", "ordinary"),
        ("Dear Mr Nakamura,\nthe order was rejected by our purchasing team.\nBest regards", "ordinary"),
        (
            "From: a@example.jp\nTo: b@example.jp\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n\nread\n--x--",
            "read_receipt",
        ),
        (
            "From: a@example.jp\nTo: b@example.jp\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\n\nspam\n--x--",
            "complaint",
        ),
        ("250 2.0.0 Ok: queued as 4F3A", "delivered"),
        ("", "empty"),
        ("\n \n", "empty"),
    ],
)
def test_what_is_no_bounce_is_said_to_be_so(text: str, kind: str) -> None:
    facts = read_bounce(text)
    assert (facts.kind, facts.is_bounce) == (kind, False)
    assert bounce_summary(facts)["is_bounce"] is False


def test_a_forwarded_bounce_is_read_inside() -> None:
    outer = "From: taro@example.co.jp\nTo: it@example.co.jp\nSubject: please look\nContent-Type: multipart/mixed; boundary=OUT\n\n"
    text = f"{outer}--OUT\nContent-Type: text/plain\n\nsee attached\n--OUT\nContent-Type: message/rfc822\n\n{dsn('550 5.1.1 User unknown')}\n--OUT--\n"
    assert read_bounce(text).recipients[0].reason == "user_unknown"


def test_the_summary_has_the_public_names() -> None:
    summary = bounce_summary(read_bounce(dsn("550 5.1.1 User unknown")))
    names = {
        "address",
        "action",
        "status",
        "reason",
        "permanent",
        "who_acts",
        "remote_mta",
        "diagnostic_code",
        "provider",
        "playbook",
    }
    assert {"is_bounce", "recipients", "sending_address"} <= summary.keys()
    assert names <= summary["recipients"][0].keys()


def test_facts_of_nothing() -> None:
    assert read_bounce(b"") == BounceFacts("empty")


def test_a_refusal_that_calls_itself_an_automatic_reply_is_not_said_to_have_arrived() -> None:
    mail = (
        "From: MAILER-DAEMON@mail.example.jp (Mail Delivery System)\nTo: a@example.jp\n"
        "Subject: Undelivered Mail Returned to Sender\nContent-Type: text/plain; charset=Shift_JIS\n\n"
        "これはメールシステムからの自動返信です。\n<b@other.example>: host mx.other.example[203.0.113.9] said: "
        "550 Unknown user b@other.example (in reply to RCPT TO command)\n"
    )
    facts = read_bounce(mail.encode("cp932"))
    assert (facts.kind, [entry.reason for entry in facts.recipients]) == ("bounce", ["user_unknown"])
