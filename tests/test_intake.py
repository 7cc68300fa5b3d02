"""Who handed in what: every layout that a class comes in, and nothing that leads out of it.

takes: folders and zips made here, whole and spoiled.
gives: one promise a test, said in its docstring.
must not know: notebooks, graded names.
"""

from __future__ import annotations

import io
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.intake import Candidate, Submission, one_submission, read_candidate, submissions_in
from grader.intake.archive import FILE_CAP
from grader.intake.attempts import MOST_CANDIDATES

Files = Mapping[str, bytes]


def folder(at: Path, files: Files) -> Path:
    at.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_bytes(data)
    return at


def zipped(files: Files, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def class_of(at: Path, files: Files, form: str) -> Path:
    """The same class as a folder, as a zip of it, or as a zip with one folder around it."""
    if form == "folder":
        return folder(at / "class", files)
    inner = {f"week5/{name}": data for name, data in files.items()} if form == "zip with a root" else files
    (at / "class.zip").write_bytes(zipped(inner))
    return at / "class.zip"


def contents(submissions: list[Submission]) -> dict[str, list[bytes]]:
    return {s.student_id: [read_candidate(candidate) for candidate in s.candidates] for s in submissions}


FORMS = ("folder", "zip", "zip with a root")
PROJECT = {"exercise_code/layer.py": b"1", "main.ipynb": b"2", "README.md": b"-", "data/x.csv": b"-"}

LAYOUTS: dict[str, tuple[Files, dict[str, list[bytes]]]] = {
    "a folder a student": ({"ada/a.ipynb": b"1", "bob/b.ipynb": b"2"}, {"ada": [b"1"], "bob": [b"2"]}),
    "flat files": ({"ada.ipynb": b"1", "bob.py": b"2"}, {"ada": [b"1"], "bob": [b"2"]}),
    "folders and files": ({"ada/a.ipynb": b"1", "bob.py": b"2"}, {"ada": [b"1"], "bob": [b"2"]}),
    "a zip a student": (
        {"ada.zip": zipped({"a.ipynb": b"1"}), "bob.zip": zipped({"p/b.py": b"2"})}, {"ada": [b"1"], "bob": [b"2"]},
    ),
    "a zip in a folder": (
        {"ada/a.zip": zipped({"a.ipynb": b"1"}), "bob/b.py": b"2"}, {"ada": [b"1"], "bob": [b"2"]},
    ),
    "a zip in a zip": (
        {
            "ada/a.zip": zipped({"p/b.zip": zipped({"a.ipynb": b"1"})}),
            "bob.zip": zipped({"b.zip": zipped({"b.py": b"2"})}),
        },
        {"ada": [b"1"], "bob": [b"2"]},
    ),
    "projects": (
        {f"{who}/project/{name}": data for who in ("ada", "bob") for name, data in PROJECT.items()},
        {"ada": [b"1", b"2"], "bob": [b"1", b"2"]},
    ),
    "zipped projects": (
        {f"{who}.zip": zipped({f"project/{name}": data for name, data in PROJECT.items()}) for who in ("ada", "bob")},
        {"ada": [b"1", b"2"], "bob": [b"1", b"2"]},
    ),
    "capital endings": ({"ada/A.IPYNB": b"1", "bob.Py": b"2"}, {"ada": [b"1"], "bob": [b"2"]}),
    "names in other scripts": ({"Ünï cödé/ä.ipynb": b"1", "数学.py": b"2"}, {"Ünï cödé": [b"1"], "数学": [b"2"]}),
    "one stem twice": ({"ada.ipynb": b"1", "ada.py": b"2", "bob.py": b"3"}, {"ada": [b"1", b"2"], "bob": [b"3"]}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("files", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_gives_the_same_class(
    tmp_path: Path, files: Files, expected: dict[str, list[bytes]], form: str
) -> None:
    """A folder, a zip, a zip with a folder around it: the same students with the same files, in order."""
    found = submissions_in(class_of(tmp_path, files, form))
    assert contents(found) == expected
    assert [submission.student_id for submission in found] == sorted(expected)
    assert not any(submission.problem for submission in found)


@pytest.mark.parametrize("form", FORMS)
def test_a_zip_three_deep_is_told_as_that(tmp_path: Path, form: str) -> None:
    """Not as a hand-in without a notebook: what to do is to take it out; beside a notebook it is a note."""
    deep = zipped({"b.zip": zipped({"c.zip": zipped({"a.ipynb": b"1"})})})
    ada, bob = submissions_in(class_of(tmp_path, {"ada/a.zip": deep, "bob/a.zip": deep, "bob/b.py": b"2"}, form))
    assert "a.zip/b.zip/c.zip is a zip in a zip in a zip, and was not looked into" in ada.problem
    assert ada.next_step == "take the notebook out of all zips, and hand in the notebook itself"
    assert contents([bob]) == {"bob": [b"2"]}
    assert any("is a zip in a zip in a zip" in note for note in bob.arrival.notes)


@pytest.mark.parametrize("form", FORMS[:2])
def test_noise_is_no_hand_in(tmp_path: Path, form: str) -> None:
    """Checkpoints, caches, hidden files and what systems add are neither students nor candidates."""
    files = {
        "ada/a.ipynb": b"1", "bob/b.ipynb": b"2", ".DS_Store": b"-", "__MACOSX/ada/._a.ipynb": b"-", "README.md": b"-",
        "Thumbs.db": b"-", "Desktop.ini": b"-", "bob/ehthumbs.db": b"-", "~$report.docx": b"-",
        "ada/.ipynb_checkpoints/a-checkpoint.ipynb": b"-", "ada/__pycache__/a.py": b"-", "ada/.git/hook.py": b"-",
        "ada/venv/lib/site.py": b"-", "ada/._a.ipynb": b"-", "bob/node_modules/x/setup.py": b"-",
    }  # fmt: skip
    assert contents(submissions_in(class_of(tmp_path, files, form))) == {"ada": [b"1"], "bob": [b"2"]}


@pytest.mark.parametrize("form", FORMS)
def test_a_hand_in_without_a_file_stays_a_row(tmp_path: Path, form: str) -> None:
    """Who handed in something else is told so, and the others are graded."""
    files = {"ada/notes.pdf": b"-", "bob/b.ipynb": b"1", "eve.docx": b"-"}
    found = {s.student_id: s for s in submissions_in(class_of(tmp_path, files, form))}
    assert set(found) == {"ada", "bob", "eve"}
    assert "ada" in found["ada"].problem
    assert "eve.docx" in found["eve"].problem
    assert found["ada"].next_step
    assert not found["bob"].problem


HERE: dict[str, list[str]] = {
    "all": ["./", "./ada/", "./ada/a.py", "./bob/b.py", "./eve/"],
    "one": ["ada/a.py", ".\\bob\\b.py", "eve/notes.pdf"],
    "in a folder": ["./week5/ada/a.py", "week5/./bob/b.py", "./week5/eve/notes.pdf"],
}


@pytest.mark.parametrize("names", HERE.values(), ids=HERE)
def test_a_name_that_begins_here_is_as_any_other(tmp_path: Path, names: list[str]) -> None:
    """`tar` and `find | zip` write `./ada/a.py`: nobody is lost by it, and pages show the name without it."""
    (tmp_path / "class.zip").write_bytes(zipped(dict.fromkeys(names, b"")))
    found = submissions_in(tmp_path / "class.zip")
    assert [one.student_id for one in found] == ["ada", "bob", "eve"]
    assert [c.shown.replace("\\", "/") for one in found for c in one.candidates] == [
        f"{'week5/' * ('week5' in names[0])}{name}" for name in ("ada/a.py", "bob/b.py")
    ]


EMPTY: dict[str, tuple[Sequence[str], dict[str, int]]] = {
    "empty": (["ada/", "bob/b.py"], {"ada": 0, "bob": 1}),
    "around a class": (["week5/", "week5/ada/", "week5/bob/", "week5/bob/b.py"], {"ada": 0, "bob": 1}),
    "nothing but noise": (["ada/.DS_Store", "bob/b.py", "eve/README.md", "__MACOSX/x/._y", ".git/z"],
                          {"ada": 0, "bob": 1, "eve": 0}),
    "noise further in": (["ada/x/._a.ipynb", "bob/b.py"], {"ada": 0, "bob": 1}),
    "empty further in": (["ada/a.py", "ada/data/", "bob/src/", "bob/b.py/"], {"ada": 1, "bob": 0}),
    "beside a file": (["ada/", "bob.py"], {"ada": 0, "bob": 1}),
    "nothing at all": (["ada/", "bob/"], {"ada": 0, "bob": 0}),
    "told twice": (["ada/", "ada/", "bob/b.py"], {"ada": 0, "bob": 1}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS[:2])
@pytest.mark.parametrize(("names", "found"), EMPTY.values(), ids=EMPTY)
def test_an_empty_folder_of_a_student_stays_a_row(
    tmp_path: Path, names: Sequence[str], found: dict[str, int], form: str
) -> None:
    """Somebody who handed in nothing is not forgotten, in a zip as little as in a folder; noise is nothing."""
    path = tmp_path / ("class/week5" if form == "folder" and names[0] == "week5/" else "class")
    for name in names:
        (tmp_path / "class" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "class" / name).mkdir(exist_ok=True) if name[-1] == "/" else (tmp_path / "class" / name).touch()
    if form == "zip":
        path = tmp_path / "class.zip"
        path.write_bytes(zipped(dict.fromkeys(names, b"")))
    read = submissions_in(path)
    assert {one.student_id: len(one.candidates) for one in read} == found
    assert all("nothing to grade" in one.problem for one in read if not one.candidates)


LEFT_OVER = {
    "nothing": ([], "ada is empty", ".ipynb"),
    "a sheet": (["a.pdf", "b.docx"], "no notebook (.ipynb) or Python file (.py) in ada/a.pdf, ada/b.docx", ".ipynb"),
    "a tar": (["a.tar.gz", "b.pdf"], "ada/a.tar.gz is an archive of a kind that is not opened", "unpack it"),
    "a rar": (["b.pdf", "Ex5.RAR"], "ada/Ex5.RAR is an archive of a kind that is not opened", "ask for a .zip"),
    "a placeholder": ([".a.ipynb.icloud"], "a placeholder of iCloud (.a.ipynb.icloud)", "download it"),
    "a checkpoint": ([".ipynb_checkpoints/a-checkpoint.ipynb"], "what Jupyter saves by itself (.ipynb_ch", "copy the"),
    "a README alone": (["README.md"], "ada holds README.md, which says what the rest is", "give it another name"),
    "what systems leave": ([".DS_Store", "._a.py"], "ada is empty but for hidden files (.DS_Store, ._a.py)", ".ipynb"),
}  # fmt: skip


@pytest.mark.parametrize(("names", "said", "instead"), LEFT_OVER.values(), ids=LEFT_OVER)
def test_where_there_is_nothing_to_grade_it_says_what_is_there(
    tmp_path: Path, names: Sequence[str], said: str, instead: str
) -> None:
    """Who looks into the folder sees what the sentence says, and knows what to do about it."""
    (tmp_path / "ada").mkdir()
    [found] = submissions_in(folder(tmp_path, {f"ada/{name}": b"" for name in names}))
    assert said in found.problem
    assert instead in found.next_step


def test_an_empty_folder_in_a_project_makes_no_class_of_it(tmp_path: Path) -> None:
    """One project in a zip stays one student's, whatever empty folder lies in it."""
    (tmp_path / "class.zip").write_bytes(zipped(dict.fromkeys(["Ex5/", "Ex5/ex.py", "Ex5/data/"], b"")))
    assert [one.student_id for one in submissions_in(tmp_path / "class.zip")] == ["Ex5"]


@pytest.mark.parametrize("name", ["a.ipynb", "layer.py"])
def test_one_file_is_a_class_of_one(tmp_path: Path, name: str) -> None:
    """A file alone is graded as its own student's."""
    [only] = submissions_in(folder(tmp_path, {name: b"1"}) / name)
    assert only.student_id == Path(name).stem
    assert only == one_submission(tmp_path / name)
    assert read_candidate(only.candidates[0]) == b"1"


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_project_can_be_checked_by_itself(tmp_path: Path, form: str) -> None:
    """A student's own project, as a folder or a zip, is one hand-in with all its candidates."""
    path = class_of(tmp_path, PROJECT, form)
    found = one_submission(path)
    assert sorted(read_candidate(candidate) for candidate in found.candidates) == [b"1", b"2"]
    assert found.student_id == "class"


def test_a_candidate_is_shown_by_its_way_into_the_hand_in(tmp_path: Path) -> None:
    """Of a zip in a zip, too, a reader can tell which file is meant."""
    outer = zipped({"deep/inner.zip": zipped({"p/a.ipynb": b"1"})})
    [found] = submissions_in(folder(tmp_path, {"ada/all.zip": outer}))
    [candidate] = found.candidates
    assert candidate.shown == "ada/all.zip/deep/inner.zip/p/a.ipynb"
    assert read_candidate(candidate) == b"1"


@pytest.mark.parametrize("form", FORMS)
def test_a_zip_in_a_zip_in_a_zip_is_not_followed(tmp_path: Path, form: str) -> None:
    """Two levels are read, and no more: an archive cannot make work without end."""
    data = zipped({"a.ipynb": b"1"})
    for _ in range(2):
        data = zipped({"inner.zip": data})
    for found in submissions_in(class_of(tmp_path, {"ada/all.zip": data, "bob/all.zip": data}, form)):
        assert not found.candidates
        assert found.problem


# ---- names in archives -------------------------------------------------------------------------------------------


class Named(zipfile.ZipInfo):
    """An entry whose name is these bytes, whether it is said or not that they are UTF-8."""

    __slots__ = ("told", "written")
    written: bytes
    told: bool

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.written, self.flag_bits & ~0x800 | 0x800 * self.told


def archive_of(*written: bytes, told: bool = False, extra: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for n, name in enumerate(written):
            entry = Named(f"entry{n}")
            entry.written, entry.told, entry.extra = name, told, extra
            archive.writestr(entry, str(n))
    return buffer.getvalue()


def info_zip(name: str, written: bytes, spoiled: int = 0) -> bytes:
    body = b"\1" + struct.pack("<L", zlib.crc32(written) ^ spoiled) + name.encode()
    return struct.pack("<HH", 0x5455, 1) + b"-" + struct.pack("<HH", 0x7075, len(body)) + body


TYPED = "ünïcödé 日本"
NAMES = {
    "UTF-8 without a word": (archive_of(TYPED.encode() + b"/a.py", b"bob/b.py"), TYPED),
    "UTF-8 that is told": (archive_of(TYPED.encode() + b"/a.py", b"bob/b.py", told=True), TYPED),
    "DOS": (archive_of("Zoë Çelik".encode("cp437") + b"/a.py", b"bob/b.py"), "Zoë Çelik"),
    "Info-ZIP": (archive_of(b"Jos_/a.py", b"bob/b.py", extra=info_zip("José/a.py", b"Jos_/a.py")), "José"),
    "Info-ZIP's, renamed since": (archive_of(b"Jos_/a.py", b"bob/b.py", extra=info_zip("José/a.py", b"?", 1)), "Jos_"),
    "a name that ends early": (archive_of("é/a.py\0.txt".encode(), b"bob/b.py"), "é"),
    "one that begins here": (archive_of(b"./ada/./a.py", b"././/bob/b.py"), "ada"),
    "neither": (archive_of(b"\xff\xe9/a.py", b"bob/b.py"), "\xa0Θ"),
}


@pytest.mark.parametrize(("data", "student"), NAMES.values(), ids=NAMES)
def test_a_name_is_read_as_it_was_typed(tmp_path: Path, data: bytes, student: str) -> None:
    """Whatever program made the zip; and what is called so can be read, from a class's zip and from a student's own."""
    folder(tmp_path, {"class.zip": data, "class/eve/own.zip": data})
    assert contents(submissions_in(tmp_path / "class.zip")) == {student: [b"0"], "bob": [b"1"]}
    [eve] = submissions_in(tmp_path / "class")
    assert {c.shown: read_candidate(c) for c in eve.candidates} == {
        f"eve/own.zip/{student}/a.py": b"0", "eve/own.zip/bob/b.py": b"1",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../a.py", "/a.py", "C:/a.py", "x\0/../a.py"])
def test_no_second_name_leads_out(tmp_path: Path, name: str) -> None:
    """What is told beside an honest name is as little trusted as the name itself."""
    data = archive_of(b"ada/a.py", b"bob/b.py", extra=info_zip(name, b"ada/a.py"))
    [eve] = submissions_in(folder(tmp_path, {"eve/own.zip": data}))
    assert [c.shown for c in eve.candidates] == ["eve/own.zip/bob/b.py"]


# ---- what leads out ---------------------------------------------------------------------------------------------

OUTSIDE = ("../evil.py", "a/../../evil.py", "/etc/evil.py", "..\\evil.py", "C:\\evil.py", "C:evil.py")


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_in_an_archive_leads_nowhere(tmp_path: Path, name: str) -> None:
    """Names that climb out are not read, nothing is ever written under a name, and honest files stay."""
    data = zipped({name: b"evil", "ada/a.py": b"1", "bob/b.py": b"2"})
    folder(tmp_path / "in", {"class.zip": data, "folder/eve.zip": data})
    for found in (submissions_in(tmp_path / "in/class.zip"), submissions_in(tmp_path / "in/folder")):
        assert b"evil" not in [data for files in contents(found).values() for data in files]
        assert [data for files in contents(found).values() for data in files] == [b"1", b"2"]
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["class.zip", "eve.zip"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Neither a link to a file nor to a folder hands in what lies elsewhere."""
    folder(tmp_path / "secret", {"key.py": b"secret"})
    folder(tmp_path / "class", {"bob/b.py": b"1", "ada/notes.txt": b"-"})
    (tmp_path / "class/ada/a.py").symlink_to(tmp_path / "secret/key.py")
    (tmp_path / "class/ada/all").symlink_to(tmp_path / "secret")
    (tmp_path / "class/eve.py").symlink_to(tmp_path / "secret/key.py")
    (tmp_path / "class/zoe").symlink_to(tmp_path / "secret")
    found = submissions_in(tmp_path / "class")
    assert contents(found) == {"ada": [], "bob": [b"1"], "eve": [], "zoe": []}
    assert [(one.problem, one.next_step) for one in found if not one.candidates] == [
        (f"{name} is a link, and links are not followed", "hand in the file itself")
        for name in ("ada/a.py", "eve.py", "zoe")
    ]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_beside_a_notebook_is_told(tmp_path: Path) -> None:
    """What is not read is said beside what is graded; a link to a folder of data is no news."""
    folder(tmp_path, {"data/x.csv": b"-", "class/ada/a.ipynb": b"1"})
    (tmp_path / "class/ada/layers.py").symlink_to(tmp_path / "data/x.csv")
    (tmp_path / "class/ada/data").symlink_to(tmp_path / "data")
    [ada] = submissions_in(tmp_path / "class")
    assert contents([ada]) == {"ada": [b"1"]}
    assert ada.arrival.notes == ("Not read: ada/layers.py is a link, and links are not followed.",)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    """Between looking and reading nothing can be put in a file's place."""
    folder(tmp_path, {"secret.txt": b"secret", "class/ada.py": b"1"})
    [found] = submissions_in(tmp_path / "class")
    (tmp_path / "class/ada.py").unlink()
    (tmp_path / "class/ada.py").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(SubmissionError, match="link"):
        read_candidate(found.candidates[0])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_or_a_socket_is_not_waited_for(tmp_path: Path) -> None:
    """What is no regular file is refused at once, also one that would block for ever."""
    os.mkfifo(tmp_path / "ada.py")
    with socket.socket(socket.AF_UNIX) as lies_about:
        lies_about.bind(str(tmp_path / "bob.py"))
    for found in submissions_in(tmp_path):
        with pytest.raises(SubmissionError, match="not a regular file"):
            read_candidate(found.candidates[0])


CLOSED: dict[str, tuple[str, int, bool, str]] = {
    "a link": ("eve/ex.ipynb", 0o120777, False, "eve/ex.ipynb is a link, and links are not followed"),
    "a link to a folder": ("eve", 0o120777, False, "eve is a link, and links are not followed"),
    "a device": ("eve/ex.ipynb", 0o020644, False, "eve/ex.ipynb is no regular file"),
    "encrypted": ("eve/ex.ipynb", 0, True, "eve/ex.ipynb is encrypted"),
    "encrypted and flat": ("eve.py", 0, True, "eve.py is encrypted"),
    "a zip that is encrypted": ("eve/all.zip", 0, True, "eve/all.zip is encrypted"),
    "from the root": ("/eve/ex.ipynb", 0, False, "/eve/ex.ipynb has a path that leads out of the archive"),
    "up": ("../eve/ex.ipynb", 0, False, "../eve/ex.ipynb has a path that leads out of the archive"),
    "up from within": ("a/../../eve.ipynb", 0, False, "a/../../eve.ipynb has a path that leads out of the archive"),
    "a drive": ("C:\\eve\\ex.ipynb", 0, False, "C:\\eve\\ex.ipynb has a path that leads out of the archive"),
}


def with_closed(files: Files, name: str, mode: int, has_password: bool) -> bytes:
    """A zip with one entry more, of this mode, and with the mark that it needs a password."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for other, data in files.items():
            archive.writestr(other, data)
        entry = zipfile.ZipInfo()
        entry.filename, entry.external_attr, entry.create_system = name, mode << 16, 3
        archive.writestr(entry, b"1" * 50)
    data = bytearray(buffer.getvalue())
    data[data.rindex(b"PK\3\4") + 6] |= has_password
    data[data.rindex(b"PK\1\2") + 8] |= has_password
    return bytes(data)


@pytest.mark.parametrize("around", ["", "week5/"])
@pytest.mark.parametrize(("name", "mode", "has_password", "said"), CLOSED.values(), ids=CLOSED)
def test_what_is_not_read_in_a_class_s_zip_is_a_row(
    tmp_path: Path, name: str, mode: int, has_password: bool, said: str, around: str
) -> None:
    """A student of whom the zip has nothing but a link, or something encrypted, is not forgotten: a row says why, and
    what to hand in instead. The others are graded, whatever folder is around them."""
    files = {f"{around}ada/a.py": b"1", f"{around}bob/b.py": b"2"}
    inside = name if "leads out" in said else around + name
    (tmp_path / "class.zip").write_bytes(with_closed(files, inside, mode, has_password))
    found = {one.student_id: one for one in submissions_in(tmp_path / "class.zip")}
    [who] = found.keys() - {"ada", "bob"}
    assert who == ("a" if name.startswith("a/") else "eve")
    assert found[who].problem == said.replace(name, inside, 1)
    assert found[who].next_step
    assert not found[who].candidates
    assert contents([found["ada"], found["bob"]]) == {"ada": [b"1"], "bob": [b"2"]}


@pytest.mark.parametrize(("name", "mode", "has_password", "said"), CLOSED.values(), ids=CLOSED)
def test_what_is_not_read_in_a_zip_of_one_s_own_is_told(
    tmp_path: Path, name: str, mode: int, has_password: bool, said: str
) -> None:
    """Alone it is the reason why nothing is graded; beside a notebook it is a note."""
    folder(tmp_path / "class", {"ada/all.zip": with_closed({}, name, mode, has_password)})
    folder(tmp_path / "class", {"bob/all.zip": with_closed({"b.ipynb": b"2"}, name, mode, has_password)})
    ada, bob = submissions_in(tmp_path / "class")
    assert ada.problem == f"ada/all.zip/{said}"
    assert ada.next_step
    assert contents([bob]) == {"bob": [b"2"]}
    assert bob.arrival.notes == ((f"Not read: bob/all.zip/{said}.",) if name != "eve" else ())


def test_a_colon_in_a_name_is_no_drive(tmp_path: Path) -> None:
    """Platforms write titles into names: only one letter before a colon is a drive's."""
    (tmp_path / "class.zip").write_bytes(zipped({"Week 5: layers/ada/a.py": b"1", "Week 5: layers/bob/b.py": b"2"}))
    assert contents(submissions_in(tmp_path / "class.zip")) == {"ada": [b"1"], "bob": [b"2"]}


def test_a_link_in_an_archive_is_no_file(tmp_path: Path) -> None:
    """A zip can hold links; they are left out."""
    link = zipfile.ZipInfo("a.py")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b.py", b"1")
    assert contents([one_submission(tmp_path / "ada.zip")]) == {"ada": [b"1"]}


# ---- what cannot be read ----------------------------------------------------------------------------------------


def encrypted() -> bytes:
    """A zip whose member says that it needs a password."""
    data = bytearray(zipped({"a.ipynb": b"1" * 50}))
    data[6] |= 1  # the local header's flags
    data[data.index(b"PK\1\2") + 8] |= 1  # the directory's
    return bytes(data)


BAD_ZIPS = {
    "no zip at all": b"not a zip",
    "empty": b"",
    "cut short": zipped({"a.ipynb": b"1" * 500})[:-30],
    "encrypted": encrypted(),
}


@pytest.mark.parametrize("data", BAD_ZIPS.values(), ids=BAD_ZIPS.keys())
def test_a_zip_that_cannot_be_opened_stays_a_row(tmp_path: Path, data: bytes) -> None:
    """A bad archive costs only its own student, and is told with what to do."""
    bad, good = submissions_in(folder(tmp_path, {"ada.zip": data, "bob.py": b"1"}))
    assert bad.problem
    assert bad.next_step
    assert not bad.candidates
    assert good.candidates


def test_a_damaged_member_is_refused_when_it_is_read(tmp_path: Path) -> None:
    """An archive may be whole and a file in it not: a sentence with its name."""
    data = bytearray(zipped({"a.ipynb": os.urandom(300)}, zipfile.ZIP_STORED))
    data[80] ^= 0xFF
    found = one_submission(folder(tmp_path, {"ada.zip": bytes(data)}) / "ada.zip")
    with pytest.raises(SubmissionError, match=r"a\.ipynb"):
        read_candidate(found.candidates[0])


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=4), st.integers(0, 4)), min_size=1, max_size=3))
def test_a_spoiled_zip_is_read_or_refused(tmp_path: Path, kind: int, changes: list[tuple[int, bytes, int]]) -> None:
    """Bytes changed anywhere in an archive: files, a problem, or `SubmissionError`, and nothing else."""
    data = zipped({"ada/a.ipynb": b"12345" * 20, "bob/b.py": b"2", "eve.zip": zipped({"c.py": b"3" * 99})}, kind)
    for at, put, drop in changes:
        at %= len(data)
        data = data[:at] + put + data[at + drop :]
    path = folder(tmp_path, {"class.zip": data}) / "class.zip"
    for read in (submissions_in, lambda path: [one_submission(path)]):
        with suppress(SubmissionError):
            for found in read(path):
                for candidate in found.candidates:
                    with suppress(SubmissionError):
                        read_candidate(candidate)


BROKEN_MEMBERS = {
    "LZMA": (zipfile.ZIP_LZMA, 60), "bzip2": (zipfile.ZIP_BZIP2, 60), "deflate": (zipfile.ZIP_DEFLATED, 45),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "at"), BROKEN_MEMBERS.values(), ids=BROKEN_MEMBERS.keys())
def test_a_damaged_member_of_any_packing_is_refused(tmp_path: Path, kind: int, at: int) -> None:
    """Each way of packing fails in its own way; all are told as one."""
    data = bytearray(zipped({"a.ipynb": os.urandom(200) + b"1" * 200}, kind))
    data[at : at + 40] = bytes(byte ^ 0x5A for byte in data[at : at + 40])
    found = one_submission(folder(tmp_path, {"ada.zip": bytes(data)}) / "ada.zip")
    with pytest.raises(SubmissionError):
        read_candidate(found.candidates[0])


def test_a_member_whose_header_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    """A directory that points past the end of its archive is damage like any other."""
    data = bytearray(zipped({"a.ipynb": b"1" * 50}))
    directory = data.index(b"PK\1\2")
    data[directory + 42 : directory + 46] = (len(data) - 10).to_bytes(4, "little")
    (tmp_path / "ada.zip").write_bytes(bytes(data))
    with pytest.raises(SubmissionError):
        read_candidate(Candidate("a.ipynb", tmp_path / "ada.zip", ("a.ipynb",)))


def test_a_file_over_the_cap_is_not_read(tmp_path: Path) -> None:
    """Neither a huge file nor a zip bomb is held in memory: both are refused with their limit."""
    with (tmp_path / "ada.ipynb").open("wb") as file:
        file.truncate(FILE_CAP + 1)
    bomb = zipped({"a.ipynb": b" " * (FILE_CAP + 1)})
    assert len(bomb) < FILE_CAP // 100
    ada, bob = submissions_in(folder(tmp_path, {"bob.zip": bomb}))
    for found in (ada, bob):
        with pytest.raises(SubmissionError, match="20 MB") as refused:
            read_candidate(found.candidates[0])
        assert refused.value.hint


def test_a_file_at_the_cap_is_read(tmp_path: Path) -> None:
    """The cap is the largest size that is taken."""
    with (tmp_path / "ada.ipynb").open("wb") as file:
        file.truncate(FILE_CAP)
    assert len(read_candidate(submissions_in(tmp_path)[0].candidates[0])) == FILE_CAP


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_hand_in_of_too_many_files_stays_a_row(tmp_path: Path, form: str) -> None:
    """Somebody who handed in a whole disk is told so; fifty files are still looked at."""
    many = {f"ada/{n}.py": b"-" for n in range(MOST_CANDIDATES + 1)}
    some = {f"bob/{n}.py": b"-" for n in range(MOST_CANDIDATES)}
    ada, bob = submissions_in(class_of(tmp_path, many | some, form))
    assert f"more than {MOST_CANDIDATES}" in ada.problem
    assert len(bob.candidates) == MOST_CANDIDATES


@pytest.mark.parametrize("read", [submissions_in, one_submission])
def test_a_path_that_is_not_there_is_named(tmp_path: Path, read: object) -> None:
    """A misspelt path is the caller's to mend: it is said, with a next step."""
    with pytest.raises(SubmissionError, match="nowhere") as refused:
        read(tmp_path / "nowhere")
    assert refused.value.hint
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_an_empty_class_is_refused(tmp_path: Path, form: str) -> None:
    """A folder with nothing but noise holds no class: said with what it should hold."""
    path = class_of(tmp_path, {"README.md": b"-"}, form)
    with pytest.raises(SubmissionError, match="no hand-ins") as refused:
        submissions_in(path)
    assert ".ipynb" in refused.value.hint


def test_a_zip_of_a_class_that_is_none_is_refused(tmp_path: Path) -> None:
    """A class that cannot be opened at all is not a row but an error."""
    with pytest.raises(SubmissionError, match=r"class\.zip"):
        submissions_in(folder(tmp_path, {"class.zip": b"PK"}) / "class.zip")


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    """Submissions hold no contents: a class of any size fits, and what changes later is read as it is then."""
    [found] = submissions_in(folder(tmp_path, {"ada.py": b"1"}))
    (tmp_path / "ada.py").write_bytes(b"2")
    assert read_candidate(found.candidates[0]) == b"2"


# ---- what is hidden, and what is one's own ----------------------------------------------------------------------

READ_ME = {
    "README.ipynb": True,
    "readme_exercise5.ipynb": True,
    "Readme.py": True,
    "README.ipynb.txt": True,
    "README": False,
    "README.md": False,
    "readme.py.md": False,
    "README.html": False,
}


@pytest.mark.parametrize("form", FORMS[:2])
@pytest.mark.parametrize(("name", "counts"), READ_ME.items(), ids=READ_ME)
def test_a_notebook_called_read_me_is_a_hand_in(tmp_path: Path, name: str, counts: bool, form: str) -> None:
    """Whatever it is called, a notebook or Python file is somebody's work, in a folder and as a flat file; a text of
    that name is nobody's."""
    found = submissions_in(class_of(folder(tmp_path / "a", {}), {f"ada/{name}": b"1", "bob/b.ipynb": b"2"}, form))
    assert contents(found) == {"ada": [b"1"] * counts, "bob": [b"2"]}
    flat = submissions_in(class_of(folder(tmp_path / "b", {}), {name: b"1", "bob.ipynb": b"2"}, form))
    assert len(flat) == 1 + counts


HIDDEN = {
    ".ex.ipynb": True, ".ipynb": True, ".Übung 5.IPYNB": True, "._ex.ipynb": False, ".~ex.ipynb": False,
    ".#ex.ipynb": False, ".ex.py": False, ".ipynb_checkpoints/ex-checkpoint.ipynb": False, "..ipynb": False,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS[:2])
@pytest.mark.parametrize(("name", "counts"), HIDDEN.items())
def test_a_notebook_under_a_hidden_name_is_a_hand_in(tmp_path: Path, name: str, counts: bool, form: str) -> None:
    """What a student saved so is read, after all others; what systems and editors put beside a notebook is not."""
    files = {f"ada/{name}": b"1", f"bob/{name}": b"2", "bob/b.ipynb": b"3"}
    expected = {"ada": [b"1"] * counts, "bob": [b"3"] + [b"2"] * counts}
    assert contents(submissions_in(class_of(tmp_path, files, form))) == expected


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_of_one_s_own_is_followed(tmp_path: Path) -> None:
    """Whoever checks their own notebook through a link means the notebook; what it imports may lie beside either."""
    folder(tmp_path, {"there/ex.ipynb": b"1", "project/a.py": b"2"})
    (tmp_path / "here").mkdir()
    for link, target in (("here/link.ipynb", "there/ex.ipynb"), ("here/project", "project")):
        (tmp_path / link).symlink_to(tmp_path / target)
    mine = one_submission(tmp_path / "here/link.ipynb", own_work=True)
    assert [read_candidate(candidate) for candidate in mine.candidates] == [b"1"]
    assert mine.beside == (tmp_path / "here", tmp_path / "there")
    assert len(one_submission(tmp_path / "here/project", own_work=True).candidates) == 1
    assert not one_submission(tmp_path / "here/link.ipynb").candidates
