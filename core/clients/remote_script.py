"""What is run on the mail server: a fixed list of commands that only read, and the POSIX sh script made of it.

The list is shown before the run and printed in the report. The script is a constant but for the nonce: no text of
ours or of the server's is ever put into it. It stands in one function called on the last line, so that a script cut
off on its way runs nothing. It writes no file, asks for no terminal, lowers its own priority, gives each command a
time limit, and ends with everything it started when its standard input ends (the dead-man switch: ending ssh here
does not end the shell there).

First line: `# frame <nonce>`; a stand-in for ssh finds the nonce there.
"""

from __future__ import annotations

import re
import secrets
import shlex

from core.clients.remote_command import RemoteCommand as RemoteCommand
from core.clients.remote_containers import CONTAINER_SECTIONS
from core.clients.remote_dnslists import DNSLIST_SECTIONS
from core.clients.remote_health import HEALTH_SECTIONS
from core.clients.remote_log import LOG_SECTIONS

REMOTE_SHELL = "exec sh -s"  # the one remote command; works from bash, dash, tcsh, fish, zsh, ksh and busybox
_LINE_BYTES = 16_384
_QUEUE_BYTES = 48_000_000

# Which mail programs stand on the server, and which of them is behind the name "sendmail".
_PROGRAMS = (
    "postconf postqueue exim exim4 sendmail sendmail.sendmail sendmail-mta smtpctl qmail-qread qmail-qstat courier "
    "mailq dma nullmailer-queue docker zmcontrol pmgversion"
)
_LINKS = "/usr/sbin/sendmail /usr/lib/sendmail /usr/bin/mailq /etc/alternatives/mta"
# A file that stands only where a whole product was installed, and the product's name.
MARKERS: dict[str, str] = {
    "/opt/zimbra": "zimbra",
    "/etc/iredmail-release": "iredmail",
    "/opt/mailcow-dockerized": "mailcow",
    "/usr/local/psa/version": "plesk",
    "/usr/local/cpanel/version": "cpanel",
    "/etc/mailinabox.conf": "mailinabox",
    "/usr/local/ispconfig": "ispconfig",
    "/usr/local/directadmin": "directadmin",
    "/etc/pmg": "proxmox_mail_gateway",
    "/etc/postfix/main.cf": "postfix_settings",
    "/etc/mail/sendmail.cf": "sendmail_settings",
    "/etc/sendmail.cf": "sendmail_settings",
    "/etc/exim4": "exim_settings",
    "/etc/exim/exim.conf": "exim_settings",
    "/etc/smtpd.conf": "opensmtpd_settings",
    "/var/qmail/control": "qmail_settings",
    "/etc/courier": "courier_settings",
}
# Exim rehearses a session as if a stranger had connected: the rules are asked, nothing is sent, kept or logged.
# \74 and \76 are angle brackets; written so, nothing here looks like a redirection.
_STRANGER = r"RCPT TO:\74relaytest@example.net\76\r\nRSET\r\n"
_REHEARSAL = (
    r"EHLO client.example.net\r\nMAIL FROM:\74spamtest@example.org\76\r\n" + _STRANGER
    + r"MAIL FROM:\74\76\r\n" + _STRANGER
    + r"EHLO %s\r\nMAIL FROM:\74spamtest@%s\76\r\n" + _STRANGER
    + r"MAIL FROM:\74spamtest@example.org\76\r\nRCPT TO:\74relaytest%%example.net@%s\76\r\nRSET\r\nQUIT\r\n"
)  # fmt: skip
_EXIM_RELAY = (
    'h=$("$(command -v exim || command -v exim4)" -bP primary_hostname); '
    f"printf '{_REHEARSAL}' ${{h##* }} ${{h##* }} ${{h##* }} | "
    '"$(command -v exim || command -v exim4)" -bh 192.0.2.1 2>/dev/null'
)
# Each FEATURE of Sendmail leaves the name of its file in the sendmail.cf it was made into.
_SENDMAIL_RELAY = (
    "for f in /etc/mail/sendmail.cf /etc/sendmail.cf; do "
    r"[ -r $f ] && echo read sendmail.cf && sed -n 's/^#.*[ /]\([a-z_]*\)\.m4.*/feature \1/p' $f; done; "
    "[ -r /etc/mail/access ] && grep -i '^[^#]*relay' /etc/mail/access | sed 's/^/access /'; "
    "[ -r /etc/mail/access ] || echo unreadable /etc/mail/access; "
    "[ -r /etc/mail/relay-domains ] && sed 's/^/relay-domain /' /etc/mail/relay-domains; true"
)
_EFFECTIVE = (
    "mynetworks mynetworks_style inet_interfaces inet_protocols myhostname mydomain myorigin mydestination "
    "relay_domains relayhost smtp_bind_address smtp_bind_address6 smtpd_relay_restrictions "
    "smtpd_recipient_restrictions smtpd_client_restrictions smtpd_helo_restrictions smtpd_sender_restrictions "
    "allow_untrusted_routing message_size_limit mailbox_size_limit queue_directory compatibility_level"
)


