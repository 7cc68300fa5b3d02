"""In the process beside the kernel: one order in JSON comes in, and one reply in JSON, with a card, goes out."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import GraderError, KeyFileError
from grader.folders import find_public_key
from grader.intake import one_submission
from grader.key import load_key, public_cut
from grader.pipeline import Context, grade_one
from grader.report.check_view import card_text, render_card
from grader.sandbox import open_own_work

FILE = "notebook.ipynb"


def main() -> None:
    """Answer one order."""
    try:
        reply = check(json.load(sys.stdin))
    except GraderError as error:
        reply = {"error": str(error), "hint": error.hint}
    sys.stdout.write("\n" + json.dumps(reply) + "\n")


def check(order: dict[str, Any]) -> dict[str, str]:
    """Check a notebook's text; raises `GraderError` where there is no key, or a name that it does not know."""
    key = load_key(_key_path(order["key"], order["places"]))
    key = key if key.is_public else public_cut(key)
    wanted = _wanted(order["names"], [rule.name for rule in key.rubric.criteria])
    with tempfile.TemporaryDirectory(prefix="grader-") as folder, open_own_work() as sandbox:
        path = Path(folder) / FILE
        path.write_text(order["notebook"], encoding="utf-8")
        submission = replace(one_submission(path), beside=tuple(map(Path, order["folders"])))
        record, _ = grade_one(Context(key, sandbox), submission)
    shown = msgspec.structs.replace(record, criteria=tuple(one for one in record.criteria if one.name in wanted))
    return {"html": render_card(shown, key), "text": card_text(shown, key)}


def _key_path(named: str, places: Sequence[str]) -> Path:
    if Path(named).is_file():
        return Path(named)
    if named:
        hint = "the public key came with the exercise and ends in .public.key.npz"
        raise KeyFileError(f"there is no file at {named}", hint)
    refused = KeyFileError("no public key was found")
    for place in places:
        try:
            found = find_public_key(Path(place) / FILE)
            if found.is_file():
                return found
            refused = KeyFileError(f"{found} has no public key yet", "its author makes it: grader compile")
        except KeyFileError as error:
            refused = error
    more = "in Colab, drop it into the folder at the left. %check --key FILE names another place"
    raise KeyFileError(str(refused), f"{refused.hint}; {more}")


def _wanted(names: Sequence[str], known: Sequence[str]) -> set[str]:
    """The criteria that are meant; a class means all of its functions."""
    wanted: set[str] = set()
    for name in names:
        meant = {one for one in known if one == name or one.startswith(f"{name}.")}
        if not meant:
            raise GraderError(f"no checked function is called {name}", f"there are: {', '.join(known)}")
        wanted |= meant
    return wanted or set(known)
