"""Which operating system release a server runs, from its own os-release (5), and until when it is repaired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from core.knowledge.mta import Distribution, distributions, numbers, products

# ID of /etc/os-release -> the name our data uses; the rebuilds of RHEL share its dates.
_SYSTEMS = {
    "rhel": "rhel", "centos": "rhel", "almalinux": "rhel", "rocky": "rhel", "ol": "rhel", "amzn": "amazon",
    "debian": "debian", "ubuntu": "ubuntu", "sles": "sles",
}  # fmt: skip
# Before os-release (2012): "CentOS release 5.11 (Final)", "Red Hat Enterprise Linux Server release 6.10".
_OLD_RED_HAT = re.compile(r"^(?:CentOS|Red Hat Enterprise Linux)\b.{0,40}release (\d+)")
# Rebuilds whose own end differs from the one they copy.
_OWN_ENDS = {("centos", "8"): date(2021, 12, 31)}


def system_of(lines: Sequence[str]) -> Distribution | None:
    """The release these lines (os-release, or the old Red Hat file) name; None when our data does not know it."""
    told = dict(line.partition("=")[::2] for line in lines[:200])
    word, number = (told.get(key, "").strip("\"' ").lower() for key in ("ID", "VERSION_ID"))
    if not word and (old := next(filter(None, map(_OLD_RED_HAT.search, lines[:200])), None)):
        word, number = "rhel", old[1]
    name, major = _SYSTEMS.get(word), number.split(".")[0]
    known = distributions()
    found = next((known[each] for each in (f"{name}-{number}", f"{name}-{major}") if each in known), None)
    if found and (ended := _OWN_ENDS.get((word, major))):
        return Distribution(found.id, f"CentOS {major}", ended)
    return found


def brings_along(system: Distribution, product: str, version: str) -> bool:
    """Whether this system ships that series of the program itself, and so repairs it under the old number."""
    known = products().get(product)
    shipped = known.shipped.get(system.id) if known else None
    return shipped is not None and numbers(shipped)[:2] == numbers(version)[:2]