def _queue(section: str, command: str, only_if: str) -> RemoteCommand:
    return RemoteCommand(section, command, only_if, seconds=25, max_bytes=_QUEUE_BYTES, max_lines=1_200_000)


SECTIONS: tuple[RemoteCommand, ...] = (
    RemoteCommand("who", "id"),
    RemoteCommand(
        "system",
        "uname -a; cat /etc/os-release /etc/redhat-release 2>/dev/null; date -u '+epoch=%s'; date '+zone=%z %Z'",
    ),
    RemoteCommand("connection", 'printf "%s\\n" "$SSH_CONNECTION"'),
    RemoteCommand("listening", "ss -ltn || netstat -ltn || netstat -an"),
    RemoteCommand("listeners", "ss -ltnp || netstat -ltnp"),
    RemoteCommand("processes", "ps -A -o pid= -o comm="),
    RemoteCommand(
        "mta",
        f'for p in {_PROGRAMS}; do f=$(command -v $p) && echo "program $f"; done; '
        f'for f in {_LINKS}; do [ -e $f ] && echo "link $f $(readlink -f $f)"; done; '
        f'for f in {" ".join(MARKERS)}; do [ -e $f ] && echo "marker $f"; done; true',
    ),
    RemoteCommand("postfix_version", "postconf mail_version", "has postconf"),
    RemoteCommand("postfix_settings", "postconf -n", "has postconf", masked=True),
    RemoteCommand("postfix_effective", f"postconf {_EFFECTIVE}", "has postconf", masked=True),
    RemoteCommand("postfix_services", "postconf -M", "has postconf", masked=True),
    # One JSON object a line since Postfix 3.1; before, only the listing for people.
    _queue(
        "postfix_queue",
        "case $(postconf -h mail_version) in [012].*|3.0*) postqueue -p;; *) postqueue -j;; esac",
        "has postqueue",
    ),
    RemoteCommand("exim_version", '"$(command -v exim || command -v exim4)" -bV', "has exim exim4"),
    RemoteCommand(
        "exim_settings",
        "for s in +relay_from_hosts +relay_to_domains +local_domains primary_hostname; "
        'do "$(command -v exim || command -v exim4)" -bP $s; done',
        "has exim exim4",
    ),
    RemoteCommand("exim_relay", _EXIM_RELAY, "has exim exim4", seconds=15),
    _queue("exim_queue", '"$(command -v exim || command -v exim4)" -bp', "has exim exim4"),
    # -bt reads addresses to explain from standard input, which is empty: it prints the version and ends.
    # Never -bv here: other programs under the name "sendmail" answer it with a mail.
    RemoteCommand("sendmail_version", "sendmail -d0.1 -bt", "real_sendmail"),
    RemoteCommand("sendmail_relay", _SENDMAIL_RELAY, "real_sendmail", max_lines=2000),
    # Quarantined mail (since 8.13) stands in a listing of its own; an older one might take -qQ for something else.
    _queue(
        "sendmail_queue",
        "mailq; case $(sendmail -d0.1 -bt) in 'Version 8.1'[3-9]*) echo Quarantined:; sendmail -bp -qQ;; esac",
        "real_sendmail",
    ),
    RemoteCommand("opensmtpd_version", "smtpd -h", "has smtpctl"),
    RemoteCommand(
        "opensmtpd_relay", "cat /etc/smtpd.conf /etc/mail/smtpd.conf 2>/dev/null", "has smtpctl", masked=True
    ),
    _queue("opensmtpd_queue", "smtpctl show queue", "has smtpctl"),
    _queue("qmail_queue", "qmail-qstat; qmail-qread", "has qmail-qread"),
    _queue("courier_queue", "mailq", "courier_mta"),
    _queue("other_queue", "mailq", "small_mta"),
    *CONTAINER_SECTIONS,
    RemoteCommand("disk", "df -P; df -Pi"),
    *HEALTH_SECTIONS,
    *DNSLIST_SECTIONS,
    *LOG_SECTIONS,
)

# Settings that hold secrets: user and password of a static table, of a URL, of a table written into the setting.
MASK_EXPRESSIONS: tuple[tuple[str, str], ...] = (
    (r"static:{[^}]*}", "static:{***}"),
    (r"static:\([^:, {]*\):[^, ]*", r"static:\1:***"),
    # To the last "@": people write passwords with "/" and "@" in them as they are.
    (r"\(://[^/@: ]*\):[^ ]*@", r"\1:***@"),
    (r"\(passw[a-z_]*maps *= .*inline:{\).*", r"\1***}"),
    (r"\([Bb]ind_pw *=\).*", r"\1 ***"),
    (r"\([Pp]assword *=\).*", r"\1 ***"),
    (r"\([Ss]ecret *=\).*", r"\1 ***"),
)


def masked(line: str) -> str:
    """`line` without the secrets a setting may hold: the same rules the server already applied, once more."""
    for pattern, replacement in MASK_EXPRESSIONS:
        # Basic regular expressions of sed: groups are \( \), braces are plain.
        swapped = pattern.replace("{", r"\{").replace("}", r"\}").replace(r"\(", "(").replace(r"\)", ")")
        line = re.sub(swapped, replacement, line)
    return line


