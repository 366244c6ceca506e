"""How the newest part of the mail log is read on the server: part of the fixed list of `remote_script`.

Only what `tail`, `zcat` and `journalctl` print, each cut to a size that a slow line carries in seconds. The first log
that can be read is taken, and Exim's own beside it; journald is asked only where there is no file.
"""

from __future__ import annotations

from core.clients.remote_command import RemoteCommand

# Syslog's files of Debian, Red Hat and SUSE, Exim's own of Debian, Red Hat and cPanel, Zimbra's, Plesk's, multilog's.
LOG_FILES = (
    "/var/log/mail.log",
    "/var/log/maillog",
    "/var/log/mail",
    "/var/log/exim4/mainlog",
    "/var/log/exim/main.log",
    "/var/log/exim_mainlog",
    "/var/log/zimbra.log",
    "/usr/local/psa/var/log/maillog",
    "/var/log/qmail/current",
    "/var/log/qmail/qmail-send/current",
)
UNITS = ("postfix", "postfix@-", "exim4", "exim", "sendmail", "opensmtpd", "dovecot")
MOST_BYTES = 8_000_000
_MOST_LINES = 100_000
# Where Postfix writes by itself (since 3.4), in place of syslog. What the server names is read only where it is a plain
# path under /var/log: letters, digits, "._-/", no "..". $m is set so, or empty, and safe without quotes.
_OWN_FILE = (
    "m=$(postconf -h maillog_file 2>/dev/null); "
    "case $m in *[!A-Za-z0-9._/-]*) m=;; *..*) m=;; /var/log/*) ;; *) m=;; esac; "
)
_FILES = f"$m {' '.join(LOG_FILES)}"
_JOURNAL = f"journalctl -q --no-pager -o short-iso -n 60000 {' '.join(f'-u {unit}' for unit in UNITS)}"
# Exim keeps a log of its own, beside the one that Dovecot and the others write: both are the mail log.
_EXIM = " ".join(path for path in LOG_FILES if "exim" in path)
_OTHERS = " ".join(path for path in LOG_FILES if "exim" not in path)
# The rotated ones first, so that the lines stand in the order of time.
_SHOW = (
    "for o in $f.2.gz $f.1.gz; do [ -r $o ] && zcat $o | tail -c 1000000; done; "
    "[ -r $f.1 ] && tail -c 2000000 $f.1; tail -c 4000000 $f"
)
_READABLE = "[ -r $f ] && [ -s $f ] && [ ! -d $f ]"  # SUSE's file is elsewhere a folder's name
# An Exim of earlier days left a log too: one not written to since the other was turned over is not read.
_NEWEST = (
    f"{_OWN_FILE}s=; for f in $m {_OTHERS}; do if {_READABLE}; then {_SHOW}; s=$f; break; fi; done; "
    f"for f in {_EXIM}; do if {_READABLE}; then "
    'if [ -z "$s" ] || [ ! -e "$s.1" ] || [ $f -nt "$s.1" ]; then '
    f"{_SHOW}; s=$f; break; fi; fi; done; "
    'if [ -n "$s" ]; then exit 0; fi; '
    f"if command -v journalctl >/dev/null; then {_JOURNAL} | tail -c 6000000; fi; true"
)

LOG_SECTIONS: tuple[RemoteCommand, ...] = (
    RemoteCommand(
        "log_files",
        f"{_OWN_FILE}for f in {_FILES}; do if [ -d $f ] || [ -p $f ]; then continue; "
        'elif [ -r $f ]; then echo "readable $f $(wc -c $f)"; '
        'elif [ -e $f ]; then echo "unreadable $f"; fi; done; '
        'if command -v journalctl >/dev/null; then echo "journal"; fi; true',
    ),
    RemoteCommand("log_lines", _NEWEST, seconds=25, max_bytes=MOST_BYTES, max_lines=_MOST_LINES),
)  # fmt: skip
