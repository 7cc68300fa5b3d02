"""Another grader of the same version is another grader: what it would do otherwise is done, and is not left as it was.

takes: a copy of the package, in which something is mended, and a tiny class; the command line.
gives: one promise a test, said in its docstring.
must not know: what was mended.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_batch import CLASS, Desk, new_and_same

from grader.edition import digest_of, edition
from grader.version import VERSION
from tests.conftest import ROOT

CHANGED = "the grader has changed since the run before"
OF_ANOTHER = "was compiled by another grader than this one"


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a grader in it that differs from this one by a line. What was compiled of the others is theirs."""
    folder = tmp_path_factory.mktemp("mended")
    shutil.copytree(ROOT / "grader", folder / "grader")
    with (folder / "grader" / "score.py").open("a", encoding="utf-8") as file:
        file.write("# mended\n")
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A class, graded by this grader."""
    made = Desk(tmp_path, {name: CLASS[name] for name in ("ada", "bob")})
    assert new_and_same(made.grade("--jobs", 1)) == (2, 0)
    return made


def by(mended: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """What the other grader does."""
    command = [sys.executable, "-m", "grader", *map(str, arguments), "--quiet"]
    environment = os.environ | {"PYTHONPATH": str(mended)}
    return subprocess.run(command, env=environment, cwd=mended, capture_output=True, text=True, timeout=120)


def test_what_another_grader_graded_is_graded_anew(desk: Desk, mended: Path) -> None:
    """Once, with the reason; by the version alone all would have stayed as it was. Its key is compiled again, too."""
    key = next(desk.assignment.glob("*[!c].key.npz"))
    asked = ("grade", desk.hand_ins, "--assignment", desk.assignment, "--out", desk.out)
    public = desk.assignment / key.name.replace(".key", ".public.key")
    before, made, given_out = desk.verdicts(), key.stat().st_mtime_ns, public.read_bytes()
    done = by(mended, *asked)
    assert new_and_same(done) == (2, 0)
    assert CHANGED in done.stdout
    assert key.stat().st_mtime_ns > made
    assert public.read_bytes() == given_out, "it need not be given out again"
    again = by(mended, *asked)
    assert new_and_same(again) == (0, 2)
    assert CHANGED not in again.stdout
    assert desk.verdicts() == before


def test_a_key_of_another_grader_is_used_where_it_is_named_and_that_is_said(desk: Desk, mended: Path) -> None:
    """Who has the key alone cannot compile it; nor can who does not know its hidden seed."""
    key = next(desk.assignment.glob("*[!c].key.npz"))
    asked = ("grade", desk.hand_ins, "--out", desk.out)
    named = by(mended, *asked, "--key", key)
    assert new_and_same(named) == (2, 0)
    assert OF_ANOTHER in named.stderr
    assert "have its author compile it again" in named.stderr
    command = [sys.executable, "-m", "grader", "compile", str(desk.assignment), "--hidden-seed", "7"]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    seeded = by(mended, *asked, "--assignment", desk.assignment)
    assert new_and_same(seeded) == (0, 2), "the same questions, by the same grader"
    assert "--hidden-seed YOURS" in seeded.stderr
    assert OF_ANOTHER not in desk.grade().stderr


def test_a_key_of_a_hidden_seed_is_not_replaced_where_it_is_read_no_more(desk: Desk) -> None:
    """By one without that seed, of which everybody may work out the hidden cases: its author is told what to run."""
    command = [sys.executable, "-m", "grader", "compile", str(desk.assignment), "--hidden-seed", "7"]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    key = next(desk.assignment.glob("*[!c].key.npz"))
    with np.load(key) as members:
        header, data = json.loads(members["header"].tobytes()), members["data"]
    np.savez(key, header=np.frombuffer(json.dumps({**header, "schema": 1}).encode(), np.uint8), data=data)
    of_before = key.read_bytes()
    done = desk.grade()
    assert done.returncode == 2
    assert "has format 1" in done.stderr
    assert "--hidden-seed YOURS" in done.stderr
    assert key.read_bytes() == of_before


def test_without_a_sandbox_a_class_is_judged_by_the_key_that_is_there(desk: Desk, mended: Path) -> None:
    """To judge anew runs nobody's code, and must not come to need what a compiler needs."""
    elsewhere = "import sys, zoneinfo; sys.platform = 'elsewhere'; from grader.__main__ import main; main()"

    def without(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", elsewhere, *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": str(mended)}
        return subprocess.run(command, env=environment, cwd=mended, capture_output=True, text=True, timeout=120)

    done = without("rejudge", desk.out)
    assert done.returncode in (0, 1), done.stderr
    assert "compile it again where there is a sandbox" in done.stderr
    new = desk.assignment.with_name("new")
    shutil.copytree(desk.assignment, new, ignore=shutil.ignore_patterns("*.npz"))
    refused = without("grade", desk.hand_ins, "--assignment", new, "--out", "x")
    assert refused.returncode == 3
    assert "No sandbox on this machine" in refused.stderr


def test_who_is_meant_is_told_by_every_file_and_by_no_trace_of_use(tmp_path: Path) -> None:
    """Names and contents count, wherever the folder lies; byte code and what editors leave do not."""
    one, other = tmp_path / "one", tmp_path / "other" / "deep"
    for folder in (one, other):
        (folder / "inner").mkdir(parents=True)
        (folder / "a.py").write_text("1")
        (folder / "inner" / "b.html").write_text("2")
    first = digest_of(one)
    assert digest_of(other) == first
    (one / "__pycache__").mkdir()
    for trace in ("__pycache__/a.pyc", ".a.py.swp", "a.py.orig"):
        (one / trace).write_text("3")
    (one / ".#a.py").symlink_to("nobody@nowhere")
    assert digest_of(one) == first
    (other / "inner" / "b.html").rename(other / "inner" / "c.html")
    assert digest_of(other) != first
    (one / "inner" / "b.html").write_text("4")
    assert digest_of(one) not in (first, digest_of(other))
    assert edition().startswith(f"{VERSION}+")
