"""Nothing is lost: whatever is killed, full, closed or damaged, the next run ends as an undisturbed one does."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from conftest import run_grader
from hostile.staging import as_user

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "reference/exercise_05/passes.py").read_text()
SEED = int(os.environ.get("GRADER_FUZZ_SEED", "20240501"))
KILLS = 30
CHAINS = 6  # a chain of kills goes on where the last one left off
AT_WORK = 0.4  # of the time that a run takes: by then hand-ins are being graded, before it is begun with
CHANGES = ["", "np.exp(-x)", "np.maximum(x, 0)", "rows @ w + b", "dout * cache"]


@pytest.fixture(scope="module")
def hand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    folder.chmod(0o755)
    for number in range(9):
        change = CHANGES[number % len(CHANGES)]
        source = REFERENCE.replace(change, f"({change} * 2)") if change else REFERENCE
        place = folder / "class" / f"student-{number}"
        place.mkdir(parents=True)
        (place / "layer.py").write_text(f"{source}\n# {number}\n")
    return folder


@pytest.fixture(scope="module")
def undisturbed(hand_ins: Path, key: Path) -> tuple[str, float]:
    """The verdicts of a run that nothing happens to, and the seconds it takes."""
    shutil.copy(key / "exercise_05.key.npz", hand_ins)
    told = grade(hand_ins, hand_ins / "out")
    assert told["code"] == 0, told
    return verdicts(hand_ins / "out"), told["seconds"]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-B", "-m", "grader", *map(str, arguments)]


def words_of(hand_ins: Path, out: Path) -> list[object]:
    return ["grade", hand_ins / "class", "--key", hand_ins / "exercise_05.key.npz", "--out", out, "--jobs", 2]


def grading(hand_ins: Path, out: Path) -> list[str]:
    return command(*words_of(hand_ins, out))


def grade(hand_ins: Path, out: Path, victim: str = "nobody", seconds: float = 0.0) -> dict[str, Any]:
    """Grade the class, and kill something after some seconds; what was said, and what is left."""
    done = run_grader(seconds, victim, *words_of(hand_ins, out), module="tests.hostile.killing", timeout=120)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["left"] == {}, f"{victim} was killed after {seconds} s"
    assert "Traceback" not in told["said"], told["said"]
    return told


def verdicts(out: Path) -> str:
    return (out / "verdicts.jsonl").read_text()


@pytest.mark.parametrize("chain", range(CHAINS))
def test_a_grader_killed_at_any_moment_goes_on(
    tmp_path: Path, hand_ins: Path, undisturbed: tuple[str, float], chain: int
) -> None:
    """`kill -9` at thirty moments: nothing is left running, and the next run ends with the same verdicts."""
    expected, seconds = undisturbed
    draw = random.Random(SEED + chain)
    for kill in range(KILLS // CHAINS):  # the first of each chain at any moment, the others amid the hand-ins
        grade(hand_ins, tmp_path / "out", "main", draw.uniform(AT_WORK * seconds if kill else 0, seconds))
    told = grade(hand_ins, tmp_path / "out")
    assert told["code"] == 0, told
    assert verdicts(tmp_path / "out") == expected


@pytest.mark.parametrize("victim", ["worker", "zygote"])
@pytest.mark.parametrize("moment", range(4))
def test_a_worker_or_a_zygote_killed_costs_nobody_a_point(
    tmp_path: Path, hand_ins: Path, undisturbed: tuple[str, float], victim: str, moment: int
) -> None:
    """The same run goes on, and ends with the same verdicts."""
    expected, seconds = undisturbed
    draw = random.Random(SEED + moment)
    told = grade(hand_ins, tmp_path / "out", victim, draw.uniform(seconds / 4, seconds))
    assert told["code"] == 0, told
    assert verdicts(tmp_path / "out") == expected


def run(line: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, **options)


def complains(done: subprocess.CompletedProcess[str]) -> None:
    """It says what is wrong and what to do next, and is no crash."""
    assert done.returncode in (2, 3), done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    assert "grader: " in done.stderr
    assert "next: " in done.stderr


@pytest.mark.parametrize("kilobytes", [0, 8, 40, 100, 200])
def test_a_full_disk_is_told_and_the_next_run_goes_on(
    tmp_path: Path, hand_ins: Path, undisturbed: tuple[str, float], kilobytes: int
) -> None:
    """A file that cannot grow ends the run with a sentence; with room again, the verdicts are all there."""
    limited = ["sh", "-c", f'ulimit -f {kilobytes * 2}; exec "$@"', "sh", *grading(hand_ins, tmp_path / "out")]
    complains(run(limited))
    assert run_grader(*words_of(hand_ins, tmp_path / "out")).returncode == 0
    assert verdicts(tmp_path / "out") == undisturbed[0]


@pytest.mark.skipif(os.getuid() != 0, reason="a small disk is mounted")
@pytest.mark.parametrize("kilobytes", [16, 120, 400])
def test_a_small_disk_is_told_and_the_next_run_goes_on(
    tmp_path: Path, hand_ins: Path, undisturbed: tuple[str, float], kilobytes: int
) -> None:
    """The same on a disk that is really full: it is said which file, and no half of a sheet is left."""
    script = (
        f'mount -t tmpfs -o size={kilobytes}k none "$OUT" || exit 9; "$@"; echo "code=$?" >&2; '
        'echo "parts=$(ls "$OUT" | grep -c part)" >&2; '
        'mount -o remount,size=64m "$OUT"; "$@" > "$OUT.said" 2>&1; echo "then=$?" >&2; '
        'cp "$OUT/verdicts.jsonl" "$OUT.jsonl"'
    )
    out = tmp_path / "out"
    out.mkdir()
    line = ["unshare", "-m", "sh", "-c", script, "sh", *grading(hand_ins, out)]
    done = run(line, env={**os.environ, "OUT": str(out)})
    assert "code=3" in done.stderr
    assert re.search(rf"^grader: {re.escape(str(out))}\S*: the disk (is full|failed)$", done.stderr, re.MULTILINE), (
        done.stderr
    )
    assert "next: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "parts=0" in done.stderr
    assert "then=0" in done.stderr, Path(f"{out}.said").read_text()
    assert Path(f"{out}.jsonl").read_text() == undisturbed[0]


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of root's, in the reach of everybody, that a plain user cannot write."""
    for folder in takewhile(lambda folder: folder != Path(tempfile.gettempdir()), (tmp_path, *tmp_path.parents)):
        folder.chmod(0o755)
    out = tmp_path / "out"
    out.mkdir(0o555)
    yield out
    out.chmod(0o755)


