"""A Report as plain JSON values and back: codes and values only, no words.

The notebook keeps runs in this form, and the JSON of `check` is this form with the words of one language added,
so that a run made in one language can be printed in the other, by a later version too.
"""

from core.saved_run.read import report_from_json, report_from_text
from core.saved_run.write import SCHEMA, finding_to_plain, plain, report_to_plain

__all__ = ["SCHEMA", "finding_to_plain", "plain", "report_from_json", "report_from_text", "report_to_plain"]
