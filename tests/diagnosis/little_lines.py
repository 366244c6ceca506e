# ruff: noqa: E501  (the texts stand as they arrive)
"""One line, a list of waiting mail, or an hour of a log, of a company whose names and server look well from outside."""

from __future__ import annotations

from tests.diagnosis.little_scene import Scene, ago

SCENES: dict[str, Scene] = {}


def _waiting(count: int, reason: str, recipients: tuple[str, ...] = ("a@one.example", "b@two.example")) -> str:
    """A listing of Postfix."""
    heading = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"
    each = [
        f"{0x4F00000000 + 7 * n:X}     3000 {ago(600 - n, '%a %b %e %H:%M:%S')}  info@aoba.example\n({reason})\n"
        f"                                         {recipients[n % len(recipients)]}\n"
        for n in range(count)
    ]
    return "\n".join([heading, *each, f"-- {count * 3} Kbytes in {count} Requests.\n"])


def _lines(count: int, line: str) -> str:
    return "".join(f"{ago(count - n)} mx {line.format(n=n)}\n" for n in range(count))


for cause, bounce in (
    ("ipv6_path_bad", "550-5.7.1 [2001:db8:1::25] Our system has detected that this message does not meet IPv6 sending guidelines regarding PTR records and authentication."),
    ("sender_auth_failing", "550 5.1.0 <info@aoba.example> sender rejected : SPF fail"),
    ("sender_auth_failing", "550 5.7.23 The message was rejected because of Sender Policy Framework violation"),
    ("ptr_or_helo_wrong", "450 4.7.1 Client host rejected: cannot find your reverse hostname, [203.0.113.25]"),
    ("rate_limited", "451 4.7.500 Server busy. Please try again later from [203.0.113.25]. (AS77713129)"),
    ("recipient_side", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group"),
    ("relayhost_login_failing", "535 5.7.8 Error: authentication failed: (SASL authentication failed; server smtp.provider.example[198.51.100.9] said: 535 5.7.8 Username and Password not accepted"),
):  # fmt: skip
    SCENES[f"one line: {bounce[:60]}"] = Scene(cause, bounce=bounce)

SCENES["gmail slows down what comes in our domain's name"] = Scene(
    "rate_limited", queue=_waiting(40, "host gmail-smtp-in.l.google.com[192.0.2.26] said: 421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your SPF domain [aoba.example] (in reply to end of DATA command)", ("a@gmail.com",)))  # fmt: skip
SCENES["no well-known name can be found"] = Scene(
    "resolver_broken", queue=_waiting(9, "Host or domain name not found. Name service error for name=gmail.com type=MX: Host not found, try again", ("a@gmail.com", "b@yahoo.co.jp", "c@outlook.com")))  # fmt: skip
SCENES["the spam filter's port is dead"] = Scene(
    "helper_down", queue=_waiting(8, "delivery temporarily suspended: connect to 127.0.0.1[127.0.0.1]:10024: Connection refused"))  # fmt: skip
SCENES["every sender is told that there is no room"] = Scene(
    "disk_full", log=lambda: _lines(40, "postfix/smtpd[2{n}]: NOQUEUE: reject: MAIL from unknown[198.51.100.{n}]: 452 4.3.1 Insufficient system storage; proto=ESMTP helo=<a{n}.example>"))  # fmt: skip
SCENES["even gmail's name does not answer"] = Scene(
    "resolver_broken", log=lambda: "".join(f"{ago(40 - n, '%Y-%m-%d %H:%M:%S')} 1vMabc-0000{n}-Xy == u@gmail.com R=dnslookup defer (-1): host lookup did not complete\n" for n in range(10, 40)))  # fmt: skip
SCENES["mailboxes shut their doors at an old certificate"] = Scene(
    "certificate_expired", log=lambda: _lines(30, "dovecot: imap-login: Disconnected: Connection closed: SSL_accept() failed: error:0A000415:SSL routines::sslv3 alert certificate expired: SSL alert number 45 (no auth attempts in 0 secs): user=<>, rip=198.51.100.{n}, lip=203.0.113.25, TLS handshaking"))  # fmt: skip
