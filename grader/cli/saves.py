"""A hand-in as it is now, and again each time it was saved.

takes: the path of a notebook, a Python file, a project's folder or zip.
gives: a `Submission` at once, and one more after each save that changed something.
must not know: what is done with it.

It looks at the files' times, sizes and numbers three times a second, which costs nothing and works on every file
system, network drives and mounted ones among them. Editors save in several steps or put another file in the old one's
place: a change counts when nothing has moved for one pause, and a file that is gone is waited for.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from grader.errors import SubmissionError
from grader.intake import Candidate, Submission, feed_contents, one_submission, read_candidate

PAUSE = 0.3  # seconds between two looks; who saves does not notice a third of a second
MOST_BESIDE = 100  # files
GONE_AFTER = 7  # looks without a file before it is said to be gone; an editor needs two at most

_Seen = tuple[tuple[str, int, int, int], ...]


def saves_of(path: Path, pause: float = PAUSE) -> Iterator[Submission]:
    """Give the hand-in now and after each save; never ends by itself. Raises `SubmissionError` if it is not there."""
    told = one_submission(path, own_work=True)
    seen, digest = _look(told), _digest(told)
    missing, moved = 0, False
    yield told
    while True:
        time.sleep(pause)
        try:
            now = one_submission(path, own_work=True)
        except (SubmissionError, OSError) as error:  # a network drive may be away, or closed, for a while
            missing += 1
            if missing == GONE_AFTER:
                digest = ""
                yield Submission(told.student_id, told.name, (), str(error), "save it there again: it is waited for")
            continue
        before, seen = seen, _look(now)
        moved, is_still = moved or missing > 0 or seen != before, seen == before
        missing = 0
        if moved and is_still:
            before_digest, digest, moved = digest, _digest(now), False
            if digest != before_digest:
                yield now


def _look(submission: Submission) -> _Seen:
    paths = dict.fromkeys([*(candidate.path for candidate in submission.candidates), *_beside(submission)])
    return tuple(found for path in paths for found in _stat(path))


def _stat(path: Path) -> Iterator[tuple[str, int, int, int]]:
    try:
        stat = path.stat()
    except OSError:
        return
    yield str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino


def _digest(submission: Submission) -> str:
    """What the hand-in's files hold; a save that changed nothing is no news."""
    digest = hashlib.sha256(submission.problem.encode("utf-8", "replace"))
    feed_contents(digest, submission)
    for path in _beside(submission):
        with suppress(SubmissionError, OSError):
            digest.update(hashlib.sha256(read_candidate(Candidate(path.name, path))).digest())
    return digest.hexdigest()


def _beside(submission: Submission) -> list[Path]:
    """The Python files that the checked one may import; of a folder that holds very many, the first."""
    found = (path for folder in submission.beside for form in ("*.py", "*/*.py") for path in folder.glob(form))
    return sorted(islice(found, MOST_BESIDE))
