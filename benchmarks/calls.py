"""How many functions of Python a notebook has called: a cost that other work on the machine does not change.

takes: a class, a key, a folder to grade it into, how many notebooks of it.
gives: one JSON object: calls a notebook on our side, and behind the wall.
must not know: what a stage does.

Times of two days, or of two machines, are hard to hold against each other; these numbers are not, up to a percent or
two, as our side looks more often for an answer that takes longer. What a call costs they do not tell.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from cProfile import Profile
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.stages import unfollowed

LOAD_SECONDS = 10.0
WARM = 10  # notebooks that only warm up: what is made once is in no count


def measure(folder: Path, key_path: Path, out: Path, count: int) -> dict[str, float]:
    """Grade some notebooks of a class, and answer all that they were asked once more, in this process."""
    from grader.answer_key import load_key
    from grader.batch.saved_class import Class
    from grader.batch.whole_class import grade_all
    from grader.intake import submissions_in

    order, submissions = Class(load_key(key_path), str(key_path), out), submissions_in(folder)
    warm = submissions[: min(WARM, len(submissions) // 2)]
    asked = submissions[: len(warm) + count]
    grade_all(order, warm, unfollowed)
    with _noting_requests() as requests:
        ours = _calls(lambda: grade_all(order, asked, unfollowed))
    sat = list(requests.values())
    if all(len(one) < 2 for one in sat):
        raise RuntimeError("no hand-in was asked anything: grading them failed")
    for one in sat[: len(warm)]:
        _answer(one)
    inside = _calls(lambda: [_answer(one) for one in sat])
    per = len(asked) - len(warm)
    return {"ours": ours / per, "inside": inside / per}


def _calls(work: Callable[[], object]) -> int:
    profile = Profile(builtins=False)
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


@contextmanager
def _noting_requests() -> Iterator[dict[int, list[bytes]]]:
    """What each process is sent while this lasts, by a number of its own."""
    from grader.sandbox.worker import Worker

    requests: dict[int, list[bytes]] = {}
    living: list[Worker] = []  # so that none gets the place of another
    send = Worker.send

    def noted(self: Worker, request: bytes, *more: int) -> None:
        living.append(self)
        requests.setdefault(id(self), []).append(request)
        send(self, request, *more)

    Worker.send = noted  # type: ignore[method-assign]
    try:
        yield requests
    finally:
        Worker.send = send  # type: ignore[method-assign]


def _answer(requests: list[bytes]) -> None:
    """Load a program and answer its questions, as its own process does; what it prints is nobody's."""
    from grader.harness import runner

    told = io.BytesIO(b"".join(requests))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    answers, loader = runner._Answers(nowhere), runner.Loader(0.0, None)
    read = runner._reader(told)
    silence = io.StringIO()
    with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence), suppress(runner.ClosedError):
        while True:
            frame = runner.read_frame(read, header_cap=runner.REQUEST_HEADER_CAP)
            if frame.header["ask"] == "load":
                loader = runner._load(frame, LOAD_SECONDS, answers)
            elif frame.header["ask"] == "again":
                loader = runner._load_again(loader, answers)
            else:
                runner._answer(frame, loader, answers, read)
    os.close(nowhere)


def main() -> None:
    """Measure, and print."""
    *places, count = sys.argv[1:]
    folder, key_path, out = (Path(place).resolve() for place in places)
    with TemporaryDirectory() as own, contextlib.chdir(own):  # where programs may write, as they are run here
        calls = measure(folder, key_path, out, int(count))
    print(json.dumps(calls))


if __name__ == "__main__":
    main()
