"""Letters to the people an incident concerns: companies, customers, staff, the boss, and the lists' desks.

For the window: `letter(kind, incident, texts, sender)` and `request(line, incident, texts, sender)` give a `Letter`
whose text the person edits; `mail_draft(to, subject, body)` makes the `mailto:` address that opens a mail program.
Every fact comes from the incident; what is not known stands in brackets, to be filled in. The catalogue holds the
sentences (`letters.*`).
"""

from core.letters.draft import MailDraft, mail_draft
from core.letters.facts import Sender
from core.letters.write import KINDS, Kind, Letter, kind_for, letter, request

__all__ = ["KINDS", "Kind", "Letter", "MailDraft", "Sender", "kind_for", "letter", "mail_draft", "request"]
