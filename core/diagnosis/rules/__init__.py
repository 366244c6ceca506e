"""One rule a cause. A rule gives (rank, cause) pairs: none when its cause is not supported.

The order of `RULES` decides where nothing else does (`core.diagnosis.ranking`).
"""

from __future__ import annotations

from core.diagnosis.ranking import Rule
from core.diagnosis.rules import names, refusals, server, spam, turned_away, turned_away_by_us

RULES: tuple[Rule, ...] = (
    names.domain_expired,
    server.disk_full,
    server.mail_service_stopped,
    spam.open_relay,
    spam.account_hijacked,
    spam.web_form_abused,
    names.dns_moved,
    server.resolver_broken,
    server.outbound_25_blocked,
    server.relayhost_login_failing,
    server.helper_down,
    turned_away.own_filter_rejects_all,
    server.certificate_expired,
    server.self_banned,
    server.port_25_blocked_here,
    names.ipv6_path_bad,
    names.forwarding_breaks_auth,
    names.sender_auth_failing,
    names.ptr_or_helo_wrong,
    refusals.address_listed,
    refusals.shared_host_listed,
    refusals.domain_listed,
    refusals.provider_blocked,
    refusals.rate_limited,
    refusals.mailbox_full,
    server.own_mailboxes_full,
    turned_away_by_us.disk_full_told,
    turned_away_by_us.helper_down_told,
    turned_away_by_us.own_filter_told,
    turned_away_by_us.certificate_told,
    turned_away_by_us.not_reached_told,
    refusals.recipient_side,
    refusals.greylisted_wait,
    server.server_unsupported,
)
