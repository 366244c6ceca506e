"""The quick way through a Postfix log: the lines of an ordinary day are told apart by a few characters.

Connections and message ids are left at once, mail from outside is only remembered by its lines. Whatever does not look
ordinary goes the plain way, line by line, with the same result: tests hold both ways against each other.
"""

from __future__ import annotations

from collections.abc import Callable

from core.checks.mail_log.formats.postfix import Postfix
from core.checks.mail_log.formats.postfix_arrivals import LONGEST
from core.checks.mail_log.tally import LONGEST_ID, Tally


class PostfixQuick:
    """Reads blocks of lines; `other` reads a line of any program the plain way."""

    def __init__(self, tally: Tally, postfix: Postfix, other: Callable[[str], None]) -> None:
        self._tally, self._postfix, self._other = tally, postfix, other

    def take(self, lines: list[str], place: int) -> None:
        """Read a block; `place`: the blank before the program's name in most lines."""
        # One long function: it sees every line of every log, and a call for each would double its time.
        arrivals, deliveries, other = self._postfix.arrivals, self._postfix.deliveries, self._other
        messages, clients, queued = self._tally.messages, arrivals.clients, arrivals.queued
        filtered, accepted, login = self._tally.own_filter, arrivals.one_recipient, arrivals.login
        here, sent, smtpd, delivery = deliveries.here, deliveries.sent, self._postfix.smtpd, self._postfix.delivery
        end, soon = place + 14, place + 52
        for line in lines:
            program = line[place:end]
            if program == " postfix/smtpd" or program == " postfix/submi":
                if "nnect from " in line[end:soon]:
                    continue
                text = line.partition("]: ")[2]
                queue_id, _, rest = text.partition(": ")
                if rest[:7] != "client=":
                    smtpd(line, text)
                elif "sasl_username=" in rest or len(rest) > LONGEST or len(queue_id) > LONGEST_ID:
                    login(queue_id, rest, line)
                else:
                    clients[queue_id] = line
                    if queue_id in messages:
                        del messages[queue_id]  # short queue ids are given again
                    if queue_id in queued:
                        del queued[queue_id]
            elif program == " postfix/qmgr[":
                queue_id, _, rest = line.partition("]: ")[2].partition(": ")
                if rest == "removed":
                    if queue_id in clients:
                        del clients[queue_id]
                        if queue_id in queued:
                            del queued[queue_id]
                    elif queue_id in messages:
                        del messages[queue_id]
                elif rest[:6] != "from=<":
                    other(line)
                elif queue_id in messages:
                    if not accepted(messages[queue_id], rest, line):
                        other(line)
                elif queue_id not in clients or queue_id in queued or filtered.count or rest[6:7] in (">", ""):
                    other(line)
                elif len(rest) <= LONGEST:
                    queued[queue_id] = line
                else:
                    other(line)
            elif program == " postfix/clean":
                if ": message-id=" not in line[end : end + 40]:
                    other(line)
            elif program == " postfix/smtp[":
                text = line.partition("]: ")[2]
                if not sent(text):
                    delivery(line, text)
            elif program == " postfix/local" or program == " postfix/lmtp[" or program == " postfix/virtu":
                mailbox, _, rest = line.partition(": to=<")[2].partition(", delay=")
                if mailbox in here and rest.partition(", status=")[2][:6] == "sent (" and "queued as " not in rest:
                    here[mailbox] += 1
                else:
                    other(line)
            else:
                other(line)
        deliveries.count_here()
        arrivals.keep_small()
