"""門番が倒れた。 What stands in front of the mailboxes, filters and blacklists, fails or turns everybody away."""

from __future__ import annotations

import pytest

from tests.stories.company import Company, OpenCompany

pytestmark = pytest.mark.story
_SLOW = pytest.mark.slow
# A milter that is really there and really answers; what it looks for does not matter here.
_MILTER = "opendkim -x /dev/null -b v -p inet:8891@127.0.0.1"
ORDB = {"relays.ordb.org": "@ A 127.0.0.2\n* A 127.0.0.2\n"}
REFUSED_QUERY = {"zen.spamhaus.org": '* A 127.255.255.254\n* TXT "Error: open resolver"\n'}


def asks(office: Company, *lists: str) -> None:
    """The administrator's line against spam, copied from a web page long ago."""
    rules = ", ".join(["permit_mynetworks, reject_unauth_destination", *(f"reject_rbl_client {one}" for one in lists)])
    office.server.shell(f"postconf -e smtpd_recipient_restrictions='{rules}'; postfix reload")


def test_the_filter_died_in_the_night(company: OpenCompany) -> None:
    """朝から受信が止まった。 Every incoming mail passes a filter program. It ran out of memory at three in the morning;
    since then Postfix tells everybody to come back later."""
    office = company("pf-guarded")
    office.server.shell(
        f"{_MILTER}; postconf -e smtpd_milters=inet:127.0.0.1:8891 milter_default_action=tempfail; postfix reload"
    )
    assert office.gets_mail()["accepted"] == 3  # yesterday evening
    office.server.shell("pkill -KILL -x opendkim")
    assert office.gets_mail()["refused"] == 3
    told = office.check("--symptom", "not_received")
    told.first_is("helper_down", "confirmed", "you")
    assert told.first["values"]["helpers"] == ["inet:127.0.0.1:8891"]
    told.well("smtp_banner", "open_relay", "dns_health", "dnsbl", "sender_auth", "mail_queue")


@_SLOW
def test_the_greylist_program_is_gone_and_takes_the_mail_with_it(company: OpenCompany) -> None:
    """An update removed postgrey. Its line in Postfix's settings stayed."""
    office = company("pf-guarded")
    office.server.shell(
        "postconf -e smtpd_recipient_restrictions='permit_mynetworks, reject_unauth_destination, "
        "check_policy_service inet:127.0.0.1:10023'; postfix reload"
    )
    assert office.gets_mail(4)["refused"] == 4
    told = office.check("--symptom", "not_received")
    told.first_is("helper_down", "confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth", "mail_queue")


@_SLOW
def test_dovecot_does_not_run_and_nobody_can_log_in(company: OpenCompany) -> None:
    """一人も送れない。 Dovecot, which proves the passwords, did not come back after the update. Without it Postfix
    ends itself at every call, and the door looks dead."""
    office = company("pf-login")
    office.server.shell("doveadm stop; for i in $(seq 100); do pgrep -x dovecot >/dev/null || break; sleep 0.1; done")
    office.lab.neighbour.shell(f"timeout 2 bash -c 'read < /dev/tcp/{office.server.address}/25' || true")
    office.wait_for_log("throttling")
    told = office.check("--symptom", "not_delivered")
    told.first_is("helper_down", "confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth")


@_SLOW
def test_a_blacklist_that_died_years_ago_calls_everybody_a_spammer(company: OpenCompany) -> None:
    """ORDBの亡霊。 A list given up in 2006 answers "listed" to every question, so that people stop asking. We still
    ask."""
    office = company("pf-closed", more_zones=ORDB)
    asks(office, "relays.ordb.org")
    assert office.gets_mail(5)["refused"] == 5
    told = office.check("--symptom", "not_received")
    told.first_is("own_filter_rejects_all", "confirmed", "you")
    assert "relays.ordb.org" in told.first["values"]["zones"]
    told.well("server_health", "smtp_banner", "mail_queue", "dns_health", "sender_auth")


@_SLOW
def test_a_blacklist_that_refuses_our_questions_is_taken_for_a_yes(company: OpenCompany) -> None:
    """新しいDNSサーバーにしてから。 The server now asks through a large public resolver. Spamhaus does not answer
    those, and says so with an address; Postfix reads any address as "listed"."""
    office = company("pf-closed", more_zones=REFUSED_QUERY)
    asks(office, "zen.spamhaus.org")
    assert office.gets_mail(5)["refused"] == 5
    told = office.check("--symptom", "not_received")
    told.first_is("own_filter_rejects_all", "confirmed", "you")
    assert "address_listed" not in told.causes, told.summary
    told.well("smtp_banner", "mail_queue", "dns_health", "sender_auth", "dnsbl")


@_SLOW
def test_sendmail_asks_the_dead_list_too(company: OpenCompany) -> None:
    """The same ghost in a Sendmail, whose settings nobody has opened since 2005: only its log tells."""
    office = company("sm-closed", more_zones=ORDB)
    office.server.shell(
        "cd /etc/mail; sed -i \"/^MAILER(/i FEATURE(\\`dnsbl', \\`relays.ordb.org')dnl\" sendmail.mc; make -s all; "
        "pkill -x sendmail || pkill -f 'sendmail: MTA'; sleep 1; /usr/sbin/sendmail -bd -q15m"
    )
    assert office.gets_mail(5)["refused"] == 5
    told = office.check("--symptom", "not_received")
    told.first_is("own_filter_rejects_all", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "mail_queue", "dns_health", "sender_auth")


@_SLOW
def test_a_dead_list_that_is_silent_harms_nobody(company: OpenCompany) -> None:
    """死んだリストと元気なサーバー。 This dead list knows nobody any more. The line is useless and costs nothing: a
    remark, not an alarm."""
    office = company("pf-closed")
    asks(office, "dul.dnsbl.sorbs.net")
    assert office.gets_mail(5)["accepted"] == 5
    told = office.check("--symptom", "not_received")
    assert not told.critical, told.summary
    assert told.first["certainty"] in ("possible", "confirmed"), told.summary
    assert "own_filter_rejects_all" not in told.causes or told.first["certainty"] == "possible", told.summary
