"""A listing that may be one user's own mail only: never "nothing waits" unless it is seen that root asked."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.checks.mail_queue import judge, read_queue
from core.knowledge.evidence_kind import kind_of
from core.model import Severity, headline

Sample = Callable[[str], str]
NOW = datetime(2026, 11, 22, 1, 40, tzinfo=UTC)
HEAD = (
    "Size             Queue ID                                                    Date\n"
    "User             From\nStatus           Recipient\n---------------- -----------------------------\n"
)


def one_by(*users: str) -> str:
    """A Courier listing with one message of each of these users."""
    rows = [
        f"2.8K             0000000000004408.000000006B0245E0.{n:08X}                  Nov 22 01:31\n"
        f"{user:<17}taro@example.jp\n                 a@far.example\n\n"
        for n, user in enumerate(users)
    ]
    return HEAD + "".join(rows) + f"  {len(users)} message{'s' if len(users) != 1 else ''}.\n"


def codes(text: str) -> list[str]:
    return [finding.code.removeprefix("mail_queue.") for finding in judge(read_queue(text, NOW))]


def test_the_listing_of_root_and_of_a_plain_user_are_the_same_bytes(sample: Sample) -> None:
    """The reason for all of this: nothing in the listing itself can tell."""
    assert sample("courier-empty-mailq") == sample("courier-mixed-mailq-asuser")


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("", "own_or_all"),
        ("mailq\n", "own_or_all"),
        ("[root@mail ~]# mailq\n", "empty"),
        ("root@mail:~# mailq -sort\n", "empty"),
        ("sh-5.2# /usr/lib/courier/bin/mailq\n", "empty"),
        ("mail# mailq\n", "empty"),
        ("[root@mail ~]# id -u; mailq\n0\n", "empty"),
        ("id -u; mailq\n0\n", "empty"),
        ("uid=0(root) gid=0(root) groups=0(root)\n", "empty"),
        ("taro@mail:~$ sudo mailq\n", "empty"),
        ("taro@mail:~$ mailq\n", "own_only"),
        ("[taro@mail ~]$ /usr/bin/mailq\r\n", "own_only"),
        ("id -u; mailq\n1000\n", "own_only"),
        ("uid=1000(taro) gid=1000(taro) groups=1000(taro),27(sudo)\n", "own_only"),
        # These tell nothing: another's rights, a sign that is anybody's, a name that does not fit the sign.
        ("[root@mail ~]# sudo -u taro mailq\n", "own_or_all"),
        ("root@mail:~# su taro -c mailq\n", "own_or_all"),
        ("mail% mailq\n", "own_or_all"),
        ("taro@mail:~# mailq\n", "own_or_all"),
        ("root@mail:~$ mailq\n", "own_or_all"),
        ("# mailq\n", "own_or_all"),  # a remark in somebody's notes
        ("see ticket # mailq\n", "own_or_all"),
        ("root@mail:~# echo $?\n0\n", "own_or_all"),
        # What was typed for another command says nothing about this one.
        ("[root@mail ~]# su - taro\n[taro@mail ~]$ mailq\n", "own_only"),
        ("[root@mail ~]# tail /var/log/mail.log\n", "own_or_all"),
    ],
)
def test_an_empty_courier_listing(before: str, code: str, sample: Sample) -> None:
    text = before + sample("courier-empty-mailq")
    assert codes(text) == [code]
    good = headline([finding.severity for finding in judge(read_queue(text, NOW))]) is Severity.OK
    assert good is (code == "empty")
    assert kind_of(text) == "queue"


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ("[root@mail ~]#\n", "own_or_all"),
        ("[root@mail ~]# id\nuid=0(root) gid=0(root)\n", "empty"),
        ("$ id -u\n1000\n", "own_only"),
        ("$ echo $?\n0\n", "own_or_all"),
        # The listing that this prompt began was not copied; the one above is somebody else's.
        ("[root@mail ~]# mailq\n", "own_or_all"),
    ],
)
def test_what_stands_after_the_listing(after: str, code: str, sample: Sample) -> None:
    assert codes(sample("courier-empty-mailq") + after) == [code]


def test_who_asked_last_counts(sample: Sample) -> None:
    empty, full = sample("courier-empty-mailq"), one_by("taro", "hanako")
    assert codes(f"taro@mail:~$ mailq\n{empty}taro@mail:~$ sudo mailq\n{full}") == ["normal"]
    assert codes(f"root@mail# mailq\n{empty}root@mail# su taro\n$ mailq\n{empty}") == ["own_only"]


@pytest.mark.parametrize(
    ("listing", "code"),
    [
        (one_by("taro"), "own_or_all"),  # taro's own list, or root's
        (one_by("taro", "hanako"), "normal"),  # no plain user sees both
        (one_by("courier"), "normal"),  # came in by SMTP: nobody's own
        ("$ mailq\n" + one_by("taro"), "own_only"),
    ],
)
def test_a_courier_listing_with_mail(listing: str, code: str) -> None:
    assert codes(listing) == [code]


def test_a_long_list_of_ones_own_mail_is_still_too_long() -> None:
    text = "$ mailq\n" + one_by(*["taro"] * 101)
    assert codes(text)[0] == "long" and "own_only" in codes(text)
    few = codes("$ mailq\n" + one_by(*["taro"] * 12))
    assert "one_sender" not in few and "own_only" in few  # one's own mail has one sender: no sign of theft


def test_a_prompt_copied_behind_the_listing_is_no_recipient(sample: Sample) -> None:
    facts = read_queue(sample("courier-mixed-mailq") + "[root@mail ~]# \n", NOW)
    assert (facts.total, facts.recipients, facts.unparsed) == (15, 28, 1)


def test_mail_cannot_speak_for_the_administrator() -> None:
    """Senders and recipients are a stranger's words."""
    listing = one_by("taro").replace("taro@example.jp", "# mailq").replace("a@far.example", "0")
    assert codes(listing) == ["own_or_all"]


