# ruff: noqa: E501  (the texts stand as they arrive)
"""What a customer sent on, a list of waiting mail, some lines of a log, or the domain alone."""

from __future__ import annotations

from tests.diagnosis.little_scene import DESK, IN, OUT, Scene, ago

SCENES: dict[str, Scene] = {}

# --- what a customer sends on: our own server turned them away
SCENES["our disk is full, says a customer's letter"] = Scene(
    "disk_full", answers=IN,
    bounce="""<info@aoba.example>: host mail.aoba.example[203.0.113.25] said: 452 4.3.1 Insufficient system storage (in reply to
    MAIL FROM command)
""")  # fmt: skip
SCENES["our sendmail has no blocks left"] = Scene(
    "disk_full", answers={}, greeting="mail.aoba.example ESMTP Sendmail 8.17.1/8.17.1",
    bounce="""   ----- Transcript of session follows -----
... while talking to mail.aoba.example.:
>>> MAIL From:<ono@nishi.example> SIZE=2211
<<< 452 4.4.5 Insufficient disk space; try again later
<info@aoba.example>... Deferred: 452 4.4.5 Insufficient disk space; try again later
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old
""")  # fmt: skip
SCENES["our filter program is dead, says a customer's letter"] = Scene(
    "helper_down", answers=IN,
    bounce="""<info@aoba.example>: host mail.aoba.example[203.0.113.25] said: 451 4.7.1 Service unavailable - try again later
    (in reply to end of DATA command)
""")  # fmt: skip
SCENES["our table of addresses is dead, says a customer's letter"] = Scene(
    "helper_down", answers={"symptom": "not_received", "affected": "everyone"},
    bounce="""<info@aoba.example>: host mail.aoba.example[203.0.113.25] said: 451 4.3.0 <info@aoba.example>: Temporary lookup
    failure (in reply to RCPT TO command)
""")  # fmt: skip
SCENES["our server asks a list that ended, says a customer's letter"] = Scene(
    "own_filter_rejects_all", answers=IN,
    bounce="""<info@aoba.example>: host mail.aoba.example[203.0.113.25] said: 554 5.7.1 Service unavailable; Client host
    [198.51.100.91] blocked using dnsbl.sorbs.net (in reply to RCPT TO command)
""")  # fmt: skip
SCENES["our server calls its own people strangers"] = Scene(
    "own_filter_rejects_all|dns_moved", answers=IN,
    bounce="""<info@aoba.example>: host mail.aoba.example[203.0.113.25] said: 554 5.7.1 <info@aoba.example>: Relay access denied
    (in reply to RCPT TO command)
""")  # fmt: skip
SCENES["nobody opens, says a customer's letter"] = Scene(
    "mail_service_stopped", answers={}, greeting=None,
    bounce="""<info@aoba.example>: connect to mail.aoba.example[203.0.113.25]:25: Connection refused
""")  # fmt: skip
SCENES["the signpost names a machine that was given up"] = Scene(
    "dns_moved", answers=IN, address=None, mx="mail2.aoba.example",
    bounce="""<info@aoba.example>: Host or domain name not found. Name service error for name=mail2.aoba.example type=A: Host
    not found
""")  # fmt: skip
SCENES["the name is gone"] = Scene(
    "domain_expired", answers={}, mx=None, spf=None, address=None, domain="aoba-ended.example",
    bounce="<info@aoba-ended.example>: Host or domain name not found. Name service error for name=aoba-ended.example type=MX: Host not found")  # fmt: skip

# --- only a list of waiting mail
SCENES["exim's list: nothing answers anywhere"] = Scene(
    "outbound_25_blocked", answers={}, greeting="mail.aoba.example ESMTP Exim 4.98",
    queue="".join("""-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
""" if n == 0 else f"""4Xk1Q{n}m2Zz0z9v     4120 Sun Nov 22 0{n % 9 + 1}:12:31  sato@aoba.example
(connect to mx.{name}[198.51.100.{n}]:25: Connection timed out)
                                         somu@{name}

""" for n, name in enumerate(["", "nishi.example", "kita.example", "minami.example", "higashi.example", "gmail.com",
                              "yahoo.co.jp", "outlook.jp", "docomo.ne.jp"])) + "-- 33 Kbytes in 8 Requests.\n")  # fmt: skip
