"""The house style of the words, held in `make check`; needs neither the network nor npm (`make words`: textlint too).

    python packaging/check_words.py

Japanese: sentences of bearable length, です・ます throughout, full-width punctuation, no half-width kana, no wide Latin
letters, none of the words that help nobody. English: sentences of bearable length, Flesch's reading ease of each
catalogue, the same about words. What is agreed to stand otherwise is in `words_exceptions.toml`, with its reason; an
exception that is no longer needed is a fault too.
"""

from __future__ import annotations

import fnmatch
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = Path(__file__).with_name("words_exceptions.toml")
LONGEST_JA = 75  # characters of a sentence; textlint's preset for technical writing allows 100
LONGEST_EN = 30  # words of a sentence
MOST_COMMAS_JA = 4
LEAST_EASE = 65.0  # Flesch: 60 to 70 is plain English, read by most people of fourteen

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_QUOTED = re.compile(r"Yahoo!|「[^」]*」|『[^』]*』|\"[^\"]*\"|“[^”]*”|`[^`]*`|https?://\S+")
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")
_JA = "ぁ-んァ-ヶ一-龠々ー"
_DO = "a step starts with the thing done; only letters to others ask"
_LETTER = re.compile(r"^(?:letter|letters)\.|\.letter$|^report\.mail\.")

FORBIDDEN: dict[str, dict[str, str]] = {
    "ja": {
        r"エラーが発生": "says nothing: what happened, what was not harmed, what next",
        r"簡単(?:です|に)|かんたんです": "not for the one who fails at it",
        r"ください。.*ください。": _DO,
        r"ことができ": "できます is enough",
        r"させていただ": "します is enough",
        r"と思われ|かと思い": "certainty has three words only",
        r"ないわけではな|なくはな": "a double negative",
        r"[ｦ-ﾟ]": "half-width kana",
        r"[Ａ-Ｚａ-ｚ０-９]": "wide Latin letters or digits",
        rf"[{_JA}][,!?;](?:[{_JA}]|$)|[{_JA}]\.(?:[{_JA}]|$)": "half-width punctuation after Japanese",
        r"。。|、、|、。": "doubled punctuation",
        r"(?:だ|ある|ない|(?<!ま)する|れる|なる|(?<!まし)(?<!でし)た)。": "plain form among です and ます",
    },
    "en": {
        r"\berror occurred\b": "says nothing: what happened, what was not harmed, what next",
        r"\b(?:[Ss]imply|[Oo]bviously|[Ee]asy|[Ee]asily)\b": "not for the one who fails at it",
        r"\b[Oo]ops\b|!(?:\s|$)": "neither fright nor cheer",
        r"\b(?:[Uu]tili[sz]e|[Ii]n order to|[Dd]ue to the fact|[Pp]rior to|[Aa]scertain)\b": "a shorter word is there",
        r"\b([Tt]he|[Aa]|[Oo]f|[Tt]o|[Ii]s|[Aa]nd) \1\b": "a word twice",
        r"  +": "two blanks",
        r"\b[Pp]lease\b": _DO,
    },
}

_Exception = tuple[str, str, str]  # language, key (perhaps with *), rule


@dataclass(frozen=True)
class Fault:
    """One thing wrong: the text's key, the rule's name, and what to do about it."""

    language: str
    key: str
    rule: str
    says: str


def faults_of(language: str, key: str, text: str) -> Iterator[Fault]:
    """All that is wrong with one text."""
    bare = _QUOTED.sub("「」" if language == "ja" else "it", text)
    for pattern, why in FORBIDDEN[language].items():
        found = re.search(pattern, bare)
        if found and not (why == _DO and _LETTER.search(key)):
            yield Fault(language, key, "word", f"{found[0]!r}: {why}")
    for sentence in sentences(language, bare):
        if (length := length_of(language, sentence)) > (LONGEST_JA if language == "ja" else LONGEST_EN):
            yield Fault(language, key, "length", f"a sentence of {length}: {sentence[:60]}…")
        if language == "ja" and sentence.count("、") > MOST_COMMAS_JA:
            yield Fault(language, key, "commas", f"{sentence.count('、')} commas: {sentence[:60]}…")


