"""What each section means, from what the real programs print; and that half an answer never becomes a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.checks.server_health.facts import Load, Program, System
from core.checks.server_health.judge import judge
from core.checks.server_health.measure import from_reading
from core.clients.remote_frames import Section
from core.clients.ssh import ServerReading
from core.knowledge.distributions import system_of
from core.model import Severity
from tests.patience import little_work

NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
DF = """Filesystem 1024-blocks Used Available Capacity Mounted on
/dev/sda1 41020640 12000000 26900000 31% /
tmpfs 5120 5120 0 100% /snap/core/1
/dev/sdb1 10255636 9700000 0 100% /var/spool
Filesystem Inodes IUsed IFree IUse% Mounted on
/dev/sda1 2621440 200000 2421440 8% /
/dev/sdb1 655360 1000 654360 1% /var/spool"""
HEALTHY = {
    "system": f'ID=debian\nVERSION_ID="12"\nepoch={int(NOW.timestamp())}\nzone=+0900 JST',
    "disk": DF.replace("9700000 0 100%", "700000 9000000 8%"),
    "processes": "1 systemd\n300 master\n301 qmgr",
    "listening": "LISTEN 0 100 0.0.0.0:25 0.0.0.0:*\nLISTEN 0 100 127.0.0.1:8891 0.0.0.0:*",
    "sockets": "u_str LISTEN 0 100 private/auth 1 * 0\nu_str LISTEN 0 100 /run/dovecot/lmtp 2 * 0",
    "postfix_version": "mail_version = 3.7.11",
    "postfix_settings": "smtpd_milters = inet:127.0.0.1:8891\nsmtpd_sasl_type = dovecot\n"
    "smtpd_sasl_path = private/auth\n"
    "virtual_transport = lmtp:unix:/run/dovecot/lmtp",
    "load": "0.10 0.20 0.30 1/100 999\n2\nMemTotal: 4000000 kB\nMemAvailable: 2000000 kB\n"
    "SwapTotal: 0 kB\nSwapFree: 0 kB",
    "resolver": "nameserver 192.0.2.53\nat=1\nasked www.google.com 0\nat=1\nasked www.apple.com 0\nat=2\n"
    "asked www.yahoo.co.jp 0\nat=2",
    "outbound": "to gmail-smtp-in.l.google.com 198.51.100.26",
    "firewall": "table inet filter {\n}",
}


def reading(status: dict[str, int] | None = None, **sections: str | None) -> ServerReading:
    texts = {name: text for name, text in {**HEALTHY, **sections}.items() if text is not None}
    made = {
        name: Section(name, tuple(text.splitlines()), (status or {}).get(name, 0), True) for name, text in texts.items()
    }
    return ServerReading(made, True, NOW)


def found(status: dict[str, int] | None = None, address: str | None = "203.0.113.9", **sections: str | None):
    findings = judge(from_reading(reading(status, **sections), address))
    return {each.code.partition(".")[2]: each for each in findings}


def test_a_healthy_server():
    assert list(found()) == ["fine_partly"]
    assert found()["fine_partly"].values["unseen"] == ["bans"]


def test_only_file_systems_mail_needs_count():
    (full,) = [each for name, each in found(disk=DF).items() if name == "disk_full"]
    assert full.values["mount"] == "/var/spool"


@pytest.mark.parametrize(
    ("section", "text", "status"),
    [
        ("disk", "df: /mnt: Stale file handle", 1),
        ("disk", None, 0),
        ("processes", "4711 bash", 0),  # an account that is shown its own programs only
        ("processes", "ps: not found", 127),
    ],
)
def test_what_cannot_be_seen_is_never_fine(section, text, status):
    codes = found({section: status}, **{section: text})
    assert codes["unseen"].severity is Severity.UNKNOWN
    assert "mail_service_stopped" not in codes


def test_a_program_that_does_not_run_but_whose_port_waits_is_not_called_stopped():
    assert "mail_service_stopped" not in found(processes="1 systemd")  # a super-server may start it
    assert "mail_service_stopped" in found(processes="1 systemd", listening="LISTEN 0 9 0.0.0.0:22 0.0.0.0:*")


def test_no_queue_manager():
    assert "queue_runner_stopped" in found(processes="1 systemd\n300 master")


@pytest.mark.parametrize(
    ("setting", "down"),
    [
        ("smtpd_milters = inet:127.0.0.1:8892", True),
        ("smtpd_milters = inet:8891@localhost", False),
        ("smtpd_milters = inet:8892@localhost", True),
        ("smtpd_milters = unix:/run/opendkim/opendkim.sock", True),
        ("smtpd_milters = inet:filter.example.jp:8892", False),  # another machine: cannot be seen from here
        ("smtpd_milters = $other_milters", False),
        ("content_filter = smtp-amavis:[127.0.0.1]:10024", True),
        ("virtual_transport = lmtp:unix:private/dovecot-lmtp", True),
        ("virtual_transport = dovecot", False),
        ("mailbox_transport = lmtp:unix:/var/spool/postfix/run/dovecot/lmtp", True),
        ("smtpd_sasl_path = smtpd", False),
        ("smtpd_recipient_restrictions = permit_mynetworks, check_policy_service inet:127.0.0.1:10023", True),
        ("smtpd_recipient_restrictions = check_policy_service unix:private/auth, permit", False),
    ],
)
def test_helpers(setting, down):
    assert ("helper_down" in found(postfix_settings=setting)) is down


def test_sendmail_s_filter():
    codes = found(sendmail_helpers="opendkim, S=local:/run/opendkim/x.sock, F=T", postfix_settings=None)
    assert codes["helper_down"].values["where"] == "unix:/run/opendkim/x.sock"


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ("at=1\nasked www.google.com 2\nat=5\nasked www.apple.com 2\nat=9", 0, "resolver_broken"),
        ("at=1\nasked www.google.com 2\nat=9", 124, "resolver_broken"),
        ("at=1", 124, "resolver_broken"),
        ("at=1\nasked www.google.com 0\nat=3\nasked www.apple.com 0\nat=5", 0, "resolver_slow"),
        ("at=1\nasked www.google.com 2\nat=1\nasked www.apple.com 0\nat=1\nasked www.yahoo.co.jp 0\nat=1", 0, None),
        ("at=1\nasked www.google.com 127\nat=1\nasked www.apple.com 127\nat=1", 0, None),  # no getent there
        ("at=1\nasked www.google.com 139\nat=1\nasked www.apple.com 139\nat=1", 0, None),  # it crashed
        ("", 0, None),
    ],
)  # fmt: skip
def test_look_ups(lines, status, code):
    codes = set(found({"resolver": status}, resolver=lines)) - {"fine", "fine_partly"}
    assert codes == ({code} if code else set())


@pytest.mark.parametrize(
    ("said", "status", "blocked"),
    [
        ("", 124, True),
        ("bash: connect: Connection refused", 1, True),
        ("bash: connect: No route to host", 1, True),
        ("bash: connect: Network is unreachable", 1, False),
        ("bash: /dev/tcp/x/25: No such file or directory", 1, False),  # a bash made without it
        ("sh: nc: not found", 127, False),
        ("", 0, False),
    ],
)
def test_the_way_out(said, status, blocked):
    text = f"to gmail-smtp-in.l.google.com 198.51.100.26\n{said}"
    assert ("outbound_25_blocked" in found({"outbound": status}, outbound=text)) is blocked
    assert "outbound_25_blocked" not in found(
        {"outbound": status}, outbound=text, postfix_effective="relayhost = [mail.isp.example]:587"
    )


def test_no_address_for_the_landmark_is_no_blocked_line():
    assert "outbound_25_blocked" not in found({"outbound": 3}, outbound="to gmail-smtp-in.l.google.com ")


@pytest.mark.parametrize(
    ("lines", "bad"),
    [
        ("zone zen.spamhaus.org\n127.255.255.254 STREAM zen", True),
        ("zone zen.spamhaus.org=127.0.0.[2..11]\n127.255.255.254 STREAM zen", False),
        ("zone zen.spamhaus.org=127.0.0.[2;4..11]\n127.0.0.4 STREAM zen", True),
        ("zone zen.spamhaus.org", False),
        ("zone dnsbl.sorbs.net\n127.0.0.2 STREAM x", False),  # known to be dead: the blacklist check tells
    ],
)
def test_a_list_that_calls_everybody_listed(lines, bad):
    assert ("own_list_answers_all" in found(own_lists=lines)) is bad


@pytest.mark.parametrize(
    ("rules", "ours"),
    [
        ("ip saddr 203.0.113.9 drop", True),
        ("-A f2b-postfix -s 203.0.113.9/32 -j REJECT --reject-with icmp-port-unreachable", True),
        ("ip saddr 203.0.113.9 accept", False),
        ("ip saddr 203.0.113.91 drop", False),
        ("# ip saddr 203.0.113.9 drop", False),
    ],
)
def test_rules_of_the_firewall(rules, ours):
    assert ("firewalled" in found(firewall=rules)) is ours


def test_fail2ban_of_old_and_new():
    new = "[{'sshd': ['198.51.100.1']}, {'postfix-sasl': ['203.0.113.9', '198.51.100.2']}]"
    old = "Status for the jail: postfix-sasl\n   `- Banned IP list:\t198.51.100.2 203.0.113.9"
    for text in (new, old):
        assert found(bans=text)["banned"].values["jails"] == ["postfix-sasl"]
    assert "banned" not in found(bans=new, address="203.0.113.90")
    assert "banned" not in found(bans="ERROR Permission denied to socket: /var/run/fail2ban/fail2ban.sock")


@pytest.mark.parametrize(("minutes", "code"), [(0, None), (4, None), (6, "clock_ahead"), (-600, "clock_behind")])
def test_the_clock(minutes, code):
    epoch = int((NOW + timedelta(minutes=minutes)).timestamp())
    codes = set(found(system=f"epoch={epoch}")) & {"clock_ahead", "clock_behind"}
    assert codes == ({code} if code else set())


def test_a_milter_that_may_be_missing_is_no_alarm():
    settings = "smtpd_milters = inet:127.0.0.1:8892\nmilter_default_action = accept"
    assert found(postfix_settings=settings)["helper_down"].severity is Severity.WARNING


def test_a_hostile_listing_costs_no_time_and_gives_few_findings():
    spaces = "Filesystem\n" + "\n".join(["a" + " " * 990] * 2000)
    many = "\n".join(f"smtpd_milters = inet:127.0.0.1:{port}" for port in range(10_000, 14_000))
    told = reading(disk=spaces, postfix_settings=many, firewall="203.0.113.9 " * 20_000)
    with little_work(5):
        assert len(judge(from_reading(told, "203.0.113.9"))) < 60


def test_units_of_systemd():
    shown = (
        "Id=postfix.service\nLoadState=loaded\nActiveState=active\nSubState=exited\nUnitFileState=enabled\n\n"
        "Id=rspamd.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\nUnitFileState=enabled\n\n"
        "Id=postgrey.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=disabled\n\n"
        "Id=exim.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState="
    )
    assert found(units=shown)["part_stopped"].values["parts"] == ["rspamd"]
    assert "part_stopped" not in found({"units": 1}, units="System has not been booted with systemd as init system")


def facts_with(**changed: object):
    return replace(from_reading(reading(), None), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("os_release", "program", "code"),
    [
        (["ID=debian", "VERSION_ID=12"], Program("exim", "4.96"), None),  # Debian repairs it under this number
        (["ID=debian", "VERSION_ID=12"], Program("exim", "4.92"), "known_holes"),  # not the one Debian brings
        (["ID=debian", "VERSION_ID=7"], Program("exim", "4.80"), "known_holes"),  # nobody repairs it any more
        ([], Program("sendmail", "8.9.3"), "known_holes_perhaps"),  # we do not know who supplied it
        (["ID=ubuntu", 'VERSION_ID="18.04"'], Program("postfix", "3.3.0"), "known_holes_perhaps"),  # for money
        (["ID=debian", "VERSION_ID=13"], Program("postfix", "3.10.13"), None),
    ],
)
def test_holes_are_told_with_care(os_release, program, code):
    known = system_of(os_release)
    system = System(known.id, known.name, known.until, known.paid_until) if known else None
    codes = {each.code for each in judge(facts_with(system=system, programs=(program,)))}
    assert codes & {"server_health.known_holes", "server_health.known_holes_perhaps"} == (
        {f"server_health.{code}"} if code else set()
    )


def test_the_year_2004_is_told_of():
    (hole,) = [
        each for each in judge(facts_with(system=None, programs=(Program("sendmail", "8.9.3"),))) if "hole" in each.code
    ]
    assert {"CVE-2003-0694 (CA-2003-25)", "CVE-2002-1337 (CA-2003-07)"} <= set(hole.values["ids"])  # type: ignore[arg-type]
    assert hole.values["danger"] == "takeover"


def test_load_and_memory():
    codes = {each.code for each in judge(facts_with(load=Load(9.0, 2, 4_000_000_000, 100_000_000, 0, 0)))}
    assert {"server_health.overloaded", "server_health.memory_short"} <= codes
    swapping = Load(1.0, 2, 4_000_000_000, 100_000_000, 2_000_000_000, 1_900_000_000)
    assert "server_health.memory_short" not in {each.code for each in judge(facts_with(load=swapping))}


def test_mail_that_comes_here_finds_no_door():
    facts = facts_with(takes_mail_here=True, ports=("127.0.0.1", "::1"))
    assert "server_health.listens_only_inside" in {each.code for each in judge(facts)}
    assert not any("listens" in each.code for each in judge(facts_with(takes_mail_here=True, ports=("*", "::1"))))
    assert not any("listens" in each.code for each in judge(replace(facts, in_containers=True)))


def test_panels_and_containers():
    codes = found(
        mta="marker /usr/local/psa/version\nmarker /opt/mailcow-dockerized",
        panel="panel /usr/local/psa/version\n18.0.80 Debian 12",
        container_states="mailcowdockerized-postfix-mailcow-1|running|Up 2 days\n"
        "mailcowdockerized-rspamd-mailcow-1|restarting|Restarting (1)\n"
        "shop|exited|Exited (1)\nmailu-init|exited|Exited (0) 2 h",
    )
    assert codes["container_stopped"].values["names"] == ["mailcowdockerized-rspamd-mailcow-1"]
    names = [
        each.values["panel"]
        for each in judge(from_reading(reading(mta="marker /opt/zimbra"), None))
        if "panel" in each.code
    ]
    assert names == ["Zimbra"]


def test_hostile_text_is_no_verdict():
    noise = "\x1b[31m" + "‮" * 50 + "A" * 5000
    for section in HEALTHY:
        found = judge(from_reading(reading(**{section: noise}), "203.0.113.9"))
        alarms = {each.code for each in found if each.severity is Severity.CRITICAL}
        assert not alarms, section
        assert not any(
            "\x1b" in str(value) or "\u202e" in str(value) for each in found for value in each.values.values()
        )
