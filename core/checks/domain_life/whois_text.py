"""Reads WHOIS answers: JPRS's bracketed one (Japanese and English) and the usual "key: value" of other registries.

WHOIS has no format (RFC 3912); what is not understood gives None, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

from core.checks.domain_life.facts import Registration
from core.checks.domain_life.rdap import plain_status
from core.english_dates import month_number

_JST = timezone(timedelta(hours=9))
# "a. [Domain Name]   EXAMPLE.CO.JP"; the letter stands before organisational names (co.jp, ne.jp ...) only.
_BRACKETED = re.compile(r"^(?:[a-z]\. )?\[([^\]\s][^\]]{0,40})\][ \t]*(.*)$", re.MULTILINE)
_PLAIN = re.compile(r"^[ \t]*([A-Za-z][A-Za-z /_-]{1,40}?)[ .]*:[ \t]*(.*)$", re.MULTILINE)
_NOT_FOUND = re.compile(
    r"^\W*(no match|not found|no data found|no entries found|domain not found|status:\s*free|no object found|"
    r"the queried object does not exist|above domain name is not registered|domain has not been registered)",
    re.IGNORECASE | re.MULTILINE,
)
_FIELDS = {
    "expires": ("expires on", "有効期限", "registry expiry date", "expiry date", "expiration date", "expiration time",
                "renewal date", "paid-till", "record expires on"),
    "created": ("created on", "registered date", "登録年月日", "creation date", "registered on", "registration time"),
    "status": ("status", "state", "状態", "domain status", "lock status", "ロック状態"),
    "name_server": ("name server", "ネームサーバ", "nserver", "host name", "nameservers"),
    "registrar": ("registrar", "registrar name", "sponsoring registrar", "authorized agency"),
    "phone": ("registrar abuse contact phone", "registrar phone"),
    "domain": ("domain name", "ドメイン名", "domain"),
}  # fmt: skip
_NAMES = {name: field for field, names in _FIELDS.items() for name in names}
_NAMED_MONTH = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_FORMATS = ("%Y/%m/%d", "%Y-%m-%d", "%Y. %m. %d.", "%Y.%m.%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S")


def read_whois(text: str) -> Registration | None:
    """The registration, or None when the answer is not understood."""
    found = _fields(text)
    if not found.get("domain"):
        return Registration(False) if _NOT_FOUND.search(text[:4000]) else None
    if any(plain_status(status) == "free" for status in found.get("status", ())):
        return Registration(False, domain=_name(found["domain"]))
    states, dates = _states(found.get("status", ()))
    return Registration(
        registered=True,
        expires=next((date for raw in found.get("expires", ()) if (date := _date(raw))), None) or dates,
        created=next((date for raw in found.get("created", ()) if (date := _date(raw))), None),
        statuses=states,
        name_servers=tuple(raw.split()[0].rstrip(".").lower()[:255] for raw in found.get("name_server", ())),
        registrar=next(iter(found.get("registrar", ())), "")[:200],
        phone=next(iter(found.get("phone", ())), "")[:60],
        domain=_name(found["domain"]),
    )


def _name(raw: list[str]) -> str:
    """The first name: some registries write its other form behind it, in brackets."""
    return raw[0].split()[0][:255]


def _fields(text: str) -> dict[str, list[str]]:
    pattern = _BRACKETED if _BRACKETED.search(text) and "JPRS" in text[:2000] else _PLAIN
    found: dict[str, list[str]] = {}
    for name, value in pattern.findall(text)[:500]:
        field = _NAMES.get(name.strip().lower())
        if field and value.strip():
            found.setdefault(field, []).append(value.strip())
    return found


def _states(raw: Iterable[str]) -> tuple[tuple[str, ...], datetime | None]:
    """JPRS writes "Connected (2027/03/31)", others "clientHold https://icann.org/epp#clientHold"."""
    states, ends = [], None
    for status in raw:
        word, bracket, rest = status.partition("(")
        if bracket and (date := _date(rest.rstrip(") "))):
            ends = date
        states.append(plain_status(re.split(r"\s+https?://", word.strip())[0]))
    return tuple(dict.fromkeys(states)), ends


def _date(raw: str) -> datetime | None:
    """A moment; a bare Japanese date is the end of that day in Japan, any other bare date its beginning in UTC."""
    text = raw.strip().split(" (")[0]
    try:
        if named := _NAMED_MONTH.fullmatch(text):
            return datetime(int(named[3]), month_number(named[2]), int(named[1]), tzinfo=UTC)
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        pass
    for shape in _FORMATS:
        try:
            day = datetime.strptime(text, shape)
        except ValueError:
            continue
        if shape == "%Y/%m/%d":
            return day.replace(hour=23, minute=59, second=59, tzinfo=_JST)
        return day.replace(tzinfo=UTC)
    return None
