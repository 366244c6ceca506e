"""Which sections of the server's reading speak about relaying, by product."""

from __future__ import annotations

from core.checks.open_relay.facts import Product, SettingsRead
from core.clients.ssh import ServerReading

_SECTIONS: tuple[tuple[Product, tuple[str, ...]], ...] = (
    ("postfix", ("postfix_effective", "postfix_services")),
    ("exim", ("exim_settings", "exim_relay")),
    ("sendmail", ("sendmail_relay",)),
    ("opensmtpd", ("opensmtpd_relay",)),
)


def settings_in(reading: ServerReading) -> tuple[SettingsRead, ...]:
    """What was read, for each product that told anything."""
    found: list[SettingsRead] = []
    for product, names in _SECTIONS:
        sections = [reading.sections[name] for name in names if name in reading.sections]
        lines = tuple(line for section in sections for line in section.lines)
        if any(line.strip() for line in lines):
            complete = all(section.complete for section in sections)
            found.append(SettingsRead(product, lines, complete))
    return tuple(found)
