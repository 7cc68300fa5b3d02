"""Functions of a hand-in that give for a while what is lent them: what calls them is graded by itself.

takes: functions as they are called, the namespaces of a program, what the question gives; ways to ask our side and to
tell it something.
gives: a while in which each of them asks, and gives what is right for what it was called with.
must not know: what is asked of the hand-in, what is right.

Where nothing is lent, for it was called with what nobody knows, a function gives what it gives by itself. What it keeps
for another is always its own, with the right result in it (a dict or a list of results: at its place); on its object it
leaves what it leaves by itself, and under the names that the reference has for that what is right; so in what it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial, update_wrapper
from itertools import chain
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from grader.harness.calling.in_its_code import asking, copied
from grader.harness.calling.in_order import in_order
from grader.harness.calling.in_taken import left_in, put_in
from grader.harness.calling.on_objects import OnObjects
from grader.harness.calling.packed import packed_in, with_packed, with_right
from grader.harness.calling.put_back import changed_in, put_back
from grader.harness.calling.results import describe_value, results_in
from grader.harness.calling.told import Held, Kept, held_by, told_of
from grader.harness.calling.unkept import Unkept, is_nothing
from grader.harness.mending.mended import is_equal, mended
from grader.harness.mending.ways import is_close
from grader.wire import PACKED, TAKEN, Asked, Gave, Lent, Step

Names = MutableMapping[str, Any]
Arguments = Callable[[], Sequence[object]]


class Lender:
    """Stands between the functions of one program and our side."""

    def __init__(self, ask: Callable[[Asked], Lent], tell: Callable[[Gave], None]) -> None:
        self._ask, self._tell = ask, tell
        self._asked, self._kept = 0, Kept()

    @contextmanager
    def standing_in(
        self, lends: Sequence[Step], namespaces: Sequence[Names], given: Callable[[], Mapping[str, object]] = dict
    ) -> Iterator[None]:
        """Put something that asks in the place of each function, wherever the program has it.

        `given` tells what the question has given to its calls so far, by name.
        """
        self._asked, self._kept = 0, Kept(given, [names.get("__name__") for names in namespaces])
        with ExitStack() as stack:
            for number, step in enumerate(lends):
                owner, method = step.path
                if not method:
                    self._put_functions(number, step, namespaces, stack)
                elif isinstance(namespaces[0].get(owner), type):
                    for found in _same_methods(owner, method, namespaces):
                        self._put_method(number, step, found, stack)
            yield

    def _put_functions(self, number: int, step: Step, namespaces: Sequence[Names], stack: ExitStack) -> None:
        """One that is not there at all is put all the same: what calls it may be right.

        What a module has under its name is it only if it is the same: a file of a package is copied, or imported twice.
        """
        name, first = step.function, namespaces[0].get(step.function)
        if isinstance(first, FunctionType):
            there = (names.get(name) for names in namespaces)
            same = [own for own in there if isinstance(own, FunctionType) and _is_same(own.__code__, first.__code__)]
            for own in {id(own): own for own in same}.values():
                self._put_code(number, step, own, stack)
            return
        standing = _Standing(self, number, step, None).function()
        for names in namespaces:
            if names.get(name) is None:
                stack.callback(names.pop, name, None)
                names[name] = standing

    def _put_code(self, number: int, step: Step, own: FunctionType, stack: ExitStack) -> None:
        """Let the function itself ask: a program may have it under other names, too, or as a default (`by=relu`)."""
        code, alike = own.__code__, copied(own)
        own.__code__ = asking(_Standing(self, number, step, alike).function(), len(own.__closure__ or ()))
        stack.callback(setattr, own, "__code__", code)
        if "__wrapped__" not in vars(own):  # so that it looks as it did
            own.__wrapped__ = alike  # type: ignore[attr-defined]
            stack.callback(vars(own).pop, "__wrapped__", None)

    def _put_method(self, number: int, step: Step, owner: type, stack: ExitStack) -> None:
        name = step.path[1]
        found, own, is_there = vars(owner).get(name), getattr(owner, name, None), hasattr(owner, name)
        is_static = isinstance(found, staticmethod)
        if is_there and not (isinstance(own, FunctionType) and (is_static or found is None or found is own)):
            return  # no plain method
        instead = partial(_Standing, self, number, step)
        standing: Any = instead(own, is_static).function() if own else OnObjects(name, lambda f: instead(f).function())
        with suppress(Exception):  # a metaclass of the student's own may refuse
            type.__setattr__(owner, name, staticmethod(standing) if is_static else standing)
            put_back = partial(type.__setattr__, owner, name, found)
            stack.callback(put_back if found else partial(type.__delattr__, owner, name))

    def ask(self, number: int, arguments: Arguments, held: Held) -> tuple[int, Lent]:
        """The number of this call, and what is lent for it; -1 where our side is not asked."""
        if (told := told_of(arguments, held, self._kept)) is None:
            return -1, Lent()
        self._asked += 1
        return self._asked - 1, self._ask(Asked(number, told))

    def is_given(self, thing: object) -> bool:
        """Whether it is a function or an object that the question gives, or several in a list."""
        return self._kept.is_given(thing)

    def held_by(self, thing: object) -> Held:
        """What an object holds."""
        return held_by(thing, self._kept)

    def keep(self, call: int, step: Step, results: Sequence[object]) -> None:
        """Note what the call of a function keeps for others."""
        pairs = zip(step.gives, results, strict=False)
        self._kept.note([result for name, result in pairs if name.startswith("=")], call)

    def hold_beside(self, thing: object, held: Held | None, twice: Sequence[object] = ()) -> None:
        """Note what an object would hold as well, None as soon as it works by itself; and what it holds twice."""
        self._kept.note_beside(thing, held)
        self._kept.note_twice(twice)

    def is_twice(self, array: object) -> bool:
        """Whether an object holds it under a name of its own as well."""
        return self._kept.is_twice(array)

    def tell(self, gave: Gave) -> None:
        """Tell what a function gave."""
        self._tell(gave)


def _same_methods(owner: str, method: str, namespaces: Sequence[Names]) -> list[type]:
    """The class of that name, and others with the same method: a file of a package is copied, or imported twice."""
    first, *others = [one for one in (names.get(owner) for names in namespaces) if isinstance(one, type)]
    code = _code_of(first, method)
    same = [other for other in others if _is_same(code, _code_of(other, method))]
    return list({id(one): one for one in (first, *same)}.values())


def _code_of(owner: type, method: str) -> CodeType | None:
    found = vars(owner).get(method)
    return found.__code__ if isinstance(found, FunctionType) else None


def _is_same(code: object, other: object) -> bool:
    """Whether two codes do the same, wherever they stand: `==` compares their lines, too."""
    if not (isinstance(code, CodeType) and isinstance(other, CodeType)):
        return False
    do = [(c.co_code, c.co_names, c.co_varnames, c.co_freevars, len(c.co_consts)) for c in (code, other)]
    return do[0] == do[1] and all(
        one == its or _is_same(one, its) for one, its in zip(code.co_consts, other.co_consts, strict=True)
    )


class _Standing:
    """What stands in the place of one function."""

    def __init__(
        self, lender: Lender, number: int, step: Step, own: FunctionType | None, is_static: bool = False
    ) -> None:
        self._lender, self._number, self._step, self._own = lender, number, step, own
        self._of_object = bool(step.path[1]) and not is_static

    def function(self) -> FunctionType:
        """As a function, which a class makes a method of, and which looks like the one it stands for."""

        def called(*given: Any, **named: Any) -> Any:
            return self._called(given, named)

        return called if self._own is None else update_wrapper(called, self._own)  # type: ignore[return-value]

    def _called(self, given: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        asked = given[0] if self._of_object and given else None
        held = self._lender.held_by(asked)
        arguments = partial(in_order, self._step, self._own, self._of_object, given, named)
        call, lent = self._lender.ask(self._number, arguments, held)
        if lent.results is not None:
            results = self._with_lent(asked, held, given, named, lent)
            put_in(self._step, arguments, lent)
            self._lender.keep(call, self._step, results)
            return results[0] if len(results) == 1 else tuple(results)
        if lent.tell:
            return self._heard(call, asked, held, arguments, given, named)
        self._lender.hold_beside(asked, None)
        result = self._by_itself(given, named)
        if call >= 0:
            self._lender.keep(call, self._step, results_in(result, len(self._step.gives))[0])
        return result

    def _by_itself(self, given: Any, named: Any) -> Any:
        if self._own is None:
            raise NameError(f"name '{self._step.function}' is not defined")
        return self._own(*given, **named)

    def _heard(self, call: int, asked: object, held: Held, arguments: Arguments, given: Any, named: Any) -> Any:
        """What it gives by itself, which is told, with what its object holds since, and what it left elsewhere."""
        gave = Gave(None)
        try:
            result = self._by_itself(given, named)
            results, _ = results_in(result, len(self._step.gives))
            self._lender.keep(call, self._step, results)
            gave = self._told(results, changed_in(held, self._lender.held_by(asked)) | left_in(self._step, arguments))
            return result
        finally:
            self._lender.tell(gave)

    def _told(self, results: Sequence[object], left: Mapping[str, np.ndarray]) -> Gave:
        """Those of its results that could be lent, if all of them are arrays, and what it left."""
        pairs, packed = zip(self._step.gives, results, strict=False), packed_in(self._step, results)
        arrays = [describe_value(result).array for name, result in pairs if not name.startswith("=")]
        whole = [array for array in (*arrays, *left.values(), *packed.values()) if array is not None]
        if len(whole) < len(arrays) + len(left) + len(packed) or not whole:
            return Gave(None)
        return Gave(tuple(whole), (*left, *packed))

    def _with_lent(self, asked: object, held: Held, given: Any, named: Any, lent: Lent) -> list[Any]:
        arrays = iter([array.copy() for array in lent.results or ()])
        due = {n: next(arrays) for n, name in enumerate(self._step.gives) if not name.startswith("=")}
        results: list[Any] = [None] * len(self._step.gives)
        if self._step.kept or self._step.path[1] or any(map(self._lender.is_given, (*given, *named.values()))):
            # Else nothing of its own is needed. What it draws from a dataset the next call does not draw again.
            own = self._own_results(given, named)
            taken = [*given, *named.values(), *chain.from_iterable(held.values())]
            _keep_right(asked, taken, [(own[n], right) for n, right in due.items() if n < len(own)])
            results = [None if n in due else with_right(result, own, due) for n, result in enumerate(own)]
        left = dict(zip(lent.left, arrays, strict=False))
        on_object = {name: array for name, array in left.items() if not name.startswith((PACKED, TAKEN))}
        self._lender.hold_beside(asked, *put_back(asked, on_object, self._lender.is_twice))
        results = with_packed(self._step, results, left, (*given, *named.values()))
        results = [Unkept(self._step.function) if is_nothing(result) else result for result in results]
        return [due.get(n, result) for n, result in enumerate(results)]

    def _own_results(self, given: Any, named: Any) -> Sequence[Any]:
        """What it gives by itself, or what stands for that; what it writes where it is to leave nothing is put back."""
        leaves = any(root in self._step.inputs for _, root, _ in self._step.leaves)
        before = [(one, one.copy()) for one in (*given, *named.values()) if isinstance(one, np.ndarray) and not leaves]
        results: Sequence[Any] = [None] * len(self._step.gives)
        with suppress(Exception):
            results = results_in(self._by_itself(given, named), len(self._step.gives))[0] or results
        for array, was in before:
            with suppress(ValueError):  # it may be read-only
                np.copyto(array, was)
        return results


def _keep_right(asked: object, taken: Sequence[object], due: Sequence[tuple[object, np.ndarray]]) -> None:
    """Where an object keeps what its method gave wrongly by itself, under whatever name, let it keep what is right.

    Not where that is what the method was given, or its object held before (a bias of zeros, where zeros are given):
    nobody knows which of both it keeps.
    """
    for wrong, right in due if asked is not None else ():
        if not is_close(wrong, right) and not any(is_equal(one, wrong) for one in taken):
            with suppress(Exception):  # what is kept may refuse to be looked through
                mended(asked, wrong, right)
