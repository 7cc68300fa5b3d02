"""Who handed in what: folders, files and zips of a class, whole and spoiled, and nothing that leads out of them."""

from __future__ import annotations

import hashlib
import io
import os
import re
import socket
import tracemalloc
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lms import exports as lms

from grader import extract
from grader.errors import SubmissionError
from grader.intake import Submission, collect, one_submission, tree
from grader.intake.collect import MOST_FILES
from grader.intake.files import FILE_CAP

Files = Mapping[str, bytes]
WANTED = extract.Wanted(("f",))
FORMS = ("folder", "zip", "zip with a root")
no_links = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


def folder(at: Path, files: Files) -> Path:
    at.mkdir(parents=True, exist_ok=True)
    return lms.put(at, files.items())


def zipped(files: Files, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    return lms.zipped(files.items(), kind)


def class_of(at: Path, files: Files, form: str) -> Path:
    """The same class as a folder, as a zip of it, or as a zip with one folder around it."""
    inside = "week5/" if form == "zip with a root" else ""
    at.mkdir(exist_ok=True)
    return lms.as_form(at, "class", [(inside + name, data) for name, data in files.items()], form.split()[0])


def submissions(path: Path, layout: str = "") -> dict[str, Submission]:
    return {one.student_id: one for one in collect(path, layout).submissions}


def contents(path: Path) -> dict[str, list[bytes]]:
    return {one.student_id: [file.read() for file in one.files] for one in collect(path).submissions}


PROJECT = {"exercise_code/layer.py": b"1", "main.ipynb": b"2", "README.md": b"-", "data/x.csv": b"-"}
WHOLE = {f"project/{name}": data for name, data in PROJECT.items()}
BOTH = {"ada": "1", "bob": "2"}
ZIP_IN_ZIP = zipped({"p/b.zip": zipped({"a.ipynb": b"1"})})
THREE_DEEP = zipped({"b.zip": zipped({"c.zip": zipped({"a.ipynb": b"1"})})})
TOO_DEEP = "a.zip/b.zip/c.zip is a zip in a zip in a zip, and was not opened"
NO_ZIP = "is not a zip archive that can be opened"
NOTHING = "there is no notebook (.ipynb) or Python file (.py) in"
# What was handed in, and what is read of each student's: contents in order | parts of what is said.
CLASSES: dict[str, tuple[Files, dict[str, str]]] = {
    "a folder a student": ({"ada/a.ipynb": b"1", "bob/b.ipynb": b"2"}, BOTH),
    "a zip a student": ({"ada.zip": zipped({"a.ipynb": b"1"}), "bob.zip": zipped({"p/b.py": b"2"})}, BOTH),
    "a zip in a zip": ({"ada/a.zip": ZIP_IN_ZIP, "bob.zip": zipped({"b.zip": zipped({"b.py": b"2"})})}, BOTH),
    "projects, one of them in a zip": (
        {"ada.zip": zipped(WHOLE), **{f"bob/{name}": data for name, data in WHOLE.items()}},
        {"ada": "1 2", "bob": "1 2"},
    ),
    "capital endings": ({"ada/A.IPYNB": b"1", "bob.Py": b"2"}, BOTH),
    "names in other scripts": ({"Ünï cödé/ä.ipynb": b"1", "数学.py": b"2"}, {"Ünï cödé": "1", "数学": "2"}),
    "one stem twice": (
        {"ada.ipynb": b"1", "ada.py": b"2", "bob.py": b"3"}, {"ada": "1 2 | ada.py have the same name", "bob": "3"},
    ),
    "a folder of a text's name": ({"readme/a.ipynb": b"1", "Readme 2/b.py": b"2"}, {"readme": "1", "Readme 2": "2"}),
    "what systems leave": ({
        "ada/a.ipynb": b"1", "bob/b.ipynb": b"2", ".DS_Store": b"-", "__MACOSX/ada/._a.ipynb": b"-", "README.md": b"-",
        "Thumbs.db": b"-", "Desktop.ini": b"-", "bob/ehthumbs.db": b"-", "~$report.docx": b"-", "ada/._a.ipynb": b"-",
        "ada/.ipynb_checkpoints/a-checkpoint.ipynb": b"-", "ada/__pycache__/a.py": b"-", "ada/.git/hook.py": b"-",
        "ada/venv/lib/site.py": b"-", "bob/node_modules/x/setup.py": b"-", "ada/.~a.ipynb": b"-", "ada/.#a.py": b"-",
    }, BOTH),
    "a zip three deep": (
        {"ada/a.zip": THREE_DEEP, "bob/a.zip": THREE_DEEP, "bob/b.py": b"2"},
        {"ada": f" | {TOO_DEEP} | in no zip", "bob": f"2 | {TOO_DEEP}"},
    ),
    "nothing to grade": (
        {"ada/a.pdf": b"", "ada/b.docx": b"", "bob/a.tar.gz": b"", "bob/b.pdf": b"", "eve/.a.ipynb.icloud": b"",
         "kim/.a.py": b"", "zoe/z.py": b"1"},
        {"ada": f" | {NOTHING} | ada/a.pdf | ada/b.docx | .ipynb", "zoe": "1",
         "bob": " | bob/a.tar.gz is an archive of a kind that is not opened | unpack it",
         "eve": " | eve is empty but for what is not read (.a.ipynb.icloud) | another name",
         "kim": " | kim/.a.py has a hidden name, and was not read | another name"},
    ),
    # Notebooks count under any name of a student's, hidden ones last; texts, and what editors leave, do not.
    **{f"{name} counts": (
        {f"ada/{name}": b"1", f"bob/{name}": b"2", "bob/b.ipynb": b"3"}, {"ada": "1", "bob": told},
    ) for name, told in ((".ex.ipynb", "3 2"), (".ipynb", "3 2"), (".Übung 5.IPYNB", "3 2"), ("..ex.py", "3 2"),
                         ("README.ipynb", "2 3"), ("Readme.py", "2 3"), ("README.ipynb.txt", "3 2"))},
    **{f"{name} does not": (
        {f"ada/{name}": b"1", f"bob/{name}": b"2", "bob/b.ipynb": b"3"}, {"ada": f" | {said}", "bob": told},
    ) for name, said, told in (
        ("README", "ada is empty but for what is not read (README)", "3"), ("readme.py.md", "is empty but for", "3"),
        ("._ex.ipynb", "is empty but for", "3"), (".ipynb_checkpoints/ex-checkpoint.ipynb", "is empty but for", "3"),
        (".ex.py", "ada/.ex.py has a hidden name", "3 | bob/.ex.py has a hidden name"),
    )},
    # A zip that cannot be opened costs only itself.
    **{f"a zip that is {kind}": (
        {"ada.zip": data, "bob/b.py": b"1", "bob/b.zip": data},
        {"ada": f" | ada.zip {NO_ZIP} | make the zip again", "bob": f"1 | b.zip {NO_ZIP}"},
    ) for kind, data in (("none", b"not a zip"), ("empty", b""), ("cut", zipped({"a.ipynb": b"1" * 500})[:-30]))},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("files", "told"), CLASSES.values(), ids=CLASSES)
def test_every_class_is_read_alike_in_every_form(tmp_path: Path, files: Files, told: dict[str, str], form: str) -> None:
    """A folder, a zip, a zip with a folder around it. Where a file is not read, a TA is told why and what to do."""
    path = class_of(tmp_path, files, form)
    found = submissions(path)
    assert list(found) == sorted(told)
    for student, one in found.items():
        read, *parts = told[student].split(" | ")
        assert " ".join(file.read().decode() for file in one.files) == read
        said = "; ".join([one.problem, one.next_step, *one.arrival.notes])
        assert [part for part in parts if part not in said] == []
        assert bool(parts) == bool(said.strip("; "))


NAMES = {
    "from here": (["./", "./ada/", "./ada/a.py", "./bob/b.py", "./eve/"], {"ada": 1, "bob": 1, "eve": 0}),
    "in part": (["ada/a.py", ".\\bob\\b.py", "eve/notes.pdf"], {"ada": 1, "bob": 1, "eve": 0}),
    "in a folder": (["./week5/ada/a.py", "week5/./bob/b.py"], {"ada": 1, "bob": 1}),
    "empty": (["ada/", "bob/b.py"], {"ada": 0, "bob": 1}),
    "around a class": (["week5/", "week5/ada/", "week5/bob/", "week5/bob/b.py"], {"ada": 0, "bob": 1}),
    "only noise": (["ada/.DS_Store", "bob/b.py", "eve/README.md", "__MACOSX/x/._y"], {"ada": 0, "bob": 1, "eve": 0}),
    "empty further in": (["ada/a.py", "ada/data/", "bob/src/", "bob/b.py/"], {"ada": 1, "bob": 0}),
    "a project with git": (["Ex5/.git/HEAD", "Ex5/ex.py"], {"Ex5": 1}),
    "a colon": (["Week 5: layers/ada/a.py", "Week 5: layers/bob/b.py"], {"ada": 1, "bob": 1}),
    "dots": (["..zoe/a.py", "..ipynb", "...py", "bob/..b.py"], {"..zoe": 1, "..ipynb": 1, "...py": 1, "bob": 1}),
}  # fmt: skip


@pytest.mark.parametrize(("names", "found"), NAMES.values(), ids=NAMES)
def test_every_name_in_a_zip_is_a_row(tmp_path: Path, names: Sequence[str], found: dict[str, int]) -> None:
    """Also of a student who handed in nothing, and of names that begin with dots; folders around a class are not."""
    (tmp_path / "class.zip").write_bytes(zipped(dict.fromkeys(names, b"")))
    read = submissions(tmp_path / "class.zip")
    assert {student: len(one.files) for student, one in read.items()} == found
    assert all("nothing to grade" in one.problem and one.next_step for one in read.values() if not one.files)


# A class as a tree: files are None, exports are lists of names, and what ends in .zip is one.
EXPORTS = [[name for name, _ in files] for files in (lms.canvas_files(), lms.moodle_files(), lms.blackboard_files())]
WORK = st.sampled_from(["ex.ipynb", "..py", ".x.py", ".y.ipynb", "z.ipynb", "ann.ipynb"])
PLACES = st.sampled_from(["ada", "..bob", ".cem", "-rf", "w 5.zip", "é.zip", "eve.zip", "Group D", "Group E"])
TREES = st.recursive(
    st.dictionaries(WORK, st.none(), min_size=1, max_size=3) | st.sampled_from(EXPORTS).map(dict.fromkeys),
    lambda inner: st.dictionaries(PLACES | WORK, inner, min_size=1, max_size=4), max_leaves=8,
)  # fmt: skip


def planted(tree: Mapping[str, Any] | None, way: tuple[str, ...], at: dict[bytes, tuple[str, ...]]) -> Files | bytes:
    """The tree with its own text in each file, which is noted with its place."""
    if tree is None:
        at[data := f"def f(x):\n    return {len(at)}\n".encode()] = way
        return data
    found: dict[str, bytes] = {}
    for name, inner in tree.items():
        made = planted(inner, (*way, *name.split("/")), at)
        if isinstance(made, bytes):
            found[name] = made
        elif name.endswith(".zip"):
            found[name] = zipped(made)
        else:
            found |= {f"{name}/{below}": data for below, data in made.items()}
    return found


@example(
    {"ada": {"ada": dict.fromkeys(["ex.ipynb", "..py", ".y.ipynb"]), "..bob": {"ex.ipynb": None, "..py": None},
             "-rf": {"ex.ipynb": None}, "w 5.zip": {"ex.ipynb": None}}}, "folder",
)  # fmt: skip
@given(TREES, st.sampled_from(FORMS))
def test_nothing_that_was_handed_in_is_lost(tmp_path: Path, tree: Mapping[str, Any], form: str) -> None:
    """Whatever lies in what: each file is graded as somebody's, or a line names it or a folder around it, or counts it.

    What could be one student's or several people's is refused by name, and the layouts that are offered can be used.
    """
    at, work = tmp_path / str(len(list(tmp_path.iterdir()))), dict[bytes, tuple[str, ...]]()
    files = planted({**tree, "zoe.ipynb": None}, (), work)
    assert not isinstance(files, bytes)
    path, layouts = class_of(at, files, form), [""]
    for layout in layouts:
        try:
            found = collect(path, layout)
        except SubmissionError as error:
            if layout:  # one that was offered
                raise
            layouts += re.findall(r"--layout (\w+) \(", error.hint)
            continue
        readings = [extract.read(one, WANTED) for one in found.submissions if not one.problem]
        graded, notes = {one.sha256 for one in readings}, [note for one in readings for note in one.facts.notes]
        said = " ".join([found.read_as, *(f"{one.problem} {one.arrival.notes}" for one in found.submissions)])
        unnamed = list[tuple[str, ...]]()
        for data, way in ((data, way) for data, way in work.items() if not way[-1].endswith(".txt")):
            named = any("/".join(way[:n]) in said for n in range(1, len(way) + 1)) or "/".join(way) in str(notes)
            unnamed += [way] if hashlib.sha256(data).hexdigest() not in graded and not named else []
        assert len(unnamed) <= sum(map(int, re.findall(r" and (\d+) more", str(notes)))), unnamed


@pytest.mark.parametrize("name", ["a.ipynb", "layer.py"])
def test_one_file_is_a_class_of_one(tmp_path: Path, name: str) -> None:
    """A file alone is graded as its own student's, and read when it is asked for."""
    [only] = collect(folder(tmp_path, {name: b"0"}) / name).submissions
    assert only == one_submission(tmp_path / name)
    digest = only.contents_digest()
    (tmp_path / name).write_bytes(b"1")
    assert (only.student_id, only.files[0].read()) == (Path(name).stem, b"1")
    assert only.contents_digest() != digest


@pytest.mark.parametrize("form", FORMS[:2])
def test_a_project_can_be_checked_by_itself(tmp_path: Path, form: str) -> None:
    """A student's own project, as a folder or a zip, is one submission with all its files."""
    found = one_submission(class_of(tmp_path, PROJECT, form))
    assert sorted(file.read() for file in found.files) == [b"1", b"2"]
    assert found.student_id == "class"


ENCODED = {"UTF-8 without its flag": ("Zoë 日本", "utf-8"), "DOS": ("Zoë Çelik", "cp437")}


@pytest.mark.parametrize(("student", "encoding"), ENCODED.values(), ids=ENCODED)
def test_a_name_is_read_as_it_was_typed(tmp_path: Path, student: str, encoding: str) -> None:
    """Whatever program made the zip; and what is called so can be read, from a class's zip and from a student's own."""
    name = student.encode(encoding)
    data = zipped({f"{'x' * len(name)}/a.py": b"0", "bob/b.py": b"1"}).replace(b"x" * len(name), name)
    folder(tmp_path, {"class.zip": data, "class/eve/own.zip": data})
    assert contents(tmp_path / "class.zip") == {student: [b"0"], "bob": [b"1"]}
    assert sorted(*contents(tmp_path / "class").values()) == [b"0", b"1"]


REFUSED: dict[str, tuple[str, int, bool, str]] = {
    "a link": ("eve/ex.ipynb", 0o120777, False, "eve/ex.ipynb is a link, and links are not followed"),
    "a link to a folder": ("eve", 0o120777, False, "eve is a link, and links are not followed"),
    "a device": ("eve/ex.ipynb", 0o020644, False, "eve/ex.ipynb is not a regular file"),
    "encrypted": ("eve/ex.ipynb", 0, True, "eve/ex.ipynb is encrypted"),
    "an encrypted zip": ("eve/all.zip", 0, True, "eve/all.zip is encrypted"),
    "from the root": ("/eve/ex.ipynb", 0, False, "/eve/ex.ipynb has a path that leads out of the archive"),
    "up": ("../eve/ex.ipynb", 0, False, "../eve/ex.ipynb has a path that leads out of the archive"),
    "up on Windows": ("..\\eve.ipynb", 0, False, "..\\eve.ipynb has a path that leads out of the archive"),
    "a drive": ("C:\\eve\\ex.ipynb", 0, False, "C:\\eve\\ex.ipynb has a path that leads out of the archive"),
    "no name": ("..", 0, False, ".. has a path that leads out of the archive"),
}  # fmt: skip


def with_refused(files: Files, name: str, mode: int, has_password: bool) -> bytes:
    """A zip with one entry more, of this mode, and with the mark that it needs a password."""
    buffer = io.BytesIO(zipped(files))
    with zipfile.ZipFile(buffer, "a") as archive:
        entry = zipfile.ZipInfo()
        entry.filename, entry.external_attr, entry.create_system = name, mode << 16, 3
        archive.writestr(entry, b"1" * 50)
    data = bytearray(buffer.getvalue())
    data[data.rindex(b"PK\3\4") + 6] |= has_password
    data[data.rindex(b"PK\1\2") + 8] |= has_password
    return bytes(data)


@pytest.mark.parametrize(("name", "mode", "locked", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_a_row_or_a_note(tmp_path: Path, name: str, mode: int, locked: bool, said: str) -> None:
    """In a class's zip a row, in a student's own the reason or a note; the others are graded, nothing is written."""
    files = {"ada/a.py": b"1", "bob/b.py": b"2"}
    (tmp_path / "class.zip").write_bytes(with_refused(files, name, mode, locked))
    found = submissions(tmp_path / "class.zip")
    [who] = found.keys() - {"ada", "bob"}
    assert said in found[who].problem
    assert found[who].next_step
    assert [file.read() for one in found.values() for file in one.files] == [b"1", b"2"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["class.zip"]
    own = {"ada": with_refused({}, name, mode, locked), "bob": with_refused({"b.ipynb": b"2"}, name, mode, locked)}
    found = submissions(folder(tmp_path / "class", {f"{who}/all.zip": data for who, data in own.items()}))
    assert said in found["ada"].problem
    assert [file.read() for file in found["bob"].files] == [b"2"]
    assert (said in " ".join(found["bob"].arrival.notes)) == (name != "eve")  # a link to a folder of data is no news


@no_links
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Neither a link to a file nor one to a folder hands in what lies elsewhere."""
    folder(tmp_path / "secret", {"key.py": b"secret"})
    path = folder(tmp_path / "class", {"bob/b.py": b"1", "ada/notes.txt": b"-"})
    for link in ("ada/a.py", "eve.py", "bob/c.py"):
        (path / link).symlink_to(tmp_path / "secret/key.py")
    for link in ("ada/all", "zoe", "bob/data"):
        (path / link).symlink_to(tmp_path / "secret")
    found = submissions(path)
    assert {student: len(one.files) for student, one in found.items()} == {"ada": 0, "bob": 1, "eve": 0, "zoe": 0}
    for name in ("ada/a.py", "eve.py", "zoe"):
        one, said = found[name[:3]], f"{name} is a link, and links are not followed"
        assert (one.problem, one.next_step) == (said, "hand in the file itself")
    assert found["bob"].arrival.notes == ("Not read: bob/c.py is a link, and links are not followed.",)


SWAPPED = {"a file": "kim/p/key.py", "a folder": "kim", "a folder further in": "kim/p", "around a zip": "zoe/p"}


@no_links
@pytest.mark.parametrize("swapped", SWAPPED.values(), ids=SWAPPED)
def test_what_becomes_a_link_after_it_was_listed_is_not_read(tmp_path: Path, swapped: str) -> None:
    """A class is listed first and read minutes later: nobody is graded by the work of somebody else meanwhile."""
    files = {"kim/p/key.py": b"1", "zoe/p/all.zip": zipped({"a.py": b"2"})}
    path, other = folder(tmp_path / "class", files), folder(tmp_path / "other", files)
    one = submissions(path)[swapped[:3]]
    assert one.files[0].read() in (b"1", b"2")
    (path / swapped).rename(tmp_path / "away")
    (path / swapped).symlink_to(other / swapped)
    with pytest.raises(SubmissionError, match="cannot be opened") as refused:
        one.files[0].read()
    assert "link" in refused.value.hint


@no_links
def test_a_link_of_one_s_own_is_followed(tmp_path: Path) -> None:
    """Students who check their own notebook through a link mean the notebook; imports may lie beside either."""
    folder(tmp_path, {"there/ex.ipynb": b"1", "project/a.py": b"2", "here/x.py": b"3"})
    for link, target in (("here/link.ipynb", "there/ex.ipynb"), ("here/project", "project")):
        (tmp_path / link).symlink_to(tmp_path / target)
    mine = one_submission(tmp_path / "here/link.ipynb", own_work=True)
    assert [file.read() for file in mine.files] == [b"1"]
    assert mine.beside == (tmp_path / "here", tmp_path / "there")
    assert len(one_submission(tmp_path / "here/project", own_work=True).files) == 1
    assert not one_submission(tmp_path / "here/link.ipynb").files


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_or_a_socket_is_not_waited_for(tmp_path: Path) -> None:
    """What is no regular file is refused at once, also one that would block for ever."""
    os.mkfifo(tmp_path / "ada.py")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "bob.py"))
    for found in collect(tmp_path).submissions:
        with pytest.raises(SubmissionError, match=r"not a regular file|cannot be opened"):
            found.files[0].read()


KINDS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=4), st.integers(0, 4)), min_size=1, max_size=3))
def test_a_spoiled_zip_is_read_or_refused(tmp_path: Path, kind: int, changes: list[tuple[int, bytes, int]]) -> None:
    """Bytes changed anywhere in an archive: files, a problem, or `SubmissionError`, and nothing else."""
    data = zipped({"ada/a.ipynb": b"12345" * 20, "bob/b.py": b"2", "eve.zip": zipped({"c.py": b"3" * 99})}, kind)
    for at, put, drop in changes:
        at %= len(data)
        data = data[:at] + put + data[at + drop :]
    path = folder(tmp_path, {"class.zip": data}) / "class.zip"
    for read in (lambda path: collect(path).submissions, lambda path: [one_submission(path)]):
        with suppress(SubmissionError):
            for file in (file for found in read(path) for file in found.files):
                with suppress(SubmissionError):
                    file.read()


@pytest.mark.parametrize(("kind", "at"), [*zip(KINDS, (80, 45, 60, 60), strict=True)])
def test_a_damaged_member_is_refused_when_it_is_read(tmp_path: Path, kind: int, at: int) -> None:
    """An archive may be whole and a file in it not, whatever the compression: a sentence with its name."""
    data = bytearray(zipped({"a.ipynb": os.urandom(200) + b"1" * 200}, kind))
    data[at : at + 40] = bytes(byte ^ 0x5A for byte in data[at : at + 40])
    found = one_submission(folder(tmp_path, {"ada.zip": bytes(data)}) / "ada.zip")
    with pytest.raises(SubmissionError, match=r"a\.ipynb"):
        found.files[0].read()


def test_a_member_has_the_size_that_it_says(tmp_path: Path) -> None:
    """How much is unpacked is known before: a thousand names may mean one stream that unpacks to gigabytes."""
    data = bytearray(zipped({"a.ipynb": b" " * 999}))
    at = data.rindex(b"PK\1\2") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    found = one_submission(folder(tmp_path, {"ada.zip": bytes(data)}) / "ada.zip")
    with pytest.raises(SubmissionError, match="damaged"):
        found.files[0].read()


def test_sizes_are_capped(tmp_path: Path) -> None:
    """Neither a huge file nor a zip bomb is held in memory; a file of just the cap is read."""
    for name, size in (("ada.ipynb", FILE_CAP + 1), ("cem.ipynb", FILE_CAP)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    bomb = zipped({"a.ipynb": b" " * (FILE_CAP + 1)})
    assert len(bomb) < FILE_CAP // 100
    many = zipped({f"{n}.ipynb": b" " * FILE_CAP for n in range(6)})
    whole = {f"{who}/{n}.py": b"-" for who, most in (("eve", 51), ("kim", 50)) for n in range(most)}
    found = submissions(folder(tmp_path, {"bob.zip": bomb, "dan.zip": many, **whole}), "folders")
    assert len(found["cem"].files[0].read()) == FILE_CAP
    assert len(found["kim"].files) == MOST_FILES
    assert all(f"more than {MOST_FILES} notebooks" in found[student].problem for student in ("dan", "eve"))
    for student in ("ada", "bob"):
        with pytest.raises(SubmissionError, match="20 MB") as refused:
            found[student].files[0].read()
        assert refused.value.hint


def test_of_many_archives_not_all_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To open one takes time, and a submission may hold thousands: those that are left are named."""
    monkeypatch.setattr(tree, "MOST_WORK", 1)
    files = {f"ada/{n}.zip": zipped({"p/a.py": b"1", "p/b.py": b"2"}) for n in range(3)}
    [ada] = collect(folder(tmp_path, files), "folders").submissions
    assert [file.name for file in ada.files] == ["ada/0.zip/p/a.py", "ada/0.zip/p/b.py"]
    said = "ada/{}.zip is one of too many archives, and was not opened"
    assert [str(file.refusal) for file in ada.unread] == [said.format(n) for n in (1, 2)]


def test_a_zip_of_many_folders_within_one_another_takes_little_memory(tmp_path: Path) -> None:
    """A name of 1,000 letters may have 500 folders: those of all names together would take gigabytes."""
    data = zipped({f"ada/{n}/{'a/' * 400}x.py": b"" for n in range(300)} | {"bob/b.py": b"1"})
    folder(tmp_path, {"class.zip": data, "class/eve/own.zip": data})
    tracemalloc.start()
    deep = submissions(tmp_path / "class.zip")
    [own] = collect(tmp_path / "class").submissions
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20
    assert len(deep["bob"].files) == len(own.files) == 1
    assert "has a name that is too long" in own.arrival.notes[0]


def test_a_name_that_leads_out_hides_no_file(tmp_path: Path) -> None:
    """Two names in a zip may mean one place: the honest file is read, whatever comes behind it."""
    data = zipped({"ada/a.py": b"1", "../ada/a.py": b"2", "bob/b.py": b"3", "/bob/b.py": b"4"})
    (tmp_path / "class.zip").write_bytes(data)
    assert contents(tmp_path / "class.zip") == {"ada": [b"1"], "bob": [b"3"]}


def test_an_empty_class_is_refused(tmp_path: Path) -> None:
    """It is an error that the user can fix, with a next step."""
    for form in FORMS[:2]:
        with pytest.raises(SubmissionError, match="no submissions") as refused:
            collect(class_of(tmp_path, {"README.md": b"-"}, form))
        assert ".ipynb" in refused.value.hint
    with pytest.raises(SubmissionError, match=rf"c\.zip {NO_ZIP}"):
        collect(folder(tmp_path, {"c.zip": b"not a zip"}) / "c.zip")
