"""Where the exam is sat: here, one variant after the other, or in as many processes as there are cores.

takes: an assignment's folder, its key, and papers.
gives: each paper with what it came to, as they come.
must not know: what a variant is, the table of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from multiprocessing.util import Finalize
from pathlib import Path

from grader.answer_key import AnswerKey
from grader.batch.crew import Hands
from grader.compile_key.authored import load_assignment
from grader.errors import SandboxError
from grader.sandbox import open_sandbox
from grader.selftest.papers import Examiner, Marked, Paper

# What a process keeps between two papers: a sandbox takes longer to open than a paper to mark.
_at_desk: list[Examiner] = []


def _set_up(folder: Path, key: AnswerKey, unsafe: bool) -> None:
    sandbox = open_sandbox(unsafe=unsafe)
    Finalize(None, sandbox.close, exitpriority=10)
    _at_desk[:] = [Examiner(load_assignment(folder), key, sandbox)]


def _work(paper: Paper) -> Marked:
    return _at_desk[0].mark(paper)


def _given_up(paper: Paper) -> Marked:
    raise SandboxError(f"the grader's own process ended twice while '{paper.name}' sat the exam", "run it again")


def seated(
    papers: Iterable[Paper], folder: Path, key: AnswerKey, jobs: int, unsafe: bool
) -> Iterator[tuple[Paper, Marked]]:
    """Each paper and what it came to; raises `SandboxError` where no sandbox is to be had."""
    hands: Hands[Paper, Marked] = Hands(_work, _set_up, (folder, key, unsafe), jobs, _given_up)
    with hands:
        hands.begin()
        yield from hands.go_through(papers)
