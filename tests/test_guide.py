"""Every path through the wizard, without a window."""

from __future__ import annotations

import dataclasses

import pytest

from core.guide import PAGES, Answers, Guide, missing_on
from core.model import Target
from core.typed_names import is_host_and_port, is_ssh_destination, mail_domain


def full_answers() -> Answers:
    return Answers(
        symptom="not_delivered",
        affected="everyone",
        direction="sending",
        recipients="all",
        since="金曜の夕方",
        domain="info@example.co.jp",
        mail_host="mx.example.co.jp:2525",
        how_inside="ssh",
        ssh="admin@mx.example.co.jp:22",
        queue="-Queue ID-",
        own_server=True,
    )


def test_the_long_way_visits_every_page_once_and_comes_back() -> None:
    guide = Guide(full_answers())
    seen = [guide.page]
    while guide.next_page():
        assert guide.go_on() == ()
        seen.append(guide.page)
    assert tuple(seen) == PAGES
    while guide.previous_page():
        guide.go_back()
        assert guide.page != "running"
    assert guide.page == "start"
    assert guide.answers == full_answers()


def test_practice_asks_nothing() -> None:
    guide = Guide()
    guide.practice = True
    pages = []
    while guide.next_page():
        assert guide.go_on() == ()
        pages.append(guide.page)
    assert pages == ["running", "answer", "report"]
    guide.go_back()
    guide.go_back()
    assert guide.page == "start"


def test_an_earlier_incident_opens_at_its_answer() -> None:
    guide = Guide()
    guide.earlier = True
    assert guide.go_on() == ()
    assert guide.page == "answer"
    guide.go_back()
    assert guide.page == "start"


def test_a_new_incident_keeps_the_answers_but_nothing_handed_over_and_asks_again() -> None:
    guide = Guide(full_answers())
    guide.answers.hand_over("log", "Nov 22 01:31:00 mail postfix/qmgr[1]: x", "mail.log")
    guide.practice = True
    guide.go_on()
    guide.to_start()
    assert (guide.page, guide.practice, guide.earlier) == ("start", False, False)
    expected = full_answers()
    expected.queue = ""  # yesterday's list would be taken for today's
    assert guide.answers == expected


def test_a_list_handed_over_chooses_pasting_until_the_person_chooses_otherwise() -> None:
    answers = Answers(how_inside="ssh", ssh="admin@mail.example.jp")
    answers.hand_over("queue", "Mail queue is empty", "mailq.txt")
    assert answers.how_inside == "paste"
    answers.how_inside = "ssh"
    answers.hand_over("queue", "Mail queue is empty", "mailq.txt")  # a page handing back what it was shown
    answers.hand_over("log", "Nov 22 01:31:00 mail postfix/qmgr[1]: x", "mail.log")
    target = answers.to_target()
    assert (target.ssh, target.queue) == ("admin@mail.example.jp", None)
    assert target.log is not None
    assert target.log.name == "mail.log"


def test_a_text_that_was_cut_says_so_to_the_checks_until_a_whole_one_takes_its_place() -> None:
    answers = Answers()
    answers.hand_over("queue", "Mail queue is empty", "mailq.txt", cut=True)
    answers.hand_over("log", "x", "mail.log", cut=True)
    answers.hand_over("log", "y", "mail.log")
    target = answers.to_target()
    assert target.queue and target.log and (target.queue.cut, target.log.cut) == (True, False)
    answers.hand_over("queue", "")
    assert answers.cut == frozenset()


def test_a_log_alone_is_enough_for_pasting() -> None:
    answers = Answers(how_inside="paste", log="Nov 22 01:31:00 mail postfix/qmgr[1]: x")
    assert missing_on("inside", answers) == ()
    assert answers.to_target().queue is None


def test_the_first_page_waits_for_a_choice() -> None:
    guide = Guide()
    assert [missing.code for missing in guide.go_on()] == ["guide.no_symptom"]
    assert guide.page == "start"


