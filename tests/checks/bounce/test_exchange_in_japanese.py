"""Exchange's Japanese reports as people paste them from their mail program: its list of who wrote to whom included."""

from __future__ import annotations

import pytest

from core.checks.bounce.pasted import read_pasted

COPIED = """差出人: Microsoft Outlook <MicrosoftExchange329e71ec@customer.example>
送信日時: 2026年11月20日 17:42
宛先: 佐藤 花子 <sato@kaede.example>
件名: 配信不能: 見積書の件

"""
FULL = """suzuki@customer.example へのメッセージを配信できませんでした。
受信者のメールボックスがいっぱいで、現在メッセージを受け付けられません。

管理者向けの診断情報:
suzuki@customer.example
Remote Server returned '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException'
"""
LISTED = """suzuki@customer.example へのメッセージを配信できませんでした。

管理者向けの診断情報:
生成サーバー: mail.kaede.local
suzuki@customer.example
mx1.customer.example #550 5.7.1 Service unavailable; Client host [203.0.113.77] blocked using zen.spamhaus.org \
##rfc822;suzuki@customer.example
"""


@pytest.mark.parametrize("before", ["", COPIED])
@pytest.mark.parametrize(
    ("report", "reason", "status"), [(FULL, "mailbox_full", "5.2.2"), (LISTED, "ip_blocked", "5.7.1")]
)
def test_whoever_stands_in_the_copied_header_was_not_refused(
    before: str, report: str, reason: str, status: str
) -> None:
    facts = read_pasted(before + report)
    assert [(each.final_recipient, each.reason, each.status) for each in facts.recipients] == [
        ("suzuki@customer.example", reason, status)
    ]


def test_what_stands_before_the_recipients_second_naming_is_read() -> None:
    assert read_pasted(COPIED + LISTED).sending_address == "203.0.113.77"


def test_a_quotation_begins_with_its_sentence() -> None:
    (only,) = read_pasted(
        "次の宛先へは届きませんでした。\ntaro@example.net は、この組織では見つかりませんでした。\n550 5.1.10\n"
    ).recipients
    assert only.diagnostic_code.startswith("taro@example.net は")


def test_a_header_is_all_there_is() -> None:
    (only,) = read_pasted(
        "Undeliverable mail\nTo: taro@example.net\nUser unknown: the message could not be delivered\n"
    ).recipients
    assert only.final_recipient == "taro@example.net"


OF_TWO_SERVERS = """Delivery has failed to these recipients or groups:

hanako@partner.example

Diagnostic information for administrators:

Generating server: EX01.kaede.example

hanako@partner.example
{refuser}
"""


@pytest.mark.parametrize(
    "refuser",
    [
        "mx.partner.example\nRemote Server returned '550 5.1.1 User unknown'",
        "Remote Server at mx.partner.example (192.0.2.7) returned '550 5.1.1 User unknown'",
    ],
)
def test_the_server_that_reports_is_not_the_one_that_refused(refuser: str) -> None:
    (only,) = read_pasted(OF_TWO_SERVERS.format(refuser=refuser)).recipients
    assert (only.remote_mta, only.diagnostic_code) == ("mx.partner.example", "550 5.1.1 User unknown")


def test_who_reports_alone_names_no_refuser() -> None:
    (only,) = read_pasted(OF_TWO_SERVERS.format(refuser="Remote Server returned '550 5.1.1 User unknown'")).recipients
    assert only.remote_mta is None


@pytest.mark.parametrize(
    "text",
    [
        "宛先「hanako@partner.example」への配信に失敗しました。\n550 5.1.1 User unknown\n",
        "配信できませんでした：『hanako@partner.example』\n理由：550 5.1.1 User unknown\n",
        "550 5.1.1 【hanako@partner.example】 User unknown",
    ],
)
def test_an_address_stands_without_its_brackets(text: str) -> None:
    assert [each.final_recipient for each in read_pasted(text).recipients] == ["hanako@partner.example"]
