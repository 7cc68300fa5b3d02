"""The hand-ins of the table: the sample class, the single-function stories and the attacks, as folders of one class."""

import importlib
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
CRITERIA = ("Sigmoid.forward", "Sigmoid.backward", "Relu.forward", "Relu.backward", "affine_forward", "affine_backward")
HandIn = tuple[str, str, tuple[str, ...]]
"""A student's name, the text of the one file `layer.py`, and the criteria whose rows are kept."""

# Attacks that end by themselves and say something about verdicts; all others are a test of the wall.
ATTACKING = (
    "lying objects", "numbers of other kinds", "exit, abort, crash, recursion",
    "frames and gc walks, answers by look-up", "behaves only when watched",
)  # fmt: skip
SLOW = ("ten million numbers in a list", "an int of a million digits", "a stop that is a fault")
HEAD = """import os, sys, ctypes, signal, time
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)


class Sigmoid:
    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        return out, out


class Relu:
    def forward(self, x):
        return {}(x), x


"""


def slug(*words: str) -> str:
    return "-".join([words[0], *(re.sub("[^a-z0-9_]+", "-", word.lower()).strip("-") for word in words[1:])])


def stories(public: dict[str, str]) -> Iterator[HandIn]:
    """Each story as a hand-in of its own. `PUBLIC` in one stands for the public cases of its criterion."""
    for path in sorted((TESTS / "functions").glob("*/*.txt")):
        criterion = next(name for name in CRITERIA if name.lower().replace(".", "_") == path.stem)
        owner, _, method = criterion.rpartition(".")
        head, *parts = re.split(r"^### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for title, _, code in (part.partition("\n") for part in parts):
            given = f"PUBLIC = {public[criterion]}\n" if re.search(r"\bPUBLIC\b", code) else ""
            bare = owner and re.search(rf"^def {method}\(", code, re.MULTILINE)
            source = "\n".join([head, given, code, f"{owner}.{method} = {method}\n" if bare else ""])
            yield slug(path.parent.name, path.stem, title.split(" | ")[0]), source, (criterion,)


def attacks() -> Iterator[HandIn]:
    """Attacks on `Relu.forward`, each beside a right `Sigmoid.forward` that must keep its points."""
    sys.path.insert(0, str(TESTS / "hostile"))
    for attack in importlib.import_module("attacks").ATTACKS:
        awkward = attack.alone or attack.top or attack.name in SLOW or "timed out" in attack.outcome
        if attack.group in ATTACKING and not awkward and "grader" not in attack.body:
            body = "".join(f"    {line}\n" for line in attack.body.splitlines())
            source = HEAD.format("bad") + f"def bad(x):\n{body}    return x * 0 + 666\n"
            yield slug("attack", attack.name), source, ("Sigmoid.forward", "Relu.forward")


def write_class(folder: Path, public: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Write all hand-ins into one folder. Gives the criteria that are kept of each but the sample class."""
    shutil.copytree(ROOT / "submissions" / "exercise_05", folder)
    kept = {}
    for student, source, criteria in (*stories(public), *attacks()):
        (folder / student).mkdir()
        (folder / student / "layer.py").write_text(source, encoding="utf-8")
        kept[student] = criteria
    return kept


def public_answers(key: Any, criterion: str) -> str:
    """What a student can know: inputs and right results of a criterion's public cases, as a literal."""
    listed = []
    for number, entry in enumerate(key.entries):
        if criterion in entry.stages and entry.is_public and entry.basis == "own":
            values = key.answers["reference"][number][entry.stages.index(criterion)].values
            arrays = {name: value for name, value in {**entry.inputs, **values}.items() if hasattr(value, "tolist")}
            listed.append({name: array.tolist() for name, array in arrays.items()})
    return repr(listed)


if __name__ == "__main__":  # in a process of its own, so that the grader it meets is the one that grades
    from grader.key import load_key

    full = load_key(Path(sys.argv[1]))
    print(json.dumps({criterion: public_answers(full, criterion) for criterion in CRITERIA}))
