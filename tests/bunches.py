"""Long tables are handed to the workers some rows at a time.

takes: the names of all tests, with their groups.
gives: `Bunches`, which hands groups out as a whole, as the plugin does, and some rows of a long table at once.
must not know: what any test does.

The plugin hands out each test that has no group by itself, counts for each that ends through all that its worker was
ever given, and looks its name up in the list of all: of eleven thousand tests that takes longer than most of them run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdist.scheduler import LoadGroupScheduling

LONG = 24  # rows of a table of which none takes long
BUNCH = 8


class _Listed(list[str]):
    """Names of tests, each of which knows its place."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self._places = {name: place for place, name in enumerate(names)}

    def index(self, name: str, *_: Any) -> int:  # type: ignore[override]
        return self._places[name]


class Bunches(LoadGroupScheduling):
    """The plugin's scheduler by groups, where some rows of a long table are a group as well."""

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        super().add_node_collection(node, collection)
        if node in self.registered_collections:
            self.registered_collections[node] = _Listed(collection)
        if not hasattr(self, "_bunch_of"):
            self._bunch_of = bunches_of(collection)

    def _split_scope(self, nodeid: str) -> str:
        return self._bunch_of.get(nodeid) or super()._split_scope(nodeid)

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


def bunches_of(names: Sequence[str]) -> dict[str, str]:
    """By its name the bunch of each row of a long table, in their order."""
    tables: dict[str, list[str]] = {}
    for name in names:
        table, row, _ = name.partition("[")
        if row and name.endswith("]"):  # what has a group ends with its name
            tables.setdefault(table, []).append(name)
    return {
        name: f"{table} {place // BUNCH}"
        for table, rows in tables.items()
        if len(rows) >= LONG
        for place, name in enumerate(rows)
    }
