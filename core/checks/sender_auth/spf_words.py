"""Our words for what the SPF library says about a record that receivers cannot use (RFC 7208 section 2.6.7)."""

from __future__ import annotations

# What the library says, and the word of `sender_auth.spf_problem` for it; anything else is a wrongly written record.
_PROBLEMS = {
    "Too many DNS lookups": "too_many_lookups",
    "void lookups": "void_lookups",
    "Two or more type TXT spf records found": "include_two_records",
    "No valid SPF record for included domain": "include_missing",
    "redirect domain has no SPF record": "redirect_missing",
    "More than 10 MX records": "too_many_mx",
    "include has trivial recursion": "loop",
}


def problem_word(said: str) -> str:
    """The word for the library's sentence."""
    return next((word for text, word in _PROBLEMS.items() if said.startswith(text)), "syntax")