SCENES["postfix's list: no name can be found"] = Scene(
    "resolver_broken", answers=OUT,
    queue="-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n" + "".join(f"""4Yk1Q{n}m2Zz0z9v     4120 Sun Nov 22 0{n % 9 + 1}:12:31  sato@aoba.example
(Host or domain name not found. Name service error for name={name} type=MX: Host not found, try again)
                                         somu@{name}

""" for n, name in enumerate(["nishi.example", "kita.example", "minami.example", "gmail.com", "yahoo.co.jp",
                              "docomo.ne.jp"])) + "-- 25 Kbytes in 6 Requests.\n")  # fmt: skip
SCENES["opensmtpd's list: no name can be found"] = Scene(
    "resolver_broken", answers={}, greeting="mail.aoba.example ESMTP OpenSMTPD",
    queue="".join(f"""{n}f4a5c6b7d8e9f01|inet4|mta||sato@aoba.example|somu@{name}|somu@{name}|1795312{n}00|1795657{n}00|0|3|pending|40|Temporary failure in MX lookup
""" for n, name in enumerate(["nishi.example", "kita.example", "minami.example", "gmail.com", "yahoo.co.jp",
                              "docomo.ne.jp"])))  # fmt: skip
SCENES["the password at the provider is the old one"] = Scene(
    "relayhost_login_failing", answers={},
    queue="-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n" + "".join(f"""4Zk1Q{n}m2Zz0z9v     4120 Sun Nov 22 0{n % 9 + 1}:12:31  sato@aoba.example
(SASL authentication failed; server mail.provider.example[198.51.100.60] said: 535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6)
                                         somu@{name}

""" for n, name in enumerate(["nishi.example", "kita.example", "gmail.com", "yahoo.co.jp"])) + "-- 16 Kbytes in 4 Requests.\n")  # fmt: skip
SCENES["the home page sends in its own name"] = Scene(
    "web_form_abused", answers={},
    queue="-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n" + "".join(f"""4Wk{n:04d}m2Zz0z9     4120 Sun Nov 22 09:{n % 60:02d}:31  www-data@mail.aoba.example
(host gmail-smtp-in.l.google.com[142.250.0.26] said: 421-4.7.28 Gmail has detected an unusual rate of unsolicited mail (in reply to end of DATA command))
                                         person{n}@gmail.com

""" for n in range(120)) + "-- 480 Kbytes in 120 Requests.\n")  # fmt: skip
SCENES["one desk writes to the whole world"] = Scene(
    "account_hijacked", answers={"symptom": "complaint"}, greeting="mail.aoba.example ESMTP Exim 4.98",
    queue="".join(f""" {n % 9 + 1}h  2.9K 1w{n:04d}-00000000abc-1234 <keiri@aoba.example>
          person{n}@stranger{n}.example

""" for n in range(150)))  # fmt: skip

# --- only some lines of a log
SCENES["exim's log: one password, the whole world"] = Scene(
    "account_hijacked", answers={}, greeting="mail.aoba.example ESMTP Exim 4.98",
    log=lambda: "".join(
        f"{ago(50 - n / 5, '%Y-%m-%d %H:%M:%S')} 1w{n:04d}-00000000abc-1234 <= keiri@aoba.example H=(PC) [198.51.{100 + n % 40}.{n % 250 + 1}] P=esmtpsa X=TLS1.3 A=login_server:keiri S=2911 id=x{n}@y for p{n}@stranger{n}.example\n"
        f"{ago(50 - n / 5, '%Y-%m-%d %H:%M:%S')} 1w{n:04d}-00000000abc-1234 => p{n}@stranger{n}.example R=dnslookup T=remote_smtp H=mx.stranger{n}.example [198.51.100.5] C=\"250 OK\"\n"
        for n in range(200)))  # fmt: skip
SCENES["sendmail's log: strangers to strangers"] = Scene(
    "open_relay", answers={"symptom": "complaint"}, greeting="mail.aoba.example ESMTP Sendmail 8.17.1/8.17.1",
    log=lambda: "".join(
        f"{ago(50 - n / 5)} mail sm-mta[{2000 + n}]: 5AM{n:04d}Aq01: from=<win{n % 7}@prize.example>, size=2911, class=0, nrcpts=1, msgid=<{n}@prize.example>, proto=ESMTP, daemon=MTA, relay=[198.51.100.{n % 20 + 100}]\n"
        f"{ago(50 - n / 5)} mail sm-mta[{2000 + n}]: 5AM{n:04d}Aq01: to=<p{n}@stranger{n}.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30000, relay=mx.stranger{n}.example. [198.51.100.5], dsn=2.0.0, stat=Sent (OK)\n"
        for n in range(120)))  # fmt: skip
