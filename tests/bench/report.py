"""How long a full report takes on one core, once the program and the PDF engine have started.

    make bench

The promise: under one second for the practice incident, in either language, with its pictures, page one measured and
fitted, and everything in the appendix. The first report of a process also loads the engine and reads the fonts; that
is printed beside it.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time

from core.model import Report
from core.practice import practice_company
from core.report.pdf_file import made_pages
from core.run import Run, RunFinished
from core.texts import Language

LIMIT = 1.0  # seconds
RUNS = 7


async def practised() -> Report:
    """The practice incident, as `mail-first-aid practice` runs it."""
    async with practice_company("relay-2004") as company:
        async for event in Run(company.target, doors=company.doors).events():
            if isinstance(event, RunFinished):
                return event.report
    raise RuntimeError("a run always ends with its report")


def seconds(report: Report, language: Language) -> tuple[float, int]:
    """How long one PDF took, and how many bytes it has."""
    begun = time.perf_counter()
    content = made_pages(report, language).pdf
    return time.perf_counter() - begun, len(content)


def main() -> int:
    """Print the figures; 1 when the promise is not kept."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    report = asyncio.run(practised())
    first, size = seconds(report, "ja")
    print(f"report: the first of a process {first:.2f} s, {size:,} bytes")
    kept = True
    for language in ("ja", "en"):
        taken = statistics.median(seconds(report, language)[0] for _ in range(RUNS))
        kept = kept and taken < LIMIT
        print(f"report ({language}): {taken:.2f} s, the median of {RUNS}; promised: under {LIMIT:.0f} s")
    begun = time.perf_counter()
    pages = made_pages(report, "ja").pictures(110)
    print(f"report, {len(pages)} pages as pictures for the window: {time.perf_counter() - begun:.2f} s")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
