# ruff: noqa: E501  (the texts stand as they arrive)
"""A fourth handful: refusals of mailbox companies in other countries, in other tongues, without a reason, or our own
provider's; and what customers of ours were told by our own server."""

from __future__ import annotations

from tests.diagnosis.little_again import EXIM_DAY, MICROSOFT, NAMES, waiting
from tests.diagnosis.little_scene import IN, OUT, Scene, ago

ELSEWHERE = "v=spf1 ip4:203.0.113.99 -all"

SCENES: dict[str, Scene] = {
    "apple refuses by a policy of its own": Scene(
        "provider_blocked", answers=OUT,
        bounce="<m.hara@icloud.com>: host mx02.mail.icloud.com[17.57.155.25] said: 550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137 (in reply to end of DATA command)"),
    "orange refuses us in french": Scene(
        "provider_blocked", answers=OUT,
        bounce="host smtp-in.orange.fr[80.12.26.32] said: 550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506] (in reply to end of DATA command)"),
    "yandex suspects spam": Scene(
        "provider_blocked", answers=OUT,
        bounce="host mx.yandex.ru[77.88.21.249] said: 554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc 1763770442-e1AiR70 (in reply to end of DATA command)"),
    "qq counts how often we call": Scene(
        "rate_limited", answers=OUT,
        bounce="host mx3.qq.com[203.205.219.57] said: 550 Ip frequency limited. http://service.mail.qq.com/ (in reply to MAIL FROM command)"),
    "163 says only a code": Scene(
        "provider_blocked", answers=OUT,
        bounce="554 DT:SPM 163 mx12,QMCowAD3H0cPkyFn2LwFBg--.43217S2 1763770442"),
    "a brazilian host blocks our address": Scene(
        "provider_blocked", answers=OUT,
        bounce="host mx.correio.example[198.51.100.91] said: 554 5.7.1 IP 203.0.113.25 bloqueado por politica local. (in reply to MAIL FROM command)"),
    "microsoft does not like the address we come from": Scene(
        "provider_blocked", answers=OUT, **MICROSOFT,
        bounce="Remote Server returned '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP. For more information please go to http://go.microsoft.com/fwlink/?LinkId=526653 AS(7230)'"),
    "the rented server stopped our sending": Scene(
        "account_hijacked", answers=OUT,
        bounce='info@nishi.example\n    Outgoing mail from "soumu@aoba.example" has been suspended.'),
    "our mail company saw something unusual": Scene(
        "account_hijacked", answers=OUT, bounce="550 5.4.6 Unusual sending activity detected. Please try after sometime."),
    "they ask a list that is dead": Scene(
        "recipient_side", answers=OUT,
        bounce="<t@nishi.example>: host mx.nishi.example[198.51.100.91] said: 554 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using dnsbl.sorbs.net; Currently Sending Spam See: http://www.sorbs.net/ (in reply to RCPT TO command)"),
    "no reason at all": Scene(
        "recipient_side", answers={"recipients": "one"},
        bounce="Delivery has failed to these recipients or groups:\nono@nishi.example\n\nDiagnostic information for administrators:\nGenerating server: ex01.nishi.local\nono@nishi.example\n#< #5.0.0 smtp;554 Transaction failed> #SMTP#"),
    "qmail greets and says that the box is full": Scene(
        "mailbox_full", who="recipient", answers={},
        bounce="Hi. This is the qmail-send program at mail.aoba.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<info@hanamaru.example>:\n198.51.100.90 failed after I sent the message.\nRemote host said: 552 Recipient's mailbox is full, message returned to sender. (#5.2.2)\n"),
    "yahoo has a policy, and our proof is not in order": Scene(
        "sender_auth_failing", answers=OUT, spf=ELSEWHERE,
        bounce="host mta6.am0.yahoodns.net[98.136.96.75] said: 554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes (in reply to end of DATA command)"),
    "proofpoint's own list holds the queue": Scene(
        "provider_blocked", answers={"symptom": "slow"},
        queue=waiting("host mxa-001.gslb.pphosted.com[148.163.1.1] refused to talk to me: 421 Try again later: https://ipcheck.proofpoint.com/?ip=203.0.113.25")),
    "gmail could not connect, and neither can we": Scene(
        "mail_service_stopped", answers=IN, greeting=None,
        bounce="There was a temporary problem delivering your message to info@aoba.example. Gmail will retry for 46 more hours.\nThe response was:\nThe recipient server did not accept our requests to connect. [mail.aoba.example. 203.0.113.25: timed out]"),
    "our host knows none of us": Scene(
        "dns_moved", who="domain_company", mx="sv44.rental.example", answers={**IN, "affected": "everyone"},
        bounce="<info@aoba.example>: host sv44.rental.example[203.0.113.25] said: 550 5.1.1 <info@aoba.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)"),
    "a customer mistyped one of us": Scene(
        "recipient_side", who="you", answers=IN,
        bounce="<inof@aoba.example>: host mail.aoba.example[203.0.113.25] said: 550 5.1.1 <inof@aoba.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)"),
    "a table of addresses is gone, says postfix's log": Scene(
        "helper_down", answers=IN,
        log=lambda: "".join(
            f"{ago(60 - n)} mail postfix/smtpd[{n + 100}]: NOQUEUE: reject: RCPT from mx{n}.{name}[198.51.100.{n + 1}]: 451 4.3.0 <info@aoba.example>: Temporary lookup failure; from=<a@{name}> to=<info@aoba.example> proto=ESMTP helo=<mx>\n"
            for n, name in enumerate(NAMES * 3))),
    "our own domain comes round to us": Scene(
        "own_filter_rejects_all", answers=IN,
        log=lambda: "".join(
            f"{ago(60 - n)} mail postfix/smtp[{n + 10}]: 4Zz{n:04X}: to=<info@aoba.example>, relay=none, delay=0.1, delays=0.1/0/0/0, dsn=5.4.6, status=bounced (mail for aoba.example loops back to myself)\n"
            for n in range(12))),
    "people complain, and the web site has sent much": Scene(
        "web_form_abused", answers={"symptom": "complaint"}, greeting="mail.aoba.example ESMTP Exim 4.98",
        log=lambda: "".join(
            f"{ago(60 - n / 8, EXIM_DAY)} 1vM{n:03x}-0000000{n:04x}-2Abc <= www-data@mail.aoba.example U=www-data P=local S=1822\n"
            f"{ago(60 - n / 8, EXIM_DAY)} 1vM{n:03x}-0000000{n:04x}-2Abc => u{n}@gmail.com R=dnslookup T=remote_smtp H=gmail-smtp-in.l.google.com [142.251.8.27] C=\"250 2.0.0 OK\"\n"
            f"{ago(60 - n / 8, EXIM_DAY)} 1vM{n:03x}-0000000{n:04x}-2Abc Completed\n"
            for n in range(300))),
    "blocked, and no word why": Scene(
        "provider_blocked", answers=OUT,
        bounce="host mx0.cable.example[47.43.18.12] refused to talk to me: 554 p-impin012.cable.example 203.0.113.25 has been blocked. For more information visit AUP#1260"),
    "procmail finds no room, says the queue": Scene(
        "disk_full", answers=IN,
        queue=waiting("temporary failure. Command output: procmail: Error while writing to /var/mail/somu: No space left on device")),
    "a full disk, days ago, at a check-up": Scene(
        "nothing_found", answers={"symptom": "checkup"},
        log=lambda: f"{ago(4400)} mail postfix/cleanup[9]: warning: mail_queue_enter: create file incoming/1.2: No space left on device\n"
        + "".join(
            f"{ago(4000 - n * 60)} mail postfix/smtp[{n + 1000}]: 4Zt{n:04X}cc: to=<x{n}@{NAMES[n % 6]}>, relay=mx.{NAMES[n % 6]}[198.51.100.{n + 1}]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)\n"
            for n in range(60))),
}  # fmt: skip
