"""Forms the recordings do not hold, as the programs' documentation gives them; and innocent look-alikes."""

from __future__ import annotations

import json

import pytest

from core.checks.mail_log import judge, suspects
from core.model import Severity


def _codes(facts):
    return {finding.code.removeprefix("mail_log."): finding for finding in judge(facts)}


def test_qmail_through_multilog(read):
    label = "@40000000655f0a1b0badcafe"
    lines = [f"{label} {text}" for text in (
        "new msg 93869", "info msg 93869: bytes 2343 from <sales@example.jp> qp 1232 uid 33",
        "starting delivery 36: msg 93869 to remote taro@far.example", "status: local 0/10 remote 1/20",
        "delivery 36: success: 198.51.100.30_accepted_message./Remote_host_said:_250_ok/",
        "starting delivery 37: msg 93869 to remote jiro@far.example",
        "delivery 37: failure: 198.51.100.30_does_not_like_recipient./Remote_host_said:_550_5.1.1_User_unknown/",
        "end msg 93869",
    )]  # fmt: skip
    facts = read(lines)
    assert (facts.product, facts.sent, facts.bounced) == ("qmail", 1, 1)
    assert [(each.kind, each.name, each.recipients) for each in facts.identities] == [("script", "www-data", 2)]
    assert [(each.reason, each.count) for each in facts.refusals] == [("user_unknown", 1)]
    assert facts.last and facts.last.year == 2023


def test_sendmails_login_belongs_to_the_session_that_made_it(read):
    lines = [
        "Nov 22 08:00:01 m sendmail[77]: AUTH=server, relay=pc.example.jp [192.0.2.9], authid=taro, mech=LOGIN, bits=0",
        "Nov 22 08:00:02 m sendmail[77]: 6AM801ab000077: from=<taro@example.jp>, size=9, nrcpts=2, msgid=<1@a>, "
        "proto=ESMTP, daemon=MTA, relay=pc.example.jp [192.0.2.9]",
        "Nov 22 08:00:03 m sendmail[78]: 6AM801ab000077: to=<a@far.example>,<b@far.example>, mailer=esmtp, "
        "relay=mx.far.example. [198.51.100.30], dsn=2.0.0, stat=Sent (ok)",
    ]
    facts = read(lines)
    assert [(each.kind, each.name, each.delivered) for each in facts.identities] == [("account", "taro", 2)]


def test_the_journal_as_json(read):
    def entry(said, name="postfix/smtpd"):
        return json.dumps({"__REALTIME_TIMESTAMP": "1795312800000000", "SYSLOG_IDENTIFIER": name, "_PID": "7",
                           "_HOSTNAME": "mail", "MESSAGE": said})  # fmt: skip

    facts = read([
        entry("ABC1: client=a[203.0.113.2], sasl_method=PLAIN, sasl_username=taro@example.jp"),
        entry("ABC1: from=<taro@example.jp>, size=1, nrcpt=1 (queue active)", "postfix/qmgr"),
        entry(list(b"ABC1: to=<x@far.example>, relay=mx[198.51.100.30]:25, status=sent (250 ok)"), "postfix/smtp"),
    ])  # fmt: skip
    assert (facts.product, facts.lines, facts.delivered_outside) == ("postfix", 3, 1)
    assert [(each.name, each.messages) for each in facts.identities] == [("taro@example.jp", 1)]


def test_dovecot_exim_and_repeated_failures_are_counted(read):
    lines = [
        "Nov 22 08:00:01 m dovecot: imap-login: Disconnected (auth failed, 1 attempts in 5 secs): user=<taro>, "
        "rip=192.0.2.9, lip=203.0.113.10, TLS",
        "Nov 22 08:00:02 m postfix/smtpd[1]: warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: x",
        "Nov 22 08:00:03 m postfix/smtpd[1]: message repeated 3 times: [ warning: unknown[192.0.2.9]: SASL LOGIN "
        "authentication failed: x]",
        "2026-11-22 08:00:04 dovecot_login authenticator failed for (h) [192.0.2.8]: 535 Incorrect authentication data "
        "(set_id=hanako)",
    ]
    force = read(lines).brute_force
    assert (force.failures, force.distinct_addresses, force.names) == (6, 2, 2)


def test_fail2bans_bans_and_lost_lines_are_told(read):
    lines = [
        "Nov 22 08:00:00 m postfix/smtpd[1]: connect from a[192.0.2.9]",
        "Nov 22 08:00:01 m fail2ban.actions[9]: NOTICE [postfix-sasl] Ban 192.0.2.9",
        "Nov 22 08:00:02 m systemd-journald[3]: Suppressed 1234 messages from postfix.service",
    ]
    codes = _codes(read(lines))
    assert codes["banned"].values["addresses"] == ["192.0.2.9"]
    assert codes["dropped"].values["count"] == 1234
    assert codes["dropped"].severity is Severity.UNKNOWN