def test_only_the_submission_queue(sample: Sample) -> None:
    """`mailq -Ac`, while 30 messages waited in the main queue."""
    assert codes(sample("sendmail-mixed-mailq-Ac")) == ["submission_only"]
    assert codes("/var/spool/clientmqueue is empty\n\t\tTotal requests: 0\n") == ["submission_only"]
    assert codes(sample("sendmail-empty-mailq")) == ["empty"]
    assert codes(sample("sendmail-empty-sendmail-bp")) == ["empty"]


def test_every_other_recorded_empty_queue_is_the_same_for_everybody(sample: Sample) -> None:
    """Postfix and dma show all mail to all accounts, or refuse; an empty paste of the others is no listing at all."""
    for name in ("postfix-empty-mailq", "postfix-empty-postqueue-p", "postfix-empty-sendmail-bp", "dma-empty-mailq"):
        assert codes(sample(name)) == ["empty"]
    for mta in ("dma", "nullmailer"):
        assert sample(f"{mta}-mixed-mailq") == sample(f"{mta}-mixed-mailq-asuser")


@pytest.mark.parametrize(
    "said",
    [
        # qmail-qstat(8) without the right to read the queue counts no files less one folder, and succeeds.
        "messages in queue: -1\nmessages in queue but not yet preprocessed: -1\n",
        "find: ‘queue/mess/*’: Permission denied\nmessages in queue: -1\n",
        "fatal: unable to chdir: access denied\n",
        "fatal: unable to opendir info/0: access denied\n",
        "Program mode requires special privileges, e.g., root or TrustedUser.\n",
        "can not chdir(/var/spool/mqueue/): Permission denied\n"
        "Program mode requires special privileges, e.g., root or TrustedUser.\n",
    ],
)
def test_tools_that_refuse_in_their_own_way(said: str) -> None:
    facts = read_queue(said, NOW)
    assert facts.total is None
    assert codes(said) == ["permission_denied"]


DENIED = {
    "postfix": "postqueue: fatal: User taro(1000) is not allowed to view the mail queue\n",
    "exim": "exim: permission denied\n",
}
EXIM = " 4m  2.9K 1xUwQ0-000077-1b <taro@example.jp> (taro)\n          a@example.com\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"$ mailq\n{DENIED['postfix']}$ sudo mailq\n[sudo] password for taro:\nMail queue is empty\n", "empty"),
        (f"$ exim -bp\n{DENIED['exim']}[root@mail ~]# exim -bp\n{EXIM}", "normal"),
        # The second try brought nothing, or a second refusal; or there was none.
        (f"$ exim -bp\n{DENIED['exim']}$ sudo exim -bp\n", "permission_denied"),
        (f"$ mailq\n{DENIED['postfix']}$ sudo mailq\nsudo: a password is required\n", "permission_denied"),
        (f"Mail queue is empty\n{DENIED['postfix']}", "permission_denied"),
    ],
)
def test_refused_first_and_let_in_as_administrator(text: str, code: str) -> None:
    """Both tries are pasted, as they stand on the screen."""
    assert codes(text) == [code]


def test_the_last_line_of_sendmail_alone_is_no_empty_queue() -> None:
    """What `mailq | tail -1` prints, or the end of a screen."""
    assert codes("\t\tTotal requests: 500\n") == ["incomplete", "long"]
    assert codes("\t\tTotal requests: 0\n") == ["empty"]
    row = "6AM1Y3ih000346        2 Sun Nov 22 01:34 taro\n\t\t\t\t\t saburo@defer.test\n"
    assert codes(row + "\t\tTotal requests: 500\n") == ["incomplete", "long"]  # one message says nothing of 500


def test_a_count_without_a_list_tells_nothing_of_senders() -> None:
    assert codes("messages in queue: 500\nmessages in queue but not yet preprocessed: 0\n") == ["incomplete", "long"]
