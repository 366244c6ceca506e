"""The world's large mail providers, scripted: one SMTP server that answers for each domain as a file says.

Run on a machine of the lab as a program of its own: `big_receivers.py ADDRESS FILE`. The file is read anew for every
connection: {"gmail.com": {"stage": "RCPT", "reply": "421 4.7.28 ... {client}", "after": 3}}. A domain that does not
stand there takes everything; so does one whose first `after` recipients have not come yet. Stages: GREETING, RCPT,
DATA. A domain called "*" speaks for all of them, and is the only one that can have the stage GREETING.
"""

from __future__ import annotations

import json
import socket
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.servers.refusing_smtp import Session as RefusingSession
from tests.servers.refusing_smtp import _Server

_taken: Counter[str] = Counter()


class Session(RefusingSession):
    """One connection."""

    def handle(self) -> None:
        """As its parent, unless everybody is turned away at the door."""
        self.rules = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
        everybody = self.rules.get("*", {})
        if everybody.get("stage") == "GREETING":
            return self.say(everybody["reply"].format(client=self.client_address[0], to=""))
        return super().handle()

    def answer(self, verb: str, line: str) -> None:
        """Only recipients count: the domain of each says what is answered."""
        to = line.partition("<")[2].partition(">")[0]
        if verb != "RCPT":
            return self.say("250 2.1.0 Ok")
        domain = to.rpartition("@")[2].lower()
        rule = self.rules.get(domain) or self.rules.get("*")
        _taken[domain] += 1
        if not rule or _taken[domain] <= rule.get("after", 0):
            self.wanted = ""
            return self.say("250 2.1.5 Ok")
        reply = rule["reply"].format(to=to, client=self.client_address[0])
        self.wanted = reply if rule["stage"] == "DATA" else ""
        return self.say("250 2.1.5 Ok" if self.wanted else reply)


class _Quiet(_Server):
    """A caller that hangs up (the server's own look whether port 25 is open) is no news."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def main() -> None:
    """Listen on port 25 of the address; ends when it is killed."""
    if ":" in sys.argv[1]:
        _Quiet.address_family = socket.AF_INET6
    server = _Quiet((sys.argv[1], 25), Session)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
