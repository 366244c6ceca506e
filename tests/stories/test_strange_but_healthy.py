"""変わっているけれど健康。 Nothing is wrong; the arrangement is only unusual. Nobody is frightened."""

from __future__ import annotations

import pytest

from tests.servers.refusing_smtp import GREETS
from tests.stories.company import BIG, CUSTOMERS, STRANGERS, OpenCompany, Told
from tests.stories.restarts import EXIM_AGAIN, OPENSMTPD_AGAIN

pytestmark = [pytest.mark.story, pytest.mark.slow]


def at_peace(told: Told) -> None:
    """Nothing critical, and nothing said to be the cause with any force."""
    assert not told.critical, told.summary
    assert told.first["code"] == "nothing_found" or told.first["certainty"] == "possible", told.summary


def test_a_server_that_only_sends(company: OpenCompany) -> None:
    """The mail comes in at a large provider; our server is for sending alone and has no port 25 to the outside."""
    office = company("pf-closed")
    office.server.shell("postconf -M# smtp/inet; service postfix stop; service postfix start")
    zone = f"@ MX 10 mx.customer1.example.\nmail A {office.server.address}\n"
    zone += '@ TXT "v=spf1 a:mail.example.jp -all"\n_dmarc TXT "v=DMARC1; p=none"\n'
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    with office.lab.dns({**office.dns.zones, "example.jp": zone}) as dns:
        known = ["--domain", "example.jp", "--resolver", dns.server, *office.ssh]
        told = office.person(*known, "--symptom", "checkup")
    at_peace(told)


def test_a_machine_that_hands_everything_on(company: OpenCompany) -> None:
    """Exim as a satellite: it listens to itself alone and gives every letter to the provider."""
    office = company("ex-closed")
    office.server.shell(
        "cd /etc/exim4; sed -i -e \"s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='satellite'/\" "
        f"-e \"s/^dc_smarthost=.*/dc_smarthost='{BIG}'/\" -e \"s/^dc_readhost=.*/dc_readhost='example.jp'/\" "
        "-e \"s/^dc_local_interfaces=.*/dc_local_interfaces='127.0.0.1'/\" update-exim4.conf.conf; "
        "update-exim4.conf; pkill -x exim4; sleep 0.5; (/usr/sbin/exim4 -bd -q30m)"
    )
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    zone = f"@ MX 10 mx.customer1.example.\nmail A {office.server.address}\n"
    zone += f'@ TXT "v=spf1 ip4:{BIG} -all"\n_dmarc TXT "v=DMARC1; p=none"\n'
    with office.lab.dns({**office.dns.zones, "example.jp": zone}) as dns:
        known = ["--domain", "example.jp", "--resolver", dns.server, *office.ssh]
        told = office.person(*known, "--symptom", "checkup")
    at_peace(told)


def test_a_server_with_every_guard_there_is(company: OpenCompany) -> None:
    """postscreen that lets callers wait, two blacklists, a greylist, a signing milter: all of them well."""
    office = company("pf-guarded")
    office.server.shell(
        "postgrey --inet=127.0.0.1:10023 -d; opendkim -x /dev/null -b v -p inet:8891@127.0.0.1; "
        "postconf -M# smtp/inet; postconf -M smtp/inet='smtp inet n - y - 1 postscreen' "
        "smtpd/pass='smtpd pass - - y - - smtpd' dnsblog/unix='dnsblog unix - - y - 0 dnsblog'; "
        "postconf -e postscreen_greet_wait=3s postscreen_greet_action=enforce "
        "postscreen_dnsbl_sites='zen.spamhaus.org*2, bl.spamcop.net' postscreen_dnsbl_action=enforce "
        "smtpd_milters=inet:127.0.0.1:8891 smtpd_recipient_restrictions='permit_mynetworks, "
        "reject_unauth_destination, reject_rbl_client zen.spamhaus.org=127.0.0.[2..11], "
        "check_policy_service inet:127.0.0.1:10023'; service postfix stop; service postfix start"
    )
    office.gets_mail(3)
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    at_peace(office.check("--symptom", "checkup"))


def test_opensmtpd_with_filters(company: OpenCompany) -> None:
    """It turns away who has no name and who lies in the greeting; honest mail comes in."""
    office = company("os-closed")
    office.server.shell(
        'sed -i -e \'s|^listen on.*|filter nameless phase connect match !rdns disconnect "550 no name"\\n'
        'filter liar phase helo match helo { "localhost" } reject "550 who are you"\\n'
        "filter all chain { nameless, liar }\\n"
        f"listen on 0.0.0.0 hostname mail.example.jp filter all|' /etc/smtpd.conf; {OPENSMTPD_AGAIN}"
    )
    office.gets_mail(3)
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    at_peace(office.check("--symptom", "checkup"))


