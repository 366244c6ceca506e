"""What became of one run of ssh, from its own words on standard error, its exit status and the script's marks.

OpenSSH's messages are English on every system and carry no codes, so whole lines are matched, most telling first.
The text of "Received disconnect" and everything on standard output is the server's: it may choose among our
sentences, it is never shown as one. Exit status 255 alone says nothing: the remote command may have ended with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.clean import clean
from core.clients.ssh_sudo import sudo_state
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError

_CONNECTION = frozenset({"refused", "unreachable", "turned_away", "jump_failed"})
_TIMEOUT = frozenset({"timed_out", "silent"})

# States of a way that is closed, ours or that of a jump host.
NO_WAY = frozenset({"unknown_name", "refused", "unreachable", "timed_out", "silent", "turned_away"})

# (pattern of a whole line, state), in the order of how much each tells.
_LINES: tuple[tuple[str, str], ...] = (
    (r"@\s+WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\s+@", "host_key_changed"),
    (r"@\s+WARNING: REVOKED HOST KEY DETECTED!\s+@", "host_key_revoked"),
    (r"Host key for .* has changed and you have requested strict checking\.", "host_key_changed"),
    (r"No \S+ host key is known for .* and you have requested strict checking\.", "host_key_unknown"),
    (r"Host key verification failed\.", "host_key_unknown"),
    (r"@\s+WARNING: UNPROTECTED PRIVATE KEY FILE!\s+@", "key_unprotected"),
    (r"Bad (?:owner or )?permissions.*: .*", "config_broken"),
    (r"Bad owner or permissions on .*", "config_broken"),
    (r"Can't open user config file .*", "config_broken"),
    (r".*: terminating, \d+ bad configuration options", "config_broken"),
    (
        r".*(?:line|Line) \d+: (?:Bad|bad|missing|no argument|Unsupported|unsupported|garbage|keyword).*",
        "config_broken",
    ),
    (r"ssh_askpass: exec\(.*", "askpass_failed"),
    (r"ssh: Could not resolve hostname .*", "unknown_name"),
    (r"(?:hostname|username) contains invalid characters", "bad_host"),
    (r"ssh: connect to host .* port \d+: Connection refused", "refused"),
    (r"ssh: connect to host .* port \d+: (?:Connection|Operation) timed out", "timed_out"),
    (r"ssh: connect to host .* port \d+: .*", "unreachable"),
    (r"Connection timed out during banner exchange", "silent"),
    (r"banner exchange: .*: (?:invalid format|could not read protocol version)", "not_ssh"),
    (r"kex_exchange_identification: (?:No banner received|.*invalid.*|banner line .*)", "not_ssh"),
    (r"Protocol major versions differ.*", "no_common_method"),
    (r"Unable to negotiate with .*", "no_common_method"),
    (r"Received disconnect from \S+ port \d+:2: .*[Tt]oo many authentication failures.*", "too_many_keys"),
    (r"(?:WARNING: )?Your password has expired\..*", "password_expired"),
    (r"Password change required but no TTY available\.", "password_expired"),
    (r"(?:\S+@\S+: )?Permission denied(?: \([^)]*\))?\.", "permission_denied"),
    (r"No more authentication methods to try\.?", "permission_denied"),
    (r"(?:exec|shell) request failed on channel \d+", "no_shell"),
    (r"(?:stdio forwarding failed|Stdio forwarding request failed: .*)", "jump_failed"),
    (r"Connection (?:closed|reset) by UNKNOWN port 65535", "jump_failed"),
    (r"kex_exchange_identification: .*", "turned_away"),
    (r"ssh_exchange_identification: .*", "turned_away"),
    (r"Received disconnect from .*", "turned_away"),
    (r"Disconnected from .*", "turned_away"),
    (r"Connection (?:closed|reset) by .*", "turned_away"),
    (r"Connection to \S+ (?:port \d+ )?timed out", "timed_out"),
    (r"(?:Timeout, server .* not responding\.|.*: Broken pipe|.*: Connection reset by peer)", "lost"),
)
_ALIVE_SECONDS = 10.0  # ssh gives a silent server up after 15 seconds (ServerAliveInterval times its count)
_COMPILED = tuple((re.compile(pattern), state) for pattern, state in _LINES)
_UNREADABLE_KEY = re.compile(r'^Load key "([^"\n]{1,300})": ', re.MULTILINE)


@dataclass(frozen=True)
class Ending:
    """How one run of ssh ended. `exit_status` None: we ended it. `noise`: what came before the script's start."""

    host: str
    exit_status: int | None
    stderr: str
    started: bool = False
    noise: bytes = b""
    password_given: bool = False
    silent_for: float = 0.0  # seconds between the server's last byte and the end
    doing: str = "login.why"  # what the server was at, as the end of a key `command.<doing>`
    behind_sudo: bool = False  # sudo stood between the login and the script, and did not let it through


def state_of(stderr: str) -> str | None:
    """The most telling state among ssh's lines; None when none is known."""
    lines = [line.rstrip("\r") for line in stderr.split("\n")]
    return next((state for pattern, state in _COMPILED if any(map(pattern.fullmatch, lines))), None)


def error_of(ending: Ending) -> CheckError:
    """The error that says why there is no whole reading."""
    if ending.started:
        return _error("lost" if _was_cut(ending) else "script_died", ending)
    state = state_of(ending.stderr)
    if ending.behind_sudo and ending.exit_status != 255:
        return _error(sudo_state(ending.stderr, ending.exit_status), ending)
    if ending.exit_status == 255:
        return _error(state or ("lost" if ending.silent_for > _ALIVE_SECONDS else "failed"), ending)
    if state in ("password_expired", "no_shell"):
        return _error(state, ending)
    return _error(_without_start(ending), ending)


def _was_cut(ending: Ending) -> bool:
    """Whether the connection broke, rather than the script: a script killed by a signal gives 255 too, but then ssh
    has nothing to complain about, and it has not waited in vain for the server's signs of life either.
    """
    return ending.exit_status == 255 and (bool(ending.stderr.strip()) or ending.silent_for > _ALIVE_SECONDS)


def _without_start(ending: Ending) -> str:
    """A login that worked, but our script never began: an account without a shell, or with another program."""
    said = (ending.noise.decode("ascii", "replace") + ending.stderr).strip()
    if not said or "account is currently not available" in said:
        return "no_shell"
    return "restricted"


def _error(state: str, ending: Ending) -> CheckError:
    if state == "permission_denied" and ending.password_given:
        return CheckError("ssh.wrong_password", host=ending.host)
    key = _UNREADABLE_KEY.search(ending.stderr)
    if state == "permission_denied" and key:
        return CheckError("ssh.key_unreadable", host=ending.host, path=clean(key.group(1), 300))
    if state == "failed":
        return CheckError("ssh.failed", host=ending.host, line=last_line(ending.stderr))
    if state in ("lost", "script_died"):
        broken = CheckConnectionError if state == "lost" else CheckError
        return broken(f"ssh.{state}", host=ending.host, doing=ending.doing)
    kind = CheckConnectionError if state in _CONNECTION else CheckTimeoutError if state in _TIMEOUT else CheckError
    return kind(f"ssh.{state}", host=ending.host)


def last_line(stderr: str) -> str:
    """The last line ssh said, made safe to show, at most 200 characters."""
    lines = [line.strip() for line in stderr.split("\n") if line.strip()]
    return clean(lines[-1], 200) if lines else "—"
