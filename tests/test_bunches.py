"""The tests are handed to their workers as a group, as some rows of a long table, or one by one, and each once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.bunches import BUNCH, LONG, Bunches, bunches_of

LONG_TABLE = [f"tests/test_a.py::test_rows[{n}]" for n in range(LONG + 3)]
SHORT_TABLE = [f"tests/test_a.py::test_few[{n}]" for n in range(LONG - 1)]
GROUP = [f"tests/test_b.py::test_shared[{n}]@together" for n in range(LONG)]
NAMES = [*SHORT_TABLE, "tests/test_a.py::test_alone", *LONG_TABLE, *GROUP]


class Worker:
    """Takes what it is given, and is asked nothing."""

    shutting_down = False
    gateway = SimpleNamespace(id="a worker")

    def __init__(self) -> None:
        self.given: list[list[int]] = []

    def send_runtest_some(self, places: list[int]) -> None:
        self.given.append(places)

    def shutdown(self) -> None:
        self.shutting_down = True


def test_rows_of_a_long_table_alone_are_put_together() -> None:
    """In their order; what is in a group, of a short table, or no row, stays as it is."""
    found = bunches_of(NAMES)
    assert list(found) == LONG_TABLE
    assert [found[one] for one in LONG_TABLE[:BUNCH]] == [found[LONG_TABLE[0]]] * BUNCH
    assert len(set(found.values())) == -(-len(LONG_TABLE) // BUNCH)


def test_each_test_is_handed_out_once_and_a_worker_has_no_more_than_it_needs() -> None:
    """A group in one piece to one worker; of what has ended nothing is kept."""
    config: Any = SimpleNamespace(
        getvalue=lambda name: ["popen"] * 2, option=SimpleNamespace(loadscopereorder=True), workerinput=None
    )
    schedule, workers = Bunches(config, None), (Worker(), Worker())
    for worker in workers:
        schedule.add_node(worker)  # type: ignore[arg-type]
        schedule.add_node_collection(worker, NAMES)
    schedule.schedule()
    done = dict.fromkeys(workers, 0)
    while schedule.has_pending:
        for worker in workers:
            for place in [place for given in worker.given for place in given][done[worker] :][:1]:
                schedule.mark_test_complete(worker, place)  # type: ignore[arg-type]
                done[worker] += 1
            assert len(schedule.assigned_work[worker]) <= 3  # type: ignore[index]
    pieces = [[NAMES[place] for place in given] for worker in workers for given in worker.given]
    assert sorted(name for piece in pieces for name in piece) == sorted(NAMES)
    assert GROUP in pieces
    assert LONG_TABLE[:BUNCH] in pieces
    assert [SHORT_TABLE[0]] in pieces
