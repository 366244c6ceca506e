"""The practice company's waiting mail, as its server's own tool would list it: always the same, only its times move."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from core.english_dates import queue_stamp
from core.practice.incident import Incident

# How long the spam of the first incident has been waiting: since Friday evening, found on Monday morning.
OLDEST = timedelta(hours=63)

_STRANGERS = ("example.com", "example.net", "example.org", "mailbox.example", "post.example", "webmail.example")
_REASONS = (
    "Deferred: Connection timed out with {host}.",
    "Deferred: 451 4.7.1 Too many messages from your address",
    "Deferred: 450 4.7.1 Client host [{address}] blocked using zen.spamhaus.org",
    "Deferred: Connection refused by {host}.",
)


def sendmail_listing(incident: Incident, now: datetime) -> Iterator[str]:
    """`mailq` of Sendmail: strangers' spam, addressed to strangers. Times are local to the server (UTC here)."""
    yield f"\t\t/var/spool/mqueue ({incident.waiting} requests)"
    yield "-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------"
    for number in range(incident.waiting):
        arrived = _arrived(number, incident.waiting, now)
        host = f"{_STRANGERS[number % 6].partition('.')[0]}{number % 211}.example"
        reason = _REASONS[number % 4 if incident.listed else number % 2].format(
            host=f"mx.{host}", address=incident.address
        )  # no list refuses an address that it does not hold
        sender = f"<offer{number % 37}@{_STRANGERS[number % 5]}>"
        yield f"{_queue_id(number)} {1900 + number % 700:>8} {queue_stamp(arrived)} {sender}"
        yield f"                 ({reason[:60]})"
        yield f"\t\t\t\t\t <user{number}@{host}>"
    yield f"\t\tTotal requests: {incident.waiting}"


def postfix_listing(incident: Incident, now: datetime) -> Iterator[str]:
    """`postqueue -j` of Postfix (postqueue(1)): a handful of ordinary mails that arrived within the hour; or what is
    left of a night in which a stolen password was used."""
    if incident.stolen and not incident.locked_out:
        yield from _stolen_queue(incident, now)
        return
    for number in range(incident.waiting):
        arrived = now - timedelta(minutes=11 * (number + 1))
        recipient = {
            "address": f"partner{number}@{_STRANGERS[number % 3]}",
            "delay_reason": "host mx.example.com[192.0.2.10] said: 450 4.2.0 Greylisted, please try again later",
        }
        message = {
            "queue_name": "deferred",
            "queue_id": f"4F{number:08X}",
            "arrival_time": int(arrived.timestamp()),
            "message_size": 2100 + number,
            "forced_expire": False,
            "sender": f"nakamura@{incident.domain}",
            "recipients": [recipient],
        }
        yield json.dumps(message)


def _stolen_queue(incident: Incident, now: datetime) -> Iterator[str]:
    for number in range(incident.waiting):
        host = f"{_STRANGERS[number % 6].partition('.')[0]}{number % 97}.example"
        recipient = {
            "address": f"user{number}@{host}",
            "delay_reason": f"host mx.{host}[192.0.2.33] said: 451 4.7.1 Too many messages",
        }
        message = {
            "queue_name": "deferred",
            "queue_id": f"9C{number:08X}",
            "arrival_time": int((now - timedelta(seconds=32_000 - 45 * number)).timestamp()),
            "message_size": 2210,
            "forced_expire": False,
            "sender": f"{incident.stolen}@{incident.domain}",
            "recipients": [recipient],
        }
        yield json.dumps(message)


def _arrived(number: int, count: int, now: datetime) -> datetime:
    """Spread evenly from the oldest to a minute ago."""
    age = OLDEST * (1 - number / max(count - 1, 1)) + timedelta(minutes=1)
    return (now - age).astimezone(UTC)


def _queue_id(number: int) -> str:
    return f"iAC{number % 24:02}{number % 60:02}A{number:06}"
