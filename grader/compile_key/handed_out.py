"""What students are given with an assignment: the hand-out, its other forms, and the files that it imports.

takes: the assignment, its folder, and the names of the graded functions.
gives: the digests of what stands there untouched, and its names; the sources of files. What is missing or solved raises
`AuthorError`.
must not know: answers, how anything is run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.answer_key import Rubric
from grader.assignment import Assignment
from grader.assignment.heads import found_in
from grader.compile_key.signatures import check_signatures
from grader.errors import AuthorError, SubmissionError
from grader.extract import code_of, extract, needed_of, stub_digests, words_of
from grader.wire.showing import COMPUTING, SHOWING


def stubs_in(assignment: Assignment, folder: Path, functions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The digests of what students were given: in the hand-out, and in whatever other form."""
    handout = folder / assignment.handout
    if not handout.is_file():
        raise AuthorError(f"the hand-out {handout} is not there", "handout= must name the students' notebook")
    try:
        found = stub_digests(handout.read_bytes(), handout.name, functions)
    except SubmissionError as error:
        raise AuthorError(
            f"the hand-out {handout}: {error}", "handout= must name the notebook as students get it, saved by Jupyter"
        ) from error
    check_signatures(assignment, handout, functions)
    for path in (folder / template for template in assignment.templates):
        if not path.is_file():
            raise AuthorError(f"the template {path} is not there", "templates= names notebooks beside the hand-out")
        for name, digests in stub_digests(path.read_bytes(), path.name, functions).items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *digests)))
    return found


def names_in(assignment: Assignment, folder: Path, functions: Sequence[str]) -> tuple[str, ...]:
    """What the hand-out and its other forms define, whether it is graded or given."""
    paths = [folder / name for name in (assignment.handout, *assignment.templates)]
    return tuple(sorted({name for path in paths for name in extract(path.read_bytes(), path.name, functions).places}))


def said_in(assignment: Assignment, folder: Path) -> str:
    """The text of all that students are given: the hand-out's code and words, its other forms, and files."""
    paths = [folder / name for name in (assignment.handout, *assignment.templates)]
    texts = [
        *(words_of(path.read_bytes(), path.name) for path in paths),
        *(_text(folder / f) for f in assignment.files),
    ]
    return "\n".join(texts)


def files_in(assignment: Assignment, folder: Path, functions: Sequence[str]) -> dict[str, str]:
    """The sources of what is handed out beside the notebook; none of it may be what is asked for."""
    found = {file: _text(folder / file) for file in assignment.files}
    for file, source in found.items():
        if graded := _graded_in(file, source, functions):
            raise AuthorError(f"{file}, which students get, defines {graded[0]}, which is graded", "take it out there")
    handout = folder / assignment.handout
    beside = {name: path.read_text("utf-8", "replace") for name, path in modules_in(folder).items()}
    for file in needed_of(handout.read_bytes(), handout.name, beside):
        # What students write themselves may be a file too, whose template lies here.
        if file not in found and not _graded_in(file, beside[file], functions):
            raise AuthorError(
                f"the hand-out imports {file}, which students do not hand in, and it is not given: all that uses it "
                "would fail",
                f'name it: files=("{file}",)',
            )
    return found


def notes_on_absent(assignment: Assignment, handout: Path, rubric: Rubric) -> Iterator[str]:
    """What the hand-out does not define, or has in a form that cannot be read: nobody knows what untouched is.

    What its classes inherit from a file that students get is there.
    """
    given = {(handout.parent / file).resolve() for file in rubric.files}
    absent = {
        rule.name: rule
        for rule in rubric.criteria
        if rule.name not in rubric.stubs and _file_of(assignment, rule.name) not in given
    }
    found = extract(handout.read_bytes(), handout.name, list(absent))
    for name in list(absent):
        if trouble := found.lost.get(name, found.lost.get(name.partition(".")[0])):
            del absent[name]
            cell = "" if found.is_script else f"cell {trouble.cell}, "
            yield (
                f"the hand-out's {name} cannot be read ({trouble.message.rstrip('.')}; {cell}line {trouble.line}): who "
                "leaves it as it is reads that, and not that it was not attempted. Let what students fill in stand "
                "there as None"
            )
    if absent:
        told = ", ".join(f"{rule.name}{rule.takes}" for rule in absent.values())
        yield f"the hand-out does not define {told}: its text must tell students these names"


def _file_of(assignment: Assignment, function: str) -> Path:
    code = getattr(found_in(assignment.solution, function), "__code__", None)
    return Path(getattr(code, "co_filename", "")).resolve()


def notes_on_packages(assignment: Assignment, folder: Path, files: Sequence[str]) -> Iterator[str]:
    """What the hand-out imports and no hand-in has: that is not refused, as it may be for a comparison alone."""
    handout = folder / assignment.handout
    there = {*sys.stdlib_module_names, "numpy", *SHOWING, *(file.split("/")[0].removesuffix(".py") for file in files)}
    own = {way.split("/")[0].removesuffix(".py") for way in modules_in(folder)}
    found = dict.fromkeys(name for source in code_of(handout.read_bytes(), handout.name) for name in _imported(source))
    modules = [name for name in found if name not in COMPUTING]
    for package in dict.fromkeys(name.split(".")[0] for name in modules if name.split(".")[0] not in there | own):
        yield (
            f"the hand-out imports {package}, which is not there when a hand-in is graded: what calls it fails. Write "
            f'the few functions of it that are used into a file: files=("{package}/__init__.py",)'
        )


def _imported(source: str) -> Iterator[str]:
    """The modules that a cell imports."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        there = ", ".join(sorted(one.name for one in path.parent.glob("*.py"))) or "none"
        raise AuthorError(
            f"{path}, named in files=, cannot be read: {getattr(error, 'strerror', None) or error}",
            f"files= names files beside assignment.py; Python files in that folder: {there}",
        ) from error


def _graded_in(file: str, source: str, functions: Sequence[str]) -> Sequence[str]:
    # A package's own file is often empty.
    return extract(source.encode(), file, functions).defined(functions) if source.strip() else ()


def modules_in(folder: Path) -> dict[str, Path]:
    """The Python files of an assignment by their way from its folder, those in folders within it too."""
    found = [path for pattern in ("*.py", "*/*.py", "*/*/*.py") for path in folder.glob(pattern)]
    named = {path.relative_to(folder): path for path in found}
    return {
        way.as_posix(): path
        for way, path in sorted(named.items())
        if not any(part.startswith(".") or part == "__pycache__" for part in way.parts)
    }
