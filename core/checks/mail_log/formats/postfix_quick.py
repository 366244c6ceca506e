"""The quick way through a Postfix log: the lines of an ordinary day are told apart by a few characters.

Connections and message ids are left at once, mail from outside is only remembered by its lines. Whatever does not look
ordinary goes the plain way, line by line, with the same result: tests hold both ways against each other.
"""

from __future__ import annotations

from collections.abc import Callable

from core.checks.mail_log.formats.postfix import Postfix
from core.checks.mail_log.formats.postfix_arrivals import LONGEST
from core.checks.mail_log.tally import LONGEST_ID, Tally

_SEVEN, _LAST_NINE = slice(7), slice(-9, None)


class PostfixQuick:
    """Reads blocks of lines; `other` reads a line of any program the plain way."""

    def __init__(self, tally: Tally, postfix: Postfix, other: Callable[[str], None]) -> None:
        self._tally, self._postfix, self._other = tally, postfix, other

    def take(self, lines: list[str], place: int) -> None:
        """Read a block; `place`: the blank before the program's name in most lines."""
        # One long function: it sees every line of every log, and a call for each would double its time.
        arrivals, deliveries, other = self._postfix.arrivals, self._postfix.deliveries, self._other
        mail, logins, login, from_account = arrivals.mail, arrivals.logins, arrivals.login, arrivals.from_account
        smtpd, outside, here, delivered = self._postfix.smtpd, deliveries.outside, deliveries.here, deliveries.delivered
        filtered = self._tally.own_filter
        # A slice that is made once costs a third less than one that is made for each line.
        name, opening, soon = slice(place, place + 14), slice(place + 14, place + 52), slice(place + 14, place + 54)
        number, pid, text_at, only_id = "?", slice(0), 0, slice(0)  # the queue manager seldom starts anew
        id_at, says, sender_at = slice(0), slice(0), 0  # nor do its queue ids change their length
        for line in lines:
            program = line[name]
            if program == " postfix/smtpd" or program == " postfix/submi":
                if "nnect from " in line[opening]:
                    continue
                text = line.partition("]: ")[2]
                queue_id, _, rest = text.partition(": ")
                if rest[_SEVEN] != "client=":
                    if queue_id[:16] == "message repeated":
                        other(line)
                    else:
                        smtpd(line, text)
                elif "sasl_username=" not in rest and len(line) <= LONGEST:
                    mail[queue_id] = line
                elif rest in logins and len(queue_id) <= LONGEST_ID:
                    mail[queue_id] = (line, logins[rest], "", False)
                else:
                    login(queue_id, rest, line)
            elif program == " postfix/qmgr[":
                if line[pid] != number:
                    number, pid, text_at, only_id = _after_number(line, name.stop)
                    if line[pid] != number:
                        other(line)
                        continue
                if line[_LAST_NINE] == ": removed":
                    queue_id = line[only_id]
                    if not queue_id or mail.pop(queue_id, None) is None:
                        other(line)
                    continue
                if line[says] != ": from=<":
                    id_at, says, sender_at = _after_id(line, text_at)
                    if line[says] != ": from=<":
                        other(line)
                        continue
                queue_id = line[id_at]
                known = mail.get(queue_id)
                if known is None or line[-1] != ")":
                    other(line)
                elif not isinstance(known, str):
                    if not from_account(queue_id, known, line[sender_at:], line):
                        other(line)
                elif line[sender_at] == ">" or filtered.count or len(line) > LONGEST:
                    other(line)
                else:
                    mail[queue_id] = (known, None, line, False)
            elif program == " postfix/clean":
                if ": message-id=" not in line[soon]:
                    other(line)
            elif program == " postfix/local" or program == " postfix/lmtp[" or program == " postfix/virtu":
                head, _, rest = line.partition(": to=<")
                mailbox, _, rest = rest.partition(", delay=")
                ordinary = mailbox in here and rest.partition(", status=")[2] in delivered
                if ordinary and "[ " not in head and "queued as " not in rest:  # neither a repeated line nor a filter's
                    here[mailbox] += 1
                else:
                    other(line)
            elif program == " postfix/smtp[":
                if not outside(line.partition("]: ")[2], line):
                    other(line)
            else:
                other(line)
        deliveries.count()
        arrivals.keep_small()


def _after_number(line: str, start: int) -> tuple[str, slice, int, slice]:
    """The queue manager's process number, its place, where the text begins, and the place of an id that is removed."""
    number = line[start:].partition("]: ")[0] + "]: "
    text_at = start + len(number)
    return number, slice(start, text_at), text_at, slice(text_at, -9)


def _after_id(line: str, text_at: int) -> tuple[slice, slice, int]:
    """The places of the queue id, of what is said of it, and of the sender, where a sender is told."""
    end = text_at + len(line[text_at:].partition(": ")[0])
    return slice(text_at, end), slice(end, end + 8), end + 8
