"""One rule a cause. A rule gives (rank, cause) pairs: none when its cause is not supported.

The order of `RULES` decides where nothing else does (`core.diagnosis.ranking`).
"""

from __future__ import annotations

from core.diagnosis.ranking import Rule
from core.diagnosis.rules import (
    account,
    doors,
    ipv6_path,
    names,
    other_side,
    proof,
    refusals,
    server,
    spam,
    turned_away,
    turned_away_by_us,
    way_out,
)

RULES: tuple[Rule, ...] = (
    names.domain_expired,
    server.disk_full,
    server.mail_service_stopped,
    spam.open_relay,
    account.account_hijacked,
    spam.web_form_abused,
    names.dns_moved,
    way_out.resolver_broken,
    way_out.outbound_25_blocked,
    way_out.relayhost_login_failing,
    server.helper_down,
    turned_away.own_filter_rejects_all,
    doors.certificate_expired,
    doors.self_banned,
    doors.port_25_blocked_here,
    ipv6_path.ipv6_path_bad,
    proof.forwarding_breaks_auth,
    proof.sender_auth_failing,
    proof.ptr_or_helo_wrong,
    refusals.address_listed,
    refusals.shared_host_listed,
    refusals.domain_listed,
    refusals.provider_blocked,
    refusals.rate_limited,
    other_side.mailbox_full,
    server.own_mailboxes_full,
    turned_away_by_us.disk_full_told,
    turned_away_by_us.helper_down_told,
    turned_away_by_us.own_filter_told,
    turned_away_by_us.certificate_told,
    turned_away_by_us.not_reached_told,
    other_side.recipient_side,
    other_side.greylisted_wait,
    server.server_unsupported,
)
