"""Proof by arrival: one message with a random word, sent to a mailbox the person owns, and its header pasted back.

Three questions share it. `relay`: does the server pass on a stranger's mail (an accepted RCPT only makes it likely)?
`send`: does our mail reach an outside mailbox? `receive`: does mail from outside reach us? For the last two the
person may write the message in their own mail program: then nothing is sent by us.
"""

from __future__ import annotations

from core.arrival.header import read_header as read_header
from core.arrival.judge import judge_confirmed as judge_confirmed
from core.arrival.judge import judge_missing as judge_missing
from core.arrival.judge import judge_started as judge_started
from core.arrival.plan import Plan as Plan
from core.arrival.plan import checked_mailbox as checked_mailbox
from core.arrival.send import NoConsentError as NoConsentError
from core.arrival.send import note_by_hand as note_by_hand
from core.arrival.send import require_consent as require_consent
from core.arrival.send import send_test as send_test