@pytest.mark.parametrize(
    ("page", "changes", "codes"),
    [
        ("server", {"domain": "", "mail_host": " "}, ["guide.no_server"]),
        ("server", {"domain": "example", "mail_host": ""}, ["guide.bad_domain"]),
        ("server", {"domain": "exa mple.jp", "mail_host": "-x.jp"}, ["guide.bad_domain", "guide.bad_host"]),
        ("server", {"domain": "", "mail_host": "192.0.2.1"}, []),
        ("server", {"domain": "会社.jp", "mail_host": ""}, []),
        ("inside", {"how_inside": None}, ["guide.no_way_chosen"]),
        ("inside", {"ssh": ""}, ["guide.no_ssh"]),
        ("inside", {"ssh": "-oProxyCommand=x"}, ["guide.bad_ssh"]),
        ("inside", {"how_inside": "paste", "queue": "\n"}, ["guide.no_listing"]),
        ("inside", {"how_inside": "neither", "ssh": "", "queue": ""}, []),
        ("consent", {"own_server": None}, ["guide.no_consent_answer"]),
        ("consent", {"own_server": False}, []),
        ("questions", {"affected": None, "direction": None, "recipients": None, "since": ""}, []),
    ],
)
def test_what_each_page_waits_for(page: str, changes: dict[str, object], codes: list[str]) -> None:
    answers = dataclasses.replace(full_answers(), **changes)  # type: ignore[arg-type]
    assert [missing.code for missing in missing_on(page, answers)] == codes  # type: ignore[arg-type]


def test_answers_become_a_target() -> None:
    target = full_answers().to_target()
    assert target == Target(
        symptom="not_delivered",
        domain="example.co.jp",
        mail_host="mx.example.co.jp:2525",
        ssh="admin@mx.example.co.jp:22",
        own_server=True,
        affected="everyone",
        direction="sending",
        recipients="all",
        since="金曜の夕方",
    )


def test_only_the_chosen_way_inside_is_used() -> None:
    pasted = dataclasses.replace(full_answers(), how_inside="paste").to_target()
    assert pasted.ssh is None
    assert pasted.queue is not None
    assert pasted.queue.text == "-Queue ID-"
    neither = dataclasses.replace(full_answers(), how_inside="neither").to_target()
    assert (neither.ssh, neither.queue) == (None, None)


def test_nothing_told_is_nothing_known() -> None:
    assert Answers().to_target() == Target()


def test_consent_and_pastes_are_not_remembered() -> None:
    kept = full_answers().remembered()
    assert "own_server" not in kept
    assert "queue" not in kept
    again = Answers.from_remembered(kept)
    assert again.ssh == "admin@mx.example.co.jp:22"
    assert again.own_server is None


def test_unknown_words_in_old_settings_are_left_out() -> None:
    again = Answers.from_remembered({"symptom": "volcano", "how_inside": 3, "domain": "example.jp", "x": "y"})
    assert again == Answers(domain="example.jp")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("mx.example.jp", True),
        ("mx.example.jp:2525", True),
        ("192.0.2.1:25", True),
        ("2001:db8::1", True),
        ("[2001:db8::1]:25", True),
        ("[2001:db8::1]", True),
        ("mx.example.jp:", False),
        ("mx.example.jp:99999", False),
        ("mx.example.jp:0", False),
        ("[2001:db8::1]x", False),
        ("mx", False),
        ("mx..jp", False),
        ("a" * 300 + ".jp", False),
    ],
)
def test_host_and_port(text: str, good: bool) -> None:
    assert is_host_and_port(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("mailserver", True),
        ("root@mailserver", True),
        ("a.b@corp@192.0.2.1:2222", True),
        ("fe80::1%eth0", True),
        ("-x@host", False),
        ("x\\@host", False),
        ("root@", False),
        ("root@host name", False),
        ("root@$(id)", False),
        ("host:ssh", False),
    ],
)
def test_ssh_destination(text: str, good: bool) -> None:
    assert is_ssh_destination(text) is good


def test_a_mail_address_gives_its_domain() -> None:
    assert mail_domain(" nakamura@example.co.jp. ") == "example.co.jp"


def test_a_domain_typed_on_a_japanese_keyboard_is_understood() -> None:
    assert mail_domain("ｎａｋａｍｕｒａ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ") == "example.co.jp"
    assert mail_domain("example。co。jp\u3000") == "example.co.jp"


def test_hosted_mail_is_asked_for_no_login_and_no_relay_test() -> None:
    answers = Answers(symptom="not_delivered", domain="example.jp", hosted_by="google_workspace", how_inside="ssh")
    answers.ssh, answers.own_server = "admin@example.jp", True  # of an earlier time
    guide = Guide(answers)
    assert "inside" not in guide.path
    assert "consent" not in guide.path
    assert (answers.to_target().ssh, answers.to_target().own_server) == (None, False)
    answers.mail_host = "mail.example.jp"  # a server of one's own beside it
    assert "inside" in guide.path
    assert answers.to_target().ssh == "admin@example.jp"
