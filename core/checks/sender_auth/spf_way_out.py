"""What to do about an SPF record receivers cannot use: the line to publish, or what people have to decide (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from core.checks.sender_auth.facts import SpfRepair, SpfTerm
from core.checks.sender_auth.records import with_addresses
from core.clean import clean
from core.model import Value

LINE, SHORTER, DECIDE, THEIRS = (f"sender_auth.spf_way.{word}" for word in ("line", "shorter", "decide", "theirs"))
JOINED_SHORTER, JOINED = "sender_auth.spf_way.joined_shorter", "sender_auth.spf_way.joined"
_MOST = 20


def way_out(repair: SpfRepair | None, several: bool = False) -> dict[str, Value]:
    """Values for the finding; `steps` names the steps that fit. `several`: there were two records or more."""
    if repair is None:
        return {"proposed": None, "dropped": None, "costs": None, "steps": None}
    if repair.record:
        kept = repair.record.split(" ")
        dropped: list[str] = [clean(one.text, 200) for one in repair.terms if one.text not in kept]
        line, shorter = (None, JOINED_SHORTER) if several else (LINE, SHORTER)
        steps = shorter if dropped else line
        return {"proposed": _line(repair), "dropped": dropped or None, "costs": None, "steps": steps}
    dear = several or sum(one.lookups for one in repair.terms) > 10
    costs: Value = _costs(repair.terms) if dear else None
    steps = JOINED if several else DECIDE if dear else THEIRS if _is_theirs(repair) else None
    return {"proposed": None, "dropped": None, "costs": costs, "steps": steps}


def _is_theirs(repair: SpfRepair) -> bool:
    """Whether the fault lies in a record of others that ours takes in."""
    at_fault = next((one.text.lower().lstrip("+-~?") for one in repair.terms if one.problem), "")
    return at_fault.startswith(("include:", "redirect="))


def blamed(repair: SpfRepair | None) -> str:
    """The term of the domain's own record that spoils it even alone; "" when none does."""
    return next((clean(one.text, 200) for one in repair.terms if one.problem), "") if repair else ""


def _line(repair: SpfRepair) -> str:
    """With the addresses allowed that mail surely leaves from and that the line alone would not let pass."""
    outside = [one.address for one in repair.checks if one.proven and one.source != "nobody" and one.result in _NOT]
    return clean(with_addresses(repair.record, outside), 1_000)


_NOT = ("fail", "softfail", "neutral")


def _costs(terms: Sequence[SpfTerm]) -> list[str]:
    """ "include:spf.example (4)", the dearest first."""
    dear = sorted((one for one in terms if one.lookups), key=lambda one: -one.lookups)
    return [f"{clean(one.text, 150)} ({'10+' if one.lookups > 10 else one.lookups})" for one in dear[:_MOST]]
