"""Walks the story of 2004 by keyboard alone, or by a screen reader's actions alone; knows only what AT-SPI says.

    /usr/bin/python3 walk_by_ear.py keyboard|actions PDF

Runs under Debian's own Python (its binding of AT-SPI belongs to it), in a session bus and on an X server of its own:
`test_walks.py` makes both. Prints a line a step, ends with 0 when the PDF was saved, and names every control that has
no name on the way.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - the version must be said first

_LIMIT = 60.0  # seconds for anything that is waited for
_MOST_TABS = 60
_GROUP = ("Down", "Right", "Tab")  # what is tried on a choice that is heard for the first, second, third time
_CONTROLS = ("push button", "radio button", "check box", "text", "entry", "combo box", "link", "toggle button", "table")


SPOKEN: list[str] = []  # what the window had a screen reader say, beside what stands under the keyboard


def listen() -> Any:
    """From now on take down what is announced; held as long as it listens."""
    listener = Atspi.EventListener.new(lambda event: SPOKEN.append(str(event.any_data)))
    listener.register("object:announcement")
    return listener


def pause(seconds: float) -> None:
    """Wait, and hear what is said meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        while GLib.MainContext.default().iteration(False):
            pass
        time.sleep(0.02)


def tell(line: str) -> None:
    print(line, flush=True)


def app() -> Any:
    """Our application on the accessibility bus."""
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child is not None and "mail-first-aid" in (child.get_name() or ""):
            return child
    return None


def parts(root: Any) -> Iterator[Any]:
    """Everything below `root` that is shown."""
    todo = [root]
    while todo:
        part = todo.pop()
        if part is None:
            continue
        try:
            yield part
            todo += [part.get_child_at_index(index) for index in reversed(range(min(400, part.get_child_count())))]
        except GLib.Error:
            continue  # gone while we looked


def shown(part: Any) -> bool:
    states = part.get_state_set()
    return bool(states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.VISIBLE))


def wait_for(what: str, found: Callable[[], Any]) -> Any:
    until = time.monotonic() + _LIMIT
    while time.monotonic() < until:
        try:
            if result := found():
                return result
        except GLib.Error:
            pass  # the tree changed under our hands: look again
        pause(0.2)
    raise SystemExit(f"did not come: {what}; shown: {[p.get_name() for p in parts(app()) if p.get_name()][:80]}")


def control(name: str) -> Any:
    """The shown control whose name begins with `name`."""
    for part in parts(app()):
        if (
            part.get_role_name() in _CONTROLS
            and (part.get_name() or "").replace("&", "").startswith(name)
            and shown(part)
        ):
            return part
    return None


def words(text: str) -> Any:
    """A shown label that holds `text`."""
    return next((p for p in parts(app()) if text in (p.get_name() or "") and shown(p)), None)


def focused() -> Any:
    """What has the keyboard. Qt lets the chosen line of a combo box claim it too, even on a page that is hidden."""
    claim = [p for p in parts(app()) if p.get_state_set().contains(Atspi.StateType.FOCUSED) and shown(p)]
    controls = [p for p in claim if p.get_role_name() in _CONTROLS and p.get_role_name() != "combo box"]
    return next(iter(controls or claim), None)


def nameless() -> list[str]:
    """Controls a screen reader could only call by their kind."""
    wrong = []
    for part in parts(app()):
        if part.get_role_name() in _CONTROLS and shown(part) and not (part.get_name() or "").strip():
            wrong.append(f"{part.get_role_name()} {part.get_description()!r}")
        if part.get_role_name() in ("invalid", "unknown") and shown(part):
            wrong.append(f"no role: {part.get_name()!r}")
    return wrong


def key(*names: str) -> None:
    subprocess.run(["xdotool", "key", "--clearmodifiers", *names], check=True, timeout=20)
    time.sleep(0.25)


def by_keyboard(name: str) -> None:
    """Tab until the control has the focus, then Enter. Where Tab alone comes round without it, the arrow keys are used
    within the groups of choices (they choose as they go, so that they come second)."""
    wait_for(name, lambda: control(name))
    heard: list[str] = []
    round_done = False
    for _ in range(_MOST_TABS):
        here = focused()
        heard.append(_said(here))
        if heard[-1].startswith(name):
            key("Return")
            return
        if not round_done and heard.count(heard[-1]) > 1 and heard[-1] == heard[0]:
            round_done, heard = True, [heard[-1]]
        in_group = round_done and here is not None and here.get_state_set().contains(Atspi.StateType.CHECKABLE)
        key(_GROUP[min(heard.count(heard[-1]), len(_GROUP)) - 1] if in_group else "Tab")
    raise SystemExit(f"the keyboard does not reach {name!r}; heard {heard}")


def _said(part: Any) -> str:
    return (part.get_name() or "").replace("&", "") if part is not None else ""


def by_action(name: str) -> None:
    """What a screen reader does when told to press."""
    part = wait_for(name, lambda: control(name))
    names = [part.get_action_name(index).lower() for index in range(part.get_n_actions())]
    wanted = next((index for index, each in enumerate(names) if each in ("press", "toggle", "check")), None)
    if wanted is None:
        raise SystemExit(f"{name!r} offers only {names}")
    part.do_action(wanted)
    time.sleep(0.3)


def walk(press: Callable[[str], None], pdf: Path) -> list[str]:
    wait_for("the application", app)
    wait_for("the first page", lambda: words("What happened"))
    wrong = nameless()
    press("Practise first")
    press("Next")
    tell("the practice run has begun")
    wait_for("the answer", lambda: words("Cause (confirmed): The server passes on mail for anyone"))
    wait_for("who acts", lambda: words("Your company can repair this"))
    tell("answer heard: the cause, and who acts")
    wait_for("the verdict, said unasked", lambda: any("passes on mail for anyone" in said for said in SPOKEN))
    tell(f"said unasked: {SPOKEN}")
    wrong += nameless()
    press("To the report")
    wait_for("the report", lambda: control("Save as PDF"))
    wrong += nameless()
    press("Save as PDF")
    wait_for(
        "the file dialog",
        lambda: words("Save") and len([p for p in parts(app()) if p.get_role_name() in ("dialog", "file chooser")]),
    )
    time.sleep(1)
    subprocess.run(["xdotool", "key", "ctrl+a"], check=True, timeout=20)
    subprocess.run(["xdotool", "type", "--delay", "15", str(pdf)], check=True, timeout=60)
    key("Return")
    wait_for("the PDF", lambda: pdf.exists() and pdf.stat().st_size > 10_000)
    wait_for("that it is saved, said unasked", lambda: any("aved" in said for said in SPOKEN))
    tell("PDF saved")
    return wrong


def main() -> int:
    way, pdf = sys.argv[1], Path(sys.argv[2])
    listener = listen()
    wrong = walk(by_keyboard if way == "keyboard" else by_action, pdf)
    for each in wrong:
        tell(f"without a name: {each}")
    listener.deregister("object:announcement")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
