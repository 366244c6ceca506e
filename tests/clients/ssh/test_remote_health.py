"""The health commands hold nothing that can write. A new program or flag must be added here, knowingly."""

from __future__ import annotations

import re
import shlex

import pytest

from core.clients import remote_health
from core.clients.remote_health import HEALTH_SECTIONS

# Program -> the words that may follow it; a pattern stands for the whole word.
READS_ONLY: dict[str, str] = {
    "cat": r"/etc/\S+|/proc/\S+|/home/\*/\.forward|/root/\.forward|\$f",
    "command": r"-v|bash|exim4?",
    "cut": r"-f|3,6",
    "date": r"\+at=%s",
    "docker": r"ps|-a|--format|\{\{\.\S+\}\}",
    "doveadm": r"-f|tab|quota|get|-A",
    "doveconf": r"-h|ssl_(server_)?cert(_file)?",
    "dpkg-query": r"-W|zimbra-core",
    "echo": r".*",
    "EXIM": r"-bP|tls_certificate|\$s",
    "exit": r"3",
    "fail2ban-client": r"banned|status|\$j",
    "getent": r"hosts|ahostsv4|\$n|\$h|1\.0\.0\.127\.\$\{z%%=\*\}",
    "grep": r"-[chovqE]+|-hv|\^\S*|\.|@\[A-Za-z0-9\.-\]\*|/proc/\S+|/etc/\S+",
    "head": r"-n|\d|\$f",
    "ip6tables": r"-S",
    "ipset": r"list",
    "iptables": r"-S",
    "nc": r"-z|-w|5|25|\$a",
    "netstat": r"-lx",
    "nft": r"list|ruleset",
    "openssl": r"x509|-noout|-enddate|-fingerprint|-sha256|-in|\$f|s_client|-connect|127\.0\.0\.1:\S+|-starttls|smtp",
    "postconf": r"-h|smtpd_\w+",
    "read": r"-r|[pf]",
    "rpm": r"-q|zimbra-core",
    "sed": r"-n|s/.*/p?|s#.*#p|1?s/.*/p?|/\^\[A-Za-z0-9_\.-\]\*\$/p|s/.*/g|/etc/\S+",  # without -i and w it prints
    "sort": r"-u",
    "ss": r"-lx",
    "systemctl": r"show|-p|[A-Z]\w+|[a-z][\w@-]+",
    "tr": r"-d|,|, |\\n\\n",
    "true": r"",
    "uniq": r"-c",
    "[": r"-[rnde]|\$[fac]|/\S+|\]",
}
# What the first word must be, where another one would do something.
FIRST = {
    "systemctl": "show",
    "docker": "ps",
    "nft": "list",
    "ipset": "list",
    "doveadm": "-f",
    "openssl": "x509|s_client",
}
INNER = ": < /dev/tcp/$1/25"  # bash opens the connection, reads nothing, says nothing, and ends
WORDS_OF_SHELL = {"do", "done", "then", "else", "fi", "{", "}", "while", "if", "exec"}


def simple_commands(text: str) -> list[list[str]]:
    """The simple commands of a list entry, as words; substitutions, loops and branches taken apart."""
    text = text.replace('"$(command -v exim || command -v exim4)"', "EXIM")
    found: list[list[str]] = []
    while inner := re.search(r"\$\(((?:[^()']|'[^']*')*)\)", text):
        found += simple_commands(inner[1])
        text = text[: inner.start()] + "SUBSTITUTED" + text[inner.end() :]
    text = text.replace("2>/dev/null", "").replace(">/dev/null", "").replace("</dev/null", "")
    assert "<" not in text.replace(INNER, ""), text
    assert ">" not in text, text
    words, current = shlex.shlex(text, posix=True, punctuation_chars=";|&"), list[str]()
    words.whitespace_split = True
    for word in [*words, ";"]:
        if not re.fullmatch(r"[;|&]+", word):
            current.append(word)
            continue
        while current and (current[0] in WORDS_OF_SHELL or re.fullmatch(r"[a-z]=\S*|RES_OPTIONS=.*", current[0])):
            current = current[1:]
        if current and current[0] not in ("for",) and current[0] != "}":
            found.append([each for each in current if each != "}"])
        current = []
    return found


def only_reads(program: str, arguments: list[str]) -> bool:
    if program == "bash":
        return arguments[:2] == ["-c", INNER]
    if program in FIRST and not re.fullmatch(FIRST[program], arguments[0]):
        return False
    return program in READS_ONLY and all(re.fullmatch(READS_ONLY[program], each) for each in arguments)


@pytest.mark.parametrize("entry", HEALTH_SECTIONS, ids=lambda entry: entry.section)
def test_every_command_is_one_that_only_reads(entry):
    commands = simple_commands(entry.command)
    assert commands
    for program, *arguments in commands:
        assert only_reads(program, arguments), f"{program} {arguments}: not known to only read"


@pytest.mark.parametrize(
    "bad",
    [
        "fail2ban-client unban --all", "nft flush ruleset", "iptables -F", "docker rm x", "systemctl restart postfix",
        "sed -i s/a/b/ /etc/aliases", "cat /etc/shadow; rm x",
        "for x in $(rm -f y); do echo $x; done", "bash -c 'id'", "getent hosts $n && postqueue -f",
        "openssl x509 -noout -out /tmp/x", "doveadm quota recalc -A",
    ],
)  # fmt: skip
def test_a_command_that_writes_would_be_noticed(bad):
    assert not all(only_reads(program, arguments) for program, *arguments in simple_commands(bad))


def test_one_connection_to_the_outside_and_three_names():
    text = "\n".join(entry.command for entry in HEALTH_SECTIONS)
    assert text.count("/dev/tcp/") == text.count("nc -z") == 1  # one of the two, never both
    assert text.count(remote_health.LANDMARK) == 1
    assert len(remote_health.NAMES) == 3


def test_all_health_sections_together_leave_time_for_the_queue():
    """A dead resolver makes several of them wait; the login as a whole has its limit."""
    assert (
        sum(entry.seconds for entry in HEALTH_SECTIONS if entry.section in ("resolver", "outbound", "own_lists")) < 25
    )
