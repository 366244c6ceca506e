"""The mail queue: how much mail waits on the server, whose it is, where to, and why it does not leave."""

from __future__ import annotations

from core.check import Check
from core.checks.mail_queue.facts import Named, QueueFacts, Reason
from core.checks.mail_queue.judge import judge
from core.checks.mail_queue.measure import measure
from core.checks.mail_queue.reader import queue_summary, read_lines, read_queue

__all__ = ["CHECK", "Named", "QueueFacts", "Reason", "judge", "queue_summary", "read_lines", "read_queue"]

CHECK: Check[QueueFacts] = Check(
    id="mail_queue",
    needs=(("ssh", "queue"),),
    codes={
        "mail_queue.empty": (),
        "mail_queue.normal": ("count",),
        "mail_queue.young": ("count", "seconds"),
        "mail_queue.raised": ("count",),
        "mail_queue.long": ("count",),
        "mail_queue.newsletter": ("count", "sender", "domains"),
        "mail_queue.incomplete": ("count",),
        "mail_queue.own_only": ("count",),
        "mail_queue.own_or_all": ("count",),
        "mail_queue.submission_only": ("count",),
        "mail_queue.one_sender": ("sender", "count", "percent"),
        "mail_queue.strangers": ("count", "domains"),
        "mail_queue.null_senders": ("count", "percent"),
        "mail_queue.blocked_using_list": ("count", "zone", "example"),
        "mail_queue.all_timed_out": ("count", "domains"),
        "mail_queue.name_service": ("count", "domains"),
        "mail_queue.one_domain": ("domain", "count"),
        "mail_queue.held": ("count",),
        "mail_queue.frozen": ("count",),
        "mail_queue.old": ("seconds", "since"),
        "mail_queue.system_down": ("command",),
        "mail_queue.permission_denied": ("command",),
        "mail_queue.not_found": ("command",),
    },
    time_limit=90.0,
    measure=measure,
    judge=judge,
    problem_codes={
        "mail_queue.no_text": (),
        "mail_queue.unknown_format": (),
        "mail_queue.unreadable": ("command", "answer"),
    },
)
