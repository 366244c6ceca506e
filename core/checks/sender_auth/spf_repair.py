"""What a broken SPF record (RFC 7208) could be replaced by, as far as that needs no decision: pure text work.

Slips of the pen with only one possible meaning are corrected; entries that allow nobody may be left out. Which working
service to give up is for people to decide, so that is never proposed. Whoever measures tries each line out first.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from core.checks.sender_auth.facts import SpfTerm
from core.checks.sender_auth.records import merged_spf, with_addresses

MOST_TERMS = 40
_DASHES = re.compile(
    r"^(?:\\xe2\\x80\\x9[0-5]|\\xe2\\x88\\x92|\\xef\\xbc\\x8d|[\u2010-\u2015\u2212\uff0d])(?=all$)", re.I
)
_WORDS = {"includes": "include", "inculde": "include", "inlcude": "include", "incude": "include", "include": "include"}
_NO_BLANK = re.compile(r"[+~?-]?(include|ip4|ip6|a|mx|exists|redirect)[:=]", re.I)
# What is wrong with a term that stands for nobody, and the look-ups it gets to: with more the fault lies in somebody
# else's record, which may be repaired.
_WORTHLESS = {"include_missing": 1, "redirect_missing": 1, "loop": 0}


def spellings(record: str) -> str:
    """The record with every slip corrected that can have been meant in one way only."""
    terms = [term for raw in _joined(record.split(" ")[1:]) if (term := _term(raw))]
    redirects = [term for term in terms if term.lower().startswith("redirect=")]
    once = [term for at, term in enumerate(terms) if term not in redirects or term not in terms[:at]]
    return " ".join(["v=spf1", *once])


def _joined(terms: list[str]) -> Iterator[str]:
    """ "include:" "x.example" and "~" "all" were one term before somebody put a blank between."""
    waiting = ""
    for term in (term for term in terms if term):
        if _NO_BLANK.fullmatch(waiting + term) or waiting + term in "+-~?":
            waiting += term
            continue
        yield waiting + term
        waiting = ""
    if waiting:
        yield waiting


def _term(raw: str) -> str:
    term = _DASHES.sub("-", raw.strip("\"',;"))
    sign = term[0] if term[:1] in tuple("+-~?") else ""
    word, mark, value = _parts(term.removeprefix(sign))
    if _family(term.removeprefix(sign)):
        return f"{sign}{_family(term.removeprefix(sign))}:{term.removeprefix(sign)}"
    if re.fullmatch(r"ipv?\d?", word) and mark and (family := _family(value)):
        return f"{sign}{family}:{value}"
    if word == "redirect" and mark == ":":
        return f"redirect={value}"
    if word in _WORDS and mark and value:
        return f"{sign}{_WORDS[word]}:{value}"
    if word in ("a", "mx", "exists") and mark == "=" and value:
        return f"{sign}{word}:{value}"
    return sign + word if word in ("a", "mx", "ptr") and mark and not value else term


def _parts(term: str) -> tuple[str, str, str]:
    found = re.match(r"([a-z0-9]+)([:=])(.*)", term, re.I | re.S)
    return (found[1].lower(), found[2], found[3]) if found else (term.lower(), "", "")


def _family(text: str) -> str:
    """ "ip4" or "ip6" for an address or network; "" for anything else."""
    try:
        return f"ip{ipaddress.ip_network(text, strict=False).version}"
    except ValueError:
        return ""


def terms_of(record: str) -> tuple[str, ...]:
    """The record's terms without its ending."""
    terms = [term for term in record.split(" ")[1:] if term]
    return tuple(term for term in dict.fromkeys(terms) if term.lower().lstrip("+-~?") != "all")[:MOST_TERMS]


def starting_point(records: Sequence[str]) -> str:
    """One record with its slips corrected."""
    return spellings(merged_spf(records) if len(records) > 1 else records[0])


def candidates(start: str, terms: Sequence[SpfTerm], senders: Sequence[str]) -> tuple[str, ...]:
    """Lines to try in this order, each giving up more than the one before; never a term that allows somebody.

    `senders`: addresses that mail surely leaves from, for when nothing else would be left.
    """
    worthless = {one.text for one in terms if one.lookups <= _WORTHLESS.get(one.problem, -1)}
    void = {one.text for one in terms if one.void_lookups and re.match(r"[+~?-]?(a|mx)([:/]|$)", one.text, re.I)}
    lines = [start, _without(start, worthless), _without(start, worthless | void)]
    if worthless and not lines[1] and senders:
        lines.append(with_addresses("v=spf1 ~all", senders))
    return tuple(dict.fromkeys(line for line in lines if line))


def _without(record: str, dropped: set[str]) -> str:
    """ "" when nothing would be left that allows anybody."""
    terms = list(dict.fromkeys(term for term in record.split(" ")[1:] if term and term not in dropped))
    if not any(term.lower().lstrip("+-~?") != "all" for term in terms):
        return ""
    closed = any(term.lower().lstrip("+-~?") == "all" or term.lower().startswith("redirect=") for term in terms)
    return " ".join(["v=spf1", *terms, *(() if closed or not dropped else ("~all",))])
