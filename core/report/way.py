"""The one picture of the report: the mail's way between our desk and the customer, and the place where it stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from core.model import Cause, Target
from core.report.words import phrase
from core.texts import Texts

After = Literal["free", "listed"]
Direction = Literal["sending", "receiving"]
# Along the way of a mail we send: desk -(line)- server -(outside)- other.
Place = Literal["line", "server", "outside", "other"]


@dataclass(frozen=True)
class Stop:
    """Where a cause stops the mail, the word for it (`report.way.stop.<word>`), and the direction if only one fits."""

    place: Place
    word: str
    direction: Direction | None = None


_REFUSED = Stop("outside", "refused", "sending")
_LISTED = Stop("outside", "listed", "sending")
_STUCK = Stop("server", "stuck")
# Causes that are not here (old software, our own line blocked, nothing found) stop no mail at a known place.
STOPS: dict[str, Stop] = {
    "account_hijacked": _REFUSED,
    "open_relay": _REFUSED,
    "web_form_abused": _REFUSED,
    "address_listed": _REFUSED,
    "shared_host_listed": _REFUSED,
    "domain_listed": _REFUSED,
    "provider_blocked": _REFUSED,
    "sender_auth_failing": _REFUSED,
    "ptr_or_helo_wrong": _REFUSED,
    "ipv6_path_bad": _REFUSED,
    "forwarding_breaks_auth": _REFUSED,
    "rate_limited": Stop("outside", "waiting", "sending"),
    "greylisted_wait": Stop("outside", "waiting"),
    "outbound_25_blocked": Stop("outside", "no_way", "sending"),
    "resolver_broken": Stop("outside", "no_way", "sending"),
    "relayhost_login_failing": Stop("outside", "no_way", "sending"),
    "recipient_side": Stop("other", "at_other", "sending"),
    "disk_full": _STUCK,
    "mail_service_stopped": _STUCK,
    "helper_down": Stop("server", "stuck", "receiving"),
    "own_filter_rejects_all": Stop("server", "own_refusal", "receiving"),
    "domain_expired": Stop("outside", "not_found", "receiving"),
    "dns_moved": Stop("outside", "not_found", "receiving"),
    "certificate_expired": Stop("line", "no_connection", "sending"),
    "self_banned": Stop("line", "no_connection", "sending"),
}


def way(target: Target, cause: Cause | None, texts: Texts, after: After | None = None) -> dict[str, Any] | None:
    """The picture's nodes and links from left to right, in words; None when no place is known.

    Each link and node has a state: "passes" before the place, "stops" there, "beyond" after it.
    `after` the repair of `cause` nothing stops, or only the lists that still name us may.
    """
    stop = STOPS.get(cause.code) if cause else None
    if cause is None or stop is None:
        return None
    if after == "listed":
        stop = _LISTED
    direction = stop.direction or _direction(target)
    parts = ["desk", "line", "server", "outside", "other"]
    if direction == "receiving":
        parts.reverse()
    at = -1 if after == "free" else parts.index(stop.place)
    states = ["passes"] * 5 if at < 0 else ["passes"] * at + ["stops"] + ["beyond"] * (4 - at)
    word = stop.word if cause.certainty == "confirmed" or after else f"{stop.word}_perhaps"
    label = phrase(texts, f"report.way.stop.{word}") if at >= 0 else ""
    return {
        "heading": phrase(texts, "report.way.heading"),
        "nodes": [{"name": _name(texts, parts[i]), "state": states[i]} for i in (0, 2, 4)],
        "links": [states[1], states[3]],
        "label": label,
        "at": at,
        "alt": _in_words([_name(texts, parts[i]) for i in (0, 2, 4)], at, label, texts),
    }


def _direction(target: Target) -> Direction:
    receiving = target.direction == "receiving" or (target.direction is None and target.symptom == "not_received")
    return "receiving" if receiving else "sending"


def _name(texts: Texts, part: str) -> str:
    return phrase(texts, f"report.way.{part}")


def _in_words(nodes: list[str], at: int, label: str, texts: Texts) -> str:
    """The picture for those who hear it: names with arrows, the label in brackets where the mail stops."""
    shown: list[str] = []
    for index, lines in enumerate(nodes):
        name = lines.replace("\n", "" if texts.language == "ja" else " ")
        shown.append(f"{name} [{label}]" if at == 2 * index else name)
        if index < 2:
            shown.append(f"→ [{label}] →" if at == 2 * index + 1 else "→")
    return phrase(texts, "report.way.alt", way=" ".join(shown))