SCENES["sendmail's log: no blocks"] = Scene(
    "disk_full", answers=IN, greeting="mail.aoba.example ESMTP Sendmail 8.17.1/8.17.1",
    log=lambda: "".join(f"{ago(30 - n)} mail sm-mta[{2000 + n}]: 5AM{n:04d}Aq01: low on space (SMTP-DAEMON needs 101 bytes + 100 blocks in /var/spool/mqueue), max avail: 52\n" for n in range(25)))  # fmt: skip
SCENES["exim's log: the virus scanner is not there"] = Scene(
    "helper_down", answers={}, greeting="mail.aoba.example ESMTP Exim 4.98",
    log=lambda: "".join(f"{ago(30 - n, '%Y-%m-%d %H:%M:%S')} 1w{n:04d}-00000000abc-1234 malware acl condition: clamd /run/clamav/clamd.ctl : unable to connect to UNIX socket (/run/clamav/clamd.ctl): Connection refused\n"
        f"{ago(30 - n, '%Y-%m-%d %H:%M:%S')} 1w{n:04d}-00000000abc-1234 H=mx.nishi.example [198.51.100.90] F=<ono@nishi.example> temporarily rejected after DATA\n" for n in range(12)))  # fmt: skip
SCENES["postfix's log: the password at the provider"] = Scene(
    "relayhost_login_failing", answers=OUT,
    log=lambda: "".join(f"{ago(30 - n)} mail postfix/smtp[{900 + n}]: 4Zk1Q{n}m2Zz0z9v: to=<p@nishi{n}.example>, relay=smtp.gmail.com[142.250.0.108]:587, delay=2, delays=0.1/0/1.9/0, dsn=4.7.8, status=deferred (SASL authentication failed; server smtp.gmail.com[142.250.0.108] said: 535-5.7.8 Username and Password not accepted. For more information, go to?535 5.7.8  https://support.google.com/mail/?p=BadCredentials)\n" for n in range(12)))  # fmt: skip
SCENES["the log that tells whom it shut out"] = Scene(
    "self_banned", answers={"affected": "one"}, greeting=None,
    log=lambda: f"{ago(20, '%Y-%m-%d %H:%M:%S')},812 fail2ban.filter [733]: INFO [dovecot] Found {DESK} - {ago(20, '%Y-%m-%d %H:%M:%S')}\n"
    f"{ago(19, '%Y-%m-%d %H:%M:%S')},101 fail2ban.actions [733]: NOTICE [dovecot] Ban {DESK}\n")  # fmt: skip
SCENES["the phones do not believe the certificate"] = Scene(
    "certificate_expired", answers={"direction": "both"},
    log=lambda: "".join(f"{ago(30 - n)} mail dovecot: imap-login: Disconnected: Connection closed: SSL_accept() failed: error:0A000415:SSL routines::sslv3 alert certificate expired: SSL alert number 45 (no auth attempts in 0 secs): user=<>, rip=198.51.100.{n % 9 + 10}, lip=203.0.113.25, TLS handshaking\n" for n in range(25)))  # fmt: skip

# --- only the domain, or hardly more
SCENES["a server nobody has touched since the old days"] = Scene(
    "server_unsupported", answers={"symptom": "checkup"}, greeting="mail.aoba.example ESMTP Sendmail 8.12.11/8.12.11"
)
SCENES["the signpost still names the old company"] = Scene(
    "dns_moved", answers=IN, mx="mail.oldhost.example", address=None, reverse=None
)
SCENES["nothing is wrong"] = Scene("nothing_found", answers={"symptom": "checkup"})
SCENES["a newsletter was pasted, nothing came back"] = Scene(
    "nothing_found", answers={},
    bounce="From: news@shop.example\nTo: sato@aoba.example\nSubject: 秋のセール\n\n本日限り! ブロックを積んで遊ぼう。メールボックスを確認してください。\n")  # fmt: skip
