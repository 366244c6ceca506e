"""The delisting desk: which lists to ask, who may, how, and what came of it; open only when the cause is repaired.

For the window: `gate(incident)` says whether the desk is open and why; `desk(incident)` gives its lines;
`asked_entries`, `outcome_entry` and `override_entry` are what a click adds to the notebook; the text of a request
comes from `core.letters`. Pure: the time is handed in.
"""

from core.delisting.desk import DeskLine, asked_entries, desk, outcome_entry, way_off
from core.delisting.gate import Gate, gate, override_entry

__all__ = ["DeskLine", "Gate", "asked_entries", "desk", "gate", "outcome_entry", "override_entry", "way_off"]
