"""What happened at the practice company: all that its servers say, in one place to be changed.

The first incident is the one this app was made for (Japan, 2004): a clerk made mail admin overnight, an old
sendmail opened as a third-party relay by an experiment nobody recorded, a blacklist, thousands of waiting mails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from core.model import PRACTICE_DOMAIN, Symptom


@dataclass(frozen=True)
class Incident:
    """One practice incident. Addresses and names are from the documentation ranges (RFC 5737, RFC 2606)."""

    greeting: str
    relays: bool
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # zone -> A records for our address
    mta: str = "sendmail"  # what runs on the server: "sendmail" or "postfix"
    version: str = "8.9.3"  # of that program, as its own tool tells it on the server
    waiting: int = 0  # messages in the queue
    domain: str = PRACTICE_DOMAIN
    mail_host: str = "mail.midori-shoji.example"
    address: str = "203.0.113.25"
    client_address: str = "198.51.100.7"  # the laptop, as the server sees it: outside
    ptr: str = "mail.midori-shoji.example"
    symptom: Symptom = "not_delivered"
    name_servers: tuple[str, ...] = ()  # of the domain, as the DNS tells them
    name_server_address: str = ""  # where those servers answer, all alike; "" where they cannot be asked
    resolves: bool = True  # whether the domain still has its MX and its servers their addresses
    proof: tuple[str, ...] = ("spf", "dkim", "dmarc")  # which proofs of the sender are published
    login: bool = True  # whether the clerk can log in to the server
    bounce: str = ""  # what came back, as the clerk pastes it
    stolen: str = ""  # whose password a stranger uses
    locked_out: bool = False  # the stranger is out and their mail is cleared away; the log still tells of that night
    relayed_until: timedelta | None = None  # how long ago strangers' mail last went through, as the log tells


RELAY_2004 = Incident(
    greeting="mail.midori-shoji.example ESMTP Sendmail 8.9.3/8.9.3; Mon, 12 Jan 2004 08:40:12 +0900",
    relays=True,
    listed={"zen.spamhaus.org": ("127.0.0.4",), "bl.spamcop.net": ("127.0.0.2",)},
    waiting=2321,
    relayed_until=timedelta(minutes=5),
)

ALL_FINE = Incident(
    greeting="mail.midori-shoji.example ESMTP Postfix",
    mta="postfix",
    version="3.10.13",
    relays=False,
    waiting=3,
)

# The same company after the repair: relaying is closed and the queue cleaned, the lists have not noticed yet.
RELAY_2004_CLOSED = replace(RELAY_2004, relays=False, waiting=3, relayed_until=timedelta(hours=3))
# And the days after: the lists have let go; the old program is still there.
RELAY_2004_DELISTED = replace(RELAY_2004_CLOSED, listed={}, waiting=2, relayed_until=None)

# Nobody read the reminders, for the colleague they went to had left. The registrar put its own name servers in.
DOMAIN_EXPIRED = Incident(
    greeting="mail.midori-shoji.example ESMTP Postfix",
    mta="postfix",
    version="3.10.13",
    relays=False,
    symptom="not_received",
    name_servers=("ns1.renewyourname.net", "ns2.renewyourname.net"),
    resolves=False,
    proof=(),
    login=False,
)

# The company never published who may send in its name; since 2024 Gmail turns such mail away.
SPF_MISSING = Incident(
    greeting="mail.midori-shoji.example ESMTP Postfix",
    mta="postfix",
    version="3.10.13",
    relays=False,
    waiting=4,
    proof=(),
    bounce="""\
From: MAILER-DAEMON@mail.midori-shoji.example (Mail Delivery System)
To: nakamura@midori-shoji.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="practice"

--practice
Content-Type: text/plain; charset=us-ascii

<sato.tanaka@gmail.com>: host gmail-smtp-in.l.google.com[192.0.2.26] said: 550-5.7.26 Your email has been blocked
    because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or
    DKIM.
    550 5.7.26 https://support.google.com/mail/answer/81126#authentication (in reply to end of DATA command)

--practice
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.midori-shoji.example

Final-Recipient: rfc822; sato.tanaka@gmail.com
Action: failed
Status: 5.7.26
Remote-MTA: dns; gmail-smtp-in.l.google.com
Diagnostic-Code: smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail
    requires all senders to authenticate with either SPF or DKIM.

--practice--
""",
)

# A password that another company lost, and that was used here as well.
STOLEN_PASSWORD = Incident(
    greeting="mail.midori-shoji.example ESMTP Postfix",
    mta="postfix",
    version="3.10.13",
    relays=False,
    listed={"bl.spamcop.net": ("127.0.0.2",)},
    waiting=640,
    stolen="tanaka",
)

# The others after their repair: the stranger is out, and the list lets go when it is asked; the contract is paid and
# the company's own signposts are back; the one line stands in the DNS.
STOLEN_PASSWORD_REPAIRED = replace(STOLEN_PASSWORD, waiting=3, locked_out=True)
STOLEN_PASSWORD_DELISTED = replace(STOLEN_PASSWORD_REPAIRED, listed={})
DOMAIN_RENEWED = replace(
    DOMAIN_EXPIRED,
    name_servers=("ns1.midori-shoji.example", "ns2.midori-shoji.example"),
    name_server_address="203.0.113.53",
    resolves=True,
    proof=("spf", "dkim", "dmarc"),
)
SPF_PUBLISHED = replace(SPF_MISSING, proof=("spf",), bounce="")

INCIDENTS: Mapping[str, Incident] = {
    "relay-2004": RELAY_2004,
    "relay-2004-closed": RELAY_2004_CLOSED,
    "relay-2004-delisted": RELAY_2004_DELISTED,
    "stolen-password": STOLEN_PASSWORD,
    "stolen-password-closed": STOLEN_PASSWORD_REPAIRED,
    "stolen-password-delisted": STOLEN_PASSWORD_DELISTED,
    "expired-domain": DOMAIN_EXPIRED,
    "expired-domain-closed": DOMAIN_RENEWED,
    "spf-missing": SPF_MISSING,
    "spf-missing-closed": SPF_PUBLISHED,
    "all-fine": ALL_FINE,
}
