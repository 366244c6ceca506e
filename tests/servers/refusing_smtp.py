"""An SMTP server that takes everybody's mail and refuses each for a reason of its own: the recipient's name says which.

Run on a machine of the lab as a program of its own (standard library only): `refusing_smtp.py ADDRESS...` listens on
port 25 of each address. The wordings are those of Postfix, Sendmail, ClamAV and postgrey at their defaults.
"""

from __future__ import annotations

import socketserver
import sys
import threading

GREETS, REFUSES_ALL, SMALL = "198.51.100.30", "198.51.100.31", "198.51.100.32"
# Recipient's local part -> (stage, reply); {to} the recipient, {client} the address that connected.
REPLIES = {
    "nobody": ("RCPT", "550 5.1.1 <{to}>: Recipient address rejected: User unknown in local recipient table"),
    "relay": ("RCPT", "554 5.7.1 <{to}>: Relay access denied"),
    "full": ("RCPT", "552 5.2.2 <{to}>: Recipient address rejected: Mailbox is full / quota exceeded"),
    "big": ("DATA", "552 5.3.4 Error: message file too big"),
    "grey": ("RCPT", "450 4.2.0 <{to}>: Recipient address rejected: Greylisted, come back in 300 seconds"),
    "tls": ("MAIL", "530 5.7.0 Must issue a STARTTLS command first"),
    "ptr": ("RCPT", "550 5.7.25 Client host rejected: cannot find your reverse hostname, [{client}]"),
    "helo": ("RCPT", "504 5.5.2 <mail>: Helo command rejected: need fully-qualified hostname"),
    "listed": (
        "RCPT",
        "554 5.7.1 Service unavailable; Client host [{client}] blocked using zen.spamhaus.org; "
        "https://www.spamhaus.org/query/ip/{client}",
    ),
    "virus": ("DATA", "554 5.7.1 virus Eicar-Test-Signature detected by ClamAV - http://www.clamav.net"),
    "spam": ("DATA", "554 5.7.1 Spam message rejected"),
    "rate": ("RCPT", "450 4.7.1 Error: too much mail from {client}"),
    "spf": (
        "RCPT",
        "550 5.7.23 <{to}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized",
    ),
    "sender": ("RCPT", "553 5.1.8 <sales@example.jp>: Sender address rejected: Domain not found"),
    "loop": ("DATA", "554 5.4.6 Too many hops"),
    "broken": ("DATA", "451 4.3.0 Error: queue file write error"),
}


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    timeout = 60

    def handle(self) -> None:
        """Greet, then answer each command until the client leaves."""
        self.wanted = ""
        here = self.connection.getsockname()[0]
        if here == REFUSES_ALL:
            return self.say("554 5.7.1 Your access to this mail system has been rejected due to poor reputation")
        self.say("220 mx.refuse.example ESMTP")
        while line := self.rfile.readline(2000).decode("ascii", "replace").strip():
            verb = line[:4].upper()
            if verb == "EHLO":
                self.say(
                    "250-mx.refuse.example\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE " + ("100" if here == SMALL else "0")
                )
            elif verb == "QUIT":
                return self.say("221 2.0.0 Bye")
            elif verb == "DATA":
                self.data()
            else:
                self.answer(verb, line)
        return None

    def answer(self, verb: str, line: str) -> None:
        """MAIL and RCPT; a stage of MAIL is refused at RCPT's time, for only then the recipient is known."""
        to = line.partition("<")[2].partition(">")[0]
        if verb != "RCPT":
            return self.say("250 2.1.0 Ok")
        stage, reply = REPLIES.get(to.partition("@")[0], ("", ""))
        self.wanted = reply if stage == "DATA" else ""
        filled = reply.format(to=to, client=self.client_address[0])
        return self.say("250 2.1.5 Ok" if stage in ("", "DATA") else filled)

    def data(self) -> None:
        """Take the text, then refuse it if the recipient's name says so."""
        self.say("354 End data with <CR><LF>.<CR><LF>")
        while (line := self.rfile.readline(10_000)) and line != b".\r\n":
            pass
        self.say(self.wanted or "250 2.0.0 Ok: queued as 4F3A21C")

    def say(self, text: str) -> None:
        """One reply."""
        self.wfile.write(text.encode("ascii") + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main() -> None:
    """Listen on every address given; ends when it is killed."""
    servers = [_Server((address, 25), Session) for address in sys.argv[1:]]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    servers[0].serve_forever()


if __name__ == "__main__":
    main()
