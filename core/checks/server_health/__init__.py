"""Is the server itself well? Room, programs, helpers, names, the way out, bans, certificates, clock, load, age."""

from __future__ import annotations

from core.check import Check
from core.checks.server_health.facts import ServerHealthFacts
from core.checks.server_health.judge import judge
from core.checks.server_health.measure import measure

_HOLES = ("product", "version", "ids", "count", "danger", "fixed")
_CERTIFICATE = ("path", "port", "until", "served_until")

CHECK: Check[ServerHealthFacts] = Check(
    id="server_health",
    needs=(("ssh",),),
    codes={
        "server_health.fine": ("areas",),
        "server_health.fine_partly": ("areas", "unseen"),
        "server_health.unseen": ("areas",),
        "server_health.disk_full": ("mount", "places", "free", "percent", "needed"),
        "server_health.disk_low": ("mount", "places", "free", "percent"),
        "server_health.inodes_full": ("mount", "places", "left"),
        "server_health.inodes_low": ("mount", "places", "left"),
        "server_health.mail_service_stopped": ("products",),
        "server_health.queue_runner_stopped": ("product",),
        "server_health.listens_only_inside": ("address",),
        "server_health.part_stopped": ("parts",),
        "server_health.container_stopped": ("names", "count"),
        "server_health.helper_down": ("role", "where"),
        "server_health.resolver_broken": ("servers", "names"),
        "server_health.names_unknown": ("servers", "names"),
        "server_health.resolver_slow": ("servers", "seconds"),
        "server_health.outbound_25_blocked": ("landmark", "how"),
        "server_health.relayhost": ("relayhost",),
        "server_health.relayhost_without_login": ("relayhost",),
        "server_health.banned": ("address", "jails"),
        "server_health.firewalled": ("address",),
        "server_health.hosts_denied": ("address",),
        "server_health.own_list_answers_all": ("zones", "answer"),
        "server_health.clock_ahead": ("seconds", "at"),
        "server_health.clock_behind": ("seconds", "at"),
        "server_health.overloaded": ("load", "processors"),
        "server_health.memory_short": ("free", "total"),
        "server_health.system_ended": ("system", "until", "age"),
        "server_health.system_paid": ("system", "until", "paid_until"),
        "server_health.known_holes": _HOLES,
        "server_health.known_holes_perhaps": _HOLES,
        "server_health.certificate_not_reloaded": _CERTIFICATE,
        "server_health.certificate_not_reloaded_yet": _CERTIFICATE,
        "server_health.certificate_file_ended": ("path", "until"),
        "server_health.forwards_outside": ("count", "domains"),
        "server_health.mailboxes_full": ("count",),
        "server_health.panel": ("panel",),
        "server_health.exchange_open_relay": ("connector",),
        "server_health.exchange_relay_for": ("connector", "ranges"),
        "server_health.exchange_ended": ("server", "build", "ended"),
        "server_health.exchange_holes": ("server", "build", "ids"),
        "server_health.settings_changed": ("count", "since", "names"),
    },
    time_limit=90.0,
    measure=measure,
    judge=judge,
    uses_server=True,
)
