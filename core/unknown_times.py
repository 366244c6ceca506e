"""Sentences of a text that tell nothing but times nobody knows: "From - to -" says nothing, and looks like a fault."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TIME = re.compile(r"\{(\w+):datetime\}")
# From the end of a sentence (or the beginning) to the next, with times in it and no other value.
_TIMES_ONLY = re.compile(r"(?:^|(?<=。)|(?<=\. ))[^。.{}]*(?:\{\w+:datetime\}[^。.{}]*)+(?:。|\. |\.$)")


def without_unknown_times(template: str, values: Mapping[str, object]) -> str:
    """`template` without the sentences all of whose times are None in `values`; whole where nothing would be left."""
    kept = _TIMES_ONLY.sub(lambda found: "" if _none_is_known(found[0], values) else found[0], template)
    return kept.rstrip(" ") or template if kept != template else template


def _none_is_known(sentence: str, values: Mapping[str, object]) -> bool:
    return all(name in values and values[name] is None for name in _TIME.findall(sentence))
