"""A class graded by the workers of a Dask cluster: the same bytes as here, whoever dies on the way.

takes: a real cluster of two worker processes on this machine, the command line, a tiny assignment.
gives: one promise a test, said in its docstring.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import logging
import os
import pickle
import platform
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import dask
import pytest
from conftest import run_grader
from distributed import Client, KilledWorker, LocalCluster
from test_batch import CLASS, RIGHT, Desk, new_and_same

from grader.answer_key import load_key
from grader.batch.pieces import Piece
from grader.batch.saved_class import Class
from grader.cluster import meet
from grader.cluster.meeting import _demand_scheduler, _demand_the_same
from grader.cluster.parcels import BYTES, PIECES, Parcel, Terms, pack
from grader.cluster.window import Window
from grader.cluster.worker import _opened, grade_parcel, level_here, opened, press
from grader.errors import ClusterError, GraderError, SandboxError, SubmissionError
from grader.extract import choose
from grader.folders import GRADEBOOK
from grader.gradebook import Row
from grader.intake import submissions_in
from grader.report.page_context import PageContext

pytestmark = pytest.mark.xdist_group("cluster")
SLOW = "import time\ntime.sleep(0.05)\n"  # so that there is a middle to kill a worker in
MANY = 70


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers, each a process with two threads, and a nanny that starts it anew when it dies."""
    quick = {"distributed.scheduler.allowed-failures": 1, "distributed.admin.low-level-log-length": 0}
    with (
        dask.config.set(quick),
        LocalCluster(
            n_workers=2, threads_per_worker=2, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def address(cluster: LocalCluster) -> str:
    """Where its scheduler listens, when both workers are there."""
    with Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    return str(cluster.scheduler_address)


def many() -> dict[str, str]:
    """A class of some parcels: each kind of hand-in again and again."""
    kinds = list(CLASS.items())
    return {f"{kinds[n % len(kinds)][0]}-{n:02}": f"{SLOW}{kinds[n % len(kinds)][1]}" for n in range(MANY)}


def pids(address: str) -> dict[str, int]:
    with Client(address, set_as_default=False) as client:
        return {str(worker): int(pid) for worker, pid in client.run(os.getpid).items()}


# ---- the whole way -----------------------------------------------------------------------------------------------


def test_a_class_is_told_the_same_bytes_though_a_worker_is_killed_in_the_middle(address: str, tmp_path: Path) -> None:
    """Nothing is lost, nothing differs from a run on this machine, and the driver alone wrote it all."""
    desk = Desk(tmp_path / "here", many())
    (desk.hand_ins / "lost").mkdir()
    (desk.hand_ins / "lost" / "layer.py").symlink_to("nowhere.py")  # it is read, and refused, by the driver
    assert new_and_same(desk.grade("--jobs", 2)) == (MANY + 1, 0)
    there = tmp_path / "there"
    command = [sys.executable, "-m", "grader", "grade", desk.hand_ins, "--assignment", desk.assignment, "--out", there]
    before = pids(address)
    with subprocess.Popen(
        [*map(str, command), "--dask", address], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        first = next(line for line in run.stderr if "hand-ins graded" in line)
        os.kill(min(before.values()), signal.SIGKILL)
        out, err = run.communicate(timeout=120)
    assert int(first.split()[0]) < MANY / 2
    assert run.returncode == 1, out + err
    assert "2 workers" in out
    assert f"{MANY + 1} done now" in out
    assert min(before.values()) not in pids(address).values()
    for name in ("verdicts.jsonl", "grades.csv"):
        assert (there / name).read_bytes() == (desk.out / name).read_bytes()
    assert {p.parent.name for p in there.glob("*/report.html")} == {
        p.parent.name for p in desk.out.glob("*/report.html")
    }


def test_what_a_cluster_has_graded_is_not_graded_again_here(address: str, tmp_path: Path) -> None:
    """A fingerprint is the same on both ways, so a run goes on wherever it is run; and a second one asks nobody."""
    desk = Desk(tmp_path, {"ada": RIGHT, "bob": CLASS["bob"]})
    assert new_and_same(desk.grade("--dask", address)) == (2, 0)
    assert new_and_same(desk.grade()) == (0, 2)
    assert desk.points() == {"ada": "2", "bob": "0"}


def test_jobs_are_told_to_be_left_aside(address: str, tmp_path: Path) -> None:
    """Whoever says how many processes there are to be on this machine reads that none of them grades."""
    desk = Desk(tmp_path, {"ada": RIGHT})
    command = ["grade", desk.hand_ins, "--assignment", desk.assignment, "--out", desk.out, "--dask", address]
    assert run_grader(*command, "--jobs", "2").stdout.count("--jobs is left aside") == 1
    assert "--jobs" not in run_grader(*command).stdout


def test_workers_say_which_sandbox_they_have(address: str, tmp_path: Path) -> None:
    """The level is tried on every worker, and a run is entered with the weakest."""
    desk = Desk(tmp_path, {"ada": RIGHT})
    desk.grade("--dask", address)
    with meet(address) as crew:
        assert "2 workers" in crew.greeting
        assert "one thread" in crew.greeting  # they have two, of which one works at a time
        level = crew.level(Class(load_key(desk.assignment / "tiny.key.npz"), "", desk.out))
    assert level.confines
    with closing(sqlite3.connect(desk.out / GRADEBOOK)) as book:
        assert book.execute("SELECT sandbox FROM runs").fetchall() == [(level.value,)]


def test_an_unsafe_sandbox_is_not_kept_for_a_run_that_did_not_say_so() -> None:
    """A worker serves many runs; one with --unsafe-no-sandbox changes nothing for the next."""
    from grader.sandbox import Level
    from grader.sandbox.plain import Plain

    try:
        _opened[:] = [Plain()]
        assert level_here(True) == "D"
        assert Level(level_here(False)).confines
    finally:
        while _opened:
            _opened.pop().close()


# ---- who cannot be worked with -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["nonsense", "http://127.0.0.1:8786", "tcp://127.0.0.1:1", "tcp://no.such.invalid:1"])
def test_a_wrong_address_is_one_sentence(wrong: str, tmp_path: Path) -> None:
    """It says that nobody answers there, and which address is wanted; nothing was graded."""
    done = Desk(tmp_path, {"ada": RIGHT}).grade("--dask", wrong)
    assert done.returncode == 2
    assert done.stderr.startswith("grader: no Dask scheduler answers at ")
    assert "next: give the address" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_of_another_kind_is_no_scheduler() -> None:
    """A client would wait for ever; here it is told at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with server.accept()[0] as connection:
                connection.sendall(b"SSH-2.0-Server\r\n")

        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(ClusterError, match="speaks otherwise"):
            _demand_scheduler(f"tcp://127.0.0.1:{server.getsockname()[1]}")


def test_a_cluster_without_workers_says_how_to_start_some() -> None:
    """After some patience, for a batch system takes a while."""
    with (
        LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL) as empty,
        pytest.raises(ClusterError, match="has no workers") as told,
        meet(empty.scheduler_address, patience=0.2),
    ):
        pass
    assert "dask worker tcp://" in told.value.hint


VERSIONS = {"grader": "1.2", "numpy": "2.4.6", "python": "3.11.7.final.0"}


@pytest.mark.parametrize(
    ("theirs", "sentence"),
    [
        ({"grader": "1.3"}, "grader 1.3, this machine 1.2"),
        ({"grader": None}, "no grader, this machine 1.2"),
        ({"numpy": "2.3.0"}, "numpy 2.3.0, this machine 2.4.6"),
        ({"python": "3.12.1.final.0"}, "Python 3.12, this machine 3.11"),
        ({"python": "3.11.9.final.0"}, ""),
        ({}, ""),
    ],
)
def test_another_grader_there_is_refused(theirs: dict[str, str | None], sentence: str) -> None:
    """Two that differ could judge differently: the worker is named, and what to install there."""
    workers = {"tcp://10.0.0.7:40000": {"packages": VERSIONS | theirs}}
    versions = {"client": {"packages": VERSIONS}, "workers": workers}
    if not sentence:
        _demand_the_same(versions)
        return
    with pytest.raises(ClusterError) as told:
        _demand_the_same(versions)
    assert f"the worker at tcp://10.0.0.7:40000 has {sentence}" in str(told.value)
    assert 'pip install "grader[dask]==1.2" numpy==2.4.6' in told.value.hint


def test_a_worker_that_came_late_with_another_grader_stops_the_run(address: str, key: Path) -> None:
    """It refuses the first parcel that it is given, before it runs anything."""
    terms = Terms(load_key(key / "exercise_05.public.key.npz"), PageContext("", "", "", ""), False, "grader 0.0.1")
    with (
        Client(address, set_as_default=False) as client,
        pytest.raises(ClusterError, match=r"the driver grader 0\.0\.1"),
    ):
        client.submit(grade_parcel, terms, Parcel(()), pure=False).result(timeout=60)


def test_without_dask_the_way_to_it_is_told(tmp_path: Path) -> None:
    """It is an extra, and the sentence says how to get it."""
    (tmp_path / "key.npz").touch()
    desk = Desk(tmp_path, {"ada": RIGHT})
    without = "import sys; sys.modules['distributed'] = None; from grader.cli import main; main()"
    words = ["grade", desk.hand_ins, "--assignment", desk.assignment, "--dask", "tcp://127.0.0.1:1"]
    command = [sys.executable, "-c", without, *map(str, words)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "pip install 'grader[dask]'" in done.stderr


def pretend_to_be_another_machine() -> None:
    platform.machine = lambda: "a machine whose system calls no filter knows"


def test_a_worker_without_a_wall_stops_the_run_with_its_name(tmp_path: Path) -> None:
    """Other people's notebooks are not run there, unless the user says so in words."""
    desk = Desk(tmp_path, {"ada": RIGHT})
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
    ) as cluster:
        address = str(cluster.scheduler_address)
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            client.run(pretend_to_be_another_machine)
        done = desk.grade("--dask", address)
        assert done.returncode == 3
        assert done.stderr.startswith("grader: the worker at tcp://127.0.0.1:")
        assert "No sandbox on this machine" in done.stderr
        assert "next: install bubblewrap" in done.stderr
        assert not (desk.out / "ada").exists()
        assert new_and_same(desk.grade("--dask", address, "--unsafe-no-sandbox")) == (1, 0)


# ---- parcels -----------------------------------------------------------------------------------------------------


def pieces_of(folder: Path) -> list[Piece]:
    return [Piece(one, one.student_id, "print") for one in submissions_in(folder)]


def test_parcels_are_bounded_and_made_as_they_are_asked_for(tmp_path: Path) -> None:
    """Never more than so many hand-ins, or a little more than so many bytes; files are read one parcel at a time."""
    desk = Desk(tmp_path, {f"s{n:02}": RIGHT for n in range(2 * PIECES + 3)})
    for large in ("s00", "s01"):
        (desk.hand_ins / large / "layer.py").write_bytes(b"#" * (BYTES // 2))
    taken: list[Piece] = []

    def pieces() -> Iterator[Piece]:
        for piece in pieces_of(desk.hand_ins):
            taken.append(piece)
            yield piece

    parcels = pack(pieces(), {})
    sizes = [len(next(parcels)[0])]
    assert len(taken) == 2
    sizes += [len(own) for own, _ in parcels]
    assert sizes == [2, PIECES, PIECES, 1]


def test_a_hand_in_says_the_same_where_its_file_is_not(tmp_path: Path) -> None:
    """What is read there is what was read here, and so is why something cannot be read."""
    desk = Desk(tmp_path, CLASS)
    (desk.hand_ins / "lost").mkdir()
    (desk.hand_ins / "lost" / "layer.py").symlink_to("nowhere.py")
    (desk.hand_ins / "ada" / "more.py").write_text(CLASS["bob"])
    pieces = pieces_of(desk.hand_ins)
    (_, parcel), = pack(pieces, {})  # fmt: skip
    for here, packed in zip(pieces, parcel.packed, strict=True):
        there = packed.piece()
        assert replace(there.submission, candidates=()) == replace(here.submission, candidates=())
        assert (there.folder, there.fingerprint) == (here.folder, here.fingerprint)
        assert said_of(there) == said_of(here)


def said_of(piece: Piece) -> object:
    try:
        chosen = choose(piece.submission, ["double"])
    except SubmissionError as error:
        return str(error), error.hint
    return chosen.data, chosen.candidate.shown, chosen.note, chosen.extract


# ---- the window --------------------------------------------------------------------------------------------------

Numbers = Sequence[int]


def square_all(numbers: Numbers) -> list[int]:
    return [number * number for number in numbers]


def die_on_seven(numbers: Numbers) -> list[int]:
    if 7 in numbers:
        os._exit(9)
    return square_all(numbers)


def killed_on_seven(numbers: Numbers) -> list[int]:
    """As a cluster tells it, of a parcel with the killer in it, and of one that only waited beside it."""
    if 7 in numbers or (len(numbers) > 1 and 12 in numbers):
        raise KilledWorker("task", None, 1)
    return square_all(numbers)


def parcels_of(count: int, size: int = 5) -> Iterator[tuple[Numbers, Numbers]]:
    for start in range(0, count, size):
        yield (numbers := range(start, min(start + size, count))), numbers


def window_of(executor: Executor, work: object, most: int = 4) -> Window[int, Numbers, int]:
    return Window(partial(executor.submit, work), lambda: most)


def alone(number: int) -> Numbers:
    return (number,)


def give_up(number: int, reason: str) -> int:
    assert "ended" in reason
    return -1


def test_every_piece_comes_once_and_few_are_in_the_air() -> None:
    """A class of any size fits: parcels are made as there is room for them."""
    made: list[int] = []

    def parcels() -> Iterator[tuple[Numbers, Numbers]]:
        for own, parcel in parcels_of(103):
            made.append(len(own))
            yield own, parcel

    with ThreadPoolExecutor(2) as executor:
        rows = window_of(executor, square_all).work_on(parcels(), alone, give_up)
        first = next(rows)
        assert len(made) <= 2 * 4
        assert sorted([first, *rows]) == [(n, n * n) for n in range(103)]


def test_who_was_given_back_is_tried_alone_and_only_the_killer_given_up() -> None:
    """Who only lay beside the killer has a result."""
    with ThreadPoolExecutor(2) as executor:
        done = dict(window_of(executor, killed_on_seven).work_on(parcels_of(20), alone, give_up))
    assert done == {n: -1 if n == 7 else n * n for n in range(20)}


def test_a_suspect_is_tried_when_nothing_else_is_in_the_air() -> None:
    """So that nobody else's worker is its own."""
    at_work: list[Numbers] = []
    crowds: list[int] = []

    def work(numbers: Numbers) -> list[int]:
        at_work.append(numbers)
        time.sleep(0.02)
        if len(numbers) == 1:
            crowds.append(len(at_work))
        at_work.remove(numbers)
        return killed_on_seven(numbers)

    with ThreadPoolExecutor(4) as executor:
        dict(window_of(executor, work).work_on(parcels_of(20), alone, give_up))
    assert crowds == [1] * 10


def test_a_lost_scheduler_says_that_the_same_command_goes_on() -> None:
    """Its futures are cancelled, which is nobody's fault here."""

    def send(parcel: Numbers) -> Future[Sequence[int]]:
        future: Future[Sequence[int]] = Future()
        future.set_exception(CancelledError())
        return future

    with pytest.raises(ClusterError, match="lost") as told:
        dict(Window(send, lambda: 4).work_on(parcels_of(20), alone, give_up))
    assert "same command" in told.value.hint


def test_a_hand_in_that_kills_real_workers_is_found_and_given_up(address: str) -> None:
    """Workers end under it again and again, are started anew, and everybody else's work is done."""
    with Client(address, set_as_default=False) as client:
        executor = client.get_executor(pure=False)
        until = time.monotonic() + 120

        def look() -> int:
            assert time.monotonic() < until, f"left: {list(client.scheduler_info(n_workers=-1)['workers'])}"
            return 4

        window = Window[int, Numbers, int](partial(executor.submit, die_on_seven), look)
        done = dict(window.work_on(parcels_of(20), alone, give_up))
        executor.shutdown(wait=False)
    assert done == {n: -1 if n == 7 else n * n for n in range(20)}


@pytest.mark.parametrize("kind", [SandboxError, ClusterError, SubmissionError])
def test_what_is_wrong_there_is_told_here_with_its_next_step(kind: type[GraderError]) -> None:
    """A worker's sentence comes with its hint: both are pickled, as Dask does."""
    told = pickle.loads(pickle.dumps(kind("no sandbox", "install one")))
    assert (type(told), str(told), told.hint) == (kind, "no sandbox", "install one")


def test_a_row_and_its_page_come_as_they_were_sent() -> None:
    """Any text, also such as no file takes, and numbers that are missing."""
    row = Row("ada", "graded", "é \udc80 \x00", ("a", None, "1/3"), b"\x00\xff", (("f", None), ("g", "ü")))
    assert opened(press(row, "<p>\u2028 \udcff")) == (row, "<p>\u2028 \udcff")
