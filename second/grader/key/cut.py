"""The public key, which students hold: a cut of the full one; and the digest that names what a key asks."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import asdict

import msgspec

from grader.key.model import Entry, Key
from grader.key.store import pack


def public_cut(key: Key) -> Key:
    """The same key without its hidden entries, their answers and their recordings. The questions stay whole."""
    kept = {old: new for new, old in enumerate(n for n, entry in enumerate(key.entries) if entry.is_public)}
    rules = {old: rule for old, rule in enumerate(key.rubric.gradients) if rule.base in kept}
    places = {old: new for new, old in enumerate(rules)}
    cut = msgspec.structs.replace(
        key,
        entries=tuple(_with_gradient(key.entries[old], places) for old in kept),
        rubric=msgspec.structs.replace(
            key.rubric,
            gradients=tuple(msgspec.structs.replace(rule, base=kept[rule.base]) for rule in rules.values()),
        ),
        answers={
            variant: {kept[n]: stages for n, stages in outcomes.items() if n in kept}
            for variant, outcomes in key.answers.items()
        },
        recordings={kept[n]: calls for n, calls in key.recordings.items() if n in kept},
        seed="",
        is_public=True,
    )
    return msgspec.structs.replace(cut, digest=digest_of(cut))


def _with_gradient(entry: Entry, places: dict[int, int]) -> Entry:
    if entry.nudge is None:
        return entry
    nudge = msgspec.structs.replace(entry.nudge, gradient=places[entry.nudge.gradient])
    return msgspec.structs.replace(entry, nudge=nudge)


def digest_of(key: Key) -> str:
    """A digest of what is asked: outcomes can be judged again by any key of the same digest.

    That are the drivers without docstrings and places, the inputs, the limits and the files given; not names, points
    and sentences.
    """
    tree = ast.parse(key.questions)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    asked = tuple(msgspec.structs.replace(entry, case="", behaviours={}) for entry in key.entries)
    settings = {"limits": asdict(key.rubric.limits), "files": dict(key.rubric.handout.files)}
    return hashlib.sha256(ast.dump(tree).encode() + pack(asked, settings=settings)).hexdigest()
