"""Work that cannot be read, above or below the stub that it was meant to replace: it is no stub that was handed in.

takes: what the hand-in's namespace holds, the graded names, and how the hand-out has its functions.
gives: the pieces that take such stubs out, so that what is missing is told by why it could not be read.
must not know: cells, answers, points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.extract.scopes import Scope
from grader.extract.work import Stubs, idle
from grader.wire import Piece


def stubs_given_up(scope: Scope, wanted: Sequence[str], stubs: Stubs) -> Iterator[Piece]:
    """Take each stub out for which something else was written, of the namespace and of what is known of it."""
    classes = set(scope.lost) - {name.split(".")[0] for name in scope.lost if "." in name}
    for name in wanted if scope.lost else ():
        owner = name.split(".")[0]
        why = scope.lost.get(name) or (scope.lost.get(owner) if owner in classes else None)
        if why is not None and scope.digests.get(name) in idle(name, stubs):
            scope.lost[name] = why
            line = scope.places.pop(name)[1]
            del scope.digests[name]
            # Its class may have failed, or have been given another method in a way that reading does not show.
            is_stub = f"{name}.__code__.co_firstlineno == {line}"
            yield Piece(0, 1, f"try:\n    if {is_stub}: del {name}\nexcept Exception:\n    pass")
