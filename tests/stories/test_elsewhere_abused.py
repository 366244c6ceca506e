"""よその会社の月曜日、つづき。 Spam that leaves by our own server, by ways that are not those of the first stories."""

from __future__ import annotations

import subprocess

import pytest

from tests.stories.company import CUSTOMERS, STRANGERS, Company, OpenCompany
from tests.stories.test_spam_from_our_own_server import strangers_relay

pytestmark = [pytest.mark.story, pytest.mark.slow]


def test_every_stranger_looks_like_the_gateway(company: OpenCompany) -> None:
    """コンテナの落とし穴。 The mail program moved behind a gateway that gives every caller its own address, and that
    address stands among the trusted. Spammers need no password here."""
    office = company("pf-subnet", listed=True)
    last = office.server.address.rpartition(".")[2]
    rules = (
        f"add table ip hide{last}; add chain ip hide{last} way {{ type nat hook postrouting priority 100; }}; "
        f"add rule ip hide{last} way ip daddr {office.server.address} tcp dport 25 masquerade"
    )
    subprocess.run(["nsenter", "--target", str(office.lab.router.pid), "--net", "nft", rules], check=True)
    strangers_relay(office, 90)
    told = office.check("--symptom", "not_delivered", consent=True)
    told.first_is("open_relay", "likely|confirmed", "you")
    assert "address_listed" in told.causes, told.summary
    told.well("server_health", "smtp_banner", "dns_health")


def test_the_shop_s_program_sends_spam_under_our_own_name(company: OpenCompany) -> None:
    """通販ページの穴。 The web shop hands in its mail with -f info@example.jp. So does whoever found its hole."""
    office = company("pf-closed", listed=True)
    office.server.shell(
        "".join(
            f"printf 'From: <info@example.jp>\\nTo: <{'nobody' if n % 4 == 0 else f'p{n}'}@{CUSTOMERS[n % 60]}>\\n"
            "Subject: win\\n\\nText.\\n' | setpriv --reuid www-data --regid www-data --clear-groups "
            "/usr/sbin/sendmail -t -i -f info@example.jp\n"
            for n in range(90)
        ),
        timeout=300,
    )
    office.wait_for_log("status=", 80, 60)
    told = office.check("--symptom", "complaint")
    told.first_is("web_form_abused", "likely|confirmed", "you")
    assert "account_hijacked" not in told.causes, told.summary
    told.well("server_health", "smtp_banner", "dns_health")


def test_a_plug_in_sends_spam_through_the_server_s_own_door(company: OpenCompany) -> None:
    """The web site's plug-in speaks SMTP to 127.0.0.1, which needs no password; forged senders, sixty companies."""
    office = company("pf-closed", listed=True)
    jobs = [
        ("127.0.0.1", "", "", f"win{n % 12}@bank.example", [f"{('nobody', 'p', 'q')[n % 3]}@{CUSTOMERS[n % 60]}"],
         f"win{n % 12}@bank.example")
        for n in range(90)
    ]  # fmt: skip
    assert office.send_inside(jobs)["accepted"] == len(jobs)
    told = office.check("--symptom", "complaint")
    told.first_is("web_form_abused", "possible|likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health")


def test_the_thief_has_patience(company: OpenCompany) -> None:
    """一時間に八通。 No burst: whoever has sales@'s password writes eight letters an hour, all night, each time from
    elsewhere, under our own name. A third of the addresses do not exist."""
    office = company("pf-login")
    jobs = []
    for number in range(120):
        to = f"{'nobody' if number % 3 == 0 else f'person{number}'}@{CUSTOMERS[(number * 7) % 60]}"
        source = "198.51.100.7" if number % 9 == 8 else STRANGERS[number % 16]
        jobs.append((source, "sales@example.jp", "secret-sales", "sales@example.jp", [to], "sales@example.jp"))
    assert office.send(office.lab.outside, jobs)["accepted"] == 120
    office.wait_for_log("status=", 120, 60)
    spread(office, hours=15)
    told = office.check("--symptom", "complaint")
    told.first_is("account_hijacked", "possible|likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl")


def spread(office: Company, hours: float) -> None:
    """What was logged within a minute is stamped as if it had taken the whole night."""
    office.server.run(["sh", "-c", "cat > /tmp/spread.awk"], input=_SPREAD)
    office.server.shell(
        f"f=/var/log/mail.log; n=$(wc -l < $f); awk -v total=$n -v seconds={int(hours * 3600)} -v now=$(date +%s) "
        "-f /tmp/spread.awk $f > /tmp/new.log; cat /tmp/new.log > $f"
    )


_SPREAD = """
{ at = now - seconds + int(seconds * NR / total); print strftime("%b %e %H:%M:%S", at) substr($0, 16) }
"""
