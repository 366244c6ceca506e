"""サーバーの中の故障。 Something on the server itself, or just outside its door, does not work any more."""

from __future__ import annotations

import subprocess

import pytest

from tests.servers.lab import SILENT
from tests.stories.company import CUSTOMERS, Company, OpenCompany

pytestmark = [pytest.mark.story, pytest.mark.slow]
# The folder of the waiting mail, moved onto a disk of its own that is far too small.
_SMALL_DISK = (
    "service postfix stop; cp -a /var/spool/postfix /var/spool/kept; "
    "mount -t tmpfs -o {limit} small /var/spool/postfix; cp -a /var/spool/kept/. /var/spool/postfix/; "
    "service postfix start"
)
STOP = {
    "pf-closed": "service postfix stop",
    "sm-closed": "pkill -x sendmail || pkill -f 'sendmail: MTA'",
    "ex-closed": "pkill -x exim4",
    "os-closed": "pkill -x smtpd",
}


def provider_closes_25(office: Company) -> None:
    """The hosting company's router drops what leaves the server for port 25."""
    table = f"inet closed{office.server.address.rpartition('.')[2]}"
    rules = (
        f"add table {table}; add chain {table} way {{ type filter hook forward priority 0; }}; "
        f"add rule {table} way ip saddr {office.server.address} tcp dport 25 drop"
    )
    subprocess.run(["nsenter", "--target", str(office.lab.router.pid), "--net", "nft", rules], check=True)


def test_the_hosting_company_closed_port_25(company: OpenCompany) -> None:
    """朝から一通も出ていかない。 Incoming mail works. Every outgoing letter waits, whoever it is for."""
    office = company("pf-closed")
    office.server.shell("postconf -e smtp_connect_timeout=2s && postfix reload")
    provider_closes_25(office)
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:10])])
    office.wait_for_log("status=deferred", 10)
    told = office.check("--symptom", "not_delivered")
    told.first_is("outbound_25_blocked", "confirmed", "hosting_company")
    told.well("smtp_banner", "open_relay", "dns_health", "dnsbl", "sender_auth")


def test_nobody_has_written_yet_and_still_it_is_seen(company: OpenCompany) -> None:
    """The same on a Sunday: no mail waits, and the log is empty."""
    office = company("ex-closed")
    provider_closes_25(office)
    told = office.check("--symptom", "not_delivered")
    told.first_is("outbound_25_blocked", "likely|confirmed", "hosting_company")
    told.well("mail_queue", "smtp_banner", "open_relay", "dns_health", "dnsbl")


@pytest.mark.parametrize("kind", ["pf-closed", "sm-closed", "ex-closed"])
def test_the_server_finds_no_names(company: OpenCompany, kind: str) -> None:
    """社内DNSの引退。 The office's old DNS server was switched off; only the mail server still asked it."""
    office = company(kind)
    office.server.shell(f"printf 'nameserver {SILENT}\\noptions timeout:1 attempts:1\\n' > /etc/resolv.conf")
    if kind == "pf-closed":
        office.server.shell("service postfix stop; service postfix start")
    count = 3 if kind == "sm-closed" else 6  # Sendmail takes its time for each
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:count])])
    waiting = "mailq | grep -c @customer; true" if kind == "sm-closed" else office.server.kind.product.deferred
    office.server.wait_for(waiting, lambda text: int(text or 0) >= 3, 60)
    told = office.check("--symptom", "not_delivered")
    told.first_is("resolver_broken", "confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth", "tls_health")


def fill_disk(office: Company, left: int) -> None:
    """Move the waiting mail to a disk of its own and fill that, but for `left` kilobytes."""
    office.server.shell(_SMALL_DISK.format(limit="size=24m"))
    office.server.shell(
        "cd /var/spool/postfix; free=$(df -P . | awk 'NR == 2 { print $4 }'); "
        f"head -c $(((free - {left}) * 1024)) /dev/zero > core"
    )


def test_the_disk_is_full(company: OpenCompany) -> None:
    """ディスクがいっぱい。 Nobody emptied anything for six years. The server says "452" to everybody who calls."""
    office = company("pf-closed")
    fill_disk(office, left=300)
    assert "Insufficient system storage" in office.gets_mail()["last"]
    told = office.check("--symptom", "not_received")
    told.first_is("disk_full", "confirmed", "you")
    assert "/var/spool/postfix" in told.first["values"]["places"]
    told.well("dns_health", "dnsbl", "sender_auth")


def test_the_disk_is_so_full_that_the_mail_program_dies(company: OpenCompany) -> None:
    """最後の一バイトまで。 Not one byte is left: programs die, helpers look dead; the disk is the reason."""
    office = company("pf-closed")
    fill_disk(office, left=0)
    office.gets_mail(1)
    told = office.check("--symptom", "not_received")
    told.first_is("disk_full", "confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth")


def test_there_is_room_but_no_place_for_one_more_file(company: OpenCompany) -> None:
    """A million tiny session files: plenty of megabytes are free, and still nothing can be written."""
    office = company("pf-closed")
    office.server.shell(_SMALL_DISK.format(limit="size=64m,nr_inodes=3000"))
    office.server.shell("cd /var/spool/postfix; seq 4000 | xargs touch 2>/dev/null || true")
    office.gets_mail()
    told = office.check("--symptom", "not_received")
    told.first_is("disk_full", "confirmed", "you")
    told.well("open_relay", "dns_health", "dnsbl", "sender_auth")


@pytest.mark.parametrize("kind", STOP)
def test_the_mail_program_does_not_run(company: OpenCompany, kind: str) -> None:
    """再起動のあと。 The machine was restarted after the power cut. The mail program was not."""
    office = company(kind)
    office.server.shell(STOP[kind])
    office.server.wait_for("ss -ltn | grep -c ':25 '; true", lambda text: text.strip() == "0", 10)
    told = office.check("--symptom", "not_received")
    told.first_is("mail_service_stopped", "confirmed", "you")
    told.well("dns_health", "dnsbl", "sender_auth", "open_relay")


def test_from_outside_alone_a_silent_door_is_likely_a_stopped_program(company: OpenCompany) -> None:
    office = company("pf-closed")
    office.server.shell(STOP["pf-closed"])
    told = office.check("--symptom", "not_received", login=False)
    told.first_is("mail_service_stopped", "likely", "you")
    told.well("dns_health", "dnsbl", "sender_auth")


def test_the_door_is_open_but_nobody_carries_the_mail_away(company: OpenCompany) -> None:
    """受け取るだけのサーバー。 Somebody tidied up master.cf: Postfix greets and takes; its queue manager is gone."""
    office = company("pf-closed")
    office.server.shell("postconf -M# qmgr/unix && service postfix stop; service postfix start")
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:5])])
    told = office.check("--symptom", "not_delivered")
    told.first_is("mail_service_stopped", "confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl")
