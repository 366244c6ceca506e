"""The practice company's mail log, as its Postfix writes it (RFC 3339 stamps): always the same, only its times move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from core.english_dates import syslog_stamp
from core.practice.incident import Incident

_STRANGERS = ("example.com", "example.net", "example.org", "mailbox.example", "post.example", "webmail.example")
# From where the stolen password was used: six networks on one night.
_THIEVES = ("192.0.2.17", "198.51.100.88", "203.0.113.140", "2001:db8:a::5", "2001:db8:b::9", "2001:db8:c::2")
_NIGHT = timedelta(hours=5)  # how long ago it began
_MESSAGES = 420
_ORDINARY = 12
_RELAYED = 560


def postfix_log(incident: Incident, now: datetime) -> Iterator[str]:
    """A quiet day; and, if a password was stolen, the night in which it was used."""
    for number in range(_ORDINARY):
        at = now - timedelta(hours=30) + timedelta(hours=1.6 * number)
        yield from _ordinary(incident, at, number)
    if incident.stolen:
        for number in range(_MESSAGES):
            at = now - _NIGHT + timedelta(seconds=30 * number)
            yield from _stolen(incident, at, number)


def sendmail_log(incident: Incident, now: datetime) -> Iterator[str]:
    """An old Sendmail's log in syslog's own stamps: while the relay is open, strangers hand in mail for strangers."""
    if incident.relayed_until is None:
        moments = [now - timedelta(hours=2 * number) for number in range(_ORDINARY)]
        for number, at in enumerate(reversed(moments)):
            yield from _two_lines(at, number, f"staff{number % 4}@{incident.domain}", f"192.168.1.{20 + number}")
        return
    for number in range(_RELAYED):
        at = now - incident.relayed_until - timedelta(seconds=400 * (_RELAYED - 1 - number))
        yield from _two_lines(at, number, f"offer{number % 37}@{_STRANGERS[number % 5]}", _THIEVES[number % 3])


def _two_lines(at: datetime, number: int, sender: str, client: str) -> Iterator[str]:
    """Taken from a client, and what became of it."""
    stamp, host = syslog_stamp(at.astimezone(UTC)), f"post{number % 211}.example"
    begin = f"{stamp} mail sendmail[{2000 + number}]: iAC{number % 24:02}{number % 60:02}B{number:06}: "
    yield f"{begin}from=<{sender}>, size=2101, class=0, pri=32101, nrcpts=1, proto=SMTP, relay=[{client}]"
    state = "Sent (OK)" if number % 3 == 0 or number < _ORDINARY else "Deferred: Connection timed out"
    yield (
        f"{begin}to=<user{number}@{host}>, delay=00:00:04, xdelay=00:00:04, mailer=esmtp, pri=122101, "
        f"relay=mx.{host}. [192.0.2.33], stat={state}"
    )


def _ordinary(incident: Incident, at: datetime, number: int) -> Iterator[str]:
    """A colleague in the office writes to a customer."""
    mail_id, log = f"3A{number:08X}", _line(incident, at)
    yield log("submission/smtpd[811]", f"{mail_id}: client=unknown[192.168.1.{20 + number}], sasl_method=PLAIN, "
              f"sasl_username=staff{number % 4}")  # fmt: skip
    yield log("cleanup[815]", f"{mail_id}: message-id=<{number}.a@{incident.domain}>")
    yield log("qmgr[402]", f"{mail_id}: from=<staff{number % 4}@{incident.domain}>, size=3120, nrcpt=1 (queue active)")
    yield log("smtp[820]", f"{mail_id}: to=<partner{number}@{_STRANGERS[number % 3]}>, "
              "relay=mx.example.com[192.0.2.10]:25, "
              "delay=0.9, delays=0.1/0/0.4/0.4, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)")  # fmt: skip
    yield log("qmgr[402]", f"{mail_id}: removed")


def _stolen(incident: Incident, at: datetime, number: int) -> Iterator[str]:
    """One message of the night: three strangers each, many of whom do not exist."""
    mail_id, log = f"9C{number:08X}", _line(incident, at)
    thief = _THIEVES[number % len(_THIEVES)]
    yield log("submission/smtpd[913]", f"{mail_id}: client=unknown[{thief}], sasl_method=LOGIN, "
              f"sasl_username={incident.stolen}")  # fmt: skip
    yield log("cleanup[915]", f"{mail_id}: message-id=<{number}.x@{incident.domain}>")
    sender = f"{incident.stolen}@{incident.domain}"
    yield log("qmgr[402]", f"{mail_id}: from=<{sender}>, size=2210, nrcpt=3 (queue active)")
    for place in range(3):
        host = f"{_STRANGERS[(number + place) % 6].partition('.')[0]}{(number * 3 + place) % 97}.example"
        yield log("smtp[920]", f"{mail_id}: to=<user{number * 3 + place}@{host}>, relay=mx.{host}[192.0.2.33]:25, "
                  f"delay=1.4, delays=0.2/0/0.6/0.6, {_outcome(number * 3 + place, host)}")  # fmt: skip


def _outcome(number: int, host: str) -> str:
    if number % 5 in (0, 1):
        return f"dsn=5.1.1, status=bounced (host mx.{host}[192.0.2.33] said: 550 5.1.1 User unknown)"
    if number % 5 == 2:
        return f"dsn=4.7.1, status=deferred (host mx.{host}[192.0.2.33] said: 451 4.7.1 Too many messages)"
    return "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)"


def _line(incident: Incident, at: datetime) -> Callable[[str, str], str]:
    stamp, host = at.astimezone(UTC).isoformat(timespec="microseconds"), incident.mail_host.partition(".")[0]
    return lambda program, text: f"{stamp} {host} postfix/{program}: {text}"
