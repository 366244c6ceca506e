"""What to do about an SPF record receivers cannot use: the line to publish, or what people have to decide (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from core.checks.sender_auth.facts import PASTED, SpfRepair, SpfTerm
from core.checks.sender_auth.records import publishable, with_addresses
from core.clean import clean
from core.model import Value

LINE, SHORTER, DECIDE, THEIRS = (f"sender_auth.spf_way.{word}" for word in ("line", "shorter", "decide", "theirs"))
JOINED_SHORTER, JOINED = "sender_auth.spf_way.joined_shorter", "sender_auth.spf_way.joined"
_MOST = 20


def way_out(repair: SpfRepair | None, several: bool = False) -> dict[str, Value]:
    """Values for the finding; `steps` names the steps that fit. `several`: there were two records or more."""
    if repair is None:
        return {"proposed": None, "dropped": None, "costs": None, "steps": None}
    if repair.record and (line := _line(repair)):
        kept = repair.record.split(" ")
        dropped: list[str] = [clean(one.text, 200) for one in repair.terms if one.text not in kept]
        plain, shorter = (None, JOINED_SHORTER) if several else (LINE, SHORTER)
        steps = shorter if dropped else plain
        return {"proposed": line, "dropped": dropped or None, "costs": None, "steps": steps}
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


def _line(repair: SpfRepair) -> str | None:
    """With the addresses allowed that mail surely leaves from and that the line alone would not let pass.

    Not those that only a pasted mail names: whoever wrote it would write himself onto the list. The next look asks
    whether such an address is ours.
    """
    sure = [one for one in repair.checks if one.proven and one.source not in ("nobody", *PASTED)]
    return publishable(with_addresses(repair.record, [one.address for one in sure if one.result in _NOT]))


_NOT = ("fail", "softfail", "neutral")


def _costs(terms: Sequence[SpfTerm]) -> list[str]:
    """ "include:spf.example (4)", the dearest first."""
    dear = sorted((one for one in terms if one.lookups), key=lambda one: -one.lookups)
    return [f"{clean(one.text, 150)} ({'10+' if one.lookups > 10 else one.lookups})" for one in dear[:_MOST]]
