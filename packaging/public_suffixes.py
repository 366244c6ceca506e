"""Writes resources/data/public_suffixes.toml anew from the Public Suffix List that `publicsuffixlist` brings.

Only the part registries answer for (ICANN's), and only rules of more than one label: of every other name the last label
is the public part.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import publicsuffixlist

FILE = Path(__file__).resolve().parent.parent / "resources" / "data" / "public_suffixes.toml"
HEAD = """\
# Below which names people register domains: "co" under jp means that example.co.jp is somebody's, co.jp nobody's.
# "*" stands for any one label; "!" makes a name somebody's own in spite of that.
#
# From the Public Suffix List (https://publicsuffix.org/list/), version {version}, its ICANN part, by
# packaging/public_suffixes.py.
# This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not
# distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
checked = {day}

"""
EXAMPLES = {
    "www.example.com": "example.com", "mail.example.co.jp": "example.co.jp", "a.example.tokyo.jp": "example.tokyo.jp",
    "mail.example.chiyoda.tokyo.jp": "example.chiyoda.tokyo.jp", "www.city.kobe.jp": "city.kobe.jp",
    "a.b.example.kobe.jp": "b.example.kobe.jp", "mail.example.tokyo": "example.tokyo",
    "a.example.web.id": "example.web.id",
}  # fmt: skip


def main() -> None:
    """Read, sort by the last label, write."""
    source = Path(publicsuffixlist.__file__).with_name("public_suffix_list.dat").read_text(encoding="utf-8")
    version = re.search(r"// VERSION: ((\d{4}-\d\d-\d\d)\S*)", source)
    assert version
    icann = source.partition("===BEGIN ICANN DOMAINS===")[2].partition("===END ICANN DOMAINS===")[0]
    by_last: dict[str, list[str]] = defaultdict(list)
    for line in icann.splitlines():
        rule = line.strip()
        if "." in rule and not rule.startswith("//"):
            plain = rule if rule[0] in "!*" else rule.encode("idna").decode("ascii")
            begin, _, last = plain.rpartition(".")
            by_last[last].append(begin)
    lines = [f'"{last}" = "{" ".join(sorted(found))}"\n' for last, found in sorted(by_last.items())]
    examples = [f'\n[[example]]\nname = "{name}"\nregistered = "{own}"\n' for name, own in EXAMPLES.items()]
    head = HEAD.format(version=version[1], day=version[2])
    FILE.write_text(head + "[below]\n" + "".join(lines) + "".join(examples), encoding="utf-8")


if __name__ == "__main__":
    main()
