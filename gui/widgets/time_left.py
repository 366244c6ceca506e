"""How long a check still takes, by what it usually needs: a wait with an end in sight is easier to bear.

Told in round steps that change seldom, and never as a promise: beyond the usual time that is what is said.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.texts import Texts

# Seconds in which a check is usually done while the other side answers; looking into a server takes longer.
USUAL: Mapping[str, float] = {
    "bounce": 3,
    "dns_health": 10,
    "dnsbl": 10,
    "domain_life": 15,
    "hosting": 10,
    "mail_log": 40,
    "mail_queue": 20,
    "open_relay": 30,
    "sender_auth": 10,
    "server_health": 20,
    "smtp_banner": 15,
    "tls_health": 20,
}
_OTHERWISE = 15.0  # seconds, for a check that has no figure here
_STEPS = (5, 10, 20, 30, 45, 60, 120)  # seconds that are said


def seconds_left(check_id: str, ran: float) -> float:
    """What the check usually still needs after `ran` seconds; 0 or less when it takes longer than usual."""
    return USUAL.get(check_id, _OTHERWISE) - ran


def time_left(seconds: float, texts: Texts) -> str:
    """In words, rounded up."""
    if seconds <= 0:
        return texts.text("gui.running.longer")
    return texts.text(
        "gui.running.usually_left", seconds=next((step for step in _STEPS if seconds <= step), _STEPS[-1])
    )
