"""Who asked for a pasted listing, as far as the screen around it tells: the administrator, or a plain user.

Courier shows everyone but root only their own mail and says so nowhere: a plain user's "0 messages." looks like an
empty queue. Only lines outside the listing are looked at, so that no mail in it can speak for the administrator.
"""

from __future__ import annotations

import re
from typing import Literal

Asker = Literal["root", "user"]

_LONGEST = 300
# "[root@mail ~]# mailq", "taro@mail:~$ sudo mailq", "# id -u; /usr/bin/mailq -sort".
_PROMPT = re.compile(
    r"^(?P<before>[^#$%>]{0,120})(?P<sign>[#$%>]) (?:id(?: -u)? ?(?:;|&&) ?)?(?P<sudo>sudo )?(?:/\S{0,60}/)?"
    r"mailq(?: -(?:sort|batch))*$"
)
_NAME = re.compile(r"\b([A-Za-z0-9_.-]{1,64})@")
_ID = re.compile(r"^uid=(\d{1,10})\(")  # what `id` prints
_NUMBER = re.compile(r"^(\d{1,10})$")  # what `id -u` prints, right below it or as the first line copied
_ASKED = re.compile(r"\bid -u\b")


class Screen:
    """The lines around one listing or several; `asker` is who asked for the last one."""

    def __init__(self) -> None:
        self.asker: Asker | None = None
        self._now: Asker | None = None
        self._listed = False
        self._before: str | None = None

    def note(self, line: str) -> None:
        """A line before or after a listing."""
        line = line.rstrip()
        if len(line) > _LONGEST:
            return
        before, self._before = self._before, line
        by_number = (before is None and not self._listed) or bool(before and _ASKED.search(before))
        if number := _ID.match(line) or (_NUMBER.match(line) if by_number else None):
            self._now = "root" if int(number[1]) == 0 else "user"
            if self._listed and self.asker is None:  # asked afterwards
                self.asker = self._now
        elif prompt := _PROMPT.match(line):
            self._now = _at(prompt)

    def listing_ended(self) -> None:
        """The listing's last line was read."""
        self.asker, self._listed = self._now, True


def _at(prompt: re.Match[str]) -> Asker | None:
    """Who sits at a prompt; None where its sign and its name do not agree, where the sign is anybody's ("%", ">"), and
    for a "#" that may begin a remark in somebody's notes."""
    name = _NAME.search(prompt["before"])
    if prompt["sudo"]:
        return "root"
    if prompt["sign"] == "#":
        before = prompt["before"]
        nameless = name is None and before.strip() and not before[-1].isspace()  # "mail#", and no "see ticket # mailq"
        return "root" if nameless or (name and name[1] == "root") else None
    return "user" if prompt["sign"] == "$" and not (name and name[1] == "root") else None
