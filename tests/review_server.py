"""A class under review, for the tests: graded by the command line, served by it.

takes: the compiled key.
gives: `grade_few`, `ReviewServer`.
must not know: how a review works inside.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from conftest import CLASS, ROOT, run_grader

# Right throughout; two that lose points; one that cannot be read.
FEW = ("student-01", "student-12", "student-14", "student-33")
WAIT = 60.0  # seconds for the server to start on a busy machine


def grade_few(folder: Path, key: Path) -> Path:
    """Grade four of the sample class, and one with a hostile name; gives the reports' folder."""
    hand_ins = folder / "exercise_05"
    for student in FEW:
        shutil.copytree(CLASS / student, hand_ins / student)
    shutil.copytree(CLASS / "student-01", hand_ins / '<img src=x onerror=alert(1)>"')
    done = run_grader("grade", hand_ins, "--key", key / "exercise_05.key.npz", "--out", folder / "out", "--quiet")
    assert done.returncode == 1, done.stderr  # student-33
    return folder / "out"


@dataclass
class ReviewServer:
    """`grader review` at work. Use it as a context manager; `address` ends with a slash."""

    reports: Path
    more: tuple[str, ...] = ()
    address: str = ""
    said: str = ""
    process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> ReviewServer:
        command = [
            sys.executable,
            "-m",
            "grader",
            "review",
            str(self.reports),
            "--no-browser",
            "--by",
            "Kim",
            *self.more,
        ]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + self.process.communicate(timeout=WAIT)[1]
        self.address = found[0]
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self) -> int:
        """End it as a TA does; gives the exit code."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=WAIT)
        self.said = out + err
        return self.process.returncode

    @property
    def port(self) -> int:
        return int(self.address.split(":")[2].split("/")[0])

    @property
    def token(self) -> str:
        return self.address.split("/")[3]

    def ask(
        self,
        path: str,
        method: str = "GET",
        form: dict[str, str] | None = None,
        token: str | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, str], str]:
        """One request; `path` is behind the token. Gives status, headers and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        whole = f"/{self.token if token is None else token}/{path}"
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        body = urlencode(form) if form is not None else None
        connection.request(method, whole, body, {**kind, **headers})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, dict(answer.getheaders()), text

    def fields(self, folder: str) -> dict[str, str]:
        """What a form of this hand-in must carry."""
        _, _, text = self.ask(f"hand-in/{folder}")
        return {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("token", "version")}  # type: ignore[index]

    def save(self, folder: str, **typed: str) -> tuple[int, dict[str, str], str]:
        """Send the form of a hand-in as a browser does."""
        form = {**self.fields(folder), **{name.replace("_", "-"): text for name, text in typed.items()}}
        return self.ask(f"hand-in/{folder}", "POST", form, Origin=f"http://127.0.0.1:{self.port}")
