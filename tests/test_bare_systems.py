"""Notebooks are run, and judged alike, where a system has nothing of POSIX: as on Windows.

takes: an interpreter from which all is taken away that Windows does not have (`tests/bare`), and hand-ins.
gives: one promise a test, said in its docstring.
must not know: how answers are judged.

It is no Windows: names of files, consoles and the ends of processes are those of this system.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import CLASS, ROOT, read_verdicts, run_grader

from grader.harness.alarm import StatementTimeout, arm, in_time
from grader.magics import kernel
from grader.magics.cells import notebook_of
from grader.sandbox import channel as channel_module
from grader.sandbox.channel import Channel, EndedError, LateError
from grader.sandbox.pumped import Pumped

BARE = Path(__file__).parent / "bare" / "sitecustomize.py"
# A console of Windows has letters of its own code page, by which all is read that is opened without a word on that.
STRICT = ("-X", "warn_default_encoding", "-W", "error::EncodingWarning")
CONSOLE = {"PYTHONIOENCODING": "cp1252"}
RIGHT = """
import numpy as np
class Sigmoid:
    def forward(self, x):
        print("forward ✓")
        y = 1 / (1 + np.exp(-x))
        return y, y
    def backward(self, dout, cache):
        return dout * cache * (1 - cache)
"""
ODD = """
import os, sys
print("x" * 300_000)
class Relu:
    def forward(self, x):
        sys.stdout.write("y" * 3_000_000)
        return np.maximum(x, 0), x
    def backward(self, dout, cache):
        os._exit(3)
def affine_forward(x, w, b):
    while True:
        pass
def affine_backward(dout, cache):
    raise SystemExit
