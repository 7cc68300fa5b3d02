"""The key: questions, answers and rubric, and their file. The public key, which students hold, is a cut of it."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from msgspec.structs import replace

from grader.key.model import REFERENCE, Basis, CriterionRule, Entry, Key, Rubric, needed_by
from grader.key.store import key_bytes, load_key, pack, pack_outcomes, save_key, unpack_outcomes
from grader.key.stubs import stub_answerer

__all__ = [
    "REFERENCE", "Basis", "CriterionRule", "Entry", "Key", "Rubric", "digest_of", "key_bytes",
    "load_key", "needed_by", "pack_outcomes", "public_cut", "save_key", "stub_answerer", "unpack_outcomes",
]  # fmt: skip


def public_cut(key: Key) -> Key:
    """The same key without its hidden entries, their answers and their recordings. The questions stay whole."""
    kept = {old: new for new, old in enumerate(n for n, entry in enumerate(key.entries) if entry.is_public)}
    rules = {old: rule for old, rule in enumerate(key.rubric.gradients) if rule.base in kept}
    places = {old: new for new, old in enumerate(rules)}
    gradients = tuple(replace(rule, base=kept[rule.base]) for rule in rules.values())
    cut = replace(
        key,
        entries=tuple(_with_gradient(key.entries[old], places) for old in kept),
        rubric=replace(key.rubric, gradients=gradients),
        answers={variant: _kept(outcomes, kept) for variant, outcomes in key.answers.items()},
        recordings=_kept(key.recordings, kept),
        seed="",
        is_public=True,
    )
    return replace(cut, digest=digest_of(cut))


def _kept(by_number: Mapping[int, Any], kept: Mapping[int, int]) -> dict[int, Any]:
    return {kept[n]: found for n, found in by_number.items() if n in kept}


def _with_gradient(entry: Entry, places: dict[int, int]) -> Entry:
    nudge = entry.nudge
    return entry if nudge is None else replace(entry, nudge=replace(nudge, gradient=places[nudge.gradient]))


def digest_of(key: Key) -> str:
    """A digest of what is asked: outcomes can be judged again by any key of the same digest.

    Drivers count without docstrings and places, and so do inputs, limits and files given; not names, points, sentences.
    """
    tree = ast.parse(key.questions)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    asked = tuple(replace(entry, case="", behaviours={}) for entry in key.entries)
    settings = {"limits": asdict(key.rubric.limits), "files": dict(key.rubric.handout.files)}
    return hashlib.sha256(ast.dump(tree).encode() + pack(asked, settings=settings)).hexdigest()