def sentences(language: str, text: str) -> list[str]:
    """The sentences of `text`, without what stands in brackets (a term of art stands there once)."""
    text = _BRACKETS.sub("", text)
    parts = re.split(r"(?<=[。？])|\n" if language == "ja" else r"(?<=[.?:;])\s+|\n", text)
    return [part.strip() for part in parts if part.strip()]


def length_of(language: str, sentence: str) -> int:
    """Characters in Japanese, words in English; a placeholder counts as one short word."""
    if language == "ja":
        return len(_PLACEHOLDER.sub("○○", sentence))
    return len(_PLACEHOLDER.sub("it", sentence).split())


def reading_ease(texts: Sequence[str]) -> float:
    """Flesch's reading ease over all `texts`: 100 is very easy, 30 very hard. Names of things count as said."""
    words = syllables = ends = 0
    for text in texts:
        for sentence in sentences("en", _PLACEHOLDER.sub("it", _QUOTED.sub("it", text))):
            found = re.findall(r"[A-Za-z]+(?:'[a-z]+)?", sentence)
            ends += bool(found)
            words += len(found)
            syllables += sum(syllables_of(word) for word in found)
    return 206.835 - 1.015 * words / max(1, ends) - 84.6 * syllables / max(1, words)


def syllables_of(word: str) -> int:
    """Groups of vowels, a silent e at the end left out; an abbreviation counts as one."""
    if word.isupper():
        return 1
    low = word.lower()
    count = len(re.findall(r"[aeiouy]+", low))
    if low.endswith("e") and not low.endswith(("le", "ee")) and count > 1:
        count -= 1
    if low.endswith("ed") and not low.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(1, count)


def catalogue(language: str) -> Iterator[tuple[str, str, str]]:
    """Subject, key and text of every entry; a plural gives each of its forms."""
    for path in sorted((ROOT / "resources" / "locale" / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id:
                    yield from ((path.stem, _key(message), text) for text in _forms(message))


def _key(message: Message) -> str:
    return str(message.id[0] if message.pluralizable else message.id)


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string),)


def all_faults() -> list[Fault]:
    """Of every text in both languages, and of English as a whole, exceptions not taken off."""
    found = [
        fault
        for language in FORBIDDEN
        for _, key, text in catalogue(language)
        for fault in faults_of(language, key, text)
    ]
    english: dict[str, list[str]] = {}
    for subject, _, text in catalogue("en"):
        english.setdefault(subject, []).append(text)
    for subject, texts in english.items():
        if (ease := reading_ease(texts)) < LEAST_EASE:
            found.append(Fault("en", f"{subject}.po", "ease", f"reading ease {ease:.0f}, wanted {LEAST_EASE:.0f}"))
    return found


def agreed() -> dict[_Exception, str]:
    """Language, key and rule of each exception -> its reason."""
    entries = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8")).get("exception", [])
    return {(entry["language"], key, entry["rule"]): entry["reason"] for entry in entries for key in entry["keys"]}


def _exception_for(fault: Fault, exceptions: Iterable[_Exception]) -> _Exception | None:
    """The first exception that covers this fault; its key may end in an asterisk."""
    fits = (each for each in exceptions if (each[0], each[2]) == (fault.language, fault.rule))
    return next((each for each in fits if fnmatch.fnmatchcase(fault.key, each[1])), None)


def main() -> int:
    """Print what is wrong; 0 when nothing is."""
    exceptions, faults = agreed(), all_faults()
    by_fault = {fault: _exception_for(fault, exceptions) for fault in faults}
    left = [fault for fault, exception in by_fault.items() if exception is None]
    used = set(by_fault.values())
    for fault in left:
        print(f"{fault.language} {fault.key} [{fault.rule}] {fault.says}")
    unused = [entry for entry in exceptions if entry not in used]
    for language, key, rule in unused:
        print(f"{language} {key} [{rule}] is listed as an exception and needs none any more")
    return 1 if left or unused else 0


if __name__ == "__main__":
    sys.exit(main())
