"""A registry of the world outside, scripted: answers every WHOIS question (RFC 3912) with the text of a file.

Run on a machine of the lab as a program of its own: `whois_server.py ADDRESS FILE`; standard library only.
"""

from __future__ import annotations

import socketserver
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path


def jprs_answer(domain: str, days: float, state: str, servers: tuple[str, ...]) -> str:
    """What JPRS says of a domain that is paid for `days` more days (fewer than 0: ended)."""
    ends = datetime.now(UTC) + timedelta(days=days)
    names = "".join(f"[Name Server]                   {server}\n" for server in servers)
    return (
        "[ JPRS database provides information on network administration. Its use is    ]\n"
        "[ restricted to network administration purposes. For further information,     ]\n"
        "[ use 'whois -h whois.jprs.jp help'. To suppress Japanese output, add'/e'     ]\n"
        "[ at the end of command, e.g. 'whois -h whois.jprs.jp xxx/e'.                 ]\n"
        f"Domain Information:\n[Domain Name]                   {domain.upper()}\n\n"
        f"[Registrant]                    Example Trading Co., Ltd.\n\n{names}[Signing Key]                   \n\n"
        f"[Created on]                    2001/03/26\n[Expires on]                    {ends:%Y/%m/%d}\n"
        f"[Status]                        {state}\n[Last Updated]                  {ends:%Y/%m/%d} 01:05:04 (JST)\n"
    )


class _Answer(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        self.rfile.readline(1000)
        self.wfile.write(Path(sys.argv[2]).read_bytes().replace(b"\n", b"\r\n"))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main() -> None:
    """Listen on port 43 of the address; ends when it is killed."""
    server = _Server((sys.argv[1], 43), _Answer)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
