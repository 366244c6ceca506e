"""What is broken on the server itself, or on its way out."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, critical, value_list
from core.diagnosis.ranking import RISK, ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty


def mail_service_stopped(clues: Clues) -> Iterator[Ranked]:
    """The machine answers that nobody listens, or the queue tool says that the mail system is down."""
    down, refused = clues.having("mail_queue.system_down"), clues.having("smtp_banner.refused")
    if down or refused:
        certainty: Certainty = "confirmed" if down else "likely"
        yield ROOT, Cause("mail_service_stopped", certainty, "you", codes_of(down + refused))


def certificate_expired(clues: Clues) -> Iterator[Ranked]:
    """Where programs verify it is the cause; elsewhere, or with a name that may be another on purpose, a risk."""
    codes = ("expired", "not_yet_valid", "chain_expired", "wrong_name", "self_signed", "chain_incomplete")
    wrong = clues.having(*(f"tls_health.{code}" for code in codes))
    ended = [finding for finding in wrong if finding.code in ("tls_health.expired", "tls_health.chain_expired")]
    values = {"hosts": value_list(wrong, "host")}
    if bad := critical(wrong):
        certainty: Certainty = "confirmed" if critical(ended) else "likely"
        yield ROOT, Cause("certificate_expired", certainty, "you", codes_of(bad), values)
    elif risky := clues.having("tls_health.expired", "tls_health.chain_expired", "tls_health.wrong_name"):
        yield RISK, Cause("certificate_expired", "possible", "you", codes_of(risky), values)


def outbound_25_blocked(clues: Clues) -> Iterator[Ranked]:
    """Everything that waits, waits for a connection."""
    if waiting := clues.having("mail_queue.all_timed_out"):
        yield ROOT, Cause("outbound_25_blocked", "possible", "hosting_company", codes_of(waiting))


def resolver_broken(clues: Clues) -> Iterator[Ranked]:
    """Everything that waits, waits for a name."""
    if waiting := clues.having("mail_queue.name_service"):
        yield ROOT, Cause("resolver_broken", "possible", "you", codes_of(waiting))


def own_filter_rejects_all(clues: Clues) -> Iterator[Ranked]:
    """Our own server asks a dead list. One that calls everybody listed turns all mail away; an empty one only waits."""
    using = clues.having("dnsbl.own_server_uses_dead_list")
    if bad := critical(using):
        yield ROOT, Cause("own_filter_rejects_all", "likely", "you", codes_of(bad), {"zones": value_list(bad, "zone")})
    elif using:
        zones = value_list(using, "zone")
        yield RISK, Cause("own_filter_rejects_all", "possible", "you", codes_of(using), {"zones": zones})


def port_25_blocked_here(clues: Clues) -> Iterator[Ranked]:
    """No answer on port 25, silently: this line or the server. That another well-known server is as silent tells."""
    if blocked := clues.having("smtp_banner.line_blocked"):
        yield SUSPICION, Cause("port_25_blocked_here", "likely", "you", codes_of(blocked))
    elif silent := clues.having("smtp_banner.no_answer"):
        yield SUSPICION, Cause("port_25_blocked_here", "possible", "you", codes_of(silent))


def server_unsupported(clues: Clues) -> Iterator[Ranked]:
    """Software past its support: a risk even when it is not today's cause."""
    for finding in clues.having("smtp_banner.unsupported")[:1]:
        values = {name: finding.values.get(name) for name in ("product", "version")}
        yield RISK, Cause("server_unsupported", "confirmed", "you", codes_of([finding]), values)