"""
HANGING = "def wait():\n    while True:\n        pass\nK = wait()\n"
HAND_INS = {
    "right": RIGHT,
    "odd ends and floods": RIGHT + ODD,
    "a statement that never ends": "import numpy as np\n" + HANGING + RIGHT,
    "text that is no program": "class Sigmoid\n",
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that starts without what POSIX has, with the packages of this one; so do those it starts."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / BARE.name).write_text(BARE.read_text(encoding="utf-8"), encoding="utf-8")
    (packages / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n", encoding="utf-8")
    return folder / "bin" / "python"


def run_bare(bare: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command by that interpreter, as in a console of Windows."""
    return subprocess.run(
        [bare, *STRICT, "-m", "grader", *map(str, arguments)],
        env=os.environ | CONSOLE, capture_output=True, text=True, encoding="cp1252", timeout=120, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.parametrize("what", HAND_INS)
def test_a_check_finds_there_what_it_finds_here(bare: Path, key: Path, tmp_path: Path, what: str) -> None:
    """Verdicts, sentences and exit codes are the same, and so is the time after which a statement is stopped."""
    hand_in = tmp_path / "layer.py"
    hand_in.write_text(HAND_INS[what], encoding="utf-8")
    asked = ("check", hand_in, "--key", key / "exercise_05.public.key.npz", "--json")
    there, here = run_bare(bare, *asked), run_grader(*asked)
    assert there.returncode == here.returncode, there.stderr
    assert json.loads(there.stdout) == json.loads(here.stdout)


def test_a_console_of_another_code_page_is_written_to(bare: Path, key: Path, tmp_path: Path) -> None:
    """Marks and signs that it does not have are written otherwise; the page has all of them. It says that there is no
    sandbox."""
    hand_in = tmp_path / "layer.py"
    hand_in.write_text(RIGHT, encoding="utf-8")
    ran = run_bare(
        bare, "check", hand_in, "--key", key / "exercise_05.public.key.npz", "--html", tmp_path / "page.html"
    )
    assert ran.returncode == 1, ran.stderr
    assert re.search(r"\+ +Sigmoid.forward +Correct", ran.stdout)
    assert "No sandbox: the notebook can do whatever you can." in re.sub(r"\s+", " ", ran.stdout)
    assert "forward ✓" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_cell_is_answered_there(bare: Path, key: Path) -> None:
    """`%check` has another process check what the kernel has run: the one that a kernel there would start."""
    order = {
        "notebook": notebook_of([RIGHT]), "names": ["Sigmoid"], "key": str(key / "exercise_05.public.key.npz"),
        "places": [], "folders": [],
    }  # fmt: skip
    ran = subprocess.run(
        [bare, *STRICT, "-P", "-c", kernel._BOOT],
        input=json.dumps(order), capture_output=True, text=True, encoding="utf-8", timeout=60,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    reply = json.loads(ran.stdout.splitlines()[-1])
    assert re.search(r"Sigmoid.forward +Correct", reply["text"])
    assert re.search(r"Sigmoid.backward +Correct", reply["text"])


def test_a_class_is_graded_there_if_somebody_insists(bare: Path, key: Path, tmp_path: Path) -> None:
    """Other people's notebooks are refused, with where to run them; said to be run unprotected, they have the verdicts
    that they have here."""
    hand_ins = tmp_path / "class"
    hand_ins.mkdir()
    for student in ("student-01", "student-02", "student-31"):
        shutil.copytree(CLASS / student, hand_ins / student)
    asked = ("grade", hand_ins, "--key", key / "exercise_05.key.npz", "--out")
    refused = run_bare(bare, *asked, tmp_path / "refused")
    assert refused.returncode == 3
    assert "grade on a Linux machine" in refused.stderr
    there, here = (
        run_bare(bare, *asked, tmp_path / "there", "--unsafe-no-sandbox"),
        run_grader(*asked, tmp_path / "here"),
    )
    assert there.returncode == here.returncode, there.stderr
    lines, expected = ((tmp_path / out / "verdicts.jsonl").read_text("utf-8") for out in ("there", "here"))
    assert lines == expected
    assert len(read_verdicts(tmp_path / "there")) == 3


Ends = tuple[Channel, int, int, int]


@pytest.fixture(params=["polled", "pumped"])
def ends(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    """A channel, and the other side's ends of its pipes: requests, answers, output."""
    if request.param == "pumped":
        monkeypatch.delattr(select, "poll")
    (request_far, ours), (answers, answer_far), (output, output_far) = (os.pipe() for _ in range(3))
    channel = Channel(ours, answers, output, watch=lambda: None)
    yield channel, request_far, answer_far, output_far
    channel.close()
    for fd in (request_far, answer_far, output_far):
        with suppress(OSError):
            os.close(fd)


def a_line(inbox: bytearray, at: int) -> int | None:
    """An answer ends with its line."""
    end = inbox.find(b"\n", at)
    return None if end < 0 else end + 1 - at


def taken(channel: Channel, seconds: float = 5.0) -> list[bytes]:
    """The next answers."""
    until = time.monotonic() + seconds
    while not (answers := channel.take(a_line)):
        channel.wait(until)
    return answers


def test_whoever_prints_line_by_line_is_not_woken_up_for_at_each(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a line there is a pause, in which more of them come; none after much at once, for which one may wait."""
    channel, _, _, output = ends
    naps: list[float] = []
    monkeypatch.setattr(channel_module, "_NAP", 5.0)
    monkeypatch.setattr(channel_module.time, "sleep", naps.append)
    so_far = []
    for printed in (b"line\n", b"line\n", b"much" * 5120, b"line\n"):
        os.write(output, printed)
        channel.wait(time.monotonic() + 5)
        so_far.append(len(naps))
    assert so_far == [0, 1, 2, 2]


def test_no_pause_is_longer_than_what_is_due(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many answers more are waited for at once, of few less long, and of one that is due alone it is that one."""
    channel, _, answer, _ = ends
    naps: list[float] = []
    monkeypatch.setattr(channel_module, "_NAP", 5.0)  # so that no busy machine makes it too late for one
    monkeypatch.setattr(channel_module, "_AN_ANSWER", 0.05)
    monkeypatch.setattr(channel_module.time, "sleep", naps.append)
    channel.send(b"request", due=103)
    for answers in (b"1\n", b"2\n", b"\n" * 97, b"\n", b"\n\n", b"\n"):
        os.write(answer, answers)
        taken(channel)
    assert naps == pytest.approx([5.0, 5.0, 4 * 0.05, 3 * 0.05])


def test_answers_come_in_their_order_and_their_end_is_told(ends: Ends) -> None:
    """What came before the other side had gone is given; then it is told that it has gone."""
    channel, request, answer, _ = ends
    channel.send(b"first\n")
    assert os.read(request, 100) == b"first\n"
    os.write(answer, b"one\ntwo\nthr")
    assert taken(channel) == [b"one\n", b"two\n"]
    os.write(answer, b"ee\n")
    os.close(answer)
    assert taken(channel) == [b"three\n"]
    with pytest.raises(EndedError):
        taken(channel)


def test_who_does_not_answer_is_late(ends: Ends) -> None:
    """Whatever it prints meanwhile."""
    channel, _, _, output = ends
    os.write(output, b"hello")
    with pytest.raises(LateError):
        taken(channel, 0.15)
    channel.drain_output()
    assert channel.output.unfinished() == "hello"


def test_neither_side_waits_for_the_other_with_a_full_pipe(ends: Ends) -> None:
    """A request of many megabytes is written while answers and a flood of output are read."""
    channel, request, answer, output = ends
    flood, great = b"x" * (3 << 20), b"y" * (5 << 20) + b"\n"

    def other_side() -> None:
        write_all(output, flood)
        write_all(answer, great)
        heard = b""
        while not heard.endswith(b"\n"):
            heard += os.read(request, 1 << 16)
        write_all(answer, b"%d\n" % len(heard))

    threading.Thread(target=other_side, daemon=True).start()
    channel.send(great)
    assert taken(channel) == [great]
    assert taken(channel) == [b"%d\n" % len(great)]
    assert set(channel.output.unfinished()) == {"x"}


def write_all(fd: int, data: bytes) -> None:
    """Write all of it, whatever a pipe takes at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def test_the_end_of_requests_is_heard(ends: Ends) -> None:
    """The other side reads what was sent, and then that there is no more; what it still has to say is told as more."""
    channel, request, answer, _ = ends
    channel.send(b"last\n")
    channel.close_request()
    assert [os.read(request, 100), os.read(request, 100)] == [b"last\n", b""]
    os.write(answer, b"unasked\n")
    assert channel.end(time.monotonic() + 5.0)


def test_who_has_gone_is_no_error_of_ours(ends: Ends) -> None:
    """Who closes all its ends, with requests unread, is told to have ended; nothing is raised beside that."""
    channel, *theirs = ends
    for fd in theirs:
        os.close(fd)
    channel.send(b"x" * (1 << 20))
    with pytest.raises(EndedError):
        taken(channel)
    channel.send(b"more")
    channel.drain_output()


def test_threads_end_with_their_pipes() -> None:
    """A flood that nobody reads keeps no thread alive when its channel is closed and its process is gone."""
    before = set(threading.enumerate())  # some of which may be about to end
    (request_far, ours), (answers, answer_far), (output, output_far) = (os.pipe() for _ in range(3))
    pipes = Pumped(ours, answers, output)
    writers = [threading.Thread(target=flood_until_closed, args=(fd,), daemon=True) for fd in (answer_far, output_far)]
    for writer in writers:
        writer.start()
    time.sleep(0.1)
    pipes.close()
    os.close(request_far)
    until = time.monotonic() + 5.0
    while (left := set(threading.enumerate()) - before) and time.monotonic() < until:
        time.sleep(0.01)
    assert not left


def flood_until_closed(fd: int) -> None:
    """Write until nobody can read it any more."""
    with suppress(OSError):
        while True:
            os.write(fd, b"x" * (1 << 16))
    os.close(fd)


@pytest.fixture(params=["the system's alarm", "a thread"])
def armed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both ways to stop what takes too long."""
    heard = signal.getsignal(signal.SIGALRM)
    if request.param == "a thread":
        monkeypatch.delattr(signal, "setitimer")
    arm()
    yield
    signal.signal(signal.SIGALRM, heard)


@pytest.mark.usefixtures("armed")
def test_what_takes_too_long_is_stopped_from_within() -> None:
    """Also where it catches every `Exception`; the time of one statement does not stop the next."""

    def stubborn() -> None:
        while True:
            try:
                while True:
                    pass
            except Exception:
                continue

    with pytest.raises(StatementTimeout, match="took too long"):
        in_time(stubborn, 0.05)
    assert in_time(lambda: 7, 0.05) == 7
    until = time.monotonic() + 0.2
    while time.monotonic() < until:
        pass


@pytest.mark.usefixtures("armed")
def test_what_raises_in_time_raises_that() -> None:
    """And nothing later."""
    with pytest.raises(ZeroDivisionError):
        in_time(lambda: 1 / 0, 0.05)
    time.sleep(0.1)


TRACED = """
import signal, sys
if sys.argv[1] == "a thread":
    del signal.setitimer
from grader.harness.alarm import arm, in_time
arm()
print(in_time(lambda: 7, 60))
try:
    in_time(lambda: [None for _ in iter(int, 1)], 0.05)
except BaseException as error:
    print(error)
sys.settrace(lambda *_: None)
print((lambda: 3)())
"""


@pytest.mark.parametrize("by", ["the system's alarm", "a thread"])
def test_calls_can_be_traced_behind_an_alarm(by: str) -> None:
    """As a forward is that is run anew: Python 3.11 waits for ever in it where an alarm of a thread was taken back."""
    line = [sys.executable, "-c", TRACED, by]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["7", "this statement took too long and was stopped", "3"], done.stderr
