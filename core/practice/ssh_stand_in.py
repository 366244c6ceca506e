"""A stand-in for `ssh` and the server behind it: answers the real remote script with the incident's sections.

Started as a program of its own, exactly as ssh would be. It runs nothing: it reads the frame word from the
script's first line and prints what the file named by its first word holds (a JSON object, section -> text).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from core.practice.incident import Incident
from core.practice.log_listing import postfix_log, sendmail_log
from core.practice.queue_listing import postfix_listing, sendmail_listing


def sections(incident: Incident, now: datetime) -> dict[str, str]:
    """What the practice company's server would print, by section."""
    common = {
        "who": "uid=500(nakamura) gid=500(nakamura) groups=500(nakamura)",
        "system": f"Linux mail 2.2.14 i686 unknown\nepoch={int(now.timestamp())}\nzone=+0000 UTC",
        "connection": f"{incident.client_address} 50022 {incident.address} 22",
        "listening": "tcp        0      0 0.0.0.0:25              0.0.0.0:*               LISTEN",
        "disk": "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/hda1 8063408 3021144 4632664 40% /",
        "load": "0.31 0.24 0.19 1/88 4711\n1\nMemTotal: 515000 kB\nMemAvailable: 301000 kB",
        "sockets": "",
    }
    return common | (_sendmail(incident, now) if incident.mta == "sendmail" else _postfix(incident, now))


def _sendmail(incident: Incident, now: datetime) -> dict[str, str]:
    return {
        "mta": "program /usr/sbin/sendmail\nprogram /usr/bin/mailq\nlink /usr/sbin/sendmail /usr/sbin/sendmail\n"
        "marker /etc/sendmail.cf",
        "processes": "1 init\n311 sendmail\n402 sshd",
        "sendmail_version": f"Version {incident.version}",
        "sendmail_queue": "\n".join(sendmail_listing(incident, now)),
        "log_files": "readable /var/log/maillog 250000",
        "log_lines": "\n".join(sendmail_log(incident, now)),
    }


def _postfix(incident: Incident, now: datetime) -> dict[str, str]:
    return {
        "mta": "program /usr/sbin/postconf\nprogram /usr/sbin/postqueue\nprogram /usr/sbin/sendmail\n"
        "link /usr/sbin/sendmail /usr/sbin/sendmail\nmarker /etc/postfix/main.cf",
        "processes": "1 init\n311 master\n312 qmgr\n402 sshd",
        "postfix_version": f"mail_version = {incident.version}",
        "postfix_settings": f"myhostname = {incident.mail_host}\nmynetworks = 127.0.0.0/8",
        "postfix_queue": "\n".join(postfix_listing(incident, now)),
        "log_files": "readable /var/log/mail.log 250000",
        "log_lines": "\n".join(postfix_log(incident, now)),
    }


def answer(words: Sequence[str]) -> int:
    """Play ssh once: `words` are the file and then ssh's own arguments, which are not looked at."""
    content: Mapping[str, str] = json.loads(Path(words[0]).read_text(encoding="utf-8"))
    found = re.match(r"# frame ([0-9a-f]{32})$", sys.stdin.readline().strip())
    if found is None:
        return 255
    frame = f"@@{found.group(1)}"
    out = sys.stdout
    out.write(f"\n{frame} START 1\n")
    for name, text in content.items():
        out.write(f"\n{frame} S {name}\n")
        out.writelines(f"|{line}\n" for line in text.splitlines())
        out.write(f"\n{frame} E {name} 0\n")
    out.write(f"\n{frame} END\n")
    out.flush()
    return 0
