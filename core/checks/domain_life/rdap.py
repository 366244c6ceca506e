"""Reads an RDAP answer about a domain (RFC 9083; contacts are jCards, RFC 7095). Everything in it is a stranger's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from core.checks.domain_life.facts import Registration

_MOST = 50


def read_rdap(document: Any) -> Registration | None:
    """The registration, or None when this is no RDAP domain object."""
    if not isinstance(document, dict) or document.get("objectClassName") != "domain":
        return None
    dates = {
        str(event.get("eventAction", "")).lower(): _date(event.get("eventDate"))
        for event in _objects(document, "events")
    }
    registrar, phone = _registrar(document)
    return Registration(
        registered=True,
        expires=dates.get("expiration"),
        created=dates.get("registration"),
        statuses=tuple(plain_status(status) for status in _list(document, "status") if isinstance(status, str)),
        name_servers=tuple(
            str(server["ldhName"])[:255].lower() for server in _objects(document, "nameservers") if "ldhName" in server
        ),
        registrar=registrar,
        phone=phone,
        domain=_name(document),
    )


def _name(document: dict[str, Any]) -> str:
    """RFC 9083, 5.3: ldhName, and unicodeName where the name has letters beyond ASCII."""
    names = [document.get(key) for key in ("ldhName", "unicodeName")]
    return next((name[:255] for name in names if isinstance(name, str) and name.strip()), "")


def plain_status(status: str) -> str:
    """ "client hold" (RDAP, RFC 8056) and "clientHold" (EPP) are the same word."""
    return status.replace(" ", "").lower()[:64]


def _registrar(document: dict[str, Any]) -> tuple[str, str]:
    for entity in _objects(document, "entities"):
        if "registrar" in _list(entity, "roles"):
            inner = [entity, *_objects(entity, "entities")]
            phone = next((found for one in inner for found in _card(one, "tel")), "")
            return next(_card(entity, "fn"), ""), phone.removeprefix("tel:")
    return "", ""


def _card(entity: dict[str, Any], name: str) -> Iterator[str]:
    """The texts of a jCard's property: ["vcard", [["fn", {}, "text", "Example Inc."], ...]]."""
    card = entity.get("vcardArray")
    rows = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else []
    for row in rows[:_MOST]:
        if isinstance(row, list) and len(row) > 3 and row[0] == name and isinstance(row[3], str) and row[3]:
            yield row[3][:200]


def _list(document: dict[str, Any], name: str) -> list[Any]:
    found = document.get(name)
    return found[:_MOST] if isinstance(found, list) else []


def _objects(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in _list(document, name) if isinstance(one, dict)]


def _date(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
