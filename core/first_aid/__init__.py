"""The guided repair: which fix cards a run calls for, made out with its server's own values.

`cards_for` is pure. The app never changes a server: a person does, with the card in hand.
"""

from core.first_aid.blanks import filled
from core.first_aid.card import HANDS_LINES, Card, CardStep, NoCard, made_out
from core.first_aid.choice import card_for, cards_for, typed_value
from core.first_aid.dns_lines import DnsLine, dns_lines
from core.first_aid.pasted import pasted_alone
from core.first_aid.server_kind import kind_in_listing, server_kind, server_version
from core.first_aid.values import sending_address, values_for

__all__ = [
    "HANDS_LINES", "Card", "CardStep", "DnsLine", "NoCard", "card_for", "cards_for", "dns_lines", "filled",
    "kind_in_listing", "made_out", "pasted_alone", "sending_address", "server_kind", "server_version", "typed_value",
    "values_for",
]  # fmt: skip
