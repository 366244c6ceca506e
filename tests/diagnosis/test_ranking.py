"""The order of causes: what the person misses counts, and what explains another stands before it."""

import pytest

from core.diagnosis.ranking import CONSEQUENCE, RISK, ROOT, SUSPICION, Ranked, fits, ranked
from core.model import Cause, Target


def order(target: Target, *found: Ranked) -> list[str]:
    return [cause.code for _, cause in ranked(enumerate(found), target)]


def sure(code: str) -> Cause:
    return Cause(code, "confirmed", "you")


def maybe(code: str) -> Cause:
    return Cause(code, "possible", "you")


NOBODY_SAID = Target()
NOT_DELIVERED = Target(symptom="not_delivered")
NOT_RECEIVED = Target(symptom="not_received")


def test_what_stops_incoming_mail_is_not_why_our_letters_do_not_arrive() -> None:
    found = ((ROOT, sure("dns_moved")), (ROOT, sure("sender_auth_failing")))
    assert order(NOT_DELIVERED, *found) == ["sender_auth_failing", "dns_moved"]
    assert order(NOT_RECEIVED, *found) == ["dns_moved", "sender_auth_failing"]
    assert order(NOBODY_SAID, *found) == ["dns_moved", "sender_auth_failing"]


def test_a_suspicion_that_fits_does_not_overtake_what_was_seen() -> None:
    assert order(NOT_DELIVERED, (SUSPICION, maybe("ptr_or_helo_wrong")), (ROOT, sure("dns_moved")))[0] == "dns_moved"


def test_the_surer_of_two_stands_first() -> None:
    assert order(NOBODY_SAID, (ROOT, maybe("resolver_broken")), (ROOT, sure("disk_full")))[0] == "disk_full"


def test_what_follows_from_a_sure_cause_stands_right_behind_it() -> None:
    found = ((ROOT, sure("mail_service_stopped")), (ROOT, Cause("disk_full", "likely", "you")), (RISK, sure("x")))
    assert order(NOBODY_SAID, *found) == ["disk_full", "mail_service_stopped", "x"]


def test_a_mere_possibility_explains_nothing_that_was_seen() -> None:
    found = ((ROOT, sure("mail_service_stopped")), (ROOT, maybe("disk_full")))
    assert order(NOBODY_SAID, *found) == ["mail_service_stopped", "disk_full"]


def test_a_cause_seen_twice_is_named_once_at_its_strongest() -> None:
    found = ((CONSEQUENCE, maybe("mailbox_full")), (CONSEQUENCE, sure("mailbox_full")))
    places = ranked(enumerate(found), NOBODY_SAID)
    assert [(cause.code, cause.certainty) for _, cause in places] == [("mailbox_full", "confirmed")]


@pytest.mark.parametrize(
    ("target", "code", "expected"),
    [
        (Target(symptom="checkup"), "dns_moved", True),
        (Target(symptom="slow"), "dns_moved", True),
        (Target(symptom="not_delivered", direction="both"), "dns_moved", True),
        (Target(direction="receiving"), "address_listed", False),
        (Target(direction="receiving"), "self_banned", True),
        (Target(symptom="complaint"), "account_hijacked", True),
        (Target(symptom="not_delivered"), "disk_full", True),
        (Target(symptom="not_received"), "nothing_found", True),
    ],
)
def test_what_fits_the_persons_words(target: Target, code: str, expected: bool) -> None:
    assert fits(code, target) is expected