def test_exim_with_a_split_spool_two_frozen_notices_and_a_name_of_its_own(company: OpenCompany) -> None:
    """Its address is called gw7.provider.example and not mail.example.jp, forwards and backwards; the SPF record ends
    in ~all and names two services. None of that stops a letter."""
    office = company(
        "ex-closed", reverse="gw7.provider.example.",
        spf="v=spf1 mx include:spf.service.example include:spf.shop.example ~all",
        more_zones={
            "provider.example": "gw7 A 203.0.113.10\n",
            "service.example": 'spf TXT "v=spf1 ip4:198.51.100.0/24 ~all"\n',
            "shop.example": 'spf TXT "v=spf1 ip4:192.0.2.0/28 -all"\n',
        },
    )  # fmt: skip
    named = {**office.dns.zones, "provider.example": f"gw7 A {office.server.address}\n"}
    office.server.shell(f"sed -i '1i split_spool_directory = true' /etc/exim4/exim4.conf.template; {EXIM_AGAIN}")
    office.server.shell(
        "for n in 1 2; do printf 'Subject: returned\\n\\nText.\\n' | /usr/sbin/exim4 -f '<>' grey@customer$n.example; "
        "done; sleep 1; exim4 -bp | sed -n 's/.* \\([^ ]*\\) <>.*/\\1/p' | xargs -r exim4 -Mf"
    )
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    with office.lab.dns(named) as dns:
        at_peace(office.check("--symptom", "checkup", "--resolver", dns.server))


def test_the_busiest_day_of_the_shop(company: OpenCompany) -> None:
    """創業祭。 Two hundred thank-you letters from the shop's own account on the server, and thirty wait for a carrier
    that wants it slower. A good day."""
    office = company("sm-closed")
    office.server.shell("useradd --create-home shop")
    office.server.shell(
        "".join(
            f"printf 'From: <shop@example.jp>\\nTo: <p{n}@{CUSTOMERS[n % 60]}>\\nSubject: thank you\\n\\nText.\\n' | "
            "setpriv --reuid shop --regid shop --clear-groups /usr/sbin/sendmail -t -i\n"
            for n in range(90)
        ),
        timeout=300,
    )
    told = office.check("--symptom", "checkup")
    at_peace(told)
    assert not {"account_hijacked", "web_form_abused", "open_relay"} & set(told.causes), told.summary


def test_a_second_server_that_keeps_mail_for_another(company: OpenCompany) -> None:
    """A backup MX: it keeps forty letters for a company whose own server is down since an hour, as it should."""
    office = company("pf-backup")
    jobs = [
        (STRANGERS[n % 16], "", "", f"person{n}@customer{n + 1}.example", [f"staff{n}@backup.test"],
         f"person{n}@customer{n + 1}.example")
        for n in range(40)
    ]  # fmt: skip
    assert office.send(office.lab.outside, jobs)["accepted"] == 40
    office.wait_for_log("status=deferred", 40)
    told = office.check("--symptom", "checkup")
    at_peace(told)
    assert "open_relay" not in told.causes, told.summary


def test_others_forge_our_name_and_their_bounces_rain_on_us(company: OpenCompany) -> None:
    """なりすまされた日。 A spammer far away writes as info@example.jp. Sixty notices for mail we never wrote come to
    names we do not have; somebody complains to us. Nothing left our server."""
    office = company("pf-closed")
    jobs = [
        (STRANGERS[n % 16], "", "", "", [f"xq{n}@example.jp"], f"MAILER-DAEMON@customer{n % 60 + 1}.example")
        for n in range(60)
    ]  # fmt: skip
    assert office.send(office.lab.outside, jobs)["refused"] >= 60
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    told = office.check("--symptom", "complaint")
    at_peace(told)
    assert not {"account_hijacked", "web_form_abused", "open_relay"} & set(told.causes), told.summary


def test_two_postfixes_on_one_machine(company: OpenCompany) -> None:
    """One takes mail in, the other sends it out from a second address; each has settings and a queue of its own."""
    office = company("pf-closed")
    office.server.shell(
        "postmulti -e init; postmulti -I postfix-out -G mta -e create; "
        "cp /etc/postfix-out/main.cf /etc/postfix-out/kept; "
        "postconf -c /etc/postfix-out -e master_service_disable= authorized_submit_users=root "
        "myhostname=out.example.jp inet_interfaces=127.0.0.1 mynetworks=127.0.0.0/8; "
        "postconf -c /etc/postfix-out -M# smtp/inet; "
        "postconf -c /etc/postfix-out -M 10026/inet='10026 inet n - y - - smtpd'; "
        "postmulti -i postfix-out -e enable; postmulti -i postfix-out -p start; "
        "postconf -e relayhost=[127.0.0.1]:10026; postfix reload"
    )
    office.gets_mail(3)
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    at_peace(office.check("--symptom", "checkup"))


def test_a_filter_company_stands_in_front(company: OpenCompany) -> None:
    """The MX leads to a company that cleans the mail and brings it to us; our own port is open to nobody else."""
    office = company("sm-closed")
    zone = f"@ MX 10 in.cleaner.example.\nmail A {office.server.address}\n"
    zone += '@ TXT "v=spf1 a:mail.example.jp -all"\n_dmarc TXT "v=DMARC1; p=none"\n'
    office.gets_mail(3)
    zones = {**office.dns.zones, "example.jp": zone, "cleaner.example": f"in A {GREETS}\n"}
    with office.lab.dns(zones) as dns:
        told = office.check("--symptom", "checkup", "--resolver", dns.server)
    at_peace(told)
