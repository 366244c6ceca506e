"""The helper ssh starts to ask for a password: hands the question to the running app and prints the answer.

It is the app's own program, recognised by `MFA_ASKPASS` in its environment before anything heavy is imported, so
only the standard library stands here. The variable holds `<address>|<nonce>`: "unix:<path>" or "tcp:<host>:<port>"
and a key that dies with the run. The helper proves the key by an HMAC over the app's challenge, so nothing secret
is in an argument, the environment or a file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import sys

VARIABLE = "MFA_ASKPASS"
_LONGEST_LINE = 65_536
_WAIT_SECONDS = 600.0


def askpass_main() -> int:
    """Ask the app. 0 after printing the answer, 1 when there is none: ssh then gives up this way to log in."""
    prompt = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        address, _, nonce = os.environ[VARIABLE].rpartition("|")
        answer = _ask(address, nonce, prompt)
    except (KeyError, OSError, ValueError):
        return 1
    if answer is None:
        return 1
    # A windowed program on Windows has no sys.stdout: the descriptor is there all the same.
    os.write(1, answer.encode("utf-8") + b"\n")
    return 0


def _ask(address: str, nonce: str, prompt: str) -> str | None:
    with _connected(address) as connection, connection.makefile("rb") as received:
        challenge = received.readline(_LONGEST_LINE).strip()
        proof = hmac.new(nonce.encode("ascii"), challenge, hashlib.sha256).hexdigest()
        question = json.dumps({"proof": proof, "prompt": prompt[:4000]})
        connection.sendall(question.encode("utf-8") + b"\n")
        reply = received.readline(_LONGEST_LINE)
    answer = json.loads(reply)["answer"] if reply else None
    return answer if isinstance(answer, str) else None


def _connected(address: str) -> socket.socket:
    kind, _, place = address.partition(":")
    if kind == "unix" and sys.platform != "win32":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_WAIT_SECONDS)
        connection.connect(place)
        return connection
    if kind != "tcp":
        raise ValueError(kind)
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_WAIT_SECONDS)


if __name__ == "__main__":
    sys.exit(askpass_main())
