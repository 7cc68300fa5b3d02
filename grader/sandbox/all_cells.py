"""Whether all cells of a hand-in are run, which takes longer than its definitions do.

takes: a program, what a session has loaded of it, questions.
gives: the questions for which they are run; what several runs came to.
must not know: how anything is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.sandbox.session import Session
from grader.wire import Loaded, Program, Question


def worth_running_all(program: Program, session: Session) -> bool:
    """Whether something is missing that cells which were left out may define."""
    missing = set(program.wanted) - set(session.loaded.defined)
    return bool(missing) and program.every != program.definitions


def needing_all(program: Program, session: Session, questions: Sequence[Question]) -> set[int]:
    """Find the questions that call a missing function, where all cells may define what the definitions did not.

    Any step counts: a backward that is there still needs the cache of a forward that is not.
    """
    if not worth_running_all(program, session):
        return set()
    missing = set(program.wanted) - set(session.loaded.defined)
    return {q for q, question in enumerate(questions) if any(step.function in missing for step in question.steps)}


def merged(loads: Sequence[Loaded], wanted: Sequence[str]) -> Loaded:
    """What several runs of one program came to."""
    defined = {name for loaded in loads for name in loaded.defined}
    # All cells hold the definitions too, so a run of all of them tells all troubles anew, and truer.
    troubles = loads[-1].troubles or loads[0].troubles
    return Loaded(tuple(name for name in wanted if name in defined), troubles)
