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
        mail, logins, login, from_account = arrivals.mail, arrivals.logins, arrivals.login, arrivals.from_account
        smtpd, outside, here, delivered = self._postfix.smtpd, deliveries.outside, deliveries.here, deliveries.delivered
        filtered = self._tally.own_filter
        end, soon = place + 14, place + 52
        number, text_at = "?", 0  # of the queue manager, which seldom starts anew, and where its texts begin
        for line in lines:
            program = line[place:end]
            if program == " postfix/smtpd" or program == " postfix/submi":
                if "nnect from " in line[end:soon]:
                    continue
                text = line.partition("]: ")[2]
                queue_id, _, rest = text.partition(": ")
                if rest[:7] != "client=":
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
                if line[end:text_at] != number:
                    number = line[end:].partition("]: ")[0] + "]: "
                    text_at = end + len(number)
                if line[-9:] == ": removed":
                    if mail.pop(line[text_at:-9], None) is None:
                        other(line)
                    continue
                queue_id, _, rest = line[text_at:].partition(": ")
                known = mail.get(queue_id)
                if rest[:6] != "from=<":
                    other(line)
                elif isinstance(known, str):
                    if rest[6:7] in (">", "") or filtered.count or len(rest) > LONGEST:
                        other(line)
                    else:
                        mail[queue_id] = (known, None, line, False)
                elif known is None or not from_account(queue_id, known, rest, line):
                    other(line)
            elif program == " postfix/clean":
                if ": message-id=" not in line[end : end + 40]:
                    other(line)
            elif program == " postfix/smtp[":
                if not outside(line.partition("]: ")[2], line):
                    other(line)
            elif program == " postfix/local" or program == " postfix/lmtp[" or program == " postfix/virtu":
                mailbox, _, rest = line.partition(": to=<")[2].partition(", delay=")
                if mailbox in here and rest.partition(", status=")[2] in delivered:
                    here[mailbox] += 1
                else:
                    other(line)
            else:
                other(line)
        deliveries.count_here()
        arrivals.keep_small()
