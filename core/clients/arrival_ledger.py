"""The arrival tests under way, and what came of them: kept over runs, because a message takes its time.

One small JSON file in the person's data folder, mode 0600 (it names their mailbox); without a path it lives as long as
the run. A file that cannot be read is set aside as `.bad`, never written over. Entries end after a week.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import platformdirs

from core.kept_file import read_kept, replace_kept
from core.model import Relation

log = logging.getLogger(__name__)
Purpose = Literal["relay", "send", "receive"]
_FORM = 1
_LONGEST_FILE = 300_000  # bytes
_KEPT = timedelta(days=7)
_MOST = 50


@dataclass(frozen=True)
class Test:
    """One message on its way. `names`: what the server calls itself, and how we call it. `address` "" : by hand."""

    token: str
    purpose: Purpose
    mailbox: str
    started_at: datetime
    host: str = ""
    address: str = ""
    names: tuple[str, ...] = ()
    relation: Relation = "unknown"
    form: str = ""
    arrived_at: datetime | None = None

    # pytest looks for classes called Test...
    __test__ = False


class ArrivalLedger:
    """Tests by their word."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._tests: dict[str, Test] | None = None

    def note(self, test: Test) -> None:
        """Keep this test, or what is now known of it."""
        tests = self._all()
        tests.pop(test.token, None)
        tests[test.token] = test
        kept = [one for one in tests.values() if one.started_at >= test.started_at - _KEPT][-_MOST:]
        self._tests = {one.token: one for one in kept}
        self._keep()

    def find(self, token: str) -> Test | None:
        """The test with this word, whatever its case."""
        return self._all().get(token.upper())

    def latest(self) -> Test | None:
        """The newest test."""
        return next(reversed(self._all().values()), None)

    def sent_since(self, address: str, since: datetime) -> int:
        """How many messages we sent through this server since then."""
        return sum(1 for one in self._all().values() if address and one.address == address and one.started_at >= since)

    def arrived(self, token: str, at: datetime) -> None:
        """The message was seen in the mailbox."""
        if (test := self.find(token)) is not None:
            self.note(replace(test, arrived_at=at))

    def relayed_since(self, address: str, since: datetime) -> Test | None:
        """The newest test that proved, from outside, that this server passes on strangers' mail."""
        for one in reversed(self._all().values()):
            outside = one.purpose == "relay" and one.relation == "outside"
            if outside and one.address == address and one.arrived_at is not None and one.arrived_at >= since:
                return one
        return None

    def _all(self) -> dict[str, Test]:
        if self._tests is None:
            self._tests = self._read()
        return self._tests

    def _read(self) -> dict[str, Test]:
        if self._path is None:
            return {}
        return read_kept(self._path, _LONGEST_FILE, _parsed, self._path.with_name(self._path.name + ".bad")) or {}

    def _keep(self) -> None:
        """Write all of it, or nothing (mkstemp's file is for its owner alone)."""
        if self._path is None:
            return
        try:
            tests = [asdict(one) for one in self._all().values()]
            text = json.dumps({"form": _FORM, "tests": tests}, indent=1, default=datetime.isoformat)
            replace_kept(self._path, text)
        except OSError as error:
            log.warning("the record of arrival tests could not be kept: %s", error.strerror)


def arrivals_path() -> Path:
    """Where the record is kept: beside the notebook."""
    return platformdirs.user_data_path("mail-first-aid", appauthor=False) / "arrival-tests.json"


def _parsed(raw: bytes) -> dict[str, Test]:
    kept = json.loads(raw.decode("utf-8"))
    if not isinstance(kept, dict) or kept.get("form") != _FORM or not isinstance(kept.get("tests"), list):
        raise ValueError("not a record of this form")
    return {one.token: one for one in map(_test, kept["tests"])}


def _test(entry: Mapping[str, Any]) -> Test:
    """One entry. Raises ValueError, TypeError or KeyError when it is none."""
    fields = dict(entry)
    started, arrived = _moment(fields.pop("started_at")), fields.pop("arrived_at", None)
    names = tuple(str(name) for name in fields.pop("names", ()))
    test = Test(started_at=started, arrived_at=_moment(arrived) if arrived else None, names=names, **fields)
    texts = (test.token, test.mailbox, test.host, test.address, test.form)
    if not all(isinstance(text, str) for text in texts) or test.purpose not in get_args(Purpose):
        raise ValueError("an entry has the wrong kind")
    if test.relation not in get_args(Relation):
        raise ValueError("an entry has the wrong kind")
    return test


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
