"""Hostile and broken files: each gets a verdict with a sentence, and none costs another hand-in anything."""

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import tempfile
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.extract import choose
from grader.intake import submissions_in

WANTED = ("good",)
CODE = "def good(x):\n    return x + 1\n"
MB = 1 << 20


def v4(*sources, **more):
    cells = [{"cell_type": "code", "metadata": {}, "source": s, "outputs": [], "execution_count": None} for s in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | more)


def v3(source):
    cells = [{"cell_type": "code", "language": "python", "metadata": {}, "input": source, "outputs": [], "collapsed": False}]
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": cells}]})


def v2(source):
    return json.dumps({"nbformat": 2, "metadata": {"name": ""}, "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": source, "outputs": []}]}]})


def zipped(*entries, packing=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(data, "w", packing) as archive:
        warnings.simplefilter("ignore")  # of one name twice
        for name, content in entries:
            archive.writestr(name, content)
    return data.getvalue()


def linked(name, target):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info, target


def long_directory():
    """Twenty megabytes of entries without files."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    body = entry * (20 * MB // len(entry))
    return body + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFE, 0xFFFE, len(body), 0, 0)


def overlapping():
    """Fifty names for the same bytes."""
    data = bytearray(zipped(("a.py", b"#" * (19 * MB))))
    at = data.rindex(b"PK\1\2")
    entry = bytes(data[at : at + 46 + 4])
    listed = b"".join(entry[:46] + b"%c.py" % (97 + n % 26) for n in range(50))
    return bytes(data[:at]) + listed + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 50, 50, len(listed), at, 0)


def encrypted():
    data = bytearray(zipped(("a.py", CODE)))
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    return bytes(data)


# What is handed in, under which name, and what is said; an empty sentence: it is graded. What is large is made when it is
# handed in, since all workers read this file.
FILES = {
    "a plain notebook": ("a.ipynb", v4(CODE), ""),
    "a plain file": ("a.py", CODE, ""),
    "nbformat 3": ("a.ipynb", v3(CODE), ""),
    "nbformat 3, lines in a list": ("a.ipynb", v3(CODE.splitlines(keepends=True)), ""),
    "nbformat 2": ("a.ipynb", v2(CODE), ""),
    "nbformat 4 without versions of cells": ("a.ipynb", v4(CODE, nbformat_minor=0), ""),
    "nbformat 5, of tomorrow": ("a.ipynb", v4(CODE, nbformat=5), "not of a form"),
    "nbformat 1": ("a.ipynb", '{"cells": [], "nbformat": 1}', ""),
    "nbformat NaN": ("a.ipynb", v4(CODE).replace('"nbformat": 4', '"nbformat": NaN'), "not of a form"),
    "nbformat a text": ("a.ipynb", v4(CODE, nbformat="4"), "not of a form"),
    "nbformat of 5,000 digits": ("a.ipynb", v4(CODE).replace('"nbformat": 4', '"nbformat": ' + "4" * 5000), "not a whole notebook"),
    "NaN in an output": ("a.ipynb", v4(CODE).replace('"outputs": []', '"outputs": [NaN, Infinity]'), ""),
    "no cells": ("a.ipynb", '{"nbformat": 4}', "not of a form"),
    "cells that are no list": ("a.ipynb", v4(cells={"0": CODE}), "not of a form"),
    "cells that are numbers": ("a.ipynb", v4(cells=[1, 2]), "not of a form"),
    "a cell of an unknown kind": ("a.ipynb", v4(CODE).replace('"code"', '"heading"'), ""),
    "a source that is a number": ("a.ipynb", v4(7), ""),
    "source twice": ("a.ipynb", v4(CODE).replace('"source":', '"source": "x = 1", "source":'), "the key 'source' twice"),
    "cells twice": ("a.ipynb", v4(CODE).replace('"cells":', '"cells": [], "cells":'), "the key 'cells' twice"),
    "a key twice in the metadata": ("a.ipynb", v4(CODE).replace('"metadata": {}', '"metadata": {"a": 1, "a": 2}'), ""),
    "half a notebook": ("a.ipynb", v4(CODE)[:-30], "not a whole notebook"),
    "two notebooks in one": ("a.ipynb", v4(CODE) * 2, "not a whole notebook"),
    "a comma too many": ("a.ipynb", v4(CODE)[:-1] + ",}", "not a whole notebook"),
    "a conflict of versions": ("a.ipynb", "<<<<<<< HEAD\n" + v4(CODE) + "\n=======\n>>>>>>> theirs\n", "merge conflict"),
    "a page of HTML": ("a.ipynb", "<!doctype html><html>sign in</html>", "HTML page"),
    "an empty file": ("a.ipynb", "", "is empty"),
    "a file of blanks": ("a.ipynb", " \n" * 50, "is empty"),
    "a list": ("a.ipynb", "[]", "holds no cells"),
    "a word": ("a.ipynb", "null", "holds no cells"),
    "a picture": ("a.ipynb", b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
    "a zip named as a notebook": ("a.ipynb", zipped(("a.py", CODE)), "a zip archive"),
    "a notebook that came gzipped": ("a.ipynb", gzip.compress(v4(CODE).encode()), "a compressed file (gzip)"),
    "a PDF named as a notebook": ("a.ipynb", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"),
    "what Git LFS keeps": ("a.ipynb", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
    "nested a hundred thousand deep": ("a.ipynb", lambda: "[" * 100_000 + "]" * 100_000, "nested too deeply"),
    "nested deep within an output": ("a.ipynb", v4(CODE).replace('"outputs": []', '"outputs": ' + "[" * 99_999 + "]" * 99_999), "nested too deeply"),
    "a mark of the order of bytes": ("a.ipynb", b"\xef\xbb\xbf" + v4(CODE).encode(), ""),
    "UTF-16": ("a.ipynb", v4(CODE).encode("utf-16"), ""),
    "UTF-16, cut in two": ("a.ipynb", v4(CODE).encode("utf-16")[:-1], "not text"),
    "UTF-32": ("a.ipynb", v4(CODE).encode("utf-32"), "not"),
    "invalid UTF-8": ("a.ipynb", v4(CODE + "# \xe9").replace("\\u00e9", "\xe9").encode("latin-1"), ""),
    "lone surrogates": ("a.ipynb", v4(CODE + "s = '?'").replace("?", "\\ud800"), ""),
    "NUL in the source": ("a.ipynb", v4(CODE + "\0"), ""),
    "NUL in a file": ("a.py", CODE + "\0", ""),
    "an encoding that runs code": ("a.py", "# -*- coding: unicode_escape -*-\n" + CODE, ""),
    "a syntax error": ("a.ipynb", v4(CODE, "def broken(:"), ""),
    "Python 2": ("a.ipynb", v4(CODE, "print 'x'"), ""),
    "magics and shells": ("a.ipynb", v4(CODE, "%matplotlib inline", "!rm -rf /", "%%bash\nrm -rf /", "x = !ls"), ""),
    "input()": ("a.ipynb", v4(CODE, "n = input()"), ""),
    "fifty thousand brackets": ("a.py", CODE + "(" * 50_000 + ")" * 50_000, ""),
    "a sum of fifty thousand": ("a.py", CODE + "y = " + "+".join("1" * 50_000), ""),
    "a number of a million digits": ("a.py", lambda: CODE + "y = " + "9" * MB, ""),
    "three megabytes of code": ("a.py", lambda: CODE + "x = 1\n" * (MB // 2), "2 MB of code"),
    "a hundred thousand cells": ("a.ipynb", lambda: v4(CODE, *["x = 1"] * 100_000), "more than 5000 cells"),
    "a hundred megabytes": ("a.ipynb", lambda: v4(CODE).encode() + b" " * (100 * MB), "more than 20 MB"),
    "a link": ("a.ipynb", Path("/etc/passwd"), "is a link"),
    "a link to a folder": ("a", Path("/etc"), "is a link"),
    "a pipe": ("a.ipynb", "pipe", "not a regular file"),
    "a pipe named as a zip": ("a.zip", "pipe", "not a regular file"),
    "a folder named as a notebook": ("a.ipynb/b.txt", "x", "nothing to grade"),
    "an unknown ending": ("a.docx", "x", "nothing to grade"),
    "a zip": ("a.zip", zipped(("a.py", CODE)), ""),
    "a zip in a zip": ("a.zip", zipped(("b.zip", zipped(("a.py", CODE)))), ""),
    "a zip in a zip in a zip": ("a.zip", zipped(("c.zip", zipped(("b.zip", zipped(("a.py", CODE)))))), "is a zip in a zip in a zip"),
    "an empty zip": ("a.zip", zipped(), "nothing to grade"),
    "no zip": ("a.zip", b"PK\3\4" + bytes(100), "not a zip archive"),
    "half a zip": ("a.zip", zipped(("a.py", CODE * 99))[:-40], "not a zip archive"),
    "a zip with a password": ("a.zip", encrypted(), "is encrypted"),
    "a zip bomb": ("a.zip", lambda: zipped(("a.py", b"#" * (99 * MB))), "more than 20 MB"),
    "a zip bomb of many": ("a.zip", lambda: zipped(*((f"{n}.py", b"#" * (19 * MB)) for n in range(6))), "more than 100 MB"),
    "a zip bomb of one for all": ("a.zip", lambda: overlapping(), "more than 100 MB"),
    "a zip bomb in a zip": ("a.zip", lambda: zipped(("b.zip", b"\0" * (99 * MB))), "more than 64 MB"),
    "a zip bomb by bzip2": ("a.zip", lambda: zipped(("a.py", b"#" * MB), packing=zipfile.ZIP_BZIP2), "unusual way"),
    "a zip bomb by LZMA": ("a.zip", lambda: zipped(("a.py", b"#" * MB), packing=zipfile.ZIP_LZMA), "unusual way"),
    "a zip with a list of twenty megabytes": ("a.zip", lambda: long_directory(), "not a zip archive"),
    "a zip with a link": ("a.zip", zipped(linked("a.py", "/etc/passwd")), "is a link"),
    "a zip that climbs": ("a.zip", zipped(("../../a.py", CODE)), "leads out"),
    "a zip with a root": ("a.zip", zipped(("/etc/a.py", CODE)), "leads out"),
    "a zip with a drive": ("a.zip", zipped(("C:\\a.py", CODE)), "leads out"),
    "a zip that climbs by backslashes": ("a.zip", zipped(("..\\..\\a.py", CODE)), "leads out"),
    "a zip of a name without letters": ("a.zip", zipped(("\x1b[2J\n.py", CODE)), ""),
    "a zip with a name of sixty thousand letters": ("a.zip", zipped(("a" * 60_000 + ".py", CODE)), "too long for a file"),
    "a zip with folders thirty thousand deep": ("a.zip", zipped(("a/" * 30_000 + "a.py", CODE)), "too long for a file"),
    "a zip with a name of many marks": ("a.zip", zipped(("a" + "\u0327\u0301" * 10_000 + ".py", CODE)), "too long for a file"),
    "a zip of sixty files": ("a.zip", zipped(*((f"{n}.py", CODE) for n in range(60))), "more than 50"),
    "a zip of one name twice": ("a.zip", zipped(("a.py", CODE), ("a.py", CODE)), ""),
    "a tar named as a zip": ("a.zip", base64.b64decode("H4sIAAAAAAAAA+3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"), "not a zip archive"),
    "bytes of bzip2": ("a.zip", bz2.compress(b"x"), "not a zip archive"),
    "bytes of LZMA": ("a.zip", lzma.compress(b"x"), "not a zip archive"),
}  # fmt: skip


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if content == "pipe":
        os.mkfifo(path)
    elif isinstance(content, Path):
        path.symlink_to(content)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_each_file_gets_a_verdict_with_a_sentence(tmp_path, what, layout):
    """A hostile or broken file is graded, or stays a row that says why; its neighbour is graded all the same."""
    name, content, sentence = FILES[what]
    content = content() if callable(content) else content
    put(tmp_path / "honest" / "a.ipynb", v4(CODE))
    put(tmp_path / ("student/" + name if layout == "folder" else name.replace("a", "student", 1)), content)
    found = {submission.student_id: submission for submission in submissions_in(tmp_path)}
    found["student"] = found.pop("student.ipynb", found.get("student"))  # a folder's whole name is the student's
    assert set(found) == {"honest", "student"}
    assert choose(found["honest"], WANTED).extract.defined(WANTED)
    if not sentence:
        choose(found["student"], WANTED)
        return
    with pytest.raises(SubmissionError) as refused:
        choose(found["student"], WANTED)
    assert sentence in str(refused.value)
    assert refused.value.hint


def test_a_bomb_takes_little_memory(tmp_path):
    """What unpacks to gigabytes is refused before it is unpacked."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_BZIP2) as archive, archive.open("a.py", "w") as member:
        for _ in range(500):
            member.write(bytes(MB))
    assert len(bomb.getvalue()) < 10_000
    put(tmp_path / "a" / "a.zip", bomb.getvalue())
    tracemalloc.start()
    with pytest.raises(SubmissionError):
        choose(submissions_in(tmp_path)[0], WANTED)
    assert tracemalloc.get_traced_memory()[1] < 50 * MB
    tracemalloc.stop()


def test_a_folder_of_too_many_files_is_a_row(tmp_path):
    """A hand-in of ten thousand files and more is not walked through."""
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(10_001):
        (folder / f"{number}.txt").touch()
    assert "more than 10000" in submissions_in(tmp_path)[0].problem


def test_a_folder_that_cannot_be_read_is_a_row():
    """A folder without permission is told, and others are graded."""
    with tempfile.TemporaryDirectory() as name:  # not below the tests' own folder, which is closed to others
        Path(name).chmod(0o755)
        (Path(name) / "a").mkdir(0)
        if root := os.getuid() == 0:
            os.seteuid(65534)  # root may read everything
        try:
            assert "cannot be read" in submissions_in(Path(name))[0].problem
        finally:
            if root:
                os.seteuid(0)


@pytest.mark.parametrize("name", ["a.py", "a.zip"])
@pytest.mark.parametrize("swapped", ["student", "student/deep"])
def test_a_folder_that_became_a_link_is_not_followed(tmp_path, name, swapped):
    """Between listing a class and reading it minutes go by: whoever can write there would be graded by another's work."""
    content = zipped(("a.py", CODE)) if name == "a.zip" else CODE
    for place in ("honest/deep", "student/deep"):
        put(tmp_path / "class" / place / name, content)
    found = {submission.student_id: submission for submission in submissions_in(tmp_path / "class")}
    assert choose(found["student"], WANTED).extract.defined(WANTED)
    folder = tmp_path / "class" / swapped
    folder.rename(tmp_path / "before")
    folder.symlink_to(tmp_path / "class" / swapped.replace("student", "honest"))
    with pytest.raises(SubmissionError, match="cannot be opened"):
        choose(found["student"], WANTED)
    assert choose(found["honest"], WANTED).extract.defined(WANTED)
