"""One line of the bench: what, our figure, the other's, their ratio, the goal, and whether it was kept."""

from __future__ import annotations

HEADING = f"{'what':40} {'ours':>14} {'beside':>26} {'ratio':>7}  {'goal':<22}"


def told(what: str, ours: str, beside: str = "", ratio: float | None = None, goal: str = "", kept: bool = True) -> bool:
    """Print the line; returns `kept`. Without a goal the figure stands for itself."""
    shown = "" if ratio is None else f"{ratio:.2f}"
    verdict = ("ok" if kept else "MISSED") if goal else ""
    print(f"{what:40} {ours:>14} {beside:>26} {shown:>7}  {goal:<22} {verdict}".rstrip(), flush=True)
    return kept
