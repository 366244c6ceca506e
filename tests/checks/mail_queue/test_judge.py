"""What lengths and shapes mean, and that every finding has its words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest

from core.checks.mail_queue import CHECK, Named, QueueFacts, Reason, judge, read_queue
from core.model import Finding, Severity, headline
from core.texts import LANGUAGES, Texts

READ_AT = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


def queue(
    total: int,
    senders: dict[str, int] | None = None,
    domains: dict[str, int] | None = None,
    age: timedelta = TWO_HOURS,
    own: tuple[str, ...] = ("example.jp",),
    **more: object,
) -> QueueFacts:
    """A queue of ordinary colleagues' mail to a few partners, unless told otherwise."""
    senders = senders if senders is not None else {f"user{n}@example.jp": -(-total // 5) for n in range(5)}
    domains = domains if domains is not None else {f"partner{n}.example": -(-total // 4) for n in range(4)}
    by_domain: dict[str, int] = {}
    for name, count in senders.items():
        if "@" in name:
            by_domain[name.partition("@")[2]] = by_domain.get(name.partition("@")[2], 0) + count
    values: dict[str, object] = {
        "mta": "postfix",
        "total": total,
        "deferred": total,
        "oldest_arrival": READ_AT - age if total else None,
        "senders": tuple(Named(*item) for item in senders.items()),
        "sender_domains": tuple(Named(*item) for item in by_domain.items()),
        "null_sender": senders.get("<>", 0),
        "recipients": sum(domains.values()),
        "recipient_domains": tuple(Named(*item) for item in domains.items())[:50],
        "distinct_domains": len(domains),
        "own_domains": own,
    }
    return QueueFacts(read_at=READ_AT, **{**values, **more})  # type: ignore[arg-type]


def scattered(total: int) -> dict[str, int]:
    return {f"d{n}.example": 1 for n in range(total)}


def codes(facts: QueueFacts) -> dict[str, Finding]:
    return {finding.code.removeprefix("mail_queue."): finding for finding in judge(facts)}


def severity(facts: QueueFacts) -> Severity:
    return headline([finding.severity for finding in judge(facts)])


@pytest.mark.parametrize(
    ("total", "code", "expected"),
    [
        (0, "empty", Severity.OK),
        (1, "normal", Severity.OK),
        (10, "normal", Severity.OK),
        (11, "raised", Severity.WARNING),
        (100, "raised", Severity.WARNING),
        (101, "long", Severity.CRITICAL),
        (2321, "long", Severity.CRITICAL),
    ],
)
def test_lengths(total: int, code: str, expected: Severity) -> None:
    assert code in codes(queue(total))
    assert severity(queue(total)) is expected


def test_a_young_queue_is_no_caution_unless_its_shape_is() -> None:
    assert severity(queue(60, age=timedelta(minutes=59))) is Severity.OK
    assert severity(queue(60, age=timedelta(minutes=60))) is Severity.WARNING
    assert "raised" in codes(queue(60, {"tanaka@example.jp": 60}, scattered(60), age=timedelta(minutes=5)))


def test_one_destination_explains_a_raised_queue() -> None:
    found = codes(queue(60, domains={"partner.example": 58, "other.example": 2}))
    assert "raised" not in found and found["one_domain"].values["domain"] == "partner.example"
    assert severity(queue(60, domains={"partner.example": 60})) is Severity.OK
    assert severity(queue(600, domains={"partner.example": 600})) is Severity.CRITICAL


def test_a_stolen_account_leads_and_writes_to_strangers() -> None:
    reasons = (Reason("user_unknown", 100, "550 5.1.1 user unknown"),)
    found = codes(queue(300, {"tanaka@example.jp": 280, "a@example.jp": 20}, scattered(300), reasons=reasons))
    assert found["long"].severity is Severity.CRITICAL
    assert found["one_sender"].values == {"sender": "tanaka@example.jp", "count": 280, "percent": 93}
    assert found["strangers"].values["count"] == 300
    assert "newsletter" not in found


def test_a_newsletter_is_no_alarm_below_a_thousand() -> None:
    facts = queue(400, {"news@example.jp": 390, "a@example.jp": 10}, scattered(300))
    assert list(codes(facts)) == ["newsletter"]
    assert severity(facts) is Severity.WARNING
    assert severity(queue(2321, {"news@example.jp": 2321}, scattered(300))) is Severity.CRITICAL


def test_a_strangers_newsletter_is_none() -> None:
    facts = queue(400, {"news@elsewhere.example": 400}, scattered(300))
    assert "long" in codes(facts) and "newsletter" not in codes(facts)


def test_mail_of_many_colleagues_to_many_partners_is_not_strangers() -> None:
    assert "strangers" not in codes(queue(300, domains=scattered(120)))
    foreign = {f"x{n}@s{n}.example": 3 for n in range(100)}
    assert "strangers" in codes(queue(300, foreign, scattered(120)))


def test_backscatter() -> None:
    found = codes(queue(50, {"<>": 20, "a@example.jp": 30}))
    assert found["null_senders"].values == {"count": 20, "percent": 40}
    assert "null_senders" not in codes(queue(5, {"<>": 5}))


def test_everything_timed_out_to_several_destinations() -> None:
    reasons = (Reason("unreachable", 40, "connect to a.example[192.0.2.1]:25: Connection timed out"),)
    facts = queue(40, reasons=reasons, timed_out=40)
    assert codes(facts)["all_timed_out"].severity is Severity.CRITICAL
    assert "raised" not in codes(facts)
    one = queue(40, domains={"a.example": 40}, reasons=reasons, timed_out=40)
    assert "all_timed_out" not in codes(one)
    assert codes(queue(4, reasons=reasons, timed_out=4))["all_timed_out"].severity is Severity.WARNING


def test_name_service() -> None:
    facts = queue(40, reasons=(Reason("dns_problem", 40, "Name service error for name=a.example type=MX"),))
    assert codes(facts)["name_service"].values == {"count": 40, "domains": 4}


def test_blocked_using_a_list_names_it() -> None:
    example = "450 4.7.1 Client host [203.0.113.25] blocked using zen.spamhaus.org"
    facts = queue(5, reasons=(Reason("ip_blocked", 2, example),), lists_named=("zen.spamhaus.org",))
    found = codes(facts)["blocked_using_list"]
    assert (found.severity, found.values["zone"]) == (Severity.CRITICAL, ["zen.spamhaus.org"])
    assert codes(queue(5, reasons=facts.reasons))["blocked_using_list"].values["zone"] == ["?"]


def test_could_not_look_is_never_good(sample: Callable[[str], str], taken_at: datetime) -> None:
    for name in ("postfix-denied-mailq", "sendmail-denied-mailq", "nomta-mailq", "exim-mixed-exim-bp-asuser"):
        facts = read_queue(sample(name), taken_at)
        assert severity(facts) is Severity.UNKNOWN, name
        assert not {"empty", "normal"} & set(codes(facts))
    assert severity(queue(7, complete=False)) is Severity.UNKNOWN


def test_mail_system_down(sample: Callable[[str], str], taken_at: datetime) -> None:
    for name in ("postfix-down-mailq", "postfix-down-mailq-asuser", "opensmtpd-down-smtpctlshowqueue"):
        assert codes(read_queue(sample(name), taken_at))["system_down"].severity is Severity.CRITICAL


def test_held_frozen_and_old() -> None:
    facts = queue(40, hold=2, frozen=3, deferred=35, age=timedelta(days=3))
    found = codes(facts)
    assert {"held", "frozen", "old"} <= set(found)
    assert found["old"].values["seconds"] == 3 * 86400
    assert severity(queue(5, hold=2, deferred=3, age=timedelta(days=3))) is Severity.OK


def test_as_many_frozen_as_usual_are_no_caution() -> None:
    assert codes(queue(40, frozen=2, deferred=38))["frozen"].severity is Severity.OK
    assert codes(queue(40, frozen=3, deferred=37))["frozen"].severity is Severity.WARNING


def test_first_finding_carries_the_listing_and_the_table(sample: Callable[[str], str], taken_at: datetime) -> None:
    found = judge(read_queue(sample("postfix-long-mailq"), taken_at))
    assert found[0].code == "mail_queue.long"
    assert "-Queue ID-" in found[0].evidence[0].answered and len(found[0].evidence[0].answered) < 9000
    assert found[0].table is not None and len(found[0].table.rows) <= 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_that_use_declared_values_only(language: str) -> None:
    texts = Texts(language)  # type: ignore[arg-type]
    for code, names in CHECK.codes.items():
        keys = [key for key in list(texts.keys()) if key.startswith(f"{code}.")]
        assert {f"{code}.title", f"{code}.meaning"} <= set(keys)
        _uses_only(texts, keys, names)
    for code, names in CHECK.problem_codes.items():
        keys = [key for key in list(texts.keys()) if key.startswith(f"problem.{code}.")]
        assert f"problem.{code}.title" in keys
        _uses_only(texts, keys, names)


def _uses_only(texts: Texts, keys: list[str], names: tuple[str, ...]) -> None:
    for key in keys:
        for count in (1, 2):
            used = {field for _, field, _, _ in Formatter().parse(texts.template(key, count)) if field}
            assert used <= set(names), key


def test_no_text_without_a_code_and_the_same_keys_in_both_languages() -> None:
    japanese, english = (
        {key for key in list(Texts(language).keys()) if key.startswith(("mail_queue.", "problem.mail_queue."))}
        for language in LANGUAGES
    )
    assert japanese == english
    known = [*CHECK.codes, *(f"problem.{code}" for code in CHECK.problem_codes)]
    assert all(any(key.startswith(f"{code}.") for code in known) for key in japanese)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_long_queue_says_its_number_beside_the_normal_one(language: str) -> None:
    texts = Texts(language)  # type: ignore[arg-type]
    finding = judge(queue(2321))[0]
    title = texts.text(f"{finding.code}.title", finding.values)
    assert "2,321" in title and "10" in title
    for each in judge(queue(60, hold=2, frozen=2, deferred=56, age=timedelta(days=2))):
        assert texts.text(f"{each.code}.meaning", each.values)


def test_one_readable_line_among_thousands_of_broken_ones_is_never_fine() -> None:
    broken = '{"queue_name":"deferred","x\n' * 5000
    one = (
        '{"queue_name":"active","queue_id":"B","arrival_time":1795323600,"message_size":1,"sender":"a@example.jp",'
        '"recipients":[{"address":"c@example.com"}]}\n'
    )
    found = judge(read_queue(broken + one, datetime(2026, 11, 22, tzinfo=UTC)))
    assert [finding.code for finding in found] == ["mail_queue.incomplete"]
    assert headline([finding.severity for finding in found]) is Severity.UNKNOWN


def test_a_prompt_copied_with_the_listing_does_no_harm() -> None:
    listing = "[root@mail ~]# mailq\nMail queue is empty\n[root@mail ~]#\n"
    assert [finding.code for finding in judge(read_queue(listing, datetime(2026, 11, 22, tzinfo=UTC)))] == [
        "mail_queue.empty"
    ]