def _mail(n, client, sender, to, status="sent (250 ok)", dsn="2.0.0", relay=None, at="08:00:01", extra=""):
    relay = relay or f"mx{n}[198.51.100.30]:25"
    return [
        f"Nov 22 {at} m postfix/smtpd[1]: {n:06X}: client={client}",
        f"Nov 22 {at} m postfix/qmgr[1]: {n:06X}: from=<{sender}>, size=1, nrcpt=1 (queue active)",
        f"Nov 22 {at} m postfix/smtp[1]: {n:06X}: to=<{to}>{extra}, relay={relay}, dsn={dsn}, status={status}",
    ]


def _lines(*mails):
    return [line for mail in mails for line in mail]


def _nobody_accused(facts):
    assert suspects(facts) == ()
    assert not {each.code for each in judge(facts) if each.severity is Severity.CRITICAL}


def test_a_filter_that_hands_the_mail_back_does_not_count_it_twice(read):
    lines = [
        "Nov 22 08:00:01 m postfix/smtpd[1]: AAA1: client=pc[203.0.113.2], sasl_method=PLAIN, sasl_username=taro",
        "Nov 22 08:00:01 m postfix/qmgr[1]: AAA1: from=<taro@example.jp>, size=1, nrcpt=1 (queue active)",
        "Nov 22 08:00:02 m postfix/smtpd[2]: BBB1: client=localhost[127.0.0.1]",
        "Nov 22 08:00:02 m postfix/qmgr[1]: BBB1: from=<taro@example.jp>, size=1, nrcpt=1 (queue active)",
        "Nov 22 08:00:02 m postfix/smtp[3]: AAA1: to=<x@far.example>, relay=127.0.0.1[127.0.0.1]:10024, dsn=2.0.0, "
        "status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBB1)",
        "Nov 22 08:00:03 m postfix/smtp[3]: BBB1: to=<x@far.example>, relay=mx[198.51.100.30]:25, dsn=2.0.0, "
        "status=sent (250 ok)",
    ]
    facts = read(lines)
    assert (facts.sent, facts.own_domains) == (1, ())
    assert [(each.kind, each.name, each.messages, each.delivered) for each in facts.identities] == [
        ("account", "taro", 1, 1)
    ]


@pytest.mark.parametrize(
    "where", ["backup server", "trusted office", "forwarding", "invoices", "traveller", "retired list"]
)
def test_innocent_days_accuse_nobody(read, where):
    login = "pc[203.0.113.2], sasl_method=PLAIN, sasl_username=taro@example.jp"
    local = _mail(
        1, "mx[192.0.2.7]", "x@far.example", "taro@example.jp", relay="local", status="sent (delivered to mailbox)"
    )
    if where == "backup server":  # strangers' mail for one company that is not ours
        mails = [_mail(n, f"mx[192.0.2.{n}]", f"p@far{n}.example", f"u{n}@backup.test") for n in range(2, 150)]
    elif where == "trusted office":  # no login, but our own sender, all day long
        mails = [_mail(n, "office[203.0.113.99]", "sales@example.jp", f"u@far{n}.example", at=f"{8 + n % 10:02}:00:01")
                 for n in range(2, 150)]  # fmt: skip
    elif where == "forwarding":
        mails = [_mail(n, f"mx[192.0.2.{n}]", f"p@far{n}.test", f"u{n}@mail{n}.test", extra=", orig_to=<taro@x.jp>")
                 for n in range(2, 60)]  # fmt: skip
    elif where == "invoices":  # the twentieth of the month: 180 in one hour, two wrong addresses
        mails = [_mail(n, login, "taro@x.jp", f"u@f{n}.test", *(("bounced (550 x)", "5.1.1") if n in (9, 99) else ()))
                 for n in range(2, 182)]  # fmt: skip
    elif where == "traveller":  # telephone, hotel, office, home
        mails = [_mail(n, f"pc[{net}.9], sasl_method=PLAIN, sasl_username=taro@x.jp", "taro@x.jp", "u@f.test")
                 for n, net in enumerate(("192.0.2", "198.51.100", "203.0.113", "192.175.48"), start=2)]  # fmt: skip
    else:  # an old address list: many refusals, but few mails
        mails = [
            _mail(n, login, "taro@example.jp", f"u@far{n}.example", "bounced (550 5.1.1 no)", "5.1.1")
            for n in range(2, 32)
        ]
    _nobody_accused(read(_lines(local, *mails)))


def test_a_lonely_stranger_is_a_suspicion_not_a_verdict(read):
    mails = [_mail(n, "t[192.0.2.7]", "x@test.example", f"u@far{n}.example") for n in range(2, 6)]
    finding = _codes(read(_lines(*mails)))["stranger_relayed"]
    assert finding.severity is Severity.WARNING
