"""うちのサーバーから迷惑メールが出ている。 Spam that we did not write leaves through our own server."""

from __future__ import annotations

import pytest

from tests.stories.company import CUSTOMERS, STRANGERS, Company, OpenCompany

pytestmark = pytest.mark.story


def strangers_relay(office: Company, count: int = 120) -> None:
    """Strangers hand in mail for sixty companies, and the server takes it."""
    jobs = []
    for number in range(count):
        author = f"offer{number % 5}@far.example"
        to = f"{'nobody' if number % 5 == 0 else f'p{number}'}@{CUSTOMERS[number % 60]}"
        jobs.append((STRANGERS[4 + 4 * (number % 3)], "", "", author, [to], author))
    done = office.send(office.lab.outside, jobs)
    assert done["accepted"] == count, done


def form_sends(office: Company, count: int = 90) -> None:
    """The web server's account hands in mail to strangers, faster than any visitor could fill in a form."""
    office.server.shell(
        "".join(
            f"printf 'From: <www-data@example.jp>\\nTo: <{'nobody' if number % 4 == 0 else f'p{number}'}"
            f"@{CUSTOMERS[number % 60]}>\\nSubject: win\\n\\nText.\\n' | "
            "setpriv --reuid www-data --regid www-data --clear-groups /usr/sbin/sendmail -t -i\n"
            for number in range(count)
        ),
        timeout=300,
    )


def test_the_experiment_of_2004_on_the_server_of_today(company: OpenCompany) -> None:
    """実験のために開けた中継。 Somebody opened the relay for a test and told nobody; spammers found it, and a list
    found them. The listing is told too, behind the open door."""
    office = company("pf-open", listed=True)
    strangers_relay(office)
    told = office.check("--symptom", "not_delivered", consent=True)
    told.first_is("open_relay", "confirmed", "you")
    assert "address_listed" in told.causes
    assert "account_hijacked" not in told.causes
    told.well("server_health", "smtp_banner", "dns_health", "domain_life")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sm-open", "ex-open", "os-open"])
def test_the_same_open_door_of_another_make(company: OpenCompany, kind: str) -> None:
    office = company(kind, listed=True)
    strangers_relay(office)
    told = office.check("--symptom", "not_delivered", consent=True)
    told.first_is("open_relay", "confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health")


@pytest.mark.slow
def test_an_open_door_is_only_possible_while_nobody_can_log_in(company: OpenCompany) -> None:
    """The password of the server left with the man who retired. From outside the door looks open, and that is all."""
    office = company("pf-open")
    told = office.check(login=False, consent=True)
    told.first_is("open_relay", "possible", "you")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pf-closed", "sm-closed", "ex-closed"])
def test_the_contact_form_of_the_web_site_sends_spam(company: OpenCompany, kind: str) -> None:
    """問い合わせフォームが踏み台に。 The form was made in 2011 by an agency that is gone, and a robot has found it."""
    office = company(kind)
    form_sends(office, 66 if kind == "sm-closed" else 90)  # Sendmail takes its time for each
    told = office.check("--symptom", "not_delivered", consent=True)
    told.first_is("web_form_abused", "confirmed|likely", "you")
    assert "open_relay" not in told.causes
    told.well("server_health", "smtp_banner", "open_relay", "dns_health")
