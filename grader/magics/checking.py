"""In the process beside the kernel: one check, told as a card.

takes: JSON on standard input: a notebook's text, names, where a key may lie.
gives: one line of JSON on standard output: `html` and `text`; or `error` and `hint`.
must not know: IPython, the kernel.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.answer_key import AnswerKey, find_public_key, load_key
from grader.errors import GraderError, KeyFileError
from grader.gradebook import Record
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.report.notebook_card import NotChecked, card_text, render_card
from grader.sandbox import open_own_work

FILE = "notebook.ipynb"


def main() -> None:
    """Answer one order."""
    order = json.load(sys.stdin)
    try:
        reply = check(order)
    except GraderError as error:
        reply = {"error": str(error), "hint": error.hint}
    sys.stdout.write("\n" + json.dumps(reply) + "\n")


def check(order: dict[str, Any]) -> dict[str, str]:
    """Check a notebook's text; raises `GraderError` where there is no key, or a name that it does not know."""
    key = load_key(_key_path(order)).public()
    wanted = _wanted(order["names"], [rule.name for rule in key.rubric.criteria])
    with tempfile.TemporaryDirectory(prefix="grader-") as folder, open_own_work() as sandbox:
        path = Path(folder) / FILE
        path.write_text(order["notebook"], encoding="utf-8")
        beside = tuple(map(Path, order["folders"]))
        record = grade_one(Desk(key, sandbox), replace(one_submission(path), beside=beside))
    shown = replace(record, criteria=tuple(c for c in record.criteria if c.name in wanted))
    missing = _not_checked(shown, key)
    return {"html": render_card(key.rubric.title, shown, missing), "text": card_text(shown, missing)}


def _key_path(order: dict[str, Any]) -> Path:
    if order["key"]:
        if not Path(order["key"]).is_file():
            raise KeyFileError(
                f"there is no file at {order['key']}",
                "the public key came with the hand-out and ends in .public.key.npz",
            )
        return Path(order["key"])
    refused: KeyFileError | None = None
    for place in order["places"]:
        try:
            return find_public_key(Path(place) / FILE)
        except KeyFileError as error:
            refused = refused or error
    hint = refused.hint if refused else ""
    raise KeyFileError(
        str(refused), f"{hint}; in Colab, drop it into the folder at the left. %check --key FILE names another place"
    )


def _wanted(names: Sequence[str], known: Sequence[str]) -> set[str]:
    """The criteria that are meant; a class means all of its functions."""
    wanted: set[str] = set()
    for name in names:
        meant = {one for one in known if one == name or one.startswith(f"{name}.")}
        if not meant:
            raise GraderError(f"no checked function is called {name}", f"there are: {', '.join(known)}")
        wanted |= meant
    return wanted or set(known)


def _not_checked(record: Record, key: AnswerKey) -> NotChecked:
    """What the public key cannot tell: the behaviours that only hidden cases are about."""
    unseen = {c.name: tuple(b.name for b in c.behaviours if b.standing == "not shown") for c in record.criteria}
    return NotChecked({name: behaviours for name, behaviours in unseen.items() if behaviours})
