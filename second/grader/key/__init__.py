"""The key: questions, answers and rubric, and their file."""

from grader.key.cut import public_cut
from grader.key.model import REFERENCE, Basis, CriterionRule, Entry, Key, Rubric, needed_by
from grader.key.store import key_bytes, load_key, pack_outcomes, save_key, unpack_outcomes
from grader.key.stubs import stub_answerer

__all__ = [
    "REFERENCE", "Basis", "CriterionRule", "Entry", "Key", "Rubric", "key_bytes", "load_key", "needed_by",
    "pack_outcomes", "public_cut", "save_key", "stub_answerer", "unpack_outcomes",
]  # fmt: skip
