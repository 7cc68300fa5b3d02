"""The answer key: call plan, answers and rubric, as plain arrays and JSON.

takes: what `compile_key` found out; or a key file.
gives: `AnswerKey`, its public cut, its file; a damaged or foreign file raises `KeyFileError`.
must not know: how the answers were computed, submissions.
"""

from grader.answer_key.finding import find_public_key
from grader.answer_key.given import with_files
from grader.answer_key.key import REFERENCE, SCHEMA, SCHEMA_BEFORE, AnswerKey
from grader.answer_key.lent import Lent, LentCall
from grader.answer_key.rubric import (
    AlternativeRule,
    BehaviourRule,
    CriterionRule,
    FollowThroughRule,
    LateRule,
    MistakeRule,
    Rubric,
)
from grader.answer_key.store import lent_digest, load_key, plan_digest, save_key, was_seeded

__all__ = [
    "REFERENCE",
    "SCHEMA",
    "SCHEMA_BEFORE",
    "AlternativeRule",
    "AnswerKey",
    "BehaviourRule",
    "CriterionRule",
    "FollowThroughRule",
    "LateRule",
    "Lent",
    "LentCall",
    "MistakeRule",
    "Rubric",
    "find_public_key",
    "lent_digest",
    "load_key",
    "plan_digest",
    "save_key",
    "was_seeded",
    "with_files",
]
