"""Every word that a list's data file can bring into a finding has its text in both languages."""

from __future__ import annotations

import pytest

from core.checks.dnsbl.facts import Asked
from core.checks.dnsbl.outcomes import silence
from core.knowledge.dnsbl import WEIGHTS, Blacklist, dead_lists, key_services, keyed_lists, load_lists
from core.texts import LANGUAGES, Texts

LISTS = (*load_lists(), *keyed_lists())
READING_REASONS = ("outside_answer", "unknown_answer", "blocked_locally", "test_entry_missing", "lists_everything")
SILENCES = [silence(Asked("address", "x", 4, error=error)) for error in ("timed_out", "server_failed", "broken_answer")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.zone)
def test_a_lists_words_are_said(one: Blacklist, language) -> None:
    texts = Texts(language)
    words = [f"dnsbl.removal.{one.removal}", f"dnsbl.wait.{one.wait}", f"dnsbl.weight.{one.weight}"]
    words += [f"dnsbl.reason.{code.meaning}" for code in one.codes]
    words += [f"dnsbl.removal.{code.removal}" for code in one.codes if code.removal]
    words += [f"dnsbl.wait.{code.wait}" for code in one.codes if code.wait]
    words += [f"dnsbl.unasked.{refusal.reason}" for refusal in one.refusals]
    assert [word for word in words if not texts.has(word)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_checks_own_words_are_said(language) -> None:
    texts = Texts(language)
    words = [f"dnsbl.weight.{weight}" for weight in WEIGHTS]
    words += [f"dnsbl.unasked.{reason}" for reason in (*READING_REASONS, *SILENCES, "refused", "resolver_rewrites")]
    words += [f"dnsbl.service.{service}" for service in key_services()]
    words += [f"dnsbl.dead.{dead.last_answer}" for dead in dead_lists()]
    words += [f"blacklists.state.{state}" for state in ("alive", "refuses_us", "broken", "could_not_ask")]
    assert [word for word in words if not texts.has(word)] == []
