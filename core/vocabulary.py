"""The enumerated words that travel in the model, by themselves: the first page needs them before any of its types."""

from __future__ import annotations

from typing import Literal

Certainty = Literal["confirmed", "likely", "possible"]
WhoActs = Literal["you", "hosting_company", "domain_company", "recipient", "wait"]
Sudo = Literal["no", "passwordless", "password"]
Symptom = Literal["not_delivered", "not_received", "slow", "complaint", "checkup"]
# "relayed": the server's own address, where mail leaves through another server, so that receivers never see it.
AddressSource = Literal["bounce", "header", "ssh", "relayed", "given", "spf", "mx"]
Relation = Literal["inside", "outside", "unknown"]
Port25 = Literal["open", "blocked", "unknown"]
