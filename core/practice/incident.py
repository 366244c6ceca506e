"""What happened at the practice company: all that its servers say, in one place to be changed.

The first incident is the one this app was made for (Japan, 2004): a clerk made mail admin overnight, an old
sendmail opened as a third-party relay by an experiment nobody recorded, a blacklist, thousands of waiting mails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Incident:
    """One practice incident. Addresses and names are from the documentation ranges (RFC 5737, RFC 2606)."""

    greeting: str
    relays: bool
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # zone -> A records for our address
    mta: str = "sendmail"  # what runs on the server: "sendmail" or "postfix"
    version: str = "8.9.3"  # of that program, as its own tool tells it on the server
    waiting: int = 0  # messages in the queue
    domain: str = "midori-shoji.example"
    mail_host: str = "mail.midori-shoji.example"
    address: str = "203.0.113.25"
    client_address: str = "198.51.100.7"  # the laptop, as the server sees it: outside
    ptr: str = "mail.midori-shoji.example"


RELAY_2004 = Incident(
    greeting="mail.midori-shoji.example ESMTP Sendmail 8.9.3/8.9.3; Mon, 12 Jan 2004 08:40:12 +0900",
    relays=True,
    listed={"zen.spamhaus.org": ("127.0.0.4",), "bl.spamcop.net": ("127.0.0.2",)},
    waiting=2321,
)

ALL_FINE = Incident(
    greeting="mail.midori-shoji.example ESMTP Postfix",
    mta="postfix",
    version="3.10.13",
    relays=False,
    waiting=3,
)

# The same company after the repair: relaying is closed and the queue cleaned, the lists have not noticed yet.
RELAY_2004_CLOSED = replace(RELAY_2004, relays=False, waiting=3)
# And the days after: the lists have let go; the old program is still there.
RELAY_2004_DELISTED = replace(RELAY_2004_CLOSED, listed={})

INCIDENTS: Mapping[str, Incident] = {
    "relay-2004": RELAY_2004,
    "relay-2004-closed": RELAY_2004_CLOSED,
    "relay-2004-delisted": RELAY_2004_DELISTED,
    "all-fine": ALL_FINE,
}