def test_an_assignment_in_a_folder_that_cannot_be_written_is_graded_by(closed_folder: Path) -> None:
    """A course's share that can only be read: the key is compiled each time, which is said, with a way to keep one."""
    closed_folder.chmod(0o755)
    folder, made = closed_folder / "moving_average", closed_folder.parent / "made"
    shutil.copytree(ROOT / "tests/assignments/moving_average", folder, ignore=shutil.ignore_patterns("*.npz", "__p*"))
    (made / "class" / "student-01").mkdir(parents=True)
    shutil.copy(folder / "passes.py", made / "class" / "student-01" / "layer.py")
    made.chmod(0o777)
    folder.chmod(0o555)
    try:
        line = command("grade", made / "class", "--assignment", folder, "--out", made / "out")
        for told in ("1 done now, 0 unchanged", "0 done now, 1 unchanged"):
            limited, environment = as_user("plain", line)
            done = run(limited, env=environment)
            assert done.returncode == 0, done.stderr
            assert told in done.stdout
            assert f"grader compile {folder} --out PLACE" in done.stderr
        assert not list(folder.glob("*.npz*"))
    finally:
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_told(
    closed_folder: Path, hand_ins: Path, undisturbed: tuple[str, float]
) -> None:
    """A report folder without permission ends the run with a sentence; with permission it goes on."""
    line, environment = as_user("plain", grading(hand_ins, closed_folder))
    complains(run(line, env=environment))
    closed_folder.chmod(0o777)
    assert run_grader(*words_of(hand_ins, closed_folder)).returncode == 0
    assert verdicts(closed_folder) == undisturbed[0]


