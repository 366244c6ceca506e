"""Evaluates SPF (RFC 7208) for one sending address, asking only through our own resolver.

The rules are those of pyspf, the library the RFC's own test suite was made with. It asks the DNS by itself and blocks;
here it is given answers instead. When one is missing it stops, the question is asked, and it starts anew: no
thread has to be stopped, no question can slip past the resolver, and a cancelled check is cancelled at once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import spf

from core.clients.together import together
from core.errors import CheckError, UsageError

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_QUESTIONS = 200  # a record within the limits of RFC 7208 section 4.6.4 needs fewer, even with ten MX hosts each
LONGEST_RECORD = 4_000  # characters; receivers need a record to fit into one packet
LONGEST_TERM = 512  # a domain name has at most 253; longer ones only keep the processor busy
LIMIT = 20.0  # seconds for one address: what RFC 7208 section 4.6.4 tells receivers to grant at least
_Question = tuple[str, str]  # (name in lower case without its final dot, record type)
_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")
_DIRECTIVE = re.compile(r"^[-+~?]?(include|a|mx)(?::([^/%\s]+))?(?:/\d{1,3})?(?://\d{1,3})?$", re.I)


@dataclass(frozen=True)
class SpfResult:
    """`result` is a word of RFC 7208 section 2.6. `problem` and `term` say why there is no verdict, as the library
    puts it; `mechanism` is the term of the domain's own record that decided."""

    result: str
    mechanism: str = ""
    problem: str = ""
    term: str = ""
    lookups: int = 0  # terms that cost a question; more than 10 is an error
    void_lookups: int = 0  # questions without an answer; more than 2 is an error


@dataclass
class SpfDoor:
    """One run's evaluations; they share their answers."""

    resolver: Resolver
    limit: float = LIMIT  # seconds for one evaluation
    _answers: dict[_Question, tuple[str, ...] | CheckError] = field(default_factory=dict)

    async def check(self, address: str, sender: str, helo: str, record: str = "") -> SpfResult:
        """What a receiver finds for mail of `sender` (empty: only the HELO name counts) that `address` brings.

        `record`: what it would find if this were the domain's record.

        Never raises for what the DNS says: what cannot be asked is the result "temperror".
        """
        try:
            async with asyncio.timeout(self.limit):
                return await self._answered(address, sender, helo, record)
        except TimeoutError:
            return SpfResult("temperror", problem="timed_out")

    async def _answered(self, address: str, sender: str, helo: str, record: str) -> SpfResult:
        await self._prefetch((sender or helo).rpartition("@")[2], "AAAA" if ":" in address else "A", record)
        for _ in range(MOST_QUESTIONS):
            query = _Query(self._answers, address, sender, helo)
            try:
                return query.outcome(record)
            except _Unanswered as missing:
                await self._ask([missing.question])
            except _TooLong:
                return SpfResult("temperror", problem="too_long")
        return SpfResult("temperror", problem="too_many_questions")

    async def _prefetch(self, domain: str, family: str, record: str) -> None:
        """Ask at once what the record's own text shows will be asked, so that the evaluation waits less often."""
        level: list[_Question] = [(_plain(domain), "TXT")]
        if record:
            level = list(_mentioned((_plain(domain), record), family))[:20]
        for _ in range(4):
            await self._ask(level)
            records = [text for name, kind in level if kind == "TXT" for text in self._texts(name)]
            level = [*self._hosts(level, family), *(one for text in records for one in _mentioned(text, family))][:20]

    def _hosts(self, level: Iterable[_Question], family: str) -> list[_Question]:
        """The addresses of the mail servers just learned; the library would ask for one after the other."""
        answers = [self._answers.get(one, ()) for one in level if one[1] == "MX"]
        records = [record for answer in answers if not isinstance(answer, CheckError) for record in answer[:10]]
        return [(_plain(record.partition(" ")[2]), family) for record in records if record.partition(" ")[2] != "."]

    def _texts(self, name: str) -> tuple[tuple[str, str], ...]:
        answer = self._answers.get((name, "TXT"), ())
        return () if isinstance(answer, CheckError) else tuple((name, text) for text in answer if _is_spf(text))

    async def _ask(self, questions: Iterable[_Question]) -> None:
        missing = [one for one in dict.fromkeys(questions) if one not in self._answers]
        room = max(0, 2 * MOST_QUESTIONS - len(self._answers))
        answers = await together(self._records(*one) for one in missing[:room])
        for question, answer in zip(missing, answers, strict=False):
            self._answers[question] = answer

    async def _records(self, name: str, rdtype: str) -> tuple[str, ...] | CheckError:
        try:
            return (await self.resolver.query(name.replace("\\", "\\\\").replace(" ", "\\032"), rdtype)).records
        except UsageError:
            return ()  # a name nobody can ask for has no records
        except CheckError as error:
            return error


