"""One rule a cause. A rule gives (rank, cause) pairs: none when its cause is not supported.

The order of `RULES` decides where nothing else does (`core.diagnosis.ranking`).
"""

from __future__ import annotations

from core.diagnosis.ranking import Rule
from core.diagnosis.rules import names, refusals, server, spam

RULES: tuple[Rule, ...] = (
    names.domain_expired,
    spam.open_relay,
    spam.web_form_abused,
    spam.account_hijacked,
    server.mail_service_stopped,
    names.dns_moved,
    server.certificate_expired,
    names.sender_auth_failing,
    server.outbound_25_blocked,
    server.resolver_broken,
    refusals.provider_blocked,
    server.own_filter_rejects_all,
    refusals.address_listed,
    refusals.shared_host_listed,
    refusals.domain_listed,
    refusals.rate_limited,
    refusals.recipient_side,
    refusals.mailbox_full,
    refusals.greylisted_wait,
    server.port_25_blocked_here,
    names.ptr_or_helo_wrong,
    server.server_unsupported,
)
