"""Which web pages a letter of ours may quote: those of the lists and providers that the app's own data names.

A refusal is another's words, and anybody can write one: a page in it may ask for a password. Source of the hosts:
`resources/data/replies` and `resources/data/dnsbl`.
"""

from __future__ import annotations

import re
from functools import cache

from core.knowledge.dnsbl import load_lists
from core.knowledge.reply_rules import playbook_links

# With its scheme or without one: mail programs make a link of "www.x.example" and of "x.example/page" too.
_PAGE = re.compile(
    r"\b(?:h[tx]{2}ps?:|[a-z][a-z0-9+.-]{1,15}:[/\\]{2}|www\.)[^\s<>\"]+|"
    r"\b(?:[\w-]{1,63}\.){1,10}[a-z]{2,24}(?::\d{1,5})?/[^\s<>\"]*",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=[/?#]|[).,;]*$)", re.IGNORECASE)


@cache
def known_hosts() -> frozenset[str]:
    """Names of the web servers that stand in our data, in small letters."""
    pages = [*playbook_links().values(), *(one.lookup_page for one in load_lists())]
    return frozenset(found[1].lower() for page in pages if (found := _HOST.match(page)))


def without_strange_pages(text: str, instead: str) -> str:
    """`text` with `instead` in the place of each web page that is not on a host of ours to quote."""
    return _PAGE.sub(lambda found: found[0] if _is_known(found[0]) else instead, text)


def _is_known(page: str) -> bool:
    host = _HOST.match(page)
    return host is not None and host[1].lower() in known_hosts()