class _Unanswered(Exception):
    def __init__(self, question: _Question) -> None:
        super().__init__(question)
        self.question = question


class _TooLong(Exception):
    """The evaluation's time is up."""


class _Query(spf.query):  # type: ignore[misc]
    """The library's evaluation with our answers in the place of its own look-ups."""

    def __init__(self, answers: dict[_Question, Any], address: str, sender: str, helo: str) -> None:
        super().__init__(i=address, s=sender, h=helo)
        self._given = answers

    def outcome(self, record: str = "") -> SpfResult:
        """Evaluate `record`, or what the DNS holds. Raises `_Unanswered` for the first question without an answer."""
        if record:
            _as_library(record, "TXT")
        result, _, _ = self.check(record or None)
        trouble = result in ("permerror", "temperror")
        return SpfResult(
            result=result,
            mechanism=self.mechanism or "",
            problem=str(getattr(self, "prob", "")) if trouble else "",
            term=str(self.mech[0]) if trouble and self.mech else "",
            lookups=self.lookups,
            void_lookups=self.void_lookups,
        )

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:
        """The library's only way to the DNS. Aliases are already followed by the resolver.

        Raises `_Unanswered` for a question not asked yet, and the library's own TempError (the DNS failed) and
        PermError (over two void look-ups, RFC 7208 section 4.6.4).
        """
        plain = _plain(str(name))
        if not all(0 < len(label) < 64 for label in plain.split(".")) or len(plain) > 253:
            return []
        if (plain, qtype) not in self._given:
            raise _Unanswered((plain, qtype))
        answer = self._given[(plain, qtype)]
        if isinstance(answer, CheckError):
            raise spf.TempError(answer.code, plain)
        if not answer and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("void lookups", plain)
        return [_as_library(text, qtype) for text in answer]

    def validated_ptrs(self) -> list[str]:
        """The address's names that lead back to it; names that cannot be asked are skipped (RFC 7208 section 5.5)."""
        try:
            names = self.dns_ptr(self.i)[: spf.MAX_PTR]
        except spf.TempError:
            return []
        return [name for name in names if self._leads_back(name)]

    def _leads_back(self, name: str) -> bool:
        try:
            return bool(self.cidrmatch(self.dns_a(name, self.A), self.cidrmax))
        except spf.TempError:
            return False


def _as_library(text: str, qtype: str) -> Any:
    if qtype == "TXT":
        if _is_spf(text) and (len(text) > LONGEST_RECORD or any(len(term) > LONGEST_TERM for term in text.split(" "))):
            raise _TooLong
        # The resolver shows bytes beyond ASCII as \xNN; the library wants them back to refuse them.
        return [_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text.encode("ascii", "replace"))]
    if qtype == "MX":
        preference, _, host = text.partition(" ")
        return int(preference), host.rstrip(".")
    return text.rstrip(".")


def _is_spf(text: str) -> bool:
    return text[:7].lower() in ("v=spf1", "v=spf1 ")


def _plain(name: str) -> str:
    return name.removesuffix(".").lower()


def _mentioned(named: tuple[str, str], family: str) -> Iterable[_Question]:
    """The questions a record's terms lead to, as far as its text alone shows them."""
    domain, text = named
    for term in text[:LONGEST_RECORD].split(" "):
        if found := _DIRECTIVE.match(term[:LONGEST_TERM]):
            kind = {"include": "TXT", "a": family, "mx": "MX"}[found[1].lower()]
            yield _plain(found[2] or domain), kind
        elif term.lower().startswith("redirect=") and "%" not in term:
            yield _plain(term[9 : LONGEST_TERM + 9]), "TXT"
