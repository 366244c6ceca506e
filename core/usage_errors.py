"""What was wrong with a command line, as a code with its values, so that it is said in the reader's language.

argparse tells it in English alone. The forms are those of Python 3.11 to 3.14; one that is not known here is handed on
as argparse says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from core.clean import clean
from core.errors import UsageError
from core.texts import LANGUAGES, Language, system_language

_CHOICE = r"invalid choice: (?P<value>.*?)(?:, maybe you meant .*?\??)? \(choose from (?P<known>.*)\)"
_OPTION = r"argument (?P<option>-[^:]*): "
_FORMS: tuple[tuple[str, str], ...] = (
    (rf"argument (?:COMMAND|ACTION): {_CHOICE}", "usage.unknown_command"),
    (_OPTION + _CHOICE, "usage.bad_choice"),
    (rf"argument [^-][^:]*: {_CHOICE}", "usage.bad_word"),
    (_OPTION + r"expected (?:one|at least one|at most one|\d+) arguments?", "usage.no_value"),
    (_OPTION + r"ignored explicit argument (?P<value>.*)", "usage.takes_no_value"),
    (_OPTION + r"invalid int value: (?P<value>.*)", "usage.no_number"),
    (_OPTION + r"not allowed with argument (?P<other>.*)", "usage.conflict"),
    (r"ambiguous option: (?P<value>.*?) could match (?P<known>.*)", "usage.ambiguous"),
    (r"the following arguments are required: (?P<names>.*)", "usage.missing"),
    (r"unrecognized arguments: (?P<value>.*)", "usage.not_understood"),
)
_LISTS = ("known", "names")
_NOT_FOR_PEOPLE = frozenset({"practice-ssh"})
_LONGEST = 80  # characters shown of what was typed


def usage_error(message: str, choices: Mapping[str, Iterable[str]]) -> UsageError:
    """What argparse complains of, as one of our own errors. `choices`: of each word that may be missing, what fits."""
    for form, code in _FORMS:
        if match := re.fullmatch(form, message, re.DOTALL):
            found = match.groupdict()
            lists = {name: _words(found.pop(name)) for name in _LISTS if name in found}
            if "names" in lists:
                lists["names"] = [_with_choices(name, choices.get(name, ())) for name in lists["names"]]
            return UsageError(code, **lists, **{name: _bare(value) for name, value in found.items()})
    return UsageError("usage.other", detail=clean(message, 300))


def language_asked(argv: Sequence[str]) -> Language:
    """The language of a command line that could not be read: what `--lang` says, else the system's."""
    named = {word.removeprefix("--lang=") for word in argv if word.startswith("--lang=")}
    named |= {word for option, word in pairwise(argv) if option == "--lang"}
    return next((language for language in LANGUAGES if language in named), system_language())


def _words(listed: str) -> list[str]:
    """'a', 'b' or a, b (since Python 3.12) or METAVAR, --option."""
    return [word for word in re.findall(r"[^\s',]+", listed) if word not in _NOT_FOR_PEOPLE]


def _with_choices(name: str, choices: Iterable[str]) -> str:
    fitting = [choice for choice in choices if choice not in _NOT_FOR_PEOPLE]
    return f"{name} ({'|'.join(fitting)})" if fitting else name


def _bare(value: str) -> str:
    """Without the quotation marks of Python's `repr`, which also wrote control characters as escapes."""
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return clean(value[1:-1] if quoted else value, _LONGEST)
