"""What the window needs of `core`, loaded before Qt is.

PySide looks into the source of every module that is imported after it (for its switchable features), which makes each
import several times slower: a quarter of the time until the window stands. Imported for this effect alone.
"""

from __future__ import annotations

import core.again
import core.arrival_run
import core.blacklists
import core.checks
import core.delisting
import core.diagnosis
import core.first_aid
import core.guide
import core.knowledge.glossary
import core.letters
import core.notebook
import core.practice
import core.report.json_file
import core.survey  # noqa: F401 - all of these are for their loading
