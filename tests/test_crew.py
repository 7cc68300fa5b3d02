"""Many pieces of work at once: each done once, none lost, whoever dies on the way.

takes: small functions as work, some of which end their process.
gives: one promise a test, said in its docstring.
must not know: grading.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.batch.crew import WINDOW, Hands

_desk: list[str] = []


def set_up(name: str, log: str) -> None:
    _desk[:] = [name]
    if log:
        with open(log, "a") as file:
            file.write(f"{os.getpid()}\n")


def square(number: int) -> tuple[int, str]:
    return number * number, _desk[0]


def die_on_seven(number: int) -> tuple[int, str]:
    if number == 7:
        os._exit(9)
    time.sleep(0.02)  # so that others wait beside it when it ends
    return square(number)


def die_on(killer: int, number: int) -> tuple[int, str]:
    if number == killer:
        os._exit(9)
    return square(number)


def die_once(path: str) -> str:
    """The first time, the process ends; the second time it is done."""
    mark = Path(path)
    if mark.name == "once" and not mark.exists():
        mark.touch()
        os._exit(9)
    return path


def die_while_answering(mark: Path, number: int) -> bytes:
    """Number 1 is killed the first time, when a part of its answer is written and nobody has read the rest."""
    if number == 1 and not mark.exists():
        mark.touch()
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return bytes(20_000_000 if number else 1)


def outlive_the_leader(number: int) -> int:
    """Kill whoever leads the crew, and answer before anything else in this process has run."""
    leader = os.getppid()
    sys.setswitchinterval(1)  # far longer than that takes; what waits for its turn then holds this process up as long
    os.kill(leader, signal.SIGKILL)
    while os.getppid() == leader:
        pass
    return number


def refuse(number: int) -> int:
    raise FileNotFoundError(number)


def die(number: int) -> int:
    os._exit(9)


def give_up(piece: object) -> str:
    return f"gave up {piece}"


def work_on(pieces: Iterable[Any], *crew: Any) -> Iterator[Any]:
    """What a crew makes of these pieces, as they come; closed early, it stops all work."""
    with Hands(*crew) as hands:
        yield from hands.go_through(pieces)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_every_piece_is_done_once(jobs: int) -> None:
    """However many work, every piece comes back with its own result, from a desk that was set up."""
    done = list(work_on(range(40), square, set_up, ("desk", ""), jobs, give_up))
    assert sorted(done) == [(n, (n * n, "desk")) for n in range(40)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_work_is_no_trouble(jobs: int) -> None:
    """An empty class is done at once, and no desk is set up for it."""
    _desk.clear()
    assert list(work_on([], square, set_up, ("desk", ""), jobs, give_up)) == []
    assert not _desk


def test_each_process_sets_up_one_desk(tmp_path: Path) -> None:
    """A desk is made once a process, not once a piece."""
    log = tmp_path / "log"
    list(work_on(range(30), square, set_up, ("desk", str(log)), 2, give_up))
    made = log.read_text().split()
    assert len(made) == len(set(made)) <= 2
    assert str(os.getpid()) not in made


def test_a_piece_that_kills_its_process_is_given_up_and_the_others_are_done() -> None:
    """It is tried twice, then told as given up; who only waited beside it has a result."""
    done = dict(work_on(range(20), die_on_seven, set_up, ("desk", ""), 2, give_up))
    assert set(done) == set(range(20))
    assert done[7] == "gave up 7"
    assert [n for n, result in done.items() if result == give_up(n)] == [7]


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    """What was in its hands is tried once more, and done."""
    pieces = [str(tmp_path / name) for name in ("a", "b", "once", "c", "d")]
    done = dict(work_on(pieces, die_once, set_up, ("desk", ""), 2, give_up))
    assert done == {piece: piece for piece in pieces}


@pytest.mark.parametrize("killer", range(2, 2 * WINDOW))
def test_a_process_that_dies_while_results_wait_loses_none(killer: int) -> None:
    """Whoever takes the results is slow, and meanwhile the crew ends: what waited, and what came next, is there."""
    done: dict[int, object] = {}
    for number, result in work_on(range(30), partial(die_on, killer), set_up, ("desk", ""), 2, give_up):
        if not done:
            time.sleep(0.3)
        assert number not in done
        done[number] = result
    assert done == {n: f"gave up {n}" if n == killer else (n * n, "desk") for n in range(30)}


def test_half_an_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A process that is killed in the middle of its answer costs one more try, and no other waits for it."""
    sizes: dict[int, int] = {}
    for number, answer in work_on(
        range(6), partial(die_while_answering, tmp_path / "mark"), set_up, ("", ""), 2, give_up
    ):
        if not sizes:
            time.sleep(0.8)
        sizes[number] = len(answer)
    assert sizes == {0: 1, **dict.fromkeys(range(1, 6), 20_000_000)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_work_raises_is_raised(jobs: int) -> None:
    """An error of ours is an error, and no death of a process, whatever its class; and it says where it was raised."""
    with pytest.raises(FileNotFoundError) as told:
        list(work_on(range(4), refuse, set_up, ("", ""), jobs, give_up))
    assert "in refuse" in "".join(traceback.format_exception(told.value))
    assert multiprocessing.active_children() == []


def test_a_crew_that_always_dies_gives_up() -> None:
    """Where something here is very wrong, every piece is told as given up, and the work ends."""
    done = list(work_on(range(50), die, set_up, ("desk", ""), 2, give_up))
    assert sorted(done) == [(n, f"gave up {n}") for n in range(50)]


def test_a_process_whose_leader_is_killed_ends_without_a_word() -> None:
    """Whoever kills a grader reads no traceback of the processes that were about to answer it."""
    leading = (
        "import test_crew as t; list(t.work_on(range(9), t.outlive_the_leader, t.set_up, ('desk', ''), 2, t.give_up))"
    )
    for _ in range(5):
        led = subprocess.run([sys.executable, "-c", leading], cwd=Path(__file__).parent, capture_output=True, text=True)
        assert (led.returncode, led.stderr) == (-signal.SIGKILL, "")


def test_pieces_are_taken_as_they_are_needed() -> None:
    """A class of any size fits: only a small window of it is in the air."""
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    work = work_on(pieces(), square, set_up, ("desk", ""), 2, give_up)
    next(work)
    assert len(taken) <= 2 * WINDOW + 3
    assert len(list(work)) == 99


def tell_who() -> str:
    set_up("desk", "")
    return f"ready, {os.getpid()}"


def refuse_to_begin() -> None:
    raise PermissionError("no desk")


def die_before_the_first(mark: str) -> str:
    """The first process to come here ends; all others are ready."""
    set_up("desk", "")
    with suppress(FileExistsError):
        Path(mark).touch(exist_ok=False)
        os._exit(9)
    return "ready"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_crew_can_be_ready_before_there_is_work(jobs: int) -> None:
    """What the first set-up gave is told; the same processes do the work then, and none is left at the end."""
    crew: Hands[int, tuple[int, str]] = Hands(square, tell_who, (), jobs, give_up)
    said, who = crew.begin().split(", ")
    assert said == "ready"
    assert (int(who) == os.getpid()) == (jobs == 1)
    assert dict(crew.go_through(range(9))) == {n: (n * n, "desk") for n in range(9)}
    crew.stop()
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_crew_that_cannot_begin_says_why(jobs: int) -> None:
    """What the set-up raises is raised where the crew was to begin, and stopping leaves no process."""
    crew: Hands[int, tuple[int, str]] = Hands(square, refuse_to_begin, (), jobs, give_up)
    with pytest.raises(PermissionError, match="no desk"):
        crew.begin()
    crew.stop()
    assert multiprocessing.active_children() == []


def test_a_crew_whose_first_process_is_killed_begins_all_the_same(tmp_path: Path) -> None:
    """Another one tells what the set-up gave, and all work is done."""
    crew: Hands[int, tuple[int, str]] = Hands(square, die_before_the_first, (str(tmp_path / "mark"),), 2, give_up)
    assert crew.begin() == "ready"
    assert dict(crew.go_through(range(9))) == {n: (n * n, "desk") for n in range(9)}
    crew.stop()


def test_a_crew_all_of_which_die_does_not_begin() -> None:
    """Nobody waits for a process that is not there."""
    crew: Hands[int, tuple[int, str]] = Hands(square, os._exit, (9,), 2, give_up)
    with pytest.raises(ChildProcessError, match="before they began"):
        crew.begin()
    crew.stop()
