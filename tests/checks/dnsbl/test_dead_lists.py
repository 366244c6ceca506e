"""Lists that have ended: in our own server's settings and in refusals we were given."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.dnsbl.dead import dead_findings
from core.checks.dnsbl.facts import Asked, Facts
from core.checks.dnsbl.judge import judge
from core.checks.dnsbl.named import dead_zones_named, lists_in_other_settings, lists_in_settings
from core.model import Severity
from core.texts import LANGUAGES, Texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POSTFIX = (
    "smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination,"
    " reject_rbl_client zen.spamhaus.org=127.0.0.[2..11], reject_rbl_client dnsbl.njabl.org,"
    " warn_if_reject reject_rbl_client relays.ordb.org, reject_rhsbl_sender rhsbl.ahbl.org permit",
    "postscreen_dnsbl_sites = zen.spamhaus.org*3 bl.spamcannibal.org*2, ix.dnsbl.manitu.net=127.0.0.2*2,"
    " list.dnswl.org=127.0.[0..255].[1..3]*-2",
    "smtpd_client_restrictions = ",
    "myhostname = mail.midori-shoji.example",
)


def facts(*, settings: tuple[str, ...] = (), refusals: tuple[str, ...] = ()) -> Facts:
    test = Asked("random_test", "x.com", 0, rcode="NXDOMAIN")
    return Facts(NOW, "", test, (), (), (), lists_in_settings(settings), dead_zones_named(refusals))


def test_postfix_settings_are_read_as_postfix_reads_them() -> None:
    uses = {use.zone: (use.rejects, use.any_answer) for use in lists_in_settings(POSTFIX)}
    assert uses == {
        "zen.spamhaus.org": (True, True),
        "dnsbl.njabl.org": (True, True),
        "relays.ordb.org": (False, True),
        "rhsbl.ahbl.org": (True, True),
        "bl.spamcannibal.org": (True, True),
        "ix.dnsbl.manitu.net": (True, False),
        "list.dnswl.org": (False, False),
    }
    by_setting = {(use.zone, use.setting): use.any_answer for use in lists_in_settings(POSTFIX)}
    assert by_setting["zen.spamhaus.org", "smtpd_recipient_restrictions"] is False


def test_a_dead_list_in_our_own_settings_is_as_bad_as_its_last_answer() -> None:
    found = {one.values["list_name"]: one for one in dead_findings(facts(settings=POSTFIX))}
    assert {name: one.severity for name, one in found.items()} == {
        "NJABL": Severity.CRITICAL,
        "AHBL": Severity.CRITICAL,
        "SpamCannibal": Severity.CRITICAL,
        "ORDB": Severity.WARNING,  # it only warns
        "NiX Spam": Severity.WARNING,  # it is empty
    }
    assert found["NJABL"].values["setting"] == "smtpd_recipient_restrictions"
    assert found["NJABL"].values["died"] == "2013-03-01"
    assert found["NJABL"].evidence[0].answered == "dnsbl.njabl.org"


@pytest.mark.parametrize(
    ("line", "zones"),
    [
        ("550 5.7.1 Service unavailable; client [203.0.113.25] blocked using dnsbl.sorbs.net", ("dnsbl.sorbs.net",)),
        ("554 Rejected 203.0.113.25 found in all.rbl.jp", ("all.rbl.jp",)),
        ("553 mail from 203.0.113.25 rejected, see http://www.ordb.org/", ("www.ordb.org",)),
        ("550 blocked using zen.spamhaus.org", ()),
        ("Final-Recipient: rfc822; someone@monkeys.com", ()),
        ("550 5.1.1 <someone@monkeys.com>: user unknown, rejected", ()),
        ("Received: from mail.mail-abuse.org by mx.example.jp", ()),
        ("550 blocked using notrbl.jp", ()),
    ],
)
def test_a_refusal_that_names_a_dead_list_is_recognised(line: str, zones: tuple[str, ...]) -> None:
    assert dead_zones_named([f"Reporting-MTA: dns; mx.example.jp\n{line}\n"]) == zones


def test_a_refusal_by_a_dead_list_is_told_even_where_answers_are_rewritten() -> None:
    told = facts(refusals=("550 blocked using dnsbl.sorbs.net",))
    lying = Facts(
        NOW, "", Asked("random_test", "x.com", 0, return_codes=("192.0.2.1",)), (), (), (), (), ("sorbs.net",)
    )
    assert "dnsbl.dead_list_in_refusal" in [one.code for one in judge(told)]
    assert [one.code for one in judge(lying)] == ["dnsbl.dead_list_in_refusal", "dnsbl.resolver_rewrites"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("zone", "said"), [("dnsbl.sorbs.net", "2024"), ("dul.ru", "2015"), ("all.rbl.jp", "—")])
def test_the_date_of_death_is_said_as_exactly_as_it_is_known(language, zone: str, said: str) -> None:
    (found,) = dead_findings(facts(refusals=(f"550 blocked using {zone}",)))
    assert said in Texts(language).text(f"{found.code}.meaning", found.values)


def test_hostile_settings_and_texts_cost_no_time() -> None:
    huge = "reject_rbl_client " + "a." * 100_000
    assert len(lists_in_settings([f"smtpd_client_restrictions = {huge}", "x = " + "reject_rbl_client," * 50_000])) < 60
    assert dead_zones_named(["blocked " + "a." * 500_000, "x" * 3_000_000, "blocked sorbs.net " * 1000]) == (
        "sorbs.net",
    )


OTHERS = (
    "exim verb deny",
    "exim lists dnsbl.njabl.org : zen.spamhaus.org=127.0.0.2,127.0.0.3",
    "exim verb warn",
    "exim lists relays.ordb.org",
    "exim verb accept",
    "exim verb deny",
    "exim lists <; ix.dnsbl.manitu.net; dnsbl.ahbl.org,list.dsbl.org&2/$sender_address_domain",
    "exim verb drop",
    "exim lists bl.spamcannibal.org!=127.0.0.9",
    "sendmail dnsbl combined.njabl.org",
    "sendmail ednsbl blackholes.mail-abuse.org",
    "spamassassin rule bl.csma.biz.",
    "rspamd rule ix.dnsbl.manitu.net",
)


def test_the_other_mail_servers_settings_and_filters_are_read() -> None:
    uses = {
        use.zone: (use.product, use.setting, use.rejects, use.any_answer) for use in lists_in_other_settings(OTHERS)
    }
    assert uses["dnsbl.njabl.org"] == ("exim", "deny dnslists", True, True)
    assert uses["zen.spamhaus.org"] == ("exim", "deny dnslists", True, False)
    assert uses["relays.ordb.org"] == ("exim", "warn dnslists", False, True)
    assert uses["dnsbl.ahbl.org"] == uses["list.dsbl.org"] == ("exim", "deny dnslists", True, False)
    assert uses["bl.spamcannibal.org"] == ("exim", "drop dnslists", True, False)
    assert uses["combined.njabl.org"] == ("sendmail", "FEATURE(dnsbl)", True, True)
    assert uses["blackholes.mail-abuse.org"] == ("sendmail", "FEATURE(enhdnsbl)", True, False)
    assert uses["bl.csma.biz"] == ("spamassassin", "rule", False, False)
    assert uses["ix.dnsbl.manitu.net"] == ("rspamd", "rule", False, False)


@pytest.mark.parametrize(
    "line", ["", "exim", "exim lists", "exim lists ${lookup{$sender_host_address}lsearch{/x}}", "exim lists <",
             "exim lists :::", "sendmail dnsbl", "sendmail dnsbl a b", "exim  " + "a." * 100_000, "\0 \0 \0"],
)  # fmt: skip
def test_odd_lines_of_settings_name_no_list(line: str) -> None:
    assert lists_in_other_settings([line]) == ()
