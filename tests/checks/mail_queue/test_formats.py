"""Every recorded listing: the counts of the server's own tool, refusals, and nothing invented."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.checks.mail_queue import Named, read_queue
from core.errors import UsageError

Sample = Callable[[str], str]

# name: mta, total, active, deferred, hold, frozen, incoming, null senders, recipients
COUNTS = {
    "postfix-mixed-mailq": ("postfix", 31, 3, 26, 2, 0, 0, 4, 44),
    "postfix-mixed-postqueue-j": ("postfix", 31, 3, 26, 2, 0, 0, 4, 44),
    "postfix-down-maildrop-mailq": ("postfix", 32, 3, 26, 2, 0, 1, 4, 45),
    "postfix-down-maildrop-postqueue-j": ("postfix", 32, 3, 26, 2, 0, 1, 4, 45),
    "postfix-long-mailq": ("postfix", 1532, 3, 1527, 2, 0, 0, 4, 1545),
    "postfix-long-postqueue-j": ("postfix", 1532, 3, 1527, 2, 0, 0, 4, 1545),
    "postfix-empty-mailq": ("postfix", 0, 0, 0, 0, 0, 0, 0, 0),
    "sendmail-mixed-mailq": ("sendmail", 30, 3, 27, 0, 0, 0, 5, 43),
    "sendmail-mixed-mailq-v": ("sendmail", 30, 3, 27, 0, 0, 0, 5, 43),
    "sendmail-mixed-sendmail-bp": ("sendmail", 30, 3, 27, 0, 0, 0, 5, 43),
    "sendmail-msp-mailq": ("sendmail", 33, 3, 30, 0, 0, 0, 5, 46),
    "sendmail-msp-mailq-Ac": ("sendmail", 3, 0, 3, 0, 0, 0, 0, 3),
    "sendmail-msp-mailq-v-Ac": ("sendmail", 3, 0, 3, 0, 0, 0, 0, 3),
    "sendmail-empty-mailq": ("sendmail", 0, 0, 0, 0, 0, 0, 0, 0),
    "exim-mixed-exim-bp": ("exim", 31, 0, 29, 0, 2, 0, 2, 46),
    "exim-mixed-exim-bpr": ("exim", 31, 0, 29, 0, 2, 0, 2, 46),
    "exim-mixed-exiqgrep-z": ("exim", 2, 0, 0, 0, 2, 0, 0, 2),
    "opensmtpd-mixed-smtpctlshowqueue": ("opensmtpd", 30, 3, 25, 2, 0, 0, 4, 43),
    "courier-mixed-mailq": ("courier", 15, 0, 15, 0, 0, 0, 4, 28),
    "courier-mixed-mailq-batch": ("courier", 15, 0, 15, 0, 0, 0, 4, 28),
    "courier-mixed-mailq-sort": ("courier", 15, 0, 15, 0, 0, 0, 4, 28),
    "courier-empty-mailq": ("courier", 0, 0, 0, 0, 0, 0, 0, 0),
    "dma-mixed-mailq": ("dma", 2, 0, 2, 0, 0, 0, 0, 2),
    "nullmailer-mixed-mailq": ("nullmailer", 3, 0, 3, 0, 0, 0, 0, 3),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_those_of_the_servers_own_tool(name: str, sample: Sample, taken_at: datetime) -> None:
    facts = read_queue(sample(name), taken_at)
    states = (facts.active, facts.deferred, facts.hold, facts.frozen, facts.incoming)
    assert (facts.mta, facts.total, *states, facts.null_sender, facts.recipients) == COUNTS[name]
    assert facts.complete and facts.unparsed == 0


def test_both_listings_of_postfix_say_the_same(sample: Sample, taken_at: datetime) -> None:
    for kind in ("mixed", "long"):
        text = read_queue(sample(f"postfix-{kind}-mailq"), taken_at)
        objects = read_queue(sample(f"postfix-{kind}-postqueue-j"), taken_at)
        assert text.oldest_arrival == objects.oldest_arrival
        assert text.bytes == objects.bytes
        assert sorted(text.recipient_domains, key=repr) == sorted(objects.recipient_domains, key=repr)
        counts = [sorted((each.reason, each.count) for each in facts.reasons) for facts in (text, objects)]
        assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "name",
    [
        "postfix-mixed-mailq",
        "sendmail-mixed-mailq",
        "exim-mixed-exim-bp",
        "opensmtpd-mixed-smtpctlshowqueue",
        "courier-mixed-mailq",
    ],
)
def test_the_oldest_arrived_when_the_samples_were_made(name: str, sample: Sample, taken_at: datetime) -> None:
    facts = read_queue(sample(name), taken_at)
    assert facts.oldest_arrival == datetime(2026, 11, 22, 1, 31, tzinfo=UTC)
    assert facts.oldest_age == 540


@pytest.mark.parametrize(
    "name", ["postfix-mixed-mailq", "sendmail-mixed-mailq", "sendmail-mixed-mailq-v", "exim-mixed-exim-bp"]
)
def test_another_year_reads_another_age(name: str, sample: Sample, taken_at: datetime) -> None:
    young = read_queue(sample(name), taken_at).oldest_age
    old = read_queue(sample(name), taken_at.replace(year=2027)).oldest_age
    assert young is not None and young < 3600
    # A listing without weekday and year can only be read as the latest such day.
    expected = young if name.endswith("-v") else young + 365 * 86400
    assert old == expected


def test_a_date_at_new_year_is_last_years(sample: Sample) -> None:
    listing = "\t\t/var/spool/mqueue (1 request)\n6AM1VVjk000165     1960      30000 Dec 30 23:00 <a@example.jp>\n"
    facts = read_queue(listing, datetime(2027, 1, 2, 23, 0, tzinfo=UTC))
    assert facts.oldest_age == 3 * 86400


def test_local_times_are_in_the_readings_zone(sample: Sample) -> None:
    tokyo = timezone(timedelta(hours=9))
    facts = read_queue(sample("postfix-mixed-mailq"), datetime(2026, 11, 22, 2, 0, tzinfo=tokyo))
    assert facts.oldest_arrival == datetime(2026, 11, 21, 16, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "refused", "total"),
    [
        ("postfix-denied-mailq", "permission_denied", None),
        ("postfix-denied-postqueue-j", "permission_denied", None),
        ("exim-mixed-exim-bp-asuser", "permission_denied", None),
        ("opensmtpd-mixed-smtpctlshowqueue-asuser", "permission_denied", None),
        ("sendmail-denied-mailq", "permission_denied", 3),
        ("postfix-down-mailq-asuser", "daemon_down", None),
        ("postfix-down-mailq", "daemon_down", 31),
        ("opensmtpd-down-smtpctlshowqueue", "daemon_down", 30),
        ("nomta-mailq", "not_found", None),
        ("exim-notfound-postqueue", "not_found", None),
        ("opensmtpd-down-mailq", "not_found", None),
    ],
)
def test_a_refusal_is_a_fact(name: str, refused: str, total: int | None, sample: Sample, taken_at: datetime) -> None:
    facts = read_queue(sample(name), taken_at)
    assert (facts.refused, facts.total) == (refused, total)


@pytest.mark.parametrize(
    "name", ["postfix-mixed-qshape-deferred", "opensmtpd-mixed-smtpctlshowstats", "exim-mixed-exiqgrep-b"]
)
def test_what_is_no_listing_is_said_so(name: str, sample: Sample, taken_at: datetime) -> None:
    with pytest.raises(UsageError) as caught:
        read_queue(sample(name), taken_at)
    assert caught.value.code == "mail_queue.unknown_format"


def test_nothing_can_be_told_from_nothing(taken_at: datetime) -> None:
    with pytest.raises(UsageError) as caught:
        read_queue(" \n\n", taken_at)
    assert caught.value.code == "mail_queue.no_text"


def test_a_paste_with_prompts_windows_line_ends_and_other_blanks(sample: Sample, taken_at: datetime) -> None:
    listing = sample("postfix-mixed-mailq").replace("\n", "\r\n")
    facts = read_queue(f"[root@mail ~]# mailq\r\n{listing}[root@mail ~]#", taken_at)
    assert (facts.total, facts.unparsed, facts.complete) == (31, 2, True)
    assert read_queue(sample("sendmail-mixed-mailq").expandtabs(8), taken_at).total == 30


def test_reasons_wrapped_by_the_terminal_are_joined(sample: Sample, taken_at: datetime) -> None:
    wrapped = []
    for line in sample("postfix-mixed-mailq").splitlines():
        wrapped += [line[start : start + 80] for start in range(0, len(line), 80)] or [""]
    facts = read_queue("\n".join(wrapped), taken_at)
    whole = read_queue(sample("postfix-mixed-mailq"), taken_at)
    assert (facts.total, facts.recipients, facts.recipient_domains) == (31, 44, whole.recipient_domains)
    assert [(each.reason, each.count) for each in facts.reasons] == [
        (each.reason, each.count) for each in whole.reasons
    ]


def test_a_listing_cut_off_is_not_complete(sample: Sample, taken_at: datetime) -> None:
    for name, whole in (
        ("postfix-long-mailq", None),
        ("sendmail-long-mailq", 1533),
        ("postfix-long-postqueue-j", None),
    ):
        text = sample(name)
        facts = read_queue(text[: len(text) // 2 + 30], taken_at)
        assert not facts.complete, name
        assert facts.total and facts.total == (whole or facts.total) and facts.total > 700


def test_old_sendmail_without_directory_and_last_line(taken_at: datetime) -> None:
    listing = (
        "\t\tMail Queue (2 requests)\n"
        "--Q-ID-- --Size-- -----Q-Time----- ------------Sender/Recipient------------\n"
        "QAA12345     1234 Sat Nov 21 16:31 <nakamura@example.jp>\n"
        "      8BITMIME   (Deferred: Connection timed out with mx.example.com.)\n"
        "\t\t\t\t   <taro@example.com>\n"
        "QAA12346*      99 Sat Nov 21 16:40 <>\n"
        "\t\t\t\t   <jiro@example.net>\n"
    )
    facts = read_queue(listing, taken_at)
    assert (facts.mta, facts.total, facts.active, facts.null_sender, facts.complete) == ("sendmail", 2, 1, 1, True)
    assert [(each.reason, each.count) for each in facts.reasons] == [("unreachable", 1)]
    assert facts.recipient_domains == (Named("example.com", 1), Named("example.net", 1))


def test_qmail_as_documented(taken_at: datetime) -> None:
    listing = (
        "messages in queue: 3\n"
        "messages in queue but not yet preprocessed: 1\n"
        "21 Nov 2026 01:40:00 GMT  #2318921  1274  <alerts@example.jp> \n"
        "\tremote\toncall@example.net\n"
        "  done\tremote\tgone@example.org\n"
        "22 Nov 2026 01:00:00 GMT  #2318922  500  <> bouncing\n"
        "\tlocal\ttaro@example.jp\n"
    )
    facts = read_queue(listing, taken_at)
    assert (facts.mta, facts.total, facts.deferred, facts.incoming, facts.null_sender) == ("qmail", 3, 2, 1, 1)
    assert (facts.recipients, facts.oldest_age, facts.complete) == (2, 86400, True)


def test_exim_delivered_recipients_do_not_wait(taken_at: datetime) -> None:
    listing = (
        " 4d  2.9K 1xUwQ0-000077-1b <taro@example.jp> (taro)\n        D done@example.com\n          a@example.com\n"
    )
    facts = read_queue(listing, taken_at)
    assert (facts.total, facts.recipients, facts.bytes) == (1, 1, 2969)


def test_hold_and_quarantine(taken_at: datetime) -> None:
    listing = (
        "\t\t/var/spool/mqueue (1 request)\n"
        "6AM1VVjk000165     1960 Sun Nov 22 01:31 <a@example.jp>\n      QUARANTINE: virus\n\t\t\t<b@example.com>\n"
    )
    assert read_queue(listing, taken_at).hold == 1


def test_a_message_with_too_many_recipients_for_one_line_is_still_counted(taken_at: datetime) -> None:
    rows = [{"address": f"u{n}@d{n}.example", "delay_reason": "Connection timed out"} for n in range(300)]
    head = {"queue_name": "deferred", "queue_id": "A1B2C3D4E5", "arrival_time": 1795311060, "message_size": 9}
    whole = json.dumps({**head, "sender": "news@example.jp", "recipients": rows})
    listing = f"{whole[:16_000]}\n{json.dumps({**head, 'sender': 'a@example.jp', 'recipients': []})}\n"
    facts = read_queue(listing, taken_at)
    assert (facts.total, facts.complete, facts.unparsed) == (2, True, 0)
    assert 200 < facts.recipients < 300
    assert read_queue(whole[:200], taken_at).complete is False


def test_sendmails_quarantined_mail_stands_in_a_second_listing(sample: Callable[[str], str]) -> None:
    row = "6AM4aj{}000104        6 Sun Nov 22 04:36 <sales@example.jp>\n"
    waiting = "\t\t/var/spool/mqueue (1 request)\n" + row.format("GO") + "\t\t<a@far.example>\n"
    aside = "\t\t/var/spool/mqueue (1 request)\n" + row.format("GP") + "     QUARANTINE: hand\n\t\t<b@far.example>\n"
    facts = read_queue(waiting + "Quarantined:\n" + aside, datetime(2026, 11, 22, 8, 40, tzinfo=UTC))
    assert (facts.total, facts.deferred, facts.hold, facts.unparsed) == (2, 1, 1, 0)
