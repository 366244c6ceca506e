"""Takes people, or every mail and IP address, out of what others shall see: out of files, reports and summaries.

`mask_people` cuts the person's part of an address to its first letter; domains, hosts and IP addresses stay, so that
a specialist can still work with it.

`Mask` is for strangers. Every address becomes a stand-in, the same one wherever it stood, so that a reader can still
follow who is who: "mail-3@masked.invalid", "ip-2.masked.invalid". Also those in disguise are found: VERP and xtext
(`user=40example.com`, RFC 3461), percent-encoded, a reversed address below a blacklist's zone, one written with dashes
in a host name. Loopback and unspecified addresses stay: they name nobody, and a blacklist's answers look like them.
Names of domains and hosts stay; so do names of people outside an address.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

# Words around an address are no part of it: full-width punctuation ends a name too ("あて先：taro@example.jp").
_PERSON = re.compile(
    r"([^\s<>\"'(),;:@\[\]=\u3001-\u3003\u3008-\u3011\u3014-\u301b\uff08-\uff0c\uff1a-\uff1d]{1,64})@(?=[A-Za-z0-9\[])"
)
# Accounts without a domain, as the mail programs write them.
_ACCOUNT = re.compile(r"\b((?:sasl_username|authid|set_id|user|U)=<?)([^\s<>,;)@]{1,64})(?![^\s<>,;)]*@)")
# Around the @ everything that is no blank, bracket or separator; an encoded @ counts as one.
_AT = r"(?:@|＠|%40|\+40|=40)"
_EDGE = r"\s<>(),;:\"'`|\[\]{}\\"
_MAIL = re.compile(rf"(?:\"[^\"@\r\n]{{1,64}}\"|[^{_EDGE}@]{{1,320}})?{_AT}(?:\[[^\]\s]{{2,60}}\]|[^{_EDGE}]{{1,320}})")
_IP_4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d])")
_DASHED = re.compile(r"(?<!\d)\d{1,3}([-_])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d)")
_NIBBLES = re.compile(r"(?<![0-9A-Fa-f.])[0-9A-Fa-f](?:\.[0-9A-Fa-f]){31}(?![0-9A-Fa-f])")
_IP_6 = re.compile(
    r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{0,4}|(?:\d{1,3}\.){3}\d{1,3})(?![0-9A-Za-z:])"
)
# A secret in running text: a word after "password is" that is more than letters, so that "is incorrect" stays; what
# follows "password="; a password in a URL, to the last "@"; what a client sends to log in.
_SECRETS = (
    (re.compile(r"(://[^/@:\s]{0,100}):\S{0,200}@"), r"\1:***@"),
    (re.compile(r"(?i)((?:passw(?:or)?d|passphrase|pwd|secret)=)[^\s&;,]{1,200}"), r"\1***"),
    (
        re.compile(
            r"(?i)((?:passw(?:or)?d|passphrase|pwd|パスワード|暗証番号)\s{0,9}(?:is|was|:|は|：)\s{0,9})"
            r"(?=\S{0,200}[^\sA-Za-z.,:;!?)\]\u3040-\u30ff\u3400-\u9fff、。])\S{1,200}"
        ),
        r"\1***",
    ),
    (re.compile(r"(?i)(\bAUTH (?:PLAIN|LOGIN|XOAUTH2) )[A-Za-z0-9+/=]{6,2000}"), r"\1***"),
)
# A stand-in of an earlier masking stays what it is.
_STAND_IN = re.compile(r"(?:mail-\d+@|ip-\d+\.)masked\.invalid")


def mask_people(text: str) -> str:
    """`text` with the user's part of every address, and every account name, cut to its first letter."""
    return _ACCOUNT.sub(lambda found: found[1] + short_name(found[2]), _PERSON.sub(_person, text))


def mask_secrets(text: str) -> str:
    """`text` without the passwords that stand in it, as far as words around them show that they are some."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def short_name(name: str) -> str:
    """A person's or an account's name, of which only the first letter stays."""
    return name[:1] + "***"


def _person(found: re.Match[str]) -> str:
    return short_name(found[1]) + "@"


class Mask:
    """One document's stand-ins."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}

    def masked(self, value: Any) -> Any:
        """`value` (JSON values) with every address replaced, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.masked(item) for item in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self.masked(item) for key, item in value.items()}
        return value

    def text(self, text: str) -> str:
        """One text with every address replaced."""
        text = _MAIL.sub(self._mail, text)
        text = _NIBBLES.sub(self._nibbles, text)
        text = _IP_6.sub(self._ip, text)
        text = _IP_4.sub(self._ip, text)
        return _DASHED.sub(self._dashed, text)

    def _mail(self, found: re.Match[str]) -> str:
        if _STAND_IN.fullmatch(found.group()):
            return found.group()
        return self._name("mail", re.sub(_AT, "@", found.group()).rstrip(".").lower())

    def _ip(self, found: re.Match[str]) -> str:
        return self._address(found.group(), found.group())

    def _dashed(self, found: re.Match[str]) -> str:
        return self._address(found.group().replace(found.group(1), "."), found.group())

    def _nibbles(self, found: re.Match[str]) -> str:
        digits = found.group().replace(".", "")[::-1]
        return self._address(":".join(digits[at : at + 4] for at in range(0, 32, 4)), found.group())

    def _address(self, address: str, written: str) -> str:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return written
        if parsed.is_loopback or parsed.is_unspecified:
            return written
        if isinstance(parsed, ipaddress.IPv4Address):
            return self._name_4(parsed)
        return self._name("ip", str(parsed))

    def _name_4(self, address: ipaddress.IPv4Address) -> str:
        """Its own stand-in, or that of the address it is the reverse of."""
        turned = ".".join(reversed(str(address).split(".")))
        if ipaddress.IPv4Address(turned).is_loopback:
            return str(address)  # the test entries of blacklists (RFC 5782)
        known = turned if ("ip", turned) in self._names else str(address)
        return self._name("ip", known)

    def _name(self, kind: str, address: str) -> str:
        number = sum(1 for known, _ in self._names if known == kind) + 1
        stand_in = f"mail-{number}@masked.invalid" if kind == "mail" else f"ip-{number}.masked.invalid"
        return self._names.setdefault((kind, address), stand_in)