@pytest.mark.usefixtures("undisturbed")
def test_a_class_in_a_closed_folder_is_read_and_not_changed(closed_folder: Path, hand_ins: Path) -> None:
    """Another's reports that one may only read: sheets are written from them elsewhere, and what would change them says
    that it may not; the gradebook is sound, and is not called anything else."""
    closed_folder.chmod(0o755)
    shutil.copytree(hand_ins / "out", closed_folder, dirs_exist_ok=True)
    closed_folder.chmod(0o555)
    elsewhere = closed_folder.parent / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    copy = shutil.copyfile(hand_ins / "exercise_05.key.npz", elsewhere / "exercise_05.key.npz")
    for path in (copy, closed_folder / "gradebook.sqlite", closed_folder / "grades.csv"):
        path.chmod(0o644)
    key = ("--key", copy)
    line, environment = as_user("plain", command("export", "csv", closed_folder, *key, "--out", elsewhere / "g.csv"))
    done = run(line, env=environment)
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "g.csv").read_bytes() == (closed_folder / "grades.csv").read_bytes()
    line, environment = as_user("plain", command("rejudge", closed_folder, *key))
    done = run(line, env=environment)
    complains(done)
    assert "may not read or write" in done.stderr


def test_a_file_in_place_of_a_page_is_told(tmp_path: Path, hand_ins: Path, undisturbed: tuple[str, float]) -> None:
    """Where something else lies where a student's folder should, it is said, and the rest is not lost."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/student-4").write_text("in the way")
    complains(run_grader(*words_of(hand_ins, tmp_path / "out")))
    (tmp_path / "out/student-4").unlink()
    assert run_grader(*words_of(hand_ins, tmp_path / "out")).returncode == 0
    assert verdicts(tmp_path / "out") == undisturbed[0]


DAMAGE = {
    "noise": lambda data, draw: draw.randbytes(len(data)),
    "text": lambda data, draw: b"this is no gradebook\n" * 100,
    "half of it": lambda data, draw: data[: len(data) // 2],
    "the end is zeros": lambda data, draw: data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
    "the head is zeros": lambda data, draw: bytes(100) + data[100:],
    "a page of noise": lambda data, draw: data[:8192] + draw.randbytes(4096) + data[12288:],
    "nothing": lambda data, draw: b"",
    **{f"a few bytes, {n}": lambda data, draw: flip(data, draw) for n in range(6)},
}


def flip(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(30):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_gradebook_is_told_or_mended(
    tmp_path: Path, hand_ins: Path, undisturbed: tuple[str, float], what: str
) -> None:
    """Damage is said with what to do, or does not matter to any verdict, whichever command finds it."""
    out = tmp_path / "out"
    shutil.copytree(hand_ins / "out", out)
    book = out / "gradebook.sqlite"
    damage = DAMAGE[what](book.read_bytes(), random.Random(SEED + list(DAMAGE).index(what)))  # type: ignore[no-untyped-call]
    for verb in (words_of(hand_ins, out), ["rejudge", out, "--key", hand_ins / "exercise_05.key.npz"]):
        move_away(book, tmp_path / "before")
        book.write_bytes(damage)
        done = run_grader(*verb)
        if done.returncode == 1:  # what can be read was judged, and of the rest it is said what helps, and does
            assert "damaged" in done.stdout
            assert "next: run 'grader grade' again" in done.stdout
            done = run_grader(*words_of(hand_ins, out))
        if done.returncode:
            complains(done)
        assert verdicts(out) == undisturbed[0], f"{what}: {done.args}\n{done.stdout}\n{done.stderr}"


def test_with_a_damaged_gradebook_moved_away_all_is_graded_again(
    tmp_path: Path, hand_ins: Path, undisturbed: tuple[str, float]
) -> None:
    """What is said to do helps."""
    out = tmp_path / "out"
    shutil.copytree(hand_ins / "out", out)
    (out / "verdicts.jsonl").unlink()
    (out / "gradebook.sqlite").write_bytes(b"this is no gradebook\n" * 100)
    complains(run_grader(*words_of(hand_ins, out)))
    move_away(out / "gradebook.sqlite", out / "damaged")
    assert run_grader(*words_of(hand_ins, out)).returncode == 0
    assert verdicts(out) == undisturbed[0]


def move_away(book: Path, to: Path) -> None:
    """Take a gradebook out of its folder, with what SQLite keeps beside it."""
    book.rename(to)
    for leftover in book.parent.glob(f"{book.name}-*"):
        leftover.unlink()