# "sendmail" is a name many programs answer to; only the real one may be asked for its version this way.
_CONDITIONS = """\
has() { for p in "$@"; do command -v "$p" >/dev/null 2>&1 && return 0; done; return 1; }
resolved() { readlink -f "$(command -v "$1" 2>/dev/null)" 2>/dev/null; }
real_sendmail() {
  case $(resolved sendmail) in
    *sendmail.sendmail|*/sm.bin/sendmail|*/sendmail-mta|*/sendmail-msp|*/libexec/sendmail/sendmail) return 0;;
    */sendmail) [ -e /etc/mail/sendmail.cf ] || [ -e /etc/sendmail.cf ] || return 1;;
    *) return 1;;
  esac
  has postconf exim exim4 smtpctl qmail-qread dma && return 1
  [ -d /etc/courier ] && return 1
  return 0
}
courier_mta() { [ -d /etc/courier ] && has courier && has mailq && ! has postconf exim exim4; }
small_mta() {
  # A whole name: the letters of dma stand in the middle of sendmail too.
  case $(resolved mailq) in */dma|*nullmailer*) return 0;; esac
  return 1
}
"""

# fd 3: the client's end of the line. fd 4: the exit status on its way past the filters. fd 5: the frames.
_FRAMING = """\
limited() {
  s=$1; shift
  if [ "$limit" = new ]; then timeout "$s" "$@"
  elif [ "$limit" = old ]; then timeout -t "$s" "$@"
  else "$@"; fi
}
shortened() { head -c "$1" | cut -b 1-LINE | sed -e 's/^/|/' -e "$2q"; }
blotted() { if [ "$3" = masked ]; then sed MASK | shortened "$1" "$2"; else shortened "$1" "$2"; fi; }
section() {
  printf '\\n@@%s S %s\\n' "$nonce" "$1" >&5
  status=$( {
    { limited "$2" sh -c "$6" </dev/null 2>&1 3<&- 4>&- 5>&-; echo "$?" >&4; } |
      blotted "$3" "$4" "$5" >&5
  } 4>&1 )
  printf '\\n@@%s E %s %s\\n' "$nonce" "$1" "$status" >&5
}
"""

_OPENING = """\
  umask 077
  LC_ALL=C; LANG=C; export LC_ALL LANG
  PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/opt/zimbra/common/sbin:/var/qmail/bin:$PATH
  export PATH
  exec 3<&0 5>&1
  main=$$
  session=$main
  # With lent rights the session began with another program; elsewhere it is ours, and never that of a person.
  if [ -n "$SUDO_COMMAND" ]; then session=$(ps -o sid= -p "$main" 2>/dev/null | tr -d ' '); fi
  (
    while read -r ignored; do :; done
    pkill -KILL -s "${session:-$main}"; kill -KILL "-$main"; kill -KILL "$main"
  ) <&3 >/dev/null 2>&1 4>&- 5>&- &
  watcher=$!
  renice 15 "$main" >/dev/null 2>&1
  ionice -c3 -p "$main" >/dev/null 2>&1
  limit=none
  if timeout 5 true >/dev/null 2>&1; then limit=new
  elif timeout -t 5 true >/dev/null 2>&1; then limit=old; fi
  printf '\\n@@%s START 1\\n' "$nonce" >&5
"""

_CLOSING = """\
  printf '\\n@@%s END\\n' "$nonce" >&5
  kill "$watcher" >/dev/null 2>&1
  exit 0
"""


def new_nonce() -> str:
    """128 random bits in hex, for one run."""
    return secrets.token_hex(16)


def limits() -> dict[str, tuple[int, int]]:
    """For each section the bytes and lines at which the server cuts it."""
    return {command.section: (command.max_bytes, command.max_lines) for command in SECTIONS}


def script(nonce: str, sections: tuple[RemoteCommand, ...] = SECTIONS) -> bytes:
    """The whole script, ready for the standard input of `sh -s`. Raises ValueError on a nonce that is not ours."""
    if not re.fullmatch(r"[0-9a-f]{32}", nonce):
        raise ValueError("a frame nonce is 32 hex digits")
    mask = " ".join("-e " + shlex.quote(f"s#{pattern}#{new}#g") for pattern, new in MASK_EXPRESSIONS)
    framing = _FRAMING.replace("MASK", mask).replace("LINE", str(_LINE_BYTES))
    calls = "".join(_call(command) for command in sections)
    body = f"# frame {nonce}\nmfa() {{\nnonce={nonce}\n{_CONDITIONS}{framing}{_OPENING}{calls}{_CLOSING}}}\nmfa\n"
    return body.encode("ascii")


def _call(command: RemoteCommand) -> str:
    masking = "masked" if command.masked else "plain"
    numbers = f"{command.seconds} {command.max_bytes} {command.max_lines}"
    return f"  {command.only_if} && section {command.section} {numbers} {masking} {shlex.quote(command.command)}\n"
