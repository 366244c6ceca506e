"""The mail log: who sends how much, whose password is stolen, what is broken, and who refuses our mail and why."""

from __future__ import annotations

from core.check import Check
from core.checks.mail_log.facts import LogFacts, Sender
from core.checks.mail_log.judge import judge, suspects
from core.checks.mail_log.mask import masked
from core.checks.mail_log.measure import measure
from core.checks.mail_log.reader import LogReader, Window, read_lines, read_text
from core.checks.mail_log.summary import log_summary

__all__ = [
    "CHECK", "LogFacts", "LogReader", "Sender", "Window", "judge", "log_summary", "masked", "read_lines",
    "read_text", "suspects",
]  # fmt: skip

_SENDER = (
    "name", "count", "recipients", "peak", "addresses", "networks", "senders", "domains", "refused", "since", "until",
)  # fmt: skip
_TROUBLE = ("count", "since", "until", "example")
_REFUSED = ("count", "hosts", "providers", "example", "until")
_RETURNED = ("count", "delivered", "reasons", "until", "example")

CHECK: Check[LogFacts] = Check(
    id="mail_log",
    needs=(("ssh", "log"),),
    codes={
        "mail_log.account_abused": _SENDER,
        "mail_log.account_suspicious": _SENDER,
        "mail_log.script_abused": _SENDER,
        "mail_log.program_sends_much": _SENDER,
        "mail_log.machine_sends_much": _SENDER,
        "mail_log.mailing": _SENDER,
        "mail_log.strangers_relayed": ("count", "addresses", "clients", "domains", "since", "until"),
        "mail_log.stranger_relayed": ("count", "addresses", "clients", "domains", "since", "until"),
        "mail_log.disk_full": _TROUBLE,
        "mail_log.helper_down": _TROUBLE,
        "mail_log.login_helper_down": _TROUBLE,
        "mail_log.relayhost_login": _TROUBLE,
        "mail_log.service_dying": _TROUBLE,
        "mail_log.tls": _TROUBLE,
        "mail_log.overload": _TROUBLE,
        "mail_log.over_quota": _TROUBLE,
        "mail_log.names_failing": (*_TROUBLE, "domains"),
        "mail_log.all_timed_out": (*_TROUBLE, "domains"),
        "mail_log.own_filter_dead": (*_TROUBLE, "zones"),
        "mail_log.own_filter_all": ("count", "clients", "zones", "since", "until"),
        "mail_log.refused_listed": _REFUSED,
        "mail_log.refused_reputation": _REFUSED,
        "mail_log.refused_rate": _REFUSED,
        "mail_log.refused_sender_auth": _REFUSED,
        "mail_log.refused_reverse_dns": _REFUSED,
        "mail_log.greylisted": _REFUSED,
        "mail_log.forwarding_refused": ("count", "forwarded"),
        "mail_log.most_came_back": _RETURNED,
        "mail_log.most_came_back_unclear": _RETURNED,
        "mail_log.some_came_back": _RETURNED,
        "mail_log.spam_came_back": _RETURNED,
        "mail_log.failed_logins": ("count", "addresses", "names"),
        "mail_log.banned": ("count", "addresses"),
        "mail_log.backscatter": ("count",),
        "mail_log.refused_by_us": ("count", "reasons"),
        "mail_log.old": ("seconds", "until"),
        "mail_log.incomplete": ("count",),
        "mail_log.dropped": ("count",),
        "mail_log.no_mail": ("count", "since", "until"),
        "mail_log.none_arrived": ("count", "deferred", "bounced", "since", "until"),
        "mail_log.ordinary": ("count", "sent", "deferred", "bounced", "since", "until"),
        "mail_log.permission_denied": ("source",),
        "mail_log.not_found": ("source",),
    },
    time_limit=120.0,
    measure=measure,
    judge=judge,
    problem_codes={"mail_log.no_text": (), "mail_log.unknown_format": ()},
)
