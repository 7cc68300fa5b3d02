"""A class graded by the workers of a Dask cluster: the same bytes as here, whichever of them dies."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import LocalCluster
from test_batch import CLASS, POINTS, Class, telling

from grader.batch import cluster
from grader.batch.cluster import ClusterPool, connect, sendable
from grader.batch.order import Job
from grader.errors import ClusterError
from grader.gradebook import Identity
from grader.intake import Submission, SubmittedFile, collect
from grader.key import Key
from grader.sandbox import Level, Sandbox
from grader.sandbox.own_work import Plain

pytestmark = pytest.mark.xdist_group("cluster")


class Killer(SubmittedFile):
    """A file that ends every process which reads it, but for the one that leads."""

    def read(self, cap: int = 1 << 20) -> bytes:
        if self.way[0] != str(os.getpid()):
            os._exit(9)
        return b"x = 1"


def local(workers: int) -> LocalCluster:
    quietly: dict[str, Any] = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    return LocalCluster(n_workers=workers, threads_per_worker=2, **quietly)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler with two workers, each a process with two threads, that is started again when it dies."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), local(2) as two:
        yield str(two.scheduler_address)


def test_the_class_is_the_same_though_a_worker_is_killed_in_the_middle(key: Key, address: str, tmp_path: Path) -> None:
    """Nothing is lost or graded twice, and this machine wrote it all; afterwards nothing is new here.

    Nobody gets the answers of another, though two threads of a worker share a sandbox.
    """
    files = {f"{student}-{n}": source for n in range(5) for student, source in CLASS.items()}
    here, there = Class(tmp_path, key, files), Class(tmp_path, key)
    (here.hand_ins / "lost").mkdir()
    (here.hand_ins / "lost" / "layer.py").symlink_to("nowhere.py")  # it is refused by the process that leads
    there.out = tmp_path / "there"
    here.grade(jobs=2)
    seen: list[str] = []
    with connect(address) as client:
        client.wait_for_workers(2, timeout=60)
        victim = min(client.run(os.getpid).values())

        def kill_one(student: str, *_: str) -> None:
            seen.append(student)
            if len(seen) == 3:
                os.kill(victim, signal.SIGKILL)

        there.grade(watch=telling(kill_one), pool_of=partial(ClusterPool, client))
        assert victim not in client.run(os.getpid).values()
    assert sorted(seen) == sorted([*files, "lost"])
    for name in ("verdicts.jsonl", "grades.csv"):
        assert (there.out / name).read_bytes() == (here.out / name).read_bytes()
    assert all(there.page(student) for student in seen)
    assert there.grade().counts.graded == 0


def test_a_submission_that_kills_its_workers_is_given_up(key: Key, address: str, tmp_path: Path) -> None:
    """It is tried alone in the end and then ungraded; what was sent with it has its points."""
    room = Class(tmp_path, key, {f"ada-{n}": CLASS["ada"] for n in range(8 * cluster.BATCH)})
    killer = Submission("zoe", "Zoe", (Killer((str(os.getpid()),), tmp_path / "layer.py"),))
    with connect(address) as client:
        room.grade([killer, *collect(room.hand_ins).submissions], pool_of=partial(ClusterPool, client))
    assert room.points() == {f"ada-{n}": POINTS["ada"] for n in range(8 * cluster.BATCH)} | {"zoe": ""}
    assert "ended twice" in room.page("zoe")


def test_a_worker_that_would_judge_differently_is_named(
    key: Key, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every worker opens its sandbox; other software than here is refused before that, with what to install."""
    with connect(address) as client:
        assert ClusterPool(client, Class(tmp_path, key).order(), "today").begin().confines
        monkeypatch.setattr(cluster, "MAKERS", "grader 0")
        with pytest.raises(ClusterError, match=r"the worker at tcp://.* and this machine grader 0") as caught:
            ClusterPool(client, Class(tmp_path, key).order(), "today").begin()
    assert "install" in caught.value.hint


def test_an_unsafe_sandbox_is_not_kept_for_a_run_that_did_not_ask_for_it(key: Key, tmp_path: Path) -> None:
    """A worker serves many runs."""
    room, plain = Class(tmp_path, key), Sandbox(Level.OWN_WORK, Plain())
    cluster._sandboxes[True] = plain
    try:
        assert cluster._sandbox((room.order(unsafe=True), "", cluster.MAKERS)) is plain
        assert cluster._sandbox((room.order(), "", cluster.MAKERS)).level.confines
    finally:
        for sandbox in cluster._sandboxes.values():
            sandbox.close()


@pytest.mark.parametrize("wrong", ["nonsense", "http://127.0.0.1:8786", "tcp://127.0.0.1:1", "tcp://no.such.invalid:1"])
def test_a_wrong_address_is_one_sentence(wrong: str) -> None:
    """It says that nobody answers there, and which address is wanted."""
    with pytest.raises(ClusterError, match="no Dask scheduler answers at") as caught, connect(wrong):
        pass
    assert "dask scheduler" in caught.value.hint


def test_a_server_of_another_kind_is_not_waited_for() -> None:
    """A client of its own would wait for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with server.accept()[0] as connection:
                connection.sendall(b"SSH-2.0-Server\r\n")

        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(ClusterError, match="not a scheduler"), connect(f"127.0.0.1:{server.getsockname()[1]}"):
            pass


def test_a_cluster_without_workers_says_how_to_start_some() -> None:
    """After some patience, since a batch system takes a while."""
    with local(0) as empty, pytest.raises(ClusterError, match="no workers") as told:
        ExitStack().enter_context(connect(empty.scheduler_address, patience=0.2))
    assert "dask worker tcp://" in told.value.hint


def test_a_submission_is_sent_with_its_files(tmp_path: Path) -> None:
    """What is in them, or why they cannot be read, and no path of this machine."""
    (tmp_path / "layer.py").write_text("x = 1")
    files = tuple(SubmittedFile((name,), tmp_path / name) for name in ("layer.py", "gone.py"))
    sent = sendable(Job(Identity("ada", "Ada"), Submission("ada", "Ada", files))).submission
    (tmp_path / "layer.py").unlink()
    assert sent.files[0].read() == b"x = 1"
    assert str(sent.files[1].refusal).startswith("gone.py cannot be opened")
    assert str(tmp_path) not in repr(sent)
