"""What our own server said to this computer at its doors instead of a yes: that it has trouble within itself.

Pure. Another's greylist sounds alike; a door that takes a caller for a stranger says something else.
"""

from __future__ import annotations

from core.checks.open_relay.facts import OpenRelayFacts
from core.checks.tls_health.facts import Facts as TlsFacts
from core.diagnosis.clues import Clues
from core.model import Finding

# Words of Postfix, Sendmail, Exim and OpenSMTPD when something of their own does not answer.
_TROUBLE = (
    "service unavailable", "try again later", "try later", "local problem", "local error", "4.3.0", "system problem",
)  # fmt: skip
_OF_ENCRYPTION = (
    "tls not available",
    "tls is not available",
    "tls currently unavailable",
    "certificate",
    "tls library",
)
_PASSING = ("grey", "gray", "too many", "too much", "rate", "busy")


def trouble_told(clues: Clues) -> tuple[Finding, ...]:
    """Findings of doors at which our server put this computer off because of its own trouble."""
    found = clues.having("smtp_banner.busy") if _is_trouble(_greeted(clues)) else ()
    if any(map(_is_trouble, _to_strangers(clues))):
        found += clues.having("open_relay.incomplete")
    if any(map(_is_trouble, _to_encryption(clues))):
        found += clues.having("tls_health.failed")
    return found


def no_room_told(clues: Clues) -> tuple[Finding, ...]:
    """The same, where it says that it has no room for mail (452 4.3.1)."""
    found = tuple(each for each in clues.having("smtp_banner.busy") if "4.3.1" in str(each.values.get("said", "")))
    return found + (
        clues.having("open_relay.incomplete") if any("4.3.1" in one for one in _to_strangers(clues)) else ()
    )


def _greeted(clues: Clues) -> str:
    return " ".join(str(each.values.get("said", "")) for each in clues.having("smtp_banner.busy"))


def _to_strangers(clues: Clues) -> list[str]:
    """What came in answer to the first words of a letter."""
    relay = clues.facts_of(OpenRelayFacts)
    probes = [probe for server in relay.servers for probe in server.probes] if relay else []
    return [f"{each.reply_code} {each.text}" for each in probes if each.outcome == "temporary"]


def _to_encryption(clues: Clues) -> list[str]:
    """What came in answer to STARTTLS, but that encryption itself is out of order: that is a certificate's matter."""
    tls = clues.facts_of(TlsFacts)
    failed = [port for port in tls.ports if port.starttls and port.state == "failed"] if tls else []
    said = [line.answered for port in failed for line in port.evidence[-1:]]
    return [each for each in said if not any(word in each.lower() for word in _OF_ENCRYPTION)]


def _is_trouble(said: str) -> bool:
    """A temporary answer (4xx) in words of trouble within."""
    low = said.lower()
    return low[:1] == "4" and any(word in low for word in _TROUBLE) and not any(word in low for word in _PASSING)
