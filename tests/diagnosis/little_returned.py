# ruff: noqa: E501  (the texts stand as they arrive)
"""What came back to us: the domain, and the words of whoever refused."""

from __future__ import annotations

from tests.diagnosis.little_scene import IN, OURS, OUT, Scene

SCENES: dict[str, Scene] = {}

# --- refused by a large receiver: only the domain and the words that came back
SCENES["outlook keeps our network out"] = Scene(
    "provider_blocked", answers=OUT, greeting="mail.aoba.example ESMTP Exim 4.98",
    bounce="""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  k.suzuki@outlook.jp
    host outlook-com.olc.protection.outlook.com [52.101.68.20]
    SMTP error from remote mail server after pipelined MAIL FROM:<sato@aoba.example> SIZE=4311:
    550 5.7.1 Unfortunately, messages from [203.0.113.25] weren't sent. Please contact your Internet service
    provider since part of their network is on our block list (S3140). You can also refer your provider to
    http://mail.live.com/mail/troubleshooting.aspx#errors.
""")  # fmt: skip
SCENES["icloud does not like the look of us"] = Scene(
    "provider_blocked", answers={},
    bounce="550 5.7.0 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=203.0.113.25")  # fmt: skip
SCENES["gmail wants proof and there is none"] = Scene(
    "sender_auth_failing", spf=None, answers={"symptom": "not_received"},
    bounce="""配信状態通知 (失敗)

メッセージは配信されませんでした
mori.aoba@gmail.com へのメールはブロックされました。詳しくは下記の技術的な詳細をご覧ください。

リモートサーバーからの応答:
550-5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to
authenticate with either SPF or DKIM. Authentication results: DKIM = did not pass SPF [aoba.example] with ip:
[203.0.113.25] = did not pass - gsmtp
""")  # fmt: skip
SCENES["outlook wants all three proofs"] = Scene(
    "sender_auth_failing", answers=OUT,
    bounce="""以下の宛先への配信に失敗しました。
yamada@hotmail.co.jp
550 5.7.515 Access denied, sending domain AOBA.EXAMPLE doesn't meet the required authentication level. The sender's
domain in the 5322.From address doesn't meet the authentication requirements defined for the sender.
""")  # fmt: skip
SCENES["a shop sends through a new service and its DMARC says reject"] = Scene(
    "sender_auth_failing", answers={"symptom": "not_delivered", "recipients": "all"},
    mx="aspmx.l.google.com", address="142.250.0.26", reverse="lf-in-f26.1e100.net",
    greeting="mx.google.com ESMTP - gsmtp", spf="v=spf1 include:_spf.google.com -all",
    records=(("_spf.google.com", "TXT", '"v=spf1 ip4:142.250.0.0/15 ~all"'),),
    bounce="""<taro@yahoo.co.jp>: host mx1.mail.yahoo.co.jp[183.79.248.124] said: 554 5.7.9 Message not accepted for policy
    reasons. See https://support.yahoo-net.jp/PccMail/s/article/H000010915 DMARC policy of aoba.example is reject
    (in reply to end of DATA command)
""")  # fmt: skip
SCENES["gmail finds no name for our address"] = Scene(
    "ptr_or_helo_wrong", reverse=None, answers={"symptom": "not_delivered", "affected": "everyone"},
    bounce="""   ----- The following addresses had permanent fatal errors -----
<hana@gmail.com>
    (reason: 550-5.7.25 [203.0.113.25] The IP address sending this message does not have a)

   ----- Transcript of session follows -----
... while talking to gmail-smtp-in.l.google.com.:
>>> DATA
<<< 550-5.7.25 [203.0.113.25] The IP address sending this message does not have a
<<< 550-5.7.25 PTR record setup, or the corresponding forward DNS entry does not
<<< 550-5.7.25 match the sending IP. As a policy, Gmail does not accept messages from
<<< 550 5.7.25 IPs with missing PTR records. - gsmtp
554 5.0.0 Service unavailable
""", greeting="mail.aoba.example ESMTP Sendmail 8.18.1/8.18.1")  # fmt: skip
SCENES["a town office wants a name, the host gives a number"] = Scene(
    "ptr_or_helo_wrong", reverse="203-0-113-25.vps.provider.example", answers={},
    records=(("203-0-113-25.vps.provider.example", "A", OURS),),
    queue="""-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
4Xk1Qm2Zz0z9vLp     4120 Sun Nov 22 09:12:31  sato@aoba.example
(host mx.town.example[198.51.100.80] said: 450 4.7.1 Client host rejected: cannot find your hostname, [203.0.113.25] (in reply to RCPT TO command))
                                         somu@town.example

4Xk1Qn5bKCz9vLq     2911 Sun Nov 22 09:31:02  ito@aoba.example
(host mx.town.example[198.51.100.80] said: 450 4.7.1 Client host rejected: cannot find your hostname, [203.0.113.25] (in reply to RCPT TO command))
                                         zeimu@town.example

-- 7 Kbytes in 2 Requests.
""")  # fmt: skip
SCENES["gmail over the new line"] = Scene(
    "ipv6_path_bad", answers=OUT,
    spf=f"v=spf1 ip4:{OURS} ip6:2001:db8:25::25 -all",
    records=(("mail.aoba.example", "AAAA", "2001:db8:25::25"),),
    bounce="""<ueda@gmail.com>: host gmail-smtp-in.l.google.com[2404:6800:4008:c00::1a] said:
    550-5.7.1 [2001:db8:25::25] Our system has detected that this message does
    550-5.7.1 not meet IPv6 sending guidelines regarding PTR records and authentication. Please review
    550 5.7.1 https://support.google.com/mail/?p=IPv6AuthError for more information. (in reply to end of DATA command)
""")  # fmt: skip
SCENES["the list that a customer asks has us"] = Scene(
    "address_listed", answers={}, listed=("bl.spamcop.net",),
    bounce="""お客様の送信されたメールは、次の理由により配信できませんでした。
<order@nishi.example>: host mx.nishi.example[198.51.100.90] said: 554 5.7.1 Service unavailable; Client host
    [203.0.113.25] blocked using bl.spamcop.net; Blocked - see https://www.spamcop.net/bl.shtml?203.0.113.25
""")  # fmt: skip
SCENES["a neighbour at the rented server was a spammer"] = Scene(
    "shared_host_listed", answers=OUT, who="hosting_company", mx="sv8123.xserver.jp", address="203.0.113.81",
    reverse="sv8123.xserver.jp", spf="v=spf1 +a:sv8123.xserver.jp -all", listed=("bl.spamcop.net",),
    greeting="sv8123.xserver.jp ESMTP",
    bounce="""Hi. This is the qmail-send program at sv8123.xserver.jp.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nakai@nishi.example>:
198.51.100.90 does not like recipient.
Remote host said: 554 5.7.1 Service unavailable; Client host [203.0.113.81] blocked using bl.spamcop.net
Giving up on 198.51.100.90.
""")  # fmt: skip
SCENES["gmail tells us to slow down after the sale"] = Scene(
    "rate_limited", answers={}, greeting="mail.aoba.example ESMTP Sendmail 8.17.1/8.17.1",
    queue="""\t\t/var/spool/mqueue (3 requests)
-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
5AM1BHq4012345     5120 Sun Nov 22 10:11 <shop@aoba.example>
                 (Deferred: 421-4.7.28 Gmail has detected an unusual rate of unsolicited mail)
\t\t\t\t\t <a1@gmail.com>
5AM1BHq4012346     5120 Sun Nov 22 10:11 <shop@aoba.example>
                 (Deferred: 421-4.7.28 Gmail has detected an unusual rate of unsolicited mail)
\t\t\t\t\t <a2@gmail.com>
5AM1BHq4012347     5120 Sun Nov 22 10:12 <shop@aoba.example>
                 (Deferred: 421-4.7.28 Gmail has detected an unusual rate of unsolicited mail)
\t\t\t\t\t <a3@gmail.com>
\t\tTotal requests: 3
""")  # fmt: skip
SCENES["yahoo holds us off"] = Scene(
    "rate_limited", answers={"symptom": "slow"},
    bounce="""<rin@yahoo.com>: host mta5.am0.yahoodns.net[67.195.204.77] refused to talk to me: 421 4.7.0 [TSS04] Messages from
    203.0.113.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see
    https://postmaster.yahooinc.com/error-codes
""")  # fmt: skip
SCENES["microsoft has locked the office's own account"] = Scene(
    "account_hijacked", answers={"symptom": "not_delivered", "affected": "one"},
    mx="aoba-example.mail.protection.outlook.com", address="203.0.113.120", reverse=None,
    spf="v=spf1 include:spf.protection.outlook.com -all", greeting="x.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready",
    records=(("spf.protection.outlook.com", "TXT", '"v=spf1 ip4:203.0.113.0/24 -all"'),),
    bounce="""配信不能: 見積書の件

お客様のメッセージを配信できませんでした。お客様が有効な送信者として認識されなかったためです。
最も一般的な理由は、お客様のメール アドレスが迷惑メールの送信に使用されている疑いがあり、組織外への電子メール送信が許可されなくなったことです。
サポートが必要な場合は、メール管理者にお問い合わせください。
リモート サーバーが次のエラーを返しました: '550 5.1.8 Access denied, bad outbound sender AS(42004)'
""")  # fmt: skip
SCENES["mail for a docomo phone comes back"] = Scene(
    "recipient_side", who="recipient", answers={"symptom": "not_delivered", "recipients": "one"},
    bounce="""<mika.0412@docomo.ne.jp>: host mfsmax.docomo.ne.jp[203.138.181.112] said: 550 Unknown user
    mika.0412@docomo.ne.jp (in reply to RCPT TO command)
""")  # fmt: skip
SCENES["two letters of gmail changed places"] = Scene(
    "recipient_side", answers=OUT,
    bounce="""The following message to <yuki@gmial.example> was undeliverable.
The reason for the problem:
5.1.2 - Bad destination host 'DNS Hard Error looking up gmial.example (MX):  NXDomain'
""")  # fmt: skip
SCENES["a japanese exchange does not know the person"] = Scene(
    "recipient_side", answers={},
    bounce="""次の受信者またはグループへの配信に失敗しました:

kato@nishi.example
入力したメール アドレスが見つかりませんでした。受信者のメール アドレスを確認して、メッセージを再送信してください。

管理者向けの診断情報:
生成元サーバー: TYAPR01MB1234.jpnprd01.prod.outlook.com
kato@nishi.example
Remote server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'
""")  # fmt: skip
SCENES["the customer's box is full, in japanese"] = Scene(
    "mailbox_full", who="recipient", answers=OUT,
    bounce="""差出人: Mail Delivery Subsystem
件名: 配信不能通知

下記の宛先にメールを配信できませんでした。
<goto@nishi.example>: メールボックスの容量が制限を超えているため、メッセージを受け取れません。(#5.2.2)
""")  # fmt: skip
SCENES["a customer says our president's box is full"] = Scene(
    "mailbox_full", who="you", answers=IN,
    bounce="""<shacho@aoba.example>: host mail.aoba.example[203.0.113.25] said: 552 5.2.2 <shacho@aoba.example>: Quota exceeded
    (mailbox for user is full) (in reply to end of DATA command)
""")  # fmt: skip
SCENES["they say come again and it is a quarter of an hour"] = Scene(
    "greylisted_wait", who="wait", answers={"symptom": "not_delivered", "recipients": "one"},
    bounce="""This is the mail system at host mail.aoba.example.

####################################################################
# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
####################################################################

Your message could not be delivered for more than 1 hour(s).
It will be retried until it is 5 day(s) old.

<ono@nishi.example>: host mx.nishi.example[198.51.100.90] said: 450 4.2.0 <ono@nishi.example>: Recipient address
    rejected: Greylisted, see http://postgrey.schweikert.ch/help/nishi.example.html (in reply to RCPT TO command)
""")  # fmt: skip
SCENES["the president's copy goes to gmail"] = Scene(
    "forwarding_breaks_auth", answers={},
    bounce="""Return-Path: <>
From: MAILER-DAEMON@mail.aoba.example (Mail Delivery System)
To: news@bank.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

<shacho.aoba@gmail.com> (expanded from <shacho@aoba.example>): host gmail-smtp-in.l.google.com[142.250.0.26] said:
    550-5.7.26 Unauthenticated email from bank.example is not accepted due to domain's DMARC policy. Please contact
    the administrator of bank.example domain if this was a legitimate mail. (in reply to end of DATA command)

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.aoba.example

Final-Recipient: rfc822; shacho.aoba@gmail.com
Original-Recipient: rfc822;shacho@aoba.example
Action: failed
Status: 5.7.26
Remote-MTA: dns; gmail-smtp-in.l.google.com
Diagnostic-Code: smtp; 550-5.7.26 Unauthenticated email from bank.example is not accepted due to domain's DMARC policy.

--b
Content-Type: message/rfc822

Return-Path: <news@bank.example>
From: Bank <news@bank.example>
To: shacho@aoba.example
Subject: news

text

--b--
""")  # fmt: skip
