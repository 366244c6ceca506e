"""紙切れ一枚から、よその言葉で。 The same few lines as Exim and Sendmail write them."""

from __future__ import annotations

import pytest

from tests.stories.by_hand import RECEIVING, Evidence, again, exim, exim_tried, lines, sendmail_tried
from tests.stories.company import OpenCompany
from tests.stories.test_evidence_by_hand import SIX, tells
from tests.stories.test_turned_away import OURS_6

pytestmark = [pytest.mark.story, pytest.mark.slow]
TEN = [f"customer{n}.example" for n in range(1, 11)]
AFTER = ": SMTP error from remote mail server after end of data: "
DOUBTED = (
    "550-5.7.1 [203.0.113.9] Gmail has detected that this message is likely suspicious due to the very low reputation "
    "of the sending IP address."
)
LATE = "1xB00{n}-000000-0B == p@customer{n}.example R=dnslookup T=remote_smtp defer (110): Connection timed out"
FULL = "1xB00{n}-000000-0B == taro@example.jp R=local_user T=mail_spool defer (-22): mailbox is full"
CLAMD = "1xB00{n}-000000-0B malware acl condition: clamd: unable to connect to UNIX socket /run/clamd.ctl (Gone)"
WAIT = " defer (-44): SMTP error from remote mail server after RCPT TO:<g@customer9.example>: 451 4.7.1 Greylisting"
LISTED = (
    "H=mx{n} [192.0.2.{n}] F=<a@customer{n}.example> rejected RCPT <taro@example.jp>: 192.0.2.{n} is in a black list "
    "at zen.spamhaus.org\\nError: open resolver; https://check.spamhaus.org/returnc/pub/"
)
MILTER = "sm-mta[9]: 6AC0000{n}: Milter (clmilter): error connecting to filter: Connection refused by /run/milter.ctl"
DENIED = (
    "sendmail[9]: 6AC0000{n}: to=<p@customer{n}.example>, delay=00:00:01, mailer=relay, relay=smtp.provider.example. "
    "[192.0.2.44], dsn=4.0.0, reply=535 5.7.8 Error: authentication failed, "
    "stat=Deferred: 535 5.7.8 Error: authentication failed"
)


def exim_thief() -> str:
    """One login from fifteen addresses."""
    rows = []
    for n in range(80):
        key, address = f"1xV{n:03d}-00{n:04d}-0A", f"203.0.113.{60 + n % 15}"
        login = f"H=(pc) [{address}] P=esmtpsa X=TLS1.3 A=dovecot_login:info@example.jp S=2000"
        to = f'v{n}@customer{n % 40 + 1}.example R=dnslookup T=remote_smtp H=mx [198.51.100.30] C="250 OK"'
        rows += [(1200 - n * 10, f"{key} <= info@example.jp {login}"), (1199 - n * 10, f"{key} => {to}")]
    return exim(rows)


def sendmail_thief() -> str:
    """One login from twelve addresses, twenty recipients each time."""
    rows = []
    for n in range(80):
        relay = f"relay=[198.51.100.{100 + n % 12}]"
        queued = (
            f"from=<yamada@example.jp>, size=900, class=0, nrcpts=20, msgid=<1@x>, proto=ESMTPA, daemon=MTA, {relay}"
        )
        login = f"sm-mta[{n}]: AUTH=server, {relay}, authid=yamada@example.jp, mech=LOGIN, bits=0"
        rows += [(1200 - n * 10, login), (1199 - n * 10, f"sm-mta[{n}]: 6AB{n:05d}: {queued}")]
    return lines(rows)


def exim_home_page() -> str:
    """The web server's account."""
    rows = []
    for n in range(80):
        key, at = f"1xV{n:03d}-00{n:04d}-0A", 900 - n * 6
        rows.append((at, f"{key} <= www-data@mail.example.jp U=www-data P=local S=1234"))
        rows.append((at - 1, f"{key} => v{n}@customer{n % 40 + 1}.example R=dnslookup T=remote_smtp H=mx [192.0.2.3]"))
    return exim(rows)


SCENES = {
    "exim, a stolen password": Evidence("account_hijacked", exim_thief, kind="ex-closed"),
    "sendmail, a stolen password": Evidence("account_hijacked", sendmail_thief, kind="sm-closed"),
    "exim, the home page": Evidence("web_form_abused", exim_home_page, kind="ex-closed"),
    "exim, gmail doubts us": Evidence(
        "provider_blocked", lambda: exim_tried(AFTER + DOUBTED, "g@gmail.com"), kind="ex-closed"
    ),
    "sendmail, no way out": Evidence(
        "outbound_25_blocked", lambda: sendmail_tried("Deferred: Connection timed out with mx.{d}.", TEN),
        kind="sm-closed",
    ),
    "exim, no way out": Evidence("outbound_25_blocked", lambda: exim(again(9, LATE)), kind="ex-closed"),
    "sendmail, no names": Evidence(
        "resolver_broken", kind="sm-closed",
        log=lambda: sendmail_tried("Deferred: Name server: {d}.: host name lookup failure", ["gmail.com", *TEN]),
    ),
    "exim, no room": Evidence("disk_full", lambda: exim(again(
        4, "1xB00{n}-000000-0B Failed to create spool file /var/spool/exim4/input/1-D: No space left on device"
    )), told=RECEIVING, kind="ex-closed"),
    "sendmail, the filter": Evidence(
        "helper_down", lambda: lines(again(6, MILTER)), told=RECEIVING, kind="sm-closed"
    ),
    "exim, the virus scanner": Evidence("helper_down", lambda: exim(again(5, CLAMD)), told=RECEIVING, kind="ex-closed"),
    "sendmail, the provider's no": Evidence(
        "relayhost_login_failing", lambda: lines(again(5, DENIED)), kind="sm-closed"
    ),
    "exim, a list that wants no questions": Evidence(
        "own_filter_rejects_all", lambda: exim(again(14, LISTED)), told=RECEIVING, kind="ex-closed"
    ),
    "exim, a full box": Evidence("mailbox_full", lambda: exim(again(4, FULL)), told=RECEIVING, kind="ex-closed"),
    "exim, a greylist": Evidence(
        "greylisted_wait", lambda: exim_tried(WAIT, "g@customer9.example", "==", "mx.customer9.example [192.0.2.9]"),
        told=("--symptom", "slow"), kind="ex-closed",
    ),
    "exim, ipv6 without a name": Evidence(
        "ipv6_path_bad", kind="ex-closed", bent=SIX,
        log=lambda: exim_tried(f"{AFTER}550-5.7.25 [{OURS_6}] does not have a PTR record setup", "g@gmail.com"),
    ),
    "sendmail, all is well": Evidence(
        "", lambda: sendmail_tried("Sent (250 2.0.0 Ok: queued as 1)", TEN[:5], "2.0.0"), told=(), kind="sm-closed"
    ),
}  # fmt: skip


@pytest.mark.parametrize("scene", SCENES.values(), ids=list(SCENES))
def test_a_few_lines_tell(company: OpenCompany, scene: Evidence) -> None:
    """Each in the words of its make."""
    tells(company, scene)
