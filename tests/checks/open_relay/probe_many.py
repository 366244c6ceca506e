"""Runs the relay test against several servers at once and prints what it found: `python probe_many.py < cases.json`.

A program of its own, so that it can be started on any machine of the lab. A case: address, thorough, also_domain,
relation; the answer: the finding's code, its severity, and the outcome of each form.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from core.checks.open_relay import judge, measure
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.model import Context, MailHost, Target


async def probe(case: dict[str, Any]) -> dict[str, Any]:
    journal, reroute = Journal(), Reroute()
    clients = Clients(Resolver("127.0.0.1:9", reroute, journal), SmtpClient(reroute, journal), journal=journal)
    also = tuple(case.get("also_domain", ("backup.test",)))
    target = Target(domain="example.jp", own_server=True, thorough=case["thorough"], also_domain=also)
    addresses = tuple(case.get("addresses", (case["address"],)))
    context = Context(target, (MailHost("mail.example.jp", addresses=addresses),))
    started = time.monotonic()
    facts = await measure(context, clients)
    (server,) = facts.servers
    (finding,) = judge(facts)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "values": dict(finding.values),
        "seconds": time.monotonic() - started,
        "relation": server.relation,
        "forms": [
            [p.form, p.address, p.port, p.outcome, p.reply_code, p.control, p.stage, p.text] for p in server.probes
        ],
        "said": [line.asked for p in server.probes for line in p.evidence],
    }


async def main() -> None:
    cases = json.load(sys.stdin)
    print(json.dumps(await asyncio.gather(*map(probe, cases))))


if __name__ == "__main__":
    asyncio.run(main())
