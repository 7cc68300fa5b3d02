"""The hand-ins of the table: the sample class, the single-function stories and the attacks, as folders of one class."""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
GRADED = {
    "sigmoid_forward": "Sigmoid.forward", "sigmoid_backward": "Sigmoid.backward", "relu_forward": "Relu.forward",
    "relu_backward": "Relu.backward", "affine_forward": "affine_forward", "affine_backward": "affine_backward",
}  # fmt: skip
"""The graded function of each file of stories."""

# Attacks that say something about verdicts: they return, raise or end the process, and need no house of their own.
ATTACKING = {
    "lying objects", "numbers of other kinds", "exit, abort, crash, recursion",
    "frames and gc walks, answers by look-up", "behaves only when watched",
}  # fmt: skip
ATTACK = """import os, sys, ctypes, signal, time
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)


class Sigmoid:
    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        return out, out


class Relu:
    def forward(self, x):
        return {function}(x), x


"""


@dataclass(frozen=True)
class HandIn:
    """A student's folder with one `layer.py`; only the rows of `criteria` are kept."""

    student: str
    source: str
    criteria: tuple[str, ...]


def above(place: str) -> Path:
    """A file or folder of the project, looked for in this folder's parents: the nearest one counts."""
    return next(parent / place for parent in Path(__file__).resolve().parents if (parent / place).exists())


def slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


def stories(public: dict[str, str]) -> Iterator[HandIn]:
    """Each story as its own hand-in. `PUBLIC` in one stands for the public cases of its criterion."""
    for path in sorted((TESTS / "functions").glob("*/*.txt")):
        criterion = GRADED[path.stem]
        owner, _, method = criterion.rpartition(".")
        head, *parts = re.split(r"^### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for part in parts:
            title, _, code = part.partition("\n")
            given = f"PUBLIC = {public[criterion]}\n" if re.search(r"\bPUBLIC\b", code) else ""
            bare = owner and re.search(rf"^def {method}\(", code, re.MULTILINE)
            source = "\n".join([head, given, code, f"{owner}.{method} = {method}\n" if bare else ""])
            yield HandIn(f"{path.parent.name}-{path.stem}-{slug(title.split(' | ')[0])}", source, (criterion,))


def attacks() -> Iterator[HandIn]:
    """Attacks on `Relu.forward`, each beside a right `Sigmoid.forward` that must keep its points."""
    kept = ("Sigmoid.forward", "Relu.forward")
    for path in sorted((TESTS / "hostile" / "hand_ins").glob("*.py")):
        source = ATTACK.format(function="good") + path.read_text(encoding="utf-8")
        yield HandIn(f"attack-{slug(path.stem)}", source, kept)
    sys.path.insert(0, str(above("tests/hostile/attacks.py").parent))
    import attacks as table

    for attack in table.ATTACKS:
        ends = "timed out" not in attack.outcome and not attack.alone and not attack.top
        if attack.group in ATTACKING and ends and "grader" not in attack.body:
            body = "".join(f"    {line}\n" for line in attack.body.splitlines())
            source = f"{ATTACK.format(function='bad')}def bad(x):\n{body}    return x * 0 + 666\n"
            yield HandIn(f"attack-{slug(attack.name)}", source, kept)


def write_class(folder: Path, public: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Write all hand-ins into one folder. Gives the criteria that are kept of each but the sample class."""
    shutil.copytree(above("submissions/exercise_05"), folder)
    kept = {}
    for hand_in in (*stories(public), *attacks()):
        assert hand_in.student not in kept, f"two hand-ins are called {hand_in.student}"
        kept[hand_in.student] = hand_in.criteria
        (folder / hand_in.student).mkdir()
        (folder / hand_in.student / "layer.py").write_text(hand_in.source, encoding="utf-8")
    return kept


def public_answers(criterion: str, key: Path) -> str:
    """What a student can know: inputs and right results of a criterion's public cases, as a literal.

    The one place that imports the grader: to be written again where a key is something else.
    """
    from grader.answer_key import REFERENCE, load_key
    from grader.plan import Purpose

    full, listed = load_key(key), []
    for n, entry in enumerate(full.plan.entries):
        if entry.criterion == criterion and entry.purpose is Purpose.CASE and entry.visibility == "public":
            values = full.answers[REFERENCE][n].values
            arrays = entry.question.inputs | {k: v.array for k, v in values.items() if v.array is not None}
            listed.append({name: array.tolist() for name, array in arrays.items()})
    return repr(listed)


if __name__ == "__main__":  # in a process of its own, so that the grader it meets is the one that grades
    print(json.dumps({criterion: public_answers(criterion, Path(sys.argv[1])) for criterion in GRADED.values()}))
